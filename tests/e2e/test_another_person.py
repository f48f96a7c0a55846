"""One phone, two people: nothing that a page of one does reaches the other, whose cookies it has by now."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.databases import WHERE
from tests.e2e.journeys import Person, Phone, let_in, someone
from tests.e2e.phone import forgive
from tests.e2e.recording import fresh_note, installed, module, noted, offline, ready, record, tile, until, waiting
from tests.e2e.test_begun import recorder
from tests.e2e.vault import document, fetched, opened, saved, with_code
from tests.e2e.watching import hung
from tests.server import Server

SignIn = Callable[..., Page]
pytestmark = pytest.mark.skipif(WHERE != "sqlite", reason="what a phone keeps for whom depends on no database")

SYNC = "**/api/v1/work/entries/sync"
MANY = """async ([address, note, many]) => {
  const { Store, randomId } = await import(address);
  const store = await Store.open(localStorage.getItem('alongside-owner'));
  const entry = { kinds: ['outreach'], day: '2026-01-02', part: null, minutes: 5, extra: {}, expenses: [], origin: null,
    group: null, role: null, weight: null, people: null, supplies: {}, barriers: [], note, share_note: false, shared: false,
    deleted: false };
  for (let i = 0; i < many; i += 1) {
    const id = randomId();
    const made = { id, base: 0, inflight: null, entry, state: 'waiting', errors: {}, theirs: null, since: new Date().toISOString() };
    await store.update(id, () => made);
  }
}"""


def sign_out(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/people/account/")
    with page.expect_navigation():
        page.locator("form[data-sign-out] button").first.tap()


def with_vault(person: Person, *notes: str) -> str:
    """Somebody with a vault that holds these notes; gives the second part of their code."""
    _code, half = with_code(person)
    page = opened(person)
    for note in notes:
        page.locator("#note-text").fill(note)
        saved(page, "note")
    return half


def notes(person: Person, half: str) -> list[str]:
    return [note["text"] for note in document(person.page, half)["notes"]]


@pytest.mark.parametrize("newer", ["here", "there"])
def test_a_vault_is_never_written_over_by_who_was_here_before(server: Server, phone: Phone, newer: str) -> None:
    anna, bea = someone(server, phone).quietly(), someone(server, phone).quietly()
    mine = with_vault(anna, *["anna's"] * (3 if newer == "here" else 1))
    theirs = with_vault(bea, *["bea's"] * (1 if newer == "here" else 3))
    before, cookies = fetched(bea.page), anna.context.cookies()
    anna.context.clear_cookies()
    anna.context.add_cookies(bea.context.cookies())
    anna.page.locator("#note-text").fill("one more")
    anna.page.locator("#note button").tap()
    expect(anna.page.locator("#vault-says")).to_contain_text("Somebody else is signed in here now.")
    expect(anna.page.locator("#note-text")).to_have_value("one more")
    assert fetched(bea.page) == before
    assert set(notes(bea, theirs)) == {"bea's"}

    anna.context.clear_cookies()
    anna.context.add_cookies(cookies)
    opened(anna)  # and nothing of hers was lost here
    assert set(notes(anna, mine)) == {"anna's"}
    forgive(anna.page, "403")


def test_what_waits_goes_to_nobody_else_while_it_is_sent(server: Server, phone: Phone, sign_in: SignIn) -> None:
    context = phone()
    page = ready(sign_in(context.new_page(), "demo-ash"))
    note, held = fresh_note(), list[Route]()
    keep = lambda route: held.append(route)  # noqa: E731, PLW0108 - a bound method of a list cannot be a handler
    page.route(SYNC, keep, times=1)  # the answer to the first batch takes its time, however early it is sent
    page.evaluate(MANY, [module(page, "store"), note, 120])
    page.evaluate("dispatchEvent(new Event('online'))")
    until(lambda: page.evaluate("1") and len(held), 1)
    context.clear_cookies()
    let_in(context, server, "demo-wren")  # unheard by this tab: a sign-out beside it would close it
    sent = json.loads(held[0].request.post_data or "")["entries"]
    taken = {"entries": [{"id": one["id"], "status": "stored", "revision": 1} for one in sent]}
    with page.expect_response(lambda answer: answer.url.endswith("/sync") and answer.status == 403):
        held[0].fulfill(json=taken)
    assert noted(server, "demo-wren", note) == []
    forgive(page)


def test_a_page_of_somebody_never_opens_what_another_left(server: Server, phone: Phone, sign_in: SignIn) -> None:
    """Where the server does not say at once who is signed in."""
    context = phone(service_workers="allow")
    page = installed(ready(sign_in(context.new_page(), "demo-ash")))
    theirs, mine = fresh_note(), fresh_note()
    offline(context, page, server)
    record(page, "Outreach", note=theirs)
    context.clear_cookies()
    context.set_offline(False)
    page.route("**/phone.json", lambda route: route.fulfill(status=503, body="busy"))
    let_in(context, server, "demo-wren")
    page.goto(f"{server.url}/work/new/")
    ready(page)
    expect(waiting(page)).to_have_count(0)
    record(page, "Supplies", note=mine)
    page.unroute("**/phone.json")
    page.goto(f"{server.url}/")
    ready(page)
    until(lambda: len(noted(server, "demo-wren", mine)), 1)
    assert noted(server, "demo-wren", theirs) == []
    forgive(page)


def test_a_shell_becomes_theirs_who_signed_in_since(server: Server, phone: Phone, sign_in: SignIn) -> None:
    """The first page took too long, so the phone showed the shell, and somebody was quicker than the answer who it is."""
    context = phone(service_workers="allow")
    page = installed(ready(sign_in(context.new_page(), "demo-ash")))
    sign_out(page, server)
    let_in(context, server, "demo-wren")
    note = fresh_note()
    with hung(server):
        page.goto(f"{server.url}/")
        tile(page, "Outreach").first.tap()
        page.locator("#more > summary").tap()
        page.locator("[name=note]").fill(note)
    ready(page)
    page.wait_for_timeout(1000)  # longer than what is typed waits before it is written
    page.locator("[data-save]").tap()
    until(lambda: len(noted(server, "demo-wren", note)), 1)
    assert noted(server, "demo-ash", note) == []
    context.clear_cookies()
    let_in(context, server, "demo-ash")
    page.goto(f"{server.url}/")
    assert not recorder(ready(page), "store.getPrivate('begun')"), "nor is it offered to whose phone it was"
    forgive(page)
