"""Quick exit when all else goes wrong, and the name under which a phone keeps what waits."""

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from alongside.people.queries import phone_name
from alongside.roles import actions as roles
from alongside.work import actions as work
from tests.world import account, world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def signed_in(browser: Client) -> bool:
    return browser.get("/phone.json").status_code == 200


@pytest.mark.parametrize("headers", [{}, {"X-Alongside-Exit": "1"}])
def test_a_form_that_was_open_for_too_long_still_leaves(headers: dict[str, str]) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(account("robin"))
    assert browser.post("/exit/", {"csrfmiddlewaretoken": "old"}, headers=headers).status_code in {200, 204}
    assert not signed_in(browser)


def full(*_args: Any) -> None:
    raise OperationalError("database or disk is full")


def test_a_database_that_is_full_holds_nobody_up(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(account("robin"))
    monkeypatch.setattr("alongside.people.auth.logout", full)
    answer = client.post("/exit/")
    assert b'http-equiv="refresh"' in answer.content
    assert answer["Clear-Site-Data"] == '"cache", "cookies"'
    assert not answer.cookies["sessionid"].value


def test_a_script_is_told_when_the_session_could_not_be_ended(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(account("robin"))
    monkeypatch.setattr("alongside.people.auth.logout", full)
    assert client.post("/exit/", headers={"X-Alongside-Exit": "1"}).status_code == 503


def test_a_phone_finds_what_waits_after_the_secret_was_changed(settings: Any) -> None:
    robin, wren = account("robin"), account("wren")
    before = phone_name(robin)
    settings.SECRET_KEY = "another"
    assert phone_name(robin) == before
    assert phone_name(wren) != before


def test_a_kind_that_a_group_added_has_its_words_on_the_persons_own_pages(client: Client) -> None:
    w = world()
    kind = roles.add_kind(by=w.coordinator, label="Hair cuts")
    sent = {"id": "7f0f3a52-5c7e-4c55-9a7e-2f6f7d1f4a10", "revision": 1, "day": "2026-03-09", "kinds": [kind.code]}
    (answer,) = work.sync(account=w.worker.account, entries=[sent])
    assert answer.status == "stored"
    client.force_login(w.worker.account)
    for path in ("", "delete/"):
        page = client.get(f"/work/{sent['id']}/{path}").content.decode()
        assert "Hair cuts" in page
        assert kind.code not in page
