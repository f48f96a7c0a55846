import datetime as dt

import pytest
import time_machine
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from alongside.pay import actions, reports, rules
from alongside.pay.tests.helpers import claim, pay
from alongside.pay.tests.test_views import get, text
from alongside.people import queries as people
from alongside.people.actions import leave
from alongside.people.models import Membership
from tests.world import World, join, world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

PAID = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 400)), max_size=40)


@given(paid=PAID, people=st.integers(0, 9))
def test_a_wait_is_shown_only_where_it_is_about_nobody_and_is_what_it_says(
    paid: list[tuple[int, int]], people: int
) -> None:
    found = rules.wait(paid, people)
    payees = [payee for payee, _days in paid]
    most = max((payees.count(payee) for payee in set(payees)), default=0)
    assert (found is not None) == (people >= 5 and len(set(payees)) >= 3 and most / len(paid) <= 0.7)
    if found is not None:
        days = [d for _payee, d in paid]
        assert {found.half, found.most} <= set(days)
        for figure, share in ((found.half, 0.5), (found.most, 0.9)):
            assert sum(d <= figure for d in days) >= share * len(days) - 1e-9
            assert sum(d < figure for d in days) < share * len(days)
    assert rules.wait(paid[::-1], people) == found


def paid_after(w: World, who: Membership, day: str, *, back: bool = False) -> None:
    noon = timezone.make_aware(dt.datetime.fromisoformat(f"{day}T12:00")).astimezone(dt.UTC)
    with time_machine.travel(noon, tick=False):
        claim(who, 1000)  # of 2 March
        by = w.second if who == w.coordinator else w.coordinator
        payment = pay(by, who, 1000)
        if back:
            actions.reverse(by=by, payment=payment.pk)
            actions.drop(claim=payment.lines.order_by("pk")[0].claim_id)


def test_the_last_twelve_whole_months_and_nothing_that_was_taken_back(w: World) -> None:
    paid_after(w, w.worker, "2026-03-05")
    paid_after(w, w.other, "2026-03-12")
    may = dt.date(2026, 5, 20)
    assert reports.wait(w.group, may) is None, "two were paid"
    paid_after(w, w.coordinator, "2026-04-01", back=True)
    assert reports.wait(w.group, may) is None, "what came back was not paid"
    paid_after(w, w.coordinator, "2026-04-01")
    assert reports.wait(w.group, may) == rules.Wait(half=10, most=30)
    assert reports.wait(w.group, dt.date(2026, 4, 20)) is None, "this month waits for its end"
    assert reports.wait(w.group, dt.date(2027, 4, 1)) is None, "older than twelve months"
    elsewhere = world("b")
    assert reports.wait(elsewhere.group, may) is None


def test_a_group_that_people_left_is_as_small_as_it_is_now(w: World) -> None:
    for who, day in ((w.worker, "2026-03-03"), (w.other, "2026-03-12"), (w.coordinator, "2026-04-01")):
        paid_after(w, who, day)
    may = dt.date(2026, 5, 20)
    assert people.size(w.group) == rules.LEAST_PEOPLE
    assert reports.wait(w.group, may) is not None
    leave(membership=w.other, settled=True)
    assert reports.wait(w.group, may) is None
    join(w.group, w.coordinator, "newcomer", "Nia")
    assert reports.wait(w.group, may) is not None


def test_everybody_in_the_group_reads_it_and_nobody_else(w: World) -> None:
    with time_machine.travel(dt.datetime(2026, 5, 20, 6, tzinfo=dt.UTC), tick=False):
        assert "too little to say" in text(get(w.worker, "wait", w.group.pk))
    for who, day in ((w.worker, "2026-03-03"), (w.other, "2026-03-12"), (w.coordinator, "2026-04-01")):
        paid_after(w, who, day)
    with time_machine.travel(dt.datetime(2026, 5, 20, 6, tzinfo=dt.UTC), tick=False):
        for who in (w.worker, w.steward, w.second):
            page = text(get(who, "wait", w.group.pk))
            assert "10 days Half of the work" in page
            assert "30 days Nine in ten" in page
            assert not any(name in page for name in ("Wren", "Olive", "Cleo"))
        get(world("b").coordinator, "wait", w.group.pk, status=404)


@pytest.fixture
def w() -> World:
    return world()
