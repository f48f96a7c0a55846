"""The phone's own rules, run in the browser: what an answer makes of a record, how an amount is read."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from alongside.kit import money
from tests.databases import WHERE
from tests.e2e.recording import module
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
        [module(page_of_scripts, "fields"), text, currency],
    )
    assert found == minor


@pytest.fixture(scope="module")
def page_of_scripts(server: Server, browser: Browser) -> Iterator[Page]:
    """The shell, for tests of its scripts' own functions."""
    page = browser.new_page()
    page.goto(f"{server.url}/shell/")
    yield page
    page.close()
