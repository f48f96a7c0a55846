"""A statement of experience: chosen, looked at, made; checked by somebody else; taken back."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.journeys import LOCALES, Phone, agreed_role, founder, member, recorded, someone
from tests.server import Server


@pytest.mark.parametrize("locale", LOCALES)
def test_a_paper_is_made_checked_by_anybody_and_taken_back(server: Server, phone: Phone, locale: str) -> None:
    by = founder(server, phone, locale, name="Cleo")
    wren = member(by, phone, locale, name="Wren")
    agreed_role(by, "Street companion", wren)
    recorded(wren, ["outreach", "forms"], minutes="240", part="morning")
    wren.clean = True
    wren.see("/record/")
    wren.press('main a[href="/record/experience/"]', shot=f"experience-{locale}")
    wren.send()
    expect(wren.page.locator("#field-name .errors li")).to_have_count(1)
    wren.fill(name="Robin Example")
    wren.tick("skills", "meet")
    wren.send()
    expect(wren.page.locator("section.card")).to_contain_text("Street companion")
    wren.see(shot=f"experience-look-{locale}")
    with wren.page.expect_download() as taken:
        wren.page.locator("button[name=make]").tap()
    assert taken.value.path().read_bytes().startswith(b"%PDF")

    # What the square leads to, at somebody who has no account here.
    from pypdf import PdfReader

    pages = PdfReader(taken.value.path()).pages
    words = " ".join(page.extract_text() for page in pages)
    links = [str(one.get_object()["/A"]["/URI"]) for page in pages for one in page.get("/Annots", ())]
    assert "Robin Example" in words
    code = re.search(r"(?:[0-9A-Z]{4} ){3}[0-9A-Z]{4}", words)
    assert code
    boss = someone(server, phone, locale)
    boss.see("/check/", shot=f"check-{locale}")
    boss.fill(code="0000 0000 0000 0000")
    boss.send()
    expect(boss.page.locator("main .card.mind")).to_have_count(1)
    boss.fill(code=code[0].lower())
    boss.send(shot=f"check-code-{locale}")
    expect(boss.page.locator("main .tag.good")).to_have_count(1)

    # The square says what stood on it; the name is asked, never told.
    boss.page.goto("about:blank")
    boss.page.goto(links[0], wait_until="commit")
    expect(boss.page.locator("main section")).to_contain_text("Street companion")
    boss.see(shot=f"check-square-{locale}")
    assert "Robin" not in boss.page.content()
    boss.page.locator("section [name=name]").fill("robin  example")
    boss.press("section form button")
    expect(boss.page.locator("section .tag.good")).to_have_count(2)

    # Taken back, it does not check out any more.
    wren.see("/record/experience/", shot=f"experience-own-{locale}")
    wren.send("/take-back/")
    boss.fill(code=code[0])
    boss.send()
    expect(boss.page.locator("main .card.mind")).to_have_count(1)
