"""Work under a role that was left, and work under none: what can still be chosen, and what each side is told."""

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.test import Client

from alongside.pay import queries as ledger
from alongside.people import actions as people
from alongside.people.models import Membership
from alongside.roles import actions as roles
from alongside.roles.models import Role
from alongside.roles.rules import Rate
from alongside.roles.tests.parts import other, proposed
from alongside.work import actions, queries
from alongside.work.forms import EntryForm
from alongside.work.models import Entry, Share
from tests.world import World, account, world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

HOUR = 2500
NOON = dt.datetime(2026, 3, 9, 12, tzinfo=dt.UTC)
TODAY = "2026-03-09"
UNSAID = "You did not say under which role. Change it and choose one, if it was for a role."
NO_ROLE = "It was not shared under a role."
NO_RATE = "No role with a rate was agreed for this day."
TALK = "You can talk about it with the group."


@pytest.fixture(autouse=True)
def _march() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


def held(w: World, **fields: object) -> tuple[Role, Any]:
    """A role that the worker agreed to, and their holding of it."""
    role, version, (holding,) = proposed(w.coordinator, w.worker, terms=other(**fields))
    roles.agree(holding=holding, version=version)
    return role, holding


def browse(who: Membership) -> Client:
    client = Client()
    client.force_login(who.account)
    return client


def recorded(w: World, value: str, **fields: object) -> Share:
    """An hour that the worker records by the form, and shares; ``value``: who it was for."""
    made = str(uuid4())
    data = {"id": made, "revision": "1", "kinds": ["outreach"], "day": "today", "minutes": "60"}
    answer = browse(w.worker).post("/work/new/", {**data, "for": value, "shared": "yes", "told": "on", **fields})
    assert answer.status_code == 302, answer.content.decode()
    return Share.objects.get(entry=UUID(made))


def offered(w: World) -> list[dict[str, Any]]:
    (group,) = queries.choices(w.worker.account)["groups"]
    return list(group["roles"])


def choosable(w: World) -> dict[str, str]:
    """Whom work can be for, by the form."""
    field: Any = EntryForm(None, queries.choices(w.worker.account)).fields["for"]
    return dict(field.choices)


def test_work_of_before_a_role_was_left_is_recorded_shared_and_owed_under_it() -> None:
    w = world()
    role, holding = held(w)
    roles.leave(holding=holding)
    share = recorded(w, f"role:{role.pk}")
    assert (share.role_id, share.claim is None) == (role.pk, False)
    assert ledger.state([share.claim])[share.claim].owed == HOUR  # type: ignore[list-item, index]
    with time_machine.travel(NOON + dt.timedelta(days=1), tick=False):
        late = recorded(w, f"role:{role.pk}")
        assert (late.day.isoformat(), late.claim, late.version) == ("2026-03-10", None, None)
        assert recorded(w, f"role:{role.pk}", day="yesterday").claim is not None


def test_a_role_that_was_left_is_offered_with_its_last_day_for_ninety_days() -> None:
    w = world()
    role, holding = held(w)
    plain = {"id": str(role.pk), "title": "Street guide"}
    assert offered(w) == [{**plain, "agreed": True}]
    roles.leave(holding=holding)
    left = {**plain, "title": "Street guide (until March 9, 2026)", "agreed": True, "until": TODAY}
    with time_machine.travel(NOON + dt.timedelta(days=90), tick=False):
        assert offered(w) == [left]
        assert choosable(w)[f"role:{role.pk}"] == "Street guide (until March 9, 2026), Union"
    with time_machine.travel(NOON + dt.timedelta(days=91), tick=False):
        assert offered(w) == [{**plain, "agreed": False}]
        assert f"role:{role.pk}" not in choosable(w)
    roles.ask(by=w.coordinator, role=role, membership=w.worker)
    assert offered(w) == [left], "they were asked again and have not said yes"


def test_the_roles_of_a_group_that_was_left_are_not_offered() -> None:
    w = world()
    role, holding = held(w)
    roles.leave(holding=holding)
    people.leave(membership=w.worker, settled=False)
    assert queries.choices(w.worker.account)["groups"] == []
    (group,) = queries.choices(w.worker.account, also=str(w.group.pk))["groups"]
    assert group["roles"] == [{"id": str(role.pk), "title": "Street guide", "agreed": False}]


def sums(w: World, share: Share) -> tuple[str, str]:
    """What the worker and a coordinator read about the sum."""
    mine = browse(w.worker).get(f"/work/{share.entry_id}/").content.decode()
    theirs = browse(w.coordinator).get(f"/work/groups/{w.group.pk}/shared/{share.pk}/").content.decode()
    assert "Nothing is owed for this." in mine
    assert "Nothing is owed for this." in theirs
    assert TALK not in theirs
    return mine, theirs


def test_who_holds_a_role_and_shared_under_none_is_asked_whether_it_was_for_it() -> None:
    w = world()
    held(w)
    mine, theirs = sums(w, recorded(w, f"group:{w.group.pk}"))
    assert UNSAID in mine
    assert NO_RATE not in mine
    assert NO_ROLE in theirs
    assert UNSAID not in theirs


def test_where_no_role_would_have_paid_nobody_is_sent_to_choose_one() -> None:
    w = world()
    bare = recorded(w, f"group:{w.group.pk}")
    role, _holding = held(w, rate=Rate(start="2026-03-09", amount=HOUR, unit="hour", currency="CAD"))
    for share in (recorded(w, f"role:{role.pk}", day="yesterday"), recorded(w, f"group:{w.group.pk}", day="yesterday")):
        mine, theirs = sums(w, share)
        assert f"{NO_RATE} {TALK}" in mine
        assert NO_RATE in theirs
        assert NO_ROLE not in theirs
    assert UNSAID in sums(w, bare)[0], "today it does"


def test_a_coordinator_reads_of_somebody_else_that_they_were_called() -> None:
    w = world()
    share = recorded(w, f"group:{w.group.pk}", origin="called", extra_prep="20")
    mine, theirs = sums(w, share)
    assert "I was called on" in mine
    assert "They were called" in theirs
    assert "I was called on" not in theirs
    assert "To prepare: 20 minutes" in mine


def test_after_leaving_what_was_for_the_group_is_not_said_to_be_for_nobody() -> None:
    w = world()
    entry = {"id": str(uuid4()), "revision": 1, "day": TODAY, "kinds": ["outreach"]}
    group = {"group": str(w.group.pk)}
    bare = {**entry, "id": str(uuid4())}
    actions.sync(account=w.worker.account, entries=[{**entry, **group}, bare])
    assert Entry.objects.count() == 2
    people.leave(membership=w.worker, settled=False)
    pages = [browse(w.worker).get(f"/work/{one['id']}/").content.decode() for one in (entry, bare)]
    assert ["Only you see this." in page for page in pages] == [True, True]
    assert ["It was for nobody but you." in page for page in pages] == [False, True]


def test_thanks_for_what_was_taken_back_meanwhile_says_so() -> None:
    w = world()
    share = recorded(w, f"group:{w.group.pk}")
    with pytest.raises(people.Refused, match="ask a coordinator"):
        actions.thank(by=w.other, share=share.pk)
    browse(w.worker).post(f"/work/{share.entry_id}/share/", {"shared": "no"})
    for gone in (share.pk, UUID(int=7)):
        with pytest.raises(people.Refused, match="work is not shared any more"):
            actions.thank(by=w.coordinator, share=gone)


WRONG: dict[str, tuple[str, str]] = {
    "for": ("role:5b59", "You cannot choose this group or role any more."),
    "minutes": ("7", "One of these answers is not known here."),
    "part": ("noon", "One of these answers is not known here."),
    "kinds": ("juggling", "One of these kinds of work is not known here."),
    "barriers": ("rain", "One of these barriers is not known here."),
    "currency": ("XYZ", "One of these answers is not known here."),
    "day_other": ("soon", "Write the day as year, month, day: 2026-03-09."),
    "note": ("a" * 4001, "The note is too long. Keep it under 4000 letters."),
    "expense_food": ("1\x00", "Write an amount like 12.50."),
    "id": ("7", "This id cannot be read."),
    "revision": ("0", "The revision must be a whole number, 1 or more."),
}


@pytest.mark.parametrize("field", WRONG)
def test_what_cannot_be_taken_is_said_in_plain_words(field: str) -> None:
    typed, said = WRONG[field]
    data = {"id": str(uuid4()), "revision": "1", "kinds": ["outreach"], "day": "today"}
    form = EntryForm({**data, field: [typed] if field in {"kinds", "barriers"} else typed})
    assert said in form.errors[field]
    assert not any("valid" in text or "Ensure" in text or "Null" in text for text in form.errors[field])


def test_a_note_with_a_mark_that_cannot_be_kept_says_so() -> None:
    form = EntryForm({"id": str(uuid4()), "revision": "1", "kinds": ["outreach"], "day": "today", "note": "a\x00"})
    assert form.errors["note"] == ["The note has a mark in it that cannot be kept. Please take it out."]


def test_what_was_spent_in_other_money_stands_with_its_sum() -> None:
    who = account("wren")
    spent = [{"code": "food", "amount": 500, "currency": code} for code in ("CAD", "EUR")]
    entry = {"id": str(uuid4()), "revision": 1, "day": TODAY, "kinds": ["outreach"], "expenses": spent}
    actions.sync(account=who, entries=[entry])
    kept = queries.entry(who, UUID(str(entry["id"])))
    assert "Food: €5.00" in EntryForm(None, entry=kept).other_money_said
