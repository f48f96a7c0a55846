"""A page asks the database as many questions with much in it as with little: what grows is an answer, not the asking."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alongside.kit import clock
from alongside.pay import actions as pay
from alongside.pay import queries as ledger
from alongside.people import actions as people
from alongside.roles import actions as roles
from alongside.roles import calling
from alongside.roles import queries as role_queries
from alongside.roles.call_rules import Call
from alongside.roles.models import Role
from alongside.roles.tests.parts import other, proposed
from alongside.work import actions as work
from alongside.work import folding, months, months_queries, responses, stock
from alongside.work.models import Place, Release, Share, Supply
from tests.world import World, join, world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

FEW, MANY = 2, 25


def entry(role: Role, **fields: Any) -> dict[str, Any]:
    where = {"group": str(role.group_id), "role": str(role.pk), "shared": True}
    day = clock.today().isoformat()
    return {
        "id": str(uuid4()),
        "revision": 1,
        "day": day,
        "kinds": ["outreach", "forms"],
        "minutes": 60,
        "supplies": {"naloxone": 1},
        **where,
        **fields,
    }


def supplies(w: World) -> Supply:
    """The one supply that the group keeps count of, by lot."""
    if not Place.objects.exists():
        stock.add_place(by=w.coordinator, name="Van")
        stock.keep(by=w.coordinator, code="naloxone", unit="one", by_lot=True)
    return Supply.objects.get()


def lived_in(w: World, role: Role, size: int) -> dict[str, Any]:
    """Give the world ``size`` of everything, by two workers; return one entry of the first, and a call of all."""
    content = Call(("outreach",), 6000, "shift", "CAD")
    popular = w.group.calls.filter(role=None).first() or calling.call(by=w.coordinator, content=content)
    for n in range(size):
        newcomer = join(w.group, w.coordinator, f"new-{size}-{n}", f"N{n}")
        roles.ask(by=w.coordinator, role=role, membership=newcomer)
        calling.say_yes(by=newcomer, call=popular)
        good = clock.today() + dt.timedelta(days=n)
        lot = {"amount": 9, "key": uuid4(), "number": f"{size}-{n}", "expires": good}
        stock.take_in(by=w.coordinator, supply=supplies(w).pk, place=Place.objects.get().pk, **lot)
    people.invite(by=w.coordinator)
    for n in range(size):
        Release.objects.create(group=w.group, month=dt.date(2000 + size, 1, 1) + dt.timedelta(days=32 * n))
    for _n in range(size):
        call = calling.call(by=w.coordinator, content=content, role=role.pk)
        calling.say_yes(by=w.worker, call=call)
    newest = role_queries.newest(role)
    assert newest is not None
    for _n in range(size):
        roles.request_change(holding=role_queries.holding(w.worker.account, role), version=newest, text="Why?")
    mine = [entry(role, note="a word", share_note=True) for _ in range(size)]
    work.sync(account=w.worker.account, entries=mine)
    work.sync(account=w.other.account, entries=[entry(role) for _ in range(size)])
    for member in (w.worker, w.other):
        owed = ledger.owed_to(member, "CAD")
        pay.pay(by=w.coordinator, payee=owed.payee, currency="CAD", expected=owed.amount, key=uuid4())
    return {**mine[0], "call": popular.pk, "claim": Share.objects.get(entry=mine[0]["id"]).claim}


@contextmanager
def counting() -> Iterator[Callable[[], int]]:
    """How many statements were sent to either database."""
    with ExitStack() as stack:
        seen = [stack.enter_context(CaptureQueriesContext(connections[name])) for name in ("default", "keys")]
        yield lambda: sum(len(one) for one in seen)


def asked(w: World, path: str, who: str) -> int:
    """How many statements one look at a page takes."""
    browser = Client()
    browser.force_login(getattr(w, who).account)
    browser.get(path)  # whatever is remembered from the first look on
    with counting() as count:
        assert browser.get(path).status_code == 200
        return count()


def pages(w: World, role: Role, one: dict[str, Any]) -> dict[str, str]:
    group, month = w.group.pk, f"{clock.today():%Y-%m}"
    return {
        "/": "worker", "/record/": "worker", f"/work/{one['id']}/": "worker", "/pay/": "worker", "/letters/": "worker",
        "/people/groups/": "worker", f"/roles/{role.pk}/": "worker", "/api/v1/work/entries": "worker",
        f"/people/groups/{group}/": "steward", f"/work/groups/{group}/shared/": "coordinator",
        f"/work/groups/{group}/months/": "worker", f"/work/groups/{group}/months.csv": "coordinator",
        f"/work/groups/{group}/stock/": "worker", f"/work/groups/{group}/stock/{supplies(w).pk}/": "coordinator",
        f"/pay/groups/{group}/payroll/{month}.csv": "coordinator", f"/pay/groups/{group}/payroll/": "coordinator",
        f"/pay/groups/{group}/statements/{month}/": "worker", f"/pay/groups/{group}/statements/{month}.pdf": "worker",
        f"/pay/claims/{one['claim']}/": "worker", f"/pay/groups/{group}/": "coordinator", f"/roles/groups/{group}/": "coordinator",
        f"/roles/{role.pk}/compare/": "worker", f"/roles/{role.pk}/agreed/": "worker", "/api/v1/calls": "worker",
        "/roles/calls/": "worker", f"/roles/groups/{group}/calls/": "coordinator",
        f"/roles/calls/{one['call']}/": "coordinator",
    }  # fmt: skip


def test_pages_ask_no_more_when_there_is_more() -> None:
    w = world()
    role, version, held = proposed(w.coordinator, w.worker, w.other, terms=other())
    for holding in held:
        roles.agree(holding=holding, version=version)
    one = lived_in(w, role, FEW)
    little = {path: asked(w, path, who) for path, who in pages(w, role, one).items()}
    lived_in(w, role, MANY)
    much = {path: asked(w, path, who) for path, who in pages(w, role, one).items()}
    assert much == little


def test_recording_asks_no_more_when_there_is_more() -> None:
    w = world()
    role, version, held = proposed(w.coordinator, w.worker, w.other, terms=other())
    for holding in held:
        roles.agree(holding=holding, version=version)

    def recorded() -> int:
        with counting() as count:
            (answer,) = work.sync(account=w.worker.account, entries=[entry(role)])
            assert answer.status == "stored"
            return count()

    lived_in(w, role, FEW)
    little = recorded()
    lived_in(w, role, MANY)
    assert recorded() == little


def test_folding_asks_no_more_when_there_is_more() -> None:
    w = world()
    with time_machine.travel(clock.now() - dt.timedelta(days=200)) as clock_:
        role, version, held = proposed(w.coordinator, w.worker, terms=other())
        roles.agree(holding=held[0], version=version)

        def folded(size: int) -> int:
            work.sync(account=w.worker.account, entries=[{**entry(role), "role": None} for _ in range(size)])
            clock_.shift(dt.timedelta(days=91))
            with counting() as count:
                assert folding.fold() == size
                return count()

        supplies(w)
        assert folded(FEW) == folded(MANY)


def test_counting_a_month_asks_no_more_when_there_is_more() -> None:
    w = world()
    start = dt.datetime(2026, 1, 10, 12, tzinfo=dt.UTC)

    def counted(month: int, size: int) -> int:
        with time_machine.travel(start.replace(month=month), tick=False):
            for member in (w.steward, w.coordinator, w.second, w.worker, w.other):
                months.count(membership=member, yes=True)
                day, group = clock.today().isoformat(), str(w.group.pk)
                work.sync(account=member.account, entries=[_plain(day, group) for _ in range(size)])
                answers = [{"id": str(uuid4()), "month": day[:7], "group": group, "end": "left"} for _ in range(size)]
                responses.store(account=member.account, responses=answers)
        with time_machine.travel(start.replace(month=month + 2, day=20), tick=False):
            responses.fold()
            with counting() as count:
                assert months.release() == 1
                return count()

    assert counted(1, FEW) == counted(2, MANY)
    found = {one.month.month: one.work for one in months_queries.months(w.group)}
    assert (found[1], found[2]) == (
        {"all": 5 * FEW, "kind.outreach": 5 * FEW},
        {"all": 5 * MANY, "kind.outreach": 5 * MANY},
    )


def _plain(day: str, group: str) -> dict[str, Any]:
    return {"id": str(uuid4()), "revision": 1, "day": day, "kinds": ["outreach"], "group": group, "shared": True}
