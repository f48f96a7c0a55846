"""Two at once, for real: threads with connections of their own, on PostgreSQL and on an SQLite file."""

# ruff: noqa: B023 - every lambda is called before its round of the loop ends

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from django.db import connections

from alongside.pay import actions, disputes, queries
from alongside.pay.models import Line, Payment
from alongside.pay.rules import Owed
from alongside.pay.tests.helpers import claim, pay, state
from alongside.people.actions import Refused
from tests.server import empty_tables
from tests.world import World, world

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "keys"])

T = TypeVar("T")
ROUNDS = 8


def threads(*acts: Callable[[], T]) -> list[T | str]:
    """Do all of ``acts`` at once, each in a thread and on connections of its own; what was refused comes as text."""
    ready = threading.Barrier(len(acts))

    def run(act: Callable[[], T]) -> T | str:
        try:
            ready.wait(30)
            return act()
        except Refused as refused:
            return str(refused)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [done.result(60) for done in [pool.submit(run, act) for act in acts]]


def alone(act: Callable[[], T]) -> T:
    """As :func:`threads`, with one."""
    (done,) = threads(act)
    assert not isinstance(done, str), done
    return done


@pytest.fixture(autouse=True)
def shared(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On SQLite the test database is in memory, which locks in another way: new threads get files instead."""
    if connections["default"].vendor == "sqlite":
        for alias, path in empty_tables(tmp_path).items():
            monkeypatch.setitem(connections.settings[alias], "NAME", str(path))


def due(w: World) -> int:
    return sum(row.amount for row in queries.to_pay(w.group))


def test_two_coordinators_paying_at_once_pay_once() -> None:
    w = alone(world)
    for n in range(ROUNDS):
        ids = alone(lambda: [claim(w.worker, 1000) for _ in range(3)])
        done = threads(lambda: pay(w.coordinator, w.worker, 3000), lambda: pay(w.second, w.worker, 3000))
        refused = [text for text in done if isinstance(text, str)]
        assert len(refused) == 1, done
        assert "already" in refused[0]
        assert alone(lambda: ([state(i).balance for i in ids], Payment.objects.count())) == ([0, 0, 0], n + 1)


def test_one_form_sent_many_times_at_once_pays_once() -> None:
    w = alone(world)
    alone(lambda: claim(w.worker, 1000))
    key = uuid4()
    done = threads(*[lambda: pay(w.coordinator, w.worker, 1000, key=key).pk for _ in range(6)])
    assert done == [key] * 6
    assert alone(lambda: [Payment.objects.count(), Line.objects.count()]) == [1, 2]


def test_paying_while_the_worker_corrects_loses_nothing() -> None:
    """Either the correction comes first and the coordinator must look again, or it is owed after the payment."""
    w = alone(world)
    for _ in range(ROUNDS):
        id_ = alone(lambda: claim(w.worker, 1000))
        expected = alone(lambda: due(w))
        done = threads(
            lambda: pay(w.coordinator, w.worker, expected),
            lambda: actions.correct(claim=id_, parts=[Owed("time", 1500)]),
        )
        found = alone(lambda: state(id_))
        assert found.owed == 1500
        assert found.paid == (0 if isinstance(done[0], str) else 1000)
        rest = alone(lambda: due(w))
        alone(lambda: pay(w.second, w.worker, rest))


def test_paying_while_the_worker_drops_or_another_disputes_does_one_of_them() -> None:
    w = alone(world)
    for _ in range(ROUNDS):
        first, second = alone(lambda: [claim(w.worker, 1000) for _ in range(2)])
        acts: list[Callable[[], Any]] = [
            lambda: pay(w.coordinator, w.worker, 2000),
            lambda: actions.drop(claim=first),
            lambda: disputes.dispute(by=w.second, claim=second, reason="Why", offer=None),
        ]
        done = threads(*acts)
        states = alone(lambda: [state(i).state for i in (first, second)])
        if isinstance(done[0], str):
            assert states == ["dropped", "disputed"]
            alone(lambda: disputes.withdraw(by=w.second, claim=second))
            alone(lambda: pay(w.coordinator, w.worker, 1000))
        else:
            assert states == ["paid", "paid"]
            assert [isinstance(x, str) for x in done[1:]] == [True, True]


def test_many_claims_opened_while_paying_are_paid_or_still_owed() -> None:
    w = alone(world)
    alone(lambda: claim(w.worker, 1000))
    done = threads(
        lambda: pay(w.coordinator, w.worker, 1000),
        *[lambda: claim(w.worker, 10) for _ in range(4)],
        *[lambda: claim(w.other, 10) for _ in range(2)],
    )
    assert not any(isinstance(x, str) for x in done[1:])
    total = alone(lambda: sum(Line.objects.values_list("amount", flat=True)))
    assert total == 60 + (1000 if isinstance(done[0], str) else 0)


def test_both_coordinators_disputing_at_once_dispute_once() -> None:
    w = alone(world)
    id_ = alone(lambda: claim(w.worker, 1000))
    done = threads(
        lambda: disputes.dispute(by=w.coordinator, claim=id_, reason="One", offer=1),
        lambda: disputes.dispute(by=w.second, claim=id_, reason="Two", offer=2),
    )
    assert sorted(isinstance(x, str) for x in done) == [False, True]
    page = alone(lambda: queries.claim(id_))
    assert page is not None
    assert (page.reason, page.state.offer) in {("One", 1), ("Two", 2)}
    assert page.reason == ("One" if done[0] is None else "Two")
