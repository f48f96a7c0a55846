"""The page of a check-in, opened again without signal: what it last knew, an alarm, an answer that waits; and then nothing."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.journeys import LOCALES, Person, Phone, founder, fresh, member, someone
from tests.e2e.phone import forgive
from tests.e2e.recording import installed, until, words
from tests.e2e.recording import ready as recorder
from tests.e2e.watching import crew, hung, number, ready, ringing, start, tap, watching
from tests.server import Server

NO_NET = "ERR_INTERNET_DISCONNECTED|Failed to fetch|ERR_FAILED|ERR_CONNECTION|401"
Say = Callable[[str], str]
KEPT = "caches.keys().then((names) => names.some((name) => name.startsWith('alongside-watch')))"
KNOWN = """async () => {
  const name = 'alongside-' + localStorage.getItem('alongside-owner');
  const store = await new Promise((resolve) => {
    const opening = indexedDB.open(name);
    opening.onsuccess = () => resolve(opening.result);
  });
  const asked = store.transaction('meta').objectStore('meta').getAllKeys();
  const names = await new Promise((resolve) => { asked.onsuccess = () => resolve(asked.result); });
  store.close();
  return names.includes('watch-page');
}"""
"""Whether the phone's store holds what the page last knew, without opening it."""


def scene(server: Server, phone: Phone, locale: str, **options: Any) -> tuple[Person, Person, Say]:
    """Somebody on whose phone the app is kept, and one who stands by."""
    wren = founder(server, phone, locale)
    olive = member(wren, phone, locale, name=fresh("Olive"))
    crew(wren, olive)
    own = someone(server, phone, locale, wren.handle, service_workers="allow", **options)
    own.context.add_cookies(wren.context.cookies())
    own.name = wren.name
    installed(recorder(own.open("/")))
    return own, olive, words(locale)


def kept(page: Page) -> Page:
    """Wait until the phone holds all that the page needs without signal."""
    expect(page.locator("html[data-on-phone]")).to_be_attached()
    until(lambda: page.evaluate("caches.match('/watch/shell/').then((found) => !!found)"))
    return page


def gone(page: Page) -> None:
    """Wait until neither the page nor what it knew is on the phone."""
    until(lambda: page.evaluate(KEPT), False)
    until(lambda: page.evaluate(KNOWN), False)


def dropped(person: Person, path: str = "") -> Page:
    """The browser drops the tab, and the person opens it again without signal."""
    context, address = person.page.context, path or person.page.url
    context.set_offline(True)
    person.page.close()
    return person.open(address)


class _Broken(BaseHTTPRequestHandler):
    """What stands before a server that is gone: it answers 502 to everything."""

    def handle_one_request(self) -> None:
        while self.rfile.readline().strip():
            pass  # an answer before the whole question would be a broken connection
        self.wfile.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        self.close_connection = True


@contextmanager
def broken(server: Server) -> Iterator[None]:
    """The server is gone, and whatever stands before it says so."""
    server.stop()
    with ThreadingHTTPServer(("127.0.0.1", server.port), _Broken) as one:
        thread = Thread(target=one.serve_forever)
        thread.start()
        try:
            yield
        finally:
            one.shutdown()
            thread.join()
    server.start()


@pytest.mark.parametrize("locale", LOCALES)
def test_the_page_opens_again_without_signal(watch_server: Server, phone: Phone, locale: str) -> None:
    wren, olive, say = scene(watch_server, phone, locale)
    page = kept(start(wren, repeat="again", seconds=60))
    address = page.url
    number(page, "Max", "+1 604 555 0142")

    # What it last knew, and that it is not heard from the server since.
    page = ready(dropped(wren))
    expect(page.locator("[data-head]")).to_have_text(say("Do not count on this now."))
    expect(page.locator("[data-troubles]")).to_contain_text(
        say("No signal. What you tap here does not reach the server now.")
    )
    expect(page.locator("[data-who]")).to_have_text(olive.name)
    expect(page.locator("[data-clock]")).to_have_text(re.compile(r"^[01]:\d\d$"))
    expect(page.locator("[data-beat]")).to_have_text(re.compile(r" \d+ second.+ \d+(:| h )\d\d"))
    expect(page.locator("[data-phones] a[href='tel:+16045550142']")).to_be_visible()
    expect(page.locator("[data-phones] a[href^='sms:+16045550142?body=']")).to_be_visible()
    wren.see(shot=f"watching-kept-{locale}", allow=NO_NET)

    # An answer waits, past a tab that is dropped once more, and counts for the check that it was for.
    tap(page, "ok")
    expect(page.locator("[data-said]")).to_have_text(
        say("Your OK has not reached the server yet. We keep trying. Until then, people may be called.")
    )
    due = page.locator("[name=due]").first.input_value()
    page = ready(dropped(wren, "/watch/"))
    assert page.url == address
    assert page.locator("[name=due]").first.input_value() == due
    page.context.set_offline(False)
    expect(page.locator("[data-said]")).to_have_text(say("The server has it."))
    expect(page.locator("[data-head]")).to_have_text(say("You are being watched over."))
    assert page.locator("[name=due]").first.input_value() > due
    forgive(page, NO_NET)

    # It ends without signal: that waits too. Once it is over, the phone holds nothing of it.
    page = ready(dropped(wren))
    tap(page, "end")
    expect(page.locator("[data-said]")).to_have_text(
        say("The server does not know yet that you ended it. We keep trying. Until then, people may be called.")
    )
    page.context.set_offline(False)
    page.wait_for_url(re.compile("/after/$"))
    gone(page)
    forgive(page, NO_NET)
    page = dropped(wren, "/watch/")
    expect(page.locator("#entry")).to_be_attached()
    expect(page.locator("#watching")).to_have_count(0)
    forgive(page, NO_NET)


@pytest.mark.parametrize("locale", LOCALES)
def test_it_rings_at_the_deadline(watch_server: Server, phone: Phone, locale: str) -> None:
    wren, _olive, say = scene(watch_server, phone, locale)
    page = kept(start(wren, repeat="again", seconds=5))

    # The first page that opens without signal leads there.
    page = recorder(dropped(wren, "/"))
    page.locator("main [data-kept-page] a").tap()
    ringing(ready(page), "alarm")
    wren.see(shot=f"watching-kept-alarm-{locale}", allow=NO_NET)
    page.locator("[data-sound]").tap()
    expect(page.locator("[data-sound] span")).to_have_text(say("Sound is on."))
    page.context.set_offline(False)
    expect(page.locator("[data-head]")).to_have_text(say("We are calling your people."), timeout=30_000)
    tap(page, "end")
    page.wait_for_url(re.compile("/after/$"))
    forgive(page, NO_NET)


def test_it_opens_when_the_browser_was_shut_and_lies_there_sealed(
    watch_server: Server, phone: Phone, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    wren, olive, _say = scene(watch_server, phone, "en", profile=profile)
    page = kept(start(wren, seconds=60))
    address = page.url
    page.context.close()
    check_in = address.rstrip("/").rsplit("/", 1)[1]
    for path in (one for one in profile.rglob("*") if one.is_file() and "History" not in one.name):
        blob = path.read_bytes()
        for text in (olive.name, f"/watch/{check_in}/ok/"):
            assert text.encode() not in blob, path
            assert text.encode("utf-16-le") not in blob, path
    context = phone("en", profile=profile)
    context.set_offline(True)
    page = context.pages[0]
    page.goto(address)
    expect(ready(page).locator("[data-who]")).to_have_text(olive.name)
    forgive(page, NO_NET)


@pytest.fixture
def own_server() -> Iterator[Server]:
    """One that a test may stop. Once started again it is not well while anybody on it is called for and nobody comes, which
    may be so on the one that tests share."""
    with watching() as one:
        yield one


def test_it_opens_while_the_server_hangs_is_gone_or_knows_nothing(own_server: Server, phone: Phone) -> None:
    wren, olive, _say = scene(own_server, phone, "en")
    page = kept(start(wren, repeat="again", seconds=60))
    for trouble in (hung, broken):
        with trouble(own_server):
            page.reload()
            expect(ready(page).locator("[data-who]")).to_have_text(olive.name)
            expect(page.locator("[data-head]")).to_have_text("Do not count on this now.")
            expect(page.locator("[data-troubles]")).to_contain_text("What you tap here does not reach the server now.")
        expect(page.locator("[data-head]")).to_have_text("You are being watched over.", timeout=30_000)

    # A server whose data was lost, or set back to a day before, says so too.
    own_server.python(
        "from alongside.watch.models import CheckIn\n"
        f"CheckIn.objects.filter(pk='{page.url.rstrip('/').rsplit('/', 1)[1]}').delete()"
    )
    expect(page.locator("[data-troubles]")).to_have_text(
        "The server knows nothing of this any more. It will call nobody.", timeout=30_000
    )
    expect(page.locator("[data-head]")).to_have_text("Do not count on this now.")
    tap(page, "ok")
    expect(page.locator("[data-said]")).to_have_text("The server knows nothing of this any more. It will call nobody.")
    forgive(page)


def test_a_new_app_takes_over_while_it_runs(watch_server: Server, phone: Phone) -> None:
    """Each language has a service worker of its own, so to change the language is to get a new app."""
    wren, olive, _say = scene(watch_server, phone, "en")
    page = kept(start(wren, repeat="again", seconds=60))
    address, names = page.url, "caches.keys().then((names) => names.sort().join(' '))"
    before = page.evaluate(names)
    wren.open("/about/")
    page.locator("form [name=language][value=fr]").tap()
    expect(page.locator("html[lang=fr]")).to_be_attached()
    ready(wren.open(address))
    until(lambda: len(set(page.evaluate(names).split()) & set(before.split())), 0)
    kept(page)
    page = ready(dropped(wren))
    expect(page.locator("html[lang=fr]")).to_be_attached()
    expect(page.locator("[data-who]")).to_have_text(olive.name)
    forgive(page, NO_NET)


@pytest.mark.parametrize("way", ["out", "ended elsewhere", "fast", "fast without signal"])
def test_who_leaves_takes_it_along(watch_server: Server, phone: Phone, way: str) -> None:
    wren, olive, _say = scene(watch_server, phone, "en")
    page = kept(start(wren, seconds=60))
    address = page.url
    assert page.evaluate(KNOWN) is True
    if way == "out":
        wren.open("/people/account/")
        wren.page.locator("[data-sign-out] button").tap()
        expect(wren.page).not_to_have_url(re.compile("/account/"))
    elif way == "ended elsewhere":
        page.context.clear_cookies(name="sessionid")
        expect(wren.open(address)).to_have_url(re.compile("/people/sign-in/"))
    else:
        page.context.set_offline("without" in way)
        page.route("https://**", lambda route: route.fulfill(body="Sunny", content_type="text/html"))
        page.locator("[data-leave]").tap()
        page.wait_for_url(re.compile("^(https|about):"))
    page = dropped(wren, f"{watch_server.url}/shell/")
    gone(page)
    wren.open(address)
    expect(page.locator("#entry")).to_be_attached()
    assert olive.name not in page.content()
    forgive(page)


def test_a_page_behind_a_phone_code_asks_for_it(watch_server: Server, phone: Phone) -> None:
    wren, olive, _say = scene(watch_server, phone, "en")
    page = kept(start(wren, seconds=60))
    address = page.url
    page.evaluate(
        """async (code) => {
      const base = document.querySelector('script[src*="watch/watching."]').src;
      const inside = async (url, name) => {
        const text = await (await fetch(url)).text();
        return new URL(new RegExp(`from *["']([^"']*${name}[^"']*)["']`).exec(text)[1], url).href;
      };
      const { Store } = await import(await inside(await inside(base, 'numbers'), 'store'));
      const store = await Store.open(localStorage.getItem('alongside-owner'));
      await store.setCode(code);
    }""",
        "73510846",
    )
    page = dropped(wren, address)
    expect(page.locator("#watching")).to_be_hidden()
    assert olive.name not in page.content()
    page.locator("#phone-code").fill("0000")
    page.locator("[data-shut] button").tap()
    expect(page.locator("[data-shut] [role=status]")).to_have_text("That is not the code. Please try again.")
    wren.see(allow=NO_NET)
    page.locator("#phone-code").fill("73510846")
    page.locator("[data-shut] button").tap()
    expect(ready(page).locator("[data-who]")).to_have_text(olive.name)
    forgive(page, NO_NET)
