import datetime as dt
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.roles import rules
from alongside.roles.kinds import CODES
from alongside.roles.rules import Agreed, Rate, Terms

days = st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31))
isos = days.map(dt.date.isoformat)
words = st.text(min_size=1, max_size=60).filter(lambda t: t.strip())
kinds = st.lists(st.sampled_from(sorted(CODES)), unique=True)


def some(codes):
    return st.lists(st.sampled_from(list(codes)), unique=True).map(tuple)


rates = st.builds(
    Rate,
    start=isos,
    amount=st.integers(1, rules.AMOUNT_MOST),
    unit=st.sampled_from(rules.UNITS),
    currency=st.sampled_from(["CAD", "EUR", "JPY"]),
    minimum=st.integers(0, rules.MINUTES_MOST),
    rounding=st.integers(0, rules.ROUNDING_MOST),
    premium=st.integers(0, rules.PREMIUM_MOST),
    callout=st.integers(0, rules.AMOUNT_MOST),
    parts=some(rules.PARTS).filter(bool),
    weekdays=some(range(7)),
    dates=st.lists(isos, max_size=5).map(tuple),
    counts=some(rules.EXTRAS),
    expenses=some(rules.EXPENSES),
)


@st.composite
def whole(draw):
    inside = draw(kinds.filter(bool))
    return Terms(
        **{name: draw(words) for name in rules.TEXTS},
        scope_in=tuple(inside),
        scope_out=tuple(k for k in draw(kinds) if k not in inside),
        experience=draw(some(rules.EXPERIENCE)),
        say=draw(st.sampled_from(["", *rules.SAY])),
        rate=draw(rates),
    )


@given(whole(), words.map(lambda t: "x" + t[: rules.TITLE_MOST - 1]), st.booleans())
def test_whole_terms_have_no_problem(terms, title, chosen):
    assert rules.problems(terms, title, chosen) == {}


@given(whole(), st.sampled_from([*rules.NEEDED, "scope_in", "experience_why", "rate"]), st.booleans())
def test_each_missing_thing_is_named_and_nothing_else(terms, name, blank):
    if name == "experience_why":
        terms = replace(terms, experience=("grief",))
    empty = {"scope_in": (), "rate": None}.get(name, " \n" if blank else "")
    found = rules.problems(replace(terms, **{name: empty}), "Guide", False)
    assert found == {"rate_amount" if name == "rate" else name: "needed"}


@given(whole())
def test_experience_without_any_needs_no_why(terms):
    assert rules.problems(replace(terms, experience=(), experience_why=""), "Guide", False) == {}


@given(whole(), st.data())
def test_a_kind_cannot_be_in_and_out(terms, data):
    both = data.draw(st.sampled_from(terms.scope_in))
    found = rules.problems(replace(terms, scope_out=(*terms.scope_out, both)), "Guide", False)
    assert found == {"scope_out": "both"}


@given(whole(), st.sampled_from(sorted(rules.BARE_TITLES)), st.booleans(), st.sampled_from(["", "We like it"]))
def test_a_bare_title_stays_when_chosen_or_when_somebody_says_why(terms, title, chosen, why):
    found = rules.problems(replace(terms, title_why=why), f" {title.upper()}  ", chosen)
    assert found == ({} if chosen or why else {"title_why": "bare"})


@given(whole(), st.sampled_from(rules.TEXTS))
def test_a_text_that_is_too_long_is_named(terms, name):
    found = rules.problems(replace(terms, **{name: "a" * (rules.TEXT_MOST + 1)}), "Guide", False)
    assert found == {name: "long"}
    assert rules.problems(replace(terms, **{name: "a" * rules.TEXT_MOST}), "Guide", False) == {}


@given(whole(), st.sampled_from(["", "  ", "a" * (rules.TITLE_MOST + 1)]))
def test_a_title_is_needed_and_short(terms, title):
    assert rules.problems(terms, title, False) == {"title": "long" if title.strip() else "needed"}


LIMITS = {
    "amount": (1, rules.AMOUNT_MOST),
    "minimum": (0, rules.MINUTES_MOST),
    "rounding": (0, rules.ROUNDING_MOST),
    "premium": (0, rules.PREMIUM_MOST),
    "callout": (0, rules.AMOUNT_MOST),
}


@given(rates, st.sampled_from(sorted(LIMITS)), st.integers(1, 10**12))
def test_numbers_of_a_rate_keep_to_their_limits(rate, name, beyond):
    least, most = LIMITS[name]
    assert rules.rate_problems(replace(rate, **{name: least - beyond})) == {f"rate_{name}": "low"}
    assert rules.rate_problems(replace(rate, **{name: most + beyond})) == {f"rate_{name}": "high"}
    assert rules.rate_problems(replace(rate, **{name: least})) == {}
    assert rules.rate_problems(replace(rate, **{name: most})) == {}


@given(
    rates,
    st.sampled_from(
        [
            ("unit", "minute", "unknown"),
            ("currency", "cad", "unknown"),
            ("currency", "CADS", "unknown"),
            ("currency", "CAD\n", "unknown"),
            ("start", "", "day"),
            ("start", "20260101", "day"),
            ("start", "2026-02-30", "day"),
            ("start", "1999-12-31", "day"),
            ("dates", ("2026-01-01", "soon"), "day"),
            ("dates", ("2026-01-01",) * (rules.DATES_MOST + 1), "many"),
            ("parts", ("noon",), "unknown"),
            ("weekdays", (7,), "unknown"),
            ("counts", ("sleep",), "unknown"),
            ("expenses", ("yacht",), "unknown"),
        ]
    ),
)
def test_unknown_words_of_a_rate_are_named(rate, case):
    name, value, code = case
    assert rules.rate_problems(replace(rate, **{name: value})) == {f"rate_{name}": code}


@given(rates)
def test_a_premium_needs_hours_that_it_is_for(rate):
    bare = replace(rate, parts=(), weekdays=(), dates=())
    assert rules.rate_problems(bare) == ({"rate_premium": "when"} if rate.premium else {})


@given(days)
def test_a_day_reads_back(day):
    assert rules.iso_day(day.isoformat()) == day


@given(st.text(max_size=12))
def test_what_is_no_day_is_none(text):
    found = rules.iso_day(text)
    assert found is None or found.isoformat() == text


@given(whole())
def test_terms_survive_json(terms):
    value = terms.as_json()
    assert rules.terms_from_json(value | {"a field of later": 1}) == terms
    assert rules.changed(terms, rules.terms_from_json(value)) == []


def test_every_field_of_terms_is_read_in_some_place():
    assert sorted(rules.READING_ORDER) == sorted(f.name for f in fields(Terms))


@given(whole(), whole())
def test_changed_names_what_differs_both_ways(old, new):
    found = rules.changed(old, new)
    assert found == rules.changed(new, old)
    assert rules.changed(old, replace(old, **{name: getattr(new, name) for name in found})) == found
    assert rules.changed(new, replace(old, **{name: getattr(new, name) for name in found})) == []


@given(whole(), st.randoms())
def test_another_order_is_no_change(terms, random):
    mixed = list(terms.scope_in)
    random.shuffle(mixed)
    rate = replace(terms.rate, parts=tuple(reversed(terms.rate.parts)))
    assert rules.changed(terms, replace(terms, scope_in=tuple(mixed), rate=rate)) == []


@given(whole(), kinds)
def test_widening_names_kinds_and_changes_nothing_else(terms, more):
    wide = rules.widened(terms, more)
    assert set(wide.scope_in) == set(terms.scope_in) | set(more)
    assert set(wide.scope_out) == set(terms.scope_out) - set(more)
    assert len(wide.scope_in) == len(set(wide.scope_in))
    assert rules.unnamed(wide, more) == []
    assert set(rules.changed(terms, wide)) <= {"scope_in", "scope_out"}
    assert rules.problems(wide, "Guide", False) == {}


@given(rates, rates)
def test_a_rate_that_differs_starts_after_the_agreed_one(new, old):
    same = replace(old, start=new.start) == new
    assert rules.overwrites(new, [old]) == (not same and new.start <= old.start)
    assert not rules.overwrites(new, [])
    assert not rules.overwrites(new, [new, replace(new, start="2099-12-31")])


@given(st.lists(st.tuples(st.integers(1, 9), rates, days), max_size=6), days, st.integers(0, 6))
def test_what_binds_is_agreed_and_started_and_agreeing_later_never_unbinds(given_yes, day, count):
    agreed = [Agreed(i, n, Terms(rate=r), d) for i, (n, r, d) in enumerate(given_yes)]
    found = rules.binding(agreed, day)
    if found is None:
        assert all(a.terms.rate.start > day.isoformat() for a in agreed)
    else:
        assert found in agreed
        assert found.terms.rate.start <= day.isoformat()
        newer = [a for a in agreed if found.terms.rate.start < a.terms.rate.start <= day.isoformat()]
        assert all(a.day > day and not rules.no_worse(a.terms.rate, found.terms.rate) for a in newer)
    if rules.binding(agreed[:count], day) is not None:
        assert found is not None


def test_a_version_that_was_not_agreed_to_never_binds():
    day = dt.date(2026, 5, 1)
    first = Agreed("one", 1, Terms(rate=Rate("2026-01-01", 2500, "hour", "CAD")), day)
    assert rules.binding([first], day) == first
    assert rules.binding([], day) is None
    assert rules.binding([Agreed("none", 2, Terms(), day)], day) is None


@given(st.lists(st.tuples(rates, days, st.none() | days), max_size=4), days)
def test_who_left_is_bound_up_to_that_day_and_no_longer(given_yes, day):
    agreed = [Agreed(i, i, Terms(rate=r), d, until) for i, (r, d, until) in enumerate(given_yes)]
    found = rules.binding(agreed, day)
    assert found == rules.binding([a for a in agreed if a.until is None or a.until >= day], day)
    assert found is None or found.until is None or found.until >= day


@given(whole(), kinds)
def test_excluded_only_when_all_of_it_is_out(terms, done):
    assert rules.excluded(terms, done) == (bool(done) and set(done) <= set(terms.scope_out))
    assert set(rules.unnamed(terms, done)) == set(done) - set(terms.scope_in) - set(terms.scope_out)


@given(words, st.lists(st.sampled_from([str, str.upper, lambda t: f"  {t} ", str.title]), min_size=1))
def test_wishes_settle_when_they_are_the_same_but_for_case_and_spaces(title, ways):
    plain = title.encode("ascii", "ignore").decode().strip() or "guide"
    wishes = [way(plain) for way in ways]
    assert rules.settled_title(wishes) == " ".join(wishes[0].split())
    assert rules.settled_title([*wishes, plain + " too"]) is None
    assert rules.settled_title([*wishes, ""]) is None


def test_titles():
    assert rules.title("  Street   guide ") == "Street guide"
    assert rules.title("\u0631\u0641\u06cc\u0642 \U0001f9e1") == "\u0631\u0641\u06cc\u0642 \U0001f9e1"
    assert rules.title("\u202eStreet \u2067guide\u2069 \u202c") == "Street guide"
    for bad in ("", "  ", "a\x00b", "a" * 81, "\ud800", "\u200b", "\u202e", "\u2066 \u2069", "\u2060\ufeff"):
        assert rules.title(bad) is None
    assert rules.is_bare(" Peer-Worker ")
    assert not rules.is_bare("Peer coordinator")


def _agreed(number: int, start: str, yes: str, **rate: object) -> Agreed:
    terms = Terms(rate=Rate(**{"start": start, "amount": 3000, "unit": "hour", "currency": "CAD"} | rate))
    return Agreed(number, number, terms, dt.date.fromisoformat(yes))


def test_a_late_yes_never_lowers_what_was_promised() -> None:
    first = _agreed(1, "2026-01-01", "2026-01-01")
    cut = _agreed(2, "2026-02-01", "2026-03-10", amount=2000)
    assert rules.binding([first, cut], dt.date(2026, 2, 15)) == first
    assert rules.binding([first, cut], dt.date(2026, 3, 10)) == cut


def test_a_late_yes_to_a_raise_pays_from_its_first_day() -> None:
    first = _agreed(1, "2026-01-01", "2026-01-01")
    raised = _agreed(2, "2026-02-01", "2026-03-10", amount=3500)
    assert rules.binding([first, raised], dt.date(2026, 2, 15)) == raised
    assert rules.binding([first, raised], dt.date(2026, 1, 31)) == first


@pytest.mark.parametrize(
    "worse",
    [
        {"amount": 2999},
        {"minimum": 30},
        {"rounding": 10},
        {"premium": 40},
        {"callout": 0},
        {"parts": ()},
        {"counts": ("prep",)},
        {"expenses": ()},
        {"unit": "shift"},
        {"currency": "EUR"},
    ],
)
def test_a_rate_is_worse_when_any_part_of_it_is(worse: dict[str, object]) -> None:
    full = {"minimum": 60, "rounding": 15, "premium": 50, "callout": 100, "parts": ("night",), "expenses": ("travel",)}
    old = _agreed(1, "2026-01-01", "2026-01-01", **full).terms.rate
    new = _agreed(2, "2026-01-01", "2026-01-01", **(full | worse)).terms.rate
    assert not rules.no_worse(new, old)
    assert rules.no_worse(old, old)
