"""The part of the tour about money: shared, owed, asked about, paid."""

from tests.e2e import journeys
from tests.e2e.journeys import Person
from tools.camera import Tour


def sharing(tour: Tour, cast: dict[str, Person], role: str) -> None:
    """Sharing, thanks, a question about a sum, pay."""
    robin, cleo = cast["robin"], cast["cleo"]
    tour.chapter(
        "Shared, thanked, owed, paid",
        "A share is a copy of one entry for one group. What is owed for it stands there at once.",
    )
    _shared(tour, robin, cleo, role)
    _asked(tour, robin, cleo)
    _paid(tour, robin, cleo)


def _shared(tour: Tour, robin: Person, cleo: Person, role: str) -> None:
    group = cleo.known["group"]
    entry = journeys.record(
        robin,
        ["outreach"],
        minutes="other",
        minutes_other="70",
        extra_prep="20",
        origin="called",
        part="night",
        expense_travel="3.50",
        weight="2",
        barriers=["police"],
        told=True,
        note="A cold night. Blankets would help.",
        **{"for": f"role:{role}", "shared": "yes"},
    )
    given = {"note": "A form, and a long wait.", "for": f"role:{role}", "shared": "yes"}
    journeys.record(robin, ["housing"], minutes="30", part="morning", **given)
    tour.show(
        robin,
        "entry",
        "One's own entry",
        "All of it, for its writer alone, and what the group sees of it.",
        path=f"/work/{entry['id']}/",
    )
    tour.show(
        robin,
        "entry-sum",
        "What is owed, and why",
        "The sum adds up line by line, by the agreed rate. The rules are one tap away.",
        at="section.card",
    )
    tour.show(
        cleo,
        "inbox",
        "Work that people shared",
        "The coordinator sees copies of what was shared, and what the group owes for each.",
        path=f"/work/groups/{group}/shared/",
    )
    cleo.press(journeys.shared_rows(cleo).first)
    tour.show(
        cleo,
        "shared",
        "A shared piece of work",
        "The same sum with the same rules. How heavy it was and what got in the way are not here.",
    )
    tour.show(
        cleo,
        "thanks",
        "Thanks, or a question",
        "Thanks is worth nothing but thanks. A question about a sum needs a reason.",
        at="section.card",
    )
    cleo.send("/thanks/")
    tour.show(
        cleo,
        "unnamed",
        "Work that the role does not name yet",
        "It is owed like the rest, and a question to the role, for both sides.",
        path=f"/roles/{role}/",
        at="#unnamed",
    )


def _asked(tour: Tour, robin: Person, cleo: Person) -> None:
    group = cleo.known["group"]
    cleo.open(f"/work/groups/{group}/shared/")
    cleo.press(journeys.shared_rows(cleo).nth(1))
    cleo.press('main a[href*="/dispute/"]')
    cleo.fill(reason="I have you down for the morning before. Is it the same one?", offer="12")
    tour.show(
        cleo,
        "dispute",
        "When a sum does not look right",
        "It asks first whether to just talk. The reason goes to the worker and is erased when this is settled.",
    )
    cleo.send()
    tour.show(
        robin,
        "pay-asked",
        "The worker's side",
        "The worker reads the reason and the offer, and says yes or keeps talking. The rest is paid as always.",
        path="/pay/",
        at=".card.asks",
    )
    robin.press('.card.asks p a[href*="/pay/claims/"]')
    robin.fill(text="It is the same one. It was shorter than I wrote.")
    robin.send("/answer/")
    tour.show(
        robin,
        "pay-thread",
        "A talk until both agree",
        "Each side writes back, says which sum is right, or puts time and money right and lets the sum be worked out. A yes is a new line. It shows when the group owes an answer, and the words go once it is settled.",
        at=".card.asks",
    )
    robin.open("/pay/")
    robin.send("/accept/")


def _paid(tour: Tour, robin: Person, cleo: Person) -> None:
    group = cleo.known["group"]
    robin.page.locator("details:has([name=method]) > summary").tap()
    tour.show(
        robin, "pay-method", "How to be paid", "The worker chooses. Cash comes first.", at="details:has([name=method])"
    )
    tour.show(
        cleo,
        "pay-group",
        "What we owe",
        "What the group owes each person and for how long it has. Nothing ranks or adds up people.",
        path=f"/pay/groups/{group}/",
    )
    payee = cleo.page.locator("main .list > li", has_text="Robin").locator('a[href*="/to/"]')
    cleo.press(payee)
    tour.show(cleo, "pay", "Paying", "Hand it over, then press. Two coordinators who press at once pay once.")
    cleo.send()
    tour.show(
        robin,
        "pay-came",
        "Did it come?",
        "The worker says whether the money came. “Not yet” is as easy as “yes”.",
        path="/pay/",
    )
    cleo.open(f"/pay/groups/{group}/ahead/")
    cleo.press(cleo.page.locator("main .list a", has_text="Robin"))
    tour.show(
        cleo,
        "pay-ahead",
        "Half before and half after",
        "What is paid before it is owed waits in words on both sides, and is taken off the next pay. A sum can also be paid in part, or in two ways.",
    )
    cleo.open(f"/pay/groups/{group}/")
    cleo.press('main a[href*="/pay/payments/"]')
    cleo.page.locator("main details > summary").last.tap()
    tour.show(
        cleo,
        "pay-payment",
        "If it did not come",
        "A payment that was noted by mistake or never came is taken back by new lines, and what it was for is owed again. Once the worker said that it came, it stands.",
    )
    robin.send("/received/")
    _by_month(tour, robin, cleo)


def _by_month(tour: Tour, robin: Person, cleo: Person) -> None:
    group = cleo.known["group"]
    tour.show(robin, "pay-mine", "My pay", "What is owed, what came, and how long lines are kept.", path="/pay/")
    tour.show(
        robin,
        "pay-statement",
        "Month by month",
        "What was owed and what was paid, as a page and as a PDF that the worker can print. Each payment has a receipt.",
        path=f"/pay/groups/{group}/statements/{journeys.day()[:7]}/",
    )
    tour.show(cleo, "pay-paid", "Paid", "The group sees that it came.", path=f"/pay/groups/{group}/")
    tour.show(
        cleo,
        "payroll",
        "For whoever runs the pay",
        "One row for each line of a month, under the names that people chose here. Any spreadsheet opens it.",
        path=f"/pay/groups/{group}/payroll/",
    )
    tour.show(
        cleo,
        "months",
        "What the group did in a month",
        "Counted once, 40 days after the month, of work whose people said that it counts. What would tell of somebody is not shown.",
        path=f"/work/groups/{group}/months/",
    )
    tour.show(
        robin,
        "letters",
        "Letters",
        "What others asked, answered, paid or thanked for. Nothing is sent anywhere else.",
        path="/letters/",
    )
