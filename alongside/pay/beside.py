"""Photos of receipts that a room above has for a claim: it says how to find them, so that pay shows them and knows no work."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from alongside.kit.text import Words
from alongside.people.models import Membership


@dataclass(frozen=True)
class Photo:
    """A photo of a receipt: its id, what the money was for in words, and the address of the picture."""

    id: UUID
    label: Words
    url: str


Find = Callable[[Membership, UUID, bool], list[Photo]]
"""Who looks, the claim, and whether it is their own, who was let through by :mod:`alongside.pay.access` already."""
_finders: list[Find] = []


def register(find: Find) -> Find:
    """Make a way known to find the photos of a claim, each at an address that asks again who looks."""
    _finders.append(find)
    return find


def photos(me: Membership, claim: UUID, own: bool) -> list[Photo]:
    """The photos that ``me`` may look at beside a claim."""
    return [photo for find in _finders for photo in find(me, claim, own)]
