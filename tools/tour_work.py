"""The part of the tour about other ways to write down work: a count, a short form, a paper sheet; and about supplies."""

from playwright.sync_api import expect

from tests.e2e.journeys import Person, day
from tools.camera import Tour


def more_ways(tour: Tour, cast: dict[str, Person]) -> None:
    """A shift that is counted, what was done at an overdose, a sheet that a coordinator copies."""
    wren, cleo = cast["wren"], cast["cleo"]
    tour.chapter("Other ways to write it down", "For a shift at a counter, for a hard hour, for people who use paper.")
    page = wren.open("/work/tally/")
    for code in ("syringes", "naloxone", "water"):
        page.locator(f"#tally input[value={code}]").check()
    page.locator("#tally .sticky button").tap()
    for code, times in (("people", 14), ("syringes", 9), ("water", 6), ("naloxone", 2)):
        for _tap in range(times):
            page.locator(f"#tally [data-code={code}]").tap()
    expect(page.locator("#tally[data-kept]")).to_be_attached()
    tour.show(
        wren,
        "tally",
        "Counting through a shift",
        "A big button for people and for each thing handed out. It works with no signal, survives a closed browser, and ends as one entry.",
    )
    page.locator("#tally .pair button").last.tap()
    page.locator("#tally .pair button").first.tap()
    expect(page.locator("#tally[data-kept]")).to_be_attached()
    page = wren.open("/work/response/")
    expect(page.locator("html[data-recorder=ready]")).to_be_attached()
    tour.show(
        wren,
        "response",
        "After an overdose",
        "Every answer may be left out or unknown. It stands under no name, and after the month it is a number.",
    )
    page.locator("#response .sticky button").tap()
    expect(page.locator("#company")).to_be_visible()
    tour.show(wren, "response-company", "Company", "It is offered, with a no of the same size.")
    _a_sheet(tour, cleo, wren)


def _a_sheet(tour: Tour, cleo: Person, wren: Person) -> None:
    page = cleo.open(f"/work/groups/{cleo.known['group']}/papers/")
    tour.show(
        cleo, "papers", "A paper sheet", "A coordinator may copy what stands on a sheet, for somebody of the group."
    )
    cleo.press(page.locator("main .list a", has_text=wren.name))
    cleo.tick("kinds", "outreach")
    cleo.tick("minutes", "120")
    cleo.press("main form button.wide")
    wren.open("/")
    wren.press("main a[href*='/work/papers/']")
    tour.show(
        wren,
        "paper",
        "Is this right?",
        "The worker sees exactly what would be written and owed. Until the yes it is in no record, and no is as easy.",
    )
    wren.press("main [name=answer][value=no]")
    _a_stock(tour, cleo, wren)


def _a_stock(tour: Tour, cleo: Person, wren: Person) -> None:
    root = f"/work/groups/{cleo.known['group']}/stock/"
    cleo.open(f"{root}places/")
    cleo.fill(name="Van")
    cleo.send()
    for code, unit in (("water", "a bottle"), ("naloxone", "2 x 4 mg")):
        cleo.open(f"{root}things/")
        cleo.tick("code", code)
        cleo.fill(unit=unit)
        cleo.page.locator("[name=by_lot]").set_checked(code == "naloxone")
        cleo.send()
    cleo.press("main .list a.go >> nth=0")
    for amount, number, good_for in ((24, "K2207", 300), (6, "K1930", 40)):
        cleo.press("main a[href$='/in/']")
        cleo.fill(amount=str(amount), number=number, expires=day(-good_for))
        if amount == 6:
            tour.show(cleo, "stock-in", "What came in", "Naloxone by lot, with the last day on which it is good.")
        cleo.send()
    tour.show(
        cleo,
        "stock-supply",
        "One thing",
        "The oldest good lot is handed out first. What people share as handed out is taken off, as one number a day for all of them.",
    )
    tour.show(
        wren,
        "stock",
        "What we have",
        "Every member sees what is there and how long it lasts. Nobody is named.",
        path=root,
    )
