"""From which lot things are taken, how long they last, what expires: for any numbers and days."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from alongside.work import stock_rules as rules
from alongside.work.stock_rules import Bin

TODAY = dt.date(2026, 3, 9)
DAYS = st.dates(TODAY - dt.timedelta(days=99), TODAY + dt.timedelta(days=99))
BINS = st.lists(
    st.builds(Bin, st.sampled_from("abcdef"), st.none() | DAYS, st.integers(-20, 50)),
    max_size=6,
    unique_by=lambda one: one.lot,
)
PLACES = st.tuples(st.sampled_from("xy"), st.sampled_from("ab") | st.none())
TAKEN = st.lists(st.tuples(PLACES, st.integers(1, 30)), max_size=5, unique_by=lambda one: one[0])


@given(st.integers(0, 200), BINS)
def test_all_is_taken_from_somewhere_and_nothing_that_is_out_of_date(amount: int, bins: list[Bin]) -> None:
    taken = rules.take(amount, bins, TODAY)
    assert sum(taken.values()) == amount
    assert all(n > 0 for n in taken.values())
    by_lot = {one.lot: one for one in bins}
    for lot in taken:
        assert lot is None or (by_lot[lot].there > 0 and rules.good(by_lot[lot].expires, TODAY))


@given(st.integers(1, 200), BINS)
def test_an_older_lot_is_empty_before_a_newer_one_is_touched(amount: int, bins: list[Bin]) -> None:
    taken = rules.take(amount, bins, TODAY)
    ordered = [one for one in rules.in_order(bins, TODAY) if one.there > 0]
    touched = [n for n, one in enumerate(ordered) if one.lot in taken]
    for one in ordered[: max(touched, default=0)]:
        assert taken.get(one.lot) == one.there
    if sum(one.there for one in ordered) >= amount:
        assert all(n <= one.there for one in ordered if (n := taken.get(one.lot, 0)))


@given(st.integers(0, 100), TAKEN)
def test_what_goes_back_was_taken_and_what_was_taken_last_goes_first(
    amount: int, taken: list[tuple[rules.Spot, int]]
) -> None:
    back, had = rules.put_back(amount, taken), dict(taken)
    assert sum(back.values()) == min(amount, sum(had.values()))
    assert all(0 < n <= had[spot] for spot, n in back.items())
    whole = [back.get(spot, 0) == n for spot, n in reversed(taken)]
    assert sorted(whole, reverse=True) == whole


@given(st.integers(-50, 500), st.integers(-20, 500), DAYS.filter(lambda day: day <= TODAY))
def test_how_long_it_lasts(there: int, out: int, since: dt.date) -> None:
    left = rules.days_left(there, out, since=since, today=TODAY)
    assert (left is None) == (out <= 0)
    if left is None:
        return
    more = rules.days_left(there + 1, out, since=since, today=TODAY)
    faster = rules.days_left(there, out + 1, since=since, today=TODAY)
    assert more is not None
    assert faster is not None
    assert more >= left >= faster >= 0
    window = max(7, min(42, (TODAY - since).days + 1))
    assert left * out <= max(there, 0) * window < (left + 1) * out


def test_a_supply_that_goes_at_two_a_day() -> None:
    since = TODAY - dt.timedelta(days=99)
    assert rules.first_day(since, TODAY) == TODAY - dt.timedelta(days=41)
    assert rules.days_left(18, 84, since=since, today=TODAY) == 9
    assert rules.a_week(84, since=since, today=TODAY) == 14
    assert rules.days_left(18, 4, since=TODAY, today=TODAY) == 31, "one day says little: taken for a week"


@given(st.integers(0, 500), DAYS.filter(lambda day: day <= TODAY))
def test_a_week_is_the_nearest_whole_number(out: int, since: dt.date) -> None:
    window = max(7, min(42, (TODAY - since).days + 1))
    assert abs(rules.a_week(out, since=since, today=TODAY) - out * 7 / window) <= 0.5


@given(st.none() | DAYS)
def test_a_lot_is_good_on_its_last_day(expires: dt.date | None) -> None:
    state = rules.expiry(expires, TODAY)
    if expires is None:
        assert state == "good"
    else:
        left = (expires - TODAY).days
        assert state == ("expired" if left < 0 else "soon" if left < 60 else "good")


@given(st.none() | st.integers(0, 400), st.integers(-5, 5))
def test_what_runs_out_soon(left: int | None, there: int) -> None:
    assert rules.runs_out_soon(there, left) == (there <= 0 or (left is not None and left < 14))
