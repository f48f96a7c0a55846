"""Somebody takes everything along, keeps a page about what is owed, and deletes the account for good."""

import io
import zipfile

import pytest
from playwright.sync_api import expect

from tests.e2e.journeys import LOCALES, PASSPHRASE, Phone, agreed_role, founder, member, money, recorded
from tests.server import Server


@pytest.mark.parametrize("locale", LOCALES)
def test_leaving_for_good_with_a_claim_on_paper(server: Server, phone: Phone, locale: str) -> None:
    by = founder(server, phone, locale, name="Cleo")
    wren = member(by, phone, locale, name="Wren")
    role = agreed_role(by, "Street companion", wren)
    recorded(wren, ["outreach"], minutes="60", told=True, **{"for": f"role:{role}", "shared": "yes"})
    by.clean = wren.clean = True

    wren.see("/people/account/", shot=f"leaving-account-{locale}")
    with wren.page.expect_download() as got:
        wren.page.locator('main a[href$="/alongside.zip"]').tap()
    assert "record.json" in zipfile.ZipFile(io.BytesIO(got.value.path().read_bytes())).namelist()
    wren.press('main a[href="/account/history/"]', shot=f"leaving-history-{locale}")
    wren.see("/people/account/")
    wren.press('main a[href="/account/delete/"]', shot=f"leaving-delete-{locale}")
    wren.press('main a[href^="/account/owed/"]', shot=f"leaving-owed-{locale}")
    number = wren.page.locator("main .kept").inner_text()
    assert money(wren.page.locator("main .big").inner_text()) == "2400"
    wren.press('main a[href="/account/delete/"]')
    wren.press('main a[href="/account/delete/sure/"]', shot=f"leaving-sure-{locale}")
    wren.fill(passphrase="not my passphrase")
    wren.send(shot=f"leaving-wrong-{locale}")
    expect(wren.page.locator("main .errors")).to_be_visible()
    wren.fill(passphrase=PASSPHRASE)
    wren.send(shot=f"leaving-deleted-{locale}")

    wren.open("/people/sign-in/")
    wren.fill(login=wren.handle, password=PASSPHRASE)
    wren.send()
    expect(wren.page.locator("main .errors")).to_be_visible()

    pay = f"/pay/groups/{by.known['group']}/"
    by.see(pay)
    expect(by.page.locator("main")).to_contain_text(number)
    expect(by.page.locator("main")).not_to_contain_text("Wren")
    by.see(f"/groups/{by.known['group']}/history/", shot=f"leaving-group-{locale}")
    expect(by.page.locator("main")).not_to_contain_text("Wren")


@pytest.mark.parametrize("locale", LOCALES)
def test_the_only_steward_is_asked_to_name_another_first(server: Server, phone: Phone, locale: str) -> None:
    by = founder(server, phone, locale, name="Cleo")
    member(by, phone, locale, name="Wren")
    by.clean = True
    by.see("/account/delete/", shot=f"leaving-blocked-{locale}")
    assert by.page.locator('main a[href="/account/delete/sure/"]').count() == 0
    by.press(f'main a[href="/people/groups/{by.known["group"]}/"]')
