"""Journey 2: a role written down, titled by those who hold it, agreed by both sides, version by version."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.journeys import (
    LOCALES,
    RATE,
    TERMS,
    Person,
    Phone,
    agree,
    agreed_role,
    ask,
    day,
    folded,
    founder,
    id_in,
    member,
    money,
    recorded,
)
from tests.server import Server

EVERYTHING = {
    **TERMS,
    **RATE,
    "training": "Naloxone and first aid, paid.",
    "tools": "A phone and a warm coat.",
    "supervision": "An hour every second week.",
    "debrief": "After every hard shift, paid.",
    "time_to_prepare": "Half an hour before each shift.",
    "experience_why": "People trust somebody who has been there.",
    "say_in": "Where and when we go out.",
    "share": "How many people, what was handed out.",
    "not_share": "Names, where people sleep.",
    "compares_to": "Outreach worker, health service",
    "compares_pay": "31 dollars an hour",
    "compares_training": "Five paid days a year",
    "rate_dates": "2026-12-25\n2027-01-01",
}
CHOSEN = {
    "scope_in": ["outreach", "supplies", "emotional_support"],
    "scope_out": ["cleaning", "phones"],
    "rate_unit": ["hour"],
    "rate_parts": ["night"],
    "rate_weekdays": ["6"],
    "rate_expenses": ["travel", "phone"],
    "say": ["collaborating"],
    "experience": ["opioids", "homelessness"],
}


def _write_everything(by: Person, title: str) -> str:
    by.see(f"/roles/groups/{by.known['group']}/write/")
    for name in ("title", *EVERYTHING, *CHOSEN):
        folded(by.page, name)
    by.fill(title=title, rate_start=day(30), **EVERYTHING)
    for name, values in CHOSEN.items():
        for value in values:
            by.page.locator(f'main [name={name}][value="{value}"]').locator("xpath=ancestor::details[1]").evaluate_all(
                "(all) => all.forEach((one) => { one.open = true })"
            )
        by.tick(name, *values)
    by.send("/write/", button="[value=save]", shot="role-draft-everything")
    return id_in(by.page.url)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_role_from_a_bare_title_to_a_second_version(server: Server, phone: Phone, locale: str) -> None:
    by = founder(server, phone, locale)
    wren, olive, third = (member(by, phone, locale, name=name) for name in ("Wren", "Olive", "Tam"))
    for person in (by, wren, olive):
        person.clean = True
    bare = {"en": "Peer", "fr": "Pair"}[locale]

    role = _write_everything(by, bare)
    here = f"/roles/{role}/"
    expect(by.page.locator("#bare")).to_have_count(1)
    for text in EVERYTHING.values():
        if text not in RATE.values() and "\n" not in text:
            expect(by.page.locator("main")).to_contain_text(text)

    # Nobody sees a draft who was not asked.
    assert third.see(here, allow="404").locator("main form").count() == 0
    assert role not in third.see(f"/roles/groups/{by.known['group']}/").content()

    # Two are asked; a bare title needs a word on why before it goes out, and may stay with one.
    ask(by, role, wren, olive)
    by.see(here)
    by.press(f'main a[href*="/roles/{role}/draft/"]')
    folded(by.page, "title_why")
    expect(by.page.locator("#bare")).to_be_visible()
    by.send("/draft/", button="[value=propose]")
    expect(by.page.locator("#field-title_why .errors li")).to_have_count(1)
    expect(by.page.locator("[name=purpose]")).to_have_value(EVERYTHING["purpose"])
    by.fill(title_why="They chose this word for themselves.")
    by.send("/draft/", button="[value=propose]")
    expect(by.page).to_have_url(server.url + here)
    expect(by.page.locator("#bare")).to_have_count(0)

    # Nobody works under it before they agree.
    wren.see("/")
    assert wren.page.locator(f'[name=for][value="role:{role}"]').count() == 0
    wren.press(wren.page.locator(f'main .asks a[href="{here}"]').first)

    # The holders choose the title.
    wren.fill(title="Street companion")
    wren.send("/title/", button=":not([name])")
    expect(wren.page.locator("h1")).to_have_text(bare)
    olive.see(here)
    olive.press(olive.page.locator('main form[action$="/title/"] button[value="Street companion"]'))
    expect(olive.page.locator("h1")).to_have_text("Street companion")

    # Both sides agree.
    for holder in (wren, olive):
        agree(holder, role)
        assert holder.page.locator('main form[action$="/agree/"]').count() == 0
    by.see(here)
    expect(by.page.locator(".tag.good")).not_to_have_count(0)
    expect(by.page.locator("main")).to_contain_text("Street companion")

    # One asks for a change; the group must answer; a new version is the answer.
    olive.see(here)
    olive.press('main a[href$="/change/"]')
    olive.fill(text="Please pay more for the night: it is hard.")
    olive.send()
    by.see(here)
    by.press('main .asks a[href*="/changes/"]')
    asked = by.page.url
    by.send("/draft/start/")
    for name in ("rate_amount", "rate_start"):
        folded(by.page, name)
    by.fill(rate_amount="30", rate_start=day(0))
    by.send("/draft/", button="[value=propose]")
    by.see(asked)
    by.page.locator("main [name=version]").last.check()
    by.send()

    # Until both agree anew, each is bound by what they agreed to.
    wren.see(here)
    expect(wren.page.locator('main form[action$="/agree/"]')).to_have_count(1)
    assert wren.page.locator("#changed ins, #changed del").count() >= 2
    agree(olive, role)
    owed = {}
    for holder in (wren, olive):
        entry = recorded(
            holder, ["outreach"], minutes="60", part="morning", **{"for": f"role:{role}", "shared": "yes", "told": True}
        )
        holder.see(f"/work/{entry['id']}/")
        owed[holder.name] = money(holder.page.locator("main .card .big").inner_text())
    sunday = 3 if day_is_sunday() else 2
    assert owed == {"Wren": str(2400 * sunday // 2), "Olive": str(3000 * sunday // 2)}
    agree(wren, role)
    wren.see(f"/roles/{role}/versions/1/")
    by.see(here)
    expect(by.page.locator("main")).to_contain_text("Please pay more for the night")
    wren.see(f"/roles/{role}/leave/")


def day_is_sunday() -> bool:
    """Whether today is the weekday that the role pays more for."""
    import datetime as dt

    return dt.date.fromisoformat(day()).weekday() == 6


@pytest.mark.parametrize("locale", ["fr"])
def test_wrong_input_loses_nothing(server: Server, phone: Phone, locale: str) -> None:
    by = founder(server, phone, locale)
    wren = member(by, phone, locale)
    by.clean = wren.clean = True
    page = by.page

    by.see(f"/roles/groups/{by.known['group']}/write/")
    for name in ("rate_minimum", "rate_dates", "rate_callout", "tools"):
        folded(page, name)
    wrong = {"title": "", "rate_amount": "lots", "rate_currency": "XQQ", "rate_minimum": "-5", "rate_dates": "Christmas", "rate_callout": "1,2,3"}  # fmt: skip
    by.fill(purpose="Kept words", tools="A coat", **wrong)
    by.send("/write/", button="[value=save]")
    for name in ("title", "rate_currency", "rate_minimum", "rate_dates"):
        expect(page.locator(f"#field-{name} .errors li")).to_be_visible()
    for name, value in {**wrong, "purpose": "Kept words", "tools": "A coat"}.items():
        expect(page.locator(f"main [name={name}]")).to_have_value(value)
    by.fill(title="Night listener", rate_currency="CAD", rate_minimum="60", rate_dates="2026-02-30", rate_callout="20")
    by.send("/write/", button="[value=save]")
    for name in ("rate_amount", "rate_dates"):
        expect(page.locator(f"#field-{name} .errors li")).to_be_visible()
    by.fill(rate_amount="24,50", rate_dates="2026-12-24")
    by.send("/write/", button="[value=save]")
    role = id_in(page.url)

    # What is missing is asked for beside its field when the draft is to go out.
    by.press(f'main a[href*="/roles/{role}/draft/"]')
    for name in ("scope_in", "we_expect", "you_expect"):
        expect(page.locator(f"#field-{name} .errors li")).not_to_have_count(0)
    expect(page.locator("[name=purpose]")).to_have_value("Kept words")
    expect(page.locator("[name=rate_amount]")).to_have_value(re.compile(r"24[.,]50"))

    by.see(f"/roles/{role}/ask/")
    by.send()
    expect(page.locator("#field-member .errors li")).to_have_count(1)
    by.see(f"/roles/groups/{by.known['group']}/kinds/")
    for label in ("", "  "):
        by.fill(label=label)
        by.send()
        expect(page.locator("#field-label .errors li")).to_have_count(1)
        expect(page.locator("[name=label]")).to_have_value(label)

    other = agreed_role(by, "Counter worker", wren)
    wren.see(f"/roles/{other}/change/")
    for text in ("", "x" * 4001):
        wren.fill(text=text)
        wren.send()
        expect(wren.page.locator("#field-text .errors li")).to_have_count(1)
        expect(wren.page.locator("[name=text]")).to_have_value(text)
    wren.fill(text="More time to get ready, please.")
    wren.send()
    by.see(f"/roles/{other}/")
    by.press('main .asks a[href*="/changes/"]')
    by.send()
    expect(page.locator("#field-text .errors li")).to_have_count(1)
