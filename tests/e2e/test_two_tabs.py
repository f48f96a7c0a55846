"""One phone with the app open twice: what one tab changes, locks or leaves counts in the other."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.journeys import someone
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
)
from tests.e2e.vault import opened, saved, store_module, with_code
from tests.server import Server

Phone = Callable[..., BrowserContext]
SignIn = Callable[..., Page]
CODE = "7351"


@pytest.fixture
def app(phone: Phone, sign_in: SignIn) -> tuple[BrowserContext, Page]:
    """A phone with somebody signed in and the app installed: its context and its first tab."""
    context = phone(service_workers="allow")
    return context, installed(ready(sign_in(context.new_page(), "demo-ash")))


def _another(context: BrowserContext, server: Server) -> Page:
    page = context.new_page()
    page.goto(f"{server.url}/")
    return ready(page)


def test_a_locked_tab_sends_no_older_copy_of_what_another_changed(
    server: Server, app: tuple[BrowserContext, Page]
) -> None:
    context, one = app
    offline(context, one, server)
    record(one, "Outreach")
    set_code(one, CODE)
    note, changed = fresh_note(), fresh_note()
    locked = _another(context, server)
    record(locked, "Outreach", note=note)
    expect(waiting(locked)).to_have_count(1)  # what it wrote itself it can read
    one.reload()
    expect(waiting(ready(one))).to_have_count(2)
    waiting(one).last.get_by_role("button", name="Change").tap()
    expect(one.locator("[name=note]")).to_have_value(note)
    tile(one, "2 hours").tap()
    one.locator("[name=note]").fill(changed)
    save(one)
    expect(waiting(one).last).to_contain_text("2 hours")
    locked.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(waiting(locked)).to_have_count(0)  # what the other tab wrote it cannot
    one.evaluate("Object.defineProperty(navigator, 'onLine', { get: () => false, configurable: true })")
    context.set_offline(False)  # the locked tab has the network first
    locked.evaluate("new Promise((done) => setTimeout(done, 1000))")
    assert not noted(server, "demo-ash", note)
    one.evaluate("delete navigator.onLine; dispatchEvent(new Event('online'))")
    expect(waiting(one)).to_have_count(0)
    assert [entry["minutes"] for entry in noted(server, "demo-ash", changed)] == [120]
    assert not noted(server, "demo-ash", note)


_HOLD = """() => {
  const real = crypto.subtle.encrypt.bind(crypto.subtle);
  crypto.subtle.encrypt = async (how, ...rest) => {
    if (new TextDecoder().decode(how.additionalData) === 'meta:vault') await new Promise((go) => (window.letGo = go));
    return real(how, ...rest);
  };
}"""
_SET_CODE = """([url, code]) => import(url).then(async ({ Store }) => {
  const store = await Store.open(localStorage.getItem('alongside-owner'));
  await store.setCode(code);
  window.done = true;
})"""


def test_a_code_that_is_set_while_the_vault_is_written_down_leaves_it_open(server: Server, phone: Phone) -> None:
    anna = someone(server, phone).quietly()
    with_code(anna)
    page = opened(anna)
    page.locator("#note-text").fill("the first")
    saved(page, "note")
    store = store_module(page)
    other = _another(anna.context, server)
    page.evaluate(_HOLD)
    page.locator("#note-text").fill("the second")
    page.locator("#note button").tap()
    until(lambda: page.evaluate("!!window.letGo"))
    other.evaluate("([...given]) => { (" + _SET_CODE + ")(given) }", [store, CODE])
    other.evaluate("new Promise((go) => setTimeout(go, 2500))")
    page.evaluate("window.letGo()")
    until(lambda: other.evaluate("!!window.done"))
    expect(page.locator("#vault-says:not(.soft)")).not_to_be_empty()
    other.goto(f"{server.url}/private/")
    expect(other.locator("#notes")).to_contain_text("the first")
    expect(other.locator("#notes")).to_contain_text("the second")


def test_signing_out_in_one_tab_closes_the_others(server: Server, app: tuple[BrowserContext, Page]) -> None:
    context, one = app
    note = fresh_note()
    one.route("**/entries/sync", lambda route: route.abort())
    record(one, "Outreach", note=note)
    expect(waiting(one)).to_have_count(1)
    other = context.new_page()
    other.goto(f"{server.url}/people/account/")
    asked: list[str] = []
    one.on("request", lambda request: asked.append(request.method) if "phone.json" in request.url else None)
    one.route("**/phone.json", lambda route: route.fulfill(status=200), times=1)  # the sign-out is still on its way
    other.get_by_role("button", name="Sign out", exact=True).tap()
    expect(one.locator("body")).to_be_empty()
    until(lambda: one.evaluate("1") and "HEAD" in asked)
    expect(one.locator("body")).to_be_empty()
    expect(one.locator("main h1")).to_be_visible()
    expect(one.locator("body[data-signed-in]")).to_have_count(0)
    one.goto(f"{server.url}/shell/")
    expect(ready(one).locator("#waiting")).to_contain_text("1 entry waits on this phone.")
    expect(waiting(one)).to_have_count(0)


def test_locking_in_one_tab_locks_the_others(server: Server, app: tuple[BrowserContext, Page]) -> None:
    context, one = app
    offline(context, one, server)
    note = fresh_note()
    record(one, "Outreach", note=note)
    set_code(one, CODE)
    other = _another(context, server)
    other.get_by_label("Phone code").fill(CODE)
    other.get_by_role("button", name="Unlock").tap()
    expect(waiting(other)).to_have_count(1)
    waiting(one).get_by_role("button", name="Change").tap()
    expect(one.locator("[name=note]")).to_have_value(note)
    other.get_by_role("button", name="Lock now").tap()
    expect(waiting(one)).to_have_count(0)
    expect(one.locator("[name=note]")).to_have_value("")
    expect(one.get_by_label("Phone code")).to_be_visible()
