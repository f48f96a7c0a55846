"""How long does `alongside audit verify` take over a million rows, from the command's start to its end?"""

import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from bench import report
from tests.postgres import start

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
RUNS = int(os.environ.get("BENCH_RUNS", "3"))
GROUPS, PEOPLE = 200, 10_000
_ACTS = ("work.shared", "pay.claimed", "work.sync", "pay.paid", "roles.agreed")


def chained() -> Iterator[tuple[Any, ...]]:
    """Rows of 200 groups and 10,000 people, written in turn, hashed as :func:`alongside.kit.audit.link` says."""
    space = UUID(int=7)
    names = [uuid5(space, str(number)) for number in range(GROUPS + PEOPLE)]
    state = {name: (0, bytes(32)) for name in names}
    for number in range(ROWS):
        # Every second row is a group's: the groups are what many people write to.
        chain = names[number // 2 % GROUPS] if number % 2 else names[GROUPS + number * 7919 % PEOPLE]
        seq, before = state[chain]
        act = _ACTS[number % len(_ACTS)]
        detail = {"entries": number % 90} if act == "work.sync" else {"share": str(uuid5(space, f"share {number}"))}
        day = (date(2026, 1, 1) + timedelta(days=number * 300 // ROWS)).isoformat()
        actor = chain.hex[:16]
        content = json.dumps([str(chain), seq + 1, day, act, actor, detail], sort_keys=True, separators=(",", ":"))
        made = hashlib.sha256(before + content.encode()).digest()
        state[chain] = (seq + 1, made)
        yield chain, seq + 1, day, act, actor, json.dumps(detail), made
    yield from ((name, seq, made) for name, (seq, made) in state.items() if seq)


def fill(url: str, data: Path) -> None:
    """Make the tables and write the rows with the bare driver."""
    env = environment(url, data)
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], env=env, check=True)
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0", "--database=keys"], env=env, check=True)
    (_fill_postgres if url else _fill_sqlite)(url or str(data / "alongside.sqlite3"))


def _fill_sqlite(path: str) -> None:
    import sqlite3

    with sqlite3.connect(path) as connection:
        for row in chained():
            if len(row) == 3:
                connection.execute("INSERT INTO kit_audithead VALUES (?, ?, ?)", (row[0].hex, *row[1:]))
            else:
                columns = "chain, seq, day, act, actor, detail, hash"
                connection.execute(
                    f"INSERT INTO kit_auditrow ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", (row[0].hex, *row[1:])
                )
    connection.close()


def _fill_postgres(url: str) -> None:
    import psycopg

    heads = []
    with psycopg.connect(url) as connection:
        with connection.cursor().copy(
            "COPY kit_auditrow (chain, seq, day, act, actor, detail, hash) FROM STDIN"
        ) as copy:
            for row in chained():
                if len(row) == 3:
                    heads.append(row)
                else:
                    copy.write_row(row)
        connection.cursor().executemany("INSERT INTO kit_audithead VALUES (%s, %s, %s)", heads)


def environment(url: str, data: Path) -> dict[str, str]:
    """What the installation's commands need to know."""
    return {**os.environ, "ALONGSIDE_DATA": str(data), "DATABASE_URL": url, "KEYS_URL": ""}


def once(url: str, data: Path) -> tuple[float, float]:
    """Seconds that the command takes, on the wall and of a processor's time."""
    command = [str(Path(sys.executable).parent / "alongside"), "audit", "verify", "--data", str(data)]
    begun, used = time.monotonic(), _used()
    done = subprocess.run(command, env=environment(url, data), capture_output=True, text=True, check=True)
    took = time.monotonic() - begun, _used() - used
    if f"{ROWS} rows" not in done.stdout or "all hold" not in done.stdout:
        raise RuntimeError(done.stdout)
    return took


def _used() -> float:
    all_children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return all_children.ru_utime + all_children.ru_stime


def measure() -> dict[str, dict[str, float]]:
    """Both databases, as spreads."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        server = start(Path(folder) / "server")
        for name, url in (("SQLite", ""), ("PostgreSQL", server)):
            data = Path(folder) / name
            data.mkdir()
            fill(url, data)
            walls, used = zip(*[once(url, data) for _ in range(RUNS)], strict=True)
            found[name], found[f"{name}, processor"] = report.spread(walls), report.spread(used)
    return found


def table(cells: dict[str, dict[str, float]]) -> str:
    """The cells as a table."""
    lines = [
        "## Audit chains",
        "",
        f"Seconds for `alongside audit verify` over {ROWS:,} rows in {GROUPS + PEOPLE:,} chains, from its start to its",
        f"end (two processes, on PostgreSQL beside its server), median (least to most) of {RUNS} runs; beside it the processor's time that",
        f"the command itself used. {os.getloadavg()[1]:.0f} processes wanted one of the {os.cpu_count()} cores meanwhile.",
        "Made by `bench/audit.py`.",
        "",
        "| | seconds | of processor's time |",
        "|---|---|---|",
    ]
    for name in ("SQLite", "PostgreSQL"):
        wall, used = (
            f"{v['median']:.1f} ({v['least']:.1f} to {v['most']:.1f})"
            for v in (cells[name], cells[f"{name}, processor"])
        )
        lines.append(f"| {name} | {wall} | {used} |")
    return "\n".join(lines)


if __name__ == "__main__":
    result = measure()
    report.keep("audit", {"rows": ROWS, "cells": result, "load": os.getloadavg()}, table(result))
