"""What a page must be on a small phone, and what a test needs to look at one.

``clean(page)`` after each step of a test: nothing for axe-core to find, nothing wider than the screen, nothing in
the console that should not be there, every target large enough.
"""

import hashlib
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
    "preload": False,  # sheets are read for one rule alone, on sheets that lock the screen's orientation: ours do not
}

# What there is to see of a page, without its words: each element with what axe-core's rules read of it (of the other
# attributes, how long a text may be say, none does), and in what it stands, unless readers are told to pass it by. What is
# hidden is passed by here as it is there, or it would be taken for looked at when it shows.
_KIND = """
  const read = /^(class|role|aria-.*|alt|title|lang|dir|tabindex|href|for|scope|headers|disabled|placeholder|accesskey|style|src)$/;
  const self = (e) => [e.tagName, e.type, e.getAttribute('class'), e.getAttribute('role'), e.autocomplete,
    e.checked, e.open, e.labels && e.labels.length,
    ...[...e.attributes].map((a) => a.name).filter((name) => read.test(name))].join(' ');
  const place = (e) => e ? e.tagName + ' ' + e.getAttribute('class') : '';
  const kind = (e) => [self(e), e.ariaHidden === 'true' ? '' : place(e.parentElement)].join('|');
  const shows = (e) => !document.body.contains(e) || e.checkVisibility({visibilityProperty: true});
  const all = [...document.querySelectorAll('*')].filter(shows);
"""
_AXE = re.sub("[^\x00-\x7f]", lambda sign: f"\\u{ord(sign[0]):04x}", Axe().axe_script)
"""axe-core, its few signs beyond ASCII written as JavaScript writes them (none is beyond 16 bits): it then takes half the way
into a page, at eight bits a sign."""
# A look at all, or at elements of some kinds and what is around them: what stands once in a page (its parts, the order of its
# headings) is not asked of those. Bars that stick to an edge cover what lies under them until one scrolls; axe-core looks at
# one place of the scroll alone and would call that small: for its look they lie where they stand in the page.
_LOOK = f"""async ([options, kinds]) => {{ {_KIND}
  const found = all.filter((e) => kinds.includes(kind(e)));
  const around = new Set(found.map((e) => (document.body.contains(e) && e.parentElement) || document.documentElement));
  if (!around.size) around.add(document.documentElement); // nothing was named, or it is gone since
  const flat = new CSSStyleSheet();
  flat.replaceSync('.top, .tabs, .sticky {{ position: static !important; }}');
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, flat];
  try {{ // its other findings, many times as long, stay in the browser
    return (await axe.run({{include: [...around]}}, options)).violations;
  }} finally {{
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== flat);
  }}
}}"""
FEW = 0.1
"""What part of a page is little: a look at that alone is then a fraction of one at all of it."""
_MARK = 16
_HERE = Path(os.environ.get("ALONGSIDE_TEST_HOME", "/nowhere")) / "looked-at"
_FILE = Path(os.environ.get("ALONGSIDE_TEST_LOOKED_AT", _HERE))
_seen: set[bytes] = set()
_read = [0]
"""How far into the file this process has read."""
_said: dict[Page, list[str]] = {}

# Small targets, [what, width, height, least] each; how wide the page is; and what it is made of: where it is looked at, its
# language with the order of its headings, the kinds of its elements, and whether axe-core is in it already. A link inside a
# sentence is spared, as in WCAG 2.2, success criterion 2.5.8 ("inline"); a radio button or checkbox counts with the label
# around or before it; what is moved off the screen until it has the focus is not there to be touched.
_SIZES = """
  const found = [];
  const ids = [...document.querySelectorAll('[id]')].map((el) => el.id);
  for (const id of new Set(ids)) if (ids.indexOf(id) !== ids.lastIndexOf(id)) found.push(['twice: #' + id, 0, 0, 0]);
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
  const heads = all.filter((e) => /^H[1-6]$/.test(e.tagName)).map((e) => e.tagName).join(' ');
  const where = [innerWidth, matchMedia('(prefers-color-scheme: dark)').matches].join('|');
  const order = [document.documentElement.lang, heads.replace(/(H.)( \\1)+/g, '$1')].join('|');
  return [found, document.documentElement.scrollWidth, [where, order, [...new Set(all.map(kind))], !!window.axe]];
"""
_MEASURE = f"() => {{ {_KIND} {_SIZES} }}"


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


def clean(page: Page, *, shot: str = "", allow: str = "", rules: dict[str, Any] | None = RULES) -> None:
    """The page is as every page must be; see this module's first lines.

    ``allow`` is a pattern of console errors that this step means to provoke. ``shot`` names a screenshot, taken
    when ``ALONGSIDE_SHOTS`` names a folder. ``rules`` are axe-core's options, all that hold for us unless said; with
    ``None`` it does not look.
    """
    if shot:
        take(page, shot)
    small, wide, build = page.evaluate(_MEASURE)
    wrong = [f"{what}: {w} x {h} px, needs {least}" for what, w, h, least in small]
    wrong += _looked_at(page, rules, build) if rules else []
    width = (page.viewport_size or {"width": WIDTH})["width"]
    if wide > width:
        wrong.append(f"{wide} px wide on a screen of {width} px")
    said = [text for text in _said.get(page, []) if not (allow and re.search(allow, text))]
    wrong += [f"console: {text}" for text in said]
    _said[page] = []
    assert not wrong, "\n".join([page.url, *wrong])


def _looked_at(page: Page, rules: dict[str, Any], build: tuple[str, str, list[str], bool]) -> list[str]:
    """What axe-core finds.

    axe-core looks at a page that holds anything which no page before it held in such a place: its looks take longer than
    all else that these tests do. Where little is new and the order of headings is not, it looks at that and what is around
    it. Each order of headings is looked at in each language, with the whole page; of a kind of element the words are passed
    over in any case. What every process of the runs found clean is known to all.
    """
    where, order, kinds, loaded = build
    known, before = _known(), f"{rules} {where} "
    head, marks = _mark(before + order), {_mark(before + kind): kind for kind in kinds}
    new = {mark: kind for mark, kind in marks.items() if mark not in known}
    if not new and head in known:
        return []
    if not loaded:
        page.evaluate(_AXE)
    some = list(new.values()) if head in known and len(new) < len(kinds) * FEW else []
    wrong = [f"axe: {_told(v)}" for v in page.evaluate(_LOOK, [rules, some])]
    if not wrong:
        _keep({head, *new})
    return wrong


def _mark(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=_MARK).digest()


def _known() -> set[bytes]:
    """The marks of all that was found clean so far, by whichever process of this run."""
    if _FILE.exists():
        with _FILE.open("rb") as file:
            file.seek(_read[0])
            fresh = file.read()
        _read[0] += len(fresh)
        _seen.update(fresh[at : at + _MARK] for at in range(0, len(fresh), _MARK))
    return _seen


def _keep(marks: set[bytes]) -> None:
    with _FILE.open("ab", buffering=0) as file:  # one write, at the end: processes do not mix
        file.write(b"".join(sorted(marks)))


def take(page: Page, name: str) -> None:
    """A screenshot of the whole page into the folder ``ALONGSIDE_SHOTS``, when that is set."""
    folder = os.environ.get("ALONGSIDE_SHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True, animations="disabled")


def _told(violation: dict[str, Any]) -> str:
    where = "; ".join(f"{node['html'][:120]} [{node.get('failureSummary', '')}]" for node in violation["nodes"][:3])
    return f"{violation['id']}: {violation['help']}: {where}"
