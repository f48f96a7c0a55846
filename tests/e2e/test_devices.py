"""Where one is signed in: seen, and ended, from another phone."""

import pytest
from playwright.sync_api import expect

from tests.e2e.journeys import LOCALES, PASSPHRASE, Phone, signed_up, someone
from tests.server import Server


@pytest.mark.parametrize("locale", LOCALES)
def test_a_lost_phone_is_signed_out_from_another(server: Server, phone: Phone, locale: str) -> None:
    lost = someone(server, phone, locale).quietly()
    signed_up(lost)
    found = someone(server, phone, locale, lost.handle)
    found.open("/people/sign-in/")
    found.fill(login=lost.handle, password=PASSPHRASE)
    found.send()
    found.see("/people/account/", shot=f"account-two-{locale}")
    expect(found.page.locator('form[action$="/sign-out/"][action*="/phones/"]')).to_have_count(2)
    found.press(found.page.locator('.list form[action*="/phones/"] button').first)
    expect(found.page.locator('form[action*="/phones/"]')).to_have_count(0)
    lost.open("/people/account/")
    expect(lost.page).to_have_url(f"{server.url}/people/sign-in/?next=/people/account/")
