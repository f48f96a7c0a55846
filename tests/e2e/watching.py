"""What journeys of the watch need: a server with short times and a gateway of the tests' own, a crew, clocks that run out."""

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect

from tests.e2e.journeys import Person
from tests.processes import below, job_processes
from tests.server import Server, serving
from tests.sink import Sink

_STILL = """() => new Promise((done) => {
  const form = document.querySelector('form[data-act=ok]');
  let top, since;
  const look = () => {
    if (form.offsetTop !== top) [top, since] = [form.offsetTop, Date.now()];
    if (Date.now() - since > 900) done();
    else setTimeout(look, 50);
  };
  look();
})"""
NUMBERS = iter(range(100, 1000))
SINKS: dict[str, Sink] = {}
"""Where the text messages of a server go, by its address."""


@contextmanager
def watching(**env: str) -> Iterator[Server]:
    """A started server with short times; its text messages go to a sink (:data:`SINKS`)."""
    with Sink() as sink:
        settings = {"ALONGSIDE_WATCH_MIN_SECONDS": "5", "ALONGSIDE_SMS_URL": sink.url}
        with serving(env=settings | env) as server:
            SINKS[server.url] = sink
            yield server


def reached(server: Server, *handles: str) -> None:
    """Give accounts a way that works, as a test message would have shown."""
    for handle in handles:
        number = f"+1604555{next(NUMBERS):04}"
        server.python(
            "from alongside.outbox import channels\nfrom alongside.outbox.models import Channel\n"
            "from alongside.people.models import Account\n"
            f"who = Account.objects.get(handle={handle!r}).pk\n"
            f"row = channels.add(owner=who, kind='sms', address={number!r}, language='en')\n"
            "Channel.objects.filter(pk=row.pk).update(state='works', proof='', until=None)"
        )


def ask(person: Person, name: str, known_as: str = "Wren") -> str:
    """Ask somebody; gives the link."""
    person.see("/watch/crew/ask/")
    person.fill(name=name, known_as=known_as)
    person.send()
    return (person.page.locator("#invitation").text_content() or "").strip()


def crew(person: Person, *mates: Person) -> None:
    """Each of these, who have accounts, says yes to being a watcher and can be reached."""
    for mate in mates:
        desk = person.desk.open("/watch/crew/ask/").send("", {"name": mate.name, "known_as": "Wren"})
        mate.desk.open(desk.page.texts["invitation"]).send("", button=("yes", "yes"))
        reached(person.server, mate.handle)


def start(person: Person, seconds: int = 5, repeat: str = "once", grace: int = 5, **shut: str) -> Page:
    """Start a check-in from its page."""
    page = person.open("/watch/")
    page.locator(f'[name=first][value="{seconds}"]').check()
    page.locator(f'[name=repeat][value="{repeat}"]').check()
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    page.locator(f'[name=grace][value="{grace}"]').check()
    person.fill(**shut)
    person.press("main form.start button.large")
    return ready(page)


def ready(page: Page) -> Page:
    """Wait until the page's script runs."""
    expect(page.locator("html[data-watching=ready]")).to_be_attached()
    return page


def top(page: Page) -> int:
    """How far down the button for "I'm OK" stands, in px."""
    return int(page.evaluate("document.querySelector('form[data-act=ok]').offsetTop"))


def tap(page: Page, act: str) -> None:
    """Tap a button of the clock once nothing has moved under it for a while.

    The page does not take a tap within 300 ms of a move, and looks every 500 ms whether anything moved.
    """
    page.evaluate(_STILL)
    page.locator(f"form[data-act={act}] button").last.tap()


def number(page: Page, name: str, digits: str) -> None:
    """Keep a number on this phone."""
    page.locator("[data-numbers] > summary").tap()
    page.locator("#n-name").fill(name)
    page.locator("#n-number").fill(digits)
    page.locator("[data-add] button").tap()
    expect(page.locator("[data-kept] li")).to_have_count(1)


def ringing(page: Page, what: str) -> None:
    """Wait until the page rings like this: ``reminder``, ``alarm`` or not at all."""
    expect(page.locator(f'#watching[data-ringing="{what}"]')).to_be_attached(timeout=30_000)


def links(server: Server, name: str) -> list[str]:
    """The links of calls that were written to the watcher whom somebody calls by this name, oldest first."""
    found = server.python(
        "import json\nfrom alongside.kit import closed, keys\nfrom alongside.outbox.models import Dispatch\n"
        "from alongside.watch.models import Call, Watcher\nfrom alongside.watch import crew_queries\n"
        f"ids = [w.pk for w in Watcher.objects.all() if crew_queries.name(w) == {name!r}]\n"
        "rows = Dispatch.objects.filter(pk__in=Call.objects.filter(watcher__in=ids).values('pk')).order_by('due_at')\n"
        "print(json.dumps([json.loads(closed.read(r.owner, r.place, r.filling))['link'] for r in rows]))"
    )
    return list(json.loads(found))


def link(server: Server, name: str, number: int = 1) -> str:
    """The link of the newest call to this watcher, once there are ``number`` of them."""
    end = time.monotonic() + 30
    while len(found := links(server, name)) < number and time.monotonic() < end:
        time.sleep(0.3)
    assert len(found) >= number, f"no call to {name}"
    return found[-1]


@contextmanager
def _still(*pids: int) -> Iterator[None]:
    """Hold processes still, as a machine that hangs would."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in reversed(pids):
            os.kill(pid, signal.SIGCONT)


@contextmanager
def no_engine(server: Server) -> Iterator[None]:
    """Hold the process that runs the engine still."""
    assert server.process is not None
    with _still(job_processes(server.process.pid)["watch"]):
        yield


@contextmanager
def hung(server: Server) -> Iterator[None]:
    """Hold every process of the server still: it takes connections and answers none."""
    assert server.process is not None
    with _still(server.process.pid, *below(server.process.pid)):
        yield
