import datetime as dt
from uuid import uuid4

import pytest
import time_machine
from django.db import transaction

from alongside.kit.models import AuditRow
from alongside.outbox import queries as outbox
from alongside.pay import actions, disputes, jobs, queries
from alongside.pay.models import Line, Payment
from alongside.pay.rules import Owed
from alongside.pay.tests.helpers import claim, letters, lines, pay, state
from alongside.pay.tests.test_at_once import alone, shared, threads  # noqa: F401 - the fixture gives threads files on SQLite
from alongside.pay.tests.test_views import get, post, text
from alongside.people.actions import Refused
from tests.world import World, world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


@pytest.fixture
def w() -> World:
    return world()


def test_what_did_not_come_is_owed_again_by_new_lines(w: World) -> None:
    first, second = claim(w.worker, 5000), claim(w.worker, 700)
    payment = pay(w.coordinator, w.worker, 5700)
    before = list(Line.objects.order_by("pk").values_list())
    actions.reverse(by=w.second, payment=payment.pk)
    assert list(Line.objects.order_by("pk").values_list())[: len(before)] == before
    assert lines(first) == [("time", 5000), ("paid", -5000), ("paid", 5000)]
    assert [(state(i).state, state(i).balance, state(i).met) for i in (first, second)] == [
        ("open", 5000, False),
        ("open", 700, False),
    ]
    assert not Line.objects.filter(part="paid").exclude(payment=payment).exists()
    payment.refresh_from_db()
    assert payment.reversed is not None
    (row,) = queries.to_pay(w.group)
    assert row.amount == 5700
    assert letters(w.worker) == ["pay.paid", "pay.reversed"]
    told = [letter.text for letter in outbox.letters(w.worker.account_id)]
    assert "Union took back a note that it paid you CA$57.00. What of it was for work is owed to you again." in told
    assert AuditRow.objects.filter(chain=w.group.pk, act="pay.reversed").count() == 1


def test_it_is_paid_again_and_then_came(w: World) -> None:
    id_ = claim(w.worker)
    actions.reverse(by=w.coordinator, payment=pay(w.coordinator, w.worker, 5000).pk)
    again = pay(w.coordinator, w.worker, 5000)
    assert state(id_).state == "paid"
    actions.confirm(membership=w.worker, payment=again.pk)
    assert state(id_).state == "confirmed", "the one that was taken back waits for no word"


def test_taking_back_twice_is_taking_back_once(w: World) -> None:
    id_ = claim(w.worker)
    payment = pay(w.coordinator, w.worker, 5000)
    for by in (w.coordinator, w.second, w.coordinator):
        actions.reverse(by=by, payment=payment.pk)
    assert state(id_).balance == 5000
    assert letters(w.worker) == ["pay.paid", "pay.reversed"]


def test_what_came_is_not_taken_back_and_what_was_taken_back_did_not_come(w: World) -> None:
    claim(w.worker)
    came = pay(w.coordinator, w.worker, 5000)
    actions.confirm(membership=w.worker, payment=came.pk)
    with pytest.raises(Refused, match="this came"):
        actions.reverse(by=w.coordinator, payment=came.pk)
    claim(w.worker)
    back = pay(w.coordinator, w.worker, 5000)
    actions.reverse(by=w.coordinator, payment=back.pk)
    for act in (actions.confirm, actions.not_received):
        with pytest.raises(Refused, match="took this payment back"):
            act(membership=w.worker, payment=back.pk)
    back.refresh_from_db()
    assert (back.received, back.missing) == (None, None)


def test_who_may_not_take_a_payment_back(w: World) -> None:
    claim(w.worker)
    claim(w.coordinator)
    theirs, own = pay(w.coordinator, w.worker, 5000), pay(w.second, w.coordinator, 5000)
    elsewhere = world("b").coordinator
    for by, what in (
        (w.steward, theirs),
        (w.worker, theirs),
        (w.other, theirs),
        (elsewhere, theirs),
        (w.coordinator, own),
    ):
        with pytest.raises(Refused), transaction.atomic():
            actions.reverse(by=by, payment=what.pk)
    with pytest.raises(Refused):
        actions.reverse(by=w.coordinator, payment=uuid4())
    assert not Payment.objects.filter(reversed__isnull=False).exists()


def test_what_was_taken_back_may_be_dropped_corrected_and_asked_about(w: World) -> None:
    dropped, corrected, asked = claim(w.worker, 100), claim(w.worker, 200), claim(w.worker, 300)
    actions.reverse(by=w.coordinator, payment=pay(w.coordinator, w.worker, 600).pk)
    actions.drop(claim=dropped)
    actions.correct(claim=corrected, parts=[Owed("time", 150)])
    disputes.dispute(by=w.coordinator, claim=asked, reason="Why", offer=0)
    assert [state(i).state for i in (dropped, corrected, asked)] == ["dropped", "open", "disputed"]
    assert state(dropped).balance == 0
    pay(w.coordinator, w.worker, 150)


def test_a_sum_that_fell_after_the_payment_is_owed_as_it_is_now(w: World) -> None:
    id_ = claim(w.worker, 5000)
    payment = pay(w.coordinator, w.worker, 5000)
    actions.correct(claim=id_, parts=[Owed("time", 2000)])
    actions.reverse(by=w.coordinator, payment=payment.pk)
    assert (state(id_).state, state(id_).balance) == ("open", 2000)
    pay(w.coordinator, w.worker, 2000)


def test_taken_off_a_later_payment_it_is_owed_again_in_all(w: World) -> None:
    first = claim(w.worker, 5000)
    never = pay(w.coordinator, w.worker, 5000)
    actions.correct(claim=first, parts=[Owed("time", 2000)])
    claim(w.worker, 4000)
    pay(w.coordinator, w.worker, 1000)
    actions.reverse(by=w.coordinator, payment=never.pk)
    (row,) = queries.to_pay(w.group)
    assert row.amount == 2000 + 4000 - 1000
    pay(w.coordinator, w.worker, 5000)
    assert queries.to_pay(w.group) == []


def test_a_payment_whose_lines_are_past_their_term_stays(w: World) -> None:
    with time_machine.travel(dt.datetime(2005, 6, 1, 12, tzinfo=dt.UTC)):
        claim(w.worker)
        payment = pay(w.coordinator, w.worker, 5000)
        late = claim(w.worker, 100)
    actions.correct(claim=late, parts=[Owed("time", 200)])
    jobs.forget()
    assert not Payment.objects.filter(pk=payment.pk).exists()
    with pytest.raises(Refused):
        actions.reverse(by=w.coordinator, payment=payment.pk)


@pytest.mark.django_db(transaction=True, databases=["default", "keys"])
def test_taken_back_while_the_worker_says_that_it_came_is_one_of_the_two(shared: None) -> None:  # noqa: F811
    w = alone(world)
    for _ in range(6):
        id_ = alone(lambda: claim(w.worker, 1000))
        payment = alone(lambda: pay(w.coordinator, w.worker, 1000).pk)
        done = threads(
            lambda: actions.reverse(by=w.coordinator, payment=payment),  # noqa: B023 - called within its round
            lambda: actions.reverse(by=w.second, payment=payment),  # noqa: B023
            lambda: actions.confirm(membership=w.worker, payment=payment),  # noqa: B023
        )
        found = alone(lambda: state(id_))  # noqa: B023
        if isinstance(done[2], str):
            assert (found.state, found.balance, done[:2]) == ("open", 1000, [None, None])
            alone(lambda: pay(w.coordinator, w.worker, 1000))
        else:
            assert (found.state, found.balance) == ("confirmed", 0)
            assert all(isinstance(x, str) for x in done[:2])


def test_both_sides_read_that_it_was_taken_back(w: World) -> None:
    id_ = claim(w.worker)
    payment = pay(w.coordinator, w.worker, 5000)
    post(w.worker, "missing", payment.pk)
    listed = get(w.coordinator, "group", w.group.pk)
    assert f"/pay/payments/{payment.pk}/" in listed
    page = text(get(w.coordinator, "payment", payment.pk))
    assert "They say it has not come" in page
    assert "Take this payment back" in page
    assert "Take this payment back" not in text(get(w.worker, "payment", payment.pk))
    page = text(post(w.coordinator, "reverse", payment.pk))
    assert "Taken back. What of it was for work is owed again." in page
    assert "Take this payment back" not in page
    group = text(get(w.second, "group", w.group.pk))
    assert "Taken back" in group
    assert "Wren CA$50.00 Wants: Cash." in group
    mine = text(get(w.worker, "mine"))
    assert "Owed to you now CA$50.00" in mine
    assert "Did it come?" not in mine
    assert "Taken back" in mine
    assert "Payment taken back CA$50.00" in text(get(w.worker, "claim", id_))
    assert "took this payment back" in text(post(w.worker, "received", payment.pk))


def test_a_payments_page_is_for_its_two_sides(w: World) -> None:
    claim(w.worker)
    payment = pay(w.coordinator, w.worker, 5000)
    for who, status in (
        (w.worker, 200),
        (w.second, 200),
        (w.other, 403),
        (w.steward, 403),
        (world("b").coordinator, 404),
    ):
        get(who, "payment", payment.pk, status=status)
    get(w.coordinator, "payment", uuid4(), status=404)
    post(w.worker, "reverse", payment.pk, status=403)
    post(w.other, "reverse", payment.pk, status=403)
    payment.refresh_from_db()
    assert payment.reversed is None
