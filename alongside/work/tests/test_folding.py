"""What is left of an entry after 90 days, when it stays whole, and what a phone gets to see of it."""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from alongside.kit import audit, clock, closed, keys
from alongside.kit.models import AuditRow
from alongside.pay import actions as pay
from alongside.pay import disputes
from alongside.people import actions as people
from alongside.people.models import Account
from alongside.roles import actions as roles
from alongside.roles.models import Role
from alongside.roles.rules import Rate
from alongside.roles.tests.parts import other, proposed
from alongside.work import actions, folding, jobs, queries, rules, stock, stock_queries
from alongside.work.models import Drawn, Entry, Share, StockLine
from tests.world import World, world

DB = pytest.mark.django_db(databases=["default", "keys"])
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SECRET = "nobody else reads this"
DAYS = st.dates(dt.date(2025, 1, 1), dt.date(2026, 12, 31))
NOON = dt.datetime(2026, 3, 9, 12, tzinfo=dt.UTC)


@given(DAYS, DAYS, DAYS)
def test_an_entry_folds_once_both_the_work_and_its_storing_are_long_ago(
    day: dt.date, stored: dt.date, today: dt.date
) -> None:
    long_ago = today - dt.timedelta(days=90)
    assert rules.folds(day, stored, today) == (day < long_ago and stored < long_ago)
    if rules.folds(day, stored, today):
        assert rules.folds(day, stored, today + dt.timedelta(days=1)), "once due, for ever due"


@given(st.sampled_from([None, 0, 90]), DAYS, st.text(max_size=9))
def test_what_folds_keeps_three_things_and_folds_to_the_same_again(
    minutes: int | None, day: dt.date, note: str
) -> None:
    whole = {"day": day.isoformat(), "minutes": minutes, "kinds": ["outreach"], "note": note, "weight": 3, "people": 4}
    left = rules.folded(whole)
    assert left == {"kinds": ["outreach"], "minutes": minutes, "month": f"{day:%Y-%m}"}
    assert rules.folded(left) == left
    assert rules.folded({}) == {}


@pytest.fixture
def at() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as one:
        yield one


@pytest.fixture
def w(at: time_machine.Traveller) -> World:
    return world()


@pytest.fixture
def role(w: World) -> Role:
    rate = Rate(start="2026-01-01", amount=2500, unit="hour", currency="CAD")
    made, version, (held,) = proposed(w.coordinator, w.worker, terms=other(rate=rate))
    roles.agree(holding=held, version=version)
    return made


def entry(**fields: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()), "revision": 1, "day": clock.today().isoformat(), "part": "night", "minutes": 60,
        "kinds": ["outreach", "overdose_response"], "weight": 3, "people": 4, "supplies": {"water": 2},
        "barriers": ["police"], "note": SECRET, "extra": {"travel": 20}, **fields,
    }  # fmt: skip


def shared(role: Role, **fields: Any) -> dict[str, Any]:
    return entry(group=str(role.group_id), role=str(role.pk), shared=True, share_note=True, extra={}, **fields)


def send(who: Account, sent: dict[str, Any], status: str = "stored") -> actions.Answer:
    (answer,) = actions.sync(account=who, entries=[sent])
    assert answer.status == status, answer.errors
    return answer


def content(sent: dict[str, Any]) -> dict[str, Any]:
    row = Entry.objects.get(pk=sent["id"])
    return queries.content_of(row, keys.get(row.account_id))


def copy() -> dict[str, Any]:
    row = Share.objects.get()
    found: dict[str, Any] = json.loads(closed.read(row.group_id, row.place, row.copy) or "{}")
    return found


def pay_all(w: World) -> UUID:
    payee = pay.payee(membership=w.worker).payee
    made = pay.pay(by=w.coordinator, payee=payee, currency="CAD", expected=2500, key=uuid4())
    return made.pk


@DB
def test_of_a_private_entry_three_things_are_left_and_the_phone_is_told_of_nothing(
    w: World, at: time_machine.Traveller
) -> None:
    me, sent, young = w.worker.account, entry(), entry()
    send(me, sent)
    before = Entry.objects.get()
    cursor = queries.changes(me, "").cursor
    at.shift(dt.timedelta(days=90))
    send(me, young)
    at_91 = queries.changes(me, "").cursor
    jobs.fold_entries()
    assert content(sent)["note"] == SECRET, "on the ninetieth day it is whole"
    at.shift(dt.timedelta(days=1))
    jobs.fold_entries()
    jobs.fold_entries()
    assert content(sent) == {"kinds": sent["kinds"], "minutes": 60, "month": "2026-03"}
    assert content(young)["note"] == SECRET
    after = Entry.objects.get(pk=sent["id"])
    assert (after.revision, after.changed) == (before.revision, before.changed)
    assert [e["id"] for e in queries.changes(me, cursor).entries] == [young["id"]], "nothing new for who has it"
    assert queries.changes(me, at_91).entries == []
    assert audit.verify(me.pk) is None
    assert AuditRow.objects.filter(chain=me.pk, act="work.folded").get().detail == {"entries": 1}


@DB
def test_it_counts_from_when_somebody_last_wrote_in_it(w: World, at: time_machine.Traveller) -> None:
    me, sent = w.worker.account, entry(day="2025-06-01")
    send(me, sent)
    at.shift(dt.timedelta(days=80))
    send(me, {**sent, "revision": 2, "people": 5})
    at.shift(dt.timedelta(days=80))
    assert folding.fold() == 0
    at.shift(dt.timedelta(days=11))
    assert folding.fold() == 1


@DB
def test_a_second_phone_gets_it_marked(w: World, at: time_machine.Traveller) -> None:
    sent = entry()
    send(w.worker.account, sent)
    at.shift(dt.timedelta(days=91))
    folding.fold()
    client = Client()
    client.force_login(w.worker.account, backend=BACKEND)
    (found,) = client.get("/api/v1/work/entries").json()["entries"]
    assert found == {
        "id": sent["id"], "revision": 1, "folded": True, "kinds": sent["kinds"], "minutes": 60, "month": "2026-03",
        "day": "2026-03-01", "deleted": False,
    }  # fmt: skip


@DB
def test_a_phone_that_sends_again_hears_that_it_is_there(w: World, at: time_machine.Traveller) -> None:
    me, sent = w.worker.account, entry()
    send(me, sent)
    at.shift(dt.timedelta(days=91))
    folding.fold()
    send(me, sent, "unchanged")
    assert Entry.objects.get().folded
    answer = send(me, {**sent, "minutes": 61}, "conflict")
    assert answer.theirs is not None
    assert (answer.theirs["folded"], answer.theirs["month"]) == (True, "2026-03")


@DB
def test_a_change_by_who_has_all_of_it_makes_it_whole_for_another_while(w: World, at: time_machine.Traveller) -> None:
    me, sent = w.worker.account, entry()
    send(me, sent)
    at.shift(dt.timedelta(days=91))
    folding.fold()
    send(me, {**sent, "revision": 2, "people": 7})
    assert (content(sent)["people"], content(sent)["note"], Entry.objects.get().folded) == (7, SECRET, False)
    assert folding.fold() == 0
    at.shift(dt.timedelta(days=91))
    assert folding.fold() == 1


@DB
def test_a_change_of_what_is_left_is_refused_in_words(w: World, at: time_machine.Traveller) -> None:
    me, sent = w.worker.account, entry()
    send(me, sent)
    at.shift(dt.timedelta(days=91))
    folding.fold()
    left = queries.entry(me, UUID(sent["id"]))
    answer = send(me, {**(left or {}), "revision": 2, "minutes": 90}, "rejected")
    assert answer.errors == {"entry": "folded"}
    send(me, {"id": sent["id"], "revision": 2, "deleted": True})
    assert content(sent) == {}


@DB
def test_what_is_owed_and_not_settled_stays_whole(w: World, role: Role, at: time_machine.Traveller) -> None:
    sent = shared(role)
    send(w.worker.account, sent)
    at.shift(dt.timedelta(days=10))
    share = Share.objects.get()
    assert share.claim is not None
    disputes.dispute(by=w.coordinator, claim=share.claim, reason="Why?", offer=None)
    at.shift(dt.timedelta(days=200))
    assert folding.fold() == 0
    disputes.withdraw(by=w.coordinator, claim=share.claim)
    assert folding.fold() == 0, "it is still to be paid"
    payment = pay_all(w)
    pay.not_received(membership=w.worker, payment=payment)
    assert folding.fold() == 0, "the money did not come"
    pay.confirm(membership=w.worker, payment=payment)
    assert folding.fold() == 1


@DB
def test_of_the_groups_copy_as_much_is_left_and_the_claim_keeps_its_own(
    w: World, role: Role, at: time_machine.Traveller
) -> None:
    van = stock.add_place(by=w.coordinator, name="Van")
    water = stock.keep(by=w.coordinator, code="water", unit="one", by_lot=False)
    sent = shared(role)
    send(w.worker.account, sent)
    pay_all(w)
    lines = [row.pk for row in StockLine.objects.all()]
    at.shift(dt.timedelta(days=91))
    jobs.write_stock()
    there = stock_queries.sums([water.pk])
    folding.fold()
    row = Share.objects.get()
    assert copy() == {"kinds": ["outreach", "frontline"], "minutes": 60, "month": "2026-03"}
    assert (row.day, row.revision, row.withdrawn) == (dt.date(2026, 3, 1), 1, False)
    state = queries.shared_states(w.worker.account, [row.entry_id])[row.entry_id].state
    assert state is not None
    assert (state.day, state.owed, state.state) == (dt.date(2026, 3, 9), 2500, "paid")
    assert stock_queries.sums([water.pk]) == there == {water.pk: {(van.pk, None): -2}}
    assert len(lines) == 0
    assert not Drawn.objects.exists()
    assert audit.verify(w.group.pk) is None
    assert AuditRow.objects.filter(chain=w.group.pk, act="work.folded").get().detail == {"shares": 1}
    send(w.worker.account, {**sent, "revision": 2, "people": 9})
    assert (copy()["people"], Share.objects.get().claim) == (9, row.claim), "its owner shared all of it again"


def folded(w: World, role: Role, at: time_machine.Traveller) -> tuple[dict[str, Any], Client]:
    """Work that was shared, paid and has folded since, as it was sent; and the browser of whose it is."""
    me, sent = w.worker.account, shared(role)
    send(me, sent)
    pay_all(w)
    at.shift(dt.timedelta(days=91))
    folding.fold()
    client = Client()
    client.force_login(me, backend=BACKEND)
    return sent, client


@DB
def test_what_has_folded_can_be_taken_back_and_deleted(w: World, role: Role, at: time_machine.Traveller) -> None:
    sent, client = folded(w, role, at)
    path = f"/work/{sent['id']}/"
    page = client.get(path).content.decode()
    assert "March 2026" in page
    assert "only what kind, how long, and the month" in page
    assert "$25.00" in page
    assert client.get(f"{path}edit/").status_code == 302
    assert copy()
    client.post(f"{path}share/", {"shared": "no"})
    assert copy() == {}
    assert Share.objects.get().withdrawn
    client.post(f"{path}share/", {"shared": "yes"})
    assert copy() == {}, "most of it is not here to be shared"
    assert Entry.objects.get().revision == 2
    assert client.post(f"{path}delete/").status_code == 302
    assert content(sent) == {}


@DB
def test_a_phone_that_was_away_shares_nothing_again_that_was_taken_back(
    w: World, role: Role, at: time_machine.Traveller
) -> None:
    me, (sent, client) = w.worker.account, folded(w, role, at)
    cursor = client.get("/api/v1/work/entries").json()["cursor"]
    client.post(f"/work/{sent['id']}/share/", {"shared": "no"})
    (changed,) = client.get(f"/api/v1/work/entries?since={cursor}").json()["entries"]
    assert (changed["id"], changed["revision"], changed["folded"]) == (sent["id"], 2, True)
    for away in (sent, {**sent, "revision": 2, "minutes": 90}, {**sent, "revision": 2, "weight": 2}):
        theirs = send(me, away, "conflict").theirs
        assert theirs is not None
        assert (theirs["revision"], theirs.get("shared", False)) == (2, False)
        assert copy() == {}
        assert Share.objects.get().withdrawn
    assert audit.verify(me.pk) is None
    assert AuditRow.objects.filter(chain=me.pk, act="work.taken_back").get().detail == {"entry": sent["id"]}


@DB
def test_coordinators_see_as_much_and_can_still_say_thanks(w: World, role: Role, at: time_machine.Traveller) -> None:
    send(w.worker.account, shared(role))
    pay_all(w)
    at.shift(dt.timedelta(days=91))
    folding.fold()
    client = Client()
    client.force_login(w.coordinator.account, backend=BACKEND)
    root, share = f"/work/groups/{w.group.pk}/shared/", Share.objects.get()
    for path in (root, f"{root}{share.pk}/"):
        page = client.get(path).content.decode()
        assert "March 2026" in page
        assert SECRET not in page
        assert "Night" not in page
    assert client.post(f"{root}{share.pk}/thanks/").status_code == 302


@DB
def test_many_fold_in_batches_and_what_cannot_fold_holds_up_nobody(
    w: World, role: Role, at: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "BATCH", 3)
    owed = [shared(role) for _ in range(4)]
    mine = [entry() for _ in range(8)]
    theirs = [entry() for _ in range(2)]
    actions.sync(account=w.worker.account, entries=owed)
    actions.sync(account=w.worker.account, entries=mine[:5])
    actions.sync(account=w.worker.account, entries=mine[5:])
    actions.sync(account=w.other.account, entries=theirs)
    at.shift(dt.timedelta(days=400))
    assert folding.fold() == 10
    assert {str(e.pk) for e in Entry.objects.filter(folded=False)} == {e["id"] for e in owed}
    assert audit.verify(w.worker.account_id) is None


@DB
def test_a_run_that_dies_in_the_middle_leaves_each_entry_whole_or_folded(
    w: World, at: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "BATCH", 2)
    for _ in range(5):
        send(w.worker.account, entry())
    at.shift(dt.timedelta(days=91))
    write, calls = folding._write, iter([True, False])

    def die(*given: Any) -> None:
        write(*given)
        if not next(calls):
            raise KeyboardInterrupt

    monkeypatch.setattr(folding, "_write", die)
    with pytest.raises(KeyboardInterrupt):
        folding.fold()
    assert Entry.objects.filter(folded=True).count() == 2
    assert sum("note" in content({"id": e.pk}) for e in Entry.objects.all()) == 3
    monkeypatch.setattr(folding, "_write", write)
    assert folding.fold() == 3
    assert audit.verify(w.worker.account_id) is None


@DB
def test_one_run_ends_and_the_next_goes_on(
    w: World, at: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "BATCH", 2)
    monkeypatch.setattr(folding, "MOST", 2)
    for _ in range(5):
        send(w.worker.account, entry())
    at.shift(dt.timedelta(days=91))
    assert [folding.fold() for _run in range(4)] == [2, 2, 1, 0]


@DB
def test_an_entry_whose_audit_row_is_pruned_folds_too(w: World, at: time_machine.Traveller) -> None:
    send(w.worker.account, entry())
    at.shift(dt.timedelta(days=366))
    audit.prune(before=clock.today() - dt.timedelta(days=365))
    assert folding.fold() == 1


@DB
def test_my_record_and_its_exports_say_the_month_and_no_day(w: World, at: time_machine.Traveller) -> None:
    me, sent = w.worker.account, entry()
    send(me, sent)
    at.shift(dt.timedelta(days=91))
    young = entry()
    send(me, young)
    folding.fold()
    client = Client()
    client.force_login(me, backend=BACKEND)
    page = client.get("/record/").content.decode()
    assert page.index(young["id"]) < page.index(sent["id"])
    assert "March 2026" in page
    assert "Older than 90 days" in page
    found = client.get("/record/record.json").json()["entries"][1]
    assert found["month"] == "2026-03"
    assert "day" not in found
    table = client.get("/record/record.csv").content.decode("utf-8-sig").splitlines()
    assert table[0].endswith(",month,group")
    assert table[2].startswith(",,outreach overdose_response,60,")
    assert ",2026-03," in table[2]


@DB
def test_what_was_for_a_group_that_one_left_since_can_still_be_stored_whole(
    w: World, at: time_machine.Traveller
) -> None:
    me, sent = w.worker.account, entry(group=str(w.group.pk))
    send(me, sent)
    people.leave(membership=w.worker, settled=False)
    at.shift(dt.timedelta(days=91))
    assert folding.fold() == 1
    send(me, {**sent, "revision": 2, "weight": 1})
    assert content(sent)["group"] == str(w.group.pk)
    (answer,) = actions.sync(account=me, entries=[{**sent, "revision": 3, "shared": True}])
    assert answer.errors == {"group": "no_such_group"}
