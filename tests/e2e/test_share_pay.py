"""Journeys 5 and 6: work shared, thanked, owed at once, talked about when a sum looks wrong, paid and received."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.journeys import (
    LOCALES,
    Person,
    Phone,
    agreed_role,
    day,
    entries,
    fill_entry,
    founder,
    fresh,
    id_in,
    member,
    money,
    pages_of,
    record,
    recorded,
    shared_rows,
)
from tests.server import Server


def _for(role: str) -> dict[str, Any]:
    """The fields of an entry that is shared under a role."""
    return {"for": f"role:{role}", "shared": "yes"}


def _owed(page: Page) -> str:
    """The sum in large figures, digits alone."""
    return money(page.locator("main .big").first.inner_text())


def _steps(page: Page) -> list[str]:
    """The sums beside the words that say how they come about, digits alone."""
    return [money(text) for text in page.locator("main table td.sum").all_inner_texts()]


def _words_of(page: Page, name: str, value: str) -> str:
    """What a choice of the form of an entry is called on this phone."""
    words = page.locator(f'#entry label:has([name={name}][value="{value}"]) span').text_content()
    assert words
    return words.strip()


def _with_sum(rows: Locator, wanted: str) -> Locator:
    """The row whose sum reads ``wanted``, digits alone."""
    return next(row for row in rows.all() if money(row.locator(".sum").inner_text()) == wanted)


def _group_page(person: Person, share: str) -> str:
    return f"/work/groups/{person.known['group']}/shared/{share}/"


@pytest.mark.parametrize("locale", LOCALES)
def test_two_of_three_entries_shared_thanked_and_owed(server: Server, phone: Phone, locale: str) -> None:
    by = founder(server, phone, locale, name="Cleo")
    wren = member(by, phone, locale, name="Wren")
    role = agreed_role(by, "Street companion", wren)
    by.clean = wren.clean = True

    secret = fresh("nobody reads this ")
    wren.see("/")
    told = wren.page.locator("#entry [data-told-group]")
    expect(told).to_have_count(1)
    night = record(
        wren, ["outreach", "supplies"], minutes="other", minutes_other="70", extra_prep="20", origin="called",
        day="yesterday", part="night", expense_travel="3.50", expense_phone="9", weight="3", barriers=["police"],
        people="6", told=True, **_for(role),
    )  # fmt: skip
    short = record(wren, ["supplies"], minutes="15", part="morning", weight="2", **_for(role))
    alone = record(
        wren, ["emotional_support"], minutes="60", **{"for": ""}, weight="3", barriers=["disrespect"], note=secret
    )
    very, police = _words_of(wren.page, "weight", "3"), _words_of(wren.page, "barriers", "police")

    # Owed at once, with the rules beside the sum: 90 minutes and a half more at night, the call, the fare.
    wren.see(f"/work/{night['id']}/")
    assert _owed(wren.page) == "7750"
    expect(wren.page.locator("main")).to_contain_text(very)
    sums = _steps(wren.page)
    assert {"3600", "1800", "2000", "350"} <= set(sums)
    assert wren.page.locator("main section details li").count() >= 4
    wren.see(f"/work/{short['id']}/")
    assert _owed(wren.page) == "2400"  # an hour at least

    # The coordinator sees those two copies, and nothing of the third; never how heavy, never what got in the way.
    assert shared_rows(by).count() == 2
    seen = pages_of(by, ["/", f"/people/groups/{by.known['group']}/"])
    assert len(seen) > 12
    for path, text in seen.items():
        for never in (secret, alone["id"], night["id"], wren.handle):
            assert never not in text, path
        if "/shared/" in path or "/pay/" in path:
            assert very not in text, path
            assert police not in text, path
    by.press(shared_rows(by).last)  # the older day
    assert _owed(by.page) == "7750"
    assert _steps(by.page) == sums
    first = id_in(by.page.url)

    by.send("/thanks/")
    assert by.page.locator('form[action$="/thanks/"]').count() == 0
    wren.see(f"/work/{night['id']}/")
    expect(wren.page.locator("main section .tag.good").first).to_contain_text("Cleo")
    wren.see("/letters/")
    expect(wren.page.locator("main li")).not_to_have_count(0)

    _disputed(by, wren)
    _taken_back(by, wren, night["id"], first)
    _deleted(by, wren, role)


def _disputed(by: Person, wren: Person) -> None:
    """Something does not look right: a reason, an offer, talk, another offer, a yes."""
    by.press(shared_rows(by).first)
    by.press('main a[href*="/dispute/"]')
    by.send()
    expect(by.page.locator("#field-reason .errors li")).to_have_count(1)
    by.fill(reason="Were you not off on that morning?", offer="a lot")
    by.send()
    expect(by.page.locator("#field-offer .errors li")).to_have_count(1)
    expect(by.page.locator("[name=reason]")).to_have_value("Were you not off on that morning?")
    by.fill(offer="")
    by.send()
    claim = by.page.url.removeprefix(by.server.url)
    wren.see("/pay/")
    expect(wren.page.locator(".card.asks")).to_contain_text("Were you not off on that morning?")
    assert _owed(wren.page) == "7750"  # the rest is paid as always
    by.fill(offer="12")
    by.send("/offer/")
    wren.see("/pay/")
    wren.send("/decline/")
    by.see(claim)
    by.fill(offer="18.00")
    by.send("/offer/")
    wren.see("/pay/")
    expect(wren.page.locator(".card.asks")).to_contain_text("18")
    wren.send("/accept/")
    assert _owed(wren.page) == str(7750 + 1800)
    wren.see(claim)
    assert _owed(wren.page) == "1800"
    assert _steps(wren.page)[-1] == "1800"
    by.see(claim)
    assert by.page.locator('main a[href*="/dispute/"]').count() == 0


def _taken_back(by: Person, wren: Person, entry: str, share: str) -> None:
    """Un-shared before payment: the copy goes, and the worker says whether the claim stays."""
    wren.see(f"/work/{entry}/")
    wren.send("/share/")
    assert "/keep-or-drop/" in wren.page.url
    assert _owed(wren.page) == "7750"
    by.see(_group_page(by, share), allow="404")
    assert shared_rows(by).count() == 1
    wren.send(button="[value=keep]")
    wren.see("/pay/")
    assert _owed(wren.page) == str(7750 + 1800)


def _deleted(by: Person, wren: Person, role: str) -> None:
    """Edited, then deleted, before payment: a new copy and a difference; then the question, and nothing is owed."""
    entry = recorded(wren, ["outreach"], minutes="60", part="morning", **_for(role))
    by.press(_with_sum(shared_rows(by), "2400"))
    wren.see(f"/work/{entry['id']}/")
    wren.press('main a[href$="/edit/"]')
    fill_entry(wren.page, {"minutes": "120"})
    with wren.page.expect_navigation():
        wren.page.locator("#entry [data-save]").tap()
    wren.see()
    assert _owed(wren.page) == "4800"
    by.page.reload()
    assert _owed(by.page) == "4800"
    wren.see("/pay/")
    wren.page.locator("main details > summary").first.tap()
    wren.press(_with_sum(wren.page.locator('main a[href*="/pay/claims/"]'), "4800"))
    assert _steps(wren.page)[-1] == "4800"
    assert "2400" in _steps(wren.page)[:-1], "the change is a line of its own"
    wren.see(f"/work/{entry['id']}/")
    wren.press('main a[href$="/delete/"]')
    wren.send()
    assert "/keep-or-drop/" in wren.page.url
    wren.send(button="[value=drop]")
    assert entry["id"] not in {one["id"] for one in entries(wren.page)}
    wren.see("/pay/")
    assert _owed(wren.page) == str(7750 + 1800)


@pytest.mark.parametrize("locale", LOCALES)
def test_paid_as_the_worker_chose_and_only_once(server: Server, phone: Phone, locale: str) -> None:
    by = founder(server, phone, locale, name="Cleo")
    wren = member(by, phone, locale, name="Wren")
    noor = member(by, phone, locale, name="Noor", coordinates=True)
    role = agreed_role(by, "Street companion", wren)
    for person in (by, wren, noor):
        person.clean = True
    wren.see("/pay/")
    expect(wren.page.locator(".big")).to_have_count(0)
    recorded(wren, ["outreach"], minutes="120", day="yesterday", part="morning", told=True, **_for(role))
    recorded(wren, ["supplies"], minutes="30", day="yesterday", part="morning", **_for(role))

    # The worker chooses how: cash comes first.
    wren.see("/pay/")
    methods = wren.page.locator("main [name=method]")
    assert methods.first.get_attribute("value") == "cash"
    expect(methods.first).to_be_checked()
    assert _owed(wren.page) == "7200"
    wren.page.locator("details:has([name=method]) > summary").tap()
    wren.tick("method", "transfer")
    wren.send("/method/")

    # Two coordinators look at the same sum; one pays, the other is told.
    for person in (by, noor):
        person.see(f"/pay/groups/{by.known['group']}/")
        person.press('main a[href*="/to/"]')
        assert _owed(person.page) == "7200"
        expect(person.page.locator("input[name=method]")).to_have_value("transfer")
    by.send()
    noor.send()
    expect(noor.page.locator(".said li")).not_to_have_count(0)
    for person in (by, noor):
        person.see(f"/pay/groups/{by.known['group']}/")
        assert person.page.locator('main a[href*="/to/"]').count() == 0
        assert [money(text) for text in person.page.locator("main .list .sum").all_inner_texts()] == ["7200"]

    # Not yet; then it came.
    wren.see("/pay/")
    assert money(wren.page.locator(".card.asks .sum").inner_text()) == "7200"
    wren.send("/missing/")
    by.see(f"/pay/groups/{by.known['group']}/")
    expect(by.page.locator(".tag.mind")).to_have_count(1)
    wren.send("/received/")
    by.see(f"/pay/groups/{by.known['group']}/")
    expect(by.page.locator(".tag.mind")).to_have_count(0)
    expect(by.page.locator(".tag.good")).to_have_count(1)
    assert wren.page.locator("main .card.asks").count() == 0
    wren.see("/pay/")
    assert wren.page.locator("main .big").count() == 0


@pytest.mark.parametrize("locale", ["en"])
def test_a_double_tap_pays_once_and_nobody_pays_themselves(server: Server, phone: Phone, locale: str) -> None:
    by = founder(server, phone, locale, name="Cleo")
    noor = member(by, phone, locale, name="Noor", coordinates=True)
    role = agreed_role(by, "Street companion", noor)
    recorded(noor, ["outreach"], minutes="60", day="yesterday", part="morning", told=True, **_for(role))
    noor.clean = True
    noor.see(f"/pay/groups/{by.known['group']}/")
    assert noor.page.locator('main a[href*="/to/"]').count() == 0
    by.see(f"/pay/groups/{by.known['group']}/")
    by.press('main a[href*="/to/"]')
    pay = by.page.url
    assert noor.page.request.get(pay).status == 403
    by.page.locator("main form:not(#ways) button").evaluate("(button) => { button.click(); button.click() }")
    expect(by.page.locator(".said li").first).to_be_visible()
    noor.see("/pay/")
    expect(noor.page.locator(".card.asks .sum")).to_have_count(1)
    assert money(noor.page.locator(".card.asks .sum").inner_text()) == "2400"


@pytest.mark.parametrize("locale", ["fr"])
def test_wrong_input_loses_nothing(server: Server, phone: Phone, locale: str) -> None:
    by = founder(server, phone, locale)
    wren = member(by, phone, locale)
    role = agreed_role(by, "Street companion", wren)
    wren.clean = True
    for scripts in (True, False):
        plain = phone(locale, java_script_enabled=scripts)
        plain.add_cookies(wren.context.cookies())
        person = Person(server, plain, wren.handle)
        page = person.open("/work/new/")
        if scripts:
            expect(page.locator("html[data-recorder=ready]")).to_be_attached()
            fill_entry(page, {"note": "kept", "expense_travel": "three", "minutes": "other", "minutes_other": "9999"})
            page.locator("#entry [data-save]").tap()
            person.see()
        else:
            # Without scripts nothing unfolds by program; what is wrong was typed before it was folded.
            page.locator("#more > summary").tap()
            page.locator("#entry [name=note]").fill("kept")
            page.locator("#entry [name=minutes_other]").fill("9999")
            page.locator('#entry [name=for][value=""]').check()
            page.locator("#entry [name=shared][value=yes]").check()
            person.clean = False
            person.press("#entry [data-save]", allow="422")
            expect(page.locator("#field-shared .errors li")).to_have_count(1)
        expect(page.locator("#field-kinds .errors li")).to_have_count(1)
        expect(page.locator("#field-minutes_other .errors li")).to_have_count(1)
        expect(page.locator("#entry [name=note]")).to_have_value("kept")
        expect(page.locator("#entry [name=minutes_other]")).to_have_value("9999")
    assert role
    assert day()
