"""Journey 1: a steward makes a group, a coordinator invites, somebody joins under a name of their choice there."""

import xml.etree.ElementTree as ET

import pytest
import segno
from playwright.sync_api import expect

from tests.e2e.journeys import (
    LOCALES,
    PASSPHRASE,
    Person,
    Phone,
    demo,
    founder,
    fresh,
    id_in,
    in_the_server,
    invitation,
    invite,
    join,
    joined,
    not_now,
    signed_up,
    someone,
)
from tests.server import Server

GONE = "410"
"""What the browser says on its console about a page that answers 410."""


def _modules(picture: str) -> list[tuple[str | None, str | None]]:
    """The shapes of a QR code's SVG."""
    return [(path.get("d"), path.get("transform")) for path in ET.fromstring(picture).iter() if "path" in path.tag]


def _invitation(by: Person, *, coordinates: bool = False, shot: str = "") -> str:
    """Press the button on the group's page; hold that the code to scan says the link; give the link."""
    button = "[name=coordinates]" if coordinates else ":not([name])"
    page = by.send("/invite/", button=button, shot=shot)
    link = (page.locator("#invitation").text_content() or "").strip()
    assert link.startswith(f"{by.server.url}/people/join/")
    code = segno.make(link, error="m").svg_inline(border=3, dark="#000", light="#fff", omitsize=True)
    shown = page.locator(".qr").inner_html()
    assert _modules(shown) == _modules(code)
    return link


@pytest.mark.parametrize("locale", LOCALES)
def test_joining_from_the_first_group_to_a_name_of_one_s_own(server: Server, phone: Phone, locale: str) -> None:
    group = fresh("Union ")
    sam = demo(server, phone, "demo-sam", locale)
    sam.see("/people/groups/")
    sam.press('main a[href$="/groups/make/"]')
    sam.fill(name=group, own_name="Sam", currency="cad", tax_years="6")
    sam.page.locator("[name=coordinates]").uncheck()
    sam.send()
    expect(sam.page.locator("h1")).to_have_text(group)
    where = id_in(sam.page.url)
    link = _invitation(sam, coordinates=True)

    cleo = someone(server, phone, locale)
    cleo.see(link)
    cleo.press('main a[href*="make-account"]')
    shown = cleo.page.locator("main form input:visible, main form select:visible, main form textarea:visible")
    assert [one.get_attribute("name") for one in shown.all()] == ["handle", "passphrase"]
    cleo.fill(handle=cleo.handle.upper(), passphrase=PASSPHRASE)
    cleo.send()
    not_now(cleo)
    cleo.fill(name="Cleo of the river")
    cleo.send()
    expect(cleo.page.locator("h1")).to_have_text(group)
    assert id_in(cleo.page.url) == where

    first, second, third = _invitation(cleo), "", ""
    cleo.open(f"/people/groups/{where}/")
    second = _invitation(cleo)
    third = invite(cleo, where)
    assert len({first, second, third}) == 3

    wren = join(someone(server, phone, locale), first, "Wren 🐦")
    expect(wren.page.locator("main strong").first).to_have_text("Wren 🐦")
    expect(wren.page.locator("main")).to_contain_text("Cleo of the river")
    # By scanning: what the code says is the link.
    olive = join(someone(server, phone, locale), second, "أوليف")
    expect(olive.page.locator("main")).not_to_contain_text("Wren")

    cleo.see(f"/people/groups/{where}/")
    expect(cleo.page.locator("main")).to_contain_text("Wren 🐦")
    assert wren.handle not in cleo.page.content()
    assert olive.handle not in cleo.page.content()

    # On another phone: only the sign-in name and the passphrase are needed.
    again = someone(server, phone, locale)
    again.see("/people/sign-in/")
    again.fill(login=wren.handle, password=PASSPHRASE)
    again.send()
    again.see("/people/groups/")
    expect(again.page.locator("main")).to_contain_text("Wren 🐦")
    again.see(f"/people/groups/{where}/name/")
    again.fill(name="Jay")
    again.send()
    expect(again.page.locator("main strong").first).to_have_text("Jay")


@pytest.mark.parametrize("locale", ["en"])
def test_links_that_no_longer_work(server: Server, phone: Phone, locale: str) -> None:
    by = founder(server, phone, locale)
    where = by.known["group"]
    used, old = invitation(by), invitation(by)
    visitor, stranger = someone(server, phone, locale), someone(server, phone, locale)
    signed_up(visitor)
    joined(someone(server, phone, locale), used)
    in_the_server(
        server,
        "from alongside.people.models import Invitation\n"
        f"Invitation.objects.filter(group='{where}', used=False).update(last_day='2020-01-01')",
    )
    taken = invitation(by)
    by.clean = True
    by.see(f"/people/groups/{where}/")
    assert by.page.locator('form[action$="/withdraw/"]').count() == 1
    by.send("/withdraw/")
    invented = f"{server.url}/people/join/no-such-secret/"
    for link in (used, old, taken, invented):
        for who in (visitor, stranger):
            who.see(link, allow=GONE)
            expect(who.page.locator("h1")).to_have_count(1)
            assert who.page.locator("main form").count() == 0
            assert where not in who.page.content()


@pytest.mark.parametrize("locale", ["fr"])
def test_wrong_input_loses_nothing(server: Server, phone: Phone, locale: str) -> None:
    by = founder(server, phone, locale)
    link = invitation(by)
    person = someone(server, phone, locale)
    person.open(link)
    person.press('main a[href*="make-account"]')
    page = person.page
    for handle, passphrase, wrong in (
        (person.handle, "short", "passphrase"),
        ("demo-sam", PASSPHRASE, "handle"),
        ("a b", PASSPHRASE, "handle"),
        ("", "passwordpassword", "handle"),
    ):
        person.fill(handle=handle, passphrase=passphrase)
        person.send()
        expect(page.locator(f"#field-{wrong} .errors li")).not_to_have_count(0)
        expect(page.locator("[name=handle]")).to_have_value(handle)
        expect(page.locator("[name=passphrase]")).to_have_value(passphrase)
    person.fill(handle=person.handle, passphrase=PASSPHRASE)
    person.send()
    not_now(person)
    assert page.url == link, "the way back to the invitation is kept through the errors"
    for name in ("   ", "x" * 41, "\u202e\u200b"):
        person.fill(name=name)
        person.send()
        expect(page.locator("#field-name .errors li")).to_have_count(1)
        expect(page.locator("[name=name]")).to_have_value(name)
    person.fill(name="Robin")
    person.send()
    expect(page.locator("main strong").first).to_have_text("Robin")

    person.see("/people/groups/make/")
    person.fill(name="", own_name="Robin", currency="dollars"[:3], tax_years="99")
    person.send()
    for name in ("name", "currency", "tax_years"):
        expect(page.locator(f"#field-{name} .errors li")).to_have_count(1)
    expect(page.locator("[name=own_name]")).to_have_value("Robin")
    expect(page.locator("[name=currency]")).to_have_value("dol")
    expect(page.locator("[name=tax_years]")).to_have_value("99")

    person.see("/people/account/passphrase/")
    person.fill(oldpassword="not this one", password1=PASSPHRASE + " more", password2="something else entirely")
    person.send()
    expect(page.locator("main .errors li")).not_to_have_count(0)

    stranger = someone(server, phone, locale)
    stranger.open("/people/sign-in/")
    stranger.fill(login=person.handle, password="not the passphrase")
    stranger.send()
    expect(stranger.page.locator("main .errors li")).not_to_have_count(0)
    expect(stranger.page.locator("[name=login]")).to_have_value(person.handle)

    by.clean = True
    by.see(f"/people/groups/{by.known['group']}/change/")
    by.fill(name="", currency="1")
    by.send()
    expect(by.page.locator("main .errors li")).to_have_count(2)
