"""Does it stay as quick with a million entries? The same person's and group's pages with 1 % of them, and with all."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import report
from tests.postgres import start

GROUPS = int(os.environ.get("BENCH_GROUPS", "200"))
ENTRIES = int(os.environ.get("BENCH_ENTRIES", "5000"))
"""Entries a group."""
RUNS = int(os.environ.get("BENCH_RUNS", "40"))
WHAT = {
    "record": "recording (one entry sent)",
    "mine": "my record",
    "inbox": "the coordinator's inbox",
    "month": "the month's totals",
    "payroll": "the payroll file",
    "counted": "a group's month counted and proven",
}


def inside(groups: int) -> None:
    """In a process of its own, on an empty installation: make the community, and print what each act takes (seconds)."""
    import django

    django.setup()
    from django.core.management import call_command

    for alias in ("default", "keys"):
        call_command("migrate", database=alias, verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=["django_htmx", "redoc*"])
    from bench import community

    worked = community.group(ENTRIES)
    community.copy(groups - 1)
    acts = _acts(worked)
    times: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(RUNS + 5):
        for name, act in acts.items():
            begun = time.perf_counter()
            act()
            times[name].append(time.perf_counter() - begun)
    print(json.dumps({name: report.spread(found[5:]) for name, found in times.items()}))


def _acts(worked: Any) -> dict[str, Callable[[], None]]:
    from django.conf import settings
    from django.test import Client

    from alongside.kit import clock
    from alongside.people.models import Account
    from alongside.work import months
    from alongside.work.response_rules import first_of
    from bench import community

    settings.ALLOWED_HOSTS = ["testserver"]
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    worker, coordinator = Client(), Client()
    worker.force_login(Account.objects.get(pk=worked.worker), backend=backend)
    coordinator.force_login(Account.objects.get(pk=worked.coordinator), backend=backend)
    month = clock.today().isoformat()[:7]
    bearer = {"Authorization": f"Bearer {worked.token}"}

    def record() -> None:
        body = {"entries": [community.entry(clock.today())]}
        answer = Client().post(
            "/api/v1/work/entries/sync", json.dumps(body), content_type="application/json", headers=bearer
        )
        assert answer.json()["entries"][0]["status"] == "stored", answer.content

    def counted() -> None:
        _shown, pieces = months.work_of(worked.group, first_of(clock.today(), 1))
        assert pieces >= 10, pieces

    def look(client: Client, path: str) -> Callable[[], None]:
        def act() -> None:
            answer = client.get(path)
            assert answer.status_code == 200, (path, answer.status_code)

        return act

    return {
        "record": record,
        "mine": look(worker, "/record/"),
        "inbox": look(coordinator, f"/work/groups/{worked.group}/shared/"),
        "month": look(worker, f"/pay/groups/{worked.group}/statements/{month}/"),
        "payroll": look(coordinator, f"/pay/groups/{worked.group}/payroll/{month}.csv"),
        "counted": counted,
    }


def once(url: str, data: Path, groups: int) -> dict[str, dict[str, float]]:
    """What each act takes in a community of so many groups."""
    env = {
        **os.environ, "ALONGSIDE_DATA": str(data), "DATABASE_URL": url, "KEYS_URL": "",
        "DJANGO_SETTINGS_MODULE": "alongside.config.settings", "ALONGSIDE_REQUIRE_SECOND_STEP": "i-know-a-stolen-passphrase-opens-the-group",
    }  # fmt: skip
    command = [sys.executable, "-m", "bench.growth", "inside", str(groups)]
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure() -> dict[str, dict[str, dict[str, float]]]:
    """Both databases, little and all."""
    found = {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for size, groups in (("little", max(2, GROUPS // 100)), ("all", GROUPS)):
            for name in ("SQLite", "PostgreSQL"):
                data = Path(folder) / f"{name}-{size}"
                data.mkdir()
                url = start(data / "server") if name == "PostgreSQL" else ""
                found[f"{name}, {size}"] = once(url, data, groups)
    return found


def table(cells: dict[str, dict[str, dict[str, float]]]) -> str:
    """The cells as a table."""
    people = GROUPS * 51
    lines = [
        "## Growth",
        "",
        f"Milliseconds inside the server's own code, median of {RUNS}, for the same person and the same group when {people:,}",
        f"people, {GROUPS} groups and {GROUPS * ENTRIES:,} entries lie beside them, and with 1 % of that; and how many times as long it takes.",
        f"{os.getloadavg()[1]:.0f} processes wanted one of the {os.cpu_count()} cores meanwhile. Made by `bench/growth.py`.",
        "",
        "| | SQLite, 1 % | SQLite, all | times | PostgreSQL, 1 % | PostgreSQL, all | times |",
        "|---|---|---|---|---|---|---|",
    ]
    for key, words in WHAT.items():
        row = [words]
        for name in ("SQLite", "PostgreSQL"):
            little, much = (cells[f"{name}, {size}"][key]["median"] * 1000 for size in ("little", "all"))
            row += [f"{little:.1f}", f"{much:.1f}", f"{much / little:.2f}"]
        lines.append(f"| {' | '.join(row)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    if sys.argv[1:2] == ["inside"]:
        inside(int(sys.argv[2]))
    else:
        result = measure()
        report.keep(
            "growth", {"groups": GROUPS, "entries": ENTRIES, "cells": result, "load": os.getloadavg()}, table(result)
        )
