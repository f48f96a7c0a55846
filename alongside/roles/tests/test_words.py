from dataclasses import replace

import pytest
from django.utils import translation
from hypothesis import given

from alongside.kit import money
from alongside.roles import kinds, rules, words
from alongside.roles.rules import Rate
from alongside.roles.tests.parts import TERMS, other
from alongside.roles.tests.test_rules import rates, whole

PLAIN = Rate(start="2026-01-01", amount=2500, unit="hour", currency="CAD")


def test_an_hourly_rate_in_words() -> None:
    rate = replace(
        PLAIN,
        minimum=60,
        rounding=15,
        premium=50,
        callout=2000,
        parts=("night", "evening"),
        weekdays=(6, 5),
        dates=("2026-12-26", "2026-12-25"),
        counts=("prep", "travel"),
        expenses=("phone", "travel"),
    )
    with translation.override("en"):
        assert words.rate(rate) == [
            f"{money.show(2500, 'CAD')} for each hour.",
            "At least 60 minutes are paid each time.",
            "Time is rounded up in steps of 15 minutes.",
            "These minutes are paid too: getting ready and travel time.",
            "These minutes are not paid: waiting and debrief.",
            "50% more on top of that after hours.",
            "After hours means: evening, night, Saturday, Sunday, Dec. 25, 2026 and Dec. 26, 2026.",
            "A night belongs to the day it began.",
            f"{money.show(2000, 'CAD')} more each time you are called on.",
            "These costs are paid back: fares and fuel and phone.",
            "This counts for work from Jan. 1, 2026 on.",
        ]


@pytest.mark.parametrize(
    ("unit", "first"),
    [
        ("shift", "%s for each shift."),
        ("callout", "%s for each time you are called."),
        ("task", "%s for each task."),
        ("honorarium", "A set sum of %s each time."),
    ],
)
def test_other_units_say_nothing_of_minutes(unit: str, first: str) -> None:
    rate = replace(PLAIN, unit=unit, minimum=60, rounding=15)
    assert words.rate(rate) == [
        first % money.show(2500, "CAD"),
        "It is the same sum however long it takes.",
        "No costs are paid back.",
        "This counts for work from Jan. 1, 2026 on.",
    ]


@given(rates)
def test_every_rule_of_a_rate_is_said_and_no_other(rate: Rate) -> None:
    said = words.rate(rate)
    assert all(line.endswith(".") and "%(" not in line for line in said)
    hourly = rate.unit == "hour"
    assert any("At least" in line for line in said) == (hourly and rate.minimum > 0)
    assert any("rounded up" in line for line in said) == (hourly and rate.rounding > 1)
    assert any("paid too" in line for line in said) == (hourly and bool(rate.counts))
    assert any("not paid" in line for line in said) == (hourly and len(rate.counts) < len(rules.EXTRAS))
    assert any("after hours" in line for line in said) == (rate.premium > 0)
    assert any("called on" in line for line in said) == (rate.callout > 0)
    (means,) = [line for line in said if line.startswith("After hours means")] or [""]
    for part in rules.PARTS:
        assert (str(words.PARTS[part]).lower() in means) == (part in rate.parts and rate.premium > 0)


def test_every_code_has_words() -> None:
    for codes, known in (
        (rules.UNITS, words.UNITS),
        (rules.PARTS, words.PARTS),
        (rules.EXTRAS, words.EXTRAS),
        (rules.EXPENSES, words.EXPENSES),
        (rules.SAY, words.SAY),
        (rules.EXPERIENCE, words.EXPERIENCE),
        (rules.READING_ORDER, words.FIELDS),
    ):
        assert set(codes) == set(known)


@given(whole())
def test_sections_show_all_that_was_written(terms: rules.Terms) -> None:
    labels = {code: str(label) for code, label in kinds.LABELS.items()}
    shown = words.sections(terms, labels)
    assert [s.code for s in shown] == [name for name in rules.READING_ORDER if getattr(terms, name)]
    assert all(s.text or s.items for s in shown)


def test_differences_name_what_is_gone_and_what_has_come() -> None:
    labels = {code: str(label) for code, label in kinds.LABELS.items()}
    new = other(purpose="Walk by day", scope_in=("outreach", "forms"), tools="A phone", scope_out=())
    found = {d.title: (d.gone, d.come) for d in words.differences(TERMS, new, labels)}
    assert found == {
        "What the role is for": ((TERMS.purpose,), ("Walk by day",)),
        "Work that is part of it": (("Supplies",), ("Forms and applications",)),
        "Work that is not part of it": (("Cleaning",), ()),
        "Tools": ((), ("A phone",)),
    }
    assert words.differences(TERMS, TERMS, labels) == []


@pytest.mark.parametrize(
    ("code", "field", "text"),
    [
        ("needed", "purpose", "This is still needed."),
        ("needed", "rate_amount", "Please write an amount, like 25 or 25.50."),
        ("low", "rate_amount", "Please write an amount, like 25 or 25.50."),
        ("low", "rate_minimum", "This number is too low."),
        ("unknown", "rate_currency", "We do not know this money. Use three letters, like CAD or EUR."),
        ("unknown", "say", "Please choose from the list."),
    ],
)
def test_problems_in_words(code: str, field: str, text: str) -> None:
    assert words.problem(code, field) == text
