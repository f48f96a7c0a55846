"""From a deadline that nobody answered to a letter at the gateway; and how many times a second people can say "I'm OK".

The job processes (of ``alongside jobs``, or of ``serve`` where people say OK), two server processes, the gateway and the
clients, all on the same cores. First very many deadlines in one instant; then OKs by sixteen clients, alone and while very many escalate; then one deadline at a time beside very many open
check-ins. Beside it what the bare driver writes: rows of the same number and size.
"""

import datetime as dt
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import report
from bench.client import Client
from tests.postgres import start as start_postgres
from tests.processes import at_once, told
from tests.server import Server, free_port

DUE = int(os.environ.get("BENCH_DUE", "10000"))
OPEN = int(os.environ.get("BENCH_OPEN", "1000000"))
PEOPLE = min(OPEN, 20_000)
"""How many people the open check-ins are of."""
RUNS = int(os.environ.get("BENCH_RUNS", "3"))
"""How often the deadlines at one instant and the OKs are measured."""
ALONE = int(os.environ.get("BENCH_ALONE", "100"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "8"))
CLIENTS = 16
PATIENCE = 300.0
LEAD = 30.0
"""Seconds from the begin of filling to the instant at which everything is due: filling must be over by then."""


class Gateway:
    """A process that takes SMS and writes down when each came."""

    def __init__(self, folder: Path) -> None:
        self.port, self._file = free_port(), folder / "came"
        self._file.touch()
        self._process = subprocess.Popen([sys.executable, "-m", "tests.sink", str(self.port), str(self._file)])

    def came(self) -> list[dict[str, Any]]:
        """Every request so far: when it came (``at``) and the letter's key (``key``)."""
        whole = self._file.read_text().splitlines(keepends=True)
        return [json.loads(line) for line in whole if line.endswith("\n")]

    def wait(self, count: int) -> list[dict[str, Any]]:
        """The requests, once there are so many; as many as came when the patience is over."""
        end = time.monotonic() + PATIENCE
        while self._file.read_bytes().count(b"\n") < count and time.monotonic() < end:
            time.sleep(0.5)
        return self.came()

    def end(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()


@contextmanager
def running(server: Server) -> Iterator[None]:
    """The job processes."""
    jobs = subprocess.Popen(server.command("jobs"), env=server.env, cwd=server.folder)
    try:
        yield
    finally:
        jobs.terminate()
        jobs.wait(60)


# --- what runs inside the installation ----------------------------------------------------------------------------------


def fill(count: str, due_in: str) -> None:
    """Make check-ins that fall due at one instant; print it, as seconds since 1970."""
    from alongside.watch import load

    due, _ids = load.fill(int(count), due_in=float(due_in))
    print(due.timestamp())


def copy(times: str) -> None:
    """Give everybody who has an open check-in so many more like it."""
    from django.db import connection

    from alongside.watch.models import CheckIn

    names = [field.column for field in CheckIn._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(f'"{name}"' for name in names)
    made = "lower(hex(randomblob(16)))" if connection.vendor == "sqlite" else "gen_random_uuid()"
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bench_from AS SELECT * FROM watch_checkin WHERE state = 'watching'")
        for _ in range(int(times)):
            cursor.execute(f"INSERT INTO watch_checkin (id, {columns}) SELECT {made}, {columns} FROM bench_from")
        cursor.execute("ANALYZE watch_checkin")
    print(CheckIn.objects.filter(next_at__isnull=False).count())


def fill_one_by_one(count: str) -> None:
    """Make check-ins that fall due a third of a second apart, from five seconds on."""
    from alongside.watch import load

    for number in range(int(count)):
        load.fill(1, due_in=5 + number / 3)


def calls() -> None:
    """Print the key of each call with the instant at which it was due."""
    from alongside.watch.models import Call

    rows = Call.objects.values_list("id", "check_in__due_at")
    print(json.dumps({str(pk): due.timestamp() for pk, due in rows}))


def people(count: str) -> None:
    """Make people with a token each and a check-in every ten minutes; print both."""
    from alongside.people import actions
    from alongside.watch import load
    from alongside.watch.models import CheckIn

    _due, ids = load.fill(int(count), due_in=10**5)
    CheckIn.objects.filter(pk__in=ids).update(every=600, grace=60)
    rows = CheckIn.objects.select_related("person").filter(pk__in=ids)
    print(json.dumps([(actions.make_token(account=row.person), str(row.pk)) for row in rows]))


def settle() -> None:
    """End what earlier questions began: chains that nobody acknowledged would call again in the middle of the next one.

    Print how many check-ins that were.
    """
    from alongside.outbox.models import Dispatch
    from alongside.watch import rules
    from alongside.watch.models import CheckIn

    print(CheckIn.objects.filter(next_at__isnull=False).update(state=rules.ENDED, next_at=None))
    Dispatch.objects.filter(next_at__isnull=False).update(state="withdrawn", next_at=None)


def bare(count: str) -> None:
    """Print how long the bare driver takes: for the rows of so many calls in batches, and for one small write of many."""
    from uuid import uuid4

    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_rows (id varchar(32) PRIMARY KEY, content varchar(400))")
        begun = time.perf_counter()
        for _ in range(0, int(count), 250):
            rows = [(uuid4().hex, "x" * 200) for _ in range(250 * 5)]
            with transaction.atomic():
                cursor.executemany("INSERT INTO bench_rows VALUES (%s, %s)", rows)
        batches = time.perf_counter() - begun
        key, begun, done = rows[0][0], time.perf_counter(), 0
        while time.perf_counter() - begun < SECONDS:
            cursor.execute("UPDATE bench_rows SET content = %s WHERE id = %s", [str(done), key])
            done += 1
    print(json.dumps([batches, done / SECONDS]))


def asked(server: Server, function: str, *words: str) -> Any:
    """The JSON that a function of this module prints inside the installation."""
    return told(server, "bench.watch", function, *words)


# --- the questions --------------------------------------------------------------------------------------------------------


def at_one_instant(server: Server, gateway: Gateway) -> dict[str, float]:
    """Seconds from one instant at which DUE are due until their letters are at the gateway."""
    before = gateway.came()
    with running(server):
        due = asked(server, "fill", str(DUE), str(LEAD))
        gateway.wait(len(before) + DUE)
        time.sleep(2)
        came = gateway.came()[len(before) :]
    keys = {one["key"] for one in came}
    wanted = set(asked(server, "calls")) - {one["key"] for one in before}
    at = sorted(one["at"] - due for one in came)
    return {
        "first": at[0], "half": at[len(at) // 2], "95 %": at[len(at) * 95 // 100], "all": at[-1],
        "lost": DUE - len(keys & wanted), "doubled": len(came) - len(keys),
    }  # fmt: skip


def one_among_many(server: Server, gateway: Gateway) -> dict[str, float]:
    """Milliseconds from a deadline to its letter, one deadline at a time beside OPEN check-ins that are not due."""
    asked(server, "fill", str(PEOPLE), str(10**6))
    there = asked(server, "copy", str(OPEN // PEOPLE - 1))
    assert there >= OPEN, there
    before = len(gateway.came())
    with running(server):
        at_once(server, "bench.watch", "fill_one_by_one", str(ALONE), count=1)
        came = gateway.wait(before + ALONE)[before:]
    due = asked(server, "calls")
    waits = sorted((one["at"] - due[one["key"]]) * 1000 for one in came)
    assert len(waits) == ALONE
    return {"median": statistics.median(waits), "p99": waits[ALONE * 99 // 100 - 1], "most": waits[-1]}


def say_ok(url: str, who: list[tuple[str, str]], begin: float, out: "multiprocessing.Queue[list[float]]") -> None:
    """One client: from the instant ``begin`` on, for SECONDS; puts how long each answer took, in milliseconds."""
    client = Client(url)
    requests = [client.request(f"/api/v1/watch/{check_in}/ok", token=token) for token, check_in in who]
    took: list[float] = []
    time.sleep(max(0.0, begin - time.time()))
    while time.time() - begin < SECONDS:
        begun = time.perf_counter()
        status, answer = client.ask(requests[len(took) % len(requests)])
        took.append((time.perf_counter() - begun) * 1000)
        assert status == 200, answer
    out.put(took)


def oks(server: Server, who: list[tuple[str, str]], begin: float) -> dict[str, float]:
    """OKs a second by sixteen clients from ``begin`` on, and how long one takes."""
    out: multiprocessing.Queue[list[float]] = multiprocessing.Queue()
    each = len(who) // CLIENTS
    clients = [
        multiprocessing.Process(target=say_ok, args=(server.url, who[n * each : (n + 1) * each], begin, out))
        for n in range(CLIENTS)
    ]
    for one in clients:
        one.start()
    took = sorted(ms for _ in clients for ms in out.get())
    for one in clients:
        one.join()
    return {
        "a second": len(took) / SECONDS,
        "median, ms": statistics.median(took),
        "p99, ms": took[len(took) * 99 // 100],
    }


def several(runs: list[dict[str, float]]) -> dict[str, dict[str, float]]:
    """Each figure of some runs with its spread."""
    return {name: report.spread([run[name] for run in runs]) for name in runs[0]}


def measured(databases: dict[str, str], folder: Path) -> dict[str, Any]:
    """Every question on one new installation; ``databases`` are its settings, none for SQLite."""
    gateway = Gateway(folder)
    server = Server(folder, demo=False, workers=2, anew=True)
    server.databases = databases
    server.extra = {"ALONGSIDE_SMS_URL": f"json://127.0.0.1:{gateway.port}/"}
    try:
        server.run("audit", "verify")
        found: dict[str, Any] = {"instant": several([at_one_instant(server, gateway) for _ in range(RUNS)])}
        asked(server, "settle")
        who = asked(server, "people", str(CLIENTS * 4))
        server.start()  # with job processes of its own
        try:
            found["ok"] = several([oks(server, who, time.time() + 3) for _ in range(RUNS)])
            meanwhile = []
            for number in range(RUNS):
                due = asked(server, "fill", str(DUE), str(LEAD))
                meanwhile.append(oks(server, who, due))
                gateway.wait((RUNS + number + 1) * DUE)
            found["ok meanwhile"] = several(meanwhile)
        finally:
            server.stop()
        asked(server, "settle")
        found["one"] = one_among_many(server, gateway)
        batches, single = asked(server, "bare", str(DUE))
        found["bare"] = {"batches, s": batches, "single, a second": single}
    finally:
        gateway.end()
    return found


def measure() -> dict[str, Any]:
    """Both databases."""
    found = {}
    for name in ("SQLite", "PostgreSQL"):
        with tempfile.TemporaryDirectory(prefix="alongside-bench-") as place:
            folder = Path(place)
            urls = _two_databases(start_postgres(folder / "postgres")) if name == "PostgreSQL" else {}
            (folder / "installation").mkdir()
            found[name] = measured(urls, folder / "installation")
            print(name, found[name], file=sys.stderr, flush=True)
    return found


def _two_databases(address: str) -> dict[str, str]:
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        for name in ("main", "keys"):
            connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
    return {
        setting: address.replace("/postgres?", f"/{name}?")
        for setting, name in (("DATABASE_URL", "main"), ("KEYS_URL", "keys"))
    }


ROWS = (
    ("instant", "first", "{:,} due at one instant: first letter at the gateway, s", 1),
    ("instant", "half", "half of them, s", None),
    ("instant", "95 %", "95 % of them, s", 8),
    ("instant", "all", "all of them, s", 12),
    ("instant", "lost", "lost", 0),
    ("instant", "doubled", "doubled", 0),
    ("bare", "batches, s", "bare driver: rows of the same number and size, s", None),
    ("one", "median", "one due among {open:,} open of {people:,} people: its letter at the gateway, median, ms", None),
    ("one", "p99", "p99, ms", 1000),
    ("ok", "a second", "I'm OK, 16 clients, a second", 700),
    ("ok", "median, ms", "median, ms", 25),
    ("ok", "p99, ms", "p99, ms", None),
    ("ok meanwhile", "a second", "the same while {:,} escalate, a second", None),
    ("ok meanwhile", "median, ms", "median, ms", None),
    ("bare", "single, a second", "bare driver: single rows written, one writer, a second", None),
)


def cell(value: Any) -> str:
    """A figure, or the median of some with the least and the most."""
    if isinstance(value, dict):
        said = [f"{value[name]:,.2f}".removesuffix(".00") for name in ("median", "least", "most")]
        return said[0] if value["least"] == value["most"] else f"{said[0]} ({said[1]} to {said[2]})"
    return f"{value:,.2f}".removesuffix(".00")


def table(cells: dict[str, Any]) -> str:
    """The cells as a table, beside what is wanted."""
    lines = [
        "## Watch",
        "",
        f"On {os.cpu_count()} cores that job processes, two server processes, gateway and clients share; where there is a spread, of",
        f"{RUNS} runs (least to most), elsewhere one. Made by `bench/watch.py`. For orientation: Healthchecks 4.3 on two cores, 10,000",
        "deadlines in one instant: first webhook after 39 to 54 s, half by 114 to 171 s, last by 184 to 261 s; 130 to 305",
        '"I am alive" requests a second at 16 clients, median 47 to 174 ms.',
        "",
        "| | wanted | SQLite | PostgreSQL |",
        "|---|---|---|---|",
    ]
    for part, name, words, wanted in ROWS:
        values = [cell(cells[database][part][name]) for database in ("SQLite", "PostgreSQL")]
        said = words.format(DUE, open=OPEN, people=PEOPLE)
        lines.append(f"| {said} | {'' if wanted is None else f'{wanted:,}'} | {' | '.join(values)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    result = measure()
    today = dt.datetime.now(dt.UTC).date().isoformat()
    report.keep("watch", {"cells": result, "due": DUE, "open": OPEN, "day": today}, table(result))
