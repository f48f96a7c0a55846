"""docs/tour.md shows each screen."""

import re

from tests.checks.source import ROOT
from tests.test_access import MATRIX

NO_SCREEN = re.compile(r"\.\w+$|/state/$|^api/|^healthz$|shell/$")
"""Files, answers to scripts, and the shells, which are the pages that they stand for."""
AS_ANOTHER = {
    "": "home is written at no address",
    "watch/c/<str:token>/": "as watch/calls/, by a link",
    "watch/c/<str:token>/stop/": "as the next one",
    "watch/calls/<uuid:call>/stop/": "asks once more whether to call that person no longer",
    "watch/<uuid:check_in>/help/": "without scripts alone: asks once more",
    "watch/crew/rotas/<uuid:rota>/": "as watch/crew/<uuid:watcher>/, for a list",
    "watch/groups/<uuid:group>/rotas/<uuid:rota>/": "as the lists",
    "people/account/code-app/remove/": "asks for the passphrase, as adding does",
    "people/account/passkeys/<uuid:passkey>/remove/": "asks for the passphrase, as adding does",
    "roles/<uuid:role>/changes/<uuid:change>/again/": "as asking for a change",
    "work/response/kept/": "without scripts alone: says that it is kept, and offers company",
    "work/groups/<uuid:group>/shared/<uuid:share>/stock/": "the form in which a coordinator says from which lots",
}
"""What needs no picture of its own, and why."""


def test_the_tour_shows_each_screen() -> None:
    tour = (ROOT / "docs" / "tour.md").read_text()
    said = re.search(r"<!-- Shown: (.*) -->", tour)
    assert said, "make tour"
    shown = set(said[1].split())
    screens = {route for route, (got, _sent) in MATRIX.items() if "200" in got.values() and not NO_SCREEN.search(route)}
    assert screens - shown - AS_ANOTHER.keys() == set(), "tools/tour.py takes no picture of these"
    assert AS_ANOTHER.keys() - screens == set(), "these are no screens any more"
    assert AS_ANOTHER.keys() & shown == set(), "these have a picture now"


def test_each_picture_is_there_and_is_shown_once() -> None:
    tour = (ROOT / "docs" / "tour.md").read_text()
    named = re.findall(r"\(tour/([\w-]+\.jpg)\)", tour)
    assert sorted(named) == sorted(one.name for one in (ROOT / "docs" / "tour").glob("*.jpg"))
