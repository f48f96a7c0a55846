"""A holder asks about a version and gets an answer, sees what changed side by side, and prints what they agreed to."""

import pytest
from playwright.sync_api import expect

from tests.e2e.journeys import LOCALES, Phone, agree, agreed_role, folded, founder, member
from tests.server import Server


@pytest.mark.parametrize("locale", LOCALES)
def test_asked_answered_compared_and_printed(server: Server, phone: Phone, locale: str) -> None:
    by = founder(server, phone, locale)
    wren = member(by, phone, locale, name="Wren")
    role = agreed_role(by, "Street companion", wren)
    here = f"/roles/{role}/"
    by.clean = True
    waits = by.page.locator("main .tag.mind")

    # A question, which the group owes an answer to; that shows on each page of the coordinator's.
    wren.open(f"{here}change/?version=1")
    wren.tick("asks", "question")
    wren.fill(text="Who pays for the bus?")
    wren.send()
    expect(wren.page.locator("#asked + .list .tag.mind")).to_have_count(1)
    for path in (f"/roles/groups/{by.known['group']}/", f"/work/groups/{by.known['group']}/shared/", here):
        by.see(path, shot=f"thread-{path.split('/')[2][:5]}-{locale}")
        expect(waits.first).to_be_visible()
    by.press('main .asks a[href*="/changes/"]')
    by.fill(text="You do, for now.")
    by.send(shot=f"thread-answered-{locale}")
    expect(by.page.locator("main")).to_contain_text("You do, for now.")

    # It does not settle it; a version is the answer, and that settles it.
    wren.open(here)
    wren.press('main a[href$="/again/"]')
    wren.fill(text="Please pay for it.")
    wren.send()
    by.see(here)
    by.press('main .asks a[href*="/changes/"]')
    asked = by.page.url
    by.send("/draft/start/")
    for name in ("compares_to", "post_amount", "post_start"):
        folded(by.page, name)
    by.fill(
        you_expect="Paid every Friday, and the bus.",
        compares_to="Outreach worker",
        post_amount="31",
        post_start="2026-01-31",
    )
    by.send("/draft/", button="[value=propose]")
    by.see(asked)
    by.page.locator("main [name=version]").last.check()
    by.send()
    wren.open(here)
    expect(wren.page.locator("#changed .before del", has_text="Paid every Friday.")).to_be_visible()
    expect(wren.page.locator("#changed .now ins", has_text="and the bus")).to_be_visible()
    wren.send("/settle/")
    agree(wren, role)
    by.see(here, shot=f"thread-settled-{locale}")
    expect(waits).to_have_count(0)
    expect(by.page.locator("main")).to_contain_text("7")  # 31 less 24

    # Side by side, and on paper.
    by.press('main a[href$="/compare/"]', shot=f"compare-{locale}")
    box = by.page.locator("#changed .beside").first
    before, now = (box.locator(f".{side}").bounding_box() for side in ("before", "now"))
    assert before
    assert now
    assert before["y"] + before["height"] <= now["y"], "one under the other on a phone"
    wren.open(here)
    wren.clean = True
    wren.press('main a[href$="/agreed/"]', shot=f"agreed-{locale}")
    wren.page.emulate_media(media="print")
    expect(wren.page.locator("main article")).to_have_count(2)
    expect(wren.page.locator("main article").first).to_contain_text("and the bus")
    expect(wren.page.locator("main article").last.locator(".beside ins").first).to_be_visible()
    for hidden in (".top", ".tabs", ".only-screen"):
        expect(wren.page.locator(hidden).first).to_be_hidden()
    expect(wren.page.locator("main")).not_to_contain_text(by.name)
