"""How many entries a second does the production server store, durably, over HTTP?

Two workers; 1 and 4 clients, each a process of its own with one kept-open connection and its own account; single
entries and batches of 100; SQLite and PostgreSQL. Beside it, on the same cores, with one writer and one transaction an
entry or a batch, what the bare driver does with the same durability: the same durable writes (a sync's rows of entries,
its row in the person's audit chain and that chain's new end, in the tables and indexes of an installation), and, for
what those indexes and that chain cost, rows of the same columns and sizes alone, in a table with one index.
"""

import datetime as dt
import json
import multiprocessing
import os
import sqlite3
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import psycopg

from bench import report
from bench.client import Client
from tests.postgres import start as start_postgres
from tests.server import Server, serving

SECONDS = float(os.environ.get("BENCH_SECONDS", "4"))
RUNS = int(os.environ.get("BENCH_RUNS", "3"))
BLOB = 330
"""Bytes of a closed entry of this shape."""


def entry() -> dict[str, object]:
    """A typical entry."""
    return {
        "id": str(uuid.uuid4()),
        "revision": 1,
        "day": dt.date.today().isoformat(),  # noqa: DTZ011 - the day on this machine, as a phone has it
        "part": "evening",
        "minutes": 45,
        "kinds": ["outreach", "supplies"],
        "origin": "planned",
        "people": 6,
        "supplies": {"naloxone": 2},
        "weight": 1,
    }


def client(
    url: str, token: str, batch: int, ready: "multiprocessing.synchronize.Barrier", out: "multiprocessing.Queue[int]"
) -> None:
    """Send batches for SECONDS and put how many entries were answered ``stored``."""
    connection = Client(url, token)
    bodies = [
        json.dumps({"entries": [entry() for _ in range(batch)]}).encode()
        for _ in range(max(40, int(4000 * SECONDS) // batch))
    ]
    requests = [connection.request("/api/v1/work/entries/sync", body) for body in bodies]
    stored = 0
    ready.wait()
    end = time.monotonic() + SECONDS
    for request in requests:
        if time.monotonic() > end:
            break
        _status, answer = connection.ask(request)
        stored += answer.count(b'"stored"')
    out.put(stored)


def over_http(server: Server, clients: int, batch: int) -> float:
    """Stored entries a second."""
    ready, out = multiprocessing.Barrier(clients + 1), multiprocessing.Queue()
    tokens = [person["token"] for person in server.people][:clients]
    processes = [multiprocessing.Process(target=client, args=(server.url, t, batch, ready, out)) for t in tokens]
    for process in processes:
        process.start()
    ready.wait()
    begun = time.monotonic()
    stored = sum(out.get() for _ in processes)
    took = time.monotonic() - begun
    for process in processes:
        process.join()
    return stored / took


TABLE = "CREATE TABLE e (id {id} PRIMARY KEY, account {id}, revision INT, changed BIGINT, content {blob}, gone DATE)"
INDEX = "CREATE INDEX e_cursor ON e (account, changed, id)"


class Made:
    """Rows of a sync for one person, as the driver takes them; ``ids`` makes an id."""

    def __init__(self, chain: object, ids: Callable[[], object]) -> None:
        self.chain, self.ids, self.seq = chain, ids, 0

    def entries(self, batch: int) -> list[tuple[object, ...]]:
        """The rows of entries of the next sync."""
        self.seq += 1
        return [(self.ids(), self.chain, 1, self.seq, os.urandom(BLOB), None, False) for _ in range(batch)]

    def row(self, batch: int) -> tuple[object, ...]:
        """Its row in the chain."""
        today, detail = dt.date.today().isoformat(), json.dumps({"entries": batch})  # noqa: DTZ011 - as a phone has it
        return (self.chain, self.seq, today, "work.sync", "0123456789abcdef", detail, os.urandom(32))

    def end(self) -> tuple[object, ...]:
        """The chain's new end."""
        return (self.seq, os.urandom(32), self.chain)


ENTRIES = "INSERT INTO work_entry (id, account_id, revision, changed, content, gone, folded) VALUES (?,?,?,?,?,?,?)"
ROW = "INSERT INTO kit_auditrow (chain, seq, day, act, actor, detail, hash) VALUES (?,?,?,?,?,?,?)"
END = "UPDATE kit_audithead SET seq = ?, hash = ? WHERE chain = ?"
HEAD = "INSERT INTO kit_audithead (chain, seq, hash) VALUES (?,?,?)"


def somebody(server: Server) -> str:
    """A new account in the server's own tables, with no entries yet: its id."""
    code = "from alongside.people.models import Account as A; print(A.objects.create(handle={!r}, language='en').pk)"
    return server.python(code.format(f"bench{uuid.uuid4().hex[:8]}"))


def same_sqlite(server: Server, batch: int) -> float:
    """Entries a second by sqlite3 itself into the server's own file: all that a sync writes, and nothing else."""
    made = Made(uuid.UUID(somebody(server)).hex, lambda: uuid.uuid4().hex)
    connection = sqlite3.connect(server.data / "alongside.sqlite3", isolation_level=None, timeout=30)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;")
    connection.execute(HEAD, (made.chain, 0, b"0" * 32))
    rows, begun = 0, time.monotonic()
    while time.monotonic() < begun + SECONDS:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(ENTRIES, made.entries(batch))
        connection.execute(ROW, made.row(batch))
        connection.execute(END, made.end())
        connection.execute("COMMIT")
        rows += batch
    return rows / (time.monotonic() - begun)


def same_postgres(server: Server, batch: int) -> float:
    """Entries a second by psycopg itself into the server's own database: all that a sync writes, and nothing else."""
    made = Made(uuid.UUID(somebody(server)), uuid.uuid4)
    with psycopg.connect(server.databases["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(HEAD.replace("?", "%s"), (made.chain, 0, b"0" * 32))
        entries, row, end = (sql.replace("?", "%s") for sql in (ENTRIES, ROW, END))
        rows, begun = 0, time.monotonic()
        with connection.cursor() as cursor:
            while time.monotonic() < begun + SECONDS:
                with connection.pipeline(), connection.transaction():
                    cursor.executemany(entries, made.entries(batch))
                    cursor.execute(row, made.row(batch))
                    cursor.execute(end, made.end())
                rows += batch
        return rows / (time.monotonic() - begun)


def bare_sqlite(folder: Path, batch: int) -> float:
    """Rows a second by sqlite3 itself, WAL and synchronous=FULL."""
    connection = sqlite3.connect(folder / f"bare-{uuid.uuid4()}.sqlite3", isolation_level=None)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
    connection.execute(TABLE.format(id="CHAR(32)", blob="BLOB"))
    connection.execute(INDEX)
    account, rows, end = uuid.uuid4().hex, 0, time.monotonic() + SECONDS
    begun = time.monotonic()
    while time.monotonic() < end:
        connection.execute("BEGIN IMMEDIATE")
        made = [(uuid.uuid4().hex, account, 1, rows, os.urandom(BLOB), None) for _ in range(batch)]
        connection.executemany("INSERT INTO e VALUES (?,?,?,?,?,?)", made)
        connection.execute("COMMIT")
        rows += batch
    return rows / (time.monotonic() - begun)


def bare_postgres(address: str, batch: int) -> float:
    """Rows a second by psycopg itself, the server's default durability."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS e")
        connection.execute(TABLE.format(id="UUID", blob="BYTEA"))
        connection.execute(INDEX)
        account, rows, end = uuid.uuid4(), 0, time.monotonic() + SECONDS
        begun = time.monotonic()
        with connection.cursor() as cursor:
            while time.monotonic() < end:
                made = [(uuid.uuid4(), account, 1, rows, os.urandom(BLOB), None) for _ in range(batch)]
                with connection.transaction():
                    cursor.executemany("INSERT INTO e VALUES (%s,%s,%s,%s,%s,%s)", made)
                rows += batch
        return rows / (time.monotonic() - begun)


def measure() -> dict[str, dict[str, float]]:
    """Every cell, as spreads over RUNS."""
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        address = start_postgres(folder / "postgres")
        for _ in range(RUNS):
            for batch in (1, 100):
                found.setdefault(f"sqlite bare {batch}", []).append(bare_sqlite(folder, batch))
                found.setdefault(f"postgresql bare {batch}", []).append(bare_postgres(address, batch))
        for database in ("sqlite", "postgresql"):
            _serve(database, address, found)
    return {key: report.spread(values) for key, values in found.items()}


def _serve(database: str, address: str, found: dict[str, list[float]]) -> None:
    if database == "postgresql":
        os.environ["ALONGSIDE_TEST_POSTGRES"] = address
    with serving(workers=2) as server:
        for _ in range(RUNS):
            for clients in (1, 4):
                for batch in (1, 100):
                    key = f"{database} {clients} {batch}"
                    found.setdefault(key, []).append(over_http(server, clients, batch))
            for batch in (1, 100):
                same = same_sqlite if database == "sqlite" else same_postgres
                found.setdefault(f"{database} same {batch}", []).append(same(server, batch))


def table(cells: dict[str, dict[str, float]]) -> str:
    """The cells as a table."""
    lines = [
        "## Sync over HTTP",
        "",
        f"Entries stored a second, median (least to most) of {RUNS} runs of {SECONDS:g} s, on {os.cpu_count()} cores with the load beside the server.",
        "Two workers. Answered means on disk: SQLite `synchronous=FULL`, PostgreSQL's defaults. Made by `bench/sync.py`.",
        "",
        "| | SQLite | PostgreSQL |",
        "|---|---|---|",
    ]
    for clients in (1, 4):
        for batch in (1, 100):
            words = (
                f"{clients} client{'s' if clients > 1 else ''}, {'single entries' if batch == 1 else 'batches of 100'}"
            )
            lines.append(
                f"| {words} | {_cell(cells, f'sqlite {clients} {batch}')} | {_cell(cells, f'postgresql {clients} {batch}')} |"
            )
    for kind, words in (("same", "bare driver, the same writes"), ("bare", "bare driver, a plain row each")):
        for batch in (1, 100):
            what = f"{words}, {'single' if batch == 1 else 'batches of 100'}"
            lines.append(
                f"| {what} | {_cell(cells, f'sqlite {kind} {batch}')} | {_cell(cells, f'postgresql {kind} {batch}')} |"
            )
    return "\n".join(lines)


def _cell(cells: dict[str, dict[str, float]], key: str) -> str:
    return report.rate(cells[key])


if __name__ == "__main__":
    result = measure()
    report.keep("sync", {"cells": result, "seconds": SECONDS}, table(result))
