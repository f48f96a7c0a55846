"""Changing an entry: its day stays, its money stays, and nothing is written over unseen. And what "today" means."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.databases import WHERE
from tests.e2e.journeys import EVERY, let_in
from tests.e2e.phone import clean
from tests.e2e.recording import api, entries, fresh_note, noted, ready, save, tile, until, waiting
from tests.server import Server, today

Phone = Callable[..., BrowserContext]
SignIn = Callable[..., Page]
pytestmark = pytest.mark.skipif(WHERE != "sqlite", reason="what a phone keeps and asks depends on no database")

SYNC = "**/api/v1/work/entries/sync"
NO_ANSWER = "ERR_FAILED|503"


def server_day(plus: int = 0) -> dt.date:
    """The day of the server, for which it is noon, or one after it."""
    return today() + dt.timedelta(days=plus)


def stored(server: Server, handle: str = "demo-ash", **given: Any) -> dict[str, Any]:
    """An entry that the server has, with a note of its own."""
    entry = {"id": str(uuid.uuid4()), "revision": 1, "kinds": ["outreach"], "note": fresh_note(), **given}
    entry.setdefault("day", server_day(-3).isoformat())
    answer = api(server, handle, "/api/v1/work/entries/sync", {"entries": [entry]})["entries"][0]
    assert answer["status"] == "stored", answer
    return entry


def now(server: Server, entry: dict[str, Any], handle: str = "demo-ash") -> dict[str, Any]:
    """The entry as the server has it now."""
    return next(e for e in entries(server, handle) if e["id"] == entry["id"])


def on_its_own(context: BrowserContext, server: Server) -> Page:
    """A page of demo-ash's phone, on which nothing was opened yet."""
    let_in(context, server, "demo-ash")
    return context.new_page()


def change(page: Page, server: Server, entry: dict[str, Any]) -> Page:
    """Open the page that changes the entry."""
    page.goto(f"{server.url}/work/{entry['id']}/edit/")
    return ready(page)


def home(page: Page, server: Server) -> Page:
    """The first page, in a second tab of a phone that is signed in."""
    page.goto(f"{server.url}/")
    return ready(page)


def tap_save(page: Page) -> None:
    """Tap Save."""
    page.locator("[data-save]").tap()


def at(zone: str, day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    """An instant by the clock on the wall of ``zone``."""
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone))


def local(phone: Phone, zone: str, instant: dt.datetime) -> BrowserContext:
    """A phone in this time zone, at this instant."""
    context = phone(timezone_id=zone)
    context.clock.install(time=instant)
    return context


@pytest.mark.parametrize(
    ("zone", "plus", "hour"), [("America/Vancouver", -1, 17), ("Pacific/Auckland", 1, 1)], ids=["west", "east"]
)
def test_an_entry_that_is_changed_stays_on_its_day(
    server: Server, phone: Phone, zone: str, plus: int, hour: int
) -> None:
    """Where the phone has another day than the server: its today, and the server's."""
    page = on_its_own(local(phone, zone, at(zone, server_day(plus), hour)), server)
    names = {plus: "today", plus - 1: "yesterday", plus + 1: "other"}
    for away in (plus, 0):
        entry = stored(server, day=server_day(away).isoformat())
        change(page, server, entry)
        expect(page.locator(f"[name=day][value={names[away]}]")).to_be_checked()
        tile(page, "4 hours").tap()
        tap_save(page)
        expect(page).to_have_url(f"{server.url}/work/{entry['id']}/")
        assert (now(server, entry)["minutes"], now(server, entry)["day"]) == (240, entry["day"])


def test_a_page_left_open_past_midnight_moves_no_entry(server: Server, phone: Phone) -> None:
    zone, day = "America/Phoenix", server_day(-1)
    context = local(phone, zone, at(zone, day, 23, 50))
    page = on_its_own(context, server)
    entry = stored(server, day=day.isoformat())
    change(page, server, entry)
    expect(tile(page, "Today")).to_be_checked()
    context.clock.fast_forward("20:00")
    expect(tile(page, "Yesterday")).to_be_checked()
    tile(page, "4 hours").tap()
    tap_save(page)
    expect(page).to_have_url(f"{server.url}/work/{entry['id']}/")
    assert (now(server, entry)["minutes"], now(server, entry)["day"]) == (240, day.isoformat())


def test_today_is_the_day_on_which_it_was_said(server: Server, phone: Phone, sign_in: SignIn) -> None:
    """Begun at 23:50 and saved at 00:10: the day before. A form in which nothing was filled in follows the clock."""
    zone, day = "America/Phoenix", server_day(-1)
    context = local(phone, zone, at(zone, day, 23, 50))
    page = ready(sign_in(context.new_page(), "demo-ash"))
    page.locator("#more > summary").tap()
    note = fresh_note()
    tile(page, "Outreach").tap()
    expect(tile(page, "Today")).to_be_checked()
    context.clock.fast_forward("20:00")
    expect(tile(page, "Yesterday")).to_be_checked()
    page.locator("[name=note]").fill(note)
    save(page)
    until(lambda: [(e["day"], e["part"]) for e in noted(server, "demo-ash", note)], [(day.isoformat(), "night")])

    chosen = fresh_note()
    expect(page.locator(".form-said")).to_have_text("Saved.")
    page.locator("#more > summary").tap()
    expect(tile(page, "Yesterday")).to_be_checked()  # ten past midnight, and a night belongs to the day it began
    tile(page, "Today").tap()
    context.clock.fast_forward("23:00:00")
    tile(page, "Outreach").tap()
    context.clock.fast_forward("01:00:00")
    expect(tile(page, "Yesterday")).to_be_checked()
    page.locator("[name=note]").fill(chosen)
    save(page)
    until(lambda: [e["day"] for e in noted(server, "demo-ash", chosen)], [server_day().isoformat()])


def test_what_was_filled_in_by_one_tap_keeps_its_day(server: Server, phone: Phone, sign_in: SignIn) -> None:
    """As last time, tapped in the evening and saved in the morning: it is about the evening."""
    zone, day = "America/Phoenix", server_day(-1)
    context = local(phone, zone, at(zone, day, 21, 30))
    page = ready(sign_in(context.new_page(), "demo-ash"))
    tile(page, "Outreach").tap()
    save(page)
    expect(page.locator(".form-said")).to_have_text("Saved.")
    page.locator("[data-chip]").first.tap()
    page.locator("#more > summary").tap()
    context.clock.fast_forward("10:00:00")
    expect(tile(page, "Yesterday")).to_be_checked()
    note = fresh_note()
    page.locator("[name=note]").fill(note)
    save(page)
    until(lambda: [(e["day"], e["part"]) for e in noted(server, "demo-ash", note)], [(day.isoformat(), "evening")])


def test_a_form_that_nobody_touched_follows_the_clock(server: Server, phone: Phone, sign_in: SignIn) -> None:
    zone, day = "Pacific/Auckland", server_day(-1)
    context = local(phone, zone, at(zone, day, 21))
    page = ready(sign_in(context.new_page(), "demo-ash"))
    page.locator("#more > summary").tap()
    expect(tile(page, "Evening")).to_be_checked()
    context.clock.fast_forward("12:00:00")
    expect(tile(page, "Morning")).to_be_checked()
    note = fresh_note()
    tile(page, "Outreach").tap()
    page.locator("[name=note]").fill(note)
    save(page)
    wanted = [((day + dt.timedelta(days=1)).isoformat(), "morning")]
    until(lambda: [(e["day"], e["part"]) for e in noted(server, "demo-ash", note)], wanted)


SPENT = [
    {"code": "travel", "amount": 350, "currency": "CAD"},
    {"code": "food", "amount": 1200, "currency": "JPY"},
    {"code": "phone", "amount": 2500, "currency": "KWD"},
]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_what_was_spent_in_other_money_stays(server: Server, phone: Phone, scripts: bool) -> None:
    entry = stored(server, expenses=SPENT)
    page = on_its_own(phone(java_script_enabled=scripts), server)
    page.goto(f"{server.url}/work/{entry['id']}/edit/")
    if scripts:
        ready(page)
    expect(page.get_by_text("In other money, kept as it is: Food: ¥1,200, Phone: KWD")).to_be_visible()
    expect(page.locator("[name=expense_travel]")).to_have_value("3.50")
    if scripts:
        clean(page, shot="other-money")
    page.locator("[name=expense_travel]").fill("4")
    tap_save(page)
    expect(page).to_have_url(f"{server.url}/work/{entry['id']}/")
    assert now(server, entry)["expenses"] == [{**SPENT[0], "amount": 400}, *SPENT[1:]]


def test_money_that_the_page_does_not_offer_is_read_by_its_own_digits(server: Server, phone: Phone) -> None:
    spent = [{"code": "travel", "amount": 150000, "currency": "HUF"}]
    entry = stored(server, expenses=spent)
    page = change(on_its_own(phone(), server), server, entry)
    expect(page.locator("[name=expense_travel]")).to_have_value("1500.00")
    page.locator("[name=expense_food]").fill("2,5")
    tap_save(page)
    expect(page).to_have_url(f"{server.url}/work/{entry['id']}/")
    assert now(server, entry)["expenses"] == [*spent, {"code": "food", "amount": 250, "currency": "HUF"}]
    expect(page.locator("main")).to_contain_text("HUF")
    expect(page.locator("main")).to_contain_text("1,500.00")


def kept_back(context: BrowserContext, page: Page, server: Server, entry: dict[str, Any]) -> None:
    """Change the entry to 4 hours while the server takes nothing: it waits on this phone."""
    context.route(SYNC, lambda route: route.abort())
    change(page, server, entry)
    page.locator("[name=minutes][value='240']").tap()
    tap_save(page)
    expect(waiting(page)).to_have_count(1)


@pytest.fixture
def ash(server: Server, phone: Phone) -> tuple[BrowserContext, Page]:
    """A phone of demo-ash without a service worker, whose requests a test can hold."""
    context = phone()
    return context, on_its_own(context, server)


def test_the_page_shows_the_change_that_waits_here(server: Server, ash: tuple[BrowserContext, Page]) -> None:
    context, page = ash
    entry = stored(server)
    kept_back(context, page, server, entry)
    change(page, server, entry)
    expect(tile(page, "4 hours")).to_be_checked()
    clean(page, shot="change-waiting", allow=NO_ANSWER)
    context.unroute(SYNC)
    page.locator("[name=people]").fill("3")
    tap_save(page)
    expect(page).to_have_url(f"{server.url}/work/{entry['id']}/")
    assert [now(server, entry)[name] for name in ("minutes", "people")] == [240, 3]


def test_the_page_asks_first_where_two_versions_wait(server: Server, ash: tuple[BrowserContext, Page]) -> None:
    context, page = ash
    entry = stored(server)
    kept_back(context, page, server, entry)
    api(server, "demo-ash", "/api/v1/work/entries/sync", {"entries": [{**entry, "revision": 2, "minutes": 15}]})
    context.unroute(SYNC)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(waiting(page)).to_have_attribute("data-state", "conflict")
    change(page, server, entry)
    expect(page.get_by_role("button", name="Keep the other")).to_be_visible()
    expect(page.locator("#entry")).to_be_hidden()
    clean(page, shot="change-asks", allow=NO_ANSWER)
    page.get_by_role("button", name="Keep this phone's").tap()
    expect(page).to_have_url(f"{server.url}/work/{entry['id']}/")
    assert (now(server, entry)["minutes"], now(server, entry)["revision"]) == (240, 3)


def test_a_locked_phone_shows_no_form_for_what_it_cannot_read(server: Server, ash: tuple[BrowserContext, Page]) -> None:
    context, page = ash
    entry = stored(server)
    kept_back(context, page, server, entry)
    page.get_by_role("button", name="Set a phone code").tap()
    for name in ("code-1", "code-2"):
        page.locator(f"#{name}").fill("mint7")
    page.get_by_role("button", name="Keep this code").tap()
    page.get_by_role("button", name="Lock now").tap()
    change(page, server, entry)
    expect(page.get_by_label("Phone code")).to_be_visible()
    expect(page.locator("#entry")).to_be_hidden()
    clean(page, shot="change-locked", allow=NO_ANSWER)
    page.get_by_label("Phone code").fill("mint7")
    page.get_by_role("button", name="Unlock").tap()
    expect(tile(page, "4 hours")).to_be_checked()
    expect(page.locator("#entry")).to_be_visible()


def test_what_another_tab_sent_meanwhile_is_not_written_over(server: Server, ash: tuple[BrowserContext, Page]) -> None:
    """The form was filled with what the server had; this very page then sends a newer version in the background."""
    context, page = ash
    entry = stored(server)
    change(page, server, entry)
    other = context.new_page()
    kept_back(context, home(other, server), server, entry)
    other.close()
    context.unroute(SYNC)
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    until(lambda: now(server, entry)["revision"], 2)
    expect(waiting(page)).to_have_count(0)
    tile(page, "15 min").tap()
    tap_save(page)
    expect(waiting(page)).to_have_attribute("data-state", "conflict")
    mine, theirs = page.locator(".versions > div").all()
    expect(mine).to_contain_text("15 min")
    expect(theirs).to_contain_text("4 hours")
    assert (now(server, entry)["minutes"], now(server, entry)["revision"]) == (240, 2)
    page.get_by_role("button", name="Keep the other").tap()
    expect(page).to_have_url(f"{server.url}/work/{entry['id']}/")
    assert (now(server, entry)["minutes"], now(server, entry)["revision"]) == (240, 2)


@pytest.mark.parametrize("locale", EVERY)
def test_what_another_tab_left_here_meanwhile_is_asked_about(server: Server, phone: Phone, locale: str) -> None:
    context = phone(locale)
    page = on_its_own(context, server)
    entry = stored(server, expenses=SPENT)
    change(page, server, entry)
    other = context.new_page()
    kept_back(context, home(other, server), server, entry)
    other.close()
    page.bring_to_front()
    page.locator("[name=minutes][value='15']").tap()
    tap_save(page)
    expect(waiting(page)).to_have_attribute("data-state", "conflict")
    expect(page.locator("#entry")).to_be_hidden()
    mine, theirs = page.locator(".versions > div").all()
    expect(mine).to_contain_text("15 min")
    expect(theirs).to_contain_text("4 h")
    clean(page, shot=f"change-twice-{locale}", allow=NO_ANSWER)
    context.unroute(SYNC)
    page.locator("#waiting article button.wide").tap()
    until(
        lambda: sorted((e["minutes"], e["revision"]) for e in noted(server, "demo-ash", entry["note"])),
        [(15, 1), (240, 2)],
    )


def test_a_save_waits_for_the_answer_to_a_question_and_nothing_typed_is_lost(
    server: Server, ash: tuple[BrowserContext, Page]
) -> None:
    """Three versions: the form's, one that another tab left here, one that another phone sent."""
    context, page = ash
    entry = stored(server)
    change(page, server, entry)
    page.locator("[name=people]").fill("7")
    other = home(context.new_page(), server)
    kept_back(context, other, server, entry)
    api(server, "demo-ash", "/api/v1/work/entries/sync", {"entries": [{**entry, "revision": 2, "minutes": 15}]})
    context.unroute(SYNC)
    other.evaluate("window.dispatchEvent(new Event('online'))")
    expect(waiting(other)).to_have_attribute("data-state", "conflict")
    other.close()
    page.bring_to_front()
    tap_save(page)
    expect(page.locator(".form-said")).to_contain_text("Please choose below which one stays, then save again.")
    clean(page, shot="change-answer-first", allow=NO_ANSWER)
    page.get_by_role("button", name="Keep the other").tap()
    expect(waiting(page)).to_have_count(0)
    expect(page.locator("[name=people]")).to_have_value("7")
    tap_save(page)
    expect(waiting(page)).to_have_attribute("data-state", "conflict")
    page.get_by_role("button", name="Keep this phone's").tap()
    expect(page).to_have_url(f"{server.url}/work/{entry['id']}/")
    assert [now(server, entry)[name] for name in ("minutes", "people", "revision")] == [None, 7, 3]


def test_a_change_that_was_sent_while_its_form_was_open_goes_on_from_there(
    server: Server, ash: tuple[BrowserContext, Page]
) -> None:
    """What was sent is what the form started with: nobody needs to be asked."""
    context, page = ash
    entry = stored(server)
    kept_back(context, page, server, entry)
    change(page, server, entry)
    expect(tile(page, "4 hours")).to_be_checked()
    context.unroute(SYNC)
    other = home(context.new_page(), server)
    until(lambda: now(server, entry)["revision"], 2)
    other.close()
    page.bring_to_front()
    tile(page, "15 min").tap()
    tap_save(page)
    expect(page).to_have_url(f"{server.url}/work/{entry['id']}/")
    assert (now(server, entry)["minutes"], now(server, entry)["revision"]) == (15, 3)
