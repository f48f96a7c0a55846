"""What a room above has for a claim, photos of receipts and the work itself: it says how to find them, as pay knows no work."""

from collections.abc import Callable, Collection
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
Has = Callable[[Collection[UUID]], set[UUID]]
"""Of these claims, those for which there is work that its worker may change and both sides may put right."""
_holders: list[Has] = []


def register(find: Find) -> Find:
    """Make a way known to find the photos of a claim, each at an address that asks again who looks."""
    _finders.append(find)
    return find


def photos(me: Membership, claim: UUID, own: bool) -> list[Photo]:
    """The photos that ``me`` may look at beside a claim."""
    return [photo for find in _finders for photo in find(me, claim, own)]


def register_work(has: Has) -> Has:
    """Make a way known to ask for which claims the group still has the work."""
    _holders.append(has)
    return has


def work(claims: Collection[UUID]) -> set[UUID]:
    """Those of ``claims`` whose work the group still has."""
    return {claim for has in _holders for claim in has(claims)}
