"""What the form must keep, or must not: money, who an entry is for, what a group was told, what is typed while it is saved."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.journeys import unfold
from tests.e2e.recording import fresh_note, installed, noted, offline, ready, save, tile, until, waiting
from tests.e2e.test_begun import recorder, unlock
from tests.server import Server

Phone = Callable[..., BrowserContext]
SignIn = Callable[..., Page]


def test_money_that_was_chosen_stays_when_the_connection_is_back(server: Server, phone: Phone, sign_in: SignIn) -> None:
    context, note = phone(service_workers="allow"), fresh_note()
    page = installed(ready(sign_in(context.new_page(), "demo-ash")))
    offline(context, page, server)
    tile(page, "Outreach").first.tap()
    unfold(page)
    page.locator("[name=currency]").select_option("EUR")
    page.locator("[name=expense_travel]").fill("12.50")
    page.locator("[name=note]").fill(note)
    context.set_offline(False)
    until(lambda: recorder(page, "sync.phase"), "idle")
    recorder(page, "applyKept()")  # as what a newer answer brings
    save(page)
    until(lambda: len(noted(server, "demo-ash", note)), 1)
    (found,) = noted(server, "demo-ash", note)
    assert found["expenses"] == [{"code": "travel", "amount": 1250, "currency": "EUR"}]
    tile(page, "Outreach").first.tap()
    unfold(page)
    page.locator("[name=expense_travel]").fill("10")
    expect(page.locator("[name=currency]")).to_have_value("CAD")  # what was chosen was for that entry alone


def test_a_lock_takes_nothing_from_the_entry_in_the_form(server: Server, phone: Phone, sign_in: SignIn) -> None:
    context, note = phone(service_workers="allow"), fresh_note()
    page = installed(ready(sign_in(context.new_page(), "demo-wren")))
    page.goto(f"{server.url}/shell/")
    ready(page)
    recorder(page, "setCode('4711', '4711')")
    tile(page, "Outreach").first.tap()
    unfold(page)
    role = page.locator("[name=for][value^='role:']").first
    role.check()
    chosen = role.input_value()
    page.locator("[name=shared][value=yes]").check()
    page.locator("[name=note]").fill(note)
    recorder(page, "store.lock()")
    recorder(page, "locked()")  # before it was kept: so it stays in the form
    expect(page.locator("[name=for]")).to_have_count(1)
    unlock(page)
    expect(page.locator(f"[name=for][value='{chosen}']")).to_be_checked()
    expect(page.locator("[name=shared][value=yes]")).to_be_checked()
    expect(page.locator("[name=note]")).to_have_value(note)


def test_what_one_group_was_told_is_not_said_of_another(phone: Phone, sign_in: SignIn) -> None:
    page = ready(sign_in(phone().new_page(), "demo-wren"))
    unfold(page)
    one, other = page.locator("[name=for][value^='group:']").all()[:2]
    one.check()
    page.locator("[name=shared][value=yes]").check()
    page.locator("[name=told]").check()
    other.check()
    expect(page.locator("[name=told]")).to_be_visible()
    expect(page.locator("[name=told]")).not_to_be_checked()


def test_nothing_can_be_typed_into_an_entry_that_is_being_saved(phone: Phone, sign_in: SignIn, server: Server) -> None:
    context = phone()
    page = ready(sign_in(context.new_page(), "demo-ash"))
    other = context.new_page()
    other.goto(server.url)
    ready(other)
    name = recorder(page, "store.name")
    other.evaluate(
        "(name) => { navigator.locks.request(name, () => new Promise((done) => (window.done = done))) }", name
    )
    tile(page, "Outreach").first.tap()
    page.locator("[data-save]").tap()
    expect(page.locator("#entry[inert]")).to_be_attached()
    other.evaluate("window.done()")
    expect(page.locator("#entry:not([inert])")).to_be_attached()
    expect(waiting(page)).to_have_count(0)


def test_a_second_tap_does_nothing_twice(server: Server, phone: Phone, sign_in: SignIn) -> None:
    name = fresh_note()[:30]
    page = sign_in(phone().new_page(), "demo-sam")
    page.goto(f"{server.url}/people/groups/make/")
    page.get_by_label("What is the group called?").fill(name)
    page.get_by_label("What should people in this group call you?").fill("Sam")
    page.get_by_label("Which money do you pay in?").fill("CAD")
    page.evaluate("""() => {
      const button = document.querySelector('main form [type=submit], main form button:not([type=button])')
      button.click()
      setTimeout(() => button.click(), 25)
    }""")
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    page.goto(f"{server.url}/people/groups/")
    expect(page.locator("main a", has_text=name)).to_have_count(1)
