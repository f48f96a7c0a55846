"""What an entry may hold and what becomes of a revision, as properties."""

import copy
import datetime as dt
import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.roles import kinds
from alongside.work import api, labels, rules
from alongside.work.tests.entries import ANY_JSON, FIELDS, GOOD, TODAY, spoiled
from tests.databases import examples


def checked(raw: object) -> tuple[rules.Entry, rules.Errors]:
    return rules.checked(raw, today=TODAY, kinds=kinds.CODES)


def wrong(**fields: object) -> rules.Errors:
    return checked({"id": str(uuid4()), "revision": 1, "day": TODAY.isoformat(), "kinds": ["outreach"], **fields})[1]


@given(GOOD)
def test_a_good_entry_is_taken_whole(raw: dict[str, Any]) -> None:
    before = copy.deepcopy(raw)
    entry, errors = checked(raw)
    assert errors == {}
    assert set(entry) == set(FIELDS)
    assert raw == before
    for name in ("id", "revision", "day", "part", "minutes", "expenses", "origin", "weight", "people"):
        assert entry[name] == raw.get(name, [] if name == "expenses" else None)
    assert entry["note"] == (raw.get("note") or None)
    assert entry["kinds"] == list(dict.fromkeys(raw["kinds"]))
    for name in ("extra", "supplies"):
        assert entry[name] == {k: n for k, n in raw.get(name, {}).items() if n}


@given(GOOD)
def test_what_was_checked_is_its_own_canonical_form(raw: dict[str, Any]) -> None:
    entry, _errors = checked(raw)
    again, errors = checked(entry)
    assert errors == {}
    assert again == entry
    assert json.dumps(again) == json.dumps(entry)
    assert checked(json.loads(json.dumps(raw)))[0] == entry


@given(GOOD, st.randoms(use_true_random=False))
def test_equal_entries_said_in_other_ways_are_equal(raw: dict[str, Any], random: Any) -> None:
    names = list(raw)
    random.shuffle(names)
    other = {name: raw[name] for name in names} | {"id": raw["id"].upper()}
    for name in ("extra", "supplies"):
        if name in other:
            other[name] = {k: other[name][k] for k in reversed(other[name])}
    empty = {name: None for name in FIELDS if name not in raw}
    assert checked({**empty, **other})[0] == checked(raw)[0]


@settings(max_examples=examples(150))
@given(ANY_JSON | spoiled())
def test_any_json_is_either_a_canonical_entry_or_has_a_word_on_what_is_wrong(raw: Any) -> None:
    entry, errors = checked(raw)
    assert all(code in labels.ERRORS for code in errors.values())
    if errors:
        return
    again, none = checked(entry)
    assert none == {}
    if entry["deleted"]:
        assert rules.content(entry) == {}
        return
    assert again == entry
    json.dumps(entry, allow_nan=False).encode()
    json.dumps(rules.content(entry), ensure_ascii=False).encode()  # no lone surrogate, nothing that cannot be kept
    assert UUID(entry["id"])
    assert entry["group"] is not None or not entry["shared"]


@given(st.text(min_size=1, max_size=12).filter(lambda name: name not in FIELDS))
def test_an_unknown_field_is_never_lost_unseen(name: str) -> None:
    assert wrong(**{name: None}) == {name: "unknown_field"}


@pytest.mark.parametrize(
    ("field", "values", "code"),
    [
        ("id", [None, 7, "x", "", "7f0f3a52", [], {}, True], "not_an_id"),
        ("revision", [None, 0, -1, 1.0, "1", True, 2**31, [1]], "bad_revision"),
        ("day", [None, "yesterday", "2026-02-30", "09.03.2026", 20260309, "", "2026-03-09T10:00"], "bad_day"),
        ("day", ["2026-03-11", "2106-02-07", "9999-12-31"], "day_to_come"),
        ("day", ["2015-12-31", "1970-01-01", "0001-01-01"], "day_long_ago"),
        ("kinds", [None, [], "outreach", ["outreach", 3], ["a b"], [["outreach"]], {"outreach": 1}], "bad_kinds"),
        ("kinds", [["outreach", "supplies", "forms", "housing", "court"]], "bad_kinds"),
        ("kinds", [["spying"], ["outreach", "g-other"]], "unknown_kind"),
        ("part", ["noon", "", 1, ["night"], {}], "bad_part"),
        ("minutes", [-1, 1441, 1.5, "60", True, [], float("nan")], "bad_minutes"),
        ("extra", [{"lunch": 5}, {"prep": 5, "": 5}, {"lunch": -1}], "unknown_extra"),
        ("extra", [[], {"prep": -1}, {"prep": "5"}, {"prep": None}, {"prep": 1441}, 5], "bad_extra"),
        ("expenses", [{}, [1], [{"code": "travel"}], "10", [[]]], "bad_expenses"),
        ("expenses", [[{"code": "travel", "amount": n, "currency": "CAD"}] for n in (0, -1, 1.5, "3", True, 10**9 + 1)], "bad_expenses"),
        ("expenses", [[{"code": c, "amount": 1, "currency": "CAD"}] for c in ("bribe", None, ["travel"])], "unknown_expense"),
        ("expenses", [[{"code": "food", "amount": 1, "currency": c}] for c in ("cad", "CADX", "", None, 3)], "bad_currency"),
        ("expenses", [[{"code": "food", "amount": 1, "currency": c}] for c in ("ZZZ", "CAQ")], "unknown_currency"),
        ("expenses", [[{"code": "food", "amount": 1, "currency": "CAD", "who": "Al"}]], "bad_expenses"),
        ("expenses", [[{"code": "food", "amount": 1, "currency": "CAD"}] * 21], "too_many_expenses"),
        ("origin", ["dared", 0, []], "bad_origin"),
        ("group", ["union", 5, [], ""], "not_an_id"),
        ("role", ["guide", 5, {}], "not_an_id"),
        ("weight", [4, -1, "2", 1.0, True, False, [1]], "bad_weight"),
        ("people", [-1, 10_001, "4", 2.0, True], "bad_people"),
        ("supplies", [{"gold": 1}, {"water": 1, "gold": -1}], "unknown_supply"),
        ("supplies", [[], {"water": -1}, {"water": 100_001}, {"water": True}], "bad_supplies"),
        ("barriers", ["wait", ["weather"], [1], [None]], "bad_barriers"),
        ("note", [5, ["a"], {}, True], "bad_note"),
        ("note", ["a" * 4001, "a" * 10**6, "😀" * 4001], "note_too_long"),
        ("note", ["a\x00b", "\ud800", "ok \udfff ok"], "note_unreadable"),
        ("share_note", [1, 0, "yes", []], "not_yes_or_no"),
        ("shared", [1, "true"], "not_yes_or_no"),
        ("shared", [True], "nobody_to_share_with"),
        ("deleted", [1, "false", []], "not_yes_or_no"),
    ],
)  # fmt: skip
def test_each_field_says_what_is_wrong_with_it(field: str, values: list[Any], code: str) -> None:
    for value in values:
        assert wrong(**{field: value}) == {field: code}, value


@pytest.mark.parametrize(
    "note", ["😀" * 4000, "شكراً \u202eabc\u202c", "👩🏽‍🚒 e\u0301", "a\nb\tc", " ", "'; DROP TABLE", "\u0007"]
)
def test_notes_are_kept_to_the_letter(note: str) -> None:
    raw = {"id": str(uuid4()), "revision": 1, "day": TODAY.isoformat(), "kinds": ["outreach"], "note": note}
    entry, errors = checked(raw)
    assert errors == {}
    assert entry["note"] == note


@pytest.mark.parametrize("raw", [None, [], "entry", 5, True, 1.5, [{}]])
def test_what_is_no_entry_is_told_so(raw: object) -> None:
    assert checked(raw) == ({}, {"entry": "not_an_entry"})


@given(spoiled())
def test_to_delete_nothing_but_id_and_revision_is_looked_at(raw: dict[str, Any]) -> None:
    """A phone must be able to delete what it could not have stored today."""
    raw = {**raw, "id": str(uuid4()), "revision": 2, "deleted": True, "day": "1990-01-01"}
    entry, errors = checked(raw)
    assert errors == {}
    assert rules.content(entry) == {}


def test_every_field_is_in_the_description_and_the_other_way_round() -> None:
    assert set(api.EntrySchema.model_fields) == set(FIELDS)
    entry, errors = rules.checked(api._EXAMPLE, today=dt.date(2026, 3, 10), kinds=kinds.CODES)
    assert errors == {}
    assert entry == api._EXAMPLE


@given(st.none() | st.integers(1, 9), st.booleans(), st.integers(1, 9))
def test_a_revision_is_stored_if_it_is_the_next_one(stored: int | None, same: bool, revision: int) -> None:
    verdict = rules.verdict(stored, same, revision)
    if stored is None:
        expected = "store" if revision == 1 else "not_first"
    elif revision == stored + 1:
        expected = "store"
    elif revision == stored and same:
        expected = "unchanged"
    else:
        expected = "conflict"
    assert verdict == expected


@given(GOOD)
def test_the_groups_copy_never_says_how_heavy_it_was_or_what_was_in_the_way(raw: dict[str, Any]) -> None:
    entry, _errors = checked(raw | {"weight": 3, "barriers": ["police"]})
    given = rules.group_copy(entry, kinds.shown_to_group(entry["kinds"]))
    assert not {"weight", "barriers", "id", "revision", "group", "role", "share_note", "deleted"} & set(given)
    assert "police" not in json.dumps({k: v for k, v in given.items() if k != "note"})
    assert given["note"] == (entry["note"] if entry["share_note"] else None)
    assert {"overdose_response", "crisis_call", "keeping_watch"}.isdisjoint(given["kinds"])
    same = ("day", "part", "minutes", "extra", "expenses", "people", "supplies")
    assert all(given[name] == entry[name] for name in same)
    assert given["origin"] == ("called" if entry["origin"] == "called" else None)
    assert set(given) == {*same, "kinds", "origin", "note"}


def test_content_is_everything_but_what_the_row_says_itself() -> None:
    entry, _errors = checked({"id": str(uuid4()), "revision": 1, "day": TODAY.isoformat(), "kinds": ["outreach"]})
    assert set(FIELDS) - set(rules.content(entry)) == {"id", "revision", "deleted"}


def test_an_entry_that_says_nothing_has_each_field() -> None:
    assert rules._empty().keys() == rules._FIELDS.keys()
