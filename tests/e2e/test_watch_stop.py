"""Who is called by a link, and has no account, says that they do not want to be called any more."""

import pytest
from playwright.sync_api import expect

from tests.e2e.journeys import LOCALES, Phone, founder, fresh, member, someone
from tests.e2e.recording import words
from tests.e2e.watching import ask, crew, link, start
from tests.server import Server


@pytest.mark.parametrize("locale", LOCALES)
def test_no_more_calls(watch_server: Server, phone: Phone, locale: str) -> None:
    server, say = watch_server, words(locale)
    wren = founder(server, phone, locale)
    olive = member(wren, phone, locale, name=fresh("Olive"))
    crew(wren, olive)
    friend = someone(server, phone, locale)
    friend.name = fresh("Max")
    desk = friend.desk.open(ask(wren, friend.name)).send("", button=("yes", "yes"))
    desk.open(desk.link("/add/sms/")).send("", {"address": "+1 604 555 0198"})
    server.python(
        "from alongside.outbox.models import Channel\n"
        "Channel.objects.filter(state='new').update(state='works', proof='', until=None)"
    )
    page = start(wren)
    expect(page.locator("[data-head]")).to_have_text(say("We are calling your people."), timeout=30_000)

    # A quiet way at the bottom, and one more question. No goes back.
    address = link(server, friend.name)
    friend.see(address)
    friend.press("main a[href$='/stop/']", shot=f"call-stop-{locale}")
    friend.press("main .pair a")
    assert friend.page.url == address
    friend.press("main a[href$='/stop/']")
    friend.send(shot=f"call-stopped-{locale}")
    expect(friend.page.locator("main")).to_contain_text(
        say("We do not call you any more. How to reach you is deleted here.")
    )

    # The link does nothing any more; the person sees it; whoever else was called still is.
    friend.see(f"{address}stop/", shot=f"call-gone-{locale}", allow="410")
    friend.see(address)
    expect(friend.page.locator("main form")).to_have_count(0)
    expect(page.locator("[data-who] .mind")).to_have_text(friend.name, timeout=20_000)
    olive.see("/")
    olive.press("main .card.bad a")
    olive.press("main form[action$='/ended/'] [value=ok]")
    wren.see("/watch/crew/")
    row = wren.page.locator("main .list > li", has_text=friend.name)
    expect(row.locator(".tag.mind")).to_have_text(say("Does not want to be called"))
