"""Two phones and one call for work: each fetches the same, one shows it, and the group learns of who says yes."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.journeys import (
    LOCALES,
    Person,
    Phone,
    founder,
    in_the_server,
    invitation,
    joined,
    member,
    someone,
    unfold,
)
from tests.e2e.vault import make_code, opened, saved
from tests.server import Server

LIVED = """export const ready = async () => true
export const read = async () => ({ experience: %s, notes: [], weights: [], threshold: {}, history: {} })"""


def living(page: Page, codes: list[str]) -> list[str]:
    """Give the phone an open vault that holds these codes; gives the addresses that it asks for from now on."""
    asked: list[str] = []

    def paged(route: Route) -> None:
        answer = route.fetch()
        body = re.sub(r'data-vault="[^"]*"', 'data-vault="/static/people/vault.js"', answer.text())
        route.fulfill(response=answer, body=body)

    held = LIVED % str(codes).replace("'", '"')
    page.route("**/roles/calls/", paged)
    page.route("**/static/people/vault.js", lambda route: route.fulfill(body=held, content_type="text/javascript"))
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    return asked


def look(person: Person, shot: str = "") -> Page:
    person.open("/roles/calls/")
    expect(person.page.locator("html[data-calls=ready]")).to_be_attached()
    return person.see(shot=shot)


def own(asked: list[str]) -> list[str]:
    """What a phone asked of the server, pages and data alone."""
    return [one for one in asked if "/static/" not in one]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_call_that_seeks_experience(server: Server, phone: Phone, locale: str) -> None:
    by = founder(server, phone, locale)
    wren, olive = (member(by, phone, locale, name=name) for name in ("Wren", "Olive"))
    plain = joined(someone(server, phone, locale, java_script_enabled=False).quietly(), invitation(by), "Tam")
    group = by.known["group"]
    by.clean = wren.clean = olive.clean = True
    fits, other = living(wren.page, ["prison", "hiv"]), living(olive.page, ["alcohol"])

    by.see(f"/roles/groups/{group}/calls/")
    by.press("main a[href$='/write/']")
    by.send(shot=f"call-wrong-{locale}")
    expect(by.page.locator("#field-kinds .errors li")).to_have_count(1)
    by.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    by.tick("kinds", "going_along")
    by.tick("experience", "prison")
    by.fill(amount="60", minutes="120", why="He was inside for years.", text="A quiet man who needs the bank.")
    by.press("main form button.wide", shot=f"call-{locale}")
    call = by.page.url

    # Both phones ask for the same; one shows the call, and the group learns nothing of it.
    first = look(wren, f"calls-first-{locale}").locator("#first .found")
    expect(first).to_have_count(1)
    expect(first).to_contain_text("A quiet man")
    look(olive, f"calls-none-{locale}")
    assert "A quiet man" not in olive.page.locator("main").inner_text()
    assert "A quiet man" not in plain.open("/roles/calls/").content()
    assert own(fits) == own(other)
    by.see(call)
    assert "Wren" not in by.page.locator("main").inner_text()

    # A yes tells the group; it can be taken back and said again.
    first.locator("[name=text]").fill("After ten is good.")
    wren.press(first.locator("button"), shot=f"calls-yes-{locale}")
    by.see(call, shot=f"call-yes-{locale}")
    expect(by.page.locator("main .list")).to_contain_text("After ten is good.")
    wren.send("/take-back/")
    by.see(call)
    assert "Wren" not in by.page.locator("main").inner_text()
    look(wren)
    wren.press(first.locator("button"))

    # After a day it shows to all, without scripts too.
    in_the_server(
        server,
        "import datetime as dt\nfrom alongside.roles.models import Call\n"
        f"Call.objects.filter(group='{group}').update(opens_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))",
    )
    look(olive, f"calls-all-{locale}")
    expect(olive.page.locator("main .list", has_text="A quiet man")).to_be_visible()
    plain.open("/roles/calls/")
    plain.send("/yes/")

    # One has it; the call is over, and both are told.
    by.see(call)
    by.press(by.page.locator("main .list > li", has_text="Wren").locator("[name=yes]"))
    by.send("/close/", shot=f"call-over-{locale}")
    look(wren)
    expect(wren.page.locator("main .tag.good")).to_have_count(1)
    plain.open("/roles/calls/")
    expect(plain.page.locator("main .tag:not(.good)")).to_have_count(1)
    for person in (wren, plain):
        expect(person.open("/letters/").locator("main a[href='/roles/calls/']")).not_to_have_count(0)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_vault_itself_finds_a_call_and_asks_for_nothing_that_tells(
    server: Server, phone: Phone, locale: str
) -> None:
    by = founder(server, phone, locale)
    wren = member(by, phone, locale).quietly()
    by.open(f"/roles/groups/{by.known['group']}/calls/write/")
    by.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    by.tick("kinds", "going_along")
    by.tick("experience", "prison")
    by.fill(amount="60", minutes="120", why="He was inside for years.", text="A quiet man who needs the bank.")
    by.press("main form button.wide")

    wren.open("/people/account/code/")
    wren.fill(passphrase=wren.passphrase)
    make_code(wren)
    asked: list[str] = []
    wren.page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    look(wren)
    expect(wren.page.locator("#first .found")).to_have_count(0)
    before, _ = own(asked), asked.clear()
    page = opened(wren)
    unfold(page)
    page.locator("[name=experience][value=prison]").check()
    saved(page, "experience")
    asked.clear()
    look(wren)
    expect(wren.page.locator("#first .found")).to_contain_text("A quiet man")
    assert own(asked) == before
