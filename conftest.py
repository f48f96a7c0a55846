"""Fixtures for every test; the databases themselves come from the plugin tests/databases.py."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("steady", deadline=None)  # how long an example takes proves nothing on a busy machine
settings.load_profile("steady")


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
