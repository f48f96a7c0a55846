"""The part of the tour about what a phone asks of its person: a code, an entry to mend, two phones that differ."""

from playwright.sync_api import Page, expect

from tests.e2e import journeys
from tests.e2e.journeys import Person
from tests.e2e.recording import api, offline, ready, set_code, waiting
from tools.camera import Tour

CODE = "73510846"


def phone_code(tour: Tour, wren: Person) -> None:
    """On a page without a connection, where something waits."""
    page = wren.page
    tour.show(
        wren,
        "phone-code-offer",
        "Do you want a phone code?",
        "The app asks once, when something waits. No is as large as yes.",
        at="#waiting .card.asks",
    )
    set_code(page, CODE)
    page.get_by_role("button", name="Lock now").tap()
    expect(waiting(page)).to_have_count(0)
    tour.show(
        wren,
        "phone-locked",
        "Locked",
        "Who picks up the phone sees how many entries wait, and nothing of them. New work can still be written down.",
        at="#waiting",
    )
    page.get_by_label("Phone code").fill(CODE)
    page.get_by_role("button", name="Unlock").tap()
    page.get_by_role("button", name="Remove the phone code").tap()
    expect(page.get_by_role("button", name="Remove the phone code")).to_have_count(0)


def to_mend(tour: Tour, wren: Person) -> None:
    """An entry that the server does not take, and one that was changed on two phones; both are settled in the end."""
    _rejected(tour, wren)
    _changed_twice(tour, wren)


def _rejected(tour: Tour, wren: Person) -> None:
    context, page = wren.page.context, wren.page
    offline(context, page, tour.server)
    journeys.fill_entry(page, {"kinds": ["outreach"], "day": "other", "day_other": "2999-01-01"})
    page.locator("#entry [data-save]").tap()
    expect(waiting(page)).to_have_count(1)
    context.set_offline(False)
    expect(waiting(page)).to_have_attribute("data-state", "rejected")
    tour.show(
        wren,
        "rejected",
        "Something to mend",
        "One entry could not be taken. It stays on the phone, and says what to mend; all others are sent.",
        at="#waiting",
    )
    waiting(page).get_by_role("button", name="Change").tap()
    page.locator('#entry [name=day][value="today"]').check()
    _saved(page)


def _changed_twice(tour: Tour, wren: Person) -> None:
    context, page = wren.page.context, wren.page
    entry = next(one for one in journeys.entries(page) if not one["shared"])
    wren.open(f"/work/{entry['id']}/edit/")
    ready(page)
    context.set_offline(True)
    page.locator('#entry [name=minutes][value="240"]').check()
    page.locator("#entry [data-save]").tap()
    expect(waiting(page)).to_have_count(1)
    theirs = {**entry, "revision": entry["revision"] + 1, "minutes": 15, "part": "night"}
    api(tour.server, wren.handle, "/api/v1/work/entries/sync", {"entries": [theirs]})
    context.set_offline(False)
    expect(waiting(page)).to_have_attribute("data-state", "conflict")
    tour.show(
        wren,
        "conflict",
        "Changed on two phones",
        "Both are kept until the person has chosen: this one, the other, or both as two entries.",
        at="#waiting",
    )
    with page.expect_navigation():
        page.get_by_role("button", name="Keep the other").tap()


def _saved(page: Page) -> None:
    page.locator("#entry [data-save]").tap()
    expect(waiting(page)).to_have_count(0)
