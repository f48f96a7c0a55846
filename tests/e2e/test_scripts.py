"""The phone's own rules, run in the browser: what an answer or a save makes of a record, how an amount is read."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from babel.numbers import list_currencies
from playwright.sync_api import Browser, Page, Route

from alongside.kit import money
from tests.databases import WHERE
from tests.e2e.recording import module, ready
from tests.server import Server

pytestmark = pytest.mark.skipif(WHERE != "sqlite", reason="scripts and colours do not depend on the database")

STORED = {"status": "stored", "errors": {}}
ENTRY = {"kinds": ["outreach"], "minutes": 5}
OTHER = {"kinds": ["outreach"], "minutes": 9}
GONE = {"kinds": ["outreach"], "deleted": True}


def _record(entry: dict[str, Any], base: int = 0, sent: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "id": "a",
        "base": base,
        "entry": entry,
        "inflight": {**(sent or entry), "id": "a", "revision": base + 1},
        "state": "sending",
        "errors": {},
        "theirs": None,
    }


@pytest.mark.parametrize(
    ("record_", "answer", "wanted"),
    [
        (_record(ENTRY), STORED, None),
        (_record(ENTRY), {"status": "unchanged"}, None),
        (_record(OTHER, sent=ENTRY), STORED, {"base": 1, "state": "waiting", "inflight": None}),
        (_record(OTHER, base=4, sent=ENTRY), STORED, {"base": 5, "state": "waiting", "inflight": None}),
        (
            _record(ENTRY),
            {"status": "conflict", "theirs": {**OTHER, "revision": 3}},
            {"state": "conflict", "base": 0, "inflight": None},
        ),
        (_record(ENTRY), {"status": "conflict", "theirs": {**ENTRY, "revision": 3, "id": "a"}}, None),
        (_record(GONE, base=1), {"status": "conflict", "theirs": {"deleted": True, "revision": 2}}, None),
        (
            _record(ENTRY),
            {"status": "rejected", "errors": {"note": "No."}},
            {"state": "rejected", "errors": {"note": "No."}, "inflight": None},
        ),
        (
            _record(ENTRY, base=2),
            {"status": "rejected", "errors": {"revision": "First is 1."}},
            {"state": "waiting", "base": 0, "inflight": None},
        ),
        (_record(GONE, base=2), {"status": "rejected", "errors": {"revision": "First is 1."}}, None),
        (_record(ENTRY), {"status": "something new"}, {"state": "rejected", "inflight": None}),
    ],
)
def test_what_an_answer_makes_of_a_record(page_of_scripts: Page, record_: Any, answer: Any, wanted: Any) -> None:
    url = module(page_of_scripts, "sync")
    found = page_of_scripts.evaluate(
        "async ([url, record, answer]) => (await import(url)).after(record, record.inflight, answer)",
        [url, record_, answer],
    )
    if wanted is None:
        assert found is None
    else:
        assert {name: found[name] for name in wanted} == wanted
        assert found["entry"] == record_["entry"]


def test_a_late_answer_changes_nothing(page_of_scripts: Page) -> None:
    found = page_of_scripts.evaluate(
        """async ([url, record]) => {
      const { after } = await import(url);
      const sent = { ...record.inflight, revision: 7 };
      return [after(record, sent, {status: 'stored'}), after({...record, inflight: null}, record.inflight,
        {status: 'stored'}), after(undefined, sent, {status: 'stored'})].map((one) => one === undefined);
    }""",
        [module(page_of_scripts, "sync"), _record(ENTRY)],
    )
    assert found == [True, True, True]


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("12.50", "CAD"), ("12,50", "CAD"), ("1 200", "CAD"), ("1200", "JPY"), ("3.5", "CAD"), ("0,05", "EUR"),
        ("1.5", "JPY"), ("12.345", "CAD"), ("abc", "CAD"), ("", "CAD"), ("-3", "CAD"), ("0", "CAD"), ("1e3", "CAD"),
        ("1.234", "KWD"), ("10000000.00", "CAD"), ("10000000.01", "CAD"),
    ],
)  # fmt: skip
def test_amounts_are_read_as_the_server_reads_them(page_of_scripts: Page, text: str, currency: str) -> None:
    try:
        minor: int | None = money.read(text, currency)
    except money.BadAmount:
        minor = None
    if minor is not None and not 0 < minor <= 10**9:
        minor = None
    found = page_of_scripts.evaluate(
        "async ([url, text, currency]) => (await import(url)).readAmount(text, currency)",
        [module(page_of_scripts, "values"), text, currency],
    )
    assert found == minor


def test_what_the_server_folds_stays_whole_in_the_history(page_of_scripts: Page) -> None:
    """The phone's own history keeps what it has; it takes what is left of an entry only where it has nothing."""
    whole = {"id": "a", "day": "2026-01-02", "kinds": ["outreach"], "note": "whole"}
    short = {"id": "a", "day": "2026-01-01", "month": "2026-01", "folded": True, "kinds": ["outreach"]}
    found = page_of_scripts.evaluate(
        """async ([url, whole, short]) => {
      const { remember } = await import(url);
      const history = {};
      remember(history, whole); remember(history, short); remember(history, {...short, id: 'b'});
      remember(history, {...whole, id: 'c'}); remember(history, {id: 'c', deleted: true});
      return history;
    }""",
        [module(page_of_scripts, "keeping"), whole, short],
    )
    assert found["a"]["note"] == "whole"
    assert found["b"]["folded"] is True
    assert set(found) == {"a", "b"}


def test_every_currency_is_the_same_money_on_the_phone_and_on_the_server(page_of_scripts: Page) -> None:
    """Each currency that a group may have, and one that nobody knows: written and read, both ways, and in words."""
    codes = [*sorted(list_currencies()), "QQQ"]
    texts = [[money.plain(123456, code), f"{money.plain(123456, code)}1"] for code in codes]
    found = page_of_scripts.evaluate(
        """async ([url, codes, texts]) => {
      const { amountInWords, plainAmount, readAmount } = await import(url);
      return codes.map((code, i) => ({ plain: plainAmount(123456, code), words: amountInWords(123456, code),
        read: texts[i].map((text) => readAmount(text, code)) }));
    }""",
        [module(page_of_scripts, "values"), codes, texts],
    )
    for code, one in zip(codes, found, strict=True):
        finer = None if money.digits(code) else 1234561
        assert one["read"] == [123456, finer], code
        assert money.read(one["plain"], code) == 123456, code
        assert _figures(one["words"]) == _figures(money.show(123456, code)), code


def _figures(shown: str) -> str:
    return "".join(re.findall(r"[0-9](?:[0-9.,]*[0-9])?", shown))


FORM = {"id": "a", "base": 1, "told": None}
WAITS = {**_record(ENTRY, base=1), "inflight": None, "state": "waiting", "since": "2026-01-02", "told": "g"}
ASKED = {**WAITS, "state": "conflict", "theirs": {**OTHER, "revision": 3}}
NEW = {"kinds": ["outreach"], "minutes": 30}


@pytest.mark.parametrize(
    ("before", "from_", "wanted"),
    [
        (None, ENTRY, {"state": "waiting", "base": 1, "from": ENTRY, "inflight": None}),
        (WAITS, ENTRY, {"state": "waiting", "base": 1, "since": "2026-01-02", "told": "g"}),
        (WAITS, OTHER, {"state": "conflict", "theirs": ENTRY, "here": True, "base": 1}),
        (WAITS, None, {"state": "conflict", "theirs": ENTRY, "here": True}),
        (WAITS | {"entry": NEW}, OTHER, {"state": "waiting", "theirs": None}),
        (WAITS | {"entry": GONE}, ENTRY, {"state": "conflict", "theirs": GONE}),
        (_record(ENTRY, base=1), OTHER, {"state": "conflict", "inflight": {**ENTRY, "id": "a", "revision": 2}}),
        (ASKED, ENTRY, {"state": "conflict", "theirs": {**OTHER, "revision": 3}}),
        (ASKED, OTHER, "Unanswered"),
    ],
)
def test_what_saving_a_form_makes_of_a_record(page_of_scripts: Page, before: Any, from_: Any, wanted: Any) -> None:
    found = page_of_scripts.evaluate(
        """async ([url, before, made]) => {
      const { over, Unanswered } = await import(url);
      try {
        return over(before === null ? undefined : before, made);
      } catch (error) {
        return error instanceof Unanswered ? 'Unanswered' : String(error);
      }
    }""",
        [module(page_of_scripts, "sync"), before, {**FORM, "from": from_, "entry": NEW}],
    )
    if isinstance(wanted, str):
        assert found == wanted
    else:
        assert {name: found[name] for name in wanted} == wanted
        assert found["entry"] == NEW


TWICE = {**_record(NEW, base=1, sent=ENTRY), "state": "conflict", "theirs": ENTRY, "here": True}


@pytest.mark.parametrize(
    ("record_", "answer", "wanted"),
    [
        (TWICE, STORED, {"state": "conflict", "here": False, "theirs": {**ENTRY, "id": "a", "revision": 2}}),
        (TWICE | {"theirs": OTHER}, STORED, {"state": "conflict", "here": True, "theirs": OTHER, "base": 2}),
        (
            TWICE,
            {"status": "conflict", "theirs": {**OTHER, "revision": 5}},
            {"state": "conflict", "theirs": ENTRY, "base": 1},
        ),
        (TWICE, {"status": "rejected", "errors": {"note": "No."}}, {"state": "conflict", "theirs": ENTRY, "base": 1}),
        (TWICE, {"status": "rejected", "errors": {"revision": "First is 1."}}, {"state": "conflict", "base": 0}),
        (
            {**_record(NEW, base=1), "from": ENTRY},
            {"status": "conflict", "theirs": {**ENTRY, "revision": 2, "id": "a"}},
            {"state": "waiting", "base": 2},
        ),
        (
            {**_record(NEW, base=1), "from": ENTRY},
            {"status": "conflict", "theirs": {**OTHER, "revision": 2, "id": "a"}},
            {"state": "conflict", "theirs": {**OTHER, "revision": 2, "id": "a"}},
        ),
    ],
)
def test_an_answer_settles_no_question(page_of_scripts: Page, record_: Any, answer: Any, wanted: Any) -> None:
    """Whatever the server says of the older version, both stay; what the form started with is no news."""
    found = page_of_scripts.evaluate(
        "async ([url, record, answer]) => (await import(url)).after(record, record.inflight, answer)",
        [module(page_of_scripts, "sync"), record_, answer],
    )
    assert {name: found[name] for name in wanted} == wanted
    assert (found["entry"], found["inflight"]) == (NEW, None)


@pytest.mark.parametrize(
    ("choice", "first", "others"),
    [
        ("mine", {"entry": NEW, "base": 1, "state": "waiting", "theirs": None}, []),
        ("theirs", {"entry": ENTRY, "base": 1, "state": "waiting", "theirs": None}, []),
        ("both", {"entry": ENTRY, "base": 1, "state": "waiting", "theirs": None}, [(NEW, 0, None)]),
    ],
)
def test_two_versions_of_this_phone_are_settled(page_of_scripts: Page, choice: str, first: Any, others: Any) -> None:
    found = page_of_scripts.evaluate(
        """async ([url, record, choice]) => {
      const { settle } = await import(url);
      const kept = new Map([['a', record]]);
      const update = async (id, change) => {
        const after = change(kept.get(id));
        if (after === null) kept.delete(id);
        else if (after !== undefined) kept.set(id, after);
        return after;
      };
      await settle({ update, remove: async (id) => kept.delete(id) }, 'a', choice);
      return Array.from(kept.values());
    }""",
        [module(page_of_scripts, "sync"), TWICE, choice],
    )
    assert {name: found[0][name] for name in first} == first
    assert found[0]["inflight"] == TWICE["inflight"], "the attempt whose answer is not known goes again as it was"
    assert [(one["entry"], one["base"], one["inflight"]) for one in found[1:]] == others


_LOOK = """(tile) => {
  const label = tile.closest('label'), words = label.querySelector('span');
  const face = window.old ? getComputedStyle(words, '::after') : getComputedStyle(label);
  const outline = face.outlineStyle === 'none' ? 'none' : [face.outlineColor, face.outlineWidth, face.outlineOffset];
  return [face.borderTopColor, face.borderTopWidth, face.borderTopLeftRadius, face.backgroundColor, face.width, face.height, outline,
    getComputedStyle(words).fontWeight];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_older_browser_shows_what_is_chosen_as_a_newer_one_does(phone: Any, sign_in: Any, scheme: str) -> None:
    looks = []
    for old in (False, True):
        page = phone(color_scheme=scheme).new_page()
        if old:
            page.route("**/*.css", _without_has)
            page.add_init_script("window.old = true")
        ready(sign_in(page, "demo-ash"))
        chosen = page.locator("#entry [name=kinds]").first
        chosen.focus()
        page.keyboard.press("Space")
        with_ring = chosen.evaluate(_LOOK)
        chosen.blur()
        looks.append([with_ring, chosen.evaluate(_LOOK)])
    assert looks[0] == looks[1]
    assert looks[0][0] != looks[0][1]


def _without_has(route: Route) -> None:
    answer = route.fetch()
    css = answer.text().replace("@supports not selector(:has(*))", "@media all")
    route.fulfill(response=answer, body=re.sub(r"^[^{}\n]*:has\([^{}\n]*\{[^{}]*\}", "", css, flags=re.MULTILINE))


@pytest.fixture(scope="module")
def page_of_scripts(server: Server, browser: Browser) -> Iterator[Page]:
    """The shell, for tests of its scripts' own functions."""
    page = browser.new_page()
    page.goto(f"{server.url}/shell/")
    yield page
    page.close()
