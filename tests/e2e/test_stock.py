"""A coordinator takes in two lots; shared work takes the older first; when it does not add up, they count again."""

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from tests.e2e.journeys import LOCALES, Person, Phone, founder, member, recorded
from tests.server import Server, today


def there(person: Person) -> str:
    return (person.page.locator("main .big").text_content() or "").strip()


def take_in(by: Person, amount: int, number: str, good_for: int, shot: str = "") -> None:
    by.press("main a[href$='/in/']", shot=shot)
    last = today() + dt.timedelta(days=good_for)
    by.fill(amount=str(amount), number=number, expires=last.isoformat())
    by.send()


@pytest.mark.parametrize("locale", LOCALES)
def test_two_lots_are_handed_out_and_counted_again(server: Server, phone: Phone, locale: str) -> None:
    cleo = founder(server, phone, locale)
    wren = member(cleo, phone, locale)
    for _ in range(3):  # in a group of fewer than five, members do not see how much there is
        member(cleo, phone, locale)
    cleo.clean = wren.clean = True
    group = cleo.known["group"]
    root = f"/work/groups/{group}/stock/"

    cleo.see(f"/people/groups/{group}/")
    cleo.press(f"main a[href='{root}']", shot=f"stock-empty-{locale}")
    cleo.press("main a[href$='/places/']", shot=f"stock-places-{locale}")
    cleo.fill(name="Van")
    cleo.send()
    cleo.press("main a[href$='/things/']", shot=f"stock-things-{locale}")
    cleo.tick("code", "naloxone")
    cleo.fill(unit="2 x 4 mg")
    cleo.page.locator("[name=by_lot]").check()
    cleo.press(cleo.page.locator("main form button").first)
    cleo.press("main .list a.go")
    take_in(cleo, 5, "NEWER", 200, shot=f"stock-in-{locale}")
    take_in(cleo, 3, "OLDER", 30)
    cleo.see(shot=f"stock-supply-{locale}")
    assert there(cleo) == "8"

    given = {"for": f"group:{group}", "shared": "yes"}
    recorded(wren, ["supplies"], supplies_naloxone="4", told=True, **given)
    wren.see(root, shot=f"stock-member-{locale}")
    wren.press("main .list a.go")
    assert there(wren) == "4"
    spots = wren.page.locator("main .list li")
    expect(spots).to_have_count(1)
    expect(spots).to_contain_text("NEWER")
    expect(wren.page.locator(f"main a[href*='{root}']:not([href='{root}'])")).to_have_count(0)

    recorded(wren, ["supplies"], supplies_naloxone="6", day="yesterday", **given)
    recorded(wren, ["supplies"], supplies_naloxone="6", **given)
    cleo.see(root)
    expect(cleo.page.locator("main .list .tag.mind").first).to_be_visible()
    cleo.press("main .list a.go", shot=f"stock-wrong-{locale}")
    assert there(cleo) == "-2", "work of the day before anybody counted is not taken off"
    cleo.press("main .card.asks a[href$='/count/']", shot=f"stock-count-{locale}")
    counted = cleo.page.locator("main li, main .field", has_text="NEWER").locator("input")
    counted.fill("1")
    cleo.send()
    assert there(cleo) == "1"
    expect(cleo.page.locator("main .card.asks")).to_have_count(0)
    cleo.see(shot=f"stock-counted-{locale}")

    cleo.see(f"/work/groups/{group}/shared/")
    cleo.press(cleo.page.locator("main .list a[href*='/shared/']").first)
    cleo.press("main a[href$='/stock/']", shot=f"stock-drawn-{locale}")
    cleo.page.locator("main [name=spot]").last.check()
    cleo.press("main .card button")
    expect(cleo.page).to_have_url(re.compile("/shared/[0-9a-f-]+/$"))
