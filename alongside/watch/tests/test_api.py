"""The API of watch, as an outside client sees it."""

import datetime as dt
import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from alongside.kit import clock
from alongside.people import actions as people
from alongside.people.models import Account
from alongside.watch import engine
from alongside.watch.models import Call, CheckIn
from alongside.watch.tests import parts
from tests.world import account

BOTH = ["default", "keys"]


class Phone:
    """A client with a token, which posts JSON."""

    def __init__(self, person: Account | None) -> None:
        self.client = Client()
        self.headers = {"Authorization": f"Bearer {people.make_token(account=person)}"} if person else {}

    def post(self, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
        sent = "" if body is None else json.dumps(body)
        where = f"/api/v1/watch{path}"
        answer = self.client.post(where, sent, content_type="application/json", headers=self.headers)
        return answer.status_code, answer.json()


@pytest.mark.django_db(databases=BOTH)
def test_a_check_in_from_start_to_end() -> None:
    me = account("wren")
    phone, stranger = Phone(me), Phone(None)
    [[only]] = parts.crew(me, 1)
    body = {
        "first": 60, "every": None, "grace": 60, "steps": [{"watchers": [str(only.pk)], "wait": 60}],
        "shut": {"where": "blue door"},
    }  # fmt: skip
    before = clock.database_now()
    status, said = phone.post("", body)
    assert (status, said["state"], set(said)) == (200, "watching", {"id", "due", "state"})
    assert 59 <= (dt.datetime.fromisoformat(said["due"]) - before).total_seconds() <= 65
    assert phone.post(f"/{said['id']}/extend", {"seconds": 120})[1]["due"] > said["due"]
    assert phone.post(f"/{said['id']}/extend")[0] == 200
    assert phone.post(f"/{said['id']}/help")[1]["state"] == "calling"
    with parts.reached():
        engine.run_due()
        token = parts.token_of(Call.objects.get())
        assert stranger.post(f"/calls/{token}/coming") == (200, {"state": "coming", "mine": "coming"})
        assert stranger.post(f"/calls/{token}/cannot")[1]["state"] == "calling"
        assert stranger.post(f"/calls/{token}/there")[1]["state"] == "there"
        assert stranger.post(f"/calls/{token}/ended", {"outcome": "what"})[0] == 422
        assert stranger.post(f"/calls/{token}/ended", {"outcome": "helped"})[1]["state"] == "ended"
        assert stranger.post(f"/calls/{token}/coming") == (200, {"state": "ended", "mine": "ended"})
    assert phone.post(f"/{said['id']}/ok")[1]["state"] == "ended"
    assert stranger.post("/calls/guessed/coming")[0] == 404
    assert phone.post(f"/{uuid4()}/ok")[0] == 404
    assert stranger.post(f"/{said['id']}/ok")[0] == 401


@pytest.mark.django_db(databases=BOTH)
@pytest.mark.parametrize(("shortest", "status"), [(5, 200), (60, 422)])
def test_short_times_are_for_drills(settings: Any, shortest: int, status: int) -> None:
    settings.WATCH_MIN_SECONDS = shortest
    me = account("wren")
    [[only]] = parts.crew(me, 1)
    steps = [{"watchers": [str(only.pk)], "wait": 5}]
    said = Phone(me).post("", {"first": 5, "every": 5, "grace": 5, "steps": steps})
    assert said[0] == status
    if status == 422:
        assert said[1]["where"] == ["body.first", "body.every", "body.grace"]
        assert CheckIn.objects.count() == 0
