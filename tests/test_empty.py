"""Pages on which there is nothing yet: each says so, and what comes next or what one can do."""

import re

import pytest
from django.test import Client

from alongside.people import actions as people
from tests.world import World, account, join, world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])
OF_A_NEWCOMER = (
    "/record/", "/record/experience/", "/pay/", "/people/groups/", "/letters/", "/account/owed/", "/watch/crew/", "/watch/mine/",
    "/watch/look/", "/work/responses/", "/roles/calls/",
)  # fmt: skip
OF_A_GROUP = (
    "/roles/groups/{group}/", "/roles/groups/{group}/calls/", "/roles/groups/{group}/kinds/", "/pay/groups/{group}/",
    "/work/groups/{group}/stock/", "/work/groups/{group}/shared/", "/work/groups/{group}/papers/",
    "/work/groups/{group}/months/",
)  # fmt: skip


def says(browser: Client, path: str) -> str:
    """What stands where a list would, and whether a button follows; empty where there is no such place."""
    answer = browser.get(path, follow=True)
    assert answer.status_code == 200, path
    _before, mark, rest = answer.content.decode().partition('class="empty"')
    if not mark:
        return ""
    main = rest.partition("</main>")[0]
    words = re.sub(r"<[^>]+>", " ", re.split(r"</p>(?!\s*<p)", main)[0])
    return words + (" A button." if re.search(r"<button|class=\"button", main) else "")


def holds(said: str) -> bool:
    """More than one sentence, the one that says that there is nothing."""
    return len(re.findall(r"[.?](?:\s|$)", said)) > 1


@pytest.mark.parametrize("path", OF_A_NEWCOMER)
def test_who_has_just_come_is_told_what_comes_next(path: str) -> None:
    browser = Client()
    browser.force_login(account("newcomer"))
    assert holds(said := says(browser, path)), said


@pytest.mark.parametrize("path", OF_A_GROUP)
def test_a_new_group_is_told_what_comes_next(path: str) -> None:
    """Its only person, who runs it."""
    browser, alone = Client(), account("alone")
    group = people.make_group(by=alone, name="Union", own_name="Al", currency="CAD", coordinates=True).group
    browser.force_login(alone)
    assert holds(said := says(browser, path.format(group=group.id))), said


@pytest.mark.parametrize("path", [path for path in OF_A_GROUP if not re.search("pay|calls|shared|papers", path)])
def test_members_of_it_too(path: str) -> None:
    w: World = world()
    browser = Client()
    browser.force_login(join(w.group, w.steward, "late", "Late").account)
    assert holds(said := says(browser, path.format(group=w.group.id))), said
