"""Whether the installation is well, for whoever watches it."""

from collections.abc import Callable

from django.db import Error, connections

from alongside.kit import jobs
from alongside.outbox import auditor as outbox
from alongside.watch import auditor


def report() -> dict[str, str | None]:
    """For the database, the job runner, the outbox and the watch: ``None`` when well, else what is not, in a few words."""
    try:
        for name in ("default", "keys"):
            with connections[name].cursor() as cursor:
                cursor.execute("SELECT 1")
    except Error:
        return {"database": "does not answer", "jobs": "not known", "outbox": "not known", "watch": "not known"}
    return {
        "database": None,
        "jobs": _asked(jobs.well),
        "outbox": _asked(outbox.word),
        "watch": _asked(auditor.word),
    }


def _asked(question: Callable[[], str | None]) -> str | None:
    try:
        return question()
    except Error:
        return "does not answer"
