"""What takes over a second says so."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.databases import WHERE
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
