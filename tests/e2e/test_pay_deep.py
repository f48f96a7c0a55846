"""Pay, further on: what did not come and is owed again, what is paid in parts, ahead and in two ways, and on paper."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.journeys import LOCALES, Person, Phone, agreed_role, founder, member, money, recorded
from tests.server import Server


def _for(role: str) -> dict[str, Any]:
    """The fields of an entry that is shared under a role."""
    return {"for": f"role:{role}", "shared": "yes", "day": "yesterday", "part": "morning"}


def _owed(person: Person) -> str:
    """The sum in large figures, digits alone."""
    return money(person.page.locator("main .big").first.inner_text())


def _pay(by: Person) -> None:
    """Pay the first on the coordinators' page, the steps not looked at."""
    by.open(f"/pay/groups/{by.known['group']}/")
    by.quietly().press('main a[href*="/to/"]')
    by.quietly().send()


@pytest.mark.parametrize("locale", LOCALES)
def test_what_never_came_is_taken_back_and_paid_again(server: Server, phone: Phone, locale: str) -> None:
    by = founder(server, phone, locale, name="Cleo")
    wren = member(by, phone, locale, name="Wren")
    role = agreed_role(by, "Street companion", wren)
    recorded(wren, ["outreach"], minutes="120", told=True, **_for(role))
    _pay(by)
    wren.open("/pay/")
    wren.send("/missing/")
    by.clean = wren.clean = True

    by.see(f"/pay/groups/{by.known['group']}/")
    by.press('main a[href*="/pay/payments/"]', shot=f"payment-{locale}")
    by.page.locator("main details > summary").tap()
    by.see(shot=f"payment-open-{locale}")
    by.send("/reverse/", shot=f"payment-back-{locale}")
    expect(by.page.locator("main details")).to_have_count(0)

    # Both sides see it, and it is owed again.
    wren.see("/letters/")
    wren.see("/pay/")
    assert _owed(wren) == "4800"
    assert wren.page.locator(".card.asks").count() == 0
    wren.page.locator('main details:has(a[href*="/pay/payments/"]) > summary').tap()
    wren.press('main a[href*="/pay/payments/"]', shot=f"payment-worker-{locale}")
    assert wren.page.locator('form[action$="/reverse/"]').count() == 0

    # Paid once more, and this time it came: then nobody can take it back.
    _pay(by)
    wren.see("/pay/")
    wren.send("/received/")
    by.see(f"/pay/groups/{by.known['group']}/")
    expect(by.page.locator("main .tag.good")).to_have_count(1)
    by.press(by.page.locator('main li:has(.tag.good) a[href*="/pay/payments/"]'))
    assert by.page.locator('form[action$="/reverse/"]').count() == 0


@pytest.mark.parametrize("locale", LOCALES)
def test_half_before_and_half_after_in_cash_and_by_transfer(server: Server, phone: Phone, locale: str) -> None:
    by = founder(server, phone, locale, name="Cleo")
    wren = member(by, phone, locale, name="Wren")
    role = agreed_role(by, "Street companion", wren)
    by.clean = wren.clean = True

    # Half before: both sides read that it is paid ahead.
    by.see(f"/pay/groups/{by.known['group']}/")
    by.press('main a[href$="/ahead/"]', shot=f"ahead-whom-{locale}")
    by.press('main .list a[href*="/ahead/"]', shot=f"ahead-{locale}")
    by.fill(amount="24.00")
    by.send()
    by.see(shot=f"ahead-group-{locale}")
    wren.see("/pay/", shot=f"ahead-mine-{locale}")
    assert _owed(wren) == "2400"
    wren.send("/received/")

    # The work comes: what was paid ahead is taken off, and both sides read that too.
    recorded(wren, ["outreach"], minutes="120", told=True, **_for(role))
    wren.see("/pay/", shot=f"ahead-taken-{locale}")
    assert _owed(wren) == "2400"
    by.see(f"/pay/groups/{by.known['group']}/")
    by.press('main a[href*="/to/"]')
    assert _owed(by) == "2400"
    by.page.locator("details:has(#ways) > summary").tap()
    ways = by.page.locator("#ways")
    ways.locator("[name=amount]").fill("10,00")
    ways.locator("[name=method]").select_option("cash")
    ways.locator("[name=more]").fill("lots")
    by.see(shot=f"ways-{locale}")
    by.press(ways.locator("button"))
    expect(by.page.locator("#field-more .errors li")).to_have_count(1)
    ways.locator("[name=more]").fill("6")
    ways.locator("[name=other]").select_option("transfer")
    by.press(ways.locator("button"))

    # Two payments, each with its own word; the rest stays owed.
    wren.see("/pay/")
    sums = [money(text) for text in wren.page.locator(".card.asks .sum").all_inner_texts()]
    assert sorted(sums) == ["1000", "600"]
    assert _owed(wren) == "800"
    wren.send("/received/")
    expect(wren.page.locator(".card.asks .sum")).to_have_count(1)
    _pay(by)
    wren.see("/pay/")
    assert wren.page.locator("main .big").count() == 0
    _on_paper(by, wren)


def _on_paper(by: Person, wren: Person) -> None:
    """The worker's month as a page and as a PDF, a receipt, and the file for whoever does the books."""
    wren.press('main a[href*="/statements/"]', shot=f"statement-{wren.page.locator('html').get_attribute('lang')}")
    sums = [money(text) for text in wren.page.locator("main tbody td.sum").all_inner_texts()]
    assert sorted(sums) == sorted(["000", "2400", "4800", "1000", "600", "800"])
    with wren.page.expect_download() as taken:
        wren.page.locator('main a[href$=".pdf"]').tap()
    assert taken.value.suggested_filename.startswith("statement-")
    assert taken.value.path().read_bytes().startswith(b"%PDF")
    by.see(f"/pay/groups/{by.known['group']}/")
    wren.see("/pay/")
    wren.press('main a[href$="/wait/"]', shot=f"wait-{wren.page.locator('html').get_attribute('lang')}")
    expect(wren.page.locator("main .big")).to_have_count(0)  # two people: a figure would be about one of them
    by.press('main a[href$="/payroll/"]', shot=f"payroll-{wren.page.locator('html').get_attribute('lang')}")
    with by.page.expect_download() as taken:
        by.page.locator('main a[href$=".csv"]').first.tap()
    rows = taken.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert rows[0].startswith("name,number,")
    assert sum(row.startswith("Wren,") for row in rows) >= 5
    by.see(f"/pay/groups/{by.known['group']}/")
    by.press(by.page.locator('main a[href*="/pay/payments/"]').first)
    with by.page.expect_download() as taken:
        by.page.locator('main a[href$="/receipt.pdf"]').tap()
    assert taken.value.path().read_bytes().startswith(b"%PDF")
