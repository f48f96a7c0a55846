"""Turns of writers on one file of SQLite."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connections, transaction

from alongside.kit.sqlite import base
from alongside.kit.sqlite.base import DatabaseWrapper
from tests.databases import WHERE

pytestmark = [
    pytest.mark.django_db(databases=["default", "keys"]),
    pytest.mark.skipif(WHERE != "sqlite", reason="about SQLite"),
]
TIMEOUT = 20


@pytest.fixture
def other(tmp_path: Path) -> Iterator[DatabaseWrapper]:
    """A connection to a file of its own, known to Django as ``other``."""
    options = {"timeout": TIMEOUT, "transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL"}
    settings: dict[str, Any] = connections["default"].settings_dict | {"NAME": tmp_path / "file", "OPTIONS": options}
    one = DatabaseWrapper(settings, "other")
    connections["other"] = one
    with one.cursor() as cursor:
        cursor.execute("CREATE TABLE turns (who text)")
    yield one
    one.close()
    del connections["other"]  # before pytest-django looks at all connections again


def test_who_waits_looks_again_soon_however_long_it_takes(
    other: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    with closing(sqlite3.connect(other.settings_dict["NAME"], isolation_level=None)) as holds:
        holds.execute("BEGIN IMMEDIATE")

        def sleep(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 200:
                holds.execute("COMMIT")

        monkeypatch.setattr(base.time, "sleep", sleep)
        with transaction.atomic(using="other"), other.cursor() as cursor:
            cursor.execute("INSERT INTO turns VALUES ('waited')")
    assert len(pauses) == 200
    assert min(pauses) > 0
    assert max(pauses) <= base.LATER * 1.5


def test_who_waits_in_vain_is_told_and_waits_as_long_for_other_statements(other: DatabaseWrapper) -> None:
    other.settings_dict["OPTIONS"]["timeout"] = 0.2
    with closing(sqlite3.connect(other.settings_dict["NAME"], isolation_level=None)) as holds:
        holds.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"), transaction.atomic(using="other"):
            pass
        with other.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout")
            assert cursor.fetchone() == (200,)
        holds.execute("ROLLBACK")
    with transaction.atomic(using="other"), other.cursor() as cursor:
        cursor.execute("INSERT INTO turns VALUES ('free')")
