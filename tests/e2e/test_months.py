"""A group's months: too few people for any; then a month that all see alike; and everybody says whether theirs counts."""

import csv

import pytest
from playwright.sync_api import expect

from tests.e2e.journeys import LOCALES, Person, Phone, founder, member, unfold
from tests.processes import started
from tests.server import Server

HIDDEN = {"en": "not shown", "fr": "pas montré"}


def numbers(person: Person) -> list[str]:
    return [text.strip() for text in person.page.locator("main article td.sum").all_text_contents()]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_month_is_counted_of_those_who_said_yes(server: Server, phone: Phone, locale: str) -> None:
    cleo = founder(server, phone, locale)
    wren = member(cleo, phone, locale)
    cleo.clean = wren.clean = True
    group = cleo.known["group"]
    root = f"/work/groups/{group}/months/"

    wren.see(f"/people/groups/{group}/")
    wren.press(f"main a[href='{root}']", shot=f"months-few-{locale}")
    expect(wren.page.locator("main .empty")).to_contain_text("cinq" if locale == "fr" else "five")
    no = wren.page.locator("#count strong").text_content()
    buttons = [box["width"] for b in wren.page.locator("#count button").all() if (box := b.bounding_box())]
    assert abs(buttons[0] - buttons[1]) < 1, "no is as large as yes"
    wren.send("/count/", button="[value=yes]", shot=f"months-yes-{locale}")
    expect(wren.page.locator("#count strong")).not_to_have_text(no or "")
    cleo.see(root)
    expect(cleo.page.locator("#count strong")).to_have_text(no or "")

    process = started(server, "tests.months_workers", "worked", group)
    _out, log = process.communicate("go\n", timeout=120)
    assert process.returncode == 0, log

    wren.see(root, shot=f"months-{locale}")
    word = HIDDEN[locale]
    # Five of six people, three pieces each: Cleo was not asked. Their answers after an overdose are all six people's.
    work = ["15", "15", "5", "10", word, "5", word, word, "5"]
    answers = ["12", "6", "6", word, "6", "6", word, word, word, "6"]
    assert numbers(wren) == work + answers
    unfold(wren.page)
    wren.see(shot=f"months-how-{locale}")
    cleo.see(root)
    assert numbers(cleo) == work + answers, "who coordinates sees no more"

    with wren.page.expect_download() as waited:
        wren.page.locator("main a[href$='.csv']").tap()
    with waited.value.path().open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [row["count"] or word for row in rows] == work + answers
    assert not {"Ada", wren.name, cleo.name} & set(
        " ".join(wren.page.locator("main article").all_text_contents()).split()
    )

    wren.send("/count/", button="[value=no]")
    expect(wren.page.locator("#count strong")).to_have_text(no or "")
    assert numbers(wren) == work + answers, "a month that was counted stays as it is"
