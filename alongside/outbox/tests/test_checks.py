import datetime as dt
from typing import Any

import pytest
from django.core.checks import run_checks

from alongside.kit import clock, jobs
from alongside.outbox import auditor, checks, dispatch
from alongside.outbox.models import Dispatch
from alongside.outbox.tests import parts

db = pytest.mark.django_db(databases=["default", "keys"])


def said() -> list[str]:
    return [str(found.msg) for found in run_checks(tags=["alongside"])]


def test_settings_that_can_be_used_say_nothing(settings: Any) -> None:
    assert said() == []
    settings.SMS_URL = settings.MAIL_URL = "json://127.0.0.1:9099/"
    settings.PUSH_HOSTS = ["127.0.0.1:9100", "push.example.org", "[::1]:9100"]
    assert said() == []


def test_settings_that_cannot_be_used_are_said_without_their_secrets(settings: Any) -> None:
    settings.SMS_URL, settings.MAIL_URL = "mailto://me:secret@example.org", "nosuchgateway://secret/{to}"
    settings.PUSH_HOSTS = ["https://push.example.org"]
    found = said()
    assert len(found) == len(checks.faults()) + 1 == 3
    assert "ALONGSIDE_SMS_URL must hold {to}" in found[0]
    assert "ALONGSIDE_MAIL_URL: Apprise does not understand" in found[-1]
    assert "secret" not in "".join(found)


@db
def test_a_letter_that_waits_too_long_is_said(settings: Any) -> None:
    settings.SMS_URL = "json://127.0.0.1:9099/"
    assert auditor.word() == "sender has never run"
    jobs.beat("outbox.send", at=clock.database_now())
    ann = parts.owner()
    parts.working(ann)
    parts.posted(ann)
    assert auditor.word() is None
    late = clock.database_now() - dt.timedelta(seconds=auditor.BEHIND + 1)
    Dispatch.objects.update(due_at=late)
    assert auditor.word() == "1 letters wait for more than 30 seconds"
    dispatch.withdraw(Dispatch.objects.values_list("pk", flat=True))
    assert auditor.word() is None
    jobs.beat("outbox.send", at=late)
    assert auditor.word() == "sender has not been heard of"
