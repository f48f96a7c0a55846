"""A form that is sent after one was signed out elsewhere: what was typed is still there, and is saved after all."""

import pytest

from tests.e2e.journeys import LOCALES, PASSPHRASE, RATE, TERMS, TICKS, Phone, day, founder, id_in, someone, unfold
from tests.server import Server


@pytest.mark.parametrize("locale", LOCALES)
def test_a_long_form_outlives_the_end_of_a_session(server: Server, phone: Phone, locale: str) -> None:
    cleo = founder(server, phone, locale)
    cleo.open(f"/roles/groups/{cleo.known['group']}/write/")
    purpose = TERMS["purpose"] + '\nIn two lines, with a "sign" & another.'
    unfold(cleo.page)
    cleo.fill(title="Street guide", **TERMS | {"purpose": purpose}, **RATE, rate_start=day(30))
    for name, values in TICKS.items():
        cleo.tick(name, *values)

    elsewhere = someone(server, phone, locale, cleo.handle).quietly()
    desk = elsewhere.desk.open("/people/sign-in/").send("", {"login": cleo.handle, "password": PASSPHRASE})
    desk.open("/people/account/").send("/phones/sign-out/")

    cleo.clean = True
    cleo.send("/write/", button="[value=save]", shot=f"signed-out-{locale}", allow="401")
    cleo.send("/write/", allow="401")  # too early: it is still there
    with cleo.context.expect_page() as opened:
        cleo.page.locator('main a[href="/people/sign-in/"]').tap()
    with opened.value as beside:
        beside.locator("main [name=login]").fill(cleo.handle)
        beside.locator("main [name=password]").fill(PASSPHRASE)
        with beside.expect_navigation():
            beside.locator("main form button").last.tap()
    cleo.send("/write/", shot=f"signed-in-again-{locale}", allow="403")  # somebody else could have signed in here
    assert cleo.handle in cleo.page.locator("main").inner_text()
    cleo.send("/write/")
    cleo.open(f"/roles/{id_in(cleo.page.url)}/draft/")
    assert cleo.page.locator("main [name=purpose]").input_value() == purpose
    assert cleo.page.locator("main [name=title]").input_value() == "Street guide"
