"""The part of the tour about other ways to write down work: a count, a short form, a paper sheet; and about supplies."""

import re

from playwright.sync_api import expect

from tests.e2e import journeys
from tests.e2e.journeys import Person, day
from tests.e2e.recording import ready, until
from tools.camera import Tour
from tools.tour_phone import phone_code, to_mend

WORKER_IS_THERE = "navigator.serviceWorker.getRegistration().then((one) => Boolean(one && one.active))"


def recording(tour: Tour, cast: dict[str, Person]) -> None:
    """Recording with and without a signal, and what stands in the record then."""
    wren, ash = cast["wren"], cast["ash"]
    tour.chapter("Writing down work", "Three taps and no typing. The record belongs to the person who wrote it.")
    _the_form(tour, wren)
    _no_signal(tour, wren)
    tour.show(
        wren,
        "my-record",
        "My record",
        "All of it, newest day first, to take along as a table or a file. A mark says what was shared.",
        path="/record/",
    )
    wren.open("/record/experience/")
    wren.fill(name="Robin Example")
    wren.send()
    tour.show(
        wren,
        "experience",
        "A paper about my work",
        "Kinds of work, hours, training, roles and skills, as the person chooses. The name goes on the paper and is kept nowhere.",
        at="section.card",
    )
    tour.show(
        wren,
        "check",
        "Checking a paper",
        "Anybody can, with no account. The square on the paper says what stood on it; what is kept here is a digest of the code.",
        path="/check/",
    )
    tour.show(
        ash,
        "record-empty",
        "An empty record",
        "It says what will stand here, and leads to the first entry.",
        path="/record/",
    )


def _the_form(tour: Tour, wren: Person) -> None:
    page = wren.open("/")
    ready(page)
    page.locator('#entry [name=kinds][value="emotional_support"]').check()
    page.locator('#entry [name=minutes][value="60"]').check()
    tour.show(
        wren,
        "record",
        "What did you do?",
        "The kind, how long, save. Only the kind is needed. Frontline work and help with the system stand side by side.",
        at="#entry",
    )
    page.locator("#more > summary").tap()
    tour.show(
        wren,
        "record-more",
        "More about it",
        "Everything else is one tap away: which part of the day, for whom, what was handed out.",
        at="#more",
    )
    tour.show(
        wren,
        "record-heavy",
        "How heavy it was",
        "This is for the person alone. It never reaches a group with a name.",
        at="#field-weight",
    )


def _no_signal(tour: Tour, wren: Person) -> None:
    page = wren.page
    context = wren.page.context
    until(lambda: page.evaluate(WORKER_IS_THERE))
    page.locator("#entry [data-save]").tap()
    expect(page.locator("#entry .form-said:not(.soft)")).not_to_be_empty()
    page.reload()
    ready(page)
    context.set_offline(True)
    page.goto(tour.server.url + "/")
    ready(page)
    for count, (kinds, minutes) in enumerate(((["outreach", "supplies"], "120"), (["keeping_company"], "30")), start=1):
        journeys.fill_entry(page, {"kinds": kinds, "minutes": minutes})
        page.locator("#entry [data-save]").tap()
        expect(page.locator("#waiting article")).to_have_count(count)
    tour.show(
        wren,
        "offline",
        "With no signal",
        "The page opens and records all the same. What is saved waits on the phone, scrambled.",
    )
    tour.show(
        wren,
        "waiting",
        "What waits",
        "How many entries wait and since when, in plain words. They go out by themselves, once, when the signal is back.",
        at="#waiting article",
    )
    phone_code(tour, wren)
    context.set_offline(False)
    page.goto(tour.server.url + "/")
    ready(page)
    expect(page.locator("#waiting article")).to_have_count(0)
    journeys.unfold(page)
    page.locator("#entry [name=expense_travel]").fill("3.50")
    tour.show(
        wren,
        "receipt",
        "A photo of a receipt",
        "The phone makes it small, which leaves behind where it was taken, keeps it until there is a signal, and sends it after its entry. It stands with the work, and beside what is owed for it.",
        at='[data-receipt="travel"]',
    )
    _begun(tour, wren)
    to_mend(tour, wren)


def _begun(tour: Tour, wren: Person) -> None:
    page = wren.page
    page.locator("#entry [name=kinds][value=outreach]").check()
    page.locator("#entry [name=note]").fill("To go on with")
    expect(page.locator("html[data-begun='1']")).to_be_attached()
    wren.open("/")
    tour.show(
        wren,
        "begun",
        "Begun, and not saved",
        "Somebody called, or the phone ended the page. What was typed is kept on this phone, scrambled, and is back with one tap.",
        at="#begun .card",
    )
    page.locator("#begun .second").tap()
    page.wait_for_timeout(700)  # a second tap at once is none
    page.locator("#begun .second").tap()
    expect(page.locator("#begun .card")).to_have_count(0)


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
    ready(page)
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
    asked = wren.page.url
    wren.open(f"{asked}change/")
    tour.show(wren, "paper-change", "Put right first", "What the sheet says can be changed before the yes.", at="form")
    wren.open(asked)
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
        cleo.press(cleo.page.locator("main form button").first)
    cleo.open(root)
    cleo.press(cleo.page.locator("main .list a.go", has_text=re.compile("naloxone", re.IGNORECASE)))
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
