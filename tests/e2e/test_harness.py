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


@pytest.mark.parametrize("part", ["worker", "coordinator", "steward"])
def test_demo_people_sign_in(
    server: Server, phone: Callable[..., BrowserContext], sign_in: Callable[..., Page], part: str
) -> None:
    page = sign_in(phone().new_page(), server.of_part(part)["handle"])
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
