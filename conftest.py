"""Fixtures for every test; the databases themselves come from the plugin tests/databases.py."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from hypothesis import settings

from tests.databases import WHERE, examples

# How long an example takes proves nothing on a busy machine.
settings.register_profile("steady", max_examples=examples(50), deadline=None)
settings.load_profile("steady")

WAIT = (
    "tests/faults/test_full_disk.py", "tests/faults/test_jobs_killed.py", "tests/faults/test_outbox_killed.py",
    "tests/faults/test_watch_faults.py", "tests/faults/test_watch_killed.py", "tests/test_backup.py",
    "tests/test_commands.py", "alongside/kit/tests/test_at_once.py", "tests/e2e/test_watch_called.py",
    "tests/e2e/test_watch_stop.py", "tests/e2e/test_watch_trouble.py",
)  # fmt: skip
"""What waits, for a lease or a process to end, for most of its time. In the end, others would wait for it: it comes first, and
on PostgreSQL after some others, so that not both runs wait at once while nobody has the cores."""
LATER = 0 if WHERE == "sqlite" else 4
"""Which part of the others comes before that: none, or a quarter."""


ROOMS = Path(__file__).parent / "alongside"
ASKS = {"django_db", "server", "db", "transactional_db"}
"""A test of a room reaches a database by one of these marks or fixtures: without, pytest-django lets none be asked."""
ONCE = pytest.mark.skipif(WHERE != "sqlite", reason="it asks no database")
"""Rules are plain functions, say."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what waits: meanwhile other processes have the cores. Ask once what asks no database."""
    wait = {Path(__file__).parent / name for name in WAIT}
    others = [item for item in items if item.path not in wait]
    at = len(others) // LATER if LATER else 0
    items[:] = [*others[:at], *(item for item in items if item.path in wait), *others[at:]]
    for item in items:
        names = {*(mark.name for mark in item.iter_markers()), *getattr(item, "fixturenames", ())}
        if ROOMS in item.path.parents and not names & ASKS:
            item.add_marker(ONCE)


def pytest_collection_finish() -> None:
    """Say that all tests were read, to ``tools/tests.py``, which may wait for it."""
    if read := os.environ.get("ALONGSIDE_TESTS_READ"):
        with contextlib.suppress(OSError):  # another process was first, and nobody waits any more
            Path(read).touch()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any) -> None:
    """The tests' own databases, as pytest-django names them: copies of tables that one process of this run made.

    All migrations take seconds, and this process is one of several. They end with the run.
    """
    from django.db import connections

    from tests.server import fill_with_tables

    with django_db_blocker.unblock():
        for connection in connections.all():
            fill_with_tables(connection)


@pytest.fixture(autouse=True)
def _speaks_as_the_site() -> Iterator[None]:
    """A request leaves the language that it was answered in behind, in this process: the next test begins without."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True, scope="session")
def _ledger_can_be_emptied() -> Iterator[None]:
    """Let Django empty the tables after a test that commits.

    On SQLite it deletes row by row, which the ledger's triggers refuse: for that list of statements, and in tests
    alone, they are lifted and held again.
    """
    from django.db.backends.sqlite3.base import DatabaseOperations  # operations alone is a circular import

    flush = DatabaseOperations.sql_flush

    def sql_flush(self: Any, *args: Any, **kwargs: Any) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        lift = [f'DROP TRIGGER "{name}"' for name, _sql in triggers]
        return [*lift, *flush(self, *args, **kwargs), *(sql for _name, sql in triggers)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield
