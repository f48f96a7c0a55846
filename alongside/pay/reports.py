"""Reads for files and papers: the payroll of a group's month, and a member's own statement. Amounts in minor units."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Sum

from alongside.pay import rules
from alongside.pay.models import Claim, Line, Payee
from alongside.pay.queries import payee_of
from alongside.people import queries as people
from alongside.people.models import Group, Membership

AHEAD, BACK = "ahead", "back"
"""What a line is for beyond :class:`Line.Part`: money paid ahead; a payment that was taken back."""
_AT_ONCE = 10_000
"""How many claims one statement may name: SQLite takes 32,766 values."""


@dataclass(frozen=True)
class Row:
    """One ledger line. ``name`` is empty when the account is gone; ``word`` is what became of the payment.

    ``amount`` is above zero for what is owed and for what was paid alike; ``paid`` tells the two apart.
    """

    name: str
    payee: UUID
    written: dt.date
    day: dt.date
    what: str
    paid: bool
    amount: int
    currency: str
    method: str
    payment: UUID | None
    word: str


@dataclass(frozen=True)
class Account:
    """A member's month in one currency. ``before`` and ``after`` are what was owed then; below zero: paid ahead."""

    currency: str
    before: int
    rows: Sequence[Row]
    after: int

    @property
    def earned(self) -> int:
        """What the month added to what is owed."""
        return sum(row.amount for row in self.rows if not row.paid)

    @property
    def paid(self) -> int:
        """What the month paid."""
        return sum(row.amount for row in self.rows if row.paid)


def payroll(group: Group, month: dt.date) -> list[Row]:
    """Every line that was written in ``month`` (any day of it) for ``group``, in the order of writing."""
    first, after = rules.span(month)
    # By payee and day, and not by claim: those of all other months are then never looked at.
    payees = list(Claim.objects.filter(group=group.pk).values_list("payee", flat=True).distinct())
    lines = _read(Line.objects.filter(payee__in=payees, day__gte=first, day__lt=after, claim__group=group.pk))
    rows = list(Payee.objects.filter(payee__in={line["payee"] for line in lines}, membership__group=group))
    names = people.names(group, [row.membership_id for row in rows])
    by_payee = {row.payee: names.get(row.membership_id, "") for row in rows}
    return [_row(line, by_payee.get(line["payee"], "")) for line in lines]


def statement(membership: Membership, month: dt.date) -> list[Account]:
    """The member's own month in their group, a currency each: what was owed, what came to it, what was paid.

    What one payment paid on one day is one row; money that moved from work to work under it is none.
    """
    own = payee_of(membership)
    if own is None:
        return []
    first, after = rules.span(month)
    mine = Line.objects.filter(payee=own.payee, claim__group=membership.group_id)
    before = dict(mine.filter(day__lt=first).values_list("claim__currency").annotate(sum=Sum("amount")))
    rows = [_row(line, "") for line in _read(mine.filter(day__gte=first, day__lt=after))]
    found = []
    for currency in sorted({*(c for c, owed in before.items() if owed), *(row.currency for row in rows)}):
        listed = _together([row for row in rows if row.currency == currency])
        start = before.get(currency, 0)
        end = start + sum(-row.amount if row.paid else row.amount for row in listed)
        found.append(Account(currency, start, listed, end))
    return found


def wait(group: Group, today: dt.date) -> rules.Wait | None:
    """How long the group took from work to pay in the twelve whole months before the month of ``today``.

    Whole months, so that the figure stays as it is for a month, and nobody reads a single payment out of its changes.
    A claim counts with the last payment that pays it; what was taken back or paid ahead of any work counts for nothing.
    """
    last, _after = rules.span(today)
    first = last.replace(year=last.year - 1)
    lines = Line.objects.filter(
        claim__group=group.pk,
        part=Line.Part.PAID,
        payment__reversed=None,
        payment__day__gte=first,
        payment__day__lt=last,
    )
    earned = Line.objects.filter(claim=OuterRef("claim")).exclude(part=Line.Part.PAID)
    rows = lines.filter(Exists(earned)).values("claim", "payee", "claim__day", "payment__day")
    found: dict[UUID, tuple[UUID, int]] = {}
    for row in rows.annotate(sum=Sum("amount")).filter(sum__lt=0).order_by("payment__day"):
        days = (row["payment__day"] - row["claim__day"]).days
        found[row["claim"]] = (row["payee"], max(days, 0))
    return rules.wait(list(found.values()), people.size(group))


def _read(lines: QuerySet[Line]) -> list[dict[str, Any]]:
    found = list(
        lines.order_by("pk").values(
            *("payee", "day", "part", "amount", "claim", "claim__day", "claim__currency", "payment", "payment__day"),
            *("payment__method", "payment__received", "payment__missing", "payment__reversed"),
        )
    )
    earned = _earned(found)
    return [{**line, "earned": line["claim"] in earned} for line in found]


def _earned(lines: Sequence[dict[str, Any]]) -> set[UUID]:
    """The claims of these lines that are for work, and not for money paid ahead of it.

    Asked once for all that these lines do not say themselves: once for each line takes the longer, the more lines of
    others there are.
    """
    earned = {line["claim"] for line in lines if line["part"] != Line.Part.PAID}
    unsaid = sorted({line["claim"] for line in lines} - earned)
    for first in range(0, len(unsaid), _AT_ONCE):
        rows = Line.objects.filter(claim__in=unsaid[first : first + _AT_ONCE]).exclude(part=Line.Part.PAID)
        earned |= set(rows.values_list("claim", flat=True))
    return earned


def _row(line: dict[str, Any], name: str) -> Row:
    paid = line["part"] == Line.Part.PAID
    what = AHEAD if paid and not line["earned"] else line["part"]
    word = next((w for w in ("reversed", "received", "missing") if line[f"payment__{w}"]), "")
    return Row(
        name=name,
        payee=line["payee"],
        written=line["day"],
        day=line["claim__day"],
        what=what,
        paid=paid,
        amount=-line["amount"] if paid else line["amount"],
        currency=line["claim__currency"],
        method=line["payment__method"] or "",
        payment=line["payment"],
        word=word,
    )


def _together(rows: Sequence[Row]) -> list[Row]:
    """Earned rows as they are; what a payment paid on a day in one row, left out when it comes to nothing."""
    found: dict[tuple[dt.date, UUID | int], Row] = {}
    for place, row in enumerate(rows):
        key = (row.written, row.payment if row.paid and row.payment else place)
        before = found.get(key)
        amount = row.amount + (before.amount if before else 0)
        what = row.what if before is None or before.what == row.what else Line.Part.PAID.value
        found[key] = Row(**{**vars(row), "amount": amount, "what": BACK if row.paid and amount < 0 else what})
    return [row for row in found.values() if row.amount or not row.paid]
