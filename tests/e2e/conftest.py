"""Fixtures for browser tests: ``server`` (shared, with the demo), ``fresh_server``, ``phone``, ``sign_in``.

Every test in this folder is marked ``e2e``. ``server`` is shared by all tests of a process, so a test either uses
what it makes itself or asks for ``fresh_server``. Servers and browsers end with the last test of this folder: what only
stands there takes from the cores that other tests need.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.databases import WHERE
from tests.e2e.journeys import let_in
from tests.e2e.phone import ARGS, AS_A_PHONE, watch
from tests.e2e.watching import watching
from tests.server import Server, serving

CHROMIUM = "/usr/bin/chromium-headless-shell"
SHORT_LIVED = [*ARGS, "--js-flags=--single-threaded --no-opt --no-maglev", "--renderer-process-limit=1"]
"""A page of a test is gone before a second, faster translation of what it runs would pay: without, two cores do a twentieth
less. And a phone needs no second process for the page that comes after its empty first one: that is a tenth of its first
page. Benchmarks and cameras go without these words: what they see is what people have."""
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test in this folder. What is no journey through both languages is about the phone alone."""
    once = pytest.mark.skipif(WHERE != "sqlite", reason="what a phone does by itself depends on no database")
    for item in items:
        if HERE in item.path.parents and isinstance(item, pytest.Function):
            item.add_marker(pytest.mark.e2e)
            if "locale" not in (item.callspec.params if hasattr(item, "callspec") else ()):
                item.add_marker(once)


@pytest.fixture(scope="package")
def server() -> Iterator[Server]:
    """The demo community on the production server, shared."""
    with serving() as one:
        yield one


@pytest.fixture(scope="package")
def watch_server() -> Iterator[Server]:
    """As ``server``, where checks may be 5 seconds apart and text messages go to a place of the tests' own."""
    with watching() as one:
        yield one


@pytest.fixture
def fresh_server() -> Iterator[Server]:
    """A demo community of this test's own, which it may stop, kill and restart."""
    with serving() as one:
        yield one


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Playwright. It keeps an event loop on this thread; Django's guard would take every later test for async code."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=15_000)
    with sync_playwright() as one:
        yield one
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium, without the windows around its pages: a third less work for two cores."""
    one = playwright.chromium.launch(executable_path=CHROMIUM, args=SHORT_LIVED)
    yield one
    one.close()


@pytest.fixture
def phone(playwright: Playwright, browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes a phone: a browser context at 360 x 800 with touch.

    ``phone(locale="fr", profile=folder, **options)``. With ``profile`` the browser keeps its storage in that folder:
    ``close()`` it and make another phone with the same folder to reopen the browser. ``options`` are Playwright's
    (``java_script_enabled=False``, ``color_scheme="dark"``, ...). What is still open in the end is closed.

    A phone without a profile has no service worker, which would fetch the whole app for a test of something else, unless
    it says ``service_workers="allow"``.
    """
    opened: list[BrowserContext] = []

    def make(locale: str = "en", *, profile: Path | None = None, **options: Any) -> BrowserContext:
        tongue = {"en": "en-CA", "fr": "fr-CA"}.get(locale, locale)
        worker = "allow" if profile else "block"
        settings = AS_A_PHONE | {"locale": tongue, "service_workers": worker} | options
        if profile is None:
            context = browser.new_context(**settings)
        else:
            context = playwright.chromium.launch_persistent_context(
                profile, executable_path=CHROMIUM, args=SHORT_LIVED, **settings
            )
        context.set_default_timeout(15_000)
        opened.append(watch(context))
        return context

    yield make
    for context in opened:
        context.close()


@pytest.fixture
def sign_in(request: pytest.FixtureRequest) -> Callable[..., Page]:
    """``sign_in(page, handle)`` signs a demo person in, on the shared server or on ``at``; the page is then home."""

    def do(page: Page, handle: str, at: Server | None = None) -> Page:
        where: Server = at or request.getfixturevalue("server")
        let_in(page.context, where, handle)
        page.goto(where.url)
        return page

    return do
