"""What a phone is told of what its person is owed: of shared work, and of work before it is shared."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from alongside.kit.models import AuditRow
from alongside.pay import actions as pay
from alongside.pay.models import Claim, Line
from alongside.roles import actions as roles
from alongside.roles.tests.parts import RATE, other, proposed
from alongside.work import actions
from alongside.work.models import Entry, Share
from tests.world import World

pytestmark = [pytest.mark.django_db(databases=["default", "keys"]), pytest.mark.usefixtures("march")]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def phone(here: World) -> Client:
    client = Client()
    client.force_login(here.worker.account, backend=BACKEND)
    return client


@pytest.fixture
def entry(here: World) -> dict[str, Any]:
    role, version, (held,) = proposed(here.coordinator, here.worker, terms=other(rate=RATE))
    roles.agree(holding=held, version=version)
    where = {"group": str(here.group.pk), "role": str(role.pk), "shared": True}
    return {"id": str(uuid4()), "revision": 1, "day": "2026-03-02", "kinds": ["outreach"], "minutes": 60, **where}


def would(client: Client, sent: object) -> Any:
    answer = client.post("/api/v1/work/owed/would", sent, content_type="application/json")
    assert answer.status_code == 200, answer.content
    return answer.json()


def owed(client: Client, year: int = 2026) -> Any:
    return client.get("/api/v1/work/owed", {"year": year}).json()["owed"]


def test_what_would_be_owed_is_what_is_owed_then(here: World, phone: Client, entry: dict[str, Any]) -> None:
    tables = [Entry, Share, Claim, Line, AuditRow]
    before = [table.objects.count() for table in tables]
    told = would(phone, entry)
    assert [table.objects.count() for table in tables] == before, "a question leaves nothing"
    assert told["amount"] > 0
    assert would(phone, {**entry, "shared": False}) == told
    actions.sync(account=here.worker.account, entries=[entry])
    assert owed(phone) == [{"entry": entry["id"], "day": "2026-03-02", **told}]
    assert owed(phone, 2025) == []


def test_nothing_is_told_where_no_rate_of_the_persons_own_pays(
    here: World, phone: Client, entry: dict[str, Any]
) -> None:
    nothing = {"amount": 0, "currency": None}
    for change in (
        {"role": None},
        {"group": None, "role": None},
        {"day": "1999-01-01"},
        {"kinds": []},
        {"deleted": True},
    ):
        assert would(phone, {**entry, **change}) == nothing
    other_phone = Client()
    other_phone.force_login(here.other.account, backend=BACKEND)
    assert would(other_phone, entry) == nothing, "a role that somebody else holds"
    actions.sync(account=here.worker.account, entries=[entry])
    assert owed(other_phone) == []


def test_what_was_paid_counts_and_what_was_dropped_does_not(here: World, phone: Client, entry: dict[str, Any]) -> None:
    me = here.worker.account
    actions.sync(account=me, entries=[entry, {**entry, "id": str(uuid4())}])
    first, second = Share.objects.order_by("pk")
    amounts = {one["entry"]: one["amount"] for one in owed(phone)}
    pay.drop(claim=first.claim)
    assert {one["entry"] for one in owed(phone)} == {str(second.entry_id)}
    payee = pay.payee(membership=here.worker).payee
    pay.pay(by=here.coordinator, payee=payee, currency="CAD", expected=amounts[str(second.entry_id)], key=uuid4())
    assert [one["amount"] for one in owed(phone)] == [amounts[str(second.entry_id)]]
