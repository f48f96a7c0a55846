"""Leaving a group and closing one: each says what it does first, and can be left alone."""

import pytest
from playwright.sync_api import expect

from tests.e2e.journeys import LOCALES, Phone, founder, member
from tests.server import Server


@pytest.mark.parametrize("locale", LOCALES)
def test_a_member_leaves_and_the_group_closes(server: Server, phone: Phone, locale: str) -> None:
    sam = founder(server, phone, locale)
    where = f"/people/groups/{sam.known['group']}/"
    wren = member(sam, phone, locale)
    wren.clean = sam.clean = True
    wren.see(where)
    wren.press('main a[href$="/leave/"]', shot=f"leave-{locale}")
    wren.press("main .pair a.button")
    expect(wren.page).to_have_url(server.url + where)
    wren.press('main a[href$="/leave/"]')
    wren.send(shot=f"left-{locale}")
    expect(wren.page.locator(f'main a[href="{where}"]')).to_have_count(0)

    sam.see(where)
    expect(sam.page.locator("main")).not_to_contain_text(wren.name)
    sam.press('main a[href$="/leave/"]')
    sam.send(shot=f"last-{locale}")
    expect(sam.page.locator(".said .error")).to_have_count(1)
    sam.press('main a[href$="/close/"]', shot=f"close-{locale}")
    sam.send(shot=f"closed-{locale}")
    expect(sam.page.locator("main .card.mind")).to_have_count(1)
    expect(sam.page.locator('main form[action$="/invite/"]')).to_have_count(0)
    sam.see("/people/groups/")
    expect(sam.page.locator("main .tag.mind")).to_have_count(1)
