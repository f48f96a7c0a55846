import datetime as dt
from importlib import import_module
from types import SimpleNamespace
from uuid import uuid4

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Model

from alongside.pay import actions, jobs
from alongside.pay.models import Claim, Line, Payment
from alongside.pay.rules import Owed
from alongside.pay.tests.helpers import claim, pay
from tests.world import World, world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

LONG_AGO = dt.datetime(2005, 6, 1, 12, tzinfo=dt.UTC)
CHANGES: list[tuple[type[Model], dict[str, object]]] = [
    (Line, {"amount": F("amount") + 1}),
    (Line, {"payee": uuid4()}),
    (Line, {"part": "premium"}),
    (Line, {"day": dt.date(2020, 1, 1)}),
    (Line, {"keep_until": dt.date(2020, 1, 1)}),
    (Claim, {"payee": uuid4()}),
    (Claim, {"group": uuid4()}),
    (Claim, {"currency": "EUR"}),
    (Claim, {"opened": dt.date(2020, 1, 1)}),
    (Claim, {"keep_until": dt.date(2020, 1, 1)}),
    (Payment, {"amount": F("amount") + 1}),
    (Payment, {"payee": uuid4()}),
    (Payment, {"method": "card"}),
    (Payment, {"keep_until": dt.date(2020, 1, 1)}),
]


@pytest.fixture
def w() -> World:
    return world()


@pytest.mark.parametrize(
    ("model", "change"), CHANGES, ids=lambda v: v.__name__ if isinstance(v, type) else next(iter(v))
)
def test_the_database_refuses_a_change(w: World, model: type[Model], change: dict[str, object]) -> None:
    claim(w.worker)
    pay(w.coordinator, w.worker, 5000)
    before = list(model.objects.values())  # type: ignore[attr-defined]
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        model.objects.update(**change)  # type: ignore[attr-defined]
    assert list(model.objects.values()) == before  # type: ignore[attr-defined]


@pytest.mark.parametrize("field", ["received", "missing", "reversed"])
def test_what_the_payee_said_is_said_once(w: World, field: str) -> None:
    claim(w.worker)
    pay(w.coordinator, w.worker, 5000)
    Payment.objects.update(**{field: dt.date(2026, 1, 1)})
    for value in (None, dt.date(2026, 1, 2)):
        with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
            Payment.objects.update(**{field: value})


@pytest.mark.parametrize(("first", "then"), [("received", "reversed"), ("reversed", "received")])
def test_the_database_refuses_a_payment_that_came_and_was_taken_back(w: World, first: str, then: str) -> None:
    claim(w.worker)
    pay(w.coordinator, w.worker, 5000)
    Payment.objects.update(**{first: dt.date(2026, 1, 1)})
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        Payment.objects.update(**{then: dt.date(2026, 1, 1)})


def test_the_database_refuses_to_delete_what_is_in_its_term(w: World) -> None:
    claim(w.worker)
    pay(w.coordinator, w.worker, 5000)
    empty = claim(w.worker, 0)
    for rows in (Line.objects.all(), Claim.objects.filter(pk=empty), Payment.objects.all()):
        with pytest.raises(IntegrityError, match="term"), transaction.atomic():
            rows._raw_delete(rows.db)
    assert (Line.objects.count(), Claim.objects.count(), Payment.objects.count()) == (2, 2, 1)


def test_what_is_past_its_term_goes_whole_and_settled(w: World) -> None:
    with time_machine.travel(LONG_AGO):
        claim(w.worker)
        pay(w.coordinator, w.worker, 5000)
        late = claim(w.worker, 700)
        claim(w.worker, 0)
        owed = claim(w.other, 900)
    fresh = claim(w.worker, 100)
    with time_machine.travel(LONG_AGO + dt.timedelta(days=365 * 7)):
        jobs.forget()
        assert Claim.objects.count() == 5, "the term is not over"
    actions.correct(claim=late, parts=[Owed("time", 600)])
    pay(w.coordinator, w.worker, 700)
    jobs.forget()
    assert set(Claim.objects.values_list("pk", flat=True)) == {late, owed, fresh}
    assert Line.objects.filter(claim=late).count() == 3, "a claim goes when its last line does, or not at all"
    assert Payment.objects.count() == 1


def test_what_did_not_come_is_kept_past_its_term_until_it_does(w: World) -> None:
    with time_machine.travel(LONG_AGO):
        ids = {claim(w.worker), claim(w.worker, 700)}
        lacking = pay(w.coordinator, w.worker, 5700)
        actions.not_received(membership=w.worker, payment=lacking.pk)
        claim(w.other)
        pay(w.coordinator, w.other, 5000)
    jobs.forget()
    assert set(Claim.objects.values_list("pk", flat=True)) == ids, "what nobody missed is gone"
    assert Line.objects.count() == 4
    assert Payment.objects.get() == lacking
    actions.confirm(membership=w.worker, payment=lacking.pk)
    jobs.forget()
    assert not Claim.objects.exists()
    assert not Payment.objects.exists()


def test_what_did_not_come_and_was_taken_back_is_kept_as_what_is_owed(w: World) -> None:
    with time_machine.travel(LONG_AGO):
        id_ = claim(w.worker)
        lacking = pay(w.coordinator, w.worker, 5000)
        actions.not_received(membership=w.worker, payment=lacking.pk)
        actions.reverse(by=w.coordinator, payment=lacking.pk)
    jobs.forget()
    assert Claim.objects.get().pk == id_
    with time_machine.travel(LONG_AGO):
        pay(w.coordinator, w.worker, 5000)
    jobs.forget()
    assert not Claim.objects.exists(), "the one that was taken back is missed no longer"


def test_the_payments_trigger_goes_back_to_what_it_was_and_forth(w: World) -> None:
    claim(w.worker)
    pay(w.coordinator, w.worker, 5000)
    migration = import_module("alongside.pay.migrations.0003_taken_back")
    editor = SimpleNamespace(connection=connection, execute=lambda sql, params: connection.cursor().execute(sql))
    Payment.objects.update(reversed=dt.date(2026, 1, 1))
    migration.lift(None, editor)
    Payment.objects.update(reversed=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.update(amount=F("amount") + 1)
    migration.hold(None, editor)
    Payment.objects.update(reversed=dt.date(2026, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.update(reversed=None)


def test_the_day_of_a_claim_can_be_put_right_and_nothing_else_of_it(w: World) -> None:
    claim(w.worker)
    migration = import_module("alongside.pay.migrations.0006_day_put_right")
    editor = SimpleNamespace(connection=connection, execute=lambda sql, params: connection.cursor().execute(sql))
    assert Claim.objects.update(day=dt.date(2026, 1, 1)) == 1
    migration.lift(None, editor)
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.update(day=dt.date(2026, 1, 2))
    migration.hold(None, editor)
    assert Claim.objects.update(day=dt.date(2026, 1, 2)) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.update(day=dt.date(2026, 1, 3), opened=dt.date(2026, 1, 3))


def test_the_triggers_can_be_lifted_and_held_again(w: World) -> None:
    claim(w.worker)
    migration = import_module("alongside.pay.migrations.0002_written_once")
    assert all(operation.reversible for operation in migration.Migration.operations)
    editor = SimpleNamespace(connection=connection, execute=lambda sql, params: connection.cursor().execute(sql))
    migration.lift(None, editor)
    assert Line.objects.update(amount=F("amount") + 1) == 1
    migration.hold(None, editor)
    with pytest.raises(IntegrityError), transaction.atomic():
        Line.objects.update(amount=F("amount") + 1)


@pytest.mark.django_db(transaction=True, databases=["default", "keys"])
def test_emptying_the_tables_between_tests_leaves_the_triggers() -> None:
    claim(world().worker)
    call_command("flush", interactive=False, verbosity=0)
    assert not Line.objects.exists()
    claim(world().worker)
    with pytest.raises(IntegrityError), transaction.atomic():
        Line.objects.update(amount=F("amount") + 1)
