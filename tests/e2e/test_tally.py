"""Counting through a shift: big buttons, without a connection, past a closed browser, one entry in the end."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.journeys import LOCALES, folded
from tests.e2e.phone import clean
from tests.e2e.recording import entries, fresh_note, installed, noted, ready, until, waiting
from tests.server import Server

Phone = Callable[..., BrowserContext]
SignIn = Callable[..., Page]
NO_NET = "ERR_INTERNET_DISCONNECTED|Failed to fetch|ERR_FAILED|401"


def tap(page: Page, code: str, times: int = 1) -> None:
    for _tap in range(times):
        page.locator(f"#tally [data-code={code}]").tap()


def shows(page: Page, **wanted: int) -> None:
    for code, n in wanted.items():
        expect(page.locator(f"#tally [data-code={code}] strong")).to_have_text(str(n))


def kept(page: Page) -> Page:
    """Wait until every tap is in the phone's store."""
    expect(page.locator("#tally[data-kept]")).to_be_attached()
    return page


def start(page: Page, *codes: str) -> Page:
    """From home, by the one tap that leads there, to the buttons for these things."""
    with page.expect_navigation():
        page.locator("main a[href$='/work/tally/']").tap()
    ready(page)
    expect(page.locator("#entry")).to_be_hidden()
    for box in page.locator("#tally input").all():
        box.set_checked((box.get_attribute("value") or "") in codes)
    page.locator("#tally .sticky button").tap()
    return page


def test_a_shift_is_counted_offline_past_a_closed_browser_into_one_entry(
    server: Server, phone: Phone, sign_in: SignIn, tmp_path: Path
) -> None:
    locale = LOCALES[0]
    context = phone(locale, profile=tmp_path / "profile")
    page = installed(ready(sign_in(context.pages[0], "demo-ash")))
    before = len(entries(server, "demo-ash"))
    context.set_offline(True)
    page.goto(f"{server.url}/")
    start(ready(page), "syringes", "naloxone")
    tap(page, "people", 3)
    tap(page, "syringes", 2)
    tap(page, "naloxone")
    page.locator("#tally .number", has=page.locator("[data-code=naloxone]")).locator("button").last.tap()
    shows(page, people=3, syringes=2, naloxone=0)
    clean(kept(page), shot=f"tally-{locale}", allow=NO_NET)
    context.close()
    on_disk = b"".join(path.read_bytes() for path in (tmp_path / "profile").rglob("*") if path.is_file())
    assert b'"shown":' not in on_disk
    assert b'"supplies":{' not in on_disk

    context = phone(locale, profile=tmp_path / "profile")
    context.set_offline(True)
    page = context.pages[0]
    page.goto(f"{server.url}/work/tally/")
    shows(ready(page), people=3, syringes=2, naloxone=0)
    tap(page, "people")
    kept(page)
    page.locator("#tally .sticky button").tap()
    expect(page.locator("[name=people]")).to_have_value("4")
    expect(page.locator("[name=kinds][value=supplies]")).to_be_checked()
    clean(page, shot=f"tally-form-{locale}", allow=NO_NET)
    page.locator("#entry [name=minutes][value='240']").check()
    page.locator("#entry [data-save]").tap()
    expect(waiting(page)).to_have_count(1)
    context.set_offline(False)
    expect(waiting(page)).to_have_count(0)
    found = entries(server, "demo-ash")
    assert len(found) == before + 1
    assert (found[-1]["people"], found[-1]["supplies"], found[-1]["minutes"]) == (4, {"syringes": 2}, 240)
    assert not [name for name in found[-1] if "time" in name or "clock" in name]
    page.goto(f"{server.url}/work/tally/")
    shows(ready(page), people=0, syringes=0, naloxone=0)  # the buttons stay, the count begins anew


def test_a_count_is_not_read_without_the_phone_code_nor_after_leaving(
    server: Server, phone: Phone, sign_in: SignIn
) -> None:
    context = phone(service_workers="allow")
    page = start(installed(ready(sign_in(context.new_page(), "demo-ash"))), "water")
    tap(page, "water", 2)
    kept(page)
    store = page.evaluate_handle(
        "async () => (await import(document.querySelector('script[src*=\"work/record.\"]').src)).recorder.store"
    )
    page.evaluate("(store) => store.setCode('4711')", store)
    page.evaluate("() => sessionStorage.clear()")  # as a browser that was closed
    page.reload()
    expect(ready(page).locator("#tally [data-code]")).to_have_count(0)
    clean(page, shot="tally-locked")
    page.locator("#code-0").fill("4711")
    page.locator("#waiting form button").first.tap()
    shows(page, water=2)
    page.locator("[data-leave]").tap()
    until(lambda: page.locator("#tally").count(), 0)


def test_a_count_is_thrown_away_only_after_a_second_word(phone: Phone, sign_in: SignIn) -> None:
    page = start(ready(sign_in(phone().new_page(), "demo-ash")), "water")
    tap(page, "water")
    page.locator("#tally .pair button").last.tap()
    clean(page)
    page.locator("#tally .pair button").last.tap()
    shows(page, water=1)
    page.locator("#tally .pair button").last.tap()
    page.locator("#tally .pair button").first.tap()
    shows(page, water=0)
    expect(page.locator("#tally .sticky button")).to_be_hidden()


@pytest.mark.parametrize("locale", LOCALES)
def test_without_scripts_the_page_says_what_to_use_and_has_it(
    server: Server, phone: Phone, sign_in: SignIn, locale: str
) -> None:
    page = sign_in(phone(locale, java_script_enabled=False).new_page(), "demo-ash")
    page.goto(f"{server.url}/work/tally/")
    expect(page.locator("#tally .mind")).to_be_visible()
    before = len(entries(server, "demo-ash"))
    page.locator("[name=kinds][value=outreach]").check()
    page.locator("#more > summary").tap()
    page.locator("[name=people]").fill("7")
    page.locator("[data-save]").tap()
    expect(page).to_have_url(f"{server.url}/")
    found = entries(server, "demo-ash")
    assert (len(found), found[-1]["people"]) == (before + 1, 7)


@pytest.mark.parametrize("locale", LOCALES)
def test_what_was_typed_beside_a_count_is_there_again(
    server: Server, phone: Phone, sign_in: SignIn, locale: str
) -> None:
    """One counts on, closes the page, comes back: the words stay with the count, which goes on from where it was."""
    note = fresh_note()
    context = phone(locale)
    page = start(ready(sign_in(context.new_page(), "demo-ash")), "syringes")
    tap(page, "syringes", 2)
    kept(page).locator("#tally .sticky button").tap()
    page.locator("#entry [name=minutes][value='120']").check()
    folded(page, "note")
    page.locator("#entry [name=note]").fill(f"{note}\nTwo new people.")
    page.locator("#tally button").tap()
    expect(page.locator("#entry")).to_be_hidden()
    tap(page, "people")
    kept(page)
    page.reload()
    ready(page)
    shows(page, people=1, syringes=2)
    page.locator("#tally .sticky button").tap()
    expect(page.locator("#entry [name=note]")).to_have_value(f"{note}\nTwo new people.")
    expect(page.locator("#entry [name=note]")).to_be_visible()
    expect(page.locator("#entry [name=minutes][value='120']")).to_be_checked()
    expect(page.locator("[name=people]")).to_have_value("1")
    clean(page, shot=f"tally-typed-{locale}")
    page.locator("#entry [name=note]").fill(note)
    page.locator("main h1").tap()  # what is unwritten is written as a finger comes down elsewhere
    kept(page)
    page.reload()
    ready(page).locator("#tally .sticky button").tap()
    expect(page.locator("#entry [name=note]")).to_have_value(note)
    page.locator("#entry [data-save]").tap()
    until(lambda: len(noted(server, "demo-ash", note)), 1)
    (kept_one,) = noted(server, "demo-ash", note)
    assert (kept_one["minutes"], kept_one["people"], kept_one["supplies"]) == (120, 1, {"syringes": 2})
