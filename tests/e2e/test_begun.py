"""What was typed and not saved is kept on the phone, and goes on when its person says so."""

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from alongside.work.tests.pictures import photo as photo_of
from tests.databases import WHERE
from tests.e2e.journeys import LOCALES, unfold
from tests.e2e.phone import clean
from tests.e2e.recording import fresh_note, installed, noted, offline, ready, save, tile, until, waiting, words
from tests.server import Server

Phone = Callable[..., BrowserContext]
SignIn = Callable[..., Page]
NO_NET = "ERR_INTERNET_DISCONNECTED|Failed to fetch|ERR_FAILED|401|503"
EVERYTHING = """async () => {
  const found = []
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((done) => { const r = indexedDB.open(name); r.onsuccess = () => done(r.result) })
    for (const store of db.objectStoreNames) {
      const all = db.transaction(store).objectStore(store).getAll()
      await new Promise((done) => (all.onsuccess = done))
      found.push(...all.result)
    }
    db.close()
  }
  return found.map((one) => Object.values(one).map((part) => part instanceof ArrayBuffer ? new TextDecoder().decode(part) : JSON.stringify(part)).join(' ')).join(' ')
}"""


def card(page: Page) -> Locator:
    """The offer to go on with what was begun."""
    return page.locator("#begun .card")


def begin(page: Page, note: str, say: Callable[[str], str] = str) -> None:
    """Fill in some of the form, as far as the phone keeps it."""
    tile(page, say("Outreach")).first.tap()
    tile(page, say("2 hours")).tap()
    page.locator("#more > summary").tap()
    tile(page, say("Yesterday")).tap()
    page.locator("[name=people]").fill("3")
    page.locator("[name=note]").fill(note)
    kept(page, 1)


def kept(page: Page, n: int) -> None:
    """Wait until the phone keeps so many, as of the last tap."""
    until(lambda: page.evaluate("() => document.documentElement.dataset.begun"), str(n))


def recorder(page: Page, what: str) -> Any:
    """What the recorder of this page does, or has."""
    script = "document.querySelector('script[src*=\"work/record.\"]').src"
    return page.evaluate(f"async () => (await import({script})).recorder.{what}")


def unlock(page: Page) -> None:
    """Give the phone code."""
    page.locator("#code-0").fill("4711")
    page.locator("#waiting form button").first.tap()


def go_on(page: Page) -> None:
    """Take up again what was begun."""
    card(page).get_by_role("button", name="Go on with it").tap()


def filled(page: Page) -> dict[str, Any]:
    """What the form says, by name; the date beside a day that has a name says nothing."""
    found: dict[str, Any] = page.evaluate(
        """() => Object.fromEntries(Array.from(document.getElementById('entry').elements)
          .filter((one) => one.name && one.name !== 'day_other' && !['hidden', 'submit', 'fieldset'].includes(one.type))
          .filter(({ type, checked, value }) => (['checkbox', 'radio'].includes(type) ? checked : value !== ''))
          .map(({ name, value }) => [name, value]))"""
    )
    return found


def test_what_was_typed_last_is_kept_as_a_finger_comes_down_elsewhere(
    server: Server, phone: Phone, sign_in: SignIn
) -> None:
    page = phone().new_page()
    page.add_init_script("const real = setTimeout; window.setTimeout = (f, t) => t === 300 ? -1 : real(f, t)")
    ready(sign_in(page, "demo-ash"))
    unfold(page)
    page.locator("#entry [name=note]").fill("only just typed")
    page.locator("#entry [data-save]").dispatch_event("pointerdown")
    page.wait_for_timeout(100)
    assert page.evaluate("() => document.documentElement.dataset.begun") is None, "it is not written at every tap"
    page.locator(".tabs a").last.dispatch_event("pointerdown")
    kept(page, 1)


@pytest.mark.parametrize("locale", LOCALES)
def test_what_was_typed_is_there_past_another_page_and_goes_once(
    server: Server, phone: Phone, sign_in: SignIn, locale: str
) -> None:
    say, note = words(locale), fresh_note()
    page = ready(sign_in(phone(locale).new_page(), "demo-ash"))
    expect(card(page)).to_have_count(0)
    begin(page, note, say)
    before = filled(page)
    assert note not in page.evaluate(EVERYTHING)
    page.goto(f"{server.url}/letters/")
    page.goto(f"{server.url}/")
    ready(page)
    expect(card(page)).to_contain_text(say("Outreach"))
    expect(card(page)).not_to_contain_text(note)
    expect(page.locator("[name=note]")).to_have_value("")
    clean(page, shot=f"begun-{locale}")
    card(page).get_by_role("button", name=say("Go on with it")).tap()
    expect(page.locator("[name=note]")).to_have_value(note)
    expect(page.locator("[name=note]")).to_be_visible()
    assert filled(page) == before
    clean(page)
    expect(card(page)).to_have_count(0)
    save(page)
    until(lambda: len(noted(server, "demo-ash", note)), 1)
    page.reload()
    expect(card(ready(page))).to_have_count(0)
    (found,) = noted(server, "demo-ash", note)
    assert (found["kinds"], found["minutes"], found["people"]) == (["outreach"], 120, 3)


def test_offline_past_a_closed_browser(server: Server, phone: Phone, sign_in: SignIn, tmp_path: Path) -> None:
    note, folder = fresh_note(), tmp_path / "profile"
    context = phone(profile=folder, service_workers="allow")
    page = installed(ready(sign_in(context.pages[0], "demo-ash")))
    offline(context, page, server)
    begin(page, note)
    context.close()
    context = phone(profile=folder, service_workers="allow")
    context.set_offline(True)
    page = context.pages[0]
    page.goto(f"{server.url}/")
    ready(page)
    go_on(page)
    expect(page.locator("[name=note]")).to_have_value(note)
    save(page)
    clean(page, allow=NO_NET)
    context.set_offline(False)
    until(lambda: len(noted(server, "demo-ash", note)), 1)


def test_a_form_that_is_filled_in_has_its_own_place_and_two_taps_throw_one_away(phone: Phone, sign_in: SignIn) -> None:
    first, second = fresh_note(), fresh_note()
    page = ready(sign_in(phone().new_page(), "demo-ash"))
    begin(page, first)
    page.reload()
    ready(page)
    tile(page, "Supplies").first.tap()
    page.locator("#more > summary").tap()
    page.locator("[name=note]").fill(second)
    kept(page, 2)
    expect(card(page)).to_have_count(1)  # it stays where it is: nothing moves under a finger
    page.reload()
    ready(page)
    go_on(page)
    expect(page.locator("[name=note]")).to_have_value(second)
    save(page)
    expect(card(page)).to_contain_text("Outreach")
    card(page).locator(".second").dblclick()  # a second tap at once is none
    sure = card(page).get_by_role("button", name="Yes, throw it away")
    expect(sure).to_be_visible()
    page.wait_for_timeout(700)
    sure.tap()
    expect(card(page)).to_have_count(0)
    page.reload()
    expect(card(ready(page))).to_have_count(0)


def test_an_emptied_form_leaves_nothing_and_a_change_is_not_kept(server: Server, phone: Phone, sign_in: SignIn) -> None:
    page = ready(sign_in(phone().new_page(), "demo-ash"))
    note = fresh_note()
    begin(page, note)
    tile(page, "Outreach").first.tap()
    tile(page, "2 hours").tap()
    for name in ("people", "note"):
        page.locator(f"[name={name}]").fill("")
    kept(page, 0)
    page.reload()
    expect(card(ready(page))).to_have_count(0)
    page.locator("#more > summary").tap()
    tile(page, "Outreach").first.tap()
    page.locator("[name=note]").fill(note)
    save(page)
    until(lambda: len(noted(server, "demo-ash", note)), 1)
    page.goto(f"{server.url}/work/{noted(server, 'demo-ash', note)[0]['id']}/edit/")
    ready(page)
    page.locator("[name=note]").fill("other")
    page.wait_for_timeout(1000)  # longer than the form waits before it is written
    page.goto(f"{server.url}/")
    expect(card(ready(page))).to_have_count(0)


def test_it_is_not_shown_while_locked_or_after_leaving(server: Server, phone: Phone, sign_in: SignIn) -> None:
    context = phone()
    page = ready(sign_in(context.new_page(), "demo-ash"))
    page.locator(".more-kinds > summary").tap()
    tile(page, "Crisis call").tap()
    begin(page, fresh_note())
    recorder(page, "setCode('4711', '4711')")
    recorder(page, "lock()")
    expect(page.locator("[name=note]")).to_have_value("")  # nothing of what was open stays on the page
    page.reload()
    expect(page.locator("#code-0")).to_be_visible()
    expect(card(page)).to_have_count(0)
    unlock(page)
    expect(card(page)).to_have_count(1)
    expect(card(page)).not_to_contain_text("Outreach")  # nor any kind, where no group is told of one of them
    page.locator("[data-leave]").tap()
    other = context.new_page()
    other.goto(f"{server.url}/shell/")
    expect(ready(other).locator("#entry")).to_be_visible()
    expect(card(other)).to_have_count(0)


def test_what_is_saved_while_locked_is_not_offered_again(server: Server, phone: Phone, sign_in: SignIn) -> None:
    note = fresh_note()
    page = ready(sign_in(phone().new_page(), "demo-ash"))
    begin(page, note)
    recorder(page, "setCode('4711', '4711')")
    page.locator("[name=people]").fill("4")  # not kept by now, so it stays in the form
    recorder(page, "store.lock()")
    save(page)
    until(lambda: len(noted(server, "demo-ash", note)), 1)
    page.reload()
    unlock(ready(page))
    until(lambda: recorder(page, "store.getPrivate('begun')"), [])
    expect(card(page)).to_have_count(0)


def test_a_change_of_another_entry_keeps_what_was_begun(phone: Phone, sign_in: SignIn, server: Server) -> None:
    context = phone(service_workers="allow")
    page = installed(ready(sign_in(context.new_page(), "demo-ash")))
    note = fresh_note()
    offline(context, page, server)
    tile(page, "Supplies").first.tap()
    save(page)
    tile(page, "Outreach").first.tap()
    page.locator("#more > summary").tap()
    page.locator("[name=note]").fill(note)
    waiting(page).get_by_role("button", name="Change").tap()
    page.locator("[data-stop]").tap()
    go_on(page)
    expect(page.locator("[name=note]")).to_have_value(note)


def test_two_tabs_go_on_with_what_was_typed_last(phone: Phone, sign_in: SignIn, server: Server) -> None:
    first, last = fresh_note(), fresh_note()
    context = phone()
    page = ready(sign_in(context.new_page(), "demo-ash"))
    begin(page, first)
    page.reload()
    expect(card(ready(page))).to_have_count(1)
    other = context.new_page()
    other.goto(server.url)
    go_on(ready(other))
    other.locator("[name=note]").fill(last)
    kept(other, 1)
    go_on(page)
    expect(page.locator("[name=note]")).to_have_value(last)


def test_keys_that_another_tab_made_anew_lose_nothing(phone: Phone, sign_in: SignIn, server: Server) -> None:
    context = phone()
    page = ready(sign_in(context.new_page(), "demo-ash"))
    begin(page, fresh_note())
    page.reload()
    ready(page)
    other = context.new_page()
    other.goto(server.url)
    recorder(ready(other), "setCode('4711', '4711')")
    tile(page, "Supplies").first.tap()
    page.wait_for_timeout(1000)  # longer than the form waits before it is written: it cannot be, here
    assert len(recorder(other, "store.getPrivate('begun')")) == 1


def test_a_photo_that_is_added_after_going_on_goes_along(server: Server, phone: Phone, sign_in: SignIn) -> None:
    note = fresh_note()
    page = ready(sign_in(phone().new_page(), "demo-ash"))
    tile(page, "Outreach").first.tap()
    unfold(page)
    page.locator("[name=expense_travel]").fill("3.50")
    page.locator("[name=currency]").select_option("EUR")
    page.locator("[name=note]").fill(note)
    kept(page, 1)
    page.reload()
    ready(page)
    page.evaluate("document.querySelector('option[value=EUR]').remove()")  # as where a group that had it was left
    go_on(page)
    box = page.locator("[data-receipt=travel]")
    box.locator("input").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo_of((400, 300))})
    expect(box.locator("canvas")).to_be_visible()
    recorder(page, "refresh()")
    expect(box.locator("canvas")).to_be_visible()
    save(page)
    until(lambda: len(noted(server, "demo-ash", note)), 1)
    expect(page.locator("#receipts")).to_be_empty()
    (found,) = noted(server, "demo-ash", note)
    assert found["expenses"] == [{"code": "travel", "amount": 350, "currency": "EUR"}]
    page.goto(f"{server.url}/work/{found['id']}/")
    expect(page.locator("main .receipt img")).to_have_count(1)


def photographed(page: Page, note: str) -> Locator:
    """What was spent, with a photo of its receipt, as far as the phone keeps it; the box of that photo."""
    tile(page, "Outreach").first.tap()
    unfold(page)
    page.locator("[name=expense_travel]").fill("3.50")
    page.locator("[name=note]").fill(note)
    box = page.locator("[data-receipt=travel]")
    for name in ("first.jpg", "second.jpg"):  # the second in place of the first
        box.locator("input").set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": photo_of((400, 300))})
        expect(box.locator("canvas")).to_be_visible()
    kept(page, 1)
    until(lambda: len(photos(page)), 1)
    return box


def photos(page: Page) -> list[str]:
    """The names of photos that are kept beside what was begun."""
    return [name for name in recorder(page, "store.privateNames()") if name.startswith("begun-photo:")]


def test_a_photo_comes_back_with_what_was_begun_and_goes_once(server: Server, phone: Phone, sign_in: SignIn) -> None:
    """To take a photo puts the page out of sight, and small phones end it then."""
    note = fresh_note()
    page = ready(sign_in(phone().new_page(), "demo-ash"))
    box = photographed(page, note)
    assert "JFIF" not in page.evaluate(EVERYTHING)
    page.reload()
    expect(ready(page).locator("canvas")).to_have_count(0)
    go_on(page)
    expect(box.locator("canvas")).to_be_visible()
    assert box.locator("canvas").evaluate("one => [one.width, one.height]") == [400, 300]
    clean(page, shot="begun-photo")
    save(page)
    until(lambda: len(noted(server, "demo-ash", note)), 1)
    until(lambda: photos(page), [])
    expect(page.locator("#receipts")).to_be_empty()
    (found,) = noted(server, "demo-ash", note)
    page.goto(f"{server.url}/work/{found['id']}/")
    expect(page.locator("main .receipt img")).to_have_count(1)


def test_a_photo_goes_with_what_is_thrown_away(phone: Phone, sign_in: SignIn) -> None:
    page = ready(sign_in(phone().new_page(), "demo-ash"))
    photographed(page, fresh_note())
    page.reload()
    card(ready(page)).locator(".second").tap()
    page.wait_for_timeout(700)
    card(page).get_by_role("button", name="Yes, throw it away").tap()
    expect(card(page)).to_have_count(0)
    page.reload()
    assert len(photos(ready(page))) == 1, "another tab may be about to keep what it belongs to"
    page.add_init_script("const now = Date.now; Date.now = () => now() + 61000")
    page.reload()
    ready(page)
    until(lambda: photos(page), [])


@pytest.mark.skipif(WHERE != "sqlite", reason="scripts do not depend on the database")
def test_three_are_kept_each_in_its_place(server: Server, phone: Phone) -> None:
    page = phone().new_page()
    page.goto(f"{server.url}/shell/")
    script = "document.querySelector('script[src*=\"work/begun.\"]').src"

    def after(before: list[str], id_: str, one: bool) -> list[str]:
        given = json.dumps([[{"id": each} for each in before], id_, {"id": id_} if one else None])
        found: list[dict[str, str]] = page.evaluate(f"async () => (await import({script})).withThis(...{given})")
        return [each["id"] for each in found]

    one, two, three, four = (str(uuid.uuid4()) for _ in range(4))
    assert after([], one, True) == [one]
    assert after([two, one], one, True) == [two, one]
    assert after([three, two, one], four, True) == [four, three, two]
    assert after([three, two, one], two, False) == [three, one]
    assert after([three], one, False) == [three]
