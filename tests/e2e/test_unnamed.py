"""Journey 8: work that the role does not name yet is marked on the role, owed, and a question to the role."""

import pytest
from playwright.sync_api import expect

from tests.e2e.journeys import LOCALES, Phone, agree, agreed_role, founder, member, money, recorded, shared_rows
from tests.server import Server


@pytest.mark.parametrize("locale", LOCALES)
def test_unnamed_work_is_owed_and_asked_about(server: Server, phone: Phone, locale: str) -> None:
    by = founder(server, phone, locale, name="Cleo")
    wren, olive = member(by, phone, locale, name="Wren"), member(by, phone, locale, name="Olive")
    role = agreed_role(by, "Street companion", wren, olive)
    here = f"/roles/{role}/"
    by.clean = wren.clean = True
    expect(wren.see(here).locator("#unnamed")).to_have_count(0)

    given = {"minutes": "60", "day": "yesterday", "part": "morning", "for": f"role:{role}", "shared": "yes"}
    housing = recorded(wren, ["housing", "outreach"], **given, told=True)
    cleaning = recorded(wren, ["cleaning"], **given)  # excluded beforehand

    # Owed at the role's rate, unless it was excluded beforehand; marked for both sides.
    wren.see(f"/work/{housing['id']}/")
    assert money(wren.page.locator("main .big").first.inner_text()) == "2400"
    wren.see(f"/work/{cleaning['id']}/")
    assert (
        wren.page.locator("main .big").count() == 0 or money(wren.page.locator("main .big").first.inner_text()) == "000"
    )
    assert [money(text) for text in shared_rows(by).locator(".sum").all_inner_texts()] == ["2400"]
    for person in (by, wren, olive):
        person.see(here)
        expect(person.page.locator("#unnamed [name=kinds]")).to_have_count(1)
        expect(person.page.locator("#unnamed [name=kinds]")).to_have_value("housing")
        assert "Wren" not in person.page.locator("#unnamed").inner_text()
        assert "Olive" not in person.page.locator("#unnamed").inner_text()

    # The worker asks for it; the coordinator is told.
    wren.send("/name-it/")
    by.see(f"/work/groups/{by.known['group']}/shared/")
    expect(by.page.locator(f'main .asks a[href^="{here}changes/"]')).to_have_count(1)
    by.press(f'main .asks a[href="{here}"]')

    # The coordinator widens the role: a new version, which both holders agree to anew.
    by.send("/widen/")
    expect(by.page.locator("#unnamed")).to_have_count(0)
    for holder in (wren, olive):
        holder.see(here)
        expect(holder.page.locator('main form[action$="/agree/"]')).to_have_count(1)
        expect(holder.page.locator("#changed ins")).to_have_count(1)
        agree(holder, role)
        expect(holder.page.locator('main form[action$="/agree/"]')).to_have_count(0)
        expect(holder.page.locator("#unnamed")).to_have_count(0)
    again = recorded(wren, ["housing"], **given)
    wren.see(f"/work/{again['id']}/")
    assert money(wren.page.locator("main .big").first.inner_text()) == "2400"
    by.see(here)
    expect(by.page.locator("#unnamed")).to_have_count(0)
