"""Engines in processes of their own, to be killed and to be starved: for tests/faults/test_watch_*.py."""

import datetime as dt
import json
import os
import signal
import threading
import time
from argparse import Namespace
from pathlib import Path
from unittest.mock import patch

from django.db import connection, connections
from django.db.models import F

from alongside.config import commands
from alongside.kit import audit, jobs, keys
from alongside.outbox import senders
from alongside.outbox.models import Dispatch
from alongside.people.models import Account
from alongside.watch import actions, auditor, engine, load, queries
from alongside.watch.models import Call, CheckIn, Watcher
from alongside.watch.tests.parts import reached
from tests.processes import killed_at_commit


def fill(count: str, due_in: str = "0") -> None:
    """Print the ids of check-ins that were made."""
    _due, ids = load.fill(int(count), due_in=int(due_in))
    print(json.dumps([str(one) for one in ids]))


def run(batch: str) -> None:
    """An engine, until nothing is due or it is killed. ``batch`` is how many check-ins a transaction moves."""
    with reached():
        while any_left():
            engine.run_due(int(batch))


def run_killed(batch: str, number: str, when: str) -> None:
    """An engine that is killed at its commit of this number, from 1: just ``before`` or just ``after``."""
    with killed_at_commit(int(number), when):
        run(batch)


def filled_and_killed(count: str, batch: str, number: str, when: str) -> None:
    """:func:`fill`, and then :func:`run_killed`."""
    fill(count)
    run_killed(batch, number, when)


def run_and_found(batch: str) -> None:
    """:func:`run`, and then :func:`found`."""
    run(batch)
    found()


def run_for(seconds: str) -> None:
    """An engine that moves one check-in a transaction, until it is killed, so many seconds later, wherever it is then."""
    threading.Timer(float(seconds), os.kill, (os.getpid(), signal.SIGKILL)).start()
    run("1")
    os.kill(os.getpid(), signal.SIGKILL)


def any_left() -> bool:
    """Whether anything that was filled has not been called for yet, by plain SQL."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM watch_checkin WHERE state IN ('watching', 'asked')")
        return bool(cursor.fetchone()[0])


def found() -> None:
    """Print what is there, and what does not belong together."""
    calls = list(Call.objects.values_list("check_in", "id"))
    letters = {d.pk: d.state for d in Dispatch.objects.filter(code="watch.call")}
    print(
        json.dumps(
            {
                "called": CheckIn.objects.filter(state="calling", round=1, step=1).count(),
                "open": CheckIn.objects.exclude(state="calling").count(),
                "calls": len(calls),
                "for": len({check_in for check_in, _pk in calls}),
                "letters": len(letters),
                "calls_without_letter": len({pk for _c, pk in calls} - letters.keys()),
                "letters_without_call": len(letters.keys() - {pk for _c, pk in calls}),
                "broken_chains": sum(
                    audit.verify(pk) is not None for pk in Account.objects.values_list("pk", flat=True)
                ),
                "acts": audit.AuditRow.objects.filter(act="watch.called").count(),
                "asked": Dispatch.objects.filter(code="watch.ask").count(),
            }
        )
    )


def race(first: str) -> None:
    """Ten threads at one instant at the deadline: engines, and OKs, by turns. Print what came of it."""
    _due, [pk] = load.fill(1, due_in=0)
    row = CheckIn.objects.select_related("person").get(pk=pk)
    CheckIn.objects.filter(pk=row.pk).update(every=600)
    line, wrong = threading.Barrier(10, timeout=60), list[str]()  # one that cannot come holds nobody up for good

    def act(number: int) -> None:
        try:
            connection.ensure_connection()
            line.wait()
            if number % 2 == (first == "engine"):
                actions.ok(person=row.person, check_in=row.pk)
            else:
                engine.run_due(5)
        except Exception as one:
            wrong.append(repr(one))
        finally:
            connections.close_all()

    with reached():
        threads = [threading.Thread(target=act, args=(number,)) for number in range(10)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    row.refresh_from_db()
    calls = Call.objects.filter(check_in=row)
    told = Dispatch.objects.filter(code="watch.answered", owner__in=[c.owner for c in calls]).count()
    print(
        json.dumps(
            {
                "wrong": wrong,
                "state": row.state,
                "calls": calls.count(),
                "standing": calls.exclude(state="ended").count(),
                "told": told,
            }
        )
    )


def engine_until_told() -> None:
    """``alongside jobs --only watch``, until it is told to stop, for people who can all be reached."""
    with reached():
        commands.jobs(Namespace(only="watch"), Path())


def whole_for(seconds: str) -> None:
    """Engine and senders, as in production, until they are killed, so many seconds later, wherever they are then."""
    threading.Timer(float(seconds), os.kill, (os.getpid(), signal.SIGKILL)).start()
    whole()


def whole() -> None:
    """Engine and senders, as in production, until nothing is left to call or to send; leases of the dead run out soon."""
    stop = threading.Event()
    with patch.multiple(senders, LEASE=dt.timedelta(seconds=1.5), RENEW=0.3):
        wanted = [one for one in jobs.loops() if one.name in {queries.BEAT, senders.BEAT}]
        threads = [threading.Thread(target=jobs.turn_forever, args=(one, stop)) for one in wanted]
        for one in threads:
            one.start()
        while any_left() or Dispatch.objects.filter(next_at__isnull=False).exists():
            time.sleep(0.2)
        stop.set()
        for one in threads:
            one.join()


def keys_of_calls() -> None:
    """Print the ids of all calls, which are the keys of their letters."""
    print(json.dumps([str(pk) for pk in Call.objects.values_list("pk", flat=True)]))


def time_goes_by(seconds: str) -> None:
    """Every open check-in is looked at so many seconds sooner."""
    CheckIn.objects.filter(next_at__isnull=False).update(next_at=F("next_at") - dt.timedelta(seconds=float(seconds)))


def second_step() -> None:
    """Give every check-in a second step, with a watcher of its own: two minutes after the first."""
    for row in CheckIn.objects.all():
        later = Watcher.objects.create(person=row.person, agreed=True, step=2)
        keys.get_or_make(later.owner)
        CheckIn.objects.filter(pk=row.pk).update(plan=[*row.plan, [120, [str(later.pk)]]])


def word() -> None:
    """Print what the auditor says."""
    print(json.dumps(auditor.word()))
