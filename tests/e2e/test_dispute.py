"""A sum that does not look right, talked over by two phones until both agree."""

import pytest
from playwright.sync_api import expect

from tests.e2e.journeys import LOCALES, Phone, agreed_role, founder, member, money, recorded
from tests.server import Server


@pytest.mark.parametrize("locale", LOCALES)
def test_two_talk_over_a_sum_until_both_agree(server: Server, phone: Phone, locale: str) -> None:
    by = founder(server, phone, locale, name="Cleo")
    wren = member(by, phone, locale, name="Wren")
    role = agreed_role(by, "Street companion", wren)
    given = {"for": f"role:{role}", "shared": "yes", "day": "yesterday", "part": "morning"}
    recorded(wren, ["outreach"], minutes="120", told=True, **given)
    by.open(f"/work/groups/{by.known['group']}/shared/")
    by.quietly().press('main .list a[href*="/shared/"]')
    by.quietly().press('main a[href*="/dispute/"]')
    by.fill(reason="Were you two that day?", offer="24")
    by.quietly().send()
    claim = by.page.url.removeprefix(by.server.url)

    # What the group does not question is paid as always; the worker writes back, and the group owes an answer.
    by.open(f"/pay/groups/{by.known['group']}/")
    by.quietly().press('main a[href*="/to/"]')
    assert money(by.page.locator("main .big").first.inner_text()) == "2400"
    wren.clean = by.clean = True
    wren.see("/pay/", shot=f"dispute-mine-{locale}")
    wren.press(f'.card.asks p a[href="{claim}"]', shot=f"dispute-worker-{locale}")
    wren.send("/answer/")
    expect(wren.page.locator("#field-text .errors li")).to_have_count(1)
    wren.fill(text="We were one and a half hours, the two of us.")
    wren.send("/answer/")
    expect(wren.page.locator(".card.asks .tag.mind")).to_have_count(1)

    # The worker puts the minutes right: the agreed rate makes the sum.
    wren.press('main a[href*="/correct/"]', shot=f"dispute-correct-{locale}")
    wren.fill(minutes="80", extra_travel="10")
    wren.send()
    expect(wren.page.locator(".card.asks li")).to_have_count(2)

    # The group sees that it is waited for, reads, and says yes: one line, and that is what is owed.
    by.see(f"/pay/groups/{by.known['group']}/", shot=f"dispute-group-{locale}")
    expect(by.page.locator(".tag.mind")).to_have_count(1)
    by.press(f'main a[href="{claim}"]', shot=f"dispute-coordinator-{locale}")
    expect(by.page.locator(".card.asks")).to_contain_text("one and a half hours")
    by.send("/agree/")
    assert money(by.page.locator("main .big").first.inner_text()) == "3600"
    assert [money(text) for text in by.page.locator("main tbody td.sum").all_inner_texts()][-1] == "1200"
    wren.see("/letters/")
    wren.see("/pay/")
    assert wren.page.locator(".card.asks").count() == 0
    assert money(wren.page.locator("main .big").first.inner_text()) == "3600"
    assert "one and a half hours" not in wren.see(claim).content(), "its words are gone"
