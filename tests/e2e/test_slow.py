"""What takes over a second says so."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.databases import WHERE
from tests.e2e.phone import clean
from tests.server import Server

pytestmark = pytest.mark.skipif(WHERE != "sqlite", reason="scripts and colours do not depend on the database")

REMEMBER = """() => new MutationObserver(() => document.getElementById('busy').hidden || sessionStorage.setItem('said', 'yes'))
  .observe(document.getElementById('busy'), {attributes: true})"""
"""Playwright looks at no page while the next one loads, so the page itself keeps what it showed."""


def test_a_slow_page_says_that_it_is_under_way(
    server: Server, phone: Callable[..., BrowserContext], sign_in: Callable[..., Page]
) -> None:
    page = sign_in(phone().new_page(), "demo-ash")
    page.evaluate(REMEMBER)
    page.route("**/record/", lambda route: (time.sleep(2.5), route.continue_()))
    page.click('nav.tabs a[href="/record/"]')
    expect(page).to_have_url(f"{server.url}/record/")
    assert page.evaluate("sessionStorage.getItem('said')") == "yes"
    expect(page.locator("#busy")).to_be_hidden()


def test_a_form_that_is_sent_without_a_connection_keeps_what_was_typed(
    server: Server, phone: Callable[..., BrowserContext], sign_in: Callable[..., Page]
) -> None:
    page = sign_in(phone(service_workers="allow").new_page(), "demo-wren")
    for path, field, typed in (("/watch/crew/ask/", "name", "Olive"), ("/people/groups/make/", "own_name", "Sam")):
        page.goto(server.url + path)
        page.locator(f"[name={field}]").fill(typed)
        page.locator("main [required]:visible").evaluate_all(
            "(all) => all.forEach((one) => { one.value = one.value || 'Riverside' })"
        )
        page.context.set_offline(True)
        page.locator("main form button").last.tap()
        expect(page.locator("#busy")).to_contain_text("No connection.")
        expect(page.locator(f"[name={field}]")).to_have_value(typed)
        clean(page)
        page.context.set_offline(False)
        expect(page.locator("#busy")).to_be_hidden()
    with page.expect_navigation():
        page.locator("main form button").last.tap()
    assert page.url != f"{server.url}/shell/"
