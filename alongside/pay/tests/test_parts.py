from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from alongside.pay import actions, queries, rules
from alongside.pay.models import Payment
from alongside.pay.rules import Owed, Way
from alongside.pay.tests.helpers import claim, letters, lines, pay, state
from alongside.pay.tests.test_at_once import alone, shared, threads  # noqa: F401 - the fixture gives threads files on SQLite
from alongside.pay.tests.test_views import get, hidden, payee, post, text
from alongside.people.actions import Refused
from alongside.people.models import Membership
from tests.world import World, world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


@pytest.fixture
def w() -> World:
    return world()


def part(
    w: World, to: Membership, expected: int, *ways: Way, ahead: bool = False, by: Membership | None = None
) -> Payment:
    return actions.pay(
        by=by or w.coordinator, payee=payee(to), currency="CAD", expected=expected, key=uuid4(), ways=ways, ahead=ahead
    )


def ahead(w: World, to: Membership, amount: int, expected: int = 0, by: Membership | None = None) -> Payment:
    ways = [Way("cash", amount)]
    return actions.pay_ahead(by=by or w.coordinator, to=to, currency="CAD", expected=expected, key=uuid4(), ways=ways)


MONEY = st.lists(st.integers(-50, 300), max_size=6)


@given(funds=MONEY, due=MONEY)
def test_what_is_spread_is_all_that_can_be_and_no_more(funds: list[int], due: list[int]) -> None:
    found = rules.spread(funds, due)
    gave, got = [0] * len(funds), [0] * len(due)
    for fund, place, amount in found:
        assert amount > 0
        gave[fund] += amount
        got[place] += amount
    assert all(gave[n] <= max(funds[n], 0) for n in range(len(funds)))
    assert all(got[n] <= max(due[n], 0) for n in range(len(due)))
    assert sum(got) == min(sum(max(n, 0) for n in funds), sum(max(n, 0) for n in due))
    whole = [got[n] == max(due[n], 0) for n in range(len(due))]
    assert not any(got[n] for n in range(len(due)) if not all(whole[:n])), "the oldest first"


def test_a_part_pays_the_oldest_first_and_the_rest_stays_owed(w: World) -> None:
    ids = [row.id for row in sorted((state(claim(w.worker, n)) for n in (100, 200)), key=lambda c: c.id)]
    part(w, w.worker, 300, Way("cash", state(ids[0]).owed + 30))
    assert [state(i).balance for i in ids] == [0, state(ids[1]).owed - 30]
    assert [state(i).state for i in ids] == ["paid", "open"]
    (row,) = queries.to_pay(w.group)
    pay(w.second, w.worker, row.amount)
    assert queries.to_pay(w.group) == []


def test_cash_and_transfer_are_two_payments_each_with_its_own_word(w: World) -> None:
    id_ = claim(w.worker, 5000)
    key = uuid4()
    wanted = {"by": w.coordinator, "payee": payee(w.worker), "currency": "CAD", "expected": 5000, "key": key}
    ways = [Way("cash", 2000), Way("transfer", 3000)]
    for _ in range(2):  # a second tap
        assert actions.pay(**wanted, ways=ways).pk == key
    assert sorted(Payment.objects.values_list("method", "amount")) == [("cash", 2000), ("transfer", 3000)]
    assert letters(w.worker) == ["pay.paid", "pay.paid"]
    actions.confirm(membership=w.worker, payment=key)
    assert state(id_).state == "paid", "the transfer waits for its own word"
    (other,) = Payment.objects.exclude(pk=key)
    actions.reverse(by=w.second, payment=other.pk)
    assert (state(id_).balance, state(id_).paid) == (3000, 2000)


@pytest.mark.parametrize(
    "ways",
    [
        [Way("cash", 0)],
        [Way("cash", -1)],
        [Way("gold", 10)],
        [Way("cash", 10), Way("cash", 10)],
        [Way("cash", 4000), Way("transfer", 1001)],
        [Way("cash", 5001)],
        [Way("cash", 10**12)],
    ],
)
def test_what_cannot_be_pays_nothing(w: World, ways: list[Way]) -> None:
    claim(w.worker, 5000)
    with pytest.raises(Refused), transaction.atomic():
        part(w, w.worker, 5000, *ways)
    assert not Payment.objects.exists()


def test_half_before_and_half_after(w: World) -> None:
    before = ahead(w, w.worker, 10000)
    assert letters(w.worker) == ["pay.ahead"]
    (row,) = queries.to_pay(w.group)
    assert (row.amount, row.ahead, row.due) == (-10000, 10000, 0)
    (held,) = queries.claims(w.worker)
    assert (held.state, held.advance, held.ahead, held.until) == ("ahead", True, 10000, None)
    id_ = claim(w.worker, 20000)
    (row,) = queries.to_pay(w.group)
    assert (row.amount, row.due, row.taken) == (10000, 20000, 10000)
    after = pay(w.second, w.worker, 10000)
    assert [amount for what, amount in lines(id_) if what == "paid"] == [-10000, -10000]
    assert sorted((p.pk, n) for p, n in queries.given([id_])[id_]) == sorted([(before.pk, 10000), (after.pk, 10000)])
    assert queries.to_pay(w.group) == []
    assert state(held.id).state == "nothing"
    for payment in (before, after):
        assert state(id_).state == "paid"
        actions.confirm(membership=w.worker, payment=payment.pk)
    assert state(id_).state == "confirmed"


def test_what_was_paid_ahead_and_never_came_is_owed_for_the_work_that_it_went_to(w: World) -> None:
    before = ahead(w, w.worker, 10000)
    id_ = claim(w.worker, 20000)
    pay(w.second, w.worker, 10000)
    actions.reverse(by=w.second, payment=before.pk)
    assert (state(id_).balance, state(id_).paid) == (10000, 10000)
    (row,) = queries.to_pay(w.group)
    assert (row.amount, row.taken) == (10000, 0)


def test_what_was_paid_ahead_and_taken_back_before_any_work_is_gone(w: World) -> None:
    actions.reverse(by=w.second, payment=ahead(w, w.worker, 10000).pk)
    assert queries.to_pay(w.group) == []
    assert "Paid ahead" not in text(get(w.worker, "mine")).replace("Paid ahead on", "")


def test_paying_ahead_pays_first_what_is_owed(w: World) -> None:
    id_ = claim(w.worker, 3000)
    payment = ahead(w, w.worker, 5000, 3000)
    assert state(id_).state == "paid"
    (row,) = queries.to_pay(w.group)
    assert row.amount == -2000
    assert sorted(n for _c, n in queries.settled(payment.pk)) == [2000, 3000]


def test_what_covers_all_is_taken_off_without_money(w: World) -> None:
    ahead(w, w.worker, 5000)
    id_ = claim(w.worker, 3000)
    with pytest.raises(Refused), transaction.atomic():
        pay(w.coordinator, w.worker, -2000)
    wanted = {"payee": payee(w.worker), "currency": "CAD"}
    with pytest.raises(Refused), transaction.atomic():
        actions.take_off(by=w.coordinator, expected=-1000, **wanted)
    with pytest.raises(Refused), transaction.atomic():
        actions.take_off(by=w.other, expected=-2000, **wanted)
    actions.take_off(by=w.coordinator, expected=-2000, **wanted)
    actions.take_off(by=w.second, expected=-2000, **wanted)
    assert (state(id_).state, state(id_).balance) == ("paid", 0)
    assert Payment.objects.count() == 1
    (row,) = queries.to_pay(w.group)
    assert row.amount == -2000


def test_money_paid_ahead_is_no_work_to_ask_about(w: World) -> None:
    from alongside.pay import disputes

    ahead(w, w.worker, 5000)
    (held,) = queries.claims(w.worker)
    with pytest.raises(Refused):
        disputes.dispute(by=w.coordinator, claim=held.id, reason="Why", offer=None)


def test_who_may_not_pay_ahead(w: World) -> None:
    elsewhere = world("b")
    for by, to in (
        (w.steward, w.worker),
        (w.other, w.worker),
        (w.coordinator, w.coordinator),
        (w.coordinator, elsewhere.worker),
    ):
        with pytest.raises(Refused), transaction.atomic():
            ahead(w, to, 100, by=by)
    assert not Payment.objects.exists()


@pytest.mark.django_db(transaction=True, databases=["default", "keys"])
def test_two_coordinators_paying_ahead_at_once_pay_once(shared: None) -> None:  # noqa: F811
    w = alone(world)
    for n in range(4):
        seen = -100 * n
        done = threads(
            lambda: ahead(w, w.worker, 100, seen, by=w.coordinator),  # noqa: B023 - called within its round
            lambda: ahead(w, w.worker, 100, seen, by=w.second),  # noqa: B023
        )
        assert sorted(isinstance(x, str) for x in done) == [False, True], done
        assert alone(Payment.objects.count) == n + 1


def test_a_part_and_two_ways_on_the_page(w: World) -> None:
    claim(w.worker, 5000)
    args = (w.group.pk, payee(w.worker), "CAD")
    seen = hidden(get(w.coordinator, "pay", *args))
    form = {"key": seen["key"], "expected": seen["expected"], "method": "cash"}
    for typed, said in (
        ({"amount": "much"}, "could not read"),
        ({"amount": "-1"}, "less than nothing"),
        ({"amount": "10", "more": "5"}, "say in which way"),
        ({"amount": "10", "method": "gold"}, "gold"),
    ):
        page = post(w.coordinator, "pay", *args, status=200, **{**form, **typed})
        assert said in text(page)
        assert f'value="{typed["amount"]}"' in page
    page = post(w.coordinator, "pay", *args, status=200, **form, amount="50.01")
    assert "more than is owed" in text(page)
    assert 'value="50.01"' in page
    page = text(post(w.coordinator, "pay", *args, **form, amount="10.00", more="5", other="transfer"))
    assert "Paid: CA$15.00." in page
    assert "Wren CA$35.00" in page
    mine = text(get(w.worker, "mine"))
    assert "Owed to you now CA$35.00" in mine
    assert "CA$10.00 · Cash" in mine
    assert "CA$5.00 · Bank transfer" in mine
    assert "To be paid The rest of it CA$35.00" in mine, "what is said to be paid adds up to what is owed"
    assert "The rest of it" in text(get(w.second, "pay", *args))


def test_paid_ahead_in_words_to_both_sides(w: World) -> None:
    listed = get(w.coordinator, "ahead-whom", w.group.pk)
    assert "Wren" in listed
    assert "Cleo" not in text(listed), "nobody pays their own"
    args = (w.group.pk, w.worker.pk, "CAD")
    get(w.coordinator, "ahead", w.group.pk, w.coordinator.pk, "CAD", status=403)
    get(w.coordinator, "ahead", w.group.pk, uuid4(), "CAD", status=404)
    get(w.coordinator, "ahead", w.group.pk, w.worker.pk, "ZZZ", status=404)
    seen = hidden(get(w.coordinator, "ahead", *args))
    form = {"key": seen["key"], "expected": seen["expected"], "method": "cash", "amount": "40"}
    assert "Paid: CA$40.00." in text(post(w.coordinator, "ahead", *args, **form))
    assert "The sum has changed" in text(post(w.second, "ahead", *args, status=200, **{**form, "key": str(uuid4())}))
    assert "CA$40.00 is paid ahead already" in text(get(w.second, "ahead", *args))
    assert "Paid ahead: CA$40.00. It is taken off the next pay." in text(get(w.second, "group", w.group.pk))
    assert "Paid ahead CA$40.00 You got this before it was owed." in text(get(w.worker, "mine"))
    claim(w.worker, 3000)
    group = get(w.second, "group", w.group.pk)
    assert "What was paid ahead covers what is owed." in text(group)
    assert "paid by what was paid ahead" in text(
        post(w.second, "take-off", w.group.pk, payee(w.worker), "CAD", expected=hidden(group)["expected"])
    )
    claim(w.worker, 3000)
    both = "CA$30.00 is owed for work. CA$10.00 was paid ahead and is taken off."
    for page in (
        get(w.worker, "mine"),
        get(w.second, "group", w.group.pk),
        get(w.second, "pay", w.group.pk, payee(w.worker), "CAD"),
    ):
        assert both in text(page)
        assert "CA$20.00" in text(page)
    (held,) = [c for c in queries.claims(w.worker) if c.advance]
    page = text(get(w.worker, "claim", held.id))
    assert "Paid ahead on" in page
    assert "Used for other work CA$30.00" in page


def test_a_later_change_of_what_was_paid_in_parts_keeps_the_sums(w: World) -> None:
    id_ = claim(w.worker, 5000)
    part(w, w.worker, 5000, Way("cash", 2000))
    actions.correct(claim=id_, parts=[Owed("time", 1500)])
    (row,) = queries.to_pay(w.group)
    assert row.amount == -500
    with pytest.raises(Refused), transaction.atomic():
        actions.drop(claim=id_)
