"""How fast do letters that wait reach a gateway: ten thousand at one instant, over HTTP, with the gateway beside the sender?"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import report
from tests.postgres import start
from tests.server import free_port

LETTERS = int(os.environ.get("BENCH_LETTERS", "10000"))
RUNS = int(os.environ.get("BENCH_RUNS", "3"))
PATIENCE = 300.0


def inside(port: str) -> None:
    """In a process of an installation: make people, start a sender and a gateway, post letters, say when they arrived."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    from alongside.kit.models import Beat
    from alongside.outbox import dispatch, senders
    from alongside.outbox.models import Dispatch

    for name in ("default", "keys"):
        call_command("migrate", database=name, verbosity=0)
    owners = _people()
    got = Path(os.environ["ALONGSIDE_DATA"]) / "got"
    sink = subprocess.Popen([sys.executable, "-m", "tests.sink", port, str(got)], stdout=subprocess.PIPE, text=True)
    sender = subprocess.Popen([sys.executable, "-m", "alongside.config.cli", "jobs", "--only", "outbox"])
    try:
        assert sink.stdout is not None
        sink.stdout.readline()
        while not Beat.objects.filter(name=senders.BEAT).exists():
            time.sleep(0.1)
        notes = _notes(owners)
        with transaction.atomic():
            dispatch.post(notes)
        begin = time.time()
        while Dispatch.objects.filter(state="waiting").exists() and time.time() - begin < PATIENCE:
            time.sleep(0.2)
        marked = time.time() - begin
    finally:
        sender.terminate()
        sender.wait(30)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        sink.kill()
    came = sorted((line["at"] - begin, line["key"]) for line in map(json.loads, got.read_text().splitlines()))
    assert {key for _at, key in came} == {str(note.id) for note in notes}, "none is lost"
    at = [when for when, _key in came]
    print(
        json.dumps(
            {
                "first": at[0], "half": at[len(at) // 2], "95 %": at[len(at) * 95 // 100], "all": at[-1], "marked": marked,
                "doubled": len(came) - len(notes), "processor": used.ru_utime + used.ru_stime,
            }
        )
    )  # fmt: skip


def _people() -> list[Any]:
    """Owners, each with a key and an SMS channel that works."""
    from uuid import uuid4

    from alongside.kit import clock, closed
    from alongside.kit.models import DataKey
    from alongside.outbox import queries
    from alongside.outbox.models import Channel

    owners = [(uuid4(), os.urandom(32)) for _ in range(LETTERS)]
    DataKey.objects.bulk_create((DataKey(owner=o, key=k) for o, k in owners), batch_size=1000)
    digest, rows = queries.digest("sms", "+15550123456"), []
    for number, (owner, key) in enumerate(owners):
        row = Channel(owner=owner, kind="sms", digest=digest, language="en", state="works", day=clock.today())
        row.address = closed.close_with(key, row.at, f"+1555{number:07}")
        rows.append(row)
    Channel.objects.bulk_create(rows, batch_size=1000)
    return [owner for owner, _key in owners]


def _notes(owners: list[Any]) -> list[Any]:
    import datetime as dt
    from uuid import uuid4

    from alongside.kit import clock
    from alongside.outbox import dispatch

    good = clock.database_now() + dt.timedelta(hours=1)
    return [dispatch.Note(uuid4(), o, "watch.call", {"link": f"https://x.example/watch/c/{o}/"}, good) for o in owners]


def once(url: str) -> dict[str, float]:
    """One run on a new installation; ``url`` is an empty PostgreSQL, or nothing for SQLite."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        env = {
            **os.environ, "ALONGSIDE_DATA": folder, "DATABASE_URL": url, "KEYS_URL": "",
            "DJANGO_SETTINGS_MODULE": "alongside.config.settings", "ALONGSIDE_SMS_URL": f"json://127.0.0.1:{port}/",
        }  # fmt: skip
        command = [sys.executable, "-m", "bench.outbox", "inside", str(port)]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        return found


def measure() -> dict[str, dict[str, dict[str, float]]]:
    """Both databases, as spreads of what each run found."""
    found = {}
    for name in ("SQLite", "PostgreSQL"):
        runs = []
        for _ in range(RUNS):
            with tempfile.TemporaryDirectory() as folder:
                runs.append(once(start(Path(folder) / "server") if name == "PostgreSQL" else ""))
            print(name, runs[-1], file=sys.stderr, flush=True)
        found[name] = {key: report.spread([run[key] for run in runs]) for key in runs[0]}
    return found


def table(cells: dict[str, dict[str, dict[str, float]]]) -> str:
    """The cells as a table."""
    lines = [
        "## Letters that leave",
        "",
        f"Seconds from the commit of {LETTERS:,} letters until they are at an HTTP gateway beside the one sender, and",
        f"marked; median (least to most) of {RUNS} runs. {os.getloadavg()[1]:.0f} processes wanted one of the {os.cpu_count()} cores meanwhile.",
        "Processor: the sender's own seconds in all, its start too. Made by `bench/outbox.py`.",
        "",
        "| | first | half | 95 % | all | all marked | doubled | processor |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, found in cells.items():
        cell = [f"{v['median']:.1f} ({v['least']:.1f} to {v['most']:.1f})" for v in found.values()]
        lines.append(f"| {name} | {' | '.join(cell)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    if sys.argv[1:2] == ["inside"]:
        inside(sys.argv[2])
    else:
        result = measure()
        report.keep("outbox", {"letters": LETTERS, "cells": result, "load": os.getloadavg()}, table(result))
