"""A check-in that is not answered, on three phones: who is watched over, a watcher, one without an account."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.journeys import LOCALES, Person, Phone, founder, fresh, member, someone
from tests.e2e.recording import until, words
from tests.e2e.watching import ask, crew, link, links, reached, ringing, start, tap, top
from tests.server import Server


def people(server: Server, phone: Phone, locale: str) -> tuple[Person, Person, Person]:
    """Somebody with a crew of two: Olive with an account first, then a friend without one."""
    wren = founder(server, phone, locale)
    olive = member(wren, phone, locale, name=fresh("Olive"))
    wren.clean = olive.clean = True
    friend = someone(server, phone, locale)
    friend.name = fresh("Max")
    return wren, olive, friend


@pytest.mark.parametrize("locale", LOCALES)
def test_nobody_answers_and_the_second_step_comes(watch_server: Server, phone: Phone, locale: str) -> None:
    server, say = watch_server, words(locale)
    wren, olive, friend = people(server, phone, locale)

    # Nobody to call: no clock that would only look like being watched over.
    wren.see("/watch/", shot=f"watch-nobody-{locale}")
    expect(wren.page.locator("form.start")).to_have_count(0)

    # Both sides agree. One has an account, one has none and gives a number.
    olive.see(ask(wren, olive.name), shot=f"watch-invited-{locale}")
    olive.press("main form [name=yes]", shot=f"watch-mine-{locale}")
    friend.see(ask(wren, friend.name), shot=f"watch-invited-out-{locale}")
    friend.press("main form [name=yes]", shot=f"watch-contact-{locale}")
    own = friend.page.url
    friend.press("main a[href$='/add/sms/']", shot=f"watch-contact-add-{locale}")
    friend.fill(address="+1 604 555 0199")
    friend.send(shot=f"watch-contact-code-{locale}")
    server.python(
        "from alongside.outbox.models import Channel\n"
        "Channel.objects.filter(state='new').update(state='works', proof='', until=None)"
    )
    friend.see(own)
    expect(friend.page.locator("main .card.good")).to_have_count(1)
    reached(server, olive.handle)

    # In two steps, a few seconds apart.
    wren.see("/watch/crew/")
    wren.press(wren.page.locator("main .list > li", has_text=friend.name).locator("[name=later]"))
    wren.page.locator("#wait-2").select_option("300")
    wren.send("/steps/2/", shot=f"watch-crew-{locale}")
    expect(wren.page.locator("main .tag.good")).to_have_count(2)

    # Two taps, and what stays shut.
    wren.see("/watch/", shot=f"watch-start-{locale}")
    door, dog = fresh("door "), fresh("dog ")
    page = start(wren, repeat="again", where=door, know=dog)
    expect(page.locator("[data-head]")).to_have_text(say("You are being watched over."))
    wren.see(shot=f"watching-{locale}")
    before = top(page)
    ringing(page, "reminder")
    assert top(page) == before, "the button moved just as it was asked for"
    wren.see(shot=f"watching-asked-{locale}")
    tap(page, "ok")
    expect(page.locator("[data-said]")).to_have_text(say("The server has it."))
    ringing(page, "")

    # No answer: the first step, and nobody else, learns what was shut.
    assert links(server, friend.name) == []
    expect(page.locator("[data-head]")).to_have_text(say("We are calling your people."), timeout=30_000)
    wren.see(shot=f"watching-calling-{locale}")
    olive.see("/")
    olive.press("main .card.bad a", shot=f"call-{locale}")
    expect(olive.page.locator("main")).to_contain_text(door)
    assert links(server, friend.name) == []
    olive.press("main form[action$='/cannot/'] button")

    # The second step is called at once; its link needs no sign-in, is kept nowhere and tells no other site.
    answer = friend.open(link(server, friend.name))
    friend.see(shot=f"call-out-{locale}")
    expect(answer.locator("main")).to_contain_text(dog)
    headers = answer.request.get(answer.url).headers
    assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "no-referrer")
    friend.press("main form[action$='/coming/'] button", shot=f"call-coming-{locale}")
    expect(page.locator("[data-head]")).to_have_text(say("Someone is on the way to you."), timeout=20_000)
    wren.see(shot=f"watching-coming-{locale}")
    friend.press("main form[action$='/there/'] button", shot=f"call-there-{locale}")
    expect(page.locator("[data-head]")).to_have_text(say("Someone says that they are with you."), timeout=20_000)
    friend.press("main form[action$='/ended/'] [value=ok]", shot=f"call-over-{locale}")

    # Over for everybody: nothing of what was shut is left to see, company is offered, and how it ended takes a tap.
    for person in (olive, friend):
        person.page.reload()
        person.see()
        assert door not in person.page.content()
    expect(olive.page.locator("main a[href$='/watched/']")).to_have_count(1)
    page.wait_for_url(re.compile("/after/$"))
    wren.see(shot=f"watch-after-{locale}")
    wren.press("main form [value=safe]", shot=f"watch-after-said-{locale}")
    olive.see(shot=f"call-over-in-{locale}")
    olive.press("main a[href$='/watched/']")
    expect(olive.page.locator("#entry :checked[name=kinds]")).to_have_count(0)


@pytest.mark.parametrize("locale", LOCALES)
def test_help_now_more_time_and_the_end(watch_server: Server, phone: Phone, locale: str) -> None:
    server, say = watch_server, words(locale)
    wren, olive, _friend = people(server, phone, locale)
    olive.desk.open(ask(wren, olive.name)).send("", button=("yes", "yes"))
    reached(server, olive.handle)

    # More time; help that is stopped in time calls nobody.
    page = start(wren, 60)
    before = page.locator("[name=due]").first.input_value()
    tap(page, "more")
    expect(page.locator("[data-said]")).to_have_text(say("The server has it."))
    assert page.locator("[name=due]").first.input_value() > before
    page.locator("[data-help]").tap()
    wren.see(shot=f"watching-help-{locale}")
    page.locator("[data-stop]").tap()
    expect(page.locator("[data-said]")).to_have_text(say("Stopped. Nobody was called."))
    assert links(server, olive.name) == []

    # Not stopped: the first step is called, and learns that help was asked for.
    page.locator("[data-help]").tap()
    expect(page.locator("[data-head]")).to_have_text(say("We are calling your people."), timeout=30_000)
    olive.see(link(server, olive.name), shot=f"call-help-{locale}")
    assert say("Someone who chose you asks for help")[-5:] in olive.page.locator("h1").inner_text()
    tap(page, "end")
    page.wait_for_url(re.compile("/after/$"))
    olive.page.reload()
    expect(olive.page.locator("main form")).to_have_count(0)


def test_a_browser_that_does_not_say_which_button_it_was(watch_server: Server, phone: Phone) -> None:
    wren, olive, _friend = people(watch_server, phone, "en")
    crew(wren, olive)
    wren.context.add_init_script("delete SubmitEvent.prototype.submitter")
    page = start(wren.quietly(), 60, repeat="again")
    due = page.locator("form[data-act=ok] [name=due]")
    before = due.input_value()
    tap(page, "ok")
    expect(page.locator("[data-said]")).to_have_text("The server has it.")
    until(lambda: due.input_value() > before)
    for at, press in enumerate([lambda: tap(page, "more"), lambda: page.keyboard.press("Enter")]):
        button = page.locator("form[data-act=more] button").last
        button.focus()
        with page.expect_request("**/more/") as sent:
            press()
        assert button.get_attribute("value") in str(sent.value.post_data), at


@pytest.mark.parametrize("locale", LOCALES)
def test_without_scripts(watch_server: Server, phone: Phone, locale: str) -> None:
    server, say = watch_server, words(locale)
    wren = founder(server, phone, locale)
    olive = member(wren, phone, locale, name=fresh("Olive")).quietly()
    olive.desk.open(ask(wren, olive.name)).send("", button=("yes", "yes"))
    reached(server, olive.handle)
    plain = someone(server, phone, locale, java_script_enabled=False).quietly()
    plain.context.add_cookies(wren.context.cookies())
    plain.open("/watch/")
    plain.page.locator('[name=first][value="60"]').check()
    plain.press("main form.start button.large")
    expect(plain.page.locator("[data-head]")).to_have_text(say("You are being watched over."))
    plain.send("/ok/")
    plain.press("[data-help]")
    plain.send("/help/")
    expect(plain.page.locator("[data-head]")).to_have_text(say("We are calling your people."))
    plain.send("/end/")
    assert plain.page.url.endswith("/after/")
