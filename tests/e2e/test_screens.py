"""Every page of every demo person: well, readable, no wider than the screen, small on the wire, in both languages."""

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from alongside.home import demo as cast
from tests.databases import WHERE
from tests.e2e.journeys import EVERY, Phone, demo
from tests.e2e.phone import HEIGHT, WIDTH, clean
from tests.server import Server

pytestmark = pytest.mark.skipif(WHERE != "sqlite", reason="scripts and colours do not depend on the database")

PEOPLE = ("demo-wren", "demo-ash", "demo-cleo", "demo-sam")
WIDE = {"width": 1280, "height": 800}
NARROW = {"width": WIDTH, "height": HEIGHT}
LIKE = 1
"""How many pages of the same kind are looked at a person; the journeys pass the others."""
HTML_MOST = 15 * 1024
FILES = re.compile(r"\.(csv|json|zip|pdf|webmanifest|js)$|^/(healthz|api|demo|static)")
STARTS = ("/", "/record/", "/work/new/", "/letters/", "/about/", "/people/account/", "/people/groups/", "/pay/")
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
"""What can differ between light and dark, once the rest of a page was looked at; between languages, only sizes do."""
TELLING = re.compile(r"drug|drogue|harm|overdose|surdose|peer|pair|substance|naloxone|addict", re.IGNORECASE)
"""What the title of a page, which others see over a shoulder or in a list of windows, must not hold."""
FOLDED = "document.querySelectorAll('details').forEach((one) => { one.open = true })"
BROKEN = """() => {
  const found = new Set();
  const range = document.createRange();
  for (const around of document.querySelectorAll('.tag, button, .button, legend, h1, h2, .tabs a, summary, th, label span')) {
    const walker = document.createTreeWalker(around, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      for (const word of walker.currentNode.data.matchAll(/[\\p{L}]{2,14}/gu)) {
        range.setStart(walker.currentNode, word.index);
        range.setEnd(walker.currentNode, word.index + word[0].length);
        const lines = new Set([...range.getClientRects()].filter((box) => box.width).map((box) => Math.round(box.top)));
        if (lines.size > 1) found.add(word[0]);
      }
    }
  }
  return [...found];
}"""
"""Short words that stand on two lines: a label was squeezed."""
HEADS_AND_TITLE = "['h1', '[data-leave]'].map((one) => document.querySelectorAll(one).length).concat(document.title)"
"""A locator would take ten times as long: it loads Playwright's own script into each page."""
TEXTS = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = new Set();
  while (walker.nextNode()) {
    const around = walker.currentNode.parentElement;
    if (around.closest('script, style, .kept, [lang]:not(html)')) continue;
    const text = walker.currentNode.textContent.replace(/\\s+/g, ' ').trim();
    if (text.split(' ').length > 3) found.add(text);
  }
  return [...found];
}"""


_read: set[str] = set()
"""What pages said in English, once it was seen that they say something else in French."""


def _kind(path: str) -> str:
    try:
        return resolve(path).view_name
    except Resolver404:
        return path


class _Walk:
    """Addresses that links lead to from the first pages, at most :data:`LIKE` of a kind: each page says where to go on."""

    def __init__(self) -> None:
        self._left, self._been, self._seen = list(STARTS), set[str](), Counter[str]()

    def __iter__(self) -> Iterator[str]:
        while self._left:
            path = self._left.pop(0)
            if path in self._been or FILES.search(path) or self._seen[_kind(path)] >= LIKE:
                continue
            self._been.add(path)
            self._seen[_kind(path)] += 1
            yield path

    def read(self, html: str) -> None:
        """Go to what this page links to, too."""
        self._left += re.findall(r'<a[^>]* href="(/[^"#?]*)', html)


def _hold(page: Page, path: str, response: Any) -> None:
    """What holds for a page in every language, theme and width."""
    assert response is not None
    assert response.status == 200, path
    heads, ways_out, title = page.evaluate(HEADS_AND_TITLE)
    assert (heads, ways_out) == (1, 1), f"{path}: headings, and ways to leave fast"
    assert title.endswith(" · Alongside"), path
    assert not TELLING.search(title), (path, title)
    packed = len(gzip.compress(response.body(), 6))  # as the server sends it
    assert packed <= HTML_MOST, f"{path}: {packed} bytes"


@pytest.mark.parametrize("handle", PEOPLE)
def test_every_page(server: Server, phone: Phone, handle: str) -> None:
    """In English and light on a small screen, in the dark on a wide one, and in French with no English left in it."""
    english, french = demo(server, phone, handle, "en"), demo(server, phone, handle, "fr")
    page, wrong, walk = english.page, list[str](), _Walk()
    for path in walk:
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(NARROW)
        response = page.goto(server.url + path)
        assert response is not None
        assert response.status == 200, f"{path} of {handle} answers {response.status}"
        walk.read(response.text())
        if urlsplit(page.url).path != path:
            continue  # it leads on to a page that has its own turn
        try:
            _hold(page, path, response)
            page.evaluate(FOLDED)
            clean(page)
            assert page.evaluate(BROKEN) == [], path
            said = set(page.evaluate(TEXTS))
            page.emulate_media(color_scheme="dark")
            page.set_viewport_size(WIDE)
            clean(page, rules=CONTRAST)
            if said <= _read:
                continue  # each of its sentences was looked for in French on another page
            _hold(french.page, path, french.page.goto(server.url + path))
            french.page.evaluate(FOLDED)
            clean(french.page, rules=None)
            assert french.page.evaluate(BROKEN) == [], path
            left = [text for text in said & set(french.page.evaluate(TEXTS)) if not _typed(text)]
            assert not left, f"{path} says in French: {left}"
            _read.update(said)
        except AssertionError as error:
            wrong.append(str(error))
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize("locale", EVERY)
def test_pages_without_an_account(server: Server, phone: Phone, locale: str) -> None:
    page = phone(locale).new_page()
    for path in ("/", "/about/", "/people/sign-in/", "/people/make-account/", "/shell/", "/nothing/"):
        page.set_viewport_size(NARROW)
        page.emulate_media(color_scheme="light")
        page.goto(server.url + path)
        assert page.evaluate(HEADS_AND_TITLE)[:2] == [1, 1]
        clean(page, allow="404|401")
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size(WIDE)
        clean(page, rules=CONTRAST)


@pytest.mark.parametrize("path", ["/", "/work/new/", "/private/"])
def test_a_page_names_every_script_that_it_starts_with(server: Server, phone: Phone, path: str) -> None:
    """None is found out about only when another one was read: that is a way to the server and back, each time."""
    page, asked = demo(server, phone, "demo-wren").page, list[str]()
    page.on("request", lambda one: asked.append(urlsplit(one.url).path) if one.resource_type == "script" else None)
    response = page.goto(server.url + path)
    assert response is not None
    named = re.findall(r'(?:<script[^>]* src|<link rel="modulepreload" href)="([^"]+)"', response.text())
    assert len(named) >= 3
    assert sorted(named) == sorted(set(named))
    assert set(named) == set(asked)


COVERED = """() => {
  const one = document.activeElement;
  if (one === document.body || one.closest('.skip, .top, .tabs, .sticky')) return '';
  const box = (one.type === 'radio' || one.type === 'checkbox') && one.labels.length ? one.labels[0] : one;
  const { top, bottom } = box.getBoundingClientRect();
  const bars = [...document.querySelectorAll('.top, .tabs, .sticky')].map((bar) => bar.getBoundingClientRect());
  const under = (bar) => top < bar.bottom - 1 && bottom > bar.top + 1;
  return bars.some(under) ? one.outerHTML.slice(0, 120) : '';
}"""


@pytest.mark.parametrize("path", ["/", "/watch/"])
def test_what_has_the_focus_lies_under_no_bar(server: Server, phone: Phone, path: str) -> None:
    """One who goes through a page by keys, or by what stands for keys, sees where they are (WCAG 2.2, 2.4.11)."""
    page = demo(server, phone, "demo-wren").open(path)
    page.evaluate(FOLDED)
    covered = set[str]()
    for key in ["Tab"] * 60 + ["Shift+Tab"] * 60:
        page.keyboard.press(key)
        covered.add(page.evaluate(COVERED))
    assert covered <= {""}


TWICE = "() => { document.documentElement.style.fontSize = '200%' }"
"""As a browser has it whose letters were set to twice the size."""


@pytest.mark.parametrize("locale", EVERY)
def test_letters_of_twice_the_size_push_nothing_off_the_screen(server: Server, phone: Phone, locale: str) -> None:
    """The way out above all (WCAG 2.2, 1.4.4)."""
    page, wrong = demo(server, phone, "demo-wren", locale).page, list[str]()
    for path in (*STARTS, "/watch/"):
        page.goto(server.url + path)
        page.evaluate(FOLDED)
        page.evaluate(TWICE)
        out = page.locator("[data-leave]").bounding_box()
        assert out is not None
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > WIDTH or out["x"] + out["width"] > WIDTH:
            wrong.append(f"{path} is {wide} px wide, the way out ends at {out['x'] + out['width']:.0f}")
    assert not wrong, "\n".join(wrong)


def _typed(text: str) -> bool:
    """Whether the demo's people wrote this: it stays as they wrote it."""
    source = Path(cast.__file__).read_text(encoding="utf-8")
    return any(text in one or one in text for one in re.findall(r'"([^"\n]{8,})"', source) if " " in one)
