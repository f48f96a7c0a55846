"""Leaving and closing a group: what ends, and what stays owed."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from alongside.home import flows
from alongside.kit import clock
from alongside.outbox import queries as letters
from alongside.pay import actions as pay
from alongside.pay import queries as ledger
from alongside.people import actions as people
from alongside.people import queries
from alongside.people.models import Account, Membership
from alongside.roles import actions as roles
from alongside.roles import queries as role_queries
from alongside.roles.rules import Rate
from alongside.roles.tests.parts import other, proposed
from alongside.work import actions as work
from alongside.work import months
from alongside.work import queries as record
from alongside.work.models import Share
from alongside.work.months_rules import COUNTED
from tests.world import World, account, world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def browse(who: Account) -> Client:
    client = Client()
    client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def shared(w: World) -> dict[str, Any]:
    """An hour of Wren's work at 25.00, shared with the group under a role that Wren agreed to."""
    rate = Rate(start="2026-01-01", amount=2500, unit="hour", currency="CAD")
    role, _version, held = proposed(w.coordinator, w.worker, terms=other(rate=rate))
    roles.agree(holding=held[0], version=role_queries.newest(role))  # type: ignore[arg-type]
    entry = {
        "id": str(uuid4()), "revision": 1, "day": clock.today().isoformat(), "kinds": ["outreach"], "minutes": 60,
        "group": str(w.group.pk), "role": str(role.pk), "shared": True,
    }  # fmt: skip
    assert work.sync(account=w.worker.account, entries=[entry])[0].status == "stored"
    return entry


def letters_of(who: Account) -> str:
    return " ".join(letter.text for letter in letters.letters(who.pk))


def test_who_leaves_keeps_the_record_and_is_still_paid() -> None:
    w = world()
    entry, me = shared(w), w.worker.account
    wren, before = browse(me), work_of(me)
    wren.post(f"/groups/{w.group.pk}/leave/")
    assert queries.membership(me, w.group.pk) is None
    assert work_of(me) == before
    assert Share.objects.get(entry=entry["id"]).copy
    assert role_queries.held_in(w.worker) == []
    for path in (f"/people/groups/{w.group.pk}/", f"/roles/groups/{w.group.pk}/"):
        assert wren.get(path).status_code == 404
    assert "Wren left Union" in letters_of(w.coordinator.account)
    assert "Wren" not in {m.name for m in queries.members(w.group)}

    payee = pay.payee(membership=w.worker).payee
    assert "Wren" in browse(w.coordinator.account).get(f"/pay/groups/{w.group.pk}/").content.decode()
    payment = pay.pay(by=w.coordinator, payee=payee, currency="CAD", expected=2500, key=uuid4())
    assert "Union" in wren.get("/pay/").content.decode()
    claim = Share.objects.get(entry=entry["id"]).claim
    assert wren.get(f"/pay/claims/{claim}/").status_code == 200
    wren.post(f"/pay/payments/{payment.pk}/received/")
    payment.refresh_from_db()
    assert payment.received


def work_of(who: Account) -> list[dict[str, Any]]:
    return [dict(one) for one in record.record(who)]


def test_who_left_shares_nothing_new_but_may_correct_and_take_back() -> None:
    w = world()
    entry, me = shared(w), w.worker.account
    flows.leave_group(membership=w.worker)
    new = {**entry, "id": str(uuid4())}
    answer = work.sync(account=me, entries=[new])[0]
    assert (answer.status, answer.errors["group"]) == ("rejected", "no_such_group")
    assert work.sync(account=me, entries=[{**entry, "revision": 2, "minutes": 120}])[0].status == "stored"
    claim = Share.objects.get(entry=entry["id"]).claim
    assert claim is not None
    assert ledger.state([claim])[claim].owed == 5000
    page = browse(me).get(f"/work/{entry['id']}/edit/").content.decode()
    assert "Union" in page, "the form knows the group of what was shared"
    assert "Union" not in browse(me).get("/work/new/").content.decode()
    assert work.sync(account=me, entries=[{**entry, "revision": 3, "shared": False}])[0].status == "stored"
    assert Share.objects.get(entry=entry["id"]).withdrawn


def test_the_last_steward_and_the_last_coordinator_stay() -> None:
    w = world()
    with pytest.raises(people.Refused, match="only steward"):
        flows.leave_group(membership=w.steward)
    flows.leave_group(membership=w.coordinator)
    second = Membership.objects.get(pk=w.second.pk)
    with pytest.raises(people.Refused, match="Nobody else here can pay"):
        flows.leave_group(membership=second)
    with pytest.raises(people.Refused, match="has to pay people"):
        people.set_part(by=w.steward, member=second.pk, coordinates=False, stewards=False)
    with pytest.raises(people.Refused, match="needs a steward"):
        people.set_part(by=w.steward, member=w.steward.pk, coordinates=True, stewards=False)
    people.set_part(by=w.steward, member=w.other.pk, coordinates=True, stewards=True)
    flows.leave_group(membership=w.steward)
    flows.leave_group(membership=second)
    assert {m.name for m in queries.members(w.group)} == {"Wren", "Olive"}


def test_a_refused_leave_leaves_the_roles_as_they_were() -> None:
    w = world()
    rate = Rate(start="2026-01-01", amount=2500, unit="hour", currency="CAD")
    proposed(w.coordinator, w.steward, terms=other(rate=rate))
    page = browse(w.steward.account).post(f"/groups/{w.group.pk}/leave/", follow=True).content.decode()
    assert "only steward" in page
    assert len(role_queries.held_in(w.steward)) == 1


def test_who_comes_back_is_the_same_member_under_a_new_name() -> None:
    w = world()
    shared(w)
    months.count(membership=w.worker, yes=True)
    flows.leave_group(membership=w.worker)
    back = people.join(account=w.worker.account, secret=people.invite(by=w.coordinator), name="Jay")
    assert back.pk == w.worker.pk
    assert "Jay" in {m.name for m in queries.members(w.group)}
    assert role_queries.held_in(back) == [], "roles are asked for anew"
    assert not queries.consented(back, COUNTED), "and so is whether their work counts in the months"
    with pytest.raises(people.Refused):
        people.join(account=w.worker.account, secret=people.invite(by=w.coordinator), name="Jay")


def test_a_closed_group_takes_nothing_new_and_still_pays() -> None:
    w = world()
    entry, me = shared(w), w.worker.account
    link = people.invite(by=w.coordinator)
    sam = browse(w.steward.account)
    assert "stays owed" in sam.get(f"/people/groups/{w.group.pk}/close/").content.decode()
    sam.post(f"/people/groups/{w.group.pk}/close/")
    assert "Union is closed now" in letters_of(me)
    assert Client().get(f"/people/join/{link}/").status_code == 410
    with pytest.raises(people.Refused, match="closed"):
        people.invite(by=w.coordinator)
    answer = work.sync(account=me, entries=[{**entry, "id": str(uuid4())}])[0]
    assert (answer.status, answer.errors["group"]) == ("rejected", "group_closed")
    mine = {**entry, "id": str(uuid4()), "shared": False, "group": None, "role": None}
    assert work.sync(account=me, entries=[mine])[0].status == "stored"
    assert len(work_of(me)) == 2
    marked = {
        w.worker.account: ["/people/groups/", f"/people/groups/{w.group.pk}/", f"/roles/groups/{w.group.pk}/"],
        w.coordinator.account: [f"/pay/groups/{w.group.pk}/", f"/work/groups/{w.group.pk}/shared/"],
    }
    for who, paths in marked.items():
        for path in paths:
            assert "losed" in browse(who).get(path).content.decode(), path
    payee = pay.payee(membership=w.worker).payee
    with pytest.raises(people.Refused, match="only steward"):
        flows.leave_group(membership=w.steward)
    pay.pay(by=w.coordinator, payee=payee, currency="CAD", expected=2500, key=uuid4())
    for one in (w.worker, w.other, w.second, w.coordinator, w.steward):
        flows.leave_group(membership=Membership.objects.get(pk=one.pk))
    assert queries.members(w.group) == []
    assert len(work_of(me)) == 2


def test_who_left_and_is_still_owed_is_told_when_the_group_closes() -> None:
    w, told = world(), "Union is closed now"
    shared(w)
    for one in (w.worker, w.other):
        flows.leave_group(membership=Membership.objects.get(pk=one.pk))
    browse(w.steward.account).post(f"/people/groups/{w.group.pk}/close/")
    (letter,) = [row for row in letters.letters(w.worker.account_id) if told in row.text]
    assert "What it owes you stays owed." in letter.text
    assert browse(w.worker.account).get(letter.path).status_code == 200
    assert told not in letters_of(w.other.account), "with them nothing is left to settle"
    assert letters_of(w.coordinator.account).count(told) == 1


def test_only_a_steward_closes_a_group() -> None:
    w = world()
    for who, status in ((w.coordinator.account, 403), (w.worker.account, 403), (account("stranger"), 404)):
        assert browse(who).post(f"/people/groups/{w.group.pk}/close/").status_code == status
    with pytest.raises(people.Refused):
        people.close_group(by=w.coordinator)
    w.group.refresh_from_db()
    assert w.group.closed is None
