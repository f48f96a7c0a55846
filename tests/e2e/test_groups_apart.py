"""Journey 7: one person in two groups; neither learns of the other, and the person sees both."""

import pytest
from playwright.sync_api import expect

from tests.e2e.journeys import (
    LOCALES,
    Person,
    Phone,
    agreed_role,
    founder,
    fresh,
    invitation,
    joined,
    money,
    pages_of,
    recorded,
    someone,
)
from tests.server import Server


def _starts(person: Person) -> list[str]:
    group = person.known["group"]
    return [
        "/",
        "/letters/",
        "/people/groups/",
        f"/people/groups/{group}/",
        f"/roles/groups/{group}/",
        f"/work/groups/{group}/shared/",
        f"/pay/groups/{group}/",
        "/api/v1/work/entries",
    ]


@pytest.mark.parametrize("locale", LOCALES)
def test_two_groups_learn_nothing_of_each_other(server: Server, phone: Phone, locale: str) -> None:
    union = founder(server, phone, locale, group=fresh("Riverbend "))
    exchange = founder(server, phone, locale, group=fresh("Harbour "))
    titles = {union.handle: fresh("Companion "), exchange.handle: fresh("Listener ")}
    worker = someone(server, phone, locale).quietly()
    names, roles, notes = {}, {}, {}
    for by in (union, exchange):
        names[by.handle] = joined(worker, invitation(by), signed_in=bool(names)).name
        roles[by.handle] = agreed_role(by, titles[by.handle], worker)
        notes[by.handle] = fresh("said ")
        recorded(
            worker, ["outreach"], minutes="60", day="yesterday", part="morning", note=notes[by.handle],
            share_note=True, shared="yes", told=True, **{"for": f"role:{roles[by.handle]}"},
        )  # fmt: skip

    worker.clean = True
    worker.see("/people/groups/")
    for name in names.values():
        expect(worker.page.locator("main")).to_contain_text(name)
    worker.see("/pay/")
    assert [money(text) for text in worker.page.locator("main .big").all_inner_texts()] == ["2400", "2400"]
    worker.see("/")
    for role in roles.values():
        assert worker.page.locator(f'[name=for][value="role:{role}"]').count() == 1

    group_name = {by.handle: by.open(f"/people/groups/{by.known['group']}/").locator("h1").inner_text() for by in (union, exchange)}  # fmt: skip
    for by, other in ((union, exchange), (exchange, union)):
        seen = pages_of(by, _starts(by))
        assert any(names[by.handle] in text and notes[by.handle] in text for text in seen.values())
        hidden = {
            "the other group": other.known["group"],
            "its name": group_name[other.handle],
            "the name there": names[other.handle],
            "the role there": roles[other.handle],
            "its title": titles[other.handle],
            "what was shared there": notes[other.handle],
            "the sign-in name": worker.handle,
        }
        for path, text in seen.items():
            for what, never in hidden.items():
                assert never not in text, f"{path} tells {what}"
        for path in (f"/people/groups/{other.known['group']}/", f"/roles/{roles[other.handle]}/"):
            by.clean = True
            by.see(path, allow="404")
            for never in (group_name[other.handle], titles[other.handle]):
                assert never not in by.page.content()
