import datetime as dt

import pytest
from django.db import OperationalError, connections
from django.test import Client

from alongside.kit import clock, jobs
from alongside.kit.models import Beat, Job
from alongside.outbox import auditor as outbox

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


WELL = {"database": "well", "jobs": "well", "outbox": "well", "watch": "well"}
LOOPS = ("watch.engine", "watch.auditor", "outbox.send")


@pytest.fixture
def quiet() -> Client:
    return Client(raise_request_exception=False)


def test_well_means_200(quiet: Client) -> None:
    jobs.beat(*jobs.beats(), *LOOPS)
    answer = quiet.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, WELL)
    assert answer["Cache-Control"] == "no-store"


def test_no_beat_and_an_old_beat_are_503(quiet: Client) -> None:
    assert quiet.get("/healthz").status_code == 503
    old = clock.now() - jobs.STALE_AFTER - dt.timedelta(seconds=1)
    for name in (*jobs.beats(), *LOOPS):
        Beat.objects.create(name=name, at=old)
    answer = quiet.get("/healthz")
    assert answer.status_code == 503
    not_heard = "engine has not been heard of; auditor has not been heard of"
    assert answer.json() == WELL | {
        "jobs": "no job process is alive",
        "watch": not_heard,
        "outbox": "sender has not been heard of",
    }


def test_a_job_that_is_far_behind_is_named(quiet: Client) -> None:
    jobs.beat(*jobs.beats())
    Job.objects.create(name="outbox.forget", due_at=clock.now() - dt.timedelta(hours=3))
    answer = quiet.get("/healthz")
    assert answer.status_code == 503
    assert "outbox.forget" in answer.json()["jobs"]


@pytest.mark.parametrize("alias", ["default", "keys"])
def test_a_database_that_is_away_is_503(quiet: Client, monkeypatch: pytest.MonkeyPatch, alias: str) -> None:
    jobs.beat(*jobs.beats())

    def away(*args: object, **kwargs: object) -> None:
        raise OperationalError("no answer")

    monkeypatch.setattr(connections[alias], "cursor", away)
    answer = quiet.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "does not answer"


def test_an_outbox_that_cannot_be_read_is_503(quiet: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs.beat(*jobs.beats())

    def away() -> None:
        raise OperationalError("no such table")

    monkeypatch.setattr(outbox, "word", away)
    answer = quiet.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["outbox"] == "does not answer"
