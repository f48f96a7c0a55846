"""Due work of kit: what is past its term goes, from the tables and from the disk under them."""

import datetime as dt

from django.db import connections

from alongside.kit import audit, clock, keys
from alongside.kit.jobs import job
from alongside.kit.models import Guess

AUDIT_DAYS = 365
"""Audit rows older than this are pruned."""
_MOMENT = 200
"""Milliseconds."""


@job("kit.audit", every=dt.timedelta(hours=24))
def prune_audit() -> None:
    """Prune audit rows past their term behind signed checkpoints."""
    audit.prune(before=clock.today() - dt.timedelta(days=AUDIT_DAYS))


@job("kit.guesses", every=dt.timedelta(minutes=10))
def guesses() -> None:
    """Delete counts of tries that have run out, and the keys of the days before, by which they were kept."""
    Guess.objects.filter(until__lte=clock.now()).delete()
    keys.end_days(before=clock.today())


@job("kit.wipe", every=dt.timedelta(minutes=10))
def wipe() -> None:
    """On SQLite, bring the write-ahead log into the file and empty it.

    Deleted rows are overwritten in the file (``secure_delete``), but the log holds pages as they were until it is
    emptied. While it waits for readers to end, nobody can write: it waits for a moment only, and when a backup is being
    read just now it is tried again at the next turn.
    """
    for name in ("default", "keys"):
        connection = connections[name]
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA busy_timeout")
                patience = int(cursor.fetchone()[0])
                cursor.execute(f"PRAGMA busy_timeout = {_MOMENT}")
                try:
                    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                finally:
                    cursor.execute(f"PRAGMA busy_timeout = {patience}")
