"""The last part of the tour: pages that the story does not come by, one after the other."""

import re
from dataclasses import dataclass

from tests.e2e import journeys
from tests.e2e.journeys import Person
from tools.camera import Tour

STARTS = ("/", "/watch/", "/watch/crew/", "/letters/ways/", "/people/account/")


@dataclass(frozen=True)
class Page:
    """Whose page it is, the end of its picture's name, title and words, and where it is.

    The address has ``{group}`` and ``{role}`` in it.
    """

    who: str
    name: str
    title: str
    words: str
    address: str


_ONE = "[0-9a-f-]{36}"
PAGES = (
    Page("nobody", "forgot", "Back in with a code", "Who wrote down the code on paper comes back in with its first part.", "/people/forgot/"),
    Page("robin", "passphrase", "Another passphrase", "The old one once, the new one twice.", "/people/account/passphrase/"),
    Page("robin", "passkey", "A passkey", "The lock of the phone signs in: nothing to type, and nothing to guess.", "/people/account/passkeys/add/"),
    Page("robin", "rename", "Another name in the group", "Any name. Other groups never see it.", "/people/groups/{group}/name/"),
    Page("sam", "group-change", "What a steward sets", "The name of the group, its money, and how long pay records are kept.", "/people/groups/{group}/change/"),
    Page("sam", "group-history", "What was done in the group", "By numbers and without names, for stewards.", "/groups/{group}/history/"),
    Page("cleo", "role-ask", "Asking somebody to hold a role", "A member is asked. Nobody holds a role before their own yes.", "/roles/{role}/ask/"),
    Page("robin", "role-leave", "Handing a role back", "What was done stays owed. Nobody has to say why.", "/roles/{role}/leave/"),
    Page("robin", "role-version", "An earlier version", "Each version stays to be read, as it was agreed to.", "/roles/{role}/versions/1/"),
    Page("cleo", "calls-group", "The calls of a group", "How many said yes to each. Who only looked is known to nobody.", "/roles/groups/{group}/calls/"),
    Page("cleo", "kinds", "Kinds of work of our own", "A group adds what its people call their work.", "/roles/groups/{group}/kinds/"),
    Page("cleo", "ahead-whom", "Who is paid before", "For work that was agreed on and comes later. The coordinator chooses who gets it.", "/pay/groups/{group}/ahead/"),
    Page("robin", "wait", "How long pay takes", "A figure about the group, for all of its members: days from work to pay.", "/pay/groups/{group}/wait/"),
    Page("cleo", "rotas", "Lists of who stands by", "Members say yes for themselves. Somebody can then choose the list as one of their people.", "/watch/groups/{group}/rotas/"),
    Page("ash", "watch-mine", "Whom I watch over", "Each can be ended at any time, without a reason.", "/watch/mine/"),
    Page("wren", "watch-alone", "Only this phone", "For who has nobody to call: the phone rings, and nobody else hears of it.", "/watch/alone/"),
    Page("wren", "new", "The form on a page of its own", "Also for phones that run no scripts.", "/work/new/"),
    Page("wren", "responses", "My short forms", "Only their writer sees them, until the month is counted; each can be deleted until then.", "/work/responses/"),
    Page("cleo", "stock-things", "What is counted", "By lot, where it has a last day.", "/work/groups/{group}/stock/things/"),
    Page("cleo", "stock-places", "Where things are", "A name is enough. No address is needed.", "/work/groups/{group}/stock/places/"),
)  # fmt: skip
LINKED = (
    Page("wren", "watch-mate", "One of my people", "What each calls the other, and how to take them off.", rf"/watch/crew/{_ONE}/"),
    Page("ash", "way", "One way to reach me", "A message now and then shows that it still works. It can be taken away.", rf"/letters/ways/{_ONE}/"),
    Page("cleo", "paper-write", "Copying a sheet", "What only the worker can say is not asked here.", rf"/work/groups/{_ONE}/papers/for/{_ONE}/"),
)  # fmt: skip
"""Those whose address is not known before: it is a pattern for what a link of that person leads to."""


def the_rest(tour: Tour, cast: dict[str, Person], role: str) -> None:
    """Each of :data:`PAGES` and :data:`LINKED`, and three that have to be made first."""
    tour.chapter("The other pages", "What the story did not come by.")
    people = {**cast, "nobody": journeys.someone(tour.server, tour.phone).quietly()}
    group = cast["cleo"].known["group"]
    for one in PAGES:
        _show(tour, people[one.who], one, one.address.format(group=group, role=role))
    for one in LINKED:
        links = _links(people[one.who], group)
        _show(tour, people[one.who], one, next(link for link in links if re.fullmatch(one.address, link)))
    _a_draft(tour, cast["cleo"], role)
    _an_invitation(tour, cast["wren"], people["nobody"])
    _a_form_too_late(tour, cast["robin"], group)


def _show(tour: Tour, person: Person, one: Page, path: str) -> None:
    tour.show(person, f"rest-{one.name}", one.title, one.words, path=path)


def _links(person: Person, group: str) -> list[str]:
    """All addresses that links of this person's pages lead to."""
    pages = journeys.pages_of(person, [*STARTS, f"/work/groups/{group}/papers/"])
    return [link for text in pages.values() for link in re.findall(r'href="(/[^"#?]*)', text)]


def _a_draft(tour: Tour, cleo: Person, role: str) -> None:
    cleo.open(f"/roles/{role}/")
    cleo.send("/draft/start/")
    tour.show(
        cleo,
        "rest-draft",
        "A draft",
        "Nobody but coordinators sees it before it is proposed, with what is missing said.",
    )


def _an_invitation(tour: Tour, wren: Person, nobody: Person) -> None:
    wren.open("/watch/crew/ask/")
    wren.fill(name="Al", known_as="Wren")
    wren.send()
    link = re.search(r"/watch/w/[^/\"<\s]+/", wren.page.content())
    assert link
    tour.show(
        nobody,
        "rest-watch-asked",
        "Asked to be somebody's people",
        "Without an account too: what it means, how to be reached, yes or no.",
        path=link[0],
    )


def _a_form_too_late(tour: Tour, robin: Person, group: str) -> None:
    robin.open(f"/people/groups/{group}/name/")
    robin.fill(name="Rob")
    signed_in = robin.context.cookies()
    robin.context.clear_cookies(name="sessionid")
    robin.send()
    tour.show(
        robin,
        "rest-signed-out",
        "Signed out in the middle of a form",
        "The session was ended elsewhere. What was typed is still here, and is sent again after signing in.",
        wrong=True,
    )
    robin.context.add_cookies([{"name": c["name"], "value": c["value"], "url": tour.server.url} for c in signed_in])
