"""What an older release left on a phone is read by today's, shown, and sent: nothing that somebody wrote is lost.

The store is written by that release's own script (``tests/compat/store-first.js``, which both had), the records are in the
shape of their time.
"""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.journeys import Phone, day, entries, founder
from tests.e2e.recording import until
from tests.server import Server
from tests.test_compat import RELEASES, read

OLD_STORE = Path(__file__).parents[1] / "compat" / "store-first.js"
KEEP = """async ([owner, records]) => {
  const { Store } = await import('/static/older-store.js')
  const store = await Store.open(owner)
  for (const record of records) await store.put(record)
  store.database.close()
}"""


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.stem)
def test_what_waits_on_an_older_phone_is_sent(server: Server, phone: Phone, release: Path) -> None:
    wren = founder(server, phone)
    given = read(release, GROUP=wren.known["group"], TODAY=day())
    page = wren.open("/about/")
    page.route("**/static/older-store.js", lambda route: route.fulfill(path=OLD_STORE, content_type="text/javascript"))
    owner = page.evaluate("fetch('/phone.json').then((answer) => answer.json())")["owner"]
    page.evaluate(KEEP, [owner, given["records"]])

    wren.open("/")
    expect(page.locator("html[data-recorder=ready]")).to_be_attached()
    waiting = page.locator("#waiting article")
    expect(waiting).to_have_count(2)
    refused = page.locator("#waiting article[data-state=rejected]")
    expect(refused).to_have_count(1)
    conflict = page.locator("#waiting article[data-state=conflict]")
    expect(conflict.locator(".versions")).to_contain_text("mine")
    expect(conflict.locator(".versions")).to_contain_text("theirs")
    conflict.locator("button.wide").tap()
    until(lambda: sorted(entry["note"] for entry in entries(page)), given["notes"])
    expect(waiting).to_have_count(1)
    expect(refused).to_have_count(1)
