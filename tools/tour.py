"""Take the screenshots of docs/tour.md and write it, by walking a fresh demo as several people at their phones.

Run by ``make tour``. Nothing is left behind but ``docs/tour/`` and ``docs/tour.md``. With a folder as its one
argument it also writes every screen there in its full length, to look at closely.
"""

import sys
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e import journeys
from tests.e2e.journeys import Person
from tests.e2e.recording import until
from tools.camera import LARGE, Tour, touring
from tools.tour_account import staying_safe
from tools.tour_roles import calls, settled
from tools.tour_work import more_ways

ROOT = Path(__file__).resolve().parents[1]
WORKER_IS_THERE = "navigator.serviceWorker.getRegistration().then((one) => Boolean(one && one.active))"


def coming_in(tour: Tour) -> dict[str, Person]:
    """The first page, an invitation, an account, a name, and an empty start."""
    tour.chapter("Coming in", "Nobody needs an e-mail address, a phone number or a legal name.")
    robin = journeys.someone(tour.server, tour.phone, handle="quiet-robin").quietly()
    tour.show(
        robin,
        "first",
        "The first page",
        "It says what this is and who hosts it, before it asks for anything.",
        path="/",
    )
    sam = journeys.demo(tour.server, tour.phone, "demo-sam").quietly()
    cleo = journeys.demo(tour.server, tour.phone, "demo-cleo").quietly()
    # The one phone here that goes without a signal, so the one that needs the service worker.
    wren = journeys.demo(tour.server, tour.phone, "demo-wren", service_workers="allow").quietly()
    ash = journeys.demo(tour.server, tour.phone, "demo-ash").quietly()
    group = tour.server.person("demo-cleo")["groups"][0]["id"]
    for person, name in ((sam, "Sam"), (cleo, "Cleo"), (wren, "Wren"), (robin, "Robin"), (ash, "Ash")):
        person.known["group"], person.name = group, name
    tour.show(
        sam,
        "group-new",
        "Starting a group",
        "A steward makes a group and says how long pay records are kept where they are. People read that before they share any work.",
        path="/people/groups/make/",
    )
    tour.show(
        sam,
        "group-steward",
        "A group, for its steward",
        "The steward chooses who coordinates. Being steward opens nobody's record.",
        path=f"/people/groups/{group}/",
    )
    link = journeys.invite(cleo, group)
    tour.show(
        cleo,
        "invitation",
        "An invitation",
        "One link or code lets one person in, for two weeks. It is shown once and only its fingerprint is kept.",
    )
    tour.show(
        robin,
        "join-first",
        "Invited",
        "Whoever opens the link learns which group it is for, and that an account is two words and nothing else.",
        path=link,
    )
    robin.press('main a[href*="make-account"]')
    robin.fill(handle="demo-sam", passphrase=journeys.PASSPHRASE)
    robin.send()
    tour.show(
        robin,
        "account-taken",
        "When something is typed wrong",
        "What to mend stands beside the field. Nothing that was typed is lost.",
    )
    robin.fill(handle=robin.handle)
    robin.send()
    tour.show(
        robin,
        "code-offer",
        "A code on paper",
        "Nobody can send a link to an address that we do not have. Whoever wants to can write down a code that lets them back in; not now is as large.",
    )
    journeys.not_now(robin)
    tour.show(
        robin,
        "join",
        "A name of one's own",
        "In each group a person goes by a name of their choice, so two groups cannot tell that it is the same person.",
    )
    robin.fill(name="Robin")
    robin.send()
    tour.show(
        robin, "group-member", "In", "A member sees who runs the group. Other members stay unseen until they meet."
    )
    tour.show(
        ash,
        "groups-none",
        "In no group",
        "Ash is in no group. An empty page says what one can do next; work can always be written down for oneself.",
        path="/people/groups/",
    )
    return {"sam": sam, "cleo": cleo, "wren": wren, "robin": robin, "ash": ash}


def a_role(tour: Tour, cast: dict[str, Person]) -> str:
    """A role from a bare title to a second version."""
    cleo, robin, wren = cast["cleo"], cast["robin"], cast["wren"]
    group = cleo.known["group"]
    tour.chapter(
        "Agreeing on a role",
        "Work that nobody defined, nobody sees. A role says what the work is, what each side expects and what it pays; it counts for a person only once they agree.",
    )
    tour.show(
        cleo,
        "role-write",
        "Writing a role",
        "The four parts that are needed stand open, the rest one tap away. A draft can be saved half done.",
        path=f"/roles/groups/{group}/write/",
    )
    role = journeys.write_role(
        cleo,
        "Peer",
        {"debrief": "After every hard shift, paid, with whom you choose.", "training": "First aid, paid."},
        {"say": ["involved"]},
    )
    tour.show(
        cleo,
        "role-bare",
        "Just “peer”?",
        "A bare title gets a question with what people say for it and against it. It may stay, with a word on why, or when its holders choose it.",
        at="#bare",
    )
    journeys.ask(cleo, role, robin)
    cleo.open(f"/roles/{role}/draft/")
    journeys.unfold(cleo.page)
    cleo.fill(title_why="Those who hold it may choose another.")
    cleo.send("/draft/", button="[value=propose]")
    tour.show(
        robin,
        "home-asked",
        "Asked to hold it",
        "Home says what asks for an answer. Nothing here hurries anybody.",
        path="/",
    )
    tour.show(
        robin,
        "role-asked",
        "Reading it",
        "Those who hold a role choose its title. When all of them choose the same one, it is settled.",
        path=f"/roles/{role}/",
    )
    robin.fill(title="Street companion")
    robin.send("/title/", button=":not([name])")
    tour.show(
        robin,
        "role-pay",
        "What it pays, in words",
        "The rate stands in sentences, with the minimum, the rounding, the hours that pay more and the costs that are paid back.",
        at="section.card:has(h3)",
    )
    tour.show(robin, "role-answer", "The answer", "Yes, a change, or no: three buttons of the same size.", at="#answer")
    robin.open(f"/roles/{role}/change/")
    robin.tick("asks", "change")
    robin.fill(text="Could the night pay more? It is hard on the body.")
    tour.show(
        robin,
        "role-change",
        "Asking for a change",
        "Or a question. The group must answer; until it does, its pages say for how long it has owed the answer.",
    )
    robin.send()
    journeys.agree(robin, role)
    cleo.open(f"/roles/{role}/")
    tour.show(
        cleo,
        "role-request",
        "A request to answer",
        "The coordinator sees the words of the request, and that an answer is owed.",
    )
    cleo.press('main .asks a[href*="/changes/"]')
    asked = cleo.page.url
    tour.show(
        cleo, "role-answering", "Answering it", "A new version can be the answer, or reasons why nothing changes."
    )
    cleo.send("/draft/start/")
    journeys.unfold(cleo.page)
    cleo.fill(rate_premium="75", rate_start=journeys.day(0))
    cleo.send("/draft/", button="[value=propose]")
    cleo.open(asked)
    cleo.page.locator("main [name=version]").last.check()
    cleo.send()
    tour.show(
        robin,
        "role-version",
        "A new version",
        "What changed is marked. Until Robin agrees, the version they agreed to goes on.",
        path=f"/roles/{role}/",
    )
    tour.show(robin, "role-changed", "What changed", "Before and now, side by side in words.", at="#changed")
    journeys.agree(robin, role)
    settled(tour, robin, role)
    calls(tour, cleo, robin)
    tour.show(
        wren,
        "roles-group",
        "The roles of a group",
        "What exists, who holds it, and which of them are yours.",
        path=f"/roles/groups/{group}/",
    )
    return role


def recording(tour: Tour, cast: dict[str, Person]) -> None:
    """Recording with and without a signal."""
    wren, ash = cast["wren"], cast["ash"]
    tour.chapter("Writing down work", "Three taps and no typing. The record belongs to the person who wrote it.")
    page = wren.open("/")
    expect(page.locator("html[data-recorder=ready]")).to_be_attached()
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
    context = wren.page.context
    until(lambda: page.evaluate(WORKER_IS_THERE))
    page.locator("#entry [data-save]").tap()
    expect(page.locator("#entry .form-said:not(.soft)")).not_to_be_empty()
    page.reload()
    expect(page.locator("html[data-recorder=ready]")).to_be_attached()
    context.set_offline(True)
    page.goto(tour.server.url + "/")
    expect(page.locator("html[data-recorder=ready]")).to_be_attached()
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
        at="#waiting",
    )
    context.set_offline(False)
    page.goto(tour.server.url + "/")
    expect(page.locator("html[data-recorder=ready]")).to_be_attached()
    expect(page.locator("#waiting article")).to_have_count(0)
    journeys.unfold(page)
    page.locator("#entry [name=expense_travel]").fill("3.50")
    tour.show(
        wren,
        "receipt",
        "A photo of a receipt",
        "The phone makes it small, which leaves behind where it was taken, keeps it until there is a signal, and sends it after its entry.",
        at='[data-receipt="travel"]',
    )
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


def sharing(tour: Tour, cast: dict[str, Person], role: str) -> None:
    """Sharing, thanks, a question about a sum, pay."""
    robin, cleo = cast["robin"], cast["cleo"]
    group = cleo.known["group"]
    tour.chapter(
        "Shared, thanked, owed, paid",
        "A share is a copy of one entry for one group. What is owed for it stands there at once.",
    )
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
        **{"for": f"role:{role}", "shared": "yes"},
    )
    other = journeys.record(
        robin, ["housing"], minutes="30", part="morning", **{"for": f"role:{role}", "shared": "yes"}
    )
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
        "Each side writes back, or says which sum or how many minutes are right. A yes is a new line. It shows when the group owes an answer, and the words go once it is settled.",
        at=".card.asks",
    )
    robin.open("/pay/")
    robin.send("/accept/")
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
        robin,
        "letters",
        "Letters",
        "What others asked, answered, paid or thanked for. Nothing is sent anywhere else.",
        path="/letters/",
    )
    robin.open(f"/work/{other['id']}/")


def keeping(tour: Tour, cast: dict[str, Person]) -> None:
    """Taking back, deleting, the account."""
    wren, ash = cast["wren"], cast["ash"]
    tour.chapter("Keeping hold of it", "What was shared can be taken back. What was written can be deleted.")
    shared = next(e for e in journeys.entries(wren.open("/")) if e["shared"])
    wren.open(f"/work/{shared['id']}/delete/")
    tour.show(wren, "delete", "Deleting", "It says what goes and what is asked next.")
    wren.open(f"/work/{shared['id']}/")
    wren.send("/share/")
    tour.show(
        wren,
        "keep-or-drop",
        "Taken back: keep the pay, or drop it",
        "The work was done, so the claim may stay. The group then sees a sum and a day, and nothing else.",
    )
    tour.show(
        wren,
        "two-groups",
        "In two groups",
        "Wren sees both groups. Neither group sees the other, nor that it exists.",
        path="/people/groups/",
    )
    tour.show(
        ash,
        "account",
        "My account",
        "A sign-in name that only its owner sees, a passphrase, and a way out.",
        path="/people/account/",
    )
    tour.show(
        wren,
        "history",
        "What was done",
        "Each person reads what was done with their own account; stewards read the group's, by numbers and without names.",
        path="/account/history/",
    )
    tour.show(
        wren,
        "account-delete",
        "Deleting an account",
        "What goes and what stays, in plain words, and first an offer to take everything along.",
        path="/account/delete/",
    )
    tour.show(
        wren,
        "owed",
        "Still owed, on paper",
        "A page to print and keep. Its number leads to the sums that stay in the ledger without a name.",
        path="/account/owed/",
    )
    tour.show(
        wren,
        "account-sure",
        "The second step",
        "The passphrase once more, beside a way back.",
        path="/account/delete/sure/",
    )
    tour.show(
        ash,
        "about",
        "About and privacy",
        "What is kept, what is not, who can read it and when it goes.",
        path="/about/",
    )


def other_looks(tour: Tour, cast: dict[str, Person], role: str) -> None:
    """Dark, wide, French, and an address with nothing behind it."""
    tour.chapter("Other looks", "Dark when the phone is dark, wider on a wider screen, and in French.")
    robin, cleo = cast["robin"], cast["cleo"]
    group = cleo.known["group"]
    for one, who, path, title in (
        ("home", robin, "/", "Home"),
        ("role", robin, f"/roles/{role}/", "A role"),
        ("pay", cleo, f"/pay/groups/{group}/", "What we owe"),
    ):
        who.page.emulate_media(color_scheme="dark")
        tour.show(who, f"dark-{one}", f"{title}, dark", "The same page in the dark.", path=path)
        who.page.emulate_media(color_scheme="light")
        tour.show(
            who, f"wide-{one}", f"{title}, on a wide screen", "One column still, easy to read.", path=path, size=LARGE
        )
        page = tour.phone("fr").new_page()
        kept = next(c["value"] for c in who.page.context.cookies() if c["name"] == "sessionid")
        page.context.add_cookies([{"name": "sessionid", "value": kept, "url": tour.server.url}])
        tour.show(
            Person(tour.server, page, who.handle, clean=False),
            f"fr-{one}",
            f"{title}, in French",
            "The same page in French.",
            path=path,
        )
    tour.show(
        robin,
        "nothing",
        "Nothing here",
        "An address that leads nowhere, or to what one may not know of, gives the same answer.",
        path="/roles/00000000-0000-4000-8000-000000000000/",
    )


def main(arguments: list[str]) -> None:
    """Walk, take the pictures, write the page."""
    docs = ROOT / "docs"
    long = Path(arguments[0]) if arguments else None
    with touring(docs / "tour", long) as tour:
        cast = coming_in(tour)
        role = a_role(tour, cast)
        recording(tour, cast)
        more_ways(tour, cast)
        sharing(tour, cast, role)
        keeping(tour, cast)
        staying_safe(tour, cast)
        other_looks(tour, cast, role)
        (docs / "tour.md").write_text("\n".join(tour.lines), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
