"""The part of the tour about what becomes of a role once it is agreed, and about calls for work."""

from tests.e2e import journeys
from tests.e2e.journeys import Person
from tools.camera import Tour


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
