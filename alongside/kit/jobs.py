"""Due work: rooms register jobs in their ``jobs.py``; any number of processes run them.

The row is the queue. A process leases a due row by compare-and-swap, does the work, then marks it done; one that
dies in between leaves a lease that runs out, and the work is done again. Jobs must therefore bear being repeated.
"""

import datetime as dt
import logging
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import Error, close_old_connections, connections, models

from alongside.kit import clock
from alongside.kit.models import Beat, Job

log = logging.getLogger("alongside.jobs")

LEASE = dt.timedelta(minutes=5)
"""How long a process may work on a row before another takes it."""
BEAT_EVERY = 5.0
"""Seconds between two beats of a job process."""
LOOP_BEAT = 1.0
"""Seconds between two beats of a loop, by the database's clock."""
STALE_AFTER = dt.timedelta(seconds=30)
"""A beat older than this means that what beats by its name is dead."""
_OF_A_ROOM = "jobs."
"""What a process that does the jobs of a room beats by, before the room's name."""
FAILING = 3
"""Failures in a row from which on a job is not well: one alone may be a database that was started again."""
_RETRY = dt.timedelta(seconds=30)
_RETRY_MOST = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Registered:
    """A job: its name (``room.what``), how often it is due, and what to call."""

    name: str
    every: dt.timedelta
    run: Callable[[], None]

    @property
    def room(self) -> str:
        """The room that registered it."""
        return self.name.split(".", 1)[0]


@dataclass(frozen=True)
class Loop:
    """A loop of a room's own: its name, the seconds between two turns, and what to call for one turn, and at the end.

    A turn returns the seconds until the next one, or ``None`` for the usual.
    """

    name: str
    every: float
    run: Callable[[], float | None]
    end: Callable[[], None] | None = None

    @property
    def room(self) -> str:
        """The room that registered it."""
        return self.name.split(".", 1)[0]


_registry: dict[str, Registered] = {}
_loops: dict[str, Loop] = {}


def job(name: str, *, every: dt.timedelta) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register the decorated function under ``name`` (``room.what``), due once every ``every``."""

    def register(run: Callable[[], None]) -> Callable[[], None]:
        _registry[name] = Registered(name, every, run)
        return run

    return register


def loop(
    name: str, *, every: float, end: Callable[[], None] | None = None
) -> Callable[[Callable[[], float | None]], Callable[[], float | None]]:
    """Register the decorated function as a loop: a job process gives it a thread, and a beat of its own name.

    ``end`` is called in that thread when the process is asked to stop: for what must not be left half done.
    """

    def register(run: Callable[[], float | None]) -> Callable[[], float | None]:
        _loops[name] = Loop(name, every, run, end)
        return run

    return register


def loops(only: Iterable[str] = ()) -> list[Loop]:
    """All loops, or those of the rooms named in ``only``."""
    rooms = set(only)
    return [item for item in _loops.values() if not rooms or item.room in rooms]


def turn_forever(item: Loop, stop: threading.Event) -> None:
    """Take turns until ``stop`` is set. What fails is tried again soon; the beat says only that turns succeed."""
    beaten = float("-inf")
    while not stop.is_set():
        wait = 1.0
        try:
            said = item.run()
            wait = item.every if said is None else said
            if time.monotonic() - beaten >= LOOP_BEAT:
                beat(item.name, at=clock.database_now())
                beaten = time.monotonic()
        except Exception:  # a turn that fails must never end the loop
            log.exception("a turn of %s failed; trying again", item.name)
            close_old_connections()
        stop.wait(wait)
    _end(item)
    connections.close_all()


def _end(item: Loop) -> None:
    try:
        if item.end is not None:
            item.end()
    except Exception:  # said aloud; the process ends all the same
        log.exception("the end of %s failed", item.name)


def registered(only: Iterable[str] = ()) -> list[Registered]:
    """All jobs, or those of the rooms named in ``only``."""
    rooms = set(only)
    return [item for item in _registry.values() if not rooms or item.room in rooms]


def ensure_rows(items: Iterable[Registered]) -> None:
    """Make the rows that are missing; each is due at once."""
    due = clock.now()
    Job.objects.bulk_create([Job(name=item.name, due_at=due) for item in items], ignore_conflicts=True)


def run_due(items: Iterable[Registered]) -> int:
    """Lease and do whatever is due among ``items``; return how many were done."""
    by_name = {item.name: item for item in items}
    done = 0
    for row in _due_rows(by_name):
        lease = _lease(row)
        if lease is not None:
            done += _do(by_name[row.name], row, lease)
    return done


def beat(*names: str, at: dt.datetime | None = None) -> None:
    """Say that what beats by these names is alive: a loop, or for :func:`beats` a process that does the jobs of rooms."""
    at = at or clock.now()
    if Beat.objects.filter(name__in=names).update(at=at) < len(names):
        Beat.objects.bulk_create([Beat(name=name, at=at) for name in names], ignore_conflicts=True)


def beats(only: Iterable[str] = ()) -> list[str]:
    """The names that processes beat by, one for each room with jobs, or for those named in ``only``: each is missed."""
    return sorted({f"{_OF_A_ROOM}{item.room}" for item in registered(only)})


def run_forever(only: Iterable[str], stop: threading.Event) -> None:
    """Beat for the rooms in ``only`` and run their due jobs until ``stop`` is set; loops beat by their own names.

    A fault of the database is waited out, never fatal.
    """
    items, names = registered(only), beats(only)
    ready = False
    threads = [threading.Thread(target=turn_forever, args=(item, stop), name=item.name) for item in loops(only)]
    for one in threads:
        one.start()
    while not stop.is_set():
        try:
            if not ready:
                ensure_rows(items)
                ready = True
            beat(*names)
            run_due(items)
        except Error:
            log.exception("the database did not answer; trying again")
            close_old_connections()
        stop.wait(BEAT_EVERY * random.uniform(0.9, 1.1))  # noqa: S311 - spreads processes, guards nothing
    for one in threads:
        one.join()


def well() -> str | None:
    """``None`` when processes beat for all rooms and no job is far behind or keeps failing; else what is not, in a few words."""
    expected = beats()
    heard = _fresh(expected)
    silent = [name.removeprefix(_OF_A_ROOM) for name in expected if name not in heard]
    if len(silent) == len(expected):
        return "no job process is alive"
    rows = Job.objects.filter(name__in=_registry).order_by("name")
    failing = rows.filter(failures__gte=FAILING).values_list("name", flat=True)
    behind = rows.filter(due_at__lt=clock.now() - dt.timedelta(hours=2)).values_list("name", flat=True)
    wrong = [f"nobody does the jobs of: {', '.join(silent)}"] if silent else []
    wrong += [f"fails again and again: {', '.join(failing)}"] if failing else []
    wrong += [f"behind: {', '.join(behind)}"] if behind else []
    return "; ".join(wrong) or None


def alive() -> bool:
    """Whether any job process beat lately, or a loop of one: the installation is being served."""
    return bool(_fresh([*beats(), *_loops]))


def _fresh(names: list[str]) -> set[str]:
    """Those of these names that beat lately."""
    return set(Beat.objects.filter(name__in=names, at__gte=clock.now() - STALE_AFTER).values_list("name", flat=True))


def _due_rows(by_name: dict[str, Registered]) -> list[Job]:
    moment = clock.now()
    free = models.Q(leased_until__isnull=True) | models.Q(leased_until__lt=moment)
    return list(Job.objects.filter(free, due_at__lte=moment, name__in=by_name).order_by("due_at"))


def _lease(row: Job) -> uuid.UUID | None:
    lease = uuid.uuid4()
    won = Job.objects.filter(name=row.name, lease=row.lease, due_at=row.due_at).update(
        lease=lease, leased_until=clock.now() + LEASE
    )
    return lease if won else None


def _do(item: Registered, row: Job, lease: uuid.UUID) -> int:
    try:
        item.run()
    except Exception:  # a job must never end the process that runs the others
        log.exception("job %s failed", item.name)
        failures = row.failures + 1
        wait = min(_RETRY * 2 ** min(failures, 10), _RETRY_MOST)
        Job.objects.filter(name=row.name, lease=lease).update(
            due_at=clock.now() + wait, leased_until=None, failures=failures
        )
        return 0
    moment = clock.now()
    Job.objects.filter(name=row.name, lease=lease).update(
        due_at=moment + item.every, leased_until=None, failures=0, done_at=moment
    )
    return 1
