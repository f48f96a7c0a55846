"""Without a connection: recorded, kept as ciphertext, sent exactly once, and asked about where two phones differ."""

import contextlib
import json
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Error, Page, Route, expect

from tests.databases import WHERE
from tests.e2e.journeys import LOCALES
from tests.e2e.phone import clean
from tests.e2e.recording import (
    api,
    entries,
    fresh_note,
    installed,
    module,
    noted,
    offline,
    ready,
    record,
    save,
    tile,
    until,
    waiting,
    words,
)
from tests.server import Server

Phone = Callable[..., BrowserContext]
SignIn = Callable[..., Page]
NO_NET = "ERR_INTERNET_DISCONNECTED|Failed to fetch|ERR_FAILED|ERR_CONNECTION|401|503"
SYNC = "**/api/v1/work/entries/sync"


@pytest.fixture
def app(server: Server, phone: Phone, sign_in: SignIn) -> Callable[..., tuple[BrowserContext, Page]]:
    """``app("demo-ash")``: a phone with somebody signed in and the app installed; its context and its page."""

    def make(handle: str = "demo-ash", **options: Any) -> tuple[BrowserContext, Page]:
        context = phone(**{"service_workers": "allow"} | options)
        page = context.pages[0] if context.pages else context.new_page()
        installed(ready(sign_in(page, handle)))
        return context, page

    return make


def more(page: Page) -> None:
    """Open the details of the form."""
    if page.locator("#more").get_attribute("open") is None:
        page.locator("#more > summary").tap()


def send_again(context: BrowserContext, page: Page) -> None:
    """The network comes back; wait until nothing waits."""
    context.set_offline(False)
    expect(waiting(page)).to_have_count(0)


@pytest.mark.parametrize("locale", LOCALES)
def test_three_entries_offline_one_changed_one_deleted_the_browser_closed(
    server: Server, phone: Phone, app: Any, tmp_path: Path, locale: str
) -> None:
    say = words(locale)
    notes = [fresh_note() for _ in range(3)]
    context, page = app(profile=tmp_path / "profile", locale=locale)
    expect(page.locator("html")).to_have_attribute("lang", locale)
    before = len(entries(server, "demo-ash"))
    offline(context, page, server)
    record(page, say("Outreach"), note=notes[0])
    expect(waiting(page)).to_have_count(1)

    tile(page, say("Supplies")).first.tap()  # one that just happened, at night, for nobody
    more(page)
    tile(page, say("It just happened")).tap()
    tile(page, say("Night")).tap()
    expect(tile(page, say("For nobody, just for me"))).to_be_checked()
    page.locator("[name=note]").fill(notes[1])
    save(page)
    record(page, say("Forms and applications"), note=notes[2])
    expect(waiting(page)).to_have_count(3)
    clean(page, shot=f"offline-waiting-{locale}", allow=NO_NET)

    first = waiting(page).nth(0)
    first.get_by_role("button", name=say("Change")).tap()
    expect(page.locator("[name=note]")).to_have_value(notes[0])
    tile(page, say("2 hours")).tap()
    page.locator("[data-save]").tap()
    expect(waiting(page).nth(0)).to_contain_text(say("2 hours"))
    waiting(page).nth(2).get_by_role("button", name=say("Delete")).tap()
    expect(waiting(page)).to_have_count(2)
    expect(page.get_by_role("button", name=say("Undo"))).to_be_visible()
    context.close()

    held = _on_disk(tmp_path / "profile")
    for secret in [*notes, '"share_note":']:
        assert not [path for path, blob in held.items() if _holds(blob, secret)], secret

    context = phone(locale, profile=tmp_path / "profile")
    context.set_offline(True)
    page = context.pages[0]
    page.goto(f"{server.url}/")
    ready(page)
    expect(waiting(page)).to_have_count(2)
    since = {
        "en": r"2 entries wait on this phone\. The first one since \w+",
        "fr": r"2 fiches attendent sur ce téléphone\. La première depuis\s:\s\w+",
    }
    expect(page.locator("#waiting")).to_contain_text(re.compile(since[locale]))
    expect(waiting(page).nth(1)).to_contain_text(say("Night"))
    assert len(entries(server, "demo-ash")) == before

    send_again(context, page)
    expect(page.locator("#waiting")).to_contain_text(say("All sent."))
    clean(page, shot=f"offline-sent-{locale}", allow=NO_NET)
    page.locator("#waiting a", has_text=say("Go to the first page")).tap()
    expect(page.locator(".tabs")).to_be_attached()  # the whole app again
    assert len(entries(server, "demo-ash")) == before + 2
    (one,) = noted(server, "demo-ash", notes[0])
    (two,) = noted(server, "demo-ash", notes[1])
    assert (one["minutes"], one["revision"]) == (120, 1)
    assert (two["origin"], two["part"], two["group"], two["shared"]) == ("happened", "night", None, False)
    assert not noted(server, "demo-ash", notes[2])


def _on_disk(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _holds(blob: bytes, text: str) -> bool:
    return text.encode() in blob or text.encode("utf-16-le") in blob


def test_the_disk_check_would_find_plaintext(phone: Phone, server: Server, tmp_path: Path) -> None:
    context, note = phone(profile=tmp_path / "profile"), fresh_note()
    page = context.pages[0]
    page.goto(f"{server.url}/about/")
    page.evaluate("(note) => localStorage.setItem('x', note)", note)
    context.close()
    assert any(_holds(blob, note) for blob in _on_disk(tmp_path / "profile").values())


def test_undo_brings_a_deleted_entry_back(server: Server, app: Any) -> None:
    context, page = app()
    note = fresh_note()
    offline(context, page, server)
    record(page, "Outreach", note=note)
    waiting(page).get_by_role("button", name="Delete").tap()
    expect(waiting(page)).to_have_count(0)
    page.get_by_role("button", name="Undo").tap()
    expect(waiting(page)).to_have_count(1)
    send_again(context, page)
    assert len(noted(server, "demo-ash", note)) == 1


def test_a_lost_answer_doubles_nothing(server: Server, app: Any) -> None:
    """The server stores, its answer never arrives; meanwhile the entry is changed. Both revisions arrive, once."""
    context, page = app()
    note = fresh_note()
    sent: list[Any] = []
    losing = [True]

    def lose(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or "{}")["entries"])
        if not losing:
            return route.continue_()
        route.fetch()
        with contextlib.suppress(Error):  # the page may have gone on
            route.abort()
        return None

    context.route(SYNC, lose)
    record(page, "Outreach", note=note)
    expect(waiting(page)).to_have_count(1)
    expect(page.locator("#waiting")).to_contain_text("No connection.")
    assert len(noted(server, "demo-ash", note)) == 1
    expect(page.locator(".form-said")).to_contain_text("It waits to be sent")
    waiting(page).get_by_role("button", name="Change").tap()
    tile(page, "4 hours").tap()
    page.locator("[data-save]").tap()
    expect(waiting(page)).to_contain_text("4 hours")
    losing.clear()
    page.reload()
    ready(page)
    expect(waiting(page)).to_have_count(0)
    first, second = ([entries_ for entries_ in sent if entries_[0]["revision"] == n] for n in (1, 2))
    assert sent == first + second, "one after the other"  # the second may be on its way when the page is loaded anew
    assert len(first) >= 2, "the lost attempt goes again"
    for same in (first, second):
        assert all(entries_ == same[0] for entries_ in same), "exactly as it was"
    (entry,) = noted(server, "demo-ash", note)
    assert (entry["minutes"], entry["revision"]) == (240, 2)


def test_a_server_that_is_killed_after_it_stored_gets_it_again_once(
    fresh_server: Server, phone: Phone, sign_in: SignIn
) -> None:
    context = phone(service_workers="allow")
    page = installed(ready(sign_in(context.new_page(), "demo-ash", at=fresh_server)))
    note = fresh_note()

    def die(route: Route) -> None:
        route.fetch()
        fresh_server.kill()
        route.abort()

    context.route(SYNC, die)
    record(page, "Outreach", note=note)
    expect(waiting(page)).to_have_count(1)
    expect(page.locator("#waiting")).to_contain_text("No connection.")
    context.unroute(SYNC)
    fresh_server.start()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(waiting(page)).to_have_count(0)
    assert len(noted(fresh_server, "demo-ash", note)) == 1


def test_a_server_that_cannot_save_is_named_and_nothing_is_lost(server: Server, app: Any) -> None:
    context, page = app()
    note = fresh_note()
    context.route(SYNC, lambda route: route.fulfill(status=503, body='{"detail": "full"}'))
    record(page, "Outreach", note=note)
    expect(page.locator("#waiting")).to_contain_text("The server cannot save just now. Nothing was lost.")
    context.unroute(SYNC)
    page.get_by_role("button", name="Send now").tap()
    expect(waiting(page)).to_have_count(0)
    assert len(noted(server, "demo-ash", note)) == 1


def _conflict(server: Server, context: BrowserContext, page: Page, locale: str) -> str:
    """The note of an entry, changed on this phone without a connection and meanwhile on another phone; back online."""
    say, note = words(locale), fresh_note()
    record(page, say("Outreach"), note=note)
    expect(page.locator(".form-said")).to_have_text(say("Saved."))
    (entry,) = noted(server, "demo-ash", note)
    page.goto(f"{server.url}/work/{entry['id']}/edit/")
    ready(page)
    context.set_offline(True)
    tile(page, say("4 hours")).tap()
    page.locator("[data-save]").tap()
    expect(waiting(page)).to_have_count(1)
    changed = {**entry, "revision": 2, "minutes": 15, "part": "night"}
    answer = api(server, "demo-ash", "/api/v1/work/entries/sync", {"entries": [changed]})
    assert answer["entries"][0]["status"] == "stored"
    context.set_offline(False)
    expect(waiting(page)).to_have_attribute("data-state", "conflict")
    mine, theirs = page.locator(".versions > div").all()
    expect(mine).to_contain_text(say("4 hours"))
    expect(theirs).to_contain_text(say("15 min"))
    expect(theirs).to_contain_text(say("Night"))
    clean(page, shot=f"conflict-{locale}", allow=NO_NET)
    return note


AHEAD = "This day is still to come. Is the date on your phone right?"
BOTH = ("Keep both, as two entries", [(15, 2), (240, 1)])
ONE = (("Keep this phone's", [(240, 3)]), ("Keep the other", [(15, 2)]))


@pytest.mark.parametrize(
    ("locale", "button", "stays"),
    [(one, *BOTH) for one in LOCALES] + [("en", *one) for one in ONE if WHERE == "sqlite"],
)
def test_two_phones_changed_one_entry(
    server: Server, app: Any, locale: str, button: str, stays: list[tuple[int, int]]
) -> None:
    context, page = app(locale=locale)
    note = _conflict(server, context, page, locale)
    page.get_by_role("button", name=words(locale)(button)).tap()
    expect(waiting(page)).to_have_count(0)
    until(lambda: sorted((e["minutes"], e["revision"]) for e in noted(server, "demo-ash", note)), stays)


@pytest.mark.parametrize("locale", LOCALES)
def test_one_that_is_rejected_stays_and_is_mended(server: Server, app: Any, locale: str) -> None:
    context, page = app(locale=locale)
    say, notes = words(locale), [fresh_note(), fresh_note()]
    offline(context, page, server)
    tile(page, say("Outreach")).tap()
    more(page)
    tile(page, say("Other day")).tap()
    page.locator("[name=day_other]").fill("2999-01-01")
    page.locator("[name=note]").fill(notes[0])
    save(page)
    record(page, say("Supplies"), note=notes[1])
    expect(waiting(page)).to_have_count(2)
    context.set_offline(False)
    expect(waiting(page)).to_have_count(1)
    expect(waiting(page)).to_have_attribute("data-state", "rejected")
    expect(waiting(page)).to_contain_text(say(AHEAD))
    assert len(noted(server, "demo-ash", notes[1])) == 1
    assert not noted(server, "demo-ash", notes[0])
    clean(page, shot=f"rejected-{locale}", allow=NO_NET)
    waiting(page).get_by_role("button", name=say("Change")).tap()
    expect(page.locator("#field-day .errors")).to_contain_text(say(AHEAD))
    tile(page, say("Today")).tap()
    page.locator("[data-save]").tap()
    expect(waiting(page)).to_have_count(0)
    assert len(noted(server, "demo-ash", notes[0])) == 1


THROWN = "This phone may throw away what waits when it is full. Send it soon."


@pytest.mark.parametrize(
    ("locale", "granted"), [(one, False) for one in LOCALES] + [("en", True)] * (WHERE == "sqlite")
)
def test_the_app_asks_to_keep_what_waits(
    server: Server, phone: Phone, sign_in: SignIn, locale: str, granted: bool
) -> None:
    context, say = phone(locale, service_workers="allow"), words(locale)
    answer = "true" if granted else "false"
    context.add_init_script(f"navigator.storage.persist = async () => {{ window.askedToKeep = true; return {answer} }}")
    page = installed(ready(sign_in(context.new_page(), "demo-ash")))
    record(page, say("Outreach"))
    expect(page.locator(".form-said")).to_have_text(say("Saved."))
    assert page.evaluate("window.askedToKeep") is None, "asked before there is a reason"
    offline(context, page, server)
    record(page, say("Outreach"))
    until(lambda: page.evaluate("window.askedToKeep"))
    expect(page.get_by_text(say(THROWN))).to_have_count(0 if granted else 1)
    send_again(context, page)


@pytest.mark.skipif(WHERE != "sqlite", reason="what a browser is asked depends on no database")
@pytest.mark.parametrize("why", ["signed out", "cannot save", "rejected", "no answer"])
def test_it_asks_whatever_keeps_an_entry_here(app: Any, why: str) -> None:
    """And a browser that cannot be asked is one that may throw things away."""
    context, page = app()
    page.evaluate("() => { Object.defineProperty(navigator.storage, 'persist', {value: undefined}) }")
    answers: dict[str, Callable[[Route], None]] = {
        "cannot save": lambda route: route.fulfill(status=503, body='{"detail": "full"}'),
        "rejected": lambda route: route.fulfill(status=413, body=""),
        "no answer": lambda _route: None,
    }
    if why == "signed out":
        context.clear_cookies()
    else:
        context.route(SYNC, answers[why])
    record(page, "Outreach")
    expect(page.get_by_text(THROWN)).to_be_visible()
    context.unroute_all(behavior="ignoreErrors")


def test_a_phone_clock_that_is_years_off_is_named(server: Server, phone: Phone, sign_in: SignIn) -> None:
    context = phone()
    context.clock.install(time="2019-05-04T11:30:00Z")
    page = ready(sign_in(context.new_page(), "demo-ash"))
    note = fresh_note()
    expect(page.locator("#clock-says")).to_contain_text("The date on this phone looks wrong. It says Sat, May 4")
    record(page, "Outreach", note=note)
    until(lambda: len(noted(server, "demo-ash", note)), 1)
    assert noted(server, "demo-ash", note)[0]["day"][:4] != "2019"
    clean(page)


def test_signed_out_says_so_and_keeps_everything(server: Server, app: Any, sign_in: SignIn) -> None:
    context, page = app()
    note = fresh_note()
    context.clear_cookies()
    record(page, "Outreach", note=note)
    expect(page.locator("#waiting")).to_contain_text("Sign in to send what waits.")
    clean(page, allow=NO_NET)
    ready(sign_in(page, "demo-ash"))
    expect(waiting(page)).to_have_count(0)
    assert len(noted(server, "demo-ash", note)) == 1


def test_what_one_person_left_is_not_sent_as_another(server: Server, app: Any, sign_in: SignIn) -> None:
    context, page = app("demo-ash")
    note = fresh_note()
    offline(context, page, server)
    record(page, "Outreach", note=note)
    context.set_offline(False)
    context.route(SYNC, lambda route: route.abort())
    ready(sign_in(page, "demo-wren"))
    context.unroute(SYNC)
    page.reload()
    ready(page)
    expect(waiting(page)).to_have_count(0)
    page.evaluate("new Promise((done) => setTimeout(done, 500))")
    assert not noted(server, "demo-wren", note)
    ready(sign_in(page, "demo-ash"))
    expect(waiting(page)).to_have_count(0)
    until(lambda: len(noted(server, "demo-ash", note)), 1)


def test_a_page_that_needs_a_connection_says_so_and_records(server: Server, app: Any) -> None:
    context, page = app("demo-wren")
    context.set_offline(True)
    page.goto(f"{server.url}/record/")
    ready(page)
    expect(page.get_by_text("This page needs a connection. You can record here.")).to_be_visible()
    assert "demo-wren" not in page.content()
    more(page)
    assert page.locator("[name=for]").count() > 1, "the groups are there, from what this phone keeps encrypted"
    clean(page, shot="elsewhere", allow=NO_NET)


def test_the_worker_keeps_no_private_page_and_no_answer(server: Server, app: Any) -> None:
    _context, page = app("demo-wren")
    page.goto(f"{server.url}/record/")
    kept = page.evaluate(
        """async () => {
      const found = [];
      for (const name of await caches.keys()) {
        for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
      }
      return found;
    }"""
    )
    assert "/shell/" in kept
    assert [path for path in kept if not path.startswith("/static/")] == ["/shell/"]
    shell = page.evaluate("caches.match('/shell/').then((answer) => answer.text())")
    groups = [group["id"] for group in server.person("demo-wren")["groups"]]
    assert not [word for word in ["demo-wren", "data-signed-in", *groups] if word in shell]


def test_a_private_window_without_storage_says_so_and_still_records(
    server: Server, phone: Phone, sign_in: SignIn
) -> None:
    context = phone(service_workers="allow")
    context.add_init_script("IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError') }")
    page = sign_in(context.new_page(), "demo-ash")
    note = fresh_note()
    expect(page.locator("#waiting")).to_contain_text("This browser cannot keep entries on this phone.")
    tile(page, "Outreach").tap()
    more(page)
    page.locator("[name=note]").fill(note)
    context.set_offline(True)
    page.locator("[data-save]").tap()
    expect(page.locator(".form-said")).to_contain_text("What you typed is still here.")
    expect(page.locator("[name=note]")).to_have_value(note)
    context.set_offline(False)
    page.locator("[data-save]").tap()
    until(lambda: len(noted(server, "demo-ash", note)), 1)


def test_a_full_phone_says_so_and_the_form_stays(server: Server, app: Any) -> None:
    _context, page = app()
    page.evaluate(
        "() => { IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError') } }"
    )
    tile(page, "Outreach").tap()
    more(page)
    page.locator("[name=note]").fill("stays")
    page.locator("[data-save]").tap()
    expect(page.locator(".form-said")).to_contain_text("This phone is full.")
    expect(page.locator("[name=note]")).to_have_value("stays")
    expect(tile(page, "Outreach")).to_be_checked()


def test_a_hundred_and_fifty_entries_go_in_batches(server: Server, app: Any) -> None:
    context, page = app("demo-ash")
    note = fresh_note()
    offline(context, page, server)
    page.evaluate(
        """async ([url, note]) => {
      const { Store, randomId } = await import(url);
      const store = await Store.open(localStorage.getItem('alongside-owner'));
      const entry = {kinds: ['outreach'], day: '2026-01-02', part: null, minutes: 5, extra: {}, expenses: [],
        origin: null, group: null, role: null, weight: null, people: null, supplies: {}, barriers: [], note,
        share_note: false, shared: false, deleted: false};
      for (let i = 0; i < 150; i += 1) {
        const id = randomId();
        await store.update(id, () => ({id, base: 0, inflight: null, entry, state: 'waiting', errors: {}, theirs: null,
          since: new Date().toISOString()}));
      }
    }""",
        [module(page, "store"), note],
    )
    page.close()  # it would begin to send as soon as it can, and be cut off by the next one
    sizes: list[int] = []
    page = context.new_page()
    page.on(
        "request",
        lambda r: sizes.append(len(json.loads(r.post_data or "{}")["entries"])) if r.url.endswith("/sync") else None,
    )
    context.set_offline(False)
    page.goto(f"{server.url}/")
    ready(page)
    expect(waiting(page)).to_have_count(0, timeout=60_000)
    assert sizes == [100, 50]
    assert len(noted(server, "demo-ash", note)) == 150


def test_ids_made_on_the_phone_are_uuids(server: Server, app: Any) -> None:
    _context, page = app()
    note = fresh_note()
    record(page, "Outreach", note=note)
    until(lambda: len(noted(server, "demo-ash", note)), 1)
    made = uuid.UUID(noted(server, "demo-ash", note)[0]["id"])
    assert made.version == 4


def test_two_tabs_send_once(server: Server, app: Any) -> None:
    context, page = app()
    note = fresh_note()
    sent: list[str] = []
    context.on("request", lambda r: sent.append(r.post_data or "") if r.url.endswith("/sync") else None)
    offline(context, page, server)
    second = context.new_page()
    second.goto(f"{server.url}/")
    ready(second)
    record(page, "Outreach", note=note)
    context.set_offline(False)
    expect(waiting(page)).to_have_count(0)
    second.bring_to_front()
    second.reload()
    ready(second)
    expect(waiting(second)).to_have_count(0)
    assert sum(note in body for body in sent) == 1
    assert len(noted(server, "demo-ash", note)) == 1


@pytest.fixture
def old_app(server: Server, phone: Phone, sign_in: SignIn) -> tuple[BrowserContext, Page]:
    """A phone from before Web Locks, with somebody signed in and the app installed."""
    context = phone(service_workers="allow")
    context.add_init_script("Object.defineProperty(Navigator.prototype, 'locks', {value: undefined})")
    page = installed(ready(sign_in(context.new_page(), "demo-ash")))
    assert page.evaluate("navigator.locks === undefined")
    return context, page


def test_without_web_locks_a_lease_does(server: Server, old_app: tuple[BrowserContext, Page]) -> None:
    context, page = old_app
    note = fresh_note()
    offline(context, page, server)
    record(page, "Outreach", note=note)
    send_again(context, page)
    assert len(noted(server, "demo-ash", note)) == 1


@pytest.mark.parametrize("locks", [True, False])
def test_a_store_that_the_browser_closed_is_opened_again(
    server: Server, request: pytest.FixtureRequest, locks: bool
) -> None:
    """As phones do to a page that was out of sight for long."""
    context, page = request.getfixturevalue("app")() if locks else request.getfixturevalue("old_app")
    notes = [fresh_note(), fresh_note()]
    offline(context, page, server)
    record(page, "Outreach", note=notes[0])
    page.evaluate(
        "async () => (await import(document.querySelector('script[src*=\"work/record.\"]').src)).recorder.store.database.close()"
    )
    record(page, "Outreach", note=notes[1])
    expect(waiting(page)).to_have_count(2)
    send_again(context, page)
    assert [len(noted(server, "demo-ash", note)) for note in notes] == [1, 1]


def test_a_page_that_goes_while_it_sends_holds_up_nothing_for_long(
    server: Server, old_app: tuple[BrowserContext, Page]
) -> None:
    _context, page = old_app
    note = fresh_note()
    stuck: list[Route] = []
    page.route(SYNC, lambda route, _request: stuck.append(route))
    record(page, "Outreach", note=note)
    until(lambda: page.evaluate("() => 1") and len(stuck), 1)  # the call lets Playwright hear of the request
    page.unroute(SYNC)
    page.reload()
    ready(page)
    expect(waiting(page)).to_have_count(0, timeout=30_000)  # at once as a rule, else when the lease has run out
    assert len(noted(server, "demo-ash", note)) == 1


def test_the_lease_of_a_page_that_died_runs_out(server: Server, old_app: tuple[BrowserContext, Page]) -> None:
    context, page = old_app
    note = fresh_note()
    offline(context, page, server)
    record(page, "Outreach", note=note)
    page.evaluate(_LEASE_OF_THE_DEAD)
    context.set_offline(False)
    expect(waiting(page)).to_have_count(0, timeout=30_000)
    assert len(noted(server, "demo-ash", note)) == 1


_LEASE_OF_THE_DEAD = """async () => {
  const [{name}] = (await indexedDB.databases()).filter((one) => one.name.startsWith('alongside-'));
  await new Promise((resolve, reject) => {
    const open = indexedDB.open(name);
    open.onerror = () => reject(open.error);
    open.onsuccess = () => {
      const change = open.result.transaction('meta', 'readwrite');
      change.objectStore('meta').put({by: 'nobody', until: Date.now() + 6000}, `lease:${name}-send`);
      change.oncomplete = () => { open.result.close(); resolve(); };
    };
  });
}"""
