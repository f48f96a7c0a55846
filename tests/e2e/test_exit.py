"""Quick exit, and the phone code: what somebody who picks up the phone can see."""

import http.server
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.databases import WHERE
from tests.e2e.journeys import LOCALES
from tests.e2e.phone import clean
from tests.e2e.recording import (
    fresh_note,
    installed,
    noted,
    offline,
    ready,
    record,
    save,
    set_code,
    tile,
    until,
    waiting,
    words,
)
from tests.server import Server, serving

Phone = Callable[..., BrowserContext]
SignIn = Callable[..., Page]
NO_NET = "ERR_INTERNET_DISCONNECTED|Failed to fetch|ERR_FAILED|401|403"
CODE = "73510846"
OFFER = (
    "Do you want a phone code? With one, nobody who picks up this phone can read what waits. You give it to read or send "
    "what waits."
)
OTHERS = ("/record/", "/pay/", "/people/groups/", "/people/account/", "/about/", "/work/new/")
WAITS = {
    "en": ("1 entry waits on this phone.", "2 entries wait on this phone."),
    "fr": ("1 fiche attend sur ce téléphone.", "2 fiches attendent sur ce téléphone."),
}


class _Elsewhere(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>The weather</title><p>Sunny")

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """A site that has nothing to do with this one."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Elsewhere) as other:
        thread = threading.Thread(target=other.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{other.server_port}/"
        other.shutdown()


@pytest.fixture(scope="module")
def away(elsewhere: str) -> Iterator[Server]:
    """A server whose way out leads to ``elsewhere``."""
    with serving(env={"ALONGSIDE_EXIT_URL": elsewhere}) as server:
        yield server


@pytest.fixture
def app(away: Server, phone: Phone, sign_in: SignIn) -> Callable[..., tuple[BrowserContext, Page]]:
    def make(handle: str = "demo-ash", **options: Any) -> tuple[BrowserContext, Page]:
        context = phone(**{"service_workers": "allow"} | options)
        page = context.pages[0] if context.pages else context.new_page()
        installed(ready(sign_in(page, handle, at=away)))
        return context, page

    return make


def signed_out(page: Page, server: Server) -> bool:
    """Whether this phone's cookies open nothing any more."""
    return page.request.get(f"{server.url}/phone.json").status == 401


@pytest.mark.parametrize(
    ("locale", "path"),
    [(one, "/") for one in LOCALES] + [("en", path) for path in OTHERS if WHERE == "sqlite"],
)
def test_leaving_fast_from_every_page(away: Server, app: Any, elsewhere: str, locale: str, path: str) -> None:
    _context, page = app(locale=locale)
    page.goto(away.url + path)
    page.locator("body[data-settled]").wait_for()
    expect(page.locator("[data-leave]")).to_have_text(words(locale)("Leave fast"))
    page.locator("[data-leave]").tap()
    page.wait_for_url(elsewhere)
    until(lambda: signed_out(page, away))
    page.go_back()
    page.wait_for_load_state()
    expect(page.locator(".tabs")).to_have_count(0)
    assert "demo-ash" not in page.content()


def test_the_page_is_blank_at_once(app: Any) -> None:
    _context, page = app()
    seen = page.evaluate(
        """() => {
      Object.defineProperty(navigator, 'onLine', {get: () => true});
      window.fetch = () => new Promise(() => {});
      sessionStorage.setItem('x', '1');
      document.querySelector('[data-leave]').click();
      return [document.body.textContent.trim(), document.title, sessionStorage.length, document.documentElement.hidden];
    }"""
    )
    assert seen == ["", "New tab", 0, True]


def test_escape_three_times_leaves(app: Any, elsewhere: str) -> None:
    _context, page = app()
    for _ in range(3):
        page.keyboard.press("Escape")
    page.wait_for_url(elsewhere)


def test_without_scripts_it_signs_out_and_leaves(away: Server, phone: Phone, sign_in: SignIn, elsewhere: str) -> None:
    context = phone(java_script_enabled=False)
    page = sign_in(context.new_page(), "demo-ash", at=away)
    answers: list[Any] = []
    page.on("response", lambda r: answers.append(r) if r.url.endswith("/exit/") else None)
    page.locator("[data-leave]").tap()
    page.wait_for_url(elsewhere)
    assert answers[0].header_value("Clear-Site-Data") == '"cache", "cookies"'
    assert signed_out(page, away)
    assert not [c for c in context.cookies() if c["name"] == "sessionid"]


@pytest.mark.parametrize("locale", LOCALES)
def test_leaving_without_a_connection_shows_nothing_until_the_next_sign_in(
    away: Server, app: Any, sign_in: SignIn, locale: str
) -> None:
    say = words(locale)
    context, page = app("demo-wren", locale=locale)
    note = fresh_note()
    offline(context, page, away)
    record(page, say("Outreach"), note=note)
    page.locator("[data-leave]").tap()
    page.wait_for_url("about:blank")

    page.goto(f"{away.url}/")  # still offline: the shell, and nothing private on it
    ready(page)
    expect(page.locator("#waiting")).to_contain_text(WAITS[locale][0])
    expect(page.locator("#waiting")).to_contain_text(say("What waits stays hidden until you sign in."))
    assert waiting(page).count() == 0
    assert note not in page.content()
    assert page.locator("[name=for]").count() == 1, "no group is named"
    clean(page, shot=f"left-offline-{locale}", allow=NO_NET)
    other = fresh_note()
    record(page, say("Supplies"), note=other)  # one can still add
    expect(page.locator("#waiting")).to_contain_text(WAITS[locale][1])

    context.set_offline(False)
    seen: list[str] = []
    page.on("request", lambda r: seen.append(r.url) if r.is_navigation_request() else None)
    page.goto(f"{away.url}/record/")  # online again: the sign-out goes first, then the page asks to sign in
    expect(page).to_have_url(re.compile("/people/sign-in/"))
    assert signed_out(page, away)
    assert not noted(away, "demo-wren", note)

    ready(sign_in(page, "demo-wren", at=away))
    expect(waiting(page)).to_have_count(0)
    until(lambda: len(noted(away, "demo-wren", note)) == 1 and len(noted(away, "demo-wren", other)) == 1)


def test_a_sign_out_that_waits_is_sent_with_no_page_open(away: Server, app: Any) -> None:
    context, page = app("demo-ash")
    worker = _worker_of(context, away)
    cookies = context.cookies()
    assert not _is_signed_out(away, cookies)
    offline(context, page, away)
    page.locator("[data-leave]").tap()
    page.wait_for_url("about:blank")
    context.set_offline(False)
    event = {"origin": away.url, "registrationId": worker, "tag": "alongside-exit", "lastChance": False}
    session = context.new_cdp_session(page)
    session.send("ServiceWorker.enable")
    session.send("ServiceWorker.dispatchSyncEvent", event)  # as the browser does when a connection comes back
    until(lambda: _is_signed_out(away, cookies))


def test_a_sign_out_that_is_lost_with_its_page_is_sent_by_the_worker(away: Server, app: Any, elsewhere: str) -> None:
    _context, page = app("demo-ash")
    page.route("**/exit/", lambda route: route.abort())  # what the page sends, and not what the worker does
    page.locator("[data-leave]").tap()
    page.wait_for_url(elsewhere)
    until(lambda: signed_out(page, away))


def _worker_of(context: BrowserContext, server: Server) -> str:
    """The browser's own id of the service worker's registration."""
    seen: list[str] = []
    page = context.new_page()
    page.goto(f"{server.url}/about/")
    session = context.new_cdp_session(page)
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: seen.extend(one["registrationId"] for one in event["registrations"]),
    )
    session.send("ServiceWorker.enable")
    until(lambda: page.evaluate("true") and bool(seen))
    page.close()
    return seen[-1]


def _is_signed_out(server: Server, cookies: list[Any]) -> bool:
    """Whether the server has ended the session, asked from outside of the browser."""
    jar = "; ".join(f"{c['name']}={c['value']}" for c in cookies)
    try:
        urllib.request.urlopen(urllib.request.Request(f"{server.url}/phone.json", headers={"Cookie": jar}), timeout=10)
    except urllib.error.HTTPError as error:
        return error.code == 401
    return False


def test_a_connection_that_comes_back_to_the_open_shell_signs_out_and_shows_nothing(
    away: Server, app: Any, elsewhere: str
) -> None:
    context, page = app("demo-wren")
    note = fresh_note()
    offline(context, page, away)
    record(page, "Outreach", note=note)
    page.locator("[data-leave]").tap()
    page.wait_for_url("about:blank")
    page.goto(f"{away.url}/")
    ready(page)
    context.set_offline(False)  # nobody loads a page: the shell that is open hears of it
    until(lambda: page.evaluate("localStorage.getItem('alongside-exit')") is None)
    assert signed_out(page, away)
    expect(page.locator("#waiting")).to_contain_text("What waits stays hidden until you sign in.")
    assert waiting(page).count() == 0
    assert not noted(away, "demo-wren", note)


def test_who_signs_out_leaves_nothing_to_read_on_the_phone(away: Server, app: Any, sign_in: SignIn) -> None:
    _context, page = app("demo-ash")
    note = fresh_note()
    page.route("**/entries/sync", lambda route: route.abort())
    record(page, "Outreach", note=note)
    expect(waiting(page)).to_have_count(1)
    page.goto(f"{away.url}/people/account/")
    page.get_by_role("button", name="Sign out", exact=True).tap()
    page.wait_for_url(f"{away.url}/")
    page.goto(f"{away.url}/shell/")
    ready(page)
    expect(page.locator("#waiting")).to_contain_text(WAITS["en"][0])
    assert waiting(page).count() == 0
    assert note not in page.content()
    page.unroute("**/entries/sync")
    ready(sign_in(page, "demo-ash", at=away))
    until(lambda: len(noted(away, "demo-ash", note)) == 1)


def test_a_sign_out_that_could_not_be_sent_blanks_other_pages_first(away: Server, app: Any, elsewhere: str) -> None:
    """No worker to help: the page itself stays blank until the sign-out has been sent."""
    _context, page = app("demo-ash")
    page.evaluate("navigator.serviceWorker.getRegistration().then((r) => r.unregister())")
    page.route("**/exit/", lambda route: route.abort())
    page.locator("[data-leave]").tap()
    page.wait_for_url(elsewhere)
    page.unroute("**/exit/")
    page.goto(f"{away.url}/about/")
    page.wait_for_load_state("networkidle")
    until(lambda: signed_out(page, away))
    expect(page.locator("html")).to_be_visible()
    assert page.evaluate("localStorage.getItem('alongside-exit')") is None


@pytest.mark.parametrize("locale", LOCALES)
def test_a_phone_code_locks_what_waits(away: Server, app: Any, locale: str) -> None:
    context, page = app("demo-ash", locale=locale)
    say, notes = words(locale), [fresh_note(), fresh_note()]
    offline(context, page, away)
    record(page, say("Outreach"), note=notes[0])
    offer = page.locator("#waiting .card.asks")
    expect(offer).to_contain_text(say(OFFER))
    yes, no = (b.bounding_box() for b in offer.get_by_role("button").all())
    assert yes
    assert no
    assert abs(yes["width"] - no["width"]) < 1
    assert abs(yes["height"] - no["height"]) < 1
    clean(page, shot=f"code-offer-{locale}", allow=NO_NET)
    page.get_by_role("button", name=say("Set a phone code")).tap()
    page.get_by_label(say("Phone code")).fill(CODE)
    page.get_by_label(say("The same code again")).fill("0000")
    page.get_by_role("button", name=say("Keep this code")).tap()
    expect(page.locator("#waiting")).to_contain_text(say("The two codes are not the same."))
    page.get_by_label(say("Phone code")).fill(CODE)
    page.get_by_label(say("The same code again")).fill(CODE)
    clean(page, shot=f"code-set-{locale}", allow=NO_NET)
    page.get_by_role("button", name=say("Keep this code")).tap()
    expect(page.locator("#waiting")).to_contain_text(say("Your phone code is set."))
    expect(waiting(page)).to_have_count(1)
    page.reload()
    ready(page)
    expect(waiting(page)).to_have_count(1)  # open for the life of this tab

    page.get_by_role("button", name=say("Lock now")).tap()
    expect(waiting(page)).to_have_count(0)
    expect(page.locator("#waiting")).to_contain_text(WAITS[locale][0])
    page.reload()
    ready(page)
    tile(page, say("Supplies")).first.tap()
    page.locator("#more > summary").tap()
    page.locator("[name=note]").fill(notes[1])
    save(page)
    expect(page.locator("#waiting")).to_contain_text(WAITS[locale][1])
    page.reload()
    ready(page)
    expect(waiting(page)).to_have_count(0)
    clean(page, shot=f"locked-{locale}", allow=NO_NET)

    page.get_by_label(say("Phone code")).fill("9999")
    page.get_by_role("button", name=say("Unlock")).tap()
    expect(page.locator("#waiting")).to_contain_text(say("That is not the code. Please try again."))
    context.set_offline(False)
    page.evaluate("new Promise((done) => setTimeout(done, 300))")
    assert not noted(away, "demo-ash", notes[0]), "what is locked is not sent"
    page.get_by_label(say("Phone code")).fill(CODE)
    page.get_by_role("button", name=say("Unlock")).tap()
    until(lambda: all(len(noted(away, "demo-ash", note)) == 1 for note in notes))
    expect(waiting(page)).to_have_count(0)
    page.get_by_role("button", name=say("Remove the phone code")).tap()
    expect(page.get_by_role("button", name=say("Remove the phone code"))).to_have_count(0)


def test_with_a_code_a_new_entry_is_still_sent_at_once(away: Server, app: Any) -> None:
    context, page = app("demo-ash")
    note = fresh_note()
    _with_code(context, page, away)
    page.get_by_role("button", name="Lock now").tap()
    context.set_offline(False)
    page.goto(f"{away.url}/")
    ready(page)
    record(page, "Outreach", note=note)
    until(lambda: len(noted(away, "demo-ash", note)) == 1)


def _with_code(context: BrowserContext, page: Page, server: Server) -> None:
    offline(context, page, server)
    record(page, "Outreach")
    set_code(page, CODE)


def test_a_forgotten_code_means_throwing_away_after_a_warning(away: Server, app: Any) -> None:
    context, page = app("demo-ash")
    _with_code(context, page, away)
    page.get_by_role("button", name="Lock now").tap()
    page.get_by_role("button", name="I forgot the code").tap()
    expect(page.locator("#waiting")).to_contain_text("1 entry on this phone cannot be read or sent")
    clean(page, shot="forgot", allow=NO_NET)
    page.get_by_role("button", name="Keep them").tap()
    expect(page.locator("#waiting")).to_contain_text(WAITS["en"][0])
    page.get_by_role("button", name="I forgot the code").tap()
    page.get_by_role("button", name="Throw away").tap()
    expect(page.locator("#waiting")).not_to_contain_text("waits on this phone")
    note = fresh_note()
    record(page, "Outreach", note=note)
    expect(waiting(page)).to_have_count(1)
    context.set_offline(False)
    until(lambda: len(noted(away, "demo-ash", note)) == 1)


def test_the_code_is_not_on_disk_and_neither_is_an_open_key(away: Server, app: Any, tmp_path: Path) -> None:
    context, page = app("demo-ash", profile=tmp_path / "profile")
    _with_code(context, page, away)
    page.get_by_role("button", name="Lock now").tap()
    kept = page.evaluate(
        """async () => {
      const owner = localStorage.getItem('alongside-owner');
      const db = await new Promise((done) => { const r = indexedDB.open('alongside-' + owner); r.onsuccess = () => done(r.result); });
      const keys = db.transaction('keys').objectStore('keys');
      const read = (key) => new Promise((done) => { const r = keys.get(key); r.onsuccess = () => done(r.result); });
      const device = await read('device');
      return [Object.keys(device).sort(), !!device.privateKey, device.wrapped.rounds, await read('tab') === undefined,
        sessionStorage.length];
    }"""
    )
    assert kept == [["id", "privateKey", "publicKey", "wrapped"], False, 600_000, True, 0]
    context.close()
    for path in (tmp_path / "profile").rglob("*"):
        if path.is_file() and "IndexedDB" in str(path):
            assert CODE.encode() not in path.read_bytes()


def test_what_waits_is_padded_ciphertext_that_only_its_key_opens(away: Server, app: Any) -> None:
    context, page = app("demo-ash")
    offline(context, page, away)
    record(page, "Outreach", note="short")
    record(page, "Outreach", note="longer " * 50)
    sizes, extractable, algorithm = page.evaluate(
        """async () => {
      const owner = localStorage.getItem('alongside-owner');
      const db = await new Promise((done) => { const r = indexedDB.open('alongside-' + owner); r.onsuccess = () => done(r.result); });
      const all = (store) => new Promise((done) => { const r = db.transaction(store).objectStore(store).getAll(); r.onsuccess = () => done(r.result); });
      const [device] = (await all('keys')).filter((key) => key.publicKey);
      const records = await all('records');
      return [records.map((r) => r.data.byteLength), device.privateKey.extractable, device.publicKey.algorithm.namedCurve];
    }"""
    )
    assert [(size - 16) % 1024 for size in sizes] == [0, 0]
    assert extractable is False
    assert algorithm == "P-256"
    context.set_offline(False)
    expect(waiting(page)).to_have_count(0)
