"""Sync, sharing, keep or drop, thanks: what is stored, what a group gets, what is owed, who is told."""

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.test import Client

from alongside.kit import audit, clock, closed, keys
from alongside.kit.models import AuditRow
from alongside.outbox import queries as outbox
from alongside.pay import actions as pay
from alongside.pay import queries as ledger
from alongside.people.actions import Refused
from alongside.people.models import Account, Membership
from alongside.roles import actions as roles
from alongside.roles.models import Role, Unnamed
from alongside.roles.tests.parts import other, proposed
from alongside.work import actions, jobs, queries, rules
from alongside.work.models import Entry, Share, Thanks
from tests.world import World, account, world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


class Scene:
    """A world in which the worker holds a role at 25.00 an hour, an hour at least."""

    def __init__(self, prefix: str = "", **terms: Any) -> None:
        self.w: World = world(prefix)
        self.role: Role
        self.role, version, [holding] = proposed(self.w.coordinator, self.w.worker, terms=other(**terms))
        roles.agree(holding=holding, version=version)
        self.me: Account = self.w.worker.account

    def entry(self, **fields: Any) -> dict[str, Any]:
        base = {
            "id": str(uuid4()),
            "revision": 1,
            "day": clock.today().isoformat(),
            "kinds": ["outreach"],
            "minutes": 60,
        }
        return {**base, "group": str(self.w.group.pk), "role": str(self.role.pk), **fields}

    def send(self, *entries: dict[str, Any]) -> list[str]:
        return [answer.status for answer in actions.sync(account=self.me, entries=entries)]

    def shared(self, **fields: Any) -> tuple[dict[str, Any], Share]:
        entry = self.entry(shared=True, **fields)
        assert self.send(entry) == ["stored"]
        return entry, Share.objects.get(entry=entry["id"])

    def owed(self, share: Share) -> int:
        share.refresh_from_db()
        assert share.claim is not None
        return ledger.state([share.claim])[share.claim].owed

    def pay(self) -> None:
        payee = pay.payee(membership=self.w.worker).payee
        [row] = [row for row in ledger.to_pay(self.w.group) if row.payee == payee]
        pay.pay(by=self.w.coordinator, payee=payee, currency="CAD", expected=row.amount, key=uuid4())


def letters(member: Membership, code: str) -> list[str]:
    from alongside.outbox.models import Letter

    ids = set(Letter.objects.filter(owner=member.account_id, code=code).values_list("pk", flat=True))
    return [letter.text for letter in outbox.letters(member.account_id) if letter.id in ids]


def copy_of(share: Share) -> str:
    share.refresh_from_db()
    return closed.read(share.group_id, share.place, share.copy)


def test_what_is_stored_is_closed_and_only_the_owner_reads_it() -> None:
    s = Scene()
    entry = s.entry(note="a very private note")
    assert s.send(entry) == ["stored"]
    row = Entry.objects.get()
    assert b"private" not in bytes(row.content)
    found = queries.entry(s.me, UUID(entry["id"]))
    assert found is not None
    assert found["note"] == "a very private note"
    assert queries.entry(s.w.other.account, UUID(entry["id"])) is None
    keys.delete(s.me.pk)
    assert "note" not in (queries.entry(s.me, UUID(entry["id"])) or {})


def test_a_sync_is_one_row_in_the_persons_own_chain_and_none_in_the_groups() -> None:
    s = Scene()
    before = AuditRow.objects.filter(chain=s.w.group.pk).count()
    s.send(*[s.entry() for _ in range(5)])
    assert AuditRow.objects.filter(chain=s.me.pk, act="work.sync").count() == 1
    assert AuditRow.objects.filter(chain=s.w.group.pk).count() == before
    again = AuditRow.objects.count()
    s.send(s.entry(minutes=-1))
    assert AuditRow.objects.count() == again


def test_what_is_new_and_what_follows_it_in_one_sync_end_as_the_last() -> None:
    """The same as one after another: a phone that was away sends what it made, then what it changed."""
    s = Scene()
    first = s.entry(shared=False)
    last = {**first, "revision": 2, "minutes": 30, "shared": True}
    gone, odd = s.entry(shared=False), {"id": "7"}
    said = s.send(first, s.entry(), odd, gone, last, first, {**gone, "revision": 2, "deleted": True}, last)
    assert said == ["stored", "stored", "rejected", "stored", "stored", "conflict", "stored", "unchanged"]
    row = Entry.objects.get(pk=first["id"])
    assert (row.revision, row.gone, row.changed) == (2, None, AuditRow.objects.get(act="work.sync").seq)
    found = queries.entry(s.me, UUID(first["id"]))
    assert found is not None
    assert (found["minutes"], Share.objects.get(entry=row).revision) == (30, 2)
    stone = Entry.objects.get(pk=gone["id"])
    assert (stone.revision, bytes(stone.content), stone.gone is None) == (2, b"", False)
    assert s.send(first) == ["conflict"]


def test_an_unchanged_entry_writes_nothing() -> None:
    s = Scene()
    entry, _share = s.shared()
    before = (AuditRow.objects.count(), list(Entry.objects.values_list()), list(Share.objects.values_list()))
    assert s.send(entry, entry) == ["unchanged", "unchanged"]
    assert (AuditRow.objects.count(), list(Entry.objects.values_list()), list(Share.objects.values_list())) == before


def test_the_groups_rows_know_nothing_of_entry_or_account() -> None:
    s = Scene()
    entry, share = s.shared()
    s.send({**entry, "revision": 2, "shared": False})
    actions.keep_or_drop(account=s.me, share=share.pk, keep=False)
    rows = " ".join(f"{r.actor} {r.act} {r.detail}" for r in AuditRow.objects.filter(chain=s.w.group.pk))
    assert str(share.pk) in rows
    assert entry["id"] not in rows
    assert str(s.me.pk) not in rows
    assert s.me.handle not in rows


def test_a_share_is_owed_at_once_and_an_edit_is_a_difference() -> None:
    s = Scene()
    entry, share = s.shared(minutes=30)
    assert s.owed(share) == 2500
    s.send({**entry, "revision": 2, "minutes": 90})
    assert s.owed(share) == 3750
    assert '"minutes":90' in copy_of(share)
    s.send({**entry, "revision": 3, "minutes": 0})
    assert s.owed(share) == 2500


def test_the_group_sees_what_was_ticked_and_never_how_heavy_it_was() -> None:
    s = Scene()
    entry, share = s.shared(weight=3, barriers=["police"], note="for my eyes", kinds=["overdose_response"])
    text = copy_of(share)
    assert not any(word in text for word in ("weight", "barriers", "police", "my eyes", "overdose", entry["id"]))
    s.send({**entry, "revision": 2, "share_note": True})
    assert "my eyes" in copy_of(share)
    s.send({**entry, "revision": 3})
    assert "my eyes" not in copy_of(share)
    [shown] = queries.inbox(s.w.coordinator)
    assert (shown.name, shown.own, shown.thanked) == ("Wren", False, False)
    assert queries.inbox(world("far-").coordinator) == []


def test_taking_back_before_payment_asks_and_keep_keeps() -> None:
    s = Scene()
    entry, share = s.shared()
    s.send({**entry, "revision": 2, "shared": False})
    share.refresh_from_db()
    assert (share.withdrawn, share.answered, bytes(share.copy)) == (True, False, b"")
    assert queries.inbox(s.w.coordinator) == []
    assert [q.pk for q in queries.open_questions(s.me)] == [share.pk]
    assert len(letters(s.w.worker, "work.keep_or_drop")) == 1
    assert s.owed(share) == 2500
    actions.keep_or_drop(account=s.me, share=share.pk, keep=True)
    assert s.owed(share) == 2500
    assert queries.open_questions(s.me) == []
    with pytest.raises(Refused, match="already"):
        actions.keep_or_drop(account=s.me, share=share.pk, keep=False)
    assert s.owed(share) == 2500


def test_dropping_owes_nothing_and_sharing_anew_owes_it_once() -> None:
    s = Scene()
    entry, share = s.shared()
    s.send({**entry, "revision": 2, "shared": False})
    actions.keep_or_drop(account=s.me, share=share.pk, keep=False)
    assert s.owed(share) == 0
    s.send({**entry, "revision": 3, "shared": True})
    assert s.owed(share) == 2500
    s.send({**entry, "revision": 4, "shared": False}, {**entry, "revision": 5, "shared": True})
    assert sum(row.amount for row in ledger.to_pay(s.w.group)) == 2500


def test_sharing_again_without_an_answer_is_the_same_claim() -> None:
    s = Scene()
    entry, share = s.shared()
    claim = share.claim
    s.send({**entry, "revision": 2, "shared": False})
    s.send({**entry, "revision": 3, "shared": True, "minutes": 120})
    assert s.owed(share) == 5000
    assert share.claim == claim
    assert queries.open_questions(s.me) == []


def test_nobody_else_answers_for_the_worker() -> None:
    s = Scene()
    entry, share = s.shared()
    s.send({**entry, "revision": 2, "shared": False})
    for who in (s.w.coordinator, s.w.other):
        with pytest.raises(Refused, match="already"):
            actions.keep_or_drop(account=who.account, share=share.pk, keep=False)
    assert s.owed(share) == 2500


@pytest.mark.parametrize("last", [{"shared": False}, {"deleted": True}])
def test_paid_work_stays_paid_and_nothing_is_asked(last: dict[str, bool]) -> None:
    s = Scene()
    entry, share = s.shared()
    s.pay()
    s.send({**entry, "revision": 2, "shared": True, **last})
    share.refresh_from_db()
    assert (share.withdrawn, share.answered, bytes(share.copy)) == (True, True, b"")
    assert ledger.state([share.claim])[share.claim].paid == 2500  # type: ignore[list-item, index]
    assert ledger.to_pay(s.w.group) == []
    s.send({**entry, "revision": 3, "shared": True})
    assert s.owed(share) == 2500
    assert ledger.to_pay(s.w.group) == []


def test_an_edit_after_payment_owes_the_difference_alone() -> None:
    s = Scene()
    entry, _share = s.shared()
    s.pay()
    s.send({**entry, "revision": 2, "minutes": 90})
    assert [row.amount for row in ledger.to_pay(s.w.group)] == [1250]


def test_deleting_leaves_a_stone_without_content_that_goes_in_time() -> None:
    s = Scene()
    with time_machine.travel(dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC), tick=False) as travel:
        entry, _share = s.shared(note="gone soon")
        s.send({**entry, "revision": 2, "deleted": True})
        row = Entry.objects.get()
        assert (bytes(row.content), row.gone) == (b"", dt.date(2026, 3, 2) + dt.timedelta(days=rules.TOMBSTONE_DAYS))
        assert queries.record(s.me) == []
        travel.shift(dt.timedelta(days=rules.TOMBSTONE_DAYS))
        jobs.tombstones()
        assert Entry.objects.exists()
        travel.shift(dt.timedelta(days=1))
        jobs.tombstones()
        assert not Entry.objects.exists()
    assert not Share.objects.exists()
    assert sum(row.amount for row in ledger.to_pay(s.w.group)) == 2500


def test_work_that_is_excluded_is_not_owed_and_work_that_is_not_named_is() -> None:
    s = Scene(scope_out=("cleaning",))
    _e, excluded = s.shared(kinds=["cleaning"])
    _e, unnamed = s.shared(kinds=["forms"])
    _e, mixed = s.shared(kinds=["cleaning", "outreach"])
    assert [s.owed(share) for share in (excluded, unnamed, mixed)] == [0, 2500, 2500]
    assert list(Unnamed.objects.values_list("role", "kind")) == [(s.role.pk, "forms")]


def test_nothing_is_owed_without_a_role_or_before_its_rate_began() -> None:
    s = Scene()
    _e, bare = s.shared(role=None)
    _e, early = s.shared(day="2025-12-31")
    assert (bare.claim, early.claim) == (None, None)
    assert len(queries.inbox(s.w.coordinator)) == 2


def test_moving_work_to_another_group_takes_it_from_the_first() -> None:
    s, far = Scene(), Scene("far-")
    from alongside.people import actions as people

    there = people.join(account=s.me, secret=people.invite(by=far.w.coordinator), name="Jay")
    entry, first = s.shared()
    s.send({**entry, "revision": 2, "shared": True, "group": str(far.w.group.pk), "role": None})
    assert queries.inbox(s.w.coordinator) == []
    [shown] = queries.inbox(far.w.coordinator)
    assert shown.name == "Jay"
    assert shown.share.membership_id == there.pk
    assert first.claim is not None
    assert ledger.state([first.claim])[first.claim].owed in {0, 2500}
    for group in (s.w.group, far.w.group):
        assert audit.verify(group.pk) is None


@pytest.mark.parametrize("field", ["group", "role"])
def test_a_group_or_role_that_is_not_the_persons_is_refused(field: str) -> None:
    s, far = Scene(), Scene("far-")
    foreign = {"group": str(far.w.group.pk), "role": str(far.role.pk)}
    for value in (foreign[field], str(uuid4())):
        [answer] = actions.sync(account=s.me, entries=[s.entry(shared=True, **{field: value})])
        assert (answer.status, answer.errors) == ("rejected", {field: f"no_such_{field}"})
    assert not Share.objects.exists()


def test_what_was_done_before_a_role_was_left_is_owed_and_what_came_after_is_not() -> None:
    with time_machine.travel(dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC), tick=False) as travel:
        s = Scene()
        entry, old = s.shared()
        travel.shift(dt.timedelta(days=3))
        roles.leave(holding=s.w.worker.holdings.get())
        travel.shift(dt.timedelta(days=3))
        assert s.send({**entry, "revision": 2, "minutes": 120}) == ["stored"]
        _entry, late = s.shared(day="2026-03-04")
        assert (s.owed(old), s.owed(late)) == (5000, 2500)
        [after] = actions.sync(account=s.me, entries=[s.entry(shared=True, day="2026-03-08")])
        share = Share.objects.filter(entry=str(after.id)).first()
        assert share is None or share.claim is None


def test_thanks_once_each_and_never_for_ones_own() -> None:
    s = Scene()
    _entry, share = s.shared()
    for by in (s.w.coordinator, s.w.coordinator, s.w.second):
        actions.thank(by=by, share=share.pk)
    assert Thanks.objects.count() == 2
    assert len(letters(s.w.worker, "work.thanks")) == 2
    assert queries.shared_states(s.me, [share.entry_id])[share.entry_id].thanks == ["Cleo", "Sol"]
    for by in (s.w.worker, s.w.other, s.w.steward, world("far-").coordinator):
        with pytest.raises(Refused):
            actions.thank(by=by, share=share.pk)
    own = {
        "id": str(uuid4()),
        "revision": 1,
        "day": clock.today().isoformat(),
        "kinds": ["forms"],
        "group": str(s.w.group.pk),
        "shared": True,
    }
    actions.sync(account=s.w.coordinator.account, entries=[own])
    with pytest.raises(Refused, match="your own"):
        actions.thank(by=s.w.coordinator, share=Share.objects.get(entry=own["id"]).pk)


def test_taking_back_takes_the_thanks_along() -> None:
    s = Scene()
    entry, share = s.shared()
    actions.thank(by=s.w.coordinator, share=share.pk)
    s.send({**entry, "revision": 2, "shared": False})
    assert not Thanks.objects.exists()
    with pytest.raises(Refused):
        actions.thank(by=s.w.coordinator, share=share.pk)


def test_pages_of_changes_have_no_gaps_and_no_doubles() -> None:
    me = account("wren")
    entries = [
        {"id": str(uuid4()), "revision": 1, "day": clock.today().isoformat(), "kinds": ["forms"]} for _ in range(23)
    ]
    for start in range(0, 23, 6):
        actions.sync(account=me, entries=entries[start : start + 6])
    for limit in (1, 4, 5, 23, 24):
        seen, place, more = [], "", True
        while more:
            page = queries.changes(me, place, limit)
            seen, place, more = seen + [e["id"] for e in page.entries], page.cursor, page.more
        assert sorted(seen) == sorted(e["id"] for e in entries)
        assert queries.changes(me, place).entries == []
        assert queries.changes(me, place).cursor == place


@pytest.mark.parametrize("page", ["share", "delete"])
def test_a_page_never_says_done_when_the_entry_had_changed_elsewhere(
    page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the write another phone was quicker."""
    s = Scene()
    entry, _share = s.shared()
    client = Client()
    client.force_login(s.me, backend="allauth.account.auth_backends.AuthenticationBackend")
    look = queries.entry

    def slow(who: Account, pk: UUID) -> Any:
        found = look(who, pk)
        s.send({**entry, "revision": 2, "minutes": 5})
        return found

    monkeypatch.setattr(queries, "entry", slow)
    said = client.post(f"/work/{entry['id']}/{page}/", {"shared": "no"}, follow=False)
    monkeypatch.setattr(queries, "entry", look)
    assert said.status_code == 302
    shown = client.get(said["Location"]).content.decode()
    assert "changed on another phone" in shown
    assert (look(s.me, UUID(entry["id"])) or {})["shared"]


def test_an_answer_names_an_entry_as_it_was_sent() -> None:
    sent = {"id": str(uuid4()).upper(), "revision": 1, "day": clock.today().isoformat(), "kinds": ["outreach"]}
    who = account("wren")
    for status in ("stored", "unchanged"):
        (answer,) = actions.sync(account=who, entries=[sent])
        assert (answer.id, answer.status) == (sent["id"], status)
    assert str(Entry.objects.get().pk) == sent["id"].lower()
