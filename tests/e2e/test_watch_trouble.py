"""When the watch cannot be relied on, its page says so at once, rings by itself, and offers who to phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.journeys import LOCALES, Person, Phone, founder, fresh, member
from tests.e2e.phone import forgive
from tests.e2e.recording import words
from tests.e2e.watching import SINKS, crew, link, links, no_engine, number, ringing, start, tap
from tests.server import Server

NO_NET = "ERR_INTERNET_DISCONNECTED|Failed to fetch|ERR_FAILED"
Say = Callable[[str], str]


def scene(server: Server, phone: Phone, locale: str) -> tuple[Person, Person, Say]:
    wren = founder(server, phone, locale)
    olive = member(wren, phone, locale, name=fresh("Olive"))
    crew(wren, olive)
    wren.clean = olive.clean = True
    return wren, olive, words(locale)


@pytest.mark.parametrize("locale", LOCALES)
def test_no_signal(watch_server: Server, phone: Phone, locale: str) -> None:
    wren, olive, say = scene(watch_server, phone, locale)
    page = start(wren, repeat="once", seconds=60)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.url} {request.post_data or ''}"))
    number(page, "Max", "+1 604 555 0142")
    assert not any("5550142" in one for one in sent), "numbers stay on this phone"

    # Said at once; with who to phone and to text, and what was tapped waits.
    page.context.set_offline(True)
    expect(page.locator("[data-troubles]")).to_contain_text(
        say("No signal. What you tap here does not reach the server now.")
    )
    expect(page.locator("[data-head]")).to_have_text(say("Do not count on this now."))
    expect(page.locator("[data-phones] a[href='tel:+16045550142']")).to_be_visible()
    expect(page.locator("[data-phones] a[href^='sms:+16045550142?body=']")).to_be_visible()
    tap(page, "ok")
    queued = say("Your OK has not reached the server yet. We keep trying. Until then, people may be called.")
    expect(page.locator("[data-said]")).to_have_text(queued)
    forgive(page, NO_NET)
    wren.see(shot=f"watching-offline-{locale}", allow=NO_NET)
    page.context.set_offline(False)
    page.wait_for_url(re.compile("/after/$"))
    forgive(page, NO_NET)
    assert links(watch_server, olive.name) == []

    # Out of reach over a deadline: the phone rings by itself, first the reminder, then the alarm.
    page = start(wren, repeat="again")
    expect(page.locator("[data-kept] li")).to_have_count(1)
    page.context.set_offline(True)
    ringing(page, "reminder")
    ringing(page, "alarm")
    wren.see(shot=f"watching-alarm-{locale}", allow=NO_NET)
    page.context.set_offline(False)
    expect(page.locator("[data-head]")).to_have_text(say("We are calling your people."), timeout=30_000)
    tap(page, "end")
    page.wait_for_url(re.compile("/after/$"))


@pytest.mark.parametrize("locale", LOCALES)
def test_the_engine_stands_still_and_a_channel_dies(watch_server: Server, phone: Phone, locale: str) -> None:
    server = watch_server
    wren, olive, say = scene(server, phone, locale)
    page = start(wren, repeat="once", seconds=60)
    expect(page.locator("[data-head]")).to_have_text(say("You are being watched over."))
    with no_engine(server):
        expect(page.locator("[data-head]")).to_have_text(say("Do not count on this now."), timeout=30_000)
        expect(page.locator("[data-troubles]")).to_contain_text(
            say("The part of the server that calls people has stopped. They may not be called.")
        )
        wren.see(shot=f"watching-no-engine-{locale}")
    expect(page.locator("[data-head]")).to_have_text(say("You are being watched over."), timeout=30_000)
    server.python(
        "from alongside.outbox.models import Channel\nfrom alongside.people.models import Account\n"
        f"Channel.objects.filter(owner=Account.objects.get(handle={olive.handle!r}).pk).update(state='dead')"
    )
    expect(page.locator("[data-troubles]")).to_contain_text(say("None of your people can be reached now."))
    wren.see("/watch/crew/", shot=f"watch-crew-lost-{locale}")
    expect(wren.page.locator("main .tag.mind")).to_have_count(1)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_text_message_says_nothing_but_where_to_look(watch_server: Server, phone: Phone, locale: str) -> None:
    server = watch_server
    wren, olive, say = scene(server, phone, locale)
    door = fresh("door ")
    sink = SINKS[server.url]
    others = len(sink.got)  # what went to the people of other tests
    page = start(wren, repeat="once", where=door)
    expect(page.locator("[data-head]")).to_have_text(say("We are calling your people."), timeout=40_000)
    found: list[str] = []
    mine = link(server, olive.name).partition("/watch/c/")[2].strip("/")  # calls of other tests may still go on
    for _look in range(60):
        found = [one.said["message"] for one in sink.got[others:] if mine in one.said["message"]]
        if found:
            break
        page.wait_for_timeout(500)
    [text] = found[-1:]
    assert door not in text
    assert wren.name not in text
    olive.see(re.findall(r"http\S+", text)[0])
    expect(olive.page.locator("main")).to_contain_text(door)
    olive.press("main form[action$='/ended/'] [value=ok]")
    page.wait_for_url(re.compile("/after/$"))


@pytest.mark.parametrize("locale", LOCALES)
def test_the_phones_own_alarm(watch_server: Server, phone: Phone, locale: str) -> None:
    wren = founder(watch_server, phone, locale)
    wren.clean = True
    wren.see("/watch/")
    wren.press("main a[href$='/alone/']", shot=f"watch-alone-{locale}")
    asked: list[str] = []
    wren.press(wren.page.locator("main [name=minutes]").first, shot=f"watch-alone-runs-{locale}")
    wren.page.on("request", lambda request: asked.append(request.url))
    page = wren.page
    expect(page.locator("[data-clock]")).to_have_text(re.compile(r"^[01]:\d\d$"))
    tap(page, "ok")
    expect(page.locator("[data-clock]")).to_have_text(re.compile("^1:00|0:59$"))
    assert asked == [], "no server is behind it"
