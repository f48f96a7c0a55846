"""The part of the tour about a role: written, agreed to, asked about, changed; and about calls for work."""

from tests.e2e import journeys
from tests.e2e.journeys import Person
from tools.camera import Tour


def a_role(tour: Tour, cast: dict[str, Person]) -> str:
    """A role from a bare title to a second version."""
    cleo, robin, wren = cast["cleo"], cast["robin"], cast["wren"]
    tour.chapter(
        "Agreeing on a role",
        "Work that nobody defined, nobody sees. A role says what the work is, what each side expects and what it pays; it counts for a person only once they agree.",
    )
    role = _written(tour, cleo, robin)
    _read(tour, robin, role)
    _answered(tour, cleo, role)
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
        path=f"/roles/groups/{cleo.known['group']}/",
    )
    return role


def _written(tour: Tour, cleo: Person, robin: Person) -> str:
    """A role under a bare title, sent out; its id."""
    group = cleo.known["group"]
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
    return role


def _read(tour: Tour, robin: Person, role: str) -> None:
    """Read, titled, asked about, agreed to."""
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


def _answered(tour: Tour, cleo: Person, role: str) -> None:
    """A new version as the answer."""
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


def settled(tour: Tour, robin: Person, role: str) -> None:
    """What was asked, what changed, and what Robin agreed to."""
    tour.show(
        robin,
        "role-thread",
        "Answered, and settled or not",
        "Who asked says whether the answer settles it, or asks again.",
        path=f"/roles/{role}/",
        at="#asked",
    )
    tour.show(
        robin,
        "role-compare",
        "Any two versions",
        "Before and now, field by field, and only what changed.",
        path=f"/roles/{role}/compare/",
    )
    tour.show(
        robin,
        "role-agreed",
        "My agreement on paper",
        "The terms in full, who agreed and when, and what changed later; to print from the browser's menu.",
        path=f"/roles/{role}/agreed/",
    )


def calls(tour: Tour, cleo: Person, robin: Person) -> None:
    """A call that seeks experience, and one that does not."""
    group = cleo.known["group"]
    cleo.open(f"/roles/groups/{group}/calls/write/")
    journeys.unfold(cleo.page)
    cleo.tick("kinds", "going_along")
    cleo.tick("experience", "prison")
    cleo.fill(amount="60", minutes="120", why="He was inside for years.", text="A quiet man who needs the bank.")
    tour.show(
        cleo,
        "call-write",
        "A call for work",
        "What the work is, what it pays, and what it seeks of a person's life and why.",
    )
    cleo.press("main form button.wide")
    tour.show(
        cleo,
        "call",
        "Its first day",
        "Phones fetch all calls and match them by themselves. The group learns of a person by their yes alone.",
    )
    cleo.open(f"/roles/groups/{group}/calls/write/")
    journeys.unfold(cleo.page)
    cleo.tick("kinds", "supplies")
    cleo.fill(amount="40", text="Packing kits, with lunch.")
    cleo.press("main form button.wide")
    tour.show(robin, "calls", "Calls for work", "Those that seek nothing show to all at once.", path="/roles/calls/")
