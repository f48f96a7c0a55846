"""What the processes of test_at_once.py do."""

import datetime as dt
import sys
import time
from pathlib import Path
from uuid import UUID, uuid4

from allauth.core import ratelimit
from django.db import transaction
from django.test import RequestFactory

from alongside.kit import audit, chains, clock, jobs, keys
from alongside.kit.models import AuditRow


def append(chain: str, rows: str) -> None:
    """Add rows to one chain, each in a transaction of its own, by an actor of this process."""
    actor = uuid4()
    for number in range(int(rows)):
        with transaction.atomic():
            audit.append(chain=UUID(chain), actor=actor, act="test.row", detail={"number": number})


def check(chain: str) -> None:
    """Print what is wrong with the chain, how many rows it has and how many actors."""
    rows = AuditRow.objects.filter(chain=UUID(chain))
    print(audit.verify(UUID(chain)), rows.count(), rows.values("actor").distinct().count())


def make_key(owner: str) -> None:
    """Print the owner's key."""
    print(keys.get_or_make(UUID(owner)).hex())


def _job(where: str, *, dies: bool = False) -> jobs.Registered:
    """A job that takes a moment and leaves a line for each time that it was done."""

    def run() -> None:
        with Path(where).open("a") as file:
            file.write("begun\n")
            file.flush()
        if dies:
            print("died", flush=True)
            time.sleep(120)
        time.sleep(0.3)
        with Path(where).open("a") as file:
            file.write("done\n")

    return jobs.Registered("kit.test", dt.timedelta(hours=1), run)


def do_due(where: str) -> None:
    """Do what is due, as a job process does; print how much that was."""
    item = _job(where)
    jobs.ensure_rows([item])
    print(jobs.run_due([item]))


def die_at_work(where: str) -> None:
    """Take the row and never come back."""
    item = _job(where, dies=True)
    jobs.ensure_rows([item])
    jobs.run_due([item])


def later(where: str, minutes: str) -> None:
    """Do what is due at a time that lies ahead."""
    moment = clock.now() + dt.timedelta(minutes=int(minutes))
    clock.now = lambda: moment
    do_due(where)
    sys.stdout.flush()


def two_halves() -> None:
    """Three chains whose table is read by two processes; a change in any row of one is found at its place."""
    chains.SPLIT = 2
    one, two, late = uuid4(), uuid4(), uuid4()
    for number in range(40):
        audit.append(chain=one if number % 2 else two, actor=None, act="test.row", detail={"n": number})
    for number in range(3):
        audit.append(chain=late, actor=None, act="test.row", detail={"n": number})
    report = chains.verify()
    print("held" if (report.chains, report.rows, report.broken) == (3, 43, {}) else report)
    wrong = []
    for chain, places in ((one, range(1, 21)), (late, range(1, 4))):
        for place in places:
            row = AuditRow.objects.get(chain=chain, seq=place)
            AuditRow.objects.filter(pk=row.pk).update(act="test.other")
            if chains.verify().broken != {chain: place}:
                wrong.append(place)
            row.save()
    print(wrong or "found")


def tries(count: str) -> None:
    """Print how many of so many tries at one handle were let through."""
    request = RequestFactory().post("/")
    asked = [ratelimit.consume(request, action="second_step", key="somebody") for _ in range(int(count))]
    print(sum(bool(one) for one in asked))
