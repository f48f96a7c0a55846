"""The form of an entry says the same as the record holds."""

import datetime as dt
import json
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from alongside.roles import kinds
from alongside.roles.rules import EXPENSES, EXTRAS, PARTS
from alongside.work import forms, labels, rules
from alongside.work.forms import EntryForm
from alongside.work.words import words

GROUP, ROLE = str(uuid.uuid4()), str(uuid.uuid4())
CHOICES: dict[str, Any] = {
    "groups": [
        {
            "id": GROUP,
            "name": "Union",
            "currency": "CAD",
            "tax_years": 7,
            "told": True,
            "kinds": [{"code": "g-drum", "label": "Drum circle"}],
            "roles": [{"id": ROLE, "title": "Navigator", "agreed": True}],
        }
    ],
    "currencies": ["CAD", "JPY"],
}
UNTOLD = {**CHOICES, "groups": [{**CHOICES["groups"][0], "told": False}]}
NEEDED = {"id": str(uuid.uuid4()), "revision": "1", "kinds": ["outreach"], "day": "today"}


def form(choices: dict[str, Any] = CHOICES, **more: Any) -> EntryForm:
    return EntryForm({**NEEDED, **more}, choices)


def test_every_code_of_the_rules_has_its_words_and_its_field() -> None:
    assert tuple(forms.PART_WORDS) == PARTS
    assert tuple(forms.EXTRA_WORDS) == EXTRAS
    assert tuple(forms.EXPENSE_WORDS) == EXPENSES
    shown = EntryForm(None, CHOICES)
    boxes = [b.data["value"] for b in shown.first_kinds] + [b.data["value"] for f in shown.folds for b in f.boxes]
    assert sorted(boxes) == sorted([*kinds.CODES, "g-drum"])
    assert len(boxes[:6]) == len(shown.first_kinds) == 6


def test_only_the_kind_is_needed() -> None:
    given_in = form()
    assert given_in.is_valid(), given_in.errors
    entry = given_in.entry()
    checked, errors = rules.checked(entry, today=dt.date.fromisoformat(entry["day"]), kinds=kinds.CODES)
    assert not errors
    assert checked == entry
    assert entry["shared"] is False
    assert entry["group"] is None
    assert not form(kinds=[]).is_valid()
    assert "kinds" in form(kinds=["outreach", "supplies", "group", "meals", "court"]).errors


entries = st.fixed_dictionaries(
    {
        "id": st.uuids().map(str),
        "revision": st.integers(1, 1000),
        "kinds": st.lists(st.sampled_from([*kinds.LABELS, "g-drum"]), min_size=1, max_size=4, unique=True),
        "day": st.dates(dt.date(2020, 1, 1), dt.date(2026, 1, 1)).map(dt.date.isoformat),
        "part": st.none() | st.sampled_from(PARTS),
        "minutes": st.none() | st.integers(0, rules.MINUTES_MOST),
        "extra": st.dictionaries(st.sampled_from(EXTRAS), st.integers(1, 1440)),
        "expenses": st.permutations(["CAD", "JPY", "KWD"]).flatmap(
            lambda some: st.dictionaries(
                st.tuples(st.integers(0, 2), st.sampled_from(EXPENSES)), st.integers(1, rules.AMOUNT_MOST)
            ).map(
                lambda sums: [
                    {"code": c, "amount": sums[i, c], "currency": some[i]}
                    for i in range(3)
                    for c in EXPENSES
                    if (i, c) in sums
                ]
            )
        ),
        "origin": st.none() | st.sampled_from(rules.ORIGINS),
        "group": st.none() | st.just(GROUP),
        "weight": st.none() | st.sampled_from(rules.WEIGHTS),
        "people": st.none() | st.integers(0, rules.PEOPLE_MOST),
        "supplies": st.dictionaries(st.sampled_from(rules.SUPPLIES), st.integers(1, 100_000)),
        "barriers": st.lists(st.sampled_from(rules.BARRIERS), unique=True),
        "note": st.none() | st.text("ab é\n<&\"'🌱", min_size=1, max_size=30),
        "share_note": st.booleans(),
        "deleted": st.just(False),
    }
).flatmap(
    lambda e: st.tuples(st.booleans(), st.booleans()).map(
        lambda two: {**e, "role": ROLE if two[0] and e["group"] else None, "shared": two[1] and e["group"] is not None}
    )
)


@given(entry=entries)
def test_what_was_stored_comes_back_from_the_form_unchanged(entry: dict[str, Any]) -> None:
    shown = EntryForm(None, CHOICES, entry=entry)
    posted = {name: shown[name].value() for name in shown.fields}
    back = EntryForm({k: v for k, v in posted.items() if v is not None and v is not False}, CHOICES, entry=entry)
    assert back.is_valid(), back.errors
    result = back.entry()
    for name in ("kinds", "barriers"):
        result[name], entry[name] = sorted(result[name]), sorted(entry[name])
    assert result == {**entry, "revision": entry["revision"] + 1}


def test_an_entry_keeps_its_day_when_the_form_comes_back_on_another(monkeypatch: pytest.MonkeyPatch) -> None:
    day = dt.date(2026, 3, 9)
    entry = {"id": str(uuid.uuid4()), "revision": 1, "kinds": ["outreach"], "day": day.isoformat()}
    for shown_on, back_on in ((day, 1), (day + dt.timedelta(days=1), 1), (day - dt.timedelta(days=1), 2)):
        monkeypatch.setattr(forms.clock, "today", lambda today=shown_on: today)
        shown = EntryForm(None, CHOICES, entry=entry)
        posted = {name: shown[name].value() for name in shown.fields}
        later = shown_on + dt.timedelta(days=back_on)
        monkeypatch.setattr(forms.clock, "today", lambda today=later: today)
        back = EntryForm({k: v for k, v in posted.items() if v is not None and v is not False}, CHOICES, entry=entry)
        assert back.is_valid(), back.errors
        assert back.entry()["day"] == "2026-03-09"


@pytest.mark.parametrize("role", [None, "0b6c1f7e-8d3a-4c58-9b34-6a3f1f0d2c11"])
def test_an_entry_for_a_group_that_was_left_stays_for_it(role: str | None) -> None:
    gone = str(uuid.uuid4())
    entry = {
        "id": str(uuid.uuid4()),
        "revision": 1,
        "kinds": ["outreach"],
        "day": "2026-03-09",
        "group": gone,
        "role": role,
    }
    chosen = str(EntryForm(None, CHOICES, entry=entry)["for"].value())
    kept = EntryForm({**NEEDED, "for": chosen}, CHOICES, entry=entry)
    assert kept.is_valid(), kept.errors
    assert (kept.entry()["group"], kept.entry()["role"]) == (gone, role)
    for other, group in ((f"group:{GROUP}", GROUP), ("", None)):
        moved = EntryForm({**NEEDED, "for": other}, CHOICES, entry=entry)
        assert moved.is_valid(), moved.errors
        assert (moved.entry()["group"], moved.entry()["role"]) == (group, None)
    assert "for" in EntryForm({**NEEDED, "for": chosen}, CHOICES).errors


def test_what_was_spent_in_other_money_is_shown_and_kept() -> None:
    other = {"code": "food", "amount": 1200, "currency": "JPY"}
    spent = [{"code": "travel", "amount": 350, "currency": "CAD"}, other]
    entry = {"id": str(uuid.uuid4()), "revision": 1, "kinds": ["outreach"], "day": "2026-03-09", "expenses": spent}
    page = render_to_string("work/_entry.html", {"form": EntryForm(None, CHOICES, entry=entry), "action": "/"})
    assert "In other money, kept as it is: Food: ¥1,200" in page
    changed = EntryForm({**NEEDED, "currency": "CAD", "expense_travel": "4"}, CHOICES, entry=entry)
    assert changed.is_valid(), changed.errors
    assert changed.entry()["expenses"] == [{**spent[0], "amount": 400}, other]
    assert "In other money" not in render_to_string(
        "work/_entry.html", {"form": EntryForm(None, CHOICES), "action": "/"}
    )


def test_nothing_typed_is_lost_on_an_error() -> None:
    wrong = form(note="Keep <me>", minutes="other", minutes_other="9999", expense_travel="abc", supplies_pipes="3")
    assert not wrong.is_valid()
    assert set(wrong.errors) == {"minutes_other", "expense_travel"}
    page = render_to_string("work/_entry.html", {"form": wrong, "action": "/work/new/"})
    assert "Keep &lt;me&gt;" in page
    assert 'value="9999"' in page
    assert 'value="abc"' in page
    for name in wrong.errors:
        start = page.index(f'id="field-{name}"')
        assert 'class="errors' in page[start : start + 400]


def test_a_share_needs_a_group_and_telling_once() -> None:
    assert "shared" in form(shared="yes").errors
    assert "told" in form(UNTOLD, shared="yes", **{"for": f"group:{GROUP}"}).errors
    told = form(UNTOLD, shared="yes", told="on", **{"for": f"role:{ROLE}"})
    assert told.is_valid()
    assert told.told_group() == GROUP
    assert told.entry()["role"] == ROLE
    again = form(shared="yes", **{"for": f"group:{GROUP}"})
    assert again.is_valid()
    assert again.told_group() is None


@pytest.mark.parametrize("bad", ["group:7f0f3a52-5c7e-4c55-9a7e-2f6f7d1f4a10", "role:x", "nonsense"])
def test_a_group_that_is_not_ones_own_cannot_be_chosen(bad: str) -> None:
    assert "for" in form(**{"for": bad}).errors


def test_amounts_are_read_in_their_currency() -> None:
    yen = form(currency="JPY", expense_travel="1 200")
    assert yen.is_valid(), yen.errors
    assert yen.entry()["expenses"] == [{"code": "travel", "amount": 1200, "currency": "JPY"}]
    assert "expense_travel" in form(currency="JPY", expense_travel="1.5").errors
    comma = form(currency="CAD", expense_food="3,5")
    assert comma.is_valid()
    assert comma.entry()["expenses"][0]["amount"] == 350
    for bad in ("-1", "0", "1e9", "12.345"):
        assert "expense_food" in form(currency="CAD", expense_food=bad).errors, bad


def test_what_the_record_refuses_stands_beside_its_field() -> None:
    refused = form()
    assert refused.is_valid()
    refused.refuse({"group": "No.", "kinds": "Not known.", "revision": "One.", "strange": "Odd."})
    assert set(refused.errors) == {"for", "kinds", "revision", "__all__"}


def test_the_shell_form_holds_no_group() -> None:
    page = render_to_string("work/_entry.html", {"form": EntryForm(), "action": "/work/new/", "shell": True})
    assert "data-shell" in page
    assert "group:" not in page
    assert "g-drum" not in page


def test_scripts_ask_only_for_words_that_the_page_brings() -> None:
    folder = Path(forms.__file__).parent / "static" / "work"
    text = "".join(path.read_text() for path in folder.glob("*.js"))
    asked = set(re.findall(r"\bt\('(\w+)'", text))
    given_words = words()
    assert asked - {"since_", "state_"} <= set(given_words), asked - set(given_words)
    assert {f"since_{part}" for part in PARTS} <= set(given_words)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_words_are_json_and_whole(language: str) -> None:
    with translation.override(language):
        found = json.loads(json.dumps(words()))
    assert all(isinstance(text, str) or len(text) == 2 for text in found.values())
    assert all(text for text in found.values())


def test_labels_cover_what_the_form_counts() -> None:
    assert set(labels.SUPPLIES) == set(rules.SUPPLIES)
    assert set(labels.BARRIERS) == set(rules.BARRIERS)


def test_who_was_not_told_reads_how_long_pay_lines_are_kept() -> None:
    page = render_to_string("work/_entry.html", {"form": EntryForm(None, UNTOLD), "action": "/work/new/"})
    assert "Pay lines about this are kept for 7 years. They hold no names and no words." in page
    assert "Pay lines" not in render_to_string("work/_entry.html", {"form": EntryForm(None, CHOICES), "action": "/"})
