"""Entries as hypothesis makes them: good ones, and any JSON at all."""

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from alongside.roles import kinds
from alongside.roles.rules import EXPENSES, EXTRAS, PARTS
from alongside.work import rules

TODAY = dt.date(2026, 3, 9)
READABLE = st.characters(exclude_characters="\x00", exclude_categories=("Cs",))

IDS = st.uuids().map(str)
EXPENSE = st.fixed_dictionaries(
    {
        "code": st.sampled_from(EXPENSES),
        "amount": st.integers(1, rules.AMOUNT_MOST),
        "currency": st.sampled_from(("CAD", "EUR", "JPY")),
    }
)
GOOD: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "id": IDS,
        "revision": st.integers(1, 2**31 - 1),
        "day": st.dates(dt.date(2016, 1, 1), TODAY + dt.timedelta(days=1)).map(dt.date.isoformat),
        "kinds": st.lists(st.sampled_from(sorted(kinds.CODES)), min_size=1, max_size=4),
    },
    optional={
        "part": st.none() | st.sampled_from(PARTS),
        "minutes": st.none() | st.integers(0, rules.MINUTES_MOST),
        "extra": st.dictionaries(st.sampled_from(EXTRAS), st.integers(0, rules.MINUTES_MOST)),
        "expenses": st.lists(EXPENSE, max_size=3),
        "origin": st.none() | st.sampled_from(rules.ORIGINS),
        "group": st.none() | IDS,
        "role": st.none() | IDS,
        "weight": st.none() | st.sampled_from(rules.WEIGHTS),
        "people": st.none() | st.integers(0, rules.PEOPLE_MOST),
        "supplies": st.dictionaries(st.sampled_from(rules.SUPPLIES), st.integers(0, 1000), max_size=4),
        "barriers": st.lists(st.sampled_from(rules.BARRIERS), max_size=4),
        "note": st.none() | st.text(READABLE, max_size=40),
        "share_note": st.booleans(),
    },
)
"""Entries with nothing wrong, not shared."""

ANY_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
"""Whatever JSON can say, lone surrogates, NaN and huge numbers too."""

FIELDS = ("id", "revision", "day", "kinds", "part", "minutes", "extra", "expenses", "origin", "group", "role",
          "weight", "people", "supplies", "barriers", "note", "share_note", "shared", "deleted")  # fmt: skip


@st.composite
def spoiled(draw: st.DrawFn) -> dict[str, Any]:
    """A good entry with a few fields that may hold anything."""
    entry = draw(GOOD)
    for name in draw(st.lists(st.sampled_from((*FIELDS, "surprise")), min_size=1, max_size=4)):
        entry[name] = draw(ANY_JSON)
    return entry
