import datetime as dt
import json

import pytest
import time_machine
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from alongside.kit import clock
from alongside.outbox.models import Letter
from alongside.people.actions import Refused
from alongside.people.models import Membership
from alongside.roles import call_rules, calling, calls, rules
from alongside.roles.call_rules import Call as Content
from alongside.roles.models import Call, Yes
from alongside.roles.tests.parts import proposed
from alongside.roles.tests.test_views import said, signed_in
from tests.world import account, join, world

PLAIN = Content(kinds=("outreach",), amount=6000, unit="shift", currency="CAD", text="Bring a coat")
SOUGHT = Content(
    kinds=("outreach",), amount=6000, unit="shift", currency="CAD", experience=("prison", "hiv"), why="They ask for it"
)
moments = st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2034, 1, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001
codes = st.lists(st.sampled_from(rules.EXPERIENCE), unique=True)


@given(made=moments, sought=codes, lived=codes, later=st.timedeltas(dt.timedelta(0), dt.timedelta(days=3)))
def test_who_is_shown_a_call_and_when(
    made: dt.datetime, sought: list[str], lived: list[str], later: dt.timedelta
) -> None:
    opens = call_rules.opens(made, sought)
    shown = call_rules.shows(opens, made + later, sought, lived)
    if not sought or later >= dt.timedelta(hours=25):
        assert shown, "to everybody"
    if set(sought) & set(lived):
        assert shown, "at once where the phone matches it"
    elif sought and later < dt.timedelta(hours=24):
        assert not shown, "to nobody else for a day"
    if opens is not None:
        assert dt.timedelta(hours=24) <= opens - made < dt.timedelta(hours=25)
        assert (opens.minute, opens.second, opens.microsecond) == (0, 0, 0)


@given(made=st.dates(dt.date(2024, 1, 1), dt.date(2034, 1, 1)), ahead=st.none() | st.integers(0, 366))
def test_a_call_is_open_to_the_day_of_its_work_and_deleted_after_its_term(made: dt.date, ahead: int | None) -> None:
    day = "" if ahead is None else (made + dt.timedelta(days=ahead)).isoformat()
    last = call_rules.last_day(Content(("forms",), 1, "task", "CAD", day=day), made)
    assert last == made + dt.timedelta(days=call_rules.OPEN_DAYS if ahead is None else ahead)
    assert last >= call_rules.deleted_before(last + dt.timedelta(days=call_rules.KEEP_DAYS))
    assert last < call_rules.deleted_before(last + dt.timedelta(days=call_rules.KEEP_DAYS + 1))


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, {}),
        ({"kinds": ()}, {"kinds": "needed"}),
        ({"kinds": ("a", "b", "c", "d", "e")}, {"kinds": "many"}),
        ({"amount": 0}, {"amount": "low"}),
        ({"unit": "week"}, {"unit": "unknown"}),
        ({"day": "2026-03-08"}, {"day": "ahead"}),
        ({"day": "soon"}, {"day": "ahead"}),
        ({"day": "2026-03-09", "part": "night"}, {}),
        ({"part": "noon"}, {"part": "unknown"}),
        ({"minutes": 1441}, {"minutes": "high"}),
        ({"why": ""}, {"why": "needed"}),
        ({"experience": ("wealth",)}, {"experience": "unknown"}),
        ({"text": "x" * 4001}, {"text": "long"}),
    ],
)
def test_what_is_wrong_with_a_call(fields: dict[str, object], wrong: dict[str, str]) -> None:
    content = Content(**(SOUGHT.as_json() | fields))
    assert call_rules.problems(content, dt.date(2026, 3, 9)) == wrong
    assert call_rules.call_from_json(json.loads(json.dumps(SOUGHT.as_json() | {"newer": 1}))) == SOUGHT


def letters(to: Membership) -> list[str]:
    return sorted(
        code.removeprefix("roles.")
        for code in Letter.objects.filter(owner=to.account_id, code__startswith="roles.call").values_list(
            "code", flat=True
        )
    )


def fetched(who: Membership) -> bytes:
    return signed_in(who).get("/api/v1/calls").content


def later(**spans: int) -> time_machine.travel:
    return time_machine.travel(clock.now() + dt.timedelta(**spans))


@pytest.mark.django_db(databases=["default", "keys"])
class TestCalls:
    def test_a_call_that_seeks_nothing_shows_to_all_at_once(self) -> None:
        w, far = world(), world("far")
        row = calling.call(by=w.coordinator, content=PLAIN)
        for one in (w.worker, w.other, w.steward):
            assert letters(one) == ["call"]
            assert "Bring a coat" in said(signed_in(one).get(reverse("roles:calls")))
        assert letters(far.worker) == []
        assert b"coat" not in fetched(far.worker)
        assert "coat" not in said(signed_in(far.worker).get(reverse("roles:calls")))
        assert signed_in(far.worker).post(reverse("roles:say_yes", args=[row.pk])).status_code == 404

    def test_for_a_day_the_server_shows_what_seeks_experience_on_no_page_and_to_every_phone_alike(self) -> None:
        w = world()
        calling.call(by=w.coordinator, content=SOUGHT)
        assert calling.tell() == 0
        assert letters(w.worker) == []
        assert fetched(w.worker) == fetched(w.other)
        (call,) = json.loads(fetched(w.worker))["calls"]
        assert (call["experience"], call["to_all"], call["why"]) == (["prison", "hiv"], False, "They ask for it")
        address = reverse("roles:calls")
        assert "They ask for it" not in said(signed_in(w.worker).get(address))
        with later(hours=25):
            assert calling.tell() == 1
            assert calling.tell() == 0, "once"
            assert letters(w.worker) == ["call"]
            assert "They ask for it" in said(signed_in(w.worker).get(address))
            assert json.loads(fetched(w.worker))["calls"][0]["to_all"] is True

    def test_the_group_learns_of_a_person_by_their_yes_alone(self) -> None:
        w = world()
        row = calling.call(by=w.coordinator, content=SOUGHT)
        address = reverse("roles:call", args=[row.pk])
        assert "Wren" not in said(signed_in(w.coordinator).get(address))
        signed_in(w.worker).post(reverse("roles:say_yes", args=[row.pk]), {"text": "After ten"})
        page = said(signed_in(w.coordinator).get(address))
        assert "Wren" in page
        assert "After ten" in page
        assert letters(w.coordinator) == ["call_yes"]
        assert "Wren" not in said(signed_in(w.other).get(reverse("roles:calls")))
        calling.say_yes(by=w.worker, call=row, text="Twice")
        assert Yes.objects.count() == 1
        signed_in(w.worker).post(reverse("roles:take_back", args=[row.pk]))
        assert "Wren" not in said(signed_in(w.coordinator).get(address))
        assert not Yes.objects.exists()
        assert letters(w.coordinator) == ["call_back", "call_yes"]

    def test_one_gets_the_work_and_all_who_said_yes_are_told(self) -> None:
        w = world()
        row = calling.call(by=w.coordinator, content=PLAIN)
        mine = calling.say_yes(by=w.worker, call=row)
        calling.say_yes(by=w.other, call=row)
        client = signed_in(w.coordinator)
        client.post(reverse("roles:choose", args=[row.pk]), {"yes": str(mine.pk)})
        client.post(reverse("roles:choose", args=[row.pk]), {"yes": str(mine.pk)})
        assert letters(w.worker) == ["call", "call_chosen"]
        assert "You have it" in said(signed_in(w.worker).get(reverse("roles:calls")))
        client.post(reverse("roles:close_call", args=[row.pk]))
        assert letters(w.worker) == ["call", "call_chosen", "call_closed"]
        assert letters(w.other) == ["call", "call_filled"]
        assert letters(w.steward) == ["call"]
        assert json.loads(fetched(w.worker))["calls"] == []
        late = (
            lambda: calling.say_yes(by=w.steward, call=row),
            lambda: calling.close(by=w.coordinator, call=row),
            lambda: calling.choose(by=w.coordinator, call=row, yes=mine.pk),
        )
        for act in late:
            with pytest.raises(Refused):
                act()

    def test_what_is_refused(self) -> None:
        w, far = world(), world("far")
        row = calling.call(by=w.coordinator, content=PLAIN)
        role, _version, _held = proposed(far.coordinator)
        acts = (
            lambda: calling.call(by=w.worker, content=PLAIN),
            lambda: calling.call(by=w.coordinator, content=Content(("g-none",), 1, "task", "CAD")),
            lambda: calling.call(by=w.coordinator, content=Content((), 1, "task", "CAD")),
            lambda: calling.call(by=w.coordinator, content=PLAIN, role=role.pk),
            lambda: calling.say_yes(by=far.worker, call=row),
            lambda: calling.say_yes(by=w.worker, call=row, text="x" * 4001),
            lambda: calling.take_back(by=w.worker, call=row),
            lambda: calling.choose(by=w.worker, call=row, yes=row.pk),
            lambda: calling.choose(by=w.coordinator, call=row, yes=row.pk),
            lambda: calling.close(by=w.worker, call=row),
            lambda: calling.close(by=far.coordinator, call=row),
        )
        for act in acts:
            with pytest.raises(Refused):
                act()
        assert not Yes.objects.exists()

    def test_a_form_says_what_is_missing_and_a_role_brings_its_rate(self) -> None:
        w = world()
        role, _version, _held = proposed(w.coordinator)
        client, address = signed_in(w.coordinator), reverse("roles:call_write", args=[w.group.pk])
        page = said(client.post(address, {"amount": "", "currency": "CAD", "experience": "prison", "text": "Kept"}))
        for words in ("Please write an amount", "Kept"):
            assert words in page
        page = said(
            client.post(address, {"amount": "20", "currency": "CAD", "experience": "prison", "day": "2020-01-01"})
        )
        for words in ("This is still needed.", "Please choose a day from today on"):
            assert words in page
        assert not Call.objects.exists()
        client.post(address, {"kinds": "forms", "role": str(role.pk), "minutes": "90"})
        (shown,) = calls.for_phone(w.worker.account)
        assert (shown.role, shown.title) == ("Street guide", "Forms and applications")
        assert [line.replace("CA", "") for line in shown.lines] == [
            "The day is not set yet.",
            "About 90 minutes.",
            "$25.00 for each hour.",
        ]

    def test_calls_go_with_all_that_was_said_after_their_term(self) -> None:
        w = world()
        row = calling.call(by=w.coordinator, content=PLAIN)
        calling.say_yes(by=w.worker, call=row)
        calling.close(by=w.coordinator, call=row)
        still = calling.call(by=w.coordinator, content=PLAIN)
        with later(days=call_rules.KEEP_DAYS):
            calling.delete_old()
            assert Call.objects.count() == 2
        with later(days=call_rules.KEEP_DAYS + 1):
            calling.delete_old()
            assert list(Call.objects.all()) == [still]
            assert json.loads(fetched(w.worker))["calls"] == [], "its last day is over"
        assert not Yes.objects.exists()

    def test_who_leaves_said_nothing(self) -> None:
        w = world()
        row = calling.call(by=w.coordinator, content=PLAIN)
        calling.say_yes(by=w.worker, call=row)
        calling.leave(membership=w.worker)
        assert calls.answers(row) == []

    def test_a_newcomer_finds_what_is_open(self) -> None:
        w = world()
        calling.call(by=w.coordinator, content=PLAIN)
        assert len(calls.for_phone(join(w.group, w.coordinator, "newcomer", "Nia").account)) == 1
        assert calls.for_phone(account("nobody")) == []
