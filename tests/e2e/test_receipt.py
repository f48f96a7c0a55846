"""A photo of a receipt: taken without a connection, kept as ciphertext, sent once, seen beside the work, and stripped."""

import re

import pytest
from playwright.sync_api import Route, expect

from alongside.work.tests.pictures import GPS, photo
from tests.e2e.journeys import LOCALES, Phone, agreed_role, fill_entry, founder, member, unfold
from tests.e2e.recording import until
from tests.server import Server

NO_NET = "ERR_INTERNET_DISCONNECTED|ERR_FAILED|Failed to fetch"


@pytest.mark.parametrize("locale", LOCALES)
def test_a_receipts_photo_with_the_network_cut_in_between(server: Server, phone: Phone, locale: str) -> None:
    by = founder(server, phone, locale, name="Cleo")
    wren = member(by, phone, locale, name="Wren")
    role = agreed_role(by, "Street companion", wren)
    page = wren.open("/")
    expect(page.locator("html[data-recorder=ready]")).to_be_attached()
    given = {"kinds": ["outreach"], "minutes": "60", "for": f"role:{role}", "shared": "yes", "told": True}
    fill_entry(page, {**given, "part": "morning", "expense_travel": "3.50"})
    box = page.locator('[data-receipt="travel"]')
    expect(page.locator('[data-receipt="phone"]')).to_be_hidden()  # nothing was spent on it

    # What is no photo gets a plain answer; a photo is drawn anew, and one sees it.
    box.locator("input").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"only words"})
    expect(box.locator(".card.mind")).to_be_visible()
    box.locator("input").set_input_files(
        {"name": "b.jpg", "mimeType": "image/jpeg", "buffer": photo((2400, 1800), turned=True)}
    )
    expect(box.locator("canvas")).to_be_visible()
    assert box.locator("canvas").evaluate("one => [one.width, one.height]") == [1200, 1600]
    wren.clean = by.clean = True
    box.scroll_into_view_if_needed()
    wren.see(shot=f"receipt-form-{locale}")

    # Without a connection both wait on the phone; then the entry goes, and the photo is cut off half way.
    page.context.set_offline(True)
    page.locator("#entry [data-save]").tap()
    expect(page.locator("#receipts p")).to_have_count(1)
    expect(page.locator("#waiting article")).to_have_count(1)
    wren.see(shot=f"receipt-waits-{locale}", allow=NO_NET)
    kept = page.evaluate("() => indexedDB.databases().then((all) => all.length)")
    assert kept >= 1
    sent: list[str] = []

    def lose_the_answer(route: Route) -> None:
        """The server has it, and the phone never hears so."""
        sent.append(route.fetch().text())
        route.abort()

    page.route("**/work/*/receipts/", lose_the_answer, times=1)
    with page.expect_event("requestfailed", lambda one: one.url.endswith("/receipts/")):
        page.context.set_offline(False)
    expect(page.locator("#waiting article")).to_have_count(0)
    expect(page.locator("#receipts p")).to_have_count(1)  # the entry is there, and one is told that the photo waits
    page.context.set_offline(True)
    page.context.set_offline(False)
    expect(page.locator("#receipts p")).to_have_count(0)
    assert "stored" in sent[0]

    # It is there once, with the entry and beside the work that the group sees.
    entry = page.evaluate("fetch('/api/v1/work/entries').then((r) => r.json())")["entries"][0]["id"]
    wren.see(f"/work/{entry}/", shot=f"receipt-entry-{locale}", allow=NO_NET)
    expect(page.locator("main figure img")).to_have_count(1)
    by.see(f"/work/groups/{by.known['group']}/shared/")
    by.press('main .list a[href*="/shared/"]', shot=f"receipt-shared-{locale}")
    image = by.page.locator("main figure img")
    until(lambda: image.evaluate("one => one.naturalWidth"), 1200)
    where = image.get_attribute("src") or ""
    got = by.page.request.get(by.server.url + where)
    assert (got.headers["content-type"], got.headers["cache-control"]) == ("image/jpeg", "no-store")
    assert GPS.encode() not in got.body()
    assert by.page.evaluate("caches.keys()") == []

    # Beside what is owed for it as well, for both.
    unfold(wren.open("/pay/"))
    wren.press('main a[href*="/pay/claims/"]', shot=f"receipt-claim-{locale}", allow=NO_NET)
    by.see(page.url.removeprefix(server.url))
    for one in (page, by.page):
        image = one.locator("main figure img")
        image.scroll_into_view_if_needed()
        until(lambda: image.evaluate("one => one.naturalWidth"), 1200)  # noqa: B023 - looked at before the next
    wren.open(f"/work/{entry}/")

    # The plain form on the entry's page takes one too, and says what it cannot take; then one is taken away.
    unfold(page)
    field = page.locator("#receipt-photo")
    field.set_input_files({"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"})
    wren.send("/receipts/", allow=NO_NET)
    expect(page.locator("main figure img")).to_have_count(1)
    unfold(page)
    field.set_input_files({"name": "c.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    wren.send("/receipts/", allow=NO_NET)
    expect(page.locator("main figure img")).to_have_count(2)
    wren.press(page.locator('main form[action$="/delete/"] button').first, allow=NO_NET)
    expect(page.locator("main figure img")).to_have_count(1)

    # Taken back, the group has neither the work nor the photo.
    wren.press(page.locator('main form[action$="/share/"] button'), allow=NO_NET)
    assert by.page.request.get(by.server.url + where).status == 404
    assert not re.search(
        r"\.jpg", by.page.request.get(f"{by.server.url}/work/groups/{by.known['group']}/shared/").text()
    )
