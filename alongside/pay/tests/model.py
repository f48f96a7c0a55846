"""How a payment is spread, cent by cent and in the plainest way, to hold the real thing against."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol
from uuid import UUID


class Claimed(Protocol):
    """A claim of a model: what it is owed, and what each payment gave it."""

    by: dict[UUID, int]

    @property
    def owed(self) -> int: ...


def settle(
    claims: Sequence[Claimed], fresh: Sequence[tuple[UUID, int]], newest: Callable[[UUID], Any]
) -> dict[UUID, int]:
    """Spread what was paid ahead, then ``fresh`` payments, over ``claims``, oldest first; give what is left of fresh.

    ``newest`` says by what payments are sorted: of what a claim got too much, the newest payment goes first.
    """
    left = dict(fresh)
    held = [m for m in claims if sum(m.by.values()) > m.owed]
    for m in [m for m in claims if sum(m.by.values()) < m.owed]:
        for rich in held:
            for key in sorted(rich.by, key=newest, reverse=True):
                while rich.by[key] > 0 and sum(rich.by.values()) > rich.owed and sum(m.by.values()) < m.owed:
                    rich.by[key] -= 1
                    m.by[key] = m.by.get(key, 0) + 1
        for key in list(left):
            while left[key] > 0 and sum(m.by.values()) < m.owed:
                left[key] -= 1
                m.by[key] = m.by.get(key, 0) + 1
    return {key: amount for key, amount in left.items() if amount}
