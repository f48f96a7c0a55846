"""Take the screenshots of docs/tour.md and write it, by walking a fresh demo as several people at their phones.

Run by ``make tour``. Nothing is left behind but ``docs/tour/`` and ``docs/tour.md``. With a folder as its one
argument it also writes every screen there in its full length, to look at closely.
"""

import sys
from pathlib import Path

from tests.e2e import journeys
from tests.e2e.journeys import Person
from tools.camera import LARGE, Tour, touring
from tools.tour_account import staying_safe
from tools.tour_pay import sharing
from tools.tour_rest import the_rest
from tools.tour_roles import a_role
from tools.tour_watch import watched_over
from tools.tour_work import more_ways, recording

ROOT = Path(__file__).resolve().parents[1]


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
    cast = {"sam": sam, "cleo": cleo, "wren": wren, "robin": robin, "ash": ash}
    _a_group(tour, sam)
    _somebody_new(tour, cast)
    return cast


def _a_group(tour: Tour, sam: Person) -> None:
    group = sam.known["group"]
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


def _somebody_new(tour: Tour, cast: dict[str, Person]) -> None:
    robin, cleo, ash = cast["robin"], cast["cleo"], cast["ash"]
    group = cleo.known["group"]
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
        wrong=True,
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
        journeys.someone(tour.server, tour.phone).quietly(),
        "sign-in",
        "Signing in",
        "The sign-in name and the passphrase, or the lock of the phone. A code on paper lets back in who forgot.",
        path="/people/sign-in/",
    )
    tour.show(
        ash,
        "groups-none",
        "In no group",
        "Ash is in no group. An empty page says what one can do next; work can always be written down for oneself.",
        path="/people/groups/",
    )


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
        context = tour.phone("fr")
        kept = next(c["value"] for c in who.page.context.cookies() if c["name"] == "sessionid")
        context.add_cookies([{"name": "sessionid", "value": kept, "url": tour.server.url}])
        tour.show(
            Person(tour.server, context, who.handle, clean=False),
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
        wrong=True,
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
        watched_over(tour, cast)
        keeping(tour, cast)
        staying_safe(tour, cast)
        the_rest(tour, cast, role)
        other_looks(tour, cast, role)
        (docs / "tour.md").write_text(tour.written(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
