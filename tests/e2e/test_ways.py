"""How somebody is reached outside the app: by text message, by e-mail, and on the phone itself; and what they text back."""

import hmac
import json
import re
import time
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Worker, expect

from tests.e2e.journeys import LOCALES, Person, fresh, signed_up, someone
from tests.e2e.journeys import Phone as Phones
from tests.e2e.phone import clean, take
from tests.e2e.recording import installed, until, words
from tests.push.service import Phone, PushService, push_service
from tests.server import Server, serving
from tests.sink import Sink

SECRET = "what the gateway signs with"
PAGE = "/letters/ways/"


@dataclass
class Place:
    """A server with gateways that tests read: text messages and e-mail at ``sink``, push messages at ``service``."""

    server: Server
    sink: Sink
    service: PushService

    def told(self, to: str) -> str:
        """The newest message to a number or an address, once there is one."""
        until(lambda: to in self.sink.to())
        found: str = [one.said["message"] for one in self.sink.got if one.said["to"] == to][-1]
        return found

    def code(self, to: str) -> str:
        """The code in the newest message."""
        found = re.search(r"\b\d{6}\b", self.told(to))
        assert found
        return found.group()

    def texts(self, number: str, text: str) -> str:
        """What a phone without anything texts, through the gateway; the answer."""
        body = json.dumps({"id": uuid.uuid4().hex, "from": number, "text": text}).encode()
        moment = str(int(time.time()))
        signature = hmac.digest(SECRET.encode(), moment.encode() + b"." + body, "sha256").hex()
        headers = {
            "X-Alongside-Timestamp": moment,
            "X-Alongside-Signature": signature,
            "Content-Type": "application/json",
        }
        request = urllib.request.Request(f"{self.server.url}/sms/in/", data=body, headers=headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            said: str = json.load(answer)["answer"]
        return said


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """A demo community whose letters leave."""
    with Sink() as sink, push_service() as service:
        env = {
            "ALONGSIDE_SMS_URL": sink.url,
            "ALONGSIDE_MAIL_URL": sink.url,
            "ALONGSIDE_SMS_SECRET": SECRET,
            "ALONGSIDE_PUSH_HOSTS": service.url.removeprefix("http://"),
        }
        with serving(env=env) as server:
            yield Place(server, sink, service)


def number() -> str:
    """A number that nobody else has."""
    return f"+1555{uuid.uuid4().int % 10**7:07}"


def states(page: Page) -> list[str]:
    return [text.strip() for text in page.locator("main ol > li .tag:not([hidden])").all_text_contents()]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_number_and_an_address_are_added_proven_ordered_and_taken_away(
    place: Place, phone: Phones, locale: str
) -> None:
    say, mine, address = words(locale), number(), f"{fresh('w')}@example.org"
    wren = someone(place.server, phone, locale)
    signed_up(wren)
    wren.see("/people/account/")
    wren.press(f'main a[href="{PAGE}"]', shot=f"ways-none-{locale}")
    expect(wren.page.locator("main")).to_contain_text(say("No way works yet. A call for you shows in the app alone."))

    wren.press(f'main a[href="{PAGE}add/sms/"]', shot=f"ways-add-{locale}")
    wren.fill(address="555 0142")
    wren.send("add/sms/")
    expect(wren.page.locator("main .errors")).to_have_count(1)
    wren.fill(address=f"{mine[:2]} {mine[2:5]} {mine[5:8]}-{mine[8:]}")
    wren.send("add/sms/", shot=f"ways-code-{locale}")
    code = place.code(mine)
    wren.fill(code="000000" if code != "000000" else "111111")
    wren.send(f"{wren.page.url.rsplit('/', 2)[1]}/")
    expect(wren.page.locator("main .errors")).to_have_count(1)
    wren.fill(code=f"{code[:3]} {code[3:]}")
    wren.send(f"{wren.page.url.rsplit('/', 2)[1]}/", shot=f"ways-works-{locale}")
    assert states(wren.page) == [say("Works")]
    expect(wren.page.locator("main dt")).to_have_text([say(word) for word in ("START", "OK", "HELP", "STOP")])

    wren.see(f"{PAGE}add/mail/")
    wren.fill(address=address)
    other = "fr" if locale == "en" else "en"
    wren.tick("language", other)
    wren.send("add/mail/")
    wren.see(PAGE, shot=f"ways-two-{locale}")
    assert states(wren.page) == [say("Works"), say("Not tested yet")]
    wren.press("main ol > li:nth-child(2) a.button")
    code = place.code(address)
    sent = words(other)("Your code is {code}. Type it where you asked for it.")
    assert sent.replace("{code}", code) in place.told(address)
    wren.fill(code=code)
    wren.send(f"{wren.page.url.rsplit('/', 2)[1]}/")
    wren.press('main ol > li:nth-child(2) form[action$="/move/"] button')
    expect(wren.page.locator("main ol > li").first).to_contain_text("@example.org")
    wren.press('main ol > li:nth-child(1) form[action$="/remove/"] button')
    expect(wren.page.locator("main ol > li")).to_have_count(1)
    expect(wren.page.locator("main ol > li")).to_contain_text(mine[-2:])


@pytest.mark.parametrize("locale", LOCALES)
def test_it_works_without_scripts_and_in_the_dark(place: Place, phone: Phones, locale: str) -> None:
    mine = number()
    ash = someone(place.server, phone, locale, java_script_enabled=False, color_scheme="dark").quietly()
    signed_up(ash)
    ash.open(PAGE)
    take(ash.page, f"ways-none-dark-{locale}")
    expect(ash.page.locator("[data-push] form")).to_be_hidden()
    expect(ash.page.locator("[data-push] noscript")).to_be_visible()
    ash.press(f'main a[href="{PAGE}add/sms/"]')
    take(ash.page, f"ways-add-dark-{locale}")
    ash.fill(address=mine)
    ash.send("add/sms/")
    take(ash.page, f"ways-code-dark-{locale}")
    ash.fill(code=place.code(mine))
    ash.send(f"{ash.page.url.rsplit('/', 2)[1]}/")
    take(ash.page, f"ways-works-dark-{locale}")
    assert states(ash.page) == [words(locale)("Works")]


# A browser in a test has no push service: what it would be given comes from ours.
_SUBSCRIBES = """(given) => {
  const made = { ...given, toJSON: () => given, unsubscribe: async () => { made.gone = true; return true } }
  PushManager.prototype.getSubscription = async () => (localStorage.getItem('test-subscribed') ? made : null)
  PushManager.prototype.subscribe = async function (wanted) {
    if (wanted.userVisibleOnly !== true || !wanted.applicationServerKey) throw new TypeError('what for?')
    localStorage.setItem('test-subscribed', '1')
    return made
  }
}"""


def worker(context: BrowserContext) -> Worker:
    """The service worker."""
    until(lambda: len(context.service_workers) > 0)
    return context.service_workers[0]


def deliver(page: Page, server: Server, payload: str) -> None:
    """Give a push message to the service worker, as the browser does when one arrives."""
    seen: list[str] = []
    session = page.context.new_cdp_session(page)
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: seen.extend(one["registrationId"] for one in event["registrations"]),
    )
    session.send("ServiceWorker.enable")
    until(lambda: page.evaluate("true") and bool(seen))
    message = {"origin": server.url, "registrationId": seen[-1], "data": payload}
    session.send("ServiceWorker.deliverPushMessage", message)
    session.detach()


# The browser that tests have shows no notifications and lets nobody show any: there, what is asked of it is kept instead,
# by its tag, as the standard says. A browser that can is asked itself.
_SHOWS = """() => {
  if (Notification.permission === 'granted') return
  const shown = new Map()
  ServiceWorkerRegistration.prototype.showNotification = async (title, options) => {
    if (options.renotify && !options.tag) throw new TypeError('renotify needs a tag')
    shown.set(options.tag || String(shown.size), { tag: '', ...options, title })
  }
  ServiceWorkerRegistration.prototype.getNotifications = async () => [...shown.values()]
}"""
_SHOWN = """async () => (await self.registration.getNotifications()).map((one) => (
  { title: one.title, body: one.body, tag: one.tag, loud: one.requireInteraction, data: one.data }))"""


def shown(page: Page) -> list[dict[str, Any]]:
    """The notifications that stand on the phone."""
    found: list[dict[str, Any]] = worker(page.context).evaluate(_SHOWN)
    return found


def at_phone(place: Place, phones: Phones, locale: str, **options: Any) -> tuple[Person, Phone]:
    """Somebody who is signed in on a phone that may show messages, at the page; and what its push service knows it by."""
    person = someone(place.server, phones, locale, service_workers="allow", **options)
    person.page.context.grant_permissions(["notifications"], origin=place.server.url)
    signed_up(person)
    person.see(PAGE)
    key = person.page.locator("[data-push]").get_attribute("data-key") or ""
    subscribed = place.service.subscribe(key)
    person.page.add_init_script(f"({_SUBSCRIBES})({json.dumps(subscribed.address)})")
    installed(person.page)
    person.open(PAGE)
    worker(person.page.context).evaluate(_SHOWS)
    return person, subscribed


@pytest.mark.parametrize("locale", LOCALES)
def test_this_phone_is_a_way_once_its_test_message_was_tapped(place: Place, phone: Phones, locale: str) -> None:
    say = words(locale)
    wren, subscribed = at_phone(place, phone, locale)
    expect(wren.page.locator("[data-push] form")).to_be_visible()
    wren.see(shot=f"ways-push-{locale}")
    wren.press("[data-push] form button", shot=f"ways-push-sent-{locale}")
    until(lambda: len(place.service.opened(subscribed)), 1)
    (letter,) = place.service.opened(subscribed)
    assert letter["loud"] is False
    assert letter["link"].startswith(f"{place.server.url}{PAGE}")
    assert "http" not in letter["text"]
    for _twice in range(2):
        deliver(wren.page, place.server, json.dumps(letter))
    until(lambda: len(shown(wren.page)), 1)
    (notice,) = shown(wren.page)
    assert notice == {
        "title": "Alongside", "body": letter["text"], "tag": letter["key"], "loud": False, "data": {"link": letter["link"]},
    }  # fmt: skip
    wren.open(notice["data"]["link"])
    expect(wren.page).to_have_url(f"{place.server.url}{PAGE}")
    assert states(wren.page)[:1] == [say("Works")]
    expect(wren.page.locator("main ol > li [data-this-phone]")).to_be_visible()
    wren.see(shot=f"ways-push-works-{locale}")


def test_a_loud_letter_stays_on_the_screen_and_one_that_cannot_be_read_is_shown_too(
    place: Place, phone: Phones
) -> None:
    wren, _subscribed = at_phone(place, phone, "en")
    for letter in ({"text": "Please look now", "link": "/x/", "key": "a", "loud": True}, "no letter", {"key": "b"}):
        deliver(wren.page, place.server, letter if isinstance(letter, str) else json.dumps(letter))
    until(lambda: len(shown(wren.page)), 3)
    told = {one["tag"]: (one["title"], one["body"], one["loud"]) for one in shown(wren.page)}
    assert told == {
        "a": ("Alongside", "Please look now", True),
        "": ("Alongside", "Please open the app.", False),
        "b": ("Alongside", "Please open the app.", False),
    }


def test_a_tap_opens_the_letters_page_and_no_other_site(place: Place, phone: Phones) -> None:
    wren, _subscribed = at_phone(place, phone, "en")
    one = worker(wren.page.context)
    opens = """async (link) => {
      const seen = []
      self.clients.openWindow = async (url) => { seen.push(url) }
      await openLetter(link)
      return seen
    }"""
    assert one.evaluate(opens, "/watch/x/") == [f"{place.server.url}/watch/x/"]
    assert one.evaluate(opens, "https://example.org/") == [f"{place.server.url}/"]
    assert one.evaluate(opens, "") == [f"{place.server.url}/"]


def test_a_phone_that_its_maker_gives_another_address_is_reached_there(place: Place, phone: Phones) -> None:
    wren, subscribed = at_phone(place, phone, "en")
    wren.press("[data-push] form button")
    until(lambda: len(place.service.opened(subscribed)), 1)
    wren.open(place.service.opened(subscribed)[0]["link"])
    again = place.service.subscribe(wren.page.locator("[data-push]").get_attribute("data-key") or "")
    one = worker(wren.page.context)
    one.evaluate("async (given) => renew({ toJSON: () => given })", again.address)
    kept = one.evaluate("async () => (await keptPush()).address.endpoint")
    assert kept == again.endpoint
    assert states(wren.open(PAGE))[:1] == ["Works"]


@pytest.mark.parametrize("how", ["[data-leave]", 'form[action$="/sign-out/"] button'])
def test_who_leaves_gets_no_letters_on_this_phone(place: Place, phone: Phones, how: str) -> None:
    wren, subscribed = at_phone(place, phone, "en")
    wren.press("[data-push] form button")
    until(lambda: len(place.service.opened(subscribed)), 1)
    one = worker(wren.page.context)
    one.evaluate(
        """() => {
      self.left = 0
      PushManager.prototype.getSubscription = async () => ({ unsubscribe: async () => { self.left += 1 } })
    }"""
    )
    wren.open("/people/account/")
    wren.page.locator(how).first.tap()
    until(lambda: one.evaluate("() => self.left"), 1)
    assert one.evaluate("async () => caches.has('alongside-push')") is False
    code = "from alongside.outbox import queries; from alongside.people.models import Account; "
    code += f"print(queries.ways(Account.objects.get(handle={wren.handle!r}).pk))"
    until(lambda: place.server.python(code), "[]")


def test_a_phone_that_says_no_or_cannot_is_told_so_in_plain_words(place: Place, phone: Phones) -> None:
    cannot = someone(place.server, phone)
    signed_up(cannot)
    cannot.page.add_init_script("delete window.PushManager")
    cannot.open(PAGE)
    expect(cannot.page.locator('[data-push-said="none"]')).to_be_visible()
    expect(cannot.page.locator("[data-push] form")).to_be_hidden()
    clean(cannot.page, shot="ways-push-none")
    wren, _subscribed = at_phone(place, phone, "en")
    button = wren.page.locator("[data-push] form button")
    wren.page.evaluate("() => { Notification.requestPermission = async () => 'denied' }")
    expect(wren.page.locator("[data-push-said]:visible")).to_have_count(0)
    button.tap()
    expect(wren.page.locator('[data-push-said="refused"]')).to_be_visible()
    clean(wren.page, shot="ways-push-refused")
    wren.page.evaluate(
        """() => {
      Notification.requestPermission = async () => 'granted'
      PushManager.prototype.subscribe = async () => { throw new DOMException('no service', 'AbortError') }
    }"""
    )
    button.tap()
    expect(wren.page.locator('[data-push-said="failed"]')).to_be_visible()
    expect(wren.page.locator('[data-push-said="refused"]')).to_be_hidden()


@pytest.mark.parametrize("locale", LOCALES)
def test_start_and_ok_by_text_from_a_phone_that_nobody_signed_in_on(place: Place, phone: Phones, locale: str) -> None:
    """All by text but the number itself: the reminder comes, is answered, and it ends."""
    mine = number()
    wren = someone(place.server, phone, locale)
    desk = signed_up(wren)
    desk.open(f"{PAGE}add/sms/").send("add/sms/", {"address": mine}, {"language": [locale]})
    channel = desk.url
    desk.open(channel).send(f"{channel.rsplit('/', 2)[1]}/", {"code": place.code(mine)})
    assert place.texts(mine, "start") == words(locale)(
        "It did not start: no one stands by for you now. Please tell someone near you."
    )
    place.server.python(
        f"""
from alongside.people.models import Account
from alongside.outbox.models import Channel
from alongside.watch.tests.parts import watcher
person = Account.objects.get(handle={wren.handle!r})
own = Channel.objects.get(owner=person.pk)
row = watcher(person)
Channel.objects.create(owner=row.owner, kind="sms", digest="x", language="en", state="works", day=own.day)
"""
    )
    assert "10 min" in place.texts(mine, "Start")
    assert "10 min" in place.texts(mine, "ok")
    assert place.texts(mine, "STOP") == words(locale)("It has ended. To get no more texts from us, text STOP again.")
    assert Path(place.server.log).read_text().count(mine) == 0
