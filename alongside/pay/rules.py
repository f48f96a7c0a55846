"""Pure sums: what work is owed by a rate. Whole minor units, minutes and days; no clock and no time zone.

Source of the rules: the design, sections 5 (Rate) and 6 (Owed at once, Pay).
"""

import datetime as dt
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from alongside.roles.rules import Rate

DISPUTE_DAYS = 14
"""Days after the sum of a claim last went up within which it may be disputed; that day is day 0."""
LEAST_PEOPLE = 5
"""In a group of fewer people no figure about its pay is shown: it would be about somebody."""
LEAST_PAYEES = 3
LARGEST_SHARE = 70
"""At most so many per cent of the claims behind a figure may be one payee's."""
HOUR = 60
PER_CENT = 100


@dataclass(frozen=True)
class Measure:
    """What of a piece of work counts for pay; nothing of what the work was. Minutes, and minor units of money."""

    day: dt.date
    part: str | None = None
    minutes: int | None = None
    extra: Mapping[str, int] = field(default_factory=dict)
    called: bool = False
    expenses: Sequence[tuple[str, int, str]] = ()  # code, minor units, currency


@dataclass(frozen=True)
class Owed:
    """One part of what is owed: a :class:`~alongside.pay.models.Line.Part` and minor units."""

    part: str
    amount: int


@dataclass(frozen=True)
class Wait:
    """How long an organisation takes from work to pay, in days: half of it, and nine in ten, within so many."""

    half: int
    most: int


@dataclass(frozen=True)
class Way:
    """How much is handed over in which way: one of :data:`alongside.pay.models.METHODS`, and minor units."""

    method: str
    amount: int


@dataclass(frozen=True)
class Spent:
    """An expense that is not in the sum, and why: ``covered`` (the rate does not name it) or ``currency``."""

    code: str
    amount: int
    currency: str
    why: str


@dataclass(frozen=True)
class Step:
    """One step of the way to the sum: a code and numbers, no text (``words`` has the text).

    ``part`` is the part of the sum that the step belongs to; ``amount`` (minor units) is what the step adds to it,
    so that the amounts of all steps add up to what is owed. ``minutes`` are the minutes that the step is about,
    ``per`` what it counts by (minor units an hour, minutes, or per cent), ``what`` a code, ``currency`` that of an
    expense left out.
    """

    code: str
    part: str
    amount: int = 0
    minutes: int = 0
    per: int = 0
    what: str = ""
    currency: str = ""


@dataclass(frozen=True)
class Change:
    """One thing about a piece of work that was put right: ``minutes``, ``extra_travel`` or ``expense_food``, say.

    ``new`` is how it should be, ``old`` how it was shared: minutes, or minor units of the claim's currency.
    """

    what: str
    new: int
    old: int


@dataclass(frozen=True)
class Reckoning:
    """A piece of work as it was shared, the rate that it is paid by, and the sum that comes of putting it right."""

    rate: Rate
    measure: Measure

    @property
    def values(self) -> dict[str, int]:
        """All that the sum can change by, as it was shared: see :class:`Change`. Empty where there is nothing."""
        found = {}
        if self.rate.unit == "hour":
            found["minutes"] = max(self.measure.minutes or 0, 0)
            found |= {f"extra_{code}": max(self.measure.extra.get(code, 0), 0) for code in self.rate.counts}
        found |= {f"expense_{code}": 0 for code in self.rate.expenses}
        for code, amount in _covered(self.rate, self.measure):
            found[f"expense_{code}"] += amount
        return found

    def changes(self, values: Mapping[str, int]) -> list[Change]:
        """What is other in ``values`` than it was shared."""
        return [Change(what, values[what], old) for what, old in self.values.items() if values[what] != old]

    def total(self, values: Mapping[str, int]) -> int:
        """What is owed with these ``values`` (all that :attr:`values` has), in minor units. What does not count is not in it."""
        rate = self.rate
        measure = replace(
            self.measure,
            minutes=values.get("minutes"),
            extra={code: values.get(f"extra_{code}", 0) for code in rate.counts},
            expenses=[(code, values[f"expense_{code}"], rate.currency) for code in rate.expenses],
        )
        return total(owed(rate, measure))


def paid_minutes(rate: Rate, measure: Measure) -> int:
    """Minutes that an hourly rate pays for: work and counted extras, at least the minimum, rounded up."""
    minutes = max(_given_minutes(rate, measure), rate.minimum)
    return -(-minutes // rate.rounding) * rate.rounding if rate.rounding > 0 else minutes


def after_hours(rate: Rate, measure: Measure) -> bool:
    """Whether the premium counts: by part of the day, weekday, or listed date of the day that the work began."""
    return bool(_why_after_hours(rate, measure))


def owed(rate: Rate, measure: Measure) -> list[Owed]:
    """The parts of what is owed, none of them zero, each rounded half up to a minor unit.

    Hourly: amount x paid minutes / 60. Every other unit: the amount once. The premium is a per cent of that; the
    call-out amount is added when somebody was called on. Expenses that the rate covers are added as they were
    spent, when they are in the rate's currency; :func:`not_counted` gives the others.
    """
    time = _time(rate, measure)
    premium = _half_up(time * rate.premium, PER_CENT) if after_hours(rate, measure) else 0
    parts = (
        Owed("time", time),
        Owed("premium", premium),
        Owed("callout", rate.callout if measure.called else 0),
        Owed("expenses", sum(amount for _code, amount in _covered(rate, measure))),
    )
    return [part for part in parts if part.amount]


def not_counted(rate: Rate, measure: Measure) -> list[Spent]:
    """The expenses that :func:`owed` left out, each with why, in the order given."""
    left = []
    for code, amount, currency in measure.expenses:
        if code not in rate.expenses:
            left.append(Spent(code, amount, currency, "covered"))
        elif currency != rate.currency:
            left.append(Spent(code, amount, currency, "currency"))
    return left


def steps(rate: Rate, measure: Measure) -> list[Step]:
    """How the sum of :func:`owed` comes about, in the order in which a person would work it out."""
    found = _time_steps(rate, measure)
    if after_hours(rate, measure) and rate.premium:
        premium = _half_up(_time(rate, measure) * rate.premium, PER_CENT)
        found.append(Step("premium", "premium", premium, per=rate.premium, what=_why_after_hours(rate, measure)))
    if measure.called and rate.callout:
        found.append(Step("callout", "callout", rate.callout))
    found += [Step("expense", "expenses", amount, what=code) for code, amount in _covered(rate, measure)]
    for spent in not_counted(rate, measure):
        found.append(Step(f"not_{spent.why}", "expenses", per=spent.amount, what=spent.code, currency=spent.currency))
    return found


def total(parts: Iterable[Owed]) -> int:
    """What the parts add up to, in minor units."""
    return sum(part.amount for part in parts)


def correction(*, new: int, rated: int, agreed: int) -> int:
    """The amount of the line that takes a claim to ``new``; 0 for no line. All in minor units.

    ``rated`` is what the lines say so far without what both sides agreed after a dispute, ``agreed`` is that: an
    agreed difference stands through later edits, and never takes the sum below nothing.
    """
    return max(new, -agreed) - rated


def spread(funds: Sequence[int], due: Sequence[int]) -> list[tuple[int, int, int]]:
    """Which fund pays how much of which debt: ``(place in funds, place in due, minor units)``, none of them zero.

    Debts are paid in their order, funds used in theirs; a debt gets something only when those before it are paid
    whole. Nothing is paid twice, and no fund gives more than it has. Amounts below zero count as nothing.
    """
    left, found, fund = [max(n, 0) for n in funds], [], 0
    for place, wanted in enumerate(due):
        open_ = max(wanted, 0)
        while open_ and fund < len(left):
            part = min(open_, left[fund])
            if part:
                found.append((fund, place, part))
            open_, left[fund] = open_ - part, left[fund] - part
            fund += left[fund] == 0
    return found


def wait(paid: Sequence[tuple[Hashable, int]], people: int) -> Wait | None:
    """From whom was paid and after how many days, one a claim, how long pay takes in a group of so many ``people``.

    ``None`` where the figure could be about somebody: too small a group, too few payees, or one payee with most of it.
    """
    shares = Counter(payee for payee, _days in paid)
    if people < LEAST_PEOPLE or len(shares) < LEAST_PAYEES:
        return None
    if max(shares.values()) * PER_CENT > LARGEST_SHARE * len(paid):
        return None
    days = sorted(days for _payee, days in paid)
    return Wait(half=days[-(-len(days) // 2) - 1], most=days[-(-len(days) * 9 // 10) - 1])


def undisputed(*, owed: int, paid: int, sure: int | None) -> int:
    """What of a disputed claim may be paid now, in minor units: ``sure`` is what the group itself says is owed."""
    return max(min(owed, sure or 0) - paid, 0)


def disputable(raised: dt.date, today: dt.date) -> bool:
    """Whether a claim whose sum last went up on ``raised`` may still be disputed."""
    return (today - raised).days <= DISPUTE_DAYS


def keep_until(day: dt.date, years: int) -> dt.date:
    """The last day on which a row of ``day`` is kept, for a tax term in years."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February in a year that has none
        return dt.date(day.year + years, 3, 1)


def month(text: str) -> dt.date | None:
    """The first day of a month that is written as ``2026-03``; ``None`` for anything else."""
    try:
        found = dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return found if found.isoformat() == f"{text}-01" and 2000 <= found.year < 2200 else None


def span(day: dt.date) -> tuple[dt.date, dt.date]:
    """The first day of the month of ``day``, and the first day after that month."""
    first = day.replace(day=1)
    return first, (first + dt.timedelta(days=31)).replace(day=1)


def _given_minutes(rate: Rate, measure: Measure) -> int:
    counted = sum(max(minutes, 0) for code, minutes in measure.extra.items() if code in rate.counts)
    return max(measure.minutes or 0, 0) + counted


def _time(rate: Rate, measure: Measure) -> int:
    return _half_up(rate.amount * paid_minutes(rate, measure), HOUR) if rate.unit == "hour" else rate.amount


def _time_steps(rate: Rate, measure: Measure) -> list[Step]:
    if rate.unit != "hour":
        return [Step("once", "time", rate.amount, what=rate.unit)]
    found = [Step("work", "time", minutes=max(measure.minutes or 0, 0))]
    for code, minutes in measure.extra.items():
        if minutes > 0:
            found.append(Step("extra" if code in rate.counts else "not_extra", "time", minutes=minutes, what=code))
    given, paid = _given_minutes(rate, measure), paid_minutes(rate, measure)
    if given < rate.minimum:
        found.append(Step("minimum", "time", minutes=rate.minimum, per=rate.minimum))
    if paid > max(given, rate.minimum):
        found.append(Step("rounding", "time", minutes=paid, per=rate.rounding))
    found.append(Step("hourly", "time", _time(rate, measure), minutes=paid, per=rate.amount))
    return found


def _why_after_hours(rate: Rate, measure: Measure) -> str:
    if measure.day.isoformat() in rate.dates:
        return "date"
    if measure.part in rate.parts:
        return str(measure.part)
    return f"weekday{measure.day.weekday()}" if measure.day.weekday() in rate.weekdays else ""


def _covered(rate: Rate, measure: Measure) -> list[tuple[str, int]]:
    return [
        (code, amount)
        for code, amount, currency in measure.expenses
        if code in rate.expenses and currency == rate.currency and amount > 0
    ]


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
