"""What a claim should be, worked out cent by cent and in the plainest way, to hold the real thing against.

Two state machines share it: the ledger alone (``test_ledger.py`` here) and work with the ledger (``tests/test_ledger.py``).
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from hypothesis import note

from alongside.pay import disputes
from alongside.pay.tests.helpers import DAY
from alongside.people.actions import Refused


def may(allowed: bool, act: Any, **wanted: Any) -> bool:
    """Do it, and hold that it is refused exactly when the model says so."""
    try:
        with transaction.atomic():
            act(**wanted)
    except Refused as refused:
        note(f"refused: {refused}")
        assert not allowed
        return False
    assert allowed
    return True


@dataclass
class Model:
    """A claim without a database. ``of`` names whose it is; ``day`` is the day of the work."""

    of: str
    rated: int
    raised: dt.date
    opened: dt.date
    day: dt.date = DAY
    agreed: int = 0
    by: dict[UUID, int] = field(default_factory=dict)
    dropped: bool = False
    dispute: str = "none"
    offer: int | None = None
    wish: int | None = None
    sure: int | None = None
    waits: dt.date | None = None

    @property
    def paid(self) -> int:
        return sum(self.by.values())

    @property
    def owed(self) -> int:
        return 0 if self.dropped else self.rated + self.agreed

    @property
    def balance(self) -> int:
        return self.owed - self.paid

    @property
    def due(self) -> int:
        """What may be paid of it in all: while it is disputed, what the group itself does not question."""
        return self.owed if self.dispute != "open" else max(self.paid, min(self.owed, self.sure or 0))

    def close(self, to: str = "closed") -> None:
        self.dispute, self.offer, self.wish, self.sure, self.waits = to, None, None, None, None

    def correct(self, to: int, today: dt.date) -> None:
        """The work comes to another sum. What both agreed on is added, until the work comes to that by itself."""
        before = self.owed
        if self.agreed and to == before:
            self.rated, self.agreed, self.raised = to, 0, today
        else:
            self.rated = max(to + self.agreed, 0) - self.agreed
        if self.owed > before:
            self.raised = today
        if self.dispute == "open" and self.offer == self.owed:
            self.close()
        elif self.dispute == "open" and self.owed != before:
            self.waits = self.waits or today
        elif self.owed > before and self.dispute == "closed":
            self.close("none")

    def drop(self) -> None:
        self.dropped = True
        if self.dispute == "open":
            self.close()

    def fits(self, amount: int | None) -> bool:
        """Whether a side may say that this sum is right."""
        return amount is None or (amount >= self.paid and amount != self.owed)

    def says(self, offer: int | None) -> None:
        """The group names a sum."""
        if offer is not None:
            self.offer, self.sure = offer, min(offer, self.owed)

    def settle(self, to: int | None, today: dt.date) -> None:
        """Both agree on a sum."""
        assert to is not None
        if to > self.owed:
            self.raised = today
        self.agreed += to - self.owed
        self.close()


class Talk:
    """What both sides of a dispute do, and what becomes of the model; a machine has :attr:`today`."""

    @property
    def today(self) -> dt.date:
        return dt.datetime.now(dt.UTC).date()

    def ask(self, m: Model, *, own: bool, claim: UUID, by: Any, offer: int | None) -> None:
        in_time = m.dispute == "none" and (self.today - m.raised).days <= 14
        allowed = not own and in_time and m.balance > 0 and m.fits(offer)
        if may(allowed, disputes.dispute, by=by, claim=claim, reason="Why", offer=offer):
            m.dispute = "open"
            m.says(offer)

    def reply(self, m: Model, *, own: bool, claim: UUID, by: Any, offer: int | None, text: str) -> None:
        allowed = not own and m.dispute == "open" and m.fits(offer) and (bool(text) or offer is not None)
        if may(allowed, disputes.reply, by=by, claim=claim, text=text, offer=offer):
            m.says(offer)
            m.waits = None

    def answer(self, m: Model, *, own: bool, claim: UUID, by: Any, wish: int | None, text: str) -> None:
        allowed = own and m.dispute == "open" and m.fits(wish) and (bool(text) or wish is not None)
        if may(allowed, disputes.answer, membership=by, claim=claim, text=text, wish=wish):
            m.wish = m.wish if wish is None else wish
            m.waits = m.waits or self.today

    def accept(self, m: Model, *, own: bool, claim: UUID, by: Any) -> None:
        allowed = own and m.dispute == "open" and m.offer is not None and m.offer >= m.paid
        if may(allowed, disputes.accept_offer, membership=by, claim=claim):
            m.settle(m.offer, self.today)

    def agree(self, m: Model, *, own: bool, claim: UUID, by: Any) -> None:
        allowed = not own and m.dispute == "open" and m.wish is not None and m.wish >= m.paid
        if may(allowed, disputes.agree, by=by, claim=claim):
            m.settle(m.wish, self.today)

    def decline(self, m: Model, *, own: bool, claim: UUID, by: Any) -> None:
        asked = m.offer is not None
        if may(own and m.dispute == "open", disputes.decline_offer, membership=by, claim=claim) and asked:
            m.offer, m.waits = None, m.waits or self.today

    def withdraw(self, m: Model, *, own: bool, claim: UUID, by: Any) -> None:
        if may(not own and m.dispute == "open", disputes.withdraw, by=by, claim=claim):
            m.close()


def settle(
    claims: Sequence[Model], fresh: Sequence[tuple[UUID, int]], newest: Callable[[UUID], Any]
) -> dict[UUID, int]:
    """Spread what was paid ahead, then ``fresh`` payments, over ``claims``, oldest first; give what is left of fresh.

    ``newest`` says by what payments are sorted: of what a claim got too much, the newest payment goes first.
    """
    left = dict(fresh)
    held = [m for m in claims if m.paid > m.due]
    for m in [m for m in claims if m.paid < m.due]:
        for rich in held:
            for key in sorted(rich.by, key=newest, reverse=True):
                while rich.by[key] > 0 and rich.paid > rich.due and m.paid < m.due:
                    rich.by[key] -= 1
                    m.by[key] = m.by.get(key, 0) + 1
        for key in list(left):
            while left[key] > 0 and m.paid < m.due:
                left[key] -= 1
                m.by[key] = m.by.get(key, 0) + 1
    return {key: amount for key, amount in left.items() if amount}
