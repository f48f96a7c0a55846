"""A note that is said: only where the browser says that speech becomes text on the phone, and nothing is lost of it.

No browser of a test listens: a made-up one stands in its place, except where the question itself is what a test is about.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.e2e.journeys import LOCALES, unfold
from tests.e2e.phone import clean
from tests.e2e.recording import entries, fresh_note, installed, noted, offline, ready, tile, waiting, words
from tests.server import Server

Phone = Callable[..., BrowserContext]
SignIn = Callable[..., Page]
NO_NET = "ERR_INTERNET_DISCONNECTED|Failed to fetch|ERR_FAILED|401"

_LISTENS = """
window.ears = []
const named = (...names) => Object.defineProperty(Navigator.prototype, 'userAgentData', {
  get: () => ({ brands: names.map((brand) => ({ brand, version: '156' })) }), configurable: true,
})
named('Chromium', 'Google Chrome')
window.SpeechRecognition = class {
  static async available(question) {
    window.asked = question
    return 'available'
  }
  get processLocally() { return this.here }
  set processLocally(here) { this.here = here }
  start() { window.ears.push(this) }
  stop() { this.stopped = true }
  abort() { this.aborted = true }
  hear(...said) {
    const results = said.map((transcript) => Object.assign([{ transcript }], { isFinal: true }))
    this.onresult({ resultIndex: 0, results })
  }
  end(error) {
    if (error) this.onerror({ error })
    this.onend({})
  }
}
"""
_OWN = "window.SpeechRecognition"


def told(page: Page) -> Locator:
    """What is said beside the button."""
    return page.locator(".say [role=status]")


def button(page: Page) -> Locator:
    """The button beside the note."""
    return page.locator("#field-note .say button")


def ear(page: Page, what: str) -> Any:
    """Have the recogniser that was started last do something, or tell something."""
    return page.evaluate(f"window.ears[window.ears.length - 1].{what}")


def hear(page: Page, *said: str) -> None:
    ear(page, f"hear(...{json.dumps(said)})")


def listening(context: BrowserContext, sign_in: SignIn, *changes: str) -> Page:
    """Home of somebody whose browser listens, with the details open. ``changes`` are scripts that run after the made-up one."""
    context.add_init_script("\n".join([_LISTENS, *changes]))
    page = ready(sign_in(context.new_page(), "demo-ash"))
    page.locator("#more > summary").tap()
    return page


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_said_stands_in_the_note_and_can_be_changed(
    server: Server, phone: Phone, sign_in: SignIn, locale: str
) -> None:
    say = words(locale)
    page = listening(phone(locale), sign_in)
    text = page.locator("[name=note]")
    expect(button(page)).to_have_text(say("Say it"))
    expect(told(page)).to_have_text(say("Your phone writes down what you say. It sends no sound and keeps none."))
    assert page.evaluate("window.asked") == {"langs": [locale], "processLocally": True}
    clean(page, shot=f"say-{locale}")

    text.fill("typed")
    button(page).tap()
    expect(button(page)).to_have_text(say("Stop listening"))
    expect(told(page)).to_have_text(say("Your phone is listening. Tap again when you are done."))
    assert ear(page, "processLocally") is True
    assert (ear(page, "lang"), ear(page, "continuous")) == (locale, True)
    clean(page, shot=f"say-listening-{locale}")
    hear(page, "said first", " and then ")
    expect(text).to_have_value("typed said first and then")

    button(page).tap()
    assert ear(page, "stopped") is True
    expect(told(page)).to_have_text(say("Your phone writes down the last words."))
    hear(page, "last")
    ear(page, "end()")
    expect(text).to_have_value("typed said first and then last")
    expect(button(page)).to_have_text(say("Say it"))
    expect(told(page)).to_have_text(say("Read the note through. You can change it."))
    clean(page)

    note = fresh_note()
    text.fill(note)
    tile(page, say("Outreach")).tap()
    page.locator("[data-save]").tap()
    expect(page.locator(".form-said")).to_have_text(say("Saved."))
    assert len(noted(server, "demo-ash", note)) == 1


@pytest.mark.parametrize("locale", LOCALES)
def test_what_goes_wrong_is_said_beside_the_button_and_loses_nothing(
    phone: Phone, sign_in: SignIn, locale: str
) -> None:
    say = words(locale)
    page = listening(phone(locale), sign_in)
    failed = say("Your phone could not go on listening. Your note is still here. Try again, or type.")
    refused = say("Your phone may not listen here. Your browser's settings can allow it. You can also type.")
    nothing = say("Your phone heard no words. Try again, or type.")
    page.locator("[name=note]").fill("stays")
    for error, answer in [
        ("not-allowed", refused),
        ("service-not-allowed", refused),
        ("no-speech", nothing),
        ("language-not-supported", failed),
        ("network", failed),
    ]:
        button(page).tap()
        ear(page, f"end('{error}')")
        expect(told(page)).to_have_text(answer)
        expect(button(page)).to_have_text(say("Say it"))
    clean(page, shot=f"say-wrong-{locale}")
    page.evaluate(f"() => {{ {_OWN}.prototype.start = () => {{ throw new Error('busy') }} }}")
    button(page).tap()
    expect(told(page)).to_have_text(failed)
    expect(page.locator("[name=note]")).to_have_value("stays")
    clean(page)


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        (f"{_OWN}.available = async () => 'unavailable'", False),
        (f"{_OWN}.available = async () => 'downloadable'", False),
        (f"{_OWN}.available = async () => 'downloading'", False),
        (f"{_OWN}.available = async () => {{ throw new Error('a policy') }}", False),
        (f"delete {_OWN}.available", False),
        (f"delete {_OWN}.prototype.processLocally", False),
        (f"{_OWN} = window.webkitSpeechRecognition = undefined", False),
        ("if (origin !== 'null') localStorage.setItem('alongside-speech', '1')", False),
        ("Storage.prototype.setItem = () => { throw new Error('full') }", False),
        ("named('Chromium', 'Android WebView')", False),
        ("named('Chromium', 'HeadlessChrome')", False),
        ("delete Navigator.prototype.userAgentData", False),
        ("", True),
    ],
    ids=[
        "not-here", "to-fetch", "fetching", "not-told", "no-question", "maybe-elsewhere", "no-speech", "ended-the-page",
        "no-mark", "web-view", "half-of-it", "no-name", "listens",
    ],
)  # fmt: skip
def test_it_is_offered_only_where_the_phone_itself_listens(
    phone: Phone, sign_in: SignIn, change: str, asked: bool
) -> None:
    page = listening(phone(), sign_in, change)
    expect(button(page)).to_have_count(int(asked))
    assert page.evaluate("!!window.asked") is asked
    left = page.evaluate("localStorage.getItem('alongside-speech')")
    assert left == ("1" if "setItem('" in change else None)
    clean(page)


def test_no_header_forbids_it_where_it_is_offered(server: Server, phone: Phone, sign_in: SignIn) -> None:
    page = listening(phone(), sign_in)
    for path in ("/", "/work/new/", "/work/tally/", "/shell/"):
        page.goto(server.url + path)
        unfold(page)
        expect(ready(page).locator(".say")).to_be_attached()
        assert page.evaluate("document.featurePolicy.allowsFeature('microphone')") is True


def test_saving_waits_for_the_last_words(server: Server, phone: Phone, sign_in: SignIn) -> None:
    page = listening(phone(), sign_in)
    note = fresh_note()
    tile(page, "Outreach").tap()
    button(page).tap()
    page.locator("[data-save]").tap()
    expect(page.locator(".form-said")).to_have_text("Your phone writes down the last words.")
    assert ear(page, "stopped") is True
    hear(page, note)
    ear(page, "end()")
    expect(page.locator(".form-said")).to_have_text("Saved.")
    assert len(noted(server, "demo-ash", note)) == 1
    hear(page, "late")
    expect(page.locator("[name=note]")).to_have_value("")


def test_a_browser_that_never_stops_holds_up_no_save(server: Server, phone: Phone, sign_in: SignIn) -> None:
    page = listening(phone(), sign_in)
    before = len(entries(server, "demo-ash"))
    tile(page, "Outreach").tap()
    button(page).tap()
    page.locator("[data-save]").tap()
    expect(page.locator(".form-said")).to_have_text("Saved.")
    assert ear(page, "aborted") is True
    assert len(entries(server, "demo-ash")) == before + 1


def test_what_was_said_for_one_entry_is_not_put_into_another(phone: Phone, sign_in: SignIn) -> None:
    context = phone(service_workers="allow")
    page = installed(listening(context, sign_in))
    context.set_offline(True)
    tile(page, "Outreach").tap()
    page.locator("[data-save]").tap()
    expect(waiting(page)).to_have_count(1)
    page.locator("#more > summary").tap()
    button(page).tap()
    waiting(page).get_by_role("button", name="Change").tap()
    hear(page, "of the other")
    expect(page.locator("[name=note]")).to_have_value("")
    expect(button(page)).to_have_text("Say it")
    assert ear(page, "aborted") is True


def test_it_works_without_a_connection(server: Server, phone: Phone, sign_in: SignIn) -> None:
    context = phone(service_workers="allow")
    page = offline(context, installed(listening(context, sign_in)), server)
    note = fresh_note()
    tile(page, "Outreach").tap()
    page.locator("#more > summary").tap()
    button(page).tap()
    hear(page, note)
    button(page).tap()
    ear(page, "end()")
    clean(page, allow=NO_NET)
    page.locator("[data-save]").tap()
    expect(waiting(page)).to_have_count(1)
    context.set_offline(False)
    expect(waiting(page)).to_have_count(0)
    assert len(noted(server, "demo-ash", note)) == 1


def test_it_stops_when_the_page_is_put_away_or_left(phone: Phone, sign_in: SignIn) -> None:
    page = listening(phone(), sign_in)
    button(page).tap()
    page.evaluate("""() => {
      Object.defineProperty(document, 'hidden', { value: true, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    }""")
    assert ear(page, "stopped") is True
    ear(page, "end()")
    button(page).tap()
    page.evaluate("document.dispatchEvent(new Event('alongside:leave'))")
    assert ear(page, "aborted") is True


@pytest.mark.parametrize("named", [False, True])
def test_no_page_ends_of_the_question(phone: Phone, sign_in: SignIn, named: bool) -> None:
    """Debian's own browser has the question, and nothing that answers: asked, it ends the page.

    Tools give it a name that is not its own: then it is not asked before somebody opens the place of the note.
    """
    context = phone()
    if named:
        context.add_init_script(
            "Object.defineProperty(Navigator.prototype, 'userAgentData', { get: () => ({ brands: [{ brand: 'Google Chrome' }] }) })"
        )
    page = ready(sign_in(context.new_page(), "demo-ash"))
    assert page.evaluate("() => 'available' in SpeechRecognition")
    expect(button(page)).to_have_count(0)
    assert page.evaluate("localStorage.getItem('alongside-speech')") is None
