"""Passkeys, with a key of the browser's own making, and code apps, with a clock of the test's own."""

from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from alongside.people import rules
from tests.e2e.journeys import LOCALES, PASSPHRASE, Person, Phone, signed_up, someone
from tests.server import Server

KEY: dict[str, Any] = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_lock(page: Page) -> tuple[CDPSession, str]:
    """Give the phone a lock that opens by itself."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    return session, session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})["authenticatorId"]


def confirm(person: Person) -> None:
    """The passphrase once more."""
    person.fill(passphrase=PASSPHRASE)
    person.send()


@pytest.mark.parametrize("locale", LOCALES)
def test_signing_in_with_the_lock_of_the_phone(server: Server, phone: Phone, locale: str) -> None:
    wren = someone(server, phone, locale)
    signed_up(wren)
    lock, key = with_lock(wren.page)
    wren.see("/people/account/second-step/", shot=f"steps-{locale}")
    wren.press('main a[href$="/passkeys/add/"]', shot=f"passkey-first-{locale}")
    confirm(wren)
    expect(wren.page.locator("form[data-passkey]")).to_be_visible()
    wren.see(shot=f"passkey-add-{locale}")
    lock.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    wren.page.locator("form[data-passkey] button").tap()
    expect(wren.page.locator("[data-said]")).to_be_visible()
    wren.see(shot=f"passkey-not-{locale}")
    lock.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": True})
    wren.press("form[data-passkey] button", shot=f"account-passkey-{locale}")
    assert len(lock.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]) == 1

    wren.send("/sign-out/")
    wren.see("/people/sign-in/?next=/people/account/")
    expect(wren.page.locator("form[data-passkey]")).to_be_visible()
    wren.see(shot=f"sign-in-{locale}")
    wren.press("form[data-passkey] button")
    expect(wren.page).to_have_url(f"{server.url}/people/account/")

    wren.send("/sign-out/")
    wren.open("/people/sign-in/")
    wren.fill(login=wren.handle, password=PASSPHRASE)
    wren.send()
    expect(wren.page).to_have_url(f"{server.url}/people/second-step/")
    wren.see(shot=f"second-step-{locale}")
    wren.press("form[data-passkey] button")
    wren.see("/people/account/")
    wren.press('main a[href$="/remove/"]', shot=f"way-remove-{locale}")
    confirm(wren)
    expect(wren.page.locator('main a[href$="/remove/"]')).to_have_count(0)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_code_app_after_the_passphrase(server: Server, phone: Phone, locale: str) -> None:
    wren = someone(server, phone, locale, color_scheme="dark")
    signed_up(wren)
    wren.see("/people/account/")
    wren.press('main a[href$="/code-app/add/"]')
    confirm(wren)
    wren.see(shot=f"code-app-add-{locale}")
    secret = (wren.page.locator("#secret").text_content() or "").strip()
    wren.fill(code="000 000")
    wren.send()
    expect(wren.page.locator("main .errors li")).to_have_count(1)
    now = wren.page.evaluate("Date.now() / 1000")
    wren.fill(code=rules._codes(secret).generate(now).decode())
    wren.send()
    expect(wren.page.locator('main a[href$="/code-app/remove/"]')).to_have_count(1)

    other = someone(server, phone, locale, java_script_enabled=False)
    other.open("/people/sign-in/")
    other.fill(login=wren.handle, password=PASSPHRASE)
    other.page.locator("main form:not([data-passkey]) button").click()
    expect(other.page).to_have_url(f"{server.url}/people/second-step/")
    # The next one that the app shows: the one of now was used up to add it.
    other.fill(code=rules._codes(secret).generate(now + 30).decode())
    other.page.locator("main form button").click()
    expect(other.page).to_have_url(f"{server.url}/")
