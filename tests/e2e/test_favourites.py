"""What is done again and again takes two taps; the phone alone knows of it."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.databases import WHERE
from tests.e2e.journeys import LOCALES
from tests.e2e.phone import clean
from tests.e2e.recording import entries, ready
from tests.server import Server

Phone = Callable[..., BrowserContext]
SignIn = Callable[..., Page]


def chips(page: Page) -> Locator:
    return page.locator("#favourites [data-chip]")


def save(page: Page, kinds: list[str], minutes: str, who: str = "") -> None:
    """Save an entry, and wait until it is on the server and the form is empty again."""
    for code in kinds:
        if not page.locator(f"[name=kinds][value={code}]").is_visible():
            page.locator(".more-kinds > summary").tap()
        page.locator(f"[name=kinds][value={code}]").check()
    page.locator(f"#entry [name=minutes][value='{minutes}']").check()
    if who:
        page.locator("#more > summary").tap()
        page.locator(f"[name=for][value^='{who}']").first.check()
    page.locator("#entry [data-save]").tap()
    expect(page.locator("#entry .form-said:not(.soft)")).not_to_be_empty()


@pytest.mark.parametrize("locale", LOCALES)
def test_what_was_done_last_is_saved_again_with_two_taps(
    server: Server, phone: Phone, sign_in: SignIn, locale: str
) -> None:
    context = phone(locale)
    page = ready(sign_in(context.new_page(), "demo-wren"))
    expect(chips(page)).to_have_count(0)
    save(page, ["outreach"], "30")
    save(page, ["forms"], "60", "group:")
    save(page, ["outreach"], "30", "")
    page.locator("#more > summary").tap()
    page.locator("[name=for][value='']").check()
    save(page, ["crisis_call"], "120")
    page.reload()
    ready(page)
    expect(chips(page).first).to_have_attribute("data-chip", "last")
    before = len(entries(server, "demo-wren"))
    clean(page, shot=f"favourites-{locale}")
    chips(page).first.tap()
    page.locator("#entry [data-save]").tap()
    expect(page.locator("#entry .form-said:not(.soft)")).not_to_be_empty()
    found = entries(server, "demo-wren")
    assert len(found) == before + 1
    assert (found[-1]["kinds"], found[-1]["minutes"], found[-1]["shared"]) == (["outreach"], 30, False)
    stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert "outreach" not in stored
    page.locator("#favourites .quiet").tap()
    expect(chips(page)).to_have_count(0)
    page.reload()
    expect(chips(ready(page))).to_have_count(0)


def test_nothing_is_shown_while_locked_or_after_leaving_until_the_owner_is_back(
    server: Server, phone: Phone, sign_in: SignIn
) -> None:
    context = phone()
    page = ready(sign_in(context.new_page(), "demo-ash"))
    save(page, ["housing"], "60")
    expect(chips(page)).to_have_count(1)
    handle = page.evaluate_handle(
        "async () => (await import(document.querySelector('script[src*=\"work/record.\"]').src)).recorder"
    )
    page.evaluate("(recorder) => recorder.setCode('4711', '4711')", handle)
    page.evaluate("(recorder) => recorder.lock()", handle)
    expect(chips(page)).to_have_count(0)
    page.reload()
    expect(page.locator("#code-0")).to_be_visible()
    expect(chips(page)).to_have_count(0)
    page.locator("#code-0").fill("4711")
    page.locator("#waiting form button").first.tap()
    expect(chips(page)).to_have_count(1)
    page.locator("[data-leave]").tap()
    other = context.new_page()
    other.goto(f"{server.url}/shell/")
    expect(ready(other).locator("#entry")).to_be_visible()
    expect(chips(other)).to_have_count(0)
    sign_in(other, "demo-ash")
    other.locator("#code-0").fill("4711")
    other.locator("#waiting form button").first.tap()
    expect(chips(other)).to_have_count(1)


ONE = {"kinds": ["outreach"], "minutes": 30, "for": ""}
TWO = {"kinds": ["forms", "outreach"], "minutes": None, "for": ""}
SAME = {"kinds": ["outreach", "forms"], "minutes": None, "for": ""}
LONE = {"kinds": ["housing"], "minutes": 60, "for": ""}


def _ids(*given: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**one, "id": str(uuid.uuid4())} for one in given]


@pytest.mark.skipif(WHERE != "sqlite", reason="scripts do not depend on the database")
def test_the_last_comes_first_then_what_was_there_twice(server: Server, phone: Phone) -> None:
    page = phone().new_page()
    page.goto(f"{server.url}/shell/")
    script = "document.querySelector('script[src*=\"work/favourites.\"]').src"

    def offered(*given: dict[str, Any]) -> list[Any]:
        found: list[dict[str, Any]] = page.evaluate(
            f"async (list) => (await import({script})).offered(list)", _ids(*given)
        )
        return [one["kinds"] for one in found]

    def learned(before: list[Any], id_: str, one: Any, known: bool) -> list[Any]:
        found: list[dict[str, Any]] = page.evaluate(
            f"async ([...given]) => (await import({script})).learned(...given)", [before, id_, one, known]
        )
        return [one["id"] for one in found]

    assert offered() == []
    assert offered(LONE, TWO, ONE) == [LONE["kinds"]]
    assert offered(LONE, TWO, ONE, ONE, ONE, SAME) == [LONE["kinds"], ONE["kinds"], TWO["kinds"]]
    ten = _ids(*[ONE] * 10)
    order = [one["id"] for one in ten]
    assert learned(ten, "new", LONE, False) == ["new", *order[:-1]]
    assert learned(ten, "old", LONE, True) == order
    assert learned(ten, order[3], LONE, True) == order
    assert learned(ten, order[3], None, False) == order[:3] + order[4:]
