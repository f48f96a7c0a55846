"""What tests of the recording form need: taps, the API as another client sees it, what waits on the phone."""

import json
import re
import time
import urllib.request
import uuid
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext, override
from playwright.sync_api import BrowserContext, CDPSession, Locator, Page, expect

from tests.server import Server

Say = Callable[[str], str]


def words(locale: str) -> Say:
    """``say("Saved.")`` is what stands there in this language."""

    def say(text: str) -> str:
        with override(locale):
            return gettext(text)

    return say


def api(server: Server, handle: str, path: str = "/api/v1/work/entries", body: Any = None) -> Any:
    """The API's answer to this person's token."""
    request = urllib.request.Request(
        server.url + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {server.person(handle)['token']}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def entries(server: Server, handle: str) -> list[dict[str, Any]]:
    """Every entry that the server holds of this person, deletions too."""
    found: list[dict[str, Any]] = []
    path: str | None = "/api/v1/work/entries"
    while path:
        answer = api(server, handle, path)
        found += answer["entries"]
        path = answer["next"]
    return found


def noted(server: Server, handle: str, note: str) -> list[dict[str, Any]]:
    """The entries with this note."""
    return [e for e in entries(server, handle) if e.get("note") == note]


def fresh_note() -> str:
    """A note that nothing else holds."""
    return f"note-{uuid.uuid4().hex}"


def ready(page: Page) -> Page:
    """Wait until the page's scripts have read the phone's store."""
    expect(page.locator("html[data-recorder=ready]")).to_be_attached()
    return page


def installed(page: Page) -> Page:
    """Wait until the service worker looks after this page."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    until(lambda: page.evaluate("() => (navigator.serviceWorker.controller || {}).state"), "activated")
    return page


def until(ask: Callable[[], Any], wanted: Any = True) -> None:
    """Ask until the answer is ``wanted``; fails after 15 seconds.

    Playwright's ``wait_for_function`` asks again by ``eval``, which our content security policy forbids: it works
    only while the first answer is the right one.
    """
    end = time.monotonic() + 15
    while (answer := ask()) != wanted and time.monotonic() < end:
        time.sleep(0.05)
    assert answer == wanted


def tile(page: Page, name: str) -> Locator:
    """A big button of the form, by its words."""
    return page.locator("#entry").get_by_label(re.compile(rf"^\W*{re.escape(name)}$"))


def save(page: Page) -> None:
    """Tap Save and wait until the phone holds the entry."""
    page.locator("[data-save]").tap()
    expect(page.locator(".form-said")).to_have_text(re.compile("Saved|gardé|Enregistré"))


def record(page: Page, kind: str, *, note: str = "", minutes: str = "30 min") -> None:
    """Record an entry on this page."""
    tile(page, kind).first.tap()
    tile(page, minutes).tap()
    if note:
        if not page.locator("#more").get_attribute("open") is not None:
            page.locator("#more > summary").tap()
        page.locator("[name=note]").fill(note)
    save(page)


def set_code(page: Page, code: str) -> None:
    """Set a phone code, on a page where something waits."""
    page.get_by_role("button", name="Set a phone code").tap()
    page.get_by_label("Phone code").fill(code)
    page.get_by_label("The same code again").fill(code)
    page.get_by_role("button", name="Keep this code").tap()
    expect(page.locator("#waiting")).to_contain_text("Your phone code is set.")


def waiting(page: Page) -> Locator:
    """The entries in the list of what waits."""
    return page.locator("#waiting article")


def offline(context: BrowserContext, page: Page, server: Server) -> Page:
    """Switch the network off and open the app anew."""
    context.set_offline(True)
    page.goto(f"{server.url}/")
    return ready(page)


def module(page: Page, name: str) -> str:
    """The address of ``work/<name>.js``, or ``people/<name>.js``, as this page loads it."""
    found: str = page.evaluate(
        """async (name) => {
      const base = document.querySelector('script[src*="work/record."]').src;
      const text = await (await fetch(base)).text();
      return new URL(new RegExp(`(?:from *|import[(])["'](\\.(?:/|\\./people/)${name}[^"']*)["']`).exec(text)[1], base).href;
    }""",
        name,
    )
    return found


class Wire:
    """Counts the bytes that a page takes over the wire, headers included."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self.total = 0
        self.session: CDPSession = context.new_cdp_session(page)
        self.session.send("Network.enable")
        self.session.on("Network.loadingFinished", self._add)

    def _add(self, event: dict[str, Any]) -> None:
        self.total += int(event["encodedDataLength"])

    def taken(self) -> int:
        """The bytes since the last call."""
        now, self.total = self.total, 0
        return now
