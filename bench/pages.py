"""What does Lighthouse say of the pages, on its own idea of a phone? Performance, accessibility and best practices, of 100.

Each page is loaded anew in Debian's Chromium against the production server, signed in as a demo person where it has to be.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright._impl._driver import compute_driver_executable
from playwright.sync_api import sync_playwright

from bench import report
from tests.e2e.conftest import CHROMIUM
from tests.e2e.phone import ARGS
from tests.server import Server, free_port, serving

RUNS = int(os.environ.get("BENCH_RUNS", "3"))
HERE = Path(__file__).parent / "lighthouse"
CATEGORIES = ("performance", "accessibility", "best-practices")
WANTED = (95, 100, 100)
Page = tuple[str, str, str]
"""What it is in words, who looks at it (a handle, or nobody), its address."""


def pages(server: Server) -> list[Page]:
    """The pages that people land on: nobody's, a worker's, a coordinator's."""
    worker, coordinator = "demo-ash", server.of_part("coordinator")["handle"]
    group = server.python(
        f"from alongside.people.models import Membership as M; print(M.objects.get(account__handle={coordinator!r}).group_id)"
    )
    return [
        ("sign in", "", "/people/sign-in/"),
        ("home: record work", worker, "/"),
        ("my record", worker, "/record/"),
        ("watch over me", worker, "/watch/"),
        ("what was shared with a group", coordinator, f"/work/groups/{group}/shared/"),
        ("pay people", coordinator, f"/pay/groups/{group}/"),
    ]


@contextmanager
def signed_in(server: Server, handle: str, folder: Path) -> Iterator[int]:
    """A browser of its own that this demo person has just signed in with, or nobody; the port that it listens on."""
    port = free_port()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            folder / f"profile-{port}", executable_path=CHROMIUM, args=[*ARGS, f"--remote-debugging-port={port}"]
        )
        if handle:
            browser.new_page().goto(server.person(handle)["sign_in"])
        yield port
        browser.close()


def once(address: str, port: int, folder: Path) -> dict[str, Any]:
    """Lighthouse's report of one load of the page at ``address``, with nothing kept from an earlier one but who is signed in."""
    found = folder / "report.json"
    subprocess.run(
        [
            str(compute_driver_executable()[0]), str(HERE / "node_modules/lighthouse/cli/index.js"), address,
            "--quiet", "--no-enable-error-reporting", f"--only-categories={','.join(CATEGORIES)}",
            f"--port={port}", "--output=json", f"--output-path={found}",
        ],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    told: dict[str, Any] = json.loads(found.read_text())
    if not told["finalDisplayedUrl"].startswith(address) or "runtimeError" in told:
        raise RuntimeError(f"{address}: {told['finalDisplayedUrl']} {told.get('runtimeError')}")
    return told


def measure() -> dict[str, dict[str, Any]]:
    """Of each page: each category's scores as a spread, and which audits did not give all they could."""
    found: dict[str, dict[str, Any]] = {}
    with serving(workers=2) as server, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        for words, handle, path in pages(server):
            with signed_in(server, handle, Path(name)) as port:
                reports = [once(f"{server.url}{path}", port, Path(name)) for _ in range(RUNS)]
            scores = {c: [round(100 * r["categories"][c]["score"]) for r in reports] for c in CATEGORIES}
            found[words] = {
                **{c: report.spread(values) for c, values in scores.items()},
                "less": sorted({audit for r in reports for audit in _less(r)}),
            }
    return found


def _less(told: dict[str, Any]) -> list[str]:
    """The audits that weigh in a score and did not give all of it."""
    counted = {ref["id"] for c in CATEGORIES for ref in told["categories"][c]["auditRefs"] if ref["weight"]}
    scores = {audit: told["audits"][audit]["score"] for audit in counted}
    return [audit for audit, score in scores.items() if score is not None and score < 1]


def table(cells: dict[str, dict[str, Any]]) -> str:
    """The cells as a table, beside what is wanted."""
    lines = [
        "## Lighthouse",
        "",
        f"Scores of 100 on Lighthouse's own slow phone (mobile), median (least to most) of {RUNS} loads each, Chromium's headless",
        f"shell on {os.cpu_count()} cores that the server shares. Made by `bench/pages.py`.",
        "",
        "| | performance | accessibility | best practices |",
        "|---|---|---|---|",
        f"| wanted | {' | '.join(str(score) for score in WANTED)} |",
    ]
    for words, one in cells.items():
        lines.append(f"| {words} | {' | '.join(report.rate(one[category]) for category in CATEGORIES)} |")
    less = sorted({audit for one in cells.values() for audit in one["less"]})
    return "\n".join(
        [*lines, "", f"Audits that gave less than all of their part somewhere: {', '.join(less) or 'none'}."]
    )


if __name__ == "__main__":
    result = measure()
    report.keep("pages", {"cells": result}, table(result))
