"""Work copied from a paper sheet: nothing before the worker's yes, and what was shown when it is given."""

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.test import Client

from alongside.outbox import queries as outbox
from alongside.pay import queries as ledger
from alongside.people.actions import Refused, leave
from alongside.people.models import Membership
from alongside.roles import actions as roles
from alongside.roles.rules import Rate
from alongside.roles.tests.parts import other, proposed
from alongside.work import jobs, papers, queries, rules
from alongside.work.models import Entry, Paper, Share
from tests.world import World, account, world

pytestmark = [
    pytest.mark.django_db(databases=["default", "keys"]),
    pytest.mark.usefixtures("_on_a_day"),
]
SHEET: dict[str, Any] = {"kinds": ["outreach"], "day": "2026-03-08", "minutes": 60, "people": 4}


@pytest.fixture
def _on_a_day() -> Any:
    with time_machine.travel("2026-03-09T12:00:00Z", tick=False):
        yield


@pytest.fixture
def w() -> World:
    return world()


@pytest.fixture
def role(w: World) -> UUID:
    rate = Rate(start="2026-01-01", amount=2500, unit="hour", currency="CAD")
    made, version, held = proposed(w.coordinator, w.worker, terms=other(rate=rate))
    roles.agree(holding=held[0], version=version)
    return UUID(str(made.pk))


def codes(member: Membership) -> list[str]:
    return [letter.path for letter in outbox.letters(member.account_id) if "/papers/" in letter.path]


def nothing_is_there() -> bool:
    return not (Entry.objects.exists() or Share.objects.exists())


def test_until_the_yes_nothing_is_written_shared_or_owed(w: World, role: UUID) -> None:
    paper = papers.write(by=w.coordinator, member=w.worker.pk, entry={**SHEET, "role": str(role)})
    assert nothing_is_there()
    assert codes(w.worker) == [f"/work/papers/{paper.pk}/"]
    found = queries.paper(w.worker.account, paper.pk)
    assert found is not None
    made = papers.say_yes(account=w.worker.account, paper=paper.pk)
    entry = queries.entry(w.worker.account, made)
    assert entry is not None
    shown = {name: value for name, value in found.entry.items() if name not in {"deleted"}}
    assert {name: entry[name] for name in shown} == shown  # exactly what was shown
    share = Share.objects.get()
    assert share.claim is not None
    assert ledger.state([share.claim])[share.claim].owed == 2500
    assert not Paper.objects.exists()
    assert codes(w.coordinator) == [f"/work/groups/{w.group.pk}/papers/"]
    assert made != paper.pk  # the group knows the paper's id, and must not know the entry's


def test_a_no_deletes_it_and_a_second_answer_finds_nothing(w: World) -> None:
    paper = papers.write(by=w.coordinator, member=w.worker.pk, entry=SHEET)
    papers.say_no(account=w.worker.account, paper=paper.pk)
    assert not Paper.objects.exists()
    with pytest.raises(Refused):
        papers.say_yes(account=w.worker.account, paper=paper.pk)
    assert nothing_is_there()


def test_the_worker_changes_it_first(w: World) -> None:
    paper = papers.write(by=w.coordinator, member=w.worker.pk, entry=SHEET)
    mine = {"id": str(uuid4()), "revision": 1, "kinds": ["forms"], "day": "2026-03-08", "weight": 3}
    made = papers.say_yes(account=w.worker.account, paper=paper.pk, entry=mine)
    entry = queries.entry(w.worker.account, made)
    assert entry is not None
    assert (entry["kinds"], entry["weight"], entry["shared"]) == (["forms"], 3, False)
    assert not Share.objects.exists()
    assert not Paper.objects.exists()


def test_what_cannot_be_stored_goes_on_waiting(w: World) -> None:
    paper = papers.write(by=w.coordinator, member=w.worker.pk, entry=SHEET)
    with pytest.raises(papers.Invalid):
        papers.say_yes(account=w.worker.account, paper=paper.pk, entry={"id": "no"})
    assert Paper.objects.exists()
    assert nothing_is_there()


def test_nobody_answers_for_somebody_else(w: World) -> None:
    paper = papers.write(by=w.coordinator, member=w.worker.pk, entry=SHEET)
    for who in (w.other.account, w.coordinator.account, account("stranger")):
        with pytest.raises(Refused):
            papers.say_yes(account=who, paper=paper.pk)
        with pytest.raises(Refused):
            papers.say_no(account=who, paper=paper.pk)
        assert queries.paper(who, paper.pk) is None
    with pytest.raises(Refused):
        papers.withdraw(by=w.worker, paper=paper.pk)
    with pytest.raises(Refused):
        papers.withdraw(by=world("far-").coordinator, paper=paper.pk)
    assert Paper.objects.exists()
    papers.withdraw(by=w.second, paper=paper.pk)
    assert not Paper.objects.exists()


def test_who_may_write_and_for_whom(w: World, role: UUID) -> None:
    far = world("far-")
    for by, member in ((w.worker, w.other.pk), (w.coordinator, w.coordinator.pk), (w.coordinator, far.worker.pk)):
        with pytest.raises(Refused):
            papers.write(by=by, member=member, entry=SHEET)
    with pytest.raises(papers.Invalid) as wrong:
        papers.write(by=w.coordinator, member=w.other.pk, entry={**SHEET, "role": str(role)})
    assert wrong.value.errors == {"role": "no_such_role"}
    assert not Paper.objects.exists()


def test_nobody_writes_for_somebody_who_left(w: World, role: UUID, client: Client) -> None:
    where = f"/work/groups/{w.group.pk}/papers/for/{w.worker.pk}/"
    client.force_login(w.coordinator.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(where).status_code == 200
    leave(membership=w.worker, settled=False)
    with pytest.raises(Refused):
        papers.write(by=w.coordinator, member=w.worker.pk, entry=SHEET)
    assert client.get(where).status_code == 404
    assert client.post(where, {"kinds": "outreach", "day": "today"}).status_code == 404
    assert not Paper.objects.exists()
    assert codes(w.worker) == []


def test_what_only_the_worker_can_say_is_not_taken_from_paper(w: World) -> None:
    said = {"weight": 3, "barriers": ["police"], "note": "He was scared.", "share_note": True}
    paper = papers.write(by=w.coordinator, member=w.worker.pk, entry={**SHEET, **said})
    found = queries.paper(w.worker.account, paper.pk)
    assert found is not None
    assert {name: found.entry[name] for name in said} == rules.OWN_TO_SAY


def test_a_group_writes_of_no_single_overdose_response(w: World, client: Client) -> None:
    sheet = {**SHEET, "kinds": ["overdose_response", "outreach"]}
    paper = papers.write(by=w.coordinator, member=w.worker.pk, entry=sheet)
    found = queries.paper(w.worker.account, paper.pk)
    assert found is not None
    assert found.entry["kinds"] == ["frontline", "outreach"]
    client.force_login(w.coordinator.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    where = f"/work/groups/{w.group.pk}/papers/for/{w.worker.pk}/"
    page = client.get(where).content
    assert b"overdose_response" not in page
    assert b"They were called" in page
    assert b"I was called on" not in page, "whoever copies a sheet says it of somebody else"
    assert client.post(where, {"kinds": "overdose_response", "day": "today"}).status_code == 422


def test_silence_is_no_yes(w: World) -> None:
    papers.write(by=w.coordinator, member=w.worker.pk, entry=SHEET)
    with time_machine.travel(dt.datetime(2026, 4, 8, 12, tzinfo=dt.UTC), tick=False):
        jobs.old_papers()
        assert Paper.objects.exists()
    with time_machine.travel(dt.datetime(2026, 4, 9, 12, tzinfo=dt.UTC), tick=False):
        jobs.old_papers()
    assert not Paper.objects.exists()
    assert nothing_is_there()


def test_a_form_that_is_sent_with_neither_yes_nor_no_changes_nothing(w: World, client: Client) -> None:
    paper = papers.write(by=w.coordinator, member=w.worker.pk, entry=SHEET)
    client.force_login(w.worker.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(f"/work/papers/{paper.pk}/", {}).status_code == 200
    assert client.post(f"/work/papers/{paper.pk}/", {"answer": "maybe"}).status_code == 200
    assert Paper.objects.exists()
    assert nothing_is_there()
