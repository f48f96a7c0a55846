"""Senders in processes of their own, to be killed: for tests/faults/test_outbox_killed.py."""

import datetime as dt
import json
import os
import signal
import sys
import threading
import time
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from django.db import transaction

from alongside.kit import clock, closed, keys
from alongside.outbox import dispatch, queries, senders
from alongside.outbox.models import Channel, Dispatch
from alongside.outbox.sockets import Session
from tests.processes import killed_at_commit

QUICK = dt.timedelta(seconds=1.5)
"""A lease in these tests: they wait for those of the dead to run out."""


def fill(count: str) -> None:
    """Write letters to as many people as one needs, each with an SMS channel that works; print the letters' ids."""
    owners = [uuid4() for _ in range(min(int(count), 20))]
    for number, owner in enumerate(owners):
        row = Channel(owner=owner, kind="sms", language="en", state="works", day=clock.today())
        row.digest = queries.digest("sms", f"+1555012{number:04}")
        row.address = closed.close_with(keys.get_or_make(owner), row.at, f"+1555012{number:04}")
        row.save()
    good = clock.database_now() + dt.timedelta(hours=1)
    notes = [
        dispatch.Note(uuid4(), owners[n % len(owners)], "watch.call", {"link": f"http://x/{n}"}, good)
        for n in range(int(count))
    ]
    with transaction.atomic():
        dispatch.post(notes)
    print(json.dumps([str(note.id) for note in notes]))


def filled_and(function: str, count: str, *words: str) -> None:
    """:func:`fill`, said at once, and then a function of this module that is killed."""
    fill(count)
    sys.stdout.flush()
    globals()[function](*words)


def found() -> None:
    """Print the state of each letter."""
    rows = Dispatch.objects.values_list("pk", "state", "next_at", "lease")
    print(json.dumps({str(pk): "sent" if (s, a, b) == ("sent", None, None) else s for pk, s, a, b in rows}))


def finished(batch: str) -> None:
    """As :func:`run`, and then print the state of each letter."""
    run(batch)
    found()


def run(batch: str) -> None:
    """A sender that leases so many letters at once, until none waits or it is killed."""
    with patch.multiple(senders, LEASE=QUICK, RENEW=0.3, BATCH=int(batch), HELD=2 * int(batch)):
        sender = senders.Sender()
        while Dispatch.objects.filter(next_at__isnull=False).exists():
            time.sleep(min(sender.turn(), 0.05))
        sender.finish()


def run_killed_at_commit(batch: str, number: str, when: str) -> None:
    """A sender that is killed at its commit of this number, from 1: just ``before`` or just ``after``."""
    with killed_at_commit(int(number), when):
        run(batch)


def run_killed_at_send(batch: str, number: str, when: str) -> None:
    """A sender that is killed at its request of this number, from 1: just ``before`` it or just ``after`` its answer."""
    ask, seen, lock = Session.ask, [0], threading.Lock()

    def counted(self: Session, *words: Any, **named: Any) -> Any:
        with lock:
            seen[0] += 1
            here = seen[0] == int(number)
        if here and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        done = ask(self, *words, **named)
        if here:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    with patch.object(Session, "ask", counted):
        run(batch)
