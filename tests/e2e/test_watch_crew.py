"""Friends who look in, and a group's list of people who can be called."""

import pytest
from playwright.sync_api import expect

from tests.e2e.journeys import LOCALES, Phone, founder, fresh, member
from tests.e2e.recording import words
from tests.e2e.watching import crew, links, reached, start
from tests.server import Server


@pytest.mark.parametrize("locale", LOCALES)
def test_look_in_on_me(watch_server: Server, phone: Phone, locale: str) -> None:
    say = words(locale)
    wren = founder(watch_server, phone, locale)
    olive = member(wren, phone, locale, name=fresh("Olive"))
    crew(wren, olive)
    wren.clean = olive.clean = True
    wren.see("/watch/look/", shot=f"look-{locale}")
    wren.page.locator("[name=friend]").check()
    wren.send(shot=f"look-asked-{locale}")
    olive.see("/", shot=f"look-home-{locale}")
    olive.send("/nudge/", shot=f"look-nudged-{locale}")
    wren.see("/watch/look/", shot=f"look-in-{locale}")
    expect(wren.page.locator("main section")).to_contain_text(olive.name)
    wren.press("main [name=answer]")
    olive.see("/watch/mine/")
    expect(olive.page.locator("main .card.asks .tag.good")).to_have_text(say("They answered"))
    wren.see("/watch/look/")
    wren.press("main [name=end]")
    olive.see("/watch/mine/")
    expect(olive.page.locator("main .card.asks")).to_have_count(0)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_groups_list_stands_by(watch_server: Server, phone: Phone, locale: str) -> None:
    server, say = watch_server, words(locale)
    by = founder(server, phone, locale)
    wren, olive, sol = (member(by, phone, locale, name=fresh(name)) for name in ("Wren", "Olive", "Sol"))
    for person in (by, wren, olive, sol):
        person.clean = True
    group, name = by.known["group"], fresh("Night ")
    by.see(f"/people/groups/{group}/")
    by.press("main a[href$='/rotas/']", shot=f"rotas-{locale}")
    by.fill(name=name)
    by.send()
    for one in (olive, sol):
        by.press(by.page.locator("main .list > li", has_text=one.name).locator("[name=member]"))
    by.see(shot=f"rota-{locale}")

    # Members say yes or no for themselves.
    olive.see("/letters/")
    olive.see("/watch/mine/", shot=f"rota-asked-{locale}")
    olive.press("main [name=yes]", shot=f"rota-yes-{locale}")
    sol.see("/watch/mine/")
    sol.press("main [name=no]")
    reached(server, olive.handle)
    by.see(f"/watch/groups/{group}/rotas/")
    by.press("main .list a", shot=f"rota-said-{locale}")
    expect(by.page.locator("main .tag.good")).to_have_count(1)
    assert sol.name not in by.page.locator("main .list").first.inner_text()

    # A member chooses the list as one watcher; the group does not see it.
    wren.see("/watch/crew/")
    wren.press("main a[href*='/crew/rotas/']", shot=f"rota-choose-{locale}")
    wren.send(shot=f"watch-crew-rota-{locale}")
    expect(wren.page.locator("main .tag.good")).to_have_text(say("Can be reached"))
    page = start(wren)
    expect(page.locator("[data-head]")).to_have_text(say("We are calling your people."), timeout=40_000)
    olive.see("/")
    olive.press("main .card.bad a")
    expect(olive.page.locator("h1")).to_contain_text(wren.name)
    assert len(links(server, name)) == 1
    olive.press("main form[action$='/ended/'] [value=ok]")

    # Who leaves it is called no more, and the person sees that nobody stands by.
    olive.see("/watch/mine/")
    olive.press("main [name=no]")
    wren.see("/watch/crew/")
    expect(wren.page.locator("main .tag.mind")).to_have_text(say("Cannot be reached now"))
