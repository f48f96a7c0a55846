"""The part of the tour about one's own account: ways to sign in, where that was done, leaving and closing a group."""

from playwright.sync_api import expect

from tests.e2e import journeys
from tests.e2e.journeys import Person
from tools.camera import Tour


def staying_safe(tour: Tour, cast: dict[str, Person]) -> None:
    """A passkey, a code app, a code on paper, where one is signed in, and how a group is left or closed."""
    robin, sam = cast["robin"], cast["sam"]
    group = robin.known["group"]
    tour.chapter(
        "Staying safe, and going",
        "A stolen phone or passphrase must not open a person's record, and a lost phone must not shut it. Leaving is as plain as joining.",
    )
    tour.show(
        robin,
        "account-safe",
        "My account",
        "How Robin signs in, where Robin is signed in now, and since which day. Nothing says what phone it is, or where.",
        path="/people/account/",
    )
    tour.show(
        robin,
        "second-step",
        "Why a second step",
        "Who coordinates or is steward adds a passkey or a code app first. The own record is never shut.",
        path="/people/account/second-step/",
    )
    robin.open("/people/account/code-app/add/")
    robin.fill(passphrase=journeys.PASSPHRASE)
    robin.send()
    tour.show(
        robin,
        "code-app",
        "A code app",
        "Scanned, tapped or typed. It works once the app has shown a right code, and with no signal.",
    )
    robin.open("/people/account/code/")
    robin.fill(passphrase=journeys.PASSPHRASE)
    robin.send()
    expect(robin.page.locator("#half")).not_to_be_empty()
    tour.show(
        robin,
        "code",
        "A code on paper",
        "Shown once, made to be written down. The second part is made on the phone and opens what is private; the server never has it.",
    )
    robin.open("/private/")
    robin.page.locator("#note-text").fill("Ask Cleo about the blue door.")
    robin.page.locator("#note button").tap()
    expect(robin.page.locator("#notes .kept")).to_be_visible()
    tour.show(
        robin,
        "private",
        "Private",
        "Own notes, what Robin has lived, how heavy days were, an amount a year that must not be passed, all work. Locked on the phone before it is sent.",
    )
    tour.show(
        robin,
        "leave-group",
        "Leaving a group",
        "What stays and what ends, before anything is done; staying is as large a button.",
        path=f"/groups/{group}/leave/",
    )
    tour.show(
        sam,
        "close-group",
        "Closing a group",
        "Nothing new comes in, and what is owed stays owed.",
        path=f"/people/groups/{group}/close/",
    )
