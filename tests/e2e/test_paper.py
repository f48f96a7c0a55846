"""A coordinator copies a paper sheet; the worker sees exactly that, and says yes, no, or changes it first."""

import pytest
from playwright.sync_api import expect

from tests.e2e.journeys import LOCALES, Person, Phone, agreed_role, day, entries, founder, member
from tests.server import Server


def copy(by: Person, worker: Person, kind: str, role: str = "") -> None:
    """Copy a sheet, by the links that lead there."""
    by.see(f"/work/groups/{by.known['group']}/shared/")
    by.press("main a[href$='/papers/']")
    by.press(by.page.locator("main .list a", has_text=worker.name), shot=f"paper-write-{by.known['locale']}")
    by.tick("kinds", kind)
    by.tick("minutes", "120")
    by.tick("day", "yesterday")
    if role:
        by.tick("role", role)
    by.press("main form button.wide", shot=f"papers-{by.known['locale']}")
    expect(by.page.locator("main .list", has_text=worker.name).first).to_be_visible()


@pytest.mark.parametrize("locale", LOCALES)
def test_a_sheet_is_nothing_before_the_yes(server: Server, phone: Phone, locale: str) -> None:
    cleo = founder(server, phone, locale)
    wren = member(cleo, phone, locale)
    cleo.known["locale"] = locale
    role = agreed_role(cleo, "Street companion", wren)
    cleo.clean = wren.clean = True

    copy(cleo, wren, "outreach", role)
    assert entries(wren.open("/")) == []
    cleo.see(f"/work/groups/{cleo.known['group']}/shared/")
    expect(cleo.page.locator("main .list a[href*='/shared/']")).to_have_count(0)
    wren.see("/")
    wren.press("main a[href*='/work/papers/']", shot=f"paper-{locale}")
    yes, no = (wren.page.locator(f"main [name=answer][value={one}]").bounding_box() for one in ("yes", "no"))
    assert yes
    assert no
    assert (round(yes["width"]), round(yes["height"])) == (round(no["width"]), round(no["height"]))
    wren.press("main [name=answer][value=yes]")
    (entry,) = entries(wren.page)
    assert (entry["kinds"], entry["minutes"], entry["day"], entry["role"]) == (["outreach"], 120, day(1), role)
    cleo.see(f"/work/groups/{cleo.known['group']}/shared/")
    expect(cleo.page.locator("main .list a[href*='/shared/']")).to_have_count(1)

    copy(cleo, wren, "supplies")
    wren.open("/")
    wren.press("main a[href*='/work/papers/']")
    wren.press("main a[href$='/change/']", shot=f"paper-change-{locale}")
    wren.tick("kinds", "forms")
    wren.press(wren.page.locator("main [data-save]"))
    changed = next(one for one in entries(wren.page) if one["id"] != entry["id"])
    assert (changed["kinds"], changed["shared"]) == (["supplies", "forms"], True)

    copy(cleo, wren, "naloxone")
    wren.open("/")
    wren.press("main a[href*='/work/papers/']")
    wren.press("main [name=answer][value=no]")
    expect(wren.page.locator("main a[href*='/work/papers/']")).to_have_count(0)
    assert len(entries(wren.page)) == 2
