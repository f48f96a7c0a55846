"""What a person, and a coordinator, see of work that is older than 90 days."""

import pytest
from playwright.sync_api import expect

from tests.e2e.journeys import LOCALES, Phone, founder, member, recorded
from tests.processes import started
from tests.server import Server


@pytest.mark.parametrize("locale", LOCALES)
def test_old_work_is_a_line_of_its_month(server: Server, phone: Phone, locale: str) -> None:
    cleo = founder(server, phone, locale)
    wren = member(cleo, phone, locale)
    cleo.clean = wren.clean = True
    group = cleo.known["group"]
    young = recorded(wren, ["supplies"])
    process = started(server, "tests.folding_workers", "long_ago", wren.handle, group)
    _out, log = process.communicate("go\n", timeout=120)
    assert process.returncode == 0, log

    wren.see("/record/", shot=f"record-folded-{locale}")
    lines = wren.page.locator("main .list a.go")
    expect(lines).to_have_count(2)
    assert young["id"] in (lines.first.get_attribute("href") or ""), "the newest is first"
    expect(wren.page.locator("main .card")).to_contain_text("90")
    wren.press(lines.last, shot=f"entry-folded-{locale}")
    expect(wren.page.locator("main")).not_to_contain_text("long ago")
    expect(wren.page.locator("main a[href$='/edit/']")).to_have_count(0)

    cleo.see(f"/work/groups/{group}/shared/")
    cleo.press("main .list a.go", shot=f"shared-folded-{locale}")
    expect(cleo.page.locator("main")).not_to_contain_text("long ago")
    wren.send("/share/")
    cleo.see(f"/work/groups/{group}/shared/")
    expect(cleo.page.locator("main .list a.go")).to_have_count(0)
    wren.press("main a[href$='/delete/']")
    wren.send()
    expect(wren.page.locator("main .list a.go")).to_have_count(1)
