"""The part of the tour about being watched over: who is called, a check, a call, and how it ends."""

from playwright.sync_api import expect

from tests.e2e import journeys
from tests.e2e.journeys import Person
from tools.camera import Tour

REACHED = """
from alongside.kit import keys
from alongside.outbox import rehearsal
from alongside.people import queries
for number, handle in enumerate(("demo-ash", "demo-cleo")):
    person = queries.by_handle(handle)
    rehearsal.working([(person.pk, keys.get(person.pk), "sms", f"+1555010{number}")])
"""
"""Two of the made-up people get a made-up number, at a gateway of the tour's own."""


def watched_over(tour: Tour, cast: dict[str, Person]) -> None:
    """The crew, the start, a call for help, somebody on the way, the end."""
    wren, ash = cast["wren"], cast["ash"]
    tour.chapter(
        "Watched over",
        "Somebody who is alone asks to be watched over by people of their own choosing. If they stop answering, those people are called.",
    )
    _crew(tour, wren, ash)
    _clock(tour, wren)
    _called(tour, wren, ash)


def _crew(tour: Tour, wren: Person, ash: Person) -> None:
    tour.show(
        wren,
        "watch-nobody",
        "Nobody can be called yet",
        "Where nobody could be called no clock is started: it would only look as if somebody watched.",
        path="/watch/",
    )
    tour.show(
        ash,
        "ways",
        "How to reach me",
        "A text, an e-mail or a note on this phone. Each is tried out once, and nobody but its owner sees it.",
        path="/letters/ways/",
    )
    journeys.in_the_server(tour.server, REACHED)
    tour.show(
        wren,
        "watch-crew",
        "My people",
        "Both sides agree. Who is called first and who later is the person's own order.",
        path="/watch/crew/",
    )
    tour.show(
        wren,
        "watch-ask",
        "Asking somebody",
        "A link or a code, also for people who have no account here.",
        path="/watch/crew/ask/",
    )
    tour.show(
        wren,
        "watch-look",
        "Look in on me",
        "The gentle kind: friends see that one asked, and look in when they like. No clock, and nothing is kept.",
        path="/watch/look/",
    )


def _clock(tour: Tour, wren: Person) -> None:
    tour.show(
        wren,
        "watch-start",
        "Two taps",
        "How long until the first check, and start. Where one is and what to do can be added; it stays shut until people are called.",
        path="/watch/",
    )
    wren.page.locator('main [name="first"]').nth(3).check()
    wren.send("/start/")
    expect(wren.page.locator("html[data-watching=ready]")).to_be_attached()
    tour.show(
        wren,
        "watching",
        "Watched over",
        "Said only once the server has it on disk, with who stands by and when the server last looked.",
    )
    wren.page.locator("[data-help]").tap()
    expect(wren.page.locator("#helping")).to_be_visible()
    tour.show(wren, "watching-help", "Help, now", "Ten seconds in which it can be stopped.")


def _called(tour: Tour, wren: Person, ash: Person) -> None:
    link = ash.page.locator('main a[href*="/watch/calls/"]')
    for _ in range(30):
        ash.open("/")
        if link.count():
            break
        ash.page.wait_for_timeout(1000)
    ash.press(link.first)
    tour.show(
        ash,
        "watch-call",
        "Called",
        "Who is called sees what the person let them see, and says in a tap whether they come.",
    )
    ash.send("/coming/")
    coming = wren.page.evaluate("JSON.parse(document.getElementById('words').textContent).coming")
    expect(wren.page.locator("[data-head]")).to_have_text(coming, timeout=20_000)
    tour.show(wren, "watching-coming", "Somebody comes", "The person sees it, and nobody else is called meanwhile.")
    ash.press(ash.page.locator('main form[action$="/ended/"] button').first)
    tour.show(
        ash,
        "watch-call-over",
        "Over",
        "What was shut is shut again. Company is offered, and the work can be written down.",
    )
    wren.page.wait_for_url("**/after/")
    tour.show(wren, "watch-after", "Afterwards", "How it ended, in a tap, or not at all. A false alarm costs nothing.")
