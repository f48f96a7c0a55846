import queue
import threading
import time

from hypothesis import given
from hypothesis import strategies as st

from alongside.outbox import lanes, rules
from alongside.outbox.gateways import SENT, Outcome
from alongside.outbox.lanes import Lane, Task
from alongside.outbox.sockets import Session


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def lane(width: int = 2, ahead: int = 4) -> tuple[Lane, "queue.SimpleQueue[tuple[Task, Outcome]]", Clock]:
    results: queue.SimpleQueue[tuple[Task, Outcome]] = queue.SimpleQueue()
    clock = Clock()
    return Lane("test", width, ahead, results, clock), results, clock


def slow(clock: Clock) -> Task:
    """A letter that takes long and fails."""

    def send(session: Session) -> Outcome:
        clock.now += lanes.SLOW + 1
        return Outcome("hung")

    return Task("slow", send)


def test_so_many_go_at_once_and_so_many_wait() -> None:
    one, results, _clock = lane()
    gate, busy = threading.Event(), threading.Semaphore(0)

    def send(session: Session) -> Outcome:
        busy.release()
        gate.wait(10)
        return SENT

    for _ in range(6):
        one.give(Task("x", send))
    assert one.room() == 0
    assert all(busy.acquire(timeout=5) for _ in range(2))
    assert not busy.acquire(timeout=0.1), "the others wait"
    gate.set()
    assert {results.get(timeout=5)[1] for _ in range(6)} == {SENT}
    assert one.room() == 6
    one.end()


def test_slow_failures_shut_it_and_one_letter_tries_it_again() -> None:
    one, results, clock = lane(width=1)
    for _ in range(lanes.STRIKES):
        one.give(slow(clock))
        results.get(timeout=5)
    assert (one.room(), one.shut() > 0) == (0, True)
    clock.now += lanes.SHUT + 1
    assert (one.room(), one.shut()) == (1, 0.0)
    one.give(slow(clock))
    assert one.room() == 0
    results.get(timeout=5)
    assert one.shut() > lanes.SHUT, "shut for longer"
    clock.now += 2 * lanes.SHUT + 1
    one.give(Task("fine", lambda session: SENT))
    results.get(timeout=5)
    assert one.room() == 5
    one.end()


def test_what_waits_in_a_lane_that_shuts_goes_back() -> None:
    one, results, clock = lane(width=1, ahead=20)
    for _ in range(lanes.STRIKES - 1):
        one.give(slow(clock))
        results.get(timeout=5)
    gate = threading.Event()

    def send(session: Session) -> Outcome:
        gate.wait(10)
        clock.now += lanes.SLOW + 1
        return Outcome("hung")

    one.give(Task("first", send))
    for _ in range(10):
        one.give(Task("waits", lambda session: SENT))
    gate.set()
    got = [results.get(timeout=5) for _ in range(11)]
    assert {(task.letter, outcome.what) for task, outcome in got} == {("first", "hung"), ("waits", "back")}
    time.sleep(0.05)
    assert results.empty(), "what went back is not sent as well"
    one.end()


def test_quick_failures_shut_nothing() -> None:
    """Somebody who types an address that no provider takes must not shut it for others."""
    one, results, _clock = lane()
    for _ in range(5 * lanes.STRIKES):
        one.give(Task("x", lambda session: Outcome("failed")))
        results.get(timeout=5)
    assert one.room() == 6
    one.end()


def test_a_letter_that_never_ends_is_given_up_and_leaves_its_place() -> None:
    one, results, clock = lane(width=1)
    gate, begun = threading.Event(), threading.Event()

    def send(session: Session) -> Outcome:
        begun.set()
        gate.wait(20)
        return SENT

    one.give(Task("stuck", send))
    begun.wait(5)
    one.watch()
    assert results.empty()
    clock.now += lanes.LOST + 1
    one.watch()
    assert results.get(timeout=5)[1].what == "hung"
    one.give(Task("next", lambda session: SENT))
    assert results.get(timeout=5)[0].letter == "next"
    gate.set()
    assert results.get(timeout=5)[1] == SENT, "it went after all: that is said too"
    one.end()


def test_a_worker_survives_a_fault_of_ours() -> None:
    one, results, _clock = lane(width=1)

    def broken(session: Session) -> Outcome:
        raise RuntimeError("a fault")

    one.give(Task("x", broken))
    one.give(Task("y", lambda session: SENT))
    assert [results.get(timeout=5)[1].what for _ in range(2)] == ["failed", "sent"]
    one.end()


def test_a_letter_that_is_dropped_is_not_sent() -> None:
    one, results, _clock = lane(width=1)
    gate = threading.Event()

    def send(session: Session) -> Outcome:
        gate.wait(10)
        return SENT

    one.give(Task("first", send))
    second = Task("second", lambda session: SENT)
    one.give(second)
    while [task.letter for task in one.waiting(-1)] != ["second"]:
        time.sleep(0.01)
    one.drop(second)
    gate.set()
    assert results.get(timeout=5)[0].letter == "first"
    time.sleep(0.05)
    assert results.empty()
    one.end()


WHAT = st.sampled_from(["failed", "hung", "refused", "gone"])


@given(st.integers(1, 8), st.lists(st.tuples(WHAT, st.booleans()), min_size=1, max_size=60))
def test_every_channel_has_its_turn_and_waits_are_bounded(count: int, story: list[tuple[str, bool]]) -> None:
    tried, tries = 0, 0
    for what, turn in story:
        after = rules.after(what, tried, tries, count, turn=turn, wanted=None)
        assert 0 <= after.wait <= 120
        assert after.tried in {tried, tried + 1}
        if after.tried == tried:
            assert (what, turn, after.tries) == ("failed", True, tries + 1)
            assert after.tries < rules.ATTEMPTS
        elif after.tried % count:
            assert after.wait == 0, "the next channel has its turn at once"
        else:
            assert after.wait >= 5
        tried, tries = after.tried, after.tries


def test_what_a_provider_wants_is_heard_within_bounds() -> None:
    assert rules.after("failed", 0, 0, 1, turn=True, wanted=30).wait == 30
    assert rules.after("failed", 0, 0, 1, turn=True, wanted=9999).wait == 120
    assert rules.after("failed", 0, 0, 2, turn=True, wanted=30).wait == 1, "there is another channel"
