"""Recording a piece of work: few taps, no typing, with and without scripts."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Request, Route, expect

from tests.e2e.journeys import LOCALES, founder, invitation, joined, member
from tests.e2e.phone import clean
from tests.e2e.recording import (
    Wire,
    entries,
    fresh_note,
    installed,
    noted,
    offline,
    ready,
    record,
    save,
    tile,
    waiting,
    words,
)
from tests.server import Server

Phone = Callable[..., BrowserContext]
SignIn = Callable[..., Page]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_typical_entry_takes_three_taps_and_no_typing(
    server: Server, phone: Phone, sign_in: SignIn, locale: str
) -> None:
    say = words(locale)
    page = ready(sign_in(phone(locale).new_page(), "demo-ash"))
    expect(page.locator("html")).to_have_attribute("lang", locale)
    before = len(entries(server, "demo-ash"))
    clean(page, shot=f"record-{locale}")
    tile(page, say("Emotional support")).tap()
    tile(page, say("1 hour")).tap()
    page.locator("[data-save]").tap()
    expect(page.locator(".form-said")).to_have_text(say("Saved."))
    found = entries(server, "demo-ash")
    assert len(found) == before + 1
    assert found[-1]["kinds"] == ["emotional_support"]
    assert found[-1]["minutes"] == 60
    assert found[-1]["shared"] is False
    assert found[-1]["part"] in {"morning", "afternoon", "evening", "night"}
    assert waiting(page).count() == 0
    clean(page, shot=f"record-saved-{locale}")


@pytest.mark.parametrize("locale", LOCALES)
def test_every_detail_is_one_tap_away(server: Server, phone: Phone, sign_in: SignIn, locale: str) -> None:
    say = words(locale)
    page = ready(sign_in(phone(locale).new_page(), "demo-wren"))
    note = fresh_note()

    def plus(what: str) -> Locator:
        return page.get_by_role("button", name=f"{say('More')}: {what}")

    tile(page, say("Outreach")).tap()
    page.locator(".more-kinds > summary").tap()
    tile(page, say("Overdose response")).tap()
    told = (
        'A group is not told of an overdose, a crisis call or keeping watch. It only sees "Other work on the ground".'
    )
    expect(page.get_by_text(say(told))).to_be_visible()
    tile(page, say("Other")).first.tap()
    for _ in range(3):
        plus(say("Other: how many minutes?")).tap()
    page.locator("#more > summary").tap()
    tile(page, say("Yesterday")).tap()
    tile(page, say("Night")).tap()
    tile(page, say("I was called on")).tap()
    tile(page, say("Heavy")).tap()
    plus(say("How many people?")).tap()
    page.get_by_text(say("Things handed out")).tap()
    plus(say("Naloxone kits")).tap()
    page.locator("summary", has_text=say("What got in the way?")).tap()
    tile(page, say("Police")).tap()
    page.locator("summary", has_text=say("More time")).tap()
    page.locator("[name=extra_travel]").fill("20")
    page.locator("summary", has_text=say("What you spent")).tap()
    page.locator("[name=expense_travel]").fill("3,50")
    page.locator("[name=note]").fill(note)
    clean(page, shot=f"record-more-{locale}")
    save(page)
    expect(page.locator(".form-said")).to_have_text(say("Saved."))
    (entry,) = noted(server, "demo-wren", note)
    assert entry["kinds"] == ["outreach", "overdose_response"]
    assert (entry["minutes"], entry["part"], entry["origin"], entry["weight"], entry["people"]) == (
        45,
        "night",
        "called",
        2,
        1,
    )
    assert (entry["supplies"], entry["barriers"], entry["extra"]) == ({"naloxone": 1}, ["police"], {"travel": 20})
    assert entry["expenses"] == [{"code": "travel", "amount": 350, "currency": entry["expenses"][0]["currency"]}]
    assert entry["group"] is None


def test_a_second_tap_takes_a_choice_back(server: Server, phone: Phone, sign_in: SignIn) -> None:
    page = ready(sign_in(phone().new_page(), "demo-ash"))
    note = fresh_note()
    tile(page, "30 min").tap()
    tile(page, "30 min").tap()
    expect(tile(page, "30 min")).not_to_be_checked()
    tile(page, "Supplies").first.tap()
    page.locator("#more > summary").tap()
    page.locator("[name=note]").fill(note)
    save(page)
    expect(page.locator(".form-said")).to_have_text("Saved.")
    assert noted(server, "demo-ash", note)[0]["minutes"] is None


def test_the_first_tap_on_what_was_guessed_keeps_it(phone: Phone, sign_in: SignIn) -> None:
    page = ready(sign_in(phone().new_page(), "demo-ash"))
    page.locator("#more > summary").tap()
    guessed = page.locator("#entry [name=part]:checked")
    expect(guessed).to_have_count(1)
    part = page.locator(f"#entry [name=part][value={guessed.get_attribute('value')}]")
    part.tap()
    expect(part).to_be_checked()
    part.tap()
    expect(part).not_to_be_checked()


def test_errors_stand_beside_their_fields_and_nothing_typed_is_lost(phone: Phone, sign_in: SignIn) -> None:
    page = ready(sign_in(phone().new_page(), "demo-ash"))
    page.locator("#more > summary").tap()
    page.locator("[name=note]").fill("stays")
    page.locator("summary", has_text="What you spent").tap()
    page.locator("[name=expense_food]").fill("lots")
    page.locator("[data-save]").tap()
    expect(page.locator("#field-kinds .errors")).to_have_text("Choose at least one.")
    expect(page.locator("#field-expense_food .errors")).to_have_text("Write an amount like 12.50.")
    expect(page.locator("[name=note]")).to_have_value("stays")
    clean(page)


def test_sharing_is_off_until_said_and_the_choice_is_kept(server: Server, phone: Phone, sign_in: SignIn) -> None:
    page = ready(sign_in(phone().new_page(), "demo-wren"))
    note = fresh_note()
    tile(page, "Outreach").tap()
    tile(page, "2 hours").tap()
    page.locator("#more > summary").tap()
    expect(page.locator("[data-shared]")).to_be_hidden()
    page.locator("[name=for][value^='role:']").first.tap()
    expect(tile(page, "No, keep it to me")).to_be_checked()
    no, yes = (page.locator(f"#field-shared label:has([value={v}])").bounding_box() for v in ("no", "yes"))
    assert no
    assert yes
    assert abs(no["width"] - yes["width"]) < 1
    assert abs(no["height"] - yes["height"]) < 1
    page.locator("[name=note]").fill(note)
    save(page)
    expect(page.locator(".form-said")).to_have_text("Saved.")
    (entry,) = noted(server, "demo-wren", note)
    assert entry["role"]
    assert entry["group"]
    assert entry["shared"] is False
    page.reload()
    ready(page)
    expect(page.locator(f"[name=for][value='role:{entry['role']}']")).to_be_checked()
    expect(page.locator("[name=shared][value=no]")).to_be_checked()


@pytest.mark.parametrize("locale", LOCALES)
def test_without_scripts(server: Server, phone: Phone, sign_in: SignIn, locale: str) -> None:
    say = words(locale)
    page = sign_in(phone(locale, java_script_enabled=False).new_page(), "demo-ash")
    note = fresh_note()
    page.locator("[data-save]").tap()
    expect(page.locator("#field-kinds .errors")).to_be_visible()
    tile(page, say("Outreach")).tap()
    tile(page, "30 min").tap()
    page.locator("#more > summary").tap()
    page.locator("[name=note]").fill(note)
    page.get_by_role("button", name=say("Save"), exact=True).first.tap()
    expect(page).to_have_url(f"{server.url}/")
    (entry,) = noted(server, "demo-ash", note)
    assert (entry["minutes"], entry["part"], entry["revision"]) == (30, None, 1)


def test_an_entry_is_changed_on_its_page(server: Server, phone: Phone, sign_in: SignIn) -> None:
    page = ready(sign_in(phone().new_page(), "demo-ash"))
    note = fresh_note()
    record(page, "Outreach", note=note)
    expect(page.locator(".form-said")).to_have_text("Saved.")
    (entry,) = noted(server, "demo-ash", note)
    page.goto(f"{server.url}/work/{entry['id']}/edit/")
    ready(page)
    expect(page.locator("[name=note]")).to_have_value(note)
    expect(tile(page, "30 min")).to_be_checked()
    clean(page)
    tile(page, "4 hours").tap()
    page.locator("[data-save]").tap()
    expect(page).to_have_url(re.compile(rf"/work/{entry['id']}/$"))
    (changed,) = noted(server, "demo-ash", note)
    assert (changed["minutes"], changed["revision"], changed["id"]) == (240, 2, entry["id"])
    assert changed["day"] == entry["day"]


ALL_THAT_IS_KEPT = """async () => {
  const worker = await (await fetch('/sw.js', { cache: 'force-cache' })).text();
  const files = JSON.parse(/FILES = (\\[.*?\\])/.exec(worker)[1]);
  await Promise.all(files.map((url) => fetch(url, { cache: 'force-cache' }).then((a) => a.text())));
  return files.length;
}"""
"""What the service worker takes for the shell: what the page has already comes from the browser's own store."""


def test_what_a_screen_weighs(server: Server, phone: Phone, sign_in: SignIn) -> None:
    """First visit of home at most 100 KB over the wire, the worker's own fetches included; later screens 15 KB."""
    context = phone()  # what it fetches would not be counted: it is fetched by the page
    page = context.new_page()
    wire = Wire(context, page)
    ready(sign_in(page, "demo-wren"))
    page.wait_for_load_state("networkidle")
    page.evaluate(
        "Promise.all(['/sw.js', '/shell/', '/manifest.webmanifest'].map((url) => fetch(url).then((a) => a.text())))"
    )
    assert page.evaluate(ALL_THAT_IS_KEPT) > 10
    first = wire.taken()
    assert 15_000 < first <= 100_000, first
    for path in ("/", "/record/", "/pay/", "/people/groups/", "/work/new/", "/work/tally/", "/about/", "/private/"):
        page.goto(server.url + path)
        page.wait_for_load_state("networkidle")
        weight = wire.taken()
        assert 500 < weight <= 15_000, (path, weight)


def test_who_was_not_told_is_told_once_before_the_first_share(server: Server, phone: Phone, sign_in: SignIn) -> None:
    context = phone()
    told: list[str] = []
    order: list[str] = []

    def not_told(route: Route) -> None:
        answer = route.fetch()
        body = answer.text() if told else answer.text().replace('"told": true', '"told": false')
        route.fulfill(response=answer, body=body)

    def hear(request: Request) -> None:
        if "/work/told/" in request.url:
            told.append(request.url)
        if request.method == "POST" and ("/work/told/" in request.url or request.url.endswith("/sync")):
            order.append(request.url.rsplit("/", 2)[-2])

    context.route(lambda url: urlsplit(url).path in {"/", "/phone.json"}, not_told)
    context.on("request", hear)
    page = ready(sign_in(context.new_page(), "demo-wren"))
    note = fresh_note()
    tile(page, "Outreach").tap()
    page.locator("#more > summary").tap()
    page.locator("[name=for][value^='group:']").first.tap()
    expect(page.locator("#field-told")).to_be_hidden()
    tile(page, "Yes, show it").tap()
    expect(page.locator("[data-told]")).to_contain_text("They hold no names and no words.")
    page.locator("[name=note]").fill(note)
    page.locator("[data-save]").tap()
    expect(page.locator("#field-told .errors")).to_be_visible()
    clean(page)
    page.locator("[name=told]").tap()
    save(page)
    expect(page.locator(".form-said")).to_have_text("Saved.")
    (entry,) = noted(server, "demo-wren", note)
    assert entry["shared"] is True
    assert order == [entry["group"], "entries"]
    page.reload()
    ready(page)
    tile(page, "Outreach").tap()
    page.locator("#more > summary").tap()
    page.locator("[name=for][value^='group:']").first.tap()
    tile(page, "Yes, show it").tap()
    expect(page.locator("[data-told]")).to_be_hidden()


def test_taps_that_come_before_the_script_stay(server: Server, phone: Phone, sign_in: SignIn) -> None:
    context = phone()
    held: list[Route] = []
    context.route("**/work/record.*.js", lambda route: held.append(route))  # noqa: PLW0108 - a bound method of list cannot be a handler
    page = context.new_page()
    page.goto(server.person("demo-ash")["sign_in"], wait_until="commit")
    tile(page, "Outreach").tap()
    tile(page, "1 hour").tap()
    held[0].continue_()
    ready(page)
    expect(tile(page, "Outreach")).to_be_checked()
    expect(tile(page, "1 hour")).to_be_checked()
    page.locator("[data-save]").tap()
    expect(page.locator(".form-said")).to_have_text("Saved.")


def test_a_share_made_without_a_connection_reaches_the_group(server: Server, phone: Phone, sign_in: SignIn) -> None:
    context = phone(service_workers="allow")
    page = installed(ready(sign_in(context.new_page(), "demo-wren")))
    group = server.of_part("coordinator")["groups"][0]["id"]
    note = fresh_note()
    offline(context, page, server)
    tile(page, "Outreach").tap()
    tile(page, "1 hour").tap()
    page.locator("#more > summary").tap()
    page.locator(f"[name=for][value='group:{group}']").tap()
    tile(page, "Yes, show it").tap()
    if page.locator("[name=told]").is_visible():
        page.locator("[name=told]").tap()
    page.locator("[name=note]").fill(note)
    page.locator("[name=share_note]").tap()
    save(page)
    expect(waiting(page)).to_have_count(1)
    context.set_offline(False)
    expect(waiting(page)).to_have_count(0)
    (entry,) = noted(server, "demo-wren", note)
    assert (entry["shared"], entry["group"]) == (True, group)
    other = sign_in(phone().new_page(), server.of_part("coordinator")["handle"])
    other.goto(f"{server.url}/work/groups/{group}/shared/")
    other.locator("main a[href*='/shared/']").first.tap()
    expect(other.locator("main")).to_contain_text(note)


def test_what_was_spent_is_in_the_money_of_whom_it_is_for(server: Server, phone: Phone) -> None:
    """Until somebody writes a sum: from then on the money is theirs to choose."""
    by, yen = founder(server, phone), founder(server, phone)
    yen.desk.open(f"/people/groups/{yen.known['group']}/change/").send("", {"currency": "JPY"})
    wren = member(by, phone)
    joined(wren, invitation(yen), signed_in=True)
    page = ready(wren.open("/work/new/"))
    page.locator("#more > summary").tap()
    page.locator("summary", has_text="What you spent").tap()
    money = page.locator("[name=currency]")
    for person, currency in ((by, "CAD"), (yen, "JPY"), (by, "CAD")):
        page.locator(f"[name=for][value='group:{person.known['group']}']").tap()
        expect(money).to_have_value(currency)
    page.locator("[name=expense_travel]").fill("3.50")
    page.locator(f"[name=for][value='group:{yen.known['group']}']").tap()
    expect(money).to_have_value("CAD")


def test_a_name_of_one_long_word_pushes_nothing_off_the_screen(server: Server, phone: Phone) -> None:
    by = founder(server, phone, group="W" * 80, name="M" * 40)
    group = by.known["group"]
    for path in (
        f"/people/groups/{group}/", f"/people/groups/{group}/change/", f"/people/groups/{group}/name/", "/pay/",
        f"/groups/{group}/leave/", f"/groups/{group}/close/", f"/roles/groups/{group}/", f"/work/groups/{group}/stock/",
        f"/work/groups/{group}/months/", f"/work/groups/{group}/shared/", f"/pay/groups/{group}/", f"/groups/{group}/history/",
        "/people/groups/", "/",
    ):  # fmt: skip
        by.open(path)
        clean(by.page, rules=None)


def test_a_double_tap_saves_once_and_says_nothing_is_wrong(server: Server, phone: Phone, sign_in: SignIn) -> None:
    page, note = ready(sign_in(phone().new_page(), "demo-ash")), fresh_note()
    tile(page, "Outreach").tap()
    page.locator("#more > summary").tap()
    page.locator("[name=note]").fill(note)
    page.locator("[data-save]").evaluate("(button) => { button.click(); setTimeout(() => button.click(), 250) }")
    expect(page.locator(".form-said")).to_have_text("Saved.")
    page.evaluate("new Promise((done) => setTimeout(done, 400))")
    expect(page.locator("#entry .errors li")).to_have_count(0)
    assert len(noted(server, "demo-ash", note)) == 1
