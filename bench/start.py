"""How long from `alongside serve --demo` until it answers, the first time and the second?"""

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from bench import report
from tests.server import free_port

RUNS = int(os.environ.get("BENCH_RUNS", "3"))


def once(data: Path) -> float:
    """Seconds until an answer of any kind."""
    port = free_port()
    command = [
        str(Path(sys.executable).parent / "alongside"),
        "serve",
        "--demo",
        "--data",
        str(data),
        "--port",
        str(port),
    ]
    begun = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/about/", timeout=5).read()
            break
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.02)
    took = time.monotonic() - begun
    process.terminate()
    process.wait()
    return took


def measure() -> dict[str, dict[str, float]]:
    """First and second start, as spreads."""
    first, second = [], []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as folder:
            first.append(once(Path(folder)))
            second.append(once(Path(folder)))
    return {"first": report.spread(first), "second": report.spread(second)}


def table(cells: dict[str, dict[str, float]]) -> str:
    """The cells as a table."""
    lines = [
        "## Start",
        "",
        "Seconds until the first answer, median (least to most). Made by `bench/start.py`.",
        "",
        "| | seconds |",
        "|---|---|",
    ]
    lines += [f"| {k} start | {v['median']:.1f} ({v['least']:.1f} to {v['most']:.1f}) |" for k, v in cells.items()]
    return "\n".join(lines)


if __name__ == "__main__":
    result = measure()
    report.keep("start", {"cells": result}, table(result))
