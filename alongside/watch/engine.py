"""The engine: looks for check-ins whose time has come, and moves them on. Any number of processes run it at once.

The row is the queue: moved and written in one transaction, with the calls and letters that it makes. An engine that dies
before it commits has done nothing; after, all of it. It never waits for a letter to be sent.

Where rows can be locked, a batch is, from when it is read. SQLite has one writer, whom all others wait for: there all is
made before the transaction begins, which then only writes, and only where each row and chain is still as it was read. Where
one is not, the batch is read again as the one writer.
"""

import datetime as dt
import logging
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import QuerySet

from alongside.kit import clock, lean
from alongside.kit.jobs import loop
from alongside.watch import queries, rules, writing
from alongside.watch.models import CheckIn

log = logging.getLogger("alongside.watch")

BATCH = 250
"""How many check-ins a transaction moves: others get to write in between."""
EVERY = 0.25
"""Seconds between two looks when nothing is due."""


@loop(queries.BEAT, every=EVERY)
def run() -> float | None:
    """Move what is due; return how long there is time until the next look, in seconds."""
    _done, wait = run_due(BATCH)
    return wait


if connection.vendor == "postgresql":
    # One waits for the database while the other rules and seals. They are two engines like any two, with rows of their own.
    loop(f"{queries.BEAT}.beside", every=EVERY)(run)


def run_due(limit: int = BATCH, *, now: dt.datetime | None = None) -> tuple[int, float]:
    """Move at most ``limit`` check-ins that are due, the most overdue first.

    Returns how many there were, and the seconds until the next look: none when there may be more. ``now`` is the database's
    clock, unless a test says otherwise.
    """
    if not _any_due(now):
        return 0, EVERY
    moment = now or clock.database_now()
    try:
        done = _batch(_due(moment).order_by("next_at"), limit, now)
    except (OperationalError, InterfaceError):
        raise  # the database itself: nothing was written, and the loop asks again
    except Exception:  # one of them cannot be moved: it must not hold up the others
        log.exception("a batch of check-ins could not be moved; trying them one by one")
        ids = list(_due(moment).order_by("next_at").values_list("pk", flat=True)[:limit])
        return sum(_alone(pk, moment, now) for pk in ids), EVERY
    return done, 0.0 if done == limit else EVERY


def _alone(pk: UUID, moment: dt.datetime, now: dt.datetime | None) -> int:
    try:
        return _batch(_due(moment).filter(pk=pk), 1, now)
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # said aloud here, and by the auditor for as long as it lasts
        log.exception("check-in %s could not be moved", pk)
        return 0


def _batch(wanted: "QuerySet[CheckIn]", limit: int, now: dt.datetime | None) -> int:
    wanted = wanted.defer("shut")
    if not connection.features.has_select_for_update_skip_locked:
        rows = list(wanted[:limit])
        if not rows or _foreseen(rows, now or clock.database_now()):
            return len(rows)
    return _locked(wanted, limit, now)


def _foreseen(rows: list[CheckIn], now: dt.datetime) -> bool:
    """Make all that is to be written, then write it; ``False`` when another was first at one of them."""
    writer, changes = _moves(rows, now)
    write = writer.foresee(changes)
    try:
        with transaction.atomic():
            write()
    except writing.Lost:
        return False
    return True


@transaction.atomic
def _locked(wanted: "QuerySet[CheckIn]", limit: int, now: dt.datetime | None) -> int:
    if connection.features.has_select_for_update_skip_locked:
        wanted = wanted.select_for_update(skip_locked=True)
    rows = list(wanted[:limit])
    if rows:
        writer, changes = _moves(rows, now or clock.database_now())
        writer.write(changes)
    return len(rows)


def _any_due(now: dt.datetime | None) -> bool:
    """Look without a lock first: on SQLite a transaction is the one writer's."""
    return _due(now).exists() if now else lean.any_come(CheckIn, "next_at")


def _due(moment: dt.datetime) -> "QuerySet[CheckIn]":
    return CheckIn.objects.filter(next_at__lte=moment)


def _moves(rows: list[CheckIn], moment: dt.datetime) -> tuple[writing.Writer, list[writing.Change]]:
    """What is to happen to each, and who writes it."""
    watchers = {UUID(one) for row in rows for _wait, some in row.plan for one in some}
    crew, reach = queries.crew(watchers, {row.person_id for row in rows})
    gap = queries.shortest()
    changes = []
    for row in rows:
        able = [
            any(o.reachable and o.owner != row.person_id for w in some for o in crew.get(UUID(w), ()))
            for _wait, some in row.plan
        ]
        changes.append(writing.Change(row, rules.tick(writing.state_of(row), moment, able, gap)))
    return writing.Writer(moment, crew, reach), changes
