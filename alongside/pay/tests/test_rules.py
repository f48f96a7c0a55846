import datetime as dt
from dataclasses import replace
from fractions import Fraction

from django.utils.translation import override
from hypothesis import assume, given
from hypothesis import strategies as st

from alongside.pay import rules, words
from alongside.pay.rules import Measure
from alongside.roles.rules import EXPENSES, EXTRAS, PARTS, UNITS, Rate

DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2040, 12, 31))
MINUTES = st.integers(0, 24 * 60)
MONEY = st.integers(0, 10**8)


@st.composite
def rates(draw: st.DrawFn, unit: str | None = None) -> Rate:
    return Rate(
        start="2020-01-01",
        amount=draw(MONEY),
        unit=unit or draw(st.sampled_from(UNITS)),
        currency=draw(st.sampled_from(("CAD", "EUR"))),
        minimum=draw(st.sampled_from((0, 15, 60, 90))),
        rounding=draw(st.sampled_from((0, 1, 6, 15, 30))),
        premium=draw(st.integers(0, 300)),
        callout=draw(MONEY),
        parts=tuple(draw(st.sets(st.sampled_from(PARTS)))),
        weekdays=tuple(draw(st.sets(st.integers(0, 6)))),
        dates=tuple(d.isoformat() for d in draw(st.lists(DAYS, max_size=2))),
        counts=tuple(draw(st.sets(st.sampled_from(EXTRAS)))),
        expenses=tuple(draw(st.sets(st.sampled_from(EXPENSES)))),
    )


MEASURES = st.builds(
    Measure,
    day=DAYS,
    part=st.none() | st.sampled_from(PARTS),
    minutes=st.none() | MINUTES,
    extra=st.dictionaries(st.sampled_from(EXTRAS), MINUTES),
    called=st.booleans(),
    expenses=st.lists(st.tuples(st.sampled_from(EXPENSES), st.integers(1, 10**6), st.sampled_from(("CAD", "EUR")))),
)


def by_part(rate: Rate, measure: Measure) -> dict[str, int]:
    parts = rules.owed(rate, measure)
    assert len({p.part for p in parts}) == len(parts)
    return {p.part: p.amount for p in parts}


@given(rates(), MEASURES, MINUTES)
def test_more_minutes_are_never_owed_less(rate: Rate, measure: Measure, more: int) -> None:
    longer = replace(measure, minutes=(measure.minutes or 0) + more)
    assert rules.total(rules.owed(rate, longer)) >= rules.total(rules.owed(rate, measure))


@given(rates(), MEASURES, st.sampled_from(EXTRAS), MINUTES)
def test_an_extra_minute_counts_when_the_rate_says_so_and_only_then(
    rate: Rate, measure: Measure, code: str, more: int
) -> None:
    longer = replace(measure, extra={**measure.extra, code: measure.extra.get(code, 0) + more})
    before, after = rules.paid_minutes(rate, measure), rules.paid_minutes(rate, longer)
    assert after >= before
    if code not in rate.counts:
        assert after == before


@given(rates(), MEASURES)
def test_every_part_is_above_zero_and_whole(rate: Rate, measure: Measure) -> None:
    assert all(type(p.amount) is int and p.amount > 0 for p in rules.owed(rate, measure))


@given(rates(), st.integers(-500, 0), st.integers(-500, 0), st.integers(-500, 0))
def test_nothing_below_zero_takes_from_the_sum(rate: Rate, minutes: int, extra: int, spent: int) -> None:
    code = rate.expenses[0] if rate.expenses else "food"
    bad = Measure(
        dt.date(2026, 1, 1),
        minutes=minutes,
        extra=dict.fromkeys(EXTRAS, extra),
        expenses=[(code, spent, rate.currency)],
    )
    assert rules.owed(rate, bad) == rules.owed(rate, Measure(dt.date(2026, 1, 1)))


@given(rates(unit="hour"), MEASURES)
def test_minutes_are_rounded_up_alone_and_the_minimum_holds(rate: Rate, measure: Measure) -> None:
    worked = (measure.minutes or 0) + sum(n for code, n in measure.extra.items() if code in rate.counts)
    paid = rules.paid_minutes(rate, measure)
    assert paid >= worked
    assert paid >= rate.minimum
    if rate.rounding:
        assert paid % rate.rounding == 0
        assert paid - max(worked, rate.minimum) < rate.rounding
    else:
        assert paid == max(worked, rate.minimum)


def half_up(exact: Fraction) -> int:
    return int(exact + Fraction(1, 2))


@given(rates(), MEASURES)
def test_time_and_premium_are_exact_and_rounded_half_up(rate: Rate, measure: Measure) -> None:
    parts = by_part(rate, measure)
    time = rate.amount
    if rate.unit == "hour":
        time = half_up(Fraction(rate.amount * rules.paid_minutes(rate, measure), 60))
    assert parts.get("time", 0) == time
    premium = half_up(Fraction(time * rate.premium, 100)) if rules.after_hours(rate, measure) else 0
    assert parts.get("premium", 0) == premium


@given(rates(), MEASURES)
def test_after_hours_is_by_part_weekday_or_date_alone(rate: Rate, measure: Measure) -> None:
    expected = (
        measure.part in rate.parts or measure.day.weekday() in rate.weekdays or measure.day.isoformat() in rate.dates
    )
    assert rules.after_hours(rate, measure) is expected
    assert not rules.after_hours(replace(rate, parts=(), weekdays=(), dates=()), measure)


@given(rates(), MEASURES)
def test_callout_is_added_once_when_called(rate: Rate, measure: Measure) -> None:
    called = by_part(rate, replace(measure, called=True))
    quiet = by_part(rate, replace(measure, called=False))
    assert called.get("callout", 0) == rate.callout
    assert "callout" not in quiet
    assert {k: v for k, v in called.items() if k != "callout"} == quiet


@given(rates(), MEASURES)
def test_each_expense_is_in_the_sum_or_said_to_be_left_out(rate: Rate, measure: Measure) -> None:
    left = rules.not_counted(rate, measure)
    for spent in left:
        if spent.why == "currency":
            assert spent.currency != rate.currency
            assert spent.code in rate.expenses
        else:
            assert spent.code not in rate.expenses
    counted = by_part(rate, measure).get("expenses", 0)
    assert counted + sum(s.amount for s in left) == sum(amount for _code, amount, _currency in measure.expenses)
    for code, _amount, currency in measure.expenses:
        inside = code in rate.expenses and currency == rate.currency
        assert inside != any((s.code, s.currency) == (code, currency) for s in left)


@given(rates(), MEASURES)
def test_the_steps_lead_to_the_sum_part_by_part(rate: Rate, measure: Measure) -> None:
    sums: dict[str, int] = {}
    for step in rules.steps(rate, measure):
        sums[step.part] = sums.get(step.part, 0) + step.amount
    assert {part: n for part, n in sums.items() if n} == by_part(rate, measure)


@given(rates(), MEASURES, st.sampled_from(("en", "fr")))
def test_every_step_has_words(rate: Rate, measure: Measure, language: str) -> None:
    with override(language):
        said = words.explain(rate, measure)
    assert len(said) == len(rules.steps(rate, measure))
    assert all(s.text and "%(" not in s.text and "None" not in s.text for s in said)


def test_an_example_in_words() -> None:
    rate = Rate(
        start="2026-01-01", amount=2500, unit="hour", currency="CAD", minimum=60, rounding=30, premium=50,
        callout=2000, parts=("night",), counts=("travel",), expenses=("food",),
    )  # fmt: skip
    measure = Measure(
        dt.date(2026, 3, 2), part="night", minutes=50, extra={"travel": 20, "waiting": 5}, called=True,
        expenses=[("food", 450, "CAD"), ("food", 300, "EUR"), ("phone", 100, "CAD")],
    )  # fmt: skip
    assert by_part(rate, measure) == {"time": 3750, "premium": 1875, "callout": 2000, "expenses": 450}
    with override("en"):
        assert [(s.text, s.sum) for s in words.explain(rate, measure)] == [
            ("Work: 50 minutes.", ""),
            ("Plus 20 minutes: travel.", ""),
            ("This role does not pay 5 minutes: waiting.", ""),
            ("Rounded up to 90 minutes.", ""),
            ("90 minutes at CA$25.00 an hour.", "CA$37.50"),
            ("It was at night. That adds 50%.", "CA$18.75"),
            ("It was a call-out.", "CA$20.00"),
            ("Money spent: food.", "CA$4.50"),
            ("Not in the sum: €3.00 for food. It is in other money. Talk to your group about it.", ""),
            ("Not in the sum: CA$1.00 for phone. This role does not cover it.", ""),
        ]


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**6), min_size=1), st.integers(-(10**6), 10**6))
def test_an_agreed_difference_stands_through_edits_and_depends_on_no_path(
    first: int, edits: list[int], agreed: int
) -> None:
    assume(first + agreed >= 0)
    rated = first
    for new in edits:
        rated += rules.correction(new=new, rated=rated, agreed=agreed)
        assert rated + agreed == max(new + agreed, 0)


@given(DAYS, st.integers(0, 30))
def test_rows_are_kept_for_the_whole_term(day: dt.date, years: int) -> None:
    last = rules.keep_until(day, years)
    assert last >= day
    assert last.year - day.year == years
    assert (last.month, last.day) in {(day.month, day.day), (3, 1)}


def test_a_dispute_has_fourteen_days() -> None:
    day = dt.date(2026, 2, 20)
    assert rules.disputable(day, day + dt.timedelta(days=14))
    assert not rules.disputable(day, day + dt.timedelta(days=15))


@given(rates(), MEASURES, st.data())
def test_what_can_be_put_right_is_all_that_the_sum_comes_of(rate: Rate, measure: Measure, data: st.DataObject) -> None:
    found = rules.Reckoning(rate, measure)
    assert found.total(found.values) == rules.total(rules.owed(rate, measure)), "as it was shared, the same sum"
    right = {what: data.draw(MINUTES, what) for what in found.values}
    assert {one.what: one.new for one in found.changes(right)} == {
        what: new for what, new in right.items() if new != found.values[what]
    }
    if rate.unit == "hour":
        same = replace(rate, minimum=0, rounding=0, premium=0, callout=0)
        time = sum(new for what, new in right.items() if not what.startswith("expense_"))
        money = sum(new for what, new in right.items() if what.startswith("expense_"))
        exact = Fraction(rate.amount * time, 60) + money
        assert abs(rules.Reckoning(same, measure).total(right) - exact) <= Fraction(1, 2)
