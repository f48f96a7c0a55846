"""Escalations while something else fails: the disk, the database, its connections, a deploy in the middle."""

import contextlib
import os
import signal
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.databases import WHERE
from tests.faults.disk import fill, small_disk
from tests.forks import Forked
from tests.postgres import Own
from tests.processes import at_once, installation, started, told
from tests.server import Server

WORKERS = "tests.watch_workers"
COUNT = 12
PATIENCE = 60.0
postgresql_alone = pytest.mark.skipif(WHERE != "postgresql", reason="SQLite is no server: a file needs no connection")


@contextlib.contextmanager
def engine(server: Server) -> Iterator[Forked]:
    """A job process of watch, told to stop in the end."""
    one = started(server, WORKERS, "engine_until_told")
    one.stdin.write("go\n")
    one.stdin.flush()
    try:
        yield one
    finally:
        end(one)


def end(one: Forked) -> None:
    """Tell a process to stop, and wait until it has."""
    if one.poll() is None:
        os.kill(one.pid, signal.SIGTERM)
    one.communicate(timeout=60)


def in_time(question: Callable[[], bool]) -> bool:
    """Whether it comes true within a minute."""
    end = time.monotonic() + PATIENCE
    while not question() and time.monotonic() < end:
        time.sleep(0.3)
    return question()


def called(server: Server) -> int:
    """How many calls are there, by a connection of its own; -1 while the database does not answer."""
    sql = "SELECT count(*) FROM watch_call"
    try:
        if url := server.databases.get("DATABASE_URL"):
            with psycopg.connect(url) as connection:
                [(count,)] = connection.execute(sql).fetchall()
        else:
            with contextlib.closing(sqlite3.connect(server.data / "alongside.sqlite3", timeout=20)) as file:
                [(count,)] = file.execute(sql).fetchall()
    except (psycopg.OperationalError, sqlite3.OperationalError):
        return -1
    return int(count)


def all_called_once(server: Server, count: int = COUNT) -> None:
    found = told(server, WORKERS, "found")
    assert (found["calls"], found["for"], found["letters"], found["open"]) == (count, count, count, 0)
    assert (found["calls_without_letter"], found["letters_without_call"], found["broken_chains"]) == (0, 0, 0)


def test_a_deploy_in_the_middle_of_a_chain() -> None:
    """An engine is stopped between two steps, and another, started later, goes on with the next."""
    with installation() as server:
        told(server, WORKERS, "fill", str(COUNT))
        at_once(server, WORKERS, "second_step", count=1)
        with engine(server):
            assert in_time(lambda: called(server) == COUNT)
        assert "engine" in (told(server, WORKERS, "word") or "engine")
        at_once(server, WORKERS, "time_goes_by", "121", count=1)
        assert called(server) == COUNT, "nobody calls while no engine runs"
        with engine(server), engine(server):
            assert in_time(lambda: called(server) == 2 * COUNT)
        assert told(server, WORKERS, "found")["calls"] == 2 * COUNT


def test_a_full_disk() -> None:
    """What falls due while nothing can be written goes out once there is room, and the auditor says so meanwhile."""
    with small_disk() as disk, installation(disk.folder, disk.databases) as server:
        told(server, WORKERS, "fill", str(COUNT), "6")
        with engine(server) as one:
            ballast = fill(disk.folder)
            time.sleep(8)
            assert one.poll() is None, f"an engine outlives a full disk: {one.communicate()[1][-2000:]}"
            before = called(server)
            ballast.unlink()
            assert in_time(lambda: called(server) == COUNT), before
        all_called_once(server)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[Own, Server]]:
    """A PostgreSQL server of this test's own and an installation on it."""
    one = Own(Path(os.environ["ALONGSIDE_TEST_HOME"]) / f"own-{uuid.uuid4().hex[:8]}")
    try:
        with installation(databases=_two_databases(one)) as server:
            yield one, server
            server.databases = {}  # they go with their server
    finally:
        one.remove()


def _two_databases(own: Own) -> dict[str, str]:
    for name in ("main", "keys"):
        own.run(f"CREATE DATABASE {name}")
    return {"DATABASE_URL": own.url("main"), "KEYS_URL": own.url("keys")}


@postgresql_alone
def test_postgresql_restarted_in_the_middle(own: tuple[Own, Server]) -> None:
    database, server = own
    told(server, WORKERS, "fill", str(COUNT), "5")
    with engine(server) as first, engine(server) as second:
        database.stop()
        time.sleep(6)
        database.start()
        assert in_time(lambda: called(server) == COUNT)
        assert (first.poll(), second.poll()) == (None, None), "engines outlive their database"
    all_called_once(server)


@postgresql_alone
def test_no_connection_is_left(own: tuple[Own, Server]) -> None:
    """Others hold every connection when an engine starts: it waits, and calls as soon as it gets one."""
    database, server = own
    told(server, WORKERS, "fill", str(COUNT), "3")
    with contextlib.ExitStack() as held:
        starved = started(server, WORKERS, "engine_until_told")
        for _ in range(200):
            try:
                held.enter_context(psycopg.connect(database.url(), autocommit=True))
            except psycopg.OperationalError:
                break
        else:
            pytest.fail("there was always one more connection")
        starved.stdin.write("go\n")
        starved.stdin.flush()
        time.sleep(5)
        assert starved.poll() is None, "it waits"
    assert in_time(lambda: called(server) == COUNT)
    end(starved)
    all_called_once(server)
