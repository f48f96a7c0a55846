"""A pytest plugin, loaded before Django: a data folder of its own, and PostgreSQL from the wheel when asked for.

It is about noon where the tests run, whatever the hour: what they prove must not depend on when they are started, and
no run may see midnight pass. What happens at other hours is tested with a clock that the test sets.

``ALONGSIDE_TEST_DATABASE=postgresql`` runs the tests on PostgreSQL; otherwise they run on SQLite.
"""

import atexit
import os
import shutil
import signal
import tempfile
import time
from pathlib import Path


def _noon(utc_hour: int) -> str:
    """The name of a time zone where it is about noon, on the same day (POSIX writes its sign the other way round).

    Never 12 hours away: noon UTC, to which many tests travel, must be the same day there too.
    """
    ahead = min(12 - utc_hour, 11)
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


def _in_memory() -> Path | None:
    """The folder of what is in memory, where there is room: a database of PostgreSQL is three hundred files, made for each test."""
    folder, room = Path("/dev/shm"), 4 << 30
    return folder if folder.is_dir() and shutil.disk_usage(folder).free > room else None


def _ask_to_stop(*_signal: object) -> None:
    """End a run as Ctrl-C does: by taking down what it started."""
    raise KeyboardInterrupt


WHERE = os.environ.setdefault("ALONGSIDE_TEST_DATABASE", "sqlite")


def examples(number: int) -> int:
    """How many examples chance may draw here: ``number``, half of it on PostgreSQL, ``ALONGSIDE_TEST_EXAMPLES`` times as many.

    What chance finds is seldom about the database, each run draws others, and what databases do take differently is tested
    by name. Before a release, or when a rule has changed, one asks for many times as many.
    """
    return (number if WHERE == "sqlite" else number // 2) * int(os.environ.get("ALONGSIDE_TEST_EXAMPLES", "1"))


if "ALONGSIDE_TEST_HOME" not in os.environ:  # workers inherit what the first process made
    signal.signal(signal.SIGTERM, _ask_to_stop)
    os.environ["ALONGSIDE_TEST_HOME"] = tempfile.mkdtemp(prefix="alongside-tests-", dir=_in_memory())
    atexit.register(shutil.rmtree, os.environ["ALONGSIDE_TEST_HOME"], ignore_errors=True)
    os.environ["TZ"] = os.environ["ALONGSIDE_TIME_ZONE"] = _noon(time.gmtime().tm_hour)
    data = Path(os.environ["ALONGSIDE_TEST_HOME"]) / "data"
    (data / "static").mkdir(parents=True)  # whitenoise warns when it is missing
    os.environ["ALONGSIDE_DATA"] = str(data)
    for name in ("DATABASE_URL", "KEYS_URL", "ALONGSIDE_ORIGIN", "ALONGSIDE_DEMO", "ALONGSIDE_SECRET_KEY"):
        os.environ.pop(name, None)
    for name in ("ALONGSIDE_SMS_URL", "ALONGSIDE_MAIL_URL", "ALONGSIDE_PUSH_HOSTS"):
        os.environ.pop(name, None)
    if WHERE == "postgresql":
        from tests.postgres import start

        os.environ["ALONGSIDE_TEST_POSTGRES"] = start(
            Path(os.environ["ALONGSIDE_TEST_HOME"]) / "postgres", durable=False
        )
        os.environ["DATABASE_URL"] = os.environ["ALONGSIDE_TEST_POSTGRES"].replace("/postgres?", "/alongside?")
        os.environ["KEYS_URL"] = os.environ["ALONGSIDE_TEST_POSTGRES"].replace("/postgres?", "/alongside_keys?")

time.tzset()
