"""The helpers themselves: a bad page is found out, the server is what it should be."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.phone import clean
from tests.server import Server

BAD = """<!doctype html><html lang="en"><head><title>Bad</title>
<meta name="viewport" content="width=device-width"></head><body><main><h1>Bad</h1>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><button>x</button><div style="width:500px">wide</div>
</main><script>console.error("something broke")</script></body></html>"""


@pytest.mark.parametrize("what", ["image-alt", "px wide", "needs 48", "something broke"])
def test_a_bad_page_is_found_out(phone: Callable[..., BrowserContext], what: str) -> None:
    page = phone().new_page()
    page.set_content(BAD)
    with pytest.raises(AssertionError, match=what):
        clean(page)


GOOD = f"""<!doctype html><html lang="en"><head><title>Good</title><meta name="viewport" content="width=device-width">
</head><body><main><h1>Good</h1>{"".join(f'<p class="n{n}">Line {n}</p>' for n in range(40))}</main></body></html>"""
LITTLE = {
    "image-alt": '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">',
    "label": "<input style='width:60px;height:60px'>",
    "color-contrast": '<b style="color:#bbb">pale</b>',
}


@pytest.mark.parametrize("what", LITTLE)
def test_little_that_is_new_and_bad_is_found_out(phone: Callable[..., BrowserContext], what: str) -> None:
    """After a look at the page, only what came since is looked at; what is good passes."""
    page = phone().new_page()
    page.set_content(GOOD)
    clean(page)
    put = "(html) => document.querySelector('main').insertAdjacentHTML('beforeend', `<div>${html}</div>`)"
    page.evaluate(put, '<em class="new">fine</em>')
    clean(page)
    page.evaluate(put, LITTLE[what])
    with pytest.raises(AssertionError, match=what):
        clean(page)


def test_what_was_hidden_is_looked_at_when_it_shows(phone: Callable[..., BrowserContext]) -> None:
    page = phone().new_page()
    page.set_content(GOOD.replace("</main>", f'<div class="later" hidden>{LITTLE["image-alt"]}</div></main>'))
    clean(page)
    page.evaluate("() => { document.querySelector('.later').hidden = false }")
    with pytest.raises(AssertionError, match="image-alt"):
        clean(page)


@pytest.mark.parametrize("part", ["worker", "coordinator", "steward"])
def test_demo_people_sign_in(server: Server, phone: Callable[..., BrowserContext], part: str) -> None:
    page = phone().new_page()
    page.goto(server.of_part(part)["sign_in"])
    expect(page).to_have_url(f"{server.url}/")
    expect(page.locator("[data-sign-out], .tabs").first).to_be_attached()
    expect(page.locator("h1")).to_have_count(1)


def test_a_profile_keeps_the_browser_s_storage(
    server: Server, phone: Callable[..., BrowserContext], sign_in: Callable[..., Page], tmp_path: Path
) -> None:
    first = phone(profile=tmp_path / "profile")
    sign_in(first.new_page(), server.of_part("worker")["handle"])
    first.close()
    again = phone(profile=tmp_path / "profile")
    assert "sessionid" in {cookie["name"] for cookie in again.cookies(server.url)}


def test_data_survives_a_kill(fresh_server: Server) -> None:
    before = fresh_server.people
    fresh_server.kill()
    assert fresh_server.health() is None
    assert fresh_server.start().people == before
