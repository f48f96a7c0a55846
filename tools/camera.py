"""A camera for docs/tour.md: phones in a browser, a fresh demo, pictures, and the page that they stand on."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ViewportSize, sync_playwright

from tests.e2e.journeys import Person
from tests.e2e.phone import ARGS, AS_A_PHONE, HEIGHT, WIDTH
from tests.server import Server, serving
from tests.sink import Sink

CHROMIUM = "/usr/bin/chromium-headless-shell"
SMALL: ViewportSize = {"width": WIDTH, "height": HEIGHT}
LARGE: ViewportSize = {"width": 1000, "height": 800}
QUALITIES = (80, 65, 50, 35)
MOST = 40_000
"""The most bytes of one picture."""
_STATUS = "performance.getEntriesByType('navigation')[0].responseStatus"
_NAMED = """
from django.urls import Resolver404, resolve

def named(path):
    try:
        return resolve(path).route
    except Resolver404:
        return ""

print(*sorted({{named(path) for path in {places}}} - {{""}}))
"""
INTRODUCTION = """# A tour of the screens

Each screen of Alongside as somebody sees it on a small phone, in the order of a short story: Wren does outreach for
a union, Cleo coordinates it, Sam is its steward, and Robin is new. All of them are made up. `make tour` takes these
pictures again and writes this page.
"""


@dataclass
class Tour:
    """The story as it is told: screens in order, each with one or two sentences."""

    server: Server
    browser: Browser
    folder: Path
    long: Path | None
    stack: ExitStack
    lines: list[str] = field(default_factory=lambda: [INTRODUCTION])
    shown: dict[str, str] = field(default_factory=dict)
    """Which address each picture is of, by the picture's name."""

    def phone(self, locale: str = "en", **options: Any) -> BrowserContext:
        """A phone, as the browser tests have it."""
        tongue = {"en": "en-CA", "fr": "fr-CA"}[locale]
        context = self.browser.new_context(**{**AS_A_PHONE, "device_scale_factor": 1, "locale": tongue, **options})
        self.stack.callback(context.close)
        context.set_default_timeout(20_000)
        return context

    def chapter(self, title: str, words: str) -> None:
        """Begin a part of the tour."""
        self.lines.append(f"## {title}\n\n{words}\n")

    def show(
        self,
        person: Person,
        name: str,
        title: str,
        words: str,
        *,
        path: str = "",
        at: str = "",
        size: ViewportSize = SMALL,
        wrong: bool = False,
    ) -> None:
        """Take a screen as it is now (or after going to ``path``), from the top or from the element ``at``.

        A page that says what is ``wrong`` is said to: any other must not be one.
        """
        assert name not in self.shown, f"two pictures would be {name}.jpg"
        if path:
            person.open(path)
        page = person.page
        assert wrong or page.evaluate(_STATUS) == 200, f"{page.url}, for {name}"
        page.set_viewport_size(size)
        if at:
            page.locator(at).first.evaluate("(one) => { scrollTo(0, one.getBoundingClientRect().top + scrollY - 76) }")
        else:
            page.evaluate("scrollTo(0, 0)")
        page.wait_for_timeout(250)
        for quality in QUALITIES:
            picture = page.screenshot(type="jpeg", quality=quality, animations="disabled")
            if len(picture) <= MOST:
                break
        (self.folder / f"{name}.jpg").write_bytes(picture)
        if self.long:
            page.screenshot(path=self.long / f"{name}.png", full_page=True, animations="disabled")
        page.set_viewport_size(SMALL)
        self.shown[name] = urlsplit(page.url).path
        self.lines.append(f"### {title}\n\n{words}\n\n![{title}](tour/{name}.jpg)\n")

    def written(self) -> str:
        """The page, with the name of each address that a picture is of: a check looks for those that none is of."""
        named = self.server.python(_NAMED.format(places=[*self.shown.values()]))
        return "\n".join([*self.lines, f"<!-- Shown: {named} -->\n"])


@contextmanager
def touring(folder: Path, long: Path | None) -> Iterator[Tour]:
    """A demo, a browser and an empty folder for pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.jpg"):
        old.unlink()
    if long:
        long.mkdir(parents=True, exist_ok=True)
    with Sink() as sink, sync_playwright() as playwright, ExitStack() as stack:
        gateways = {"ALONGSIDE_SMS_URL": sink.url, "ALONGSIDE_MAIL_URL": sink.url}
        server = stack.enter_context(serving(env=gateways))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        stack.callback(browser.close)
        yield Tour(server, browser, folder, long, stack)
