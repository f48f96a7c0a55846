"""The engine and the actions on the database: what is written together, by which clock, and who hears of it."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connection, transaction

from alongside.kit import audit, clock
from alongside.kit.models import AuditRow
from alongside.people import actions as people
from alongside.people.models import Account
from alongside.watch import actions, auditor, engine, jobs, queries, rules, writing
from alongside.watch.models import Call, CheckIn, Rota, RotaTurn, Watcher
from alongside.watch.tests import parts
from tests.world import account, world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


@pytest.fixture(autouse=True)
def dead() -> Iterator[set[UUID]]:
    with parts.reached() as dead:
        yield dead


@pytest.fixture
def me() -> Account:
    return account("wren")


def run(row: CheckIn, seconds: float = 0) -> CheckIn:
    """Run the engine so many seconds after the check, and give the check-in as it is then."""
    engine.run_due(now=row.due_at + dt.timedelta(seconds=seconds))
    row.refresh_from_db()
    return row


def said(person: Account) -> list[str]:
    return list(AuditRow.objects.filter(chain=person.pk).order_by("seq").values_list("act", flat=True))[1:]


def test_a_whole_escalation(me: Account) -> None:
    first, second = parts.crew(me, 2, 1)
    row = parts.started(me, [first, second], shut={"where": "the blue door"}, shut_from=2)
    due = row.due_at
    assert run(row, -1).state == "watching"
    assert run(row).state == "asked"
    assert parts.owners("ask") == {me.pk}
    assert Call.objects.count() == 0
    assert run(row, 60).state == "calling"
    assert parts.owners("call") == {w.owner for w in first}
    assert run(row, 60).round == 1, "a second engine finds nothing to do"
    run(row, 60 + 180)
    assert len(parts.letters("call")) == 3
    tokens = [parts.token_of(owner=w.owner) for w in (*first, *second)]
    assert [bool(queries.behind(t).shut) for t in tokens] == [False, False, True]
    assert actions.coming(token=tokens[2]) == actions.Said("coming", "coming")
    assert parts.owners("coming") == {me.pk, *(w.owner for w in first)}
    assert actions.there(token=tokens[2]).state == "there"
    assert actions.they_are_ok(token=tokens[2], outcome="helped").state == "ended"
    row.refresh_from_db()
    assert (row.outcome, row.next_at, row.due_at) == ("helped", None, due)
    assert parts.owners("over") == {me.pk, *(w.owner for w in (*first, *second))}
    assert {c.state for c in Call.objects.all()} == {"ended"}
    assert [queries.behind(t).shut for t in tokens] == [{}, {}, {}], "what was shut is shut again"
    assert said(me) == [
        *("watch.started", "watch.called", "watch.called", "watch.coming", "watch.there", "watch.ended"),
    ]
    assert audit.verify(me.pk) is None


def test_an_ok_in_time_leaves_no_trace_but_the_next_check(me: Account) -> None:
    row = parts.started(me, parts.crew(me, 1), every=900)
    run(row)
    before = clock.database_now()
    after = actions.ok(person=me, check_in=row.pk)
    assert after.state == "watching"
    assert 899 <= (after.due_at - before).total_seconds() <= 905
    assert said(me) == ["watch.started"]
    assert [letter.state for letter in parts.letters("ask")] == ["withdrawn"]


def test_a_late_ok_tells_who_was_called_and_stops_the_rest(me: Account) -> None:
    first, second = parts.crew(me, 1, 1)
    row = run(parts.started(me, [first, second]), 60)
    assert actions.ok(person=me, check_in=row.pk).state == "ended"
    assert parts.owners("over") == {first[0].owner}
    run(row, 10_000)
    assert parts.owners("call") == {first[0].owner}
    assert parts.letters("call")[0].state == "withdrawn", "it had not left yet"


@pytest.mark.skipif(connection.features.has_select_for_update, reason="there the row is locked from when it is read")
@pytest.mark.django_db(transaction=True, databases=["default", "keys"])
def test_an_ok_that_was_read_before_somebody_was_called_is_decided_anew(
    me: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    [first] = parts.crew(me, 1)
    row = run(parts.started(me, [first]))
    read, looks = queries.held, list[str]()

    def held(person: Account, check_in: UUID) -> tuple[CheckIn, dt.datetime] | None:
        found = read(person, check_in)
        assert found is not None
        looks.append(found[0].state)
        if len(looks) == 1:
            run(row, 60)
        return found

    monkeypatch.setattr(queries, "held", held)
    assert actions.ok(person=me, check_in=row.pk).state == "ended"
    assert looks == ["asked", "calling"]
    assert parts.owners("over") == {first[0].owner}, "who was called meanwhile is told"
    assert said(me) == ["watch.started", "watch.called", "watch.ended"]
    assert audit.verify(me.pk) is None


def test_steps_with_nobody_are_skipped_at_once(me: Account, dead: set[UUID]) -> None:
    """Deleted, opted out, not agreed, channel dead, and an account that is gone: the last step is called at once."""
    gone, off, not_yet, unreached, left, last = (w for (w,) in parts.crew(me, 1, 1, 1, 1, 1, 1))
    friend = account("friend")
    Watcher.objects.filter(pk=left.pk).update(account=friend, owner=friend.pk)
    row = parts.started(me, [[gone], [off], [not_yet], [unreached], [left], [last]])
    gone.delete()
    Watcher.objects.filter(pk=off.pk).update(off=True)
    Watcher.objects.filter(pk=not_yet.pk).update(agreed=False)
    dead.add(unreached.owner)
    friend.delete()
    row = run(row, 60)
    assert (row.step, row.loud) == (6, False)
    assert parts.owners("call") == {last.owner}


def test_a_used_up_chain_is_loud(me: Account) -> None:
    place = world()
    people.join(account=me, secret=people.invite(by=place.steward), name="Me")
    row = run(parts.started(me, parts.crew(me, 1), stewards=place.group.pk), 60)
    assert auditor.used_up() == 0
    row = run(row, 60 + 181)
    assert (row.loud, row.round) == (True, 2)
    called = {call.owner for call in Call.objects.all()}
    assert parts.owners("loud") == {me.pk, place.steward.account_id, *called}
    assert auditor.used_up() == 1
    assert "nobody coming" in str(auditor.word())
    actions.coming(token=parts.token_of(Call.objects.first()))
    assert auditor.used_up() == 0


def test_stewards_hear_nothing_unless_the_person_chose_it(me: Account) -> None:
    place = world()
    people.join(account=me, secret=people.invite(by=place.steward), name="Me")
    run(run(parts.started(me, parts.crew(me, 1)), 60), 400)
    assert parts.letters("loud")
    assert place.steward.account_id not in {letter.owner for letter in parts.letters()}
    with pytest.raises(actions.Wrong):
        parts.started(account("stranger"), parts.crew(me, 1), stewards=place.group.pk)


def test_a_rota_stands_for_its_members_who_said_yes(me: Account) -> None:
    place = world()
    rota = Rota.objects.create(group=place.group)
    for member, agreed in ((place.worker, True), (place.other, False), (place.second, True)):
        RotaTurn.objects.create(rota=rota, membership=member, agreed=agreed)
    people.leave(membership=place.second, settled=True)
    mine = Watcher.objects.create(person=me, owner=rota.pk, rota=rota.pk, agreed=True)
    run(parts.started(me, [[mine]]), 60)
    assert parts.owners("call") == {place.worker.account_id}


def test_who_has_no_channel_sees_it_in_the_app_and_the_chain_does_not_wait(me: Account, dead: set[UUID]) -> None:
    friend = account("friend")
    near = parts.watcher(me, 1, friend)
    second = parts.watcher(me, 1)
    dead.add(friend.pk)
    run(parts.started(me, [[near, second]]), 60)
    assert parts.owners("call") == {second.owner}
    assert [call.owner for call in queries.called(friend)] == [friend.pk]


def test_an_acknowledgement_twice_a_stale_link_and_one_that_nobody_made(me: Account) -> None:
    [pair] = parts.crew(me, 2)
    row = run(parts.started(me, [pair], every=600), 60)
    one, two = (parts.token_of(owner=w.owner) for w in pair)
    for token in (one, one, two):
        assert actions.coming(token=token) == actions.Said("coming", "coming")
    assert said(me).count("watch.coming") == 2, "one row each"
    assert len(parts.letters("coming")) == 2, "said once to the person and to the other"
    assert actions.cannot(token=one).state == "coming", "the other is still on the way"
    assert actions.cannot(token=two).state == "calling"
    actions.ok(person=me, check_in=row.pk)
    assert actions.coming(token=one) == actions.Said("watching", "ended")
    assert queries.behind(one).mine == "ended"
    with pytest.raises(actions.Unknown):
        actions.coming(token="guessed")
    assert queries.behind("guessed") is None


def test_a_stale_link_does_nothing_to_a_later_escalation(me: Account) -> None:
    [[only]] = parts.crew(me, 1)
    row = run(parts.started(me, [[only]], every=600), 60)
    stale = parts.token_of(owner=only.owner)
    actions.ok(person=me, check_in=row.pk)
    row.refresh_from_db()
    run(run(row), 60)
    assert row.state == "calling"
    assert actions.coming(token=stale).mine == "ended"
    assert CheckIn.objects.get(pk=row.pk).state == "calling"


def test_an_acknowledgement_expires_and_the_chain_goes_on(me: Account) -> None:
    first, second = parts.crew(me, 1, 1)
    row = run(parts.started(me, [first, second]), 60)
    token = parts.token_of(owner=first[0].owner)
    actions.coming(token=token)
    row.refresh_from_db()
    engine.run_due(now=row.next_at)
    assert parts.owners("call") == {first[0].owner, second[0].owner}
    assert {call.state for call in Call.objects.all()} == {"called"}
    assert actions.there(token=token).state == "there", "who came late is still let in"


def test_overdue_after_an_outage_goes_out_oldest_first_and_late(me: Account) -> None:
    steps = parts.crew(me, 1)
    rows = [parts.started(me, steps, first=600 + 60 * n) for n in (2, 0, 1)]
    moment = max(r.due_at for r in rows) + dt.timedelta(hours=1)
    for _ in rows:
        assert engine.run_due(1, now=moment)[0] == 1
    found = CheckIn.objects.filter(late=True)
    assert found.count() == 3
    order = [row.detail["check_in"] for row in AuditRow.objects.filter(chain=me.pk, act="watch.called").order_by("seq")]
    assert order == [str(rows[n].pk) for n in (1, 2, 0)]


def test_help_calls_at_the_next_look(me: Account) -> None:
    row = parts.started(me, parts.crew(me, 1))
    assert actions.help_now(person=me, check_in=row.pk).called_for == "help"
    assert engine.run_due()[0] == 1, "by the database's clock, now"
    assert len(parts.letters("call")) == 1


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_an_hour_off_changes_nothing(me: Account, hours: int) -> None:
    with time_machine.travel(clock.database_now() + dt.timedelta(hours=hours)):
        row = parts.started(me, parts.crew(me, 1))
        wait = row.due_at - clock.database_now()
        assert 590 < wait.total_seconds() <= 600
        assert engine.run_due()[0] == 0, "not due by the database's clock"


def test_daylight_saving_moves_no_deadline(me: Account, settings: Any) -> None:
    settings.TIME_ZONE = "America/Vancouver"
    row = parts.started(me, parts.crew(me, 1))
    spring = dt.datetime(2026, 3, 8, 9, 59, 30, tzinfo=dt.UTC)  # half a minute before 2 o'clock becomes 3 o'clock there
    CheckIn.objects.filter(pk=row.pk).update(due_at=spring, next_at=spring)
    row.refresh_from_db()
    assert run(row).next_at == spring + dt.timedelta(seconds=60)
    assert run(row, 59.9).state == "asked"
    assert run(row, 60).state == "calling"


def test_a_row_that_cannot_be_moved_holds_up_nobody(me: Account) -> None:
    bad, good = (parts.started(me, parts.crew(me, 1)) for _ in range(2))
    CheckIn.objects.filter(pk=bad.pk).update(plan=[["what", []]], next_at=bad.due_at - dt.timedelta(minutes=5))
    engine.run_due(now=good.due_at)
    good.refresh_from_db()
    assert good.state == "asked"


def _as_written(row: CheckIn) -> list[Any]:
    """All that the engine wrote for a check-in but what is random in it."""
    row.refresh_from_db()
    acts = AuditRow.objects.filter(chain=row.person_id).order_by("seq").values_list("seq", "act", "actor", "detail")
    calls = Call.objects.filter(check_in=row).order_by("pk").values_list("pk", "owner", "step", "state")
    letters = [letter.pk for letter in parts.letters("call")]
    return [row.state, row.next_at, row.version, list(acts), list(calls), sorted(letters), audit.verify(row.person_id)]


@pytest.fixture
def due(me: Account) -> tuple[CheckIn, dt.datetime]:
    """A check-in that nobody answered, and the instant at which its people are called."""
    row = run(parts.started(me, parts.crew(me, 2)))
    assert row.next_at is not None
    return row, row.next_at


def _undone(write: Callable[[], object]) -> object:
    """What comes of ``write``, which then never was."""
    with transaction.atomic():
        found = write()
        transaction.set_rollback(True)
    return found


def test_what_is_made_beforehand_is_what_is_made_under_the_lock(due: tuple[CheckIn, dt.datetime]) -> None:
    row, moment = due
    wanted = CheckIn.objects.filter(next_at__lte=moment).defer("shut")

    def under_the_lock() -> list[Any]:
        assert engine._locked(wanted, 9, moment) == 1
        return _as_written(row)

    locked = _undone(under_the_lock)
    assert engine._foreseen(list(wanted), moment) is True
    assert _as_written(row) == locked
    assert audit.verify(row.person_id) is None


@pytest.mark.parametrize("meanwhile", ["answered", "a chain moved", "a chain began"])
def test_what_was_made_beforehand_is_not_written_when_another_was_first(
    due: tuple[CheckIn, dt.datetime], meanwhile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, moment = due
    if meanwhile == "a chain began":
        audit.forget(row.person_id)
    made = writing.Writer.foresee

    def foresee(self: writing.Writer, changes: Sequence[writing.Change]) -> Callable[[], None]:
        write = made(self, changes)
        if meanwhile == "answered":
            actions.ok(person=row.person, check_in=row.pk)
        else:
            audit.append(chain=row.person_id, actor=None, act="meanwhile")
        return write

    monkeypatch.setattr(writing.Writer, "foresee", foresee)
    wanted = CheckIn.objects.filter(next_at__lte=moment).defer("shut")
    assert engine._foreseen(list(wanted), moment) is False
    assert Call.objects.count() == 0
    assert parts.letters("call") == []
    monkeypatch.undo()
    assert engine.run_due(now=moment)[0] == (meanwhile != "answered"), "then it goes by what is there"
    assert audit.verify(row.person_id) is None


def test_a_phone_may_ask_twice_for_the_same_start(me: Account) -> None:
    steps, own = parts.crew(me, 1), uuid4()
    assert parts.started(me, steps, check_in=own).pk == parts.started(me, steps, check_in=own).pk == own
    with pytest.raises(actions.Wrong):
        parts.started(account("other"), steps, check_in=own)


def test_nobody_starts_with_somebody_elses_crew_or_moves_somebody_elses_check_in(me: Account) -> None:
    row, other = parts.started(me, parts.crew(me, 1)), account("other")
    with pytest.raises(actions.Wrong):
        parts.started(other, parts.crew(me, 1))
    for act in (actions.ok, actions.help_now, actions.end):
        with pytest.raises(actions.Unknown):
            act(person=other, check_in=row.pk)


def test_kept_for_two_days_when_safe_and_thirty_when_missed(me: Account) -> None:
    safe, missed, open_ = (parts.started(me, parts.crew(me, 1)) for _ in range(3))
    actions.end(person=me, check_in=safe.pk)
    CheckIn.objects.filter(pk=open_.pk).update(next_at=clock.now() + dt.timedelta(days=400))
    run(missed, 60)
    actions.end(person=me, check_in=missed.pk)
    left = []
    for days in (2, 3, 30, 31):
        with time_machine.travel(clock.now() + dt.timedelta(days=days)):
            jobs.forget()
        left.append(CheckIn.objects.count())
    assert left == [3, 2, 2, 1]
    assert Call.objects.count() == 0


def test_the_auditor_sees_what_an_engine_missed(me: Account) -> None:
    row = parts.started(me, parts.crew(me, 1))
    assert auditor.overdue() == 0
    past = clock.database_now() - dt.timedelta(seconds=11)
    CheckIn.objects.filter(pk=row.pk).update(next_at=past)
    assert auditor.overdue() == 1
    assert "1 overdue" in str(auditor.word())
    assert "engine has never run" in str(auditor.word())
    CheckIn.objects.filter(pk=row.pk).update(next_at=None)
    assert auditor.overdue() == 1, "open, and nobody would look at it again"


def test_no_letter_says_who_or_where(me: Account) -> None:
    only = parts.watcher(me, 1, name="canary-watcher")
    shut = dict.fromkeys(rules.SHUT, "canary-shut")
    row = run(parts.started(me, [[only]], shut=shut), 60)
    run(row, 500)
    token = parts.token_of(Call.objects.first())
    for letter in parts.letters():
        if letter.owner in {me.pk, only.owner}:
            words = str(parts.filling(letter))
            assert "canary" not in words
            assert me.handle not in words
            assert set(parts.filling(letter)) == {"link"}
    assert queries.behind(token).shut == shut
    assert "canary-shut" not in str(queries.taken_along(me))
    assert "canary" not in str(list(AuditRow.objects.values_list("detail", flat=True)))
