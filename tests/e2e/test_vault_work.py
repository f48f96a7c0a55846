"""What work leaves in the vault: all of it, also on a second phone; and a word before the amount a year is passed."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.journeys import (
    LOCALES,
    Person,
    Phone,
    agreed_role,
    entries,
    fill_entry,
    founder,
    fresh,
    member,
    money,
    record,
    someone,
    unfold,
)  # fmt: skip
from tests.e2e.recording import until
from tests.e2e.test_paper import copy
from tests.e2e.vault import document, make_code, open_by_code, opened, saved, sign_in_again
from tests.server import Server

BY_ROLE = {"minutes": "60", "shared": "yes", "told": True, "part": "morning"}


def home(person: Person) -> Page:
    page = person.open("/")
    expect(page.locator("html[data-recorder=ready]")).to_be_attached()
    return page


@pytest.mark.parametrize("locale", LOCALES)
def test_all_work_is_in_it_on_a_second_phone_too(server: Server, phone: Phone, locale: str) -> None:
    wren = someone(server, phone, locale).quietly()
    wren.open("/people/make-account/")
    wren.fill(handle=wren.handle, passphrase=wren.passphrase)
    wren.send()
    half = make_code(wren)
    first = record(wren, ["outreach", "supplies"], note="a whole note", minutes="60", weight="3")
    expect(wren.page.locator("html[data-vault=done]")).to_be_attached()
    kept = document(wren.page, half)["history"]
    assert kept[first["id"]]["note"] == "a whole note"
    assert kept[first["id"]]["weight"] == 3

    other = sign_in_again(someone(server, phone, locale, wren.handle).quietly())
    second = record(other, ["meals"], note="elsewhere")
    page = open_by_code(other, half)
    unfold(page)
    expect(page.locator("#history li")).to_have_count(2)
    expect(page.locator("#history")).to_contain_text("a whole note")
    expect(page.locator("#weights tr")).to_have_count(1)
    other.clean = True
    other.see(shot=f"private-history-{locale}")
    with page.expect_download() as taken:
        page.locator("#take").tap()
    text = taken.value.path().read_text()
    assert "a whole note" in text
    assert "keys" not in text
    assert set(document(page, half)["history"]) == {first["id"], second["id"]}


@pytest.mark.parametrize("locale", LOCALES)
def test_a_word_before_the_amount_a_year_is_passed(server: Server, phone: Phone, locale: str) -> None:
    ash = founder(server, phone, locale)
    wren = member(ash, phone, locale).quietly()
    role = agreed_role(ash, fresh("Guide "), wren)
    wren.open("/people/account/code/")
    wren.fill(passphrase=wren.passphrase)
    half = make_code(wren)
    shared = BY_ROLE | {"for": f"role:{role}"}
    record(wren, ["outreach"], **shared)
    expect(wren.page.locator("html[data-vault=done]")).to_be_attached()

    page = opened(wren)
    unfold(page)
    expect(page.locator("#so-far")).to_contain_text("24")
    page.locator("#limit-amount").fill("50")
    page.locator("#limit-currency").select_option("CAD")
    saved(page, "limit")
    assert document(page, half)["threshold"] == {"amount": 5000, "currency": "CAD"}

    record(wren, ["outreach"], **{k: v for k, v in shared.items() if k != "told"})
    page = home(wren)
    fill_entry(page, {k: v for k, v in shared.items() if k != "told"} | {"kinds": ["supplies"], "note": "over it"})
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.url} {request.post_data}"))
    page.locator("#entry [data-save]").tap()
    expect(page.locator("#threshold")).to_be_visible()
    wren.clean = True
    wren.see(shot=f"threshold-{locale}")
    assert money(page.locator("[data-total]").inner_text()) == "7200"
    assert money(page.locator("[data-limit]").inner_text()) == "5000"
    two = [one.bounding_box() for one in page.locator("#threshold .pair > *").all()]
    assert [(box["width"], box["height"]) for box in two if box] == [(two[0]["width"], two[0]["height"])] * 2  # type: ignore[index]
    page.locator("#threshold [data-keep]").tap()
    expect(page.locator("#entry .form-said:not(.soft)")).not_to_be_empty()
    [kept] = [one for one in entries(page) if one["note"] == "over it"]
    assert not kept["shared"]
    assert not any("5000" in one for one in sent), "the amount stays on the phone"

    wren.open(f"/work/{kept['id']}/")
    page.locator("form[data-shares] button").tap()
    expect(page.locator("#threshold")).to_be_visible()
    page.locator("#threshold [data-share]").tap()
    expect(page.locator('main button[value="no"]')).to_be_visible()


@pytest.mark.parametrize("locale", LOCALES)
def test_a_word_before_a_change_or_a_sheet_passes_it(server: Server, phone: Phone, locale: str) -> None:
    ash = founder(server, phone, locale)
    wren = member(ash, phone, locale).quietly()
    ash.known["locale"] = locale
    role = agreed_role(ash, fresh("Guide "), wren)
    wren.open("/people/account/code/")
    wren.fill(passphrase=wren.passphrase)
    make_code(wren)
    first = record(wren, ["outreach"], **BY_ROLE, **{"for": f"role:{role}"})
    expect(wren.page.locator("html[data-vault=done]")).to_be_attached()
    page = opened(wren)
    unfold(page)
    page.locator("#limit-amount").fill("60")
    page.locator("#limit-currency").select_option("CAD")
    saved(page, "limit")

    # An hour that is shared becomes two, and then three: the third passes it.
    def longer(minutes: str | dict[str, str]) -> None:
        wren.open(f"/work/{first['id']}/edit/")
        expect(page.locator("html[data-recorder=ready]")).to_be_attached()
        fill_entry(page, minutes if isinstance(minutes, dict) else {"minutes": minutes})
        page.locator("#entry [data-save]").tap()

    longer("120")
    until(lambda: by_id(page, first["id"])["minutes"], 120)
    longer({"minutes": "other", "minutes_other": "180"})
    expect(page.locator("#threshold")).to_be_visible()
    wren.clean = True
    wren.see(shot=f"threshold-change-{locale}")
    wren.clean = False
    assert money(page.locator("[data-total]").inner_text()) == "7200"
    page.locator("#threshold [data-keep]").tap()
    expect(page.locator("#entry .form-said:not(.soft)")).not_to_be_empty()
    kept = by_id(page, first["id"])
    assert (kept["minutes"], kept["shared"], kept["revision"]) == (120, True, 2)

    # What somebody copied from paper, made right first: kept for oneself it goes into the record, and nobody is told.
    copy(ash, wren, "supplies", role)
    wren.open("/")
    wren.press("main a[href*='/work/papers/']")
    wren.press("main a[href$='/change/']")
    wren.tick("kinds", "forms")
    page.locator("main [data-save]").first.tap()
    expect(page.locator("#threshold")).to_be_visible()
    assert money(page.locator("[data-total]").inner_text()) == "9600"
    wren.press("#threshold [data-keep]")
    (other,) = (one for one in entries(page) if one["id"] != first["id"])
    assert (other["kinds"], other["shared"]) == (["supplies", "forms"], False)


def by_id(page: Page, id: str) -> dict[str, Any]:  # noqa: A002 - the API's word
    return next(one for one in entries(page) if one["id"] == id)
