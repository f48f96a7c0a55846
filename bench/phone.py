"""How long does a phone wait? The app on a slow phone with little data; and with 500 entries that wait to be sent.

Chromium at 360 x 800 against the production server. Slow means a processor four times as slow and a network that gives
400 kbit a second, 400 ms away. The form is there when its big button can be tapped; all of it is there when the phone's
store is open too. What waits is written into the store as the form writes it.
"""

import json
import os
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from bench import report
from tests.e2e.conftest import CHROMIUM
from tests.e2e.phone import ARGS, AS_A_PHONE
from tests.e2e.vault import _imported
from tests.server import Server, serving

RUNS = int(os.environ.get("BENCH_RUNS", "3"))
WAITING = int(os.environ.get("BENCH_WAITING", "500"))
PATIENCE = 120_000
KBIT, AWAY, SLOWER = 400, 400, 4
LIMITS = {"offline": False, "latency": AWAY, "downloadThroughput": KBIT * 125, "uploadThroughput": KBIT * 125}
SLOW_NETWORK: list[tuple[str, dict[str, Any]]] = [
    ("Network.enable", {}),
    ("Network.emulateNetworkConditions", LIMITS),
]
WHAT = {
    "first form": "first visit on a slow phone: the form is there",
    "first all": "first visit on a slow phone: all of it",
    "later form": "a later visit: the form is there",
    "later all": "a later visit: all of it",
    "none": "opened without a connection, nothing waits",
    "many": f"opened without a connection, {WAITING} entries wait",
    "sent": f"{WAITING} entries sent, once there is a connection",
}
KEEP = """async ([storeAt, syncAt, owner, count]) => {
  const [{ Store, randomId }, { over }] = await Promise.all([import(storeAt), import(syncAt)]);
  const store = await Store.open(owner);
  const day = new Date().toISOString().slice(0, 10);
  const entry = { kinds: ['outreach', 'supplies'], day, part: 'evening', minutes: 45, extra: {}, expenses: [], origin: null,
    group: null, role: null, weight: 1, people: 6, supplies: { naloxone: 2 }, barriers: [], note: 'A cold night.',
    share_note: false, shared: false, deleted: false };
  for (let i = 0; i < count; i += 1) {
    const id = randomId();
    await store.update(id, (before) => over(before, { id, base: 0, from: null, entry, told: null }));
  }
}"""


def slow(page: Page) -> None:
    """From now on this page is one on an old phone with little data."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    for method, params in SLOW_NETWORK:
        session.send(method, params)


def slow_worker(page: Page) -> None:
    """From now on the page's service worker has the same network.

    A page's limits do not hold for what its worker fetches, which is all that the page asks for once the worker looks after it.
    """
    session = page.context.new_cdp_session(page)

    def found(about: dict[str, Any]) -> None:
        limits = SLOW_NETWORK if about["targetInfo"]["type"] == "service_worker" else []
        for number, (method, params) in enumerate([*limits, ("Runtime.runIfWaitingForDebugger", {})]):
            message = json.dumps({"id": number, "method": method, "params": params})
            session.send("Target.sendMessageToTarget", {"sessionId": about["sessionId"], "message": message})

    session.on("Target.attachedToTarget", found)
    session.send("Target.setAutoAttach", {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": False})


def opened(page: Page, address: str) -> tuple[float, float]:
    """Seconds until the form is there, and until all of it is."""
    begun = time.monotonic()
    page.goto(address, wait_until="commit")
    page.locator("#entry [data-save]").wait_for(state="visible", timeout=PATIENCE)
    form = time.monotonic() - begun
    page.locator("html[data-recorder=ready]").wait_for(state="attached", timeout=PATIENCE)
    return form, time.monotonic() - begun


def visits(browser: Browser, server: Server, found: dict[str, list[float]]) -> None:
    """The first page of somebody who is signed in, with nothing in the browser yet, and again."""
    context = browser.new_context(**AS_A_PHONE)
    context.new_page().goto(server.person("demo-ash")["sign_in"])
    cookies: Any = context.cookies()
    context.close()
    context = browser.new_context(**AS_A_PHONE)
    context.add_cookies(cookies)
    page = context.new_page()
    slow(page)
    slow_worker(page)
    for name in ("first", "later"):
        form, whole = opened(page, server.url)
        found.setdefault(f"{name} form", []).append(form)
        found.setdefault(f"{name} all", []).append(whole)
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    context.close()


def waiting(browser: Browser, server: Server, found: dict[str, list[float]]) -> None:
    """Open the app offline with nothing that waits, and with much; then send it."""
    context = browser.new_context(**AS_A_PHONE)
    page = context.new_page()
    page.goto(server.person("demo-ash")["sign_in"])
    opened(page, server.url)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    opened(page, server.url)
    script = page.evaluate("document.querySelector('script[src*=\"work/record.\"]').src")
    sync_at = _imported(page, script, "/sync")
    store_at = _imported(page, sync_at, "/store")
    owner = page.evaluate("fetch('/phone.json').then((r) => r.json()).then((b) => b.owner)")
    before = _stored(page)
    context.set_offline(True)
    found.setdefault("none", []).append(opened(page, server.url)[1])
    page.evaluate(KEEP, [store_at, sync_at, owner, WAITING])
    found.setdefault("many", []).append(opened(page, server.url)[1])
    expect(page.locator("#waiting article").first).to_be_visible()
    begun = time.monotonic()
    context.set_offline(False)
    expect(page.locator("#waiting article")).to_have_count(0, timeout=PATIENCE)
    found.setdefault("sent", []).append(time.monotonic() - begun)
    if _stored(page) - before != WAITING:
        raise RuntimeError("not all were sent")
    context.close()


def _stored(page: Page) -> int:
    """How many entries the server has of this person."""
    count = """async () => {
      let [found, next] = [0, '/api/v1/work/entries'];
      while (next) { const body = await (await fetch(next)).json(); found += body.entries.length; next = body.next }
      return found
    }"""
    found: int = page.evaluate(count)
    return found


def measure(act: Callable[[Browser, Server, dict[str, list[float]]], None], found: dict[str, list[float]]) -> None:
    """RUNS times, each with a browser of its own, on one server."""
    with serving(workers=2) as server, sync_playwright() as playwright:
        for _ in range(RUNS):
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
            act(browser, server, found)
            browser.close()


def table(cells: dict[str, dict[str, float]]) -> str:
    """The cells as a table."""
    lines = [
        "## On a phone",
        "",
        f"Seconds, median (least to most) of {RUNS} runs, Chromium at 360 x 800. A slow phone: a processor {SLOWER} times as slow,",
        f"{KBIT} kbit a second, {AWAY} ms away. {os.getloadavg()[1]:.0f} processes wanted one of the {os.cpu_count()} cores meanwhile.",
        "Made by `bench/phone.py`.",
        "",
        "| | seconds |",
        "|---|---|",
    ]
    for key, words in WHAT.items():
        one = cells[key]
        lines.append(f"| {words} | {one['median']:.1f} ({one['least']:.1f} to {one['most']:.1f}) |")
    return "\n".join(lines)


if __name__ == "__main__":
    times: dict[str, list[float]] = {}
    measure(visits, times)
    measure(waiting, times)
    result = {key: report.spread(values) for key, values in times.items()}
    report.keep("phone", {"cells": result, "load": os.getloadavg()}, table(result))
