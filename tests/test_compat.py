"""Phones of earlier releases: what they send is taken, and the answers are in the shape that they read.

The bodies are as the scripts of that time made them (``from`` in each file of ``tests/compat`` names the commit). Such a
phone may be away for months and come back with what it wrote: a field may be added to an answer, and none may go.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from alongside.kit import clock
from alongside.work import queries
from tests.world import world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

RELEASES = sorted((Path(__file__).parent / "compat").glob("*.json"))


def read(release: Path, **words: str) -> dict[str, Any]:
    text = release.read_text(encoding="utf-8")
    for word, meant in words.items():
        text = text.replace(word, meant)
    found: dict[str, Any] = json.loads(text)
    return found


def at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value[int(name)] if name.isdigit() else value[name]
    return value


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.stem)
def test_todays_server_takes_and_answers_what_an_older_phone_sends(release: Path) -> None:
    w = world()
    today = clock.today().isoformat()
    given = read(release, GROUP=str(w.group.pk), TODAY=today, MONTH=today[:7])
    phone = Client(enforce_csrf_checks=True)
    phone.force_login(w.worker.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    about = phone.get("/phone.json").json()
    for path in given["phone"]:
        assert at(about, path) is not None, path
    headers = {"X-CSRFToken": phone.cookies["csrftoken"].value}
    assert phone.post(given["told"], headers=headers).status_code in {200, 204, 302}
    for step in given["steps"]:
        answer = phone.post(step["path"], json.dumps(step["send"]), content_type="application/json", headers=headers)
        assert answer.status_code == 200, (step["why"], answer.content)
        ((name, answers),) = answer.json().items()
        assert name in step["send"], step["why"]
        sent = step["send"][name]
        assert [one["id"] for one in answers] == [one["id"] for one in sent], step["why"]
        for one, wanted in zip(answers, step["answers"], strict=True):
            assert_reads(one, wanted, step["why"])
    notes = {entry["note"] for entry in queries.record(w.worker.account)}
    assert notes == {"Cold night.", None}


def assert_reads(answer: dict[str, Any], wanted: dict[str, Any], why: str) -> None:
    assert answer["status"] == wanted["status"], (why, answer)
    if "revision" in wanted:
        assert answer["revision"] == wanted["revision"], why
    if "theirs" in wanted:
        assert set(wanted["theirs"]) <= answer["theirs"].keys(), why
    if "errors" in wanted:
        assert wanted["errors"] == list(answer["errors"]), why
        assert all(isinstance(text, str) and text for text in answer["errors"].values()), why
