"""What a page must be on a small phone, and what a test needs to look at one.

``clean(page)`` after each step of a test: nothing for axe-core to find, nothing wider than the screen, nothing in
the console that should not be there, every target large enough.
"""

import os
import re
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

WIDTH, HEIGHT = 360, 800
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AS_A_PHONE: dict[str, Any] = {
    "viewport": {"width": WIDTH, "height": HEIGHT},
    "screen": {"width": WIDTH, "height": HEIGHT},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
    },
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}

# What a page is made of, without its words: a page of the same build, language, width and colours was looked at before.
_BUILD = """() => [document.documentElement.lang, innerWidth, matchMedia('(prefers-color-scheme: dark)').matches,
  ...[...document.querySelectorAll('*')].map((e) => [e.tagName, e.getAttribute('class'), e.getAttribute('role'),
    e.checked, e.open, e.hidden, ...[...e.attributes].map((a) => a.name)].join(' '))].join('|')"""
_seen: set[str] = set()

_AXE = Axe().axe_script
_LOOK = "(options) => axe.run(options).then((found) => found.violations)"
_said: dict[Page, list[str]] = {}

# Bars that stick to an edge cover what lies under them until one scrolls; axe-core looks at one place of the scroll
# alone and would call that small. For its look they lie where they stand in the page.
_LAY_FLAT = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('.top, .tabs, .sticky { position: static !important; }');
  window.alongsideFlat = sheet;
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""
_STAND_UP = (
    "() => { document.adoptedStyleSheets = document.adoptedStyleSheets.filter((s) => s !== window.alongsideFlat) }"
)

# Small targets: [what, width, height, least]. A link inside a sentence is spared, as in WCAG 2.2, success criterion
# 2.5.8 ("inline"); a radio button or checkbox counts with the label around or before it; what is moved off the
# screen until it has the focus is not there to be touched.
_SMALL = """() => {
  const found = [];
  const seen = (el) => el.checkVisibility({visibilityProperty: true, opacityProperty: true});
  const inline = (el) => {
    if (el.tagName !== 'A' || getComputedStyle(el).display !== 'inline') return false;
    const around = el.closest('p, li, dd, dt, td, th, figcaption, label, legend, small, span, div');
    return around && around.textContent.trim().length > el.textContent.trim().length;
  };
  for (const el of document.querySelectorAll('a[href], button, [role=button], summary, select, textarea, input')) {
    if (el.type === 'hidden' || !seen(el) || inline(el)) continue;
    let box = el.getBoundingClientRect();
    if (['radio', 'checkbox'].includes(el.type) && el.labels && el.labels.length) {
      box = el.labels[0].getBoundingClientRect();
    }
    if (box.right <= 0 || box.bottom + scrollY <= 0 || box.width <= 1 || box.height <= 1) continue;
    const press = el.matches('button, [role=button], a.button, input[type=submit], input[type=button]');
    const least = press ? 48 : 24;
    if (box.width < least - 0.5 || box.height < least - 0.5) {
      found.push([el.outerHTML.slice(0, 120), Math.round(box.width), Math.round(box.height), least]);
    }
  }
  return found;
}"""


def watch(context: BrowserContext) -> BrowserContext:
    """Keep what the console of each page of ``context`` says that is an error."""

    def listen(page: Page) -> None:
        said = _said.setdefault(page, [])

        def heard(message: ConsoleMessage) -> None:
            if message.type == "error":
                said.append(f"{message.text} ({message.location.get('url', '')})")

        page.on("console", heard)
        page.on("pageerror", lambda error: said.append(str(error)))

    for page in context.pages:
        listen(page)
    context.on("page", listen)
    return context


def forgive(page: Page, pattern: str = ".*") -> None:
    """Forget console errors that match: what a test itself provoked, such as a network that is off."""
    _said[page] = [text for text in _said.get(page, []) if not re.search(pattern, text)]


def clean(page: Page, *, shot: str = "", allow: str = "", rules: dict[str, Any] = RULES) -> None:
    """The page is as every page must be; see this module's first lines.

    ``allow`` is a pattern of console errors that this step means to provoke. ``shot`` names a screenshot, taken
    when ``ALONGSIDE_SHOTS`` names a folder. ``rules`` are axe-core's options, all that hold for us unless said.
    """
    if shot:
        take(page, shot)
    wrong = _looked_at(page, rules)
    wide = page.evaluate("document.documentElement.scrollWidth")
    width = (page.viewport_size or {"width": WIDTH})["width"]
    if wide > width:
        wrong.append(f"{wide} px wide on a screen of {width} px")
    said = [text for text in _said.get(page, []) if not (allow and re.search(allow, text))]
    wrong += [f"console: {text}" for text in said]
    _said[page] = []
    assert not wrong, "\n".join([page.url, *wrong])


def _looked_at(page: Page, rules: dict[str, Any]) -> list[str]:
    """What axe-core and a look at the size of targets find; nothing for a build that this process found clean."""
    build = f"{sorted(map(str, rules.items()))} {page.evaluate(_BUILD)}"
    if build in _seen:
        return []
    page.evaluate(_LAY_FLAT)
    wrong = [f"axe: {_told(v)}" for v in _violations(page, rules)]
    page.evaluate(_STAND_UP)
    wrong += [f"{what}: {w} x {h} px, needs {least}" for what, w, h, least in page.evaluate(_SMALL)]
    if not wrong:
        _seen.add(build)
    return wrong


def take(page: Page, name: str) -> None:
    """A screenshot of the whole page into the folder ``ALONGSIDE_SHOTS``, when that is set."""
    folder = os.environ.get("ALONGSIDE_SHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True, animations="disabled")


def _violations(page: Page, rules: dict[str, Any]) -> list[dict[str, Any]]:
    """What axe-core finds; its other findings, many times as long, stay in the browser."""
    if not page.evaluate("!!window.axe"):
        page.evaluate(_AXE)
    found: list[dict[str, Any]] = page.evaluate(_LOOK, rules)
    return found


def _told(violation: dict[str, Any]) -> str:
    where = "; ".join(f"{node['html'][:120]} [{node.get('failureSummary', '')}]" for node in violation["nodes"][:3])
    return f"{violation['id']}: {violation['help']}: {where}"
