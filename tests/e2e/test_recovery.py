"""A code on paper: made at joining, used on another phone when the passphrase is forgotten."""

import pytest
from playwright.sync_api import expect

from tests.e2e.journeys import LOCALES, PASSPHRASE, Phone, not_now, sign_up, someone
from tests.server import Server

NEW = "nine calm otters drift"


@pytest.mark.parametrize("locale", LOCALES)
def test_a_code_from_joining_lets_back_in_on_another_phone(server: Server, phone: Phone, locale: str) -> None:
    wren = someone(server, phone, locale)
    wren.see("/people/make-account/")
    wren.fill(handle=wren.handle, passphrase=PASSPHRASE)
    wren.send(shot=f"code-offer-{locale}")
    two = [one.bounding_box() for one in wren.page.locator("main .pair > *").all()]
    assert [(box["width"], box["height"]) for box in two if box] == [(two[0]["width"], two[0]["height"])] * 2  # type: ignore[index]
    expect(wren.page.locator("main [name=passphrase]")).to_have_count(0)
    wren.send("", shot=f"code-made-{locale}")
    code = (wren.page.locator("#code").text_content() or "").strip()
    wren.page.evaluate("window.print = () => { document.body.dataset.printed = '1' }")
    wren.page.locator("[data-print] button").tap()
    expect(wren.page.locator("body[data-printed]")).to_have_count(1)
    wren.page.emulate_media(media="print")
    assert wren.handle not in wren.page.locator("body").inner_text()
    expect(wren.page.locator("main a")).not_to_be_visible()
    expect(wren.page.locator("#code")).to_be_visible()
    wren.page.emulate_media(media="screen")
    wren.press("main a.button")

    other = someone(server, phone, locale, color_scheme="dark")
    other.see("/people/sign-in/")
    other.press('main a[href$="/forgot/"]')
    other.fill(handle=wren.handle, code="0" * 16, passphrase=NEW)
    other.send(shot=f"forgot-wrong-{locale}")
    expect(other.page.locator("main .errors li")).to_have_count(1)
    expect(other.page.locator("[name=passphrase]")).to_have_value(NEW)
    other.fill(code=code.lower().replace("0", "o").replace(" ", ""))
    other.send(shot=f"forgot-done-{locale}")
    not_now(other)
    other.see("/letters/")
    expect(other.page.locator("main .list li")).to_have_count(1)
    wren.see("/people/account/")
    expect(wren.page).to_have_url(f"{server.url}/people/sign-in/?next=/people/account/")
    wren.fill(login=wren.handle, password=NEW)
    wren.send()
    wren.see(shot=f"account-{locale}")


@pytest.mark.parametrize("locale", LOCALES)
def test_a_code_is_made_later_and_without_scripts(server: Server, phone: Phone, locale: str) -> None:
    wren = sign_up(someone(server, phone, locale, java_script_enabled=False).quietly())
    wren.open("/people/account/")
    wren.page.locator('main a[href$="/code/"]').click()
    wren.fill(passphrase="not the passphrase")
    wren.page.locator("main form button").click()
    expect(wren.page.locator("main .errors li")).to_have_count(1)
    wren.fill(passphrase=PASSPHRASE)
    wren.page.locator("main form button").click()
    expect(wren.page.locator("#code")).to_be_visible()
    expect(wren.page.locator("[data-print]")).not_to_be_visible()
