"""The short form after an overdose: without a connection, without scripts, and what is offered after it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.journeys import LOCALES
from tests.e2e.phone import clean
from tests.e2e.recording import entries, installed, ready, until
from tests.server import Server

Phone = Callable[..., BrowserContext]
SignIn = Callable[..., Page]
NO_NET = "ERR_INTERNET_DISCONNECTED|Failed to fetch|ERR_FAILED|401"


def open_form(page: Page) -> Page:
    """From home, by the one tap that leads there."""
    with page.expect_navigation():
        page.locator("main a[href$='/work/response/']").tap()
    expect(ready(page).locator("#response")).to_be_visible()
    return page


def equal(page: Page) -> None:
    """The two answers to the offer of company are of the same size."""
    yes, no = (page.locator("#company .pair > *").nth(n).bounding_box() for n in (0, 1))
    assert yes
    assert no
    assert (round(yes["width"]), round(yes["height"])) == (round(no["width"]), round(no["height"]))


def waits(page: Page) -> int:
    """How many short forms are in the phone's store."""
    found: int = page.evaluate(
        """async () => {
      const { recorder } = await import(document.querySelector('script[src*="work/record."]').src);
      return (await recorder.store.privateNames()).filter((name) => name.startsWith('response:')).length;
    }"""
    )
    return found


@pytest.mark.parametrize("locale", LOCALES)
def test_written_offline_it_is_sent_once_and_only_its_writer_sees_it(
    server: Server, phone: Phone, sign_in: SignIn, locale: str
) -> None:
    context = phone(locale, service_workers="allow")
    page = installed(ready(sign_in(context.new_page(), "demo-wren")))
    before = len(entries(server, "demo-wren"))
    context.set_offline(True)
    page.goto(f"{server.url}/")
    open_form(ready(page))
    expect(page.locator("#entry")).to_be_hidden()
    expect(page.locator("[name=group]").nth(1)).to_be_attached()  # nobody, and the groups that this phone knows
    page.locator("[name=done][value=naloxone]").check()
    page.locator("[name=doses][value='2']").check()
    page.locator("[name=ambulance][value=unknown]").check()
    page.locator("[name=group]").last.check()
    clean(page, shot=f"response-{locale}", allow=NO_NET)
    page.locator("#response .sticky button").tap()
    expect(page.locator("#company")).to_be_visible()
    equal(page)
    page.locator("#company [data-yes]").tap()
    expect(page.locator("#company [data-words]")).to_be_visible()
    clean(page, shot=f"response-company-{locale}", allow=NO_NET)
    assert waits(page) == 1
    page.goto(f"{server.url}/")
    expect(page.locator("#waiting")).to_be_visible()
    assert waits(ready(page)) == 1
    context.set_offline(False)
    until(lambda: waits(page), 0)
    assert len(entries(server, "demo-wren")) == before
    page.goto(f"{server.url}/work/responses/")
    expect(page.locator("main article")).to_have_count(1)
    clean(page, shot=f"responses-{locale}", allow=NO_NET)
    other = sign_in(phone(locale).new_page(), "demo-cleo")
    other.goto(f"{server.url}/work/responses/")
    expect(other.locator("main article")).to_have_count(0)
    page.locator("main article button").tap()
    expect(page.locator("main article")).to_have_count(0)


def test_what_waits_is_not_sent_for_somebody_else(server: Server, phone: Phone, sign_in: SignIn) -> None:
    context = phone()
    page = open_form(ready(sign_in(context.new_page(), "demo-ash")))
    page.route("**/api/v1/work/responses", lambda route: route.abort())
    page.locator("#response .sticky button").tap()
    expect(page.locator("#company")).to_be_visible()
    equal(page)
    until(lambda: waits(page), 1)
    sign_in(page, "demo-wren")
    ready(page)
    page.goto(f"{server.url}/work/responses/")
    expect(page.locator("main article")).to_have_count(0)
    page.unroute("**/api/v1/work/responses")
    sign_in(page, "demo-ash")
    until(lambda: waits(ready(page)), 0)
    page.goto(f"{server.url}/work/responses/")
    expect(page.locator("main article")).to_have_count(1)
    page.locator("main article button").tap()
    expect(page.locator("main article")).to_have_count(0)


@pytest.mark.parametrize("locale", LOCALES)
def test_without_scripts(server: Server, phone: Phone, sign_in: SignIn, locale: str) -> None:
    page = sign_in(phone(locale, java_script_enabled=False).new_page(), "demo-ash")
    page.locator("main a[href$='/work/response/']").tap()
    page.locator("[name=end][value=unknown]").check()
    page.locator("#response .sticky button").tap()
    expect(page).to_have_url(f"{server.url}/work/response/kept/")
    expect(page.locator("main .pair a")).to_have_count(2)
    page.locator("main .pair a").first.tap()
    expect(page).to_have_url(f"{server.url}/people/groups/")
    page.goto(f"{server.url}/work/responses/")
    page.locator("main article button").tap()
    expect(page.locator("main article")).to_have_count(0)
