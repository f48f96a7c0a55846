"""Due work: done when due, once, again after a fault, and never stopped by another's fault."""

import datetime as dt
import threading
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from unittest.mock import patch

import pytest
import time_machine
from django.db import OperationalError

from alongside.kit import clock, jobs
from alongside.kit.models import Beat, Job

pytestmark = pytest.mark.django_db(databases=["default", "keys"])
START = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def at() -> Iterator[time_machine.Traveller]:
    """The time stands still until a test moves it."""
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def item(run: Callable[[], None], name: str = "kit.test", every: dt.timedelta = HOUR) -> jobs.Registered:
    made = jobs.Registered(name, every, run)
    jobs.ensure_rows([made])
    return made


def fault() -> None:
    raise ZeroDivisionError


def test_a_job_is_done_when_due_and_then_marked(at: time_machine.Traveller) -> None:
    seen: list[dt.datetime | None] = []
    one = item(lambda: seen.append(Job.objects.get().done_at))
    assert jobs.run_due([one]) == 1
    assert seen == [None], "the row was marked before the work was done"
    assert Job.objects.get().done_at == START
    assert jobs.run_due([one]) == 0
    at.shift(HOUR - dt.timedelta(seconds=1))
    assert jobs.run_due([one]) == 0
    at.shift(1)
    assert jobs.run_due([one]) == 1


def test_rows_are_made_once_and_keep_their_time(at: time_machine.Traveller) -> None:
    one = item(lambda: None)
    jobs.run_due([one])
    due = Job.objects.get().due_at
    at.shift(60)
    jobs.ensure_rows([one])
    assert Job.objects.get().due_at == due


def test_a_leased_row_is_left_alone_until_the_lease_ends(at: time_machine.Traveller) -> None:
    one = item(lambda: None)
    Job.objects.update(leased_until=START + jobs.LEASE)
    assert jobs.run_due([one]) == 0
    at.shift(jobs.LEASE + dt.timedelta(seconds=1))
    assert jobs.run_due([one]) == 1


def test_of_two_that_saw_the_row_one_gets_it() -> None:
    one = item(lambda: None)
    seen = Job.objects.get(name=one.name)
    assert jobs._lease(seen) is not None
    assert jobs._lease(seen) is None


def test_whoever_was_too_slow_does_not_mark_another_s_row(at: time_machine.Traveller) -> None:
    """The lease ran out while the work went on; another process has the row now."""
    theirs = uuid.uuid4()

    def slow() -> None:
        Job.objects.update(lease=theirs, leased_until=clock.now() + jobs.LEASE)

    one = item(slow)
    jobs.run_due([one])
    row = Job.objects.get()
    assert row.lease == theirs
    assert row.leased_until is not None
    assert row.done_at is None


def test_a_fault_is_tried_again_later_and_later(at: time_machine.Traveller) -> None:
    one = item(fault)
    waits = []
    for number in range(12):
        assert jobs.run_due([one]) == 0
        row = Job.objects.get()
        assert row.failures == number + 1
        assert row.leased_until is None
        waits.append(row.due_at - clock.now())
        at.move_to(row.due_at)
    assert waits == sorted(waits)
    assert waits[0] == dt.timedelta(minutes=1)
    assert waits[-1] == HOUR


def test_a_success_forgets_the_faults(at: time_machine.Traveller) -> None:
    jobs.run_due([item(fault)])
    assert Job.objects.get().failures == 1
    one = item(lambda: None)
    at.shift(60)
    assert jobs.run_due([one]) == 1
    assert Job.objects.get().failures == 0


def test_a_fault_stops_no_other() -> None:
    done: list[str] = []
    bad = item(fault, "kit.bad")
    good = item(lambda: done.append("good"), "kit.good")
    assert jobs.run_due([bad, good]) == 1
    assert done == ["good"]


def test_a_process_does_the_rooms_that_it_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_registry", {})
    jobs.job("people.one", every=HOUR)(lambda: None)
    jobs.job("pay.two", every=HOUR)(lambda: None)
    assert [one.name for one in jobs.registered(["pay"])] == ["pay.two"]
    assert len(jobs.registered()) == 2


def run_for(rounds: int, monkeypatch: pytest.MonkeyPatch, *only: str) -> None:
    """The runner, for so many rounds, without its pauses."""

    class Stop(threading.Event):
        left = rounds

        def wait(self, timeout: float | None = None) -> bool:
            self.left -= 1
            if self.left <= 0:
                self.set()
            return self.is_set()

    monkeypatch.setattr(jobs, "close_old_connections", lambda: None)
    monkeypatch.setattr(jobs, "_loops", {})  # a thread would write beside the test's transaction
    jobs.run_forever(only, Stop())


def test_the_runner_beats_and_works(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []
    monkeypatch.setattr(jobs, "_registry", {"kit.test": jobs.Registered("kit.test", HOUR, lambda: done.append(1))})
    assert jobs.well() == "no job process is alive"
    run_for(3, monkeypatch)
    assert done == [1]
    assert Beat.objects.get(name="jobs.kit").at == START
    assert jobs.well() is None


def test_a_runner_of_some_rooms_hides_no_other_that_is_dead(
    at: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_registry", {})
    done: list[str] = []
    for room in ("kit", "pay", "work"):
        jobs.job(f"{room}.test", every=HOUR)(partial(done.append, room))
    run_for(3, monkeypatch, "pay")
    assert done == ["pay"]
    assert jobs.alive()
    assert jobs.well() == "nobody does the jobs of: kit, work"
    run_for(3, monkeypatch, "kit", "work")
    assert jobs.well() is None
    at.shift(jobs.STALE_AFTER + dt.timedelta(seconds=1))
    run_for(3, monkeypatch, "pay")
    assert jobs.well() == "nobody does the jobs of: kit, work"


def test_an_installation_whose_loops_run_is_being_served(
    at: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_loops", {"test.loop": jobs.Loop("test.loop", 1, lambda: None)})
    jobs.beat("test.loop")
    assert jobs.alive()
    assert jobs.well() == "no job process is alive", "who does the jobs is missed all the same"
    at.shift(jobs.STALE_AFTER + dt.timedelta(seconds=1))
    assert not jobs.alive()


def test_the_runner_waits_out_a_fault_of_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []
    monkeypatch.setattr(jobs, "_registry", {"kit.test": jobs.Registered("kit.test", HOUR, lambda: done.append(1))})
    real, faults = jobs.beat, iter([OperationalError("locked"), OperationalError("locked")])

    def beat(*names: str) -> None:
        for one in faults:
            raise one
        real(*names)

    monkeypatch.setattr(jobs, "beat", beat)
    run_for(3, monkeypatch)
    assert done == [1]


def test_a_runner_that_stopped_is_noticed(at: time_machine.Traveller) -> None:
    jobs.beat(*jobs.beats())
    jobs.beat(*jobs.beats())
    assert jobs.well() is None
    at.shift(jobs.STALE_AFTER + dt.timedelta(seconds=1))
    assert jobs.well() == "no job process is alive"


def test_a_job_that_keeps_failing_is_named(at: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch) -> None:
    one = item(fault, "kit.fails")
    monkeypatch.setattr(jobs, "_registry", {one.name: one})
    for times in range(1, 4):
        assert jobs.run_due([one]) == 0
        jobs.beat(*jobs.beats())
        assert (jobs.well() is None) == (times < 3), "once or twice may be a database that was started again"
        at.shift(Job.objects.get().due_at - clock.now())
    jobs.beat(*jobs.beats())
    assert jobs.well() == "fails again and again: kit.fails"
    assert jobs.run_due([jobs.Registered(one.name, HOUR, lambda: None)]) == 1
    assert jobs.well() is None


def test_a_job_far_behind_is_named(at: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch) -> None:
    one = item(lambda: None, "kit.behind")
    monkeypatch.setattr(jobs, "_registry", {one.name: one})
    at.shift(dt.timedelta(hours=2, seconds=1))
    jobs.beat(*jobs.beats())
    assert jobs.well() == "behind: kit.behind"
    item(lambda: None, "old.room")
    Job.objects.filter(name="old.room").update(due_at=START - HOUR)
    jobs.run_due([one])
    assert jobs.well() is None, "a row that no room registers any more is nobody's work"


def test_a_loop_goes_on_after_a_turn_that_failed_and_beats_by_its_own_name(transactional_db: None) -> None:
    stop, turns = threading.Event(), []

    def turn() -> float | None:
        turns.append(Beat.objects.filter(name="test.loop").exists())
        if len(turns) == 1:
            raise ValueError("the first turn")
        if len(turns) == 3:
            stop.set()
        return 0

    with patch.object(stop, "wait"), patch.object(jobs.connections, "close_all"):
        jobs.turn_forever(jobs.Loop("test.loop", 1, turn), stop)
    assert turns == [False, False, True], "it beats only when a turn succeeded"


@pytest.mark.parametrize("fails", [False, True])
def test_a_loop_is_told_of_its_end(fails: bool) -> None:
    stop, ended = threading.Event(), []
    stop.set()

    def end() -> None:
        ended.append(True)
        if fails:
            raise ValueError("the end")

    with patch.object(jobs.connections, "close_all"):
        jobs.turn_forever(jobs.Loop("test.loop", 1, lambda: None, end), stop)
    assert ended == [True]
