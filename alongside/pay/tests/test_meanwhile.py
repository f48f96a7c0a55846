"""What somebody is told when another did something meanwhile, or when there is nobody else: true words, and nothing typed lost."""

from typing import Any
from uuid import uuid4

import pytest
from django.utils.translation import override

from alongside.outbox import queries as outbox
from alongside.pay import access, actions, disputes, queries
from alongside.pay.forms import DisputeForm, MessageForm, WaysForm
from alongside.pay.models import Payment
from alongside.pay.rules import Owed, Way
from alongside.pay.tests.helpers import claim, letters, pay
from alongside.pay.tests.test_views import disputed, get, hidden, payee, post, text
from alongside.people import actions as people
from alongside.people.actions import Refused
from alongside.people.models import Membership
from tests.world import World, world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

PAID = "This was paid already. No more was paid."
CHANGED = "The sum has changed since you looked. Nothing was paid."


@pytest.fixture
def w() -> World:
    return world()


def tried(w: World, by: Membership, expected: int) -> str:
    """What somebody is told who pays what they saw, in vain."""
    with pytest.raises(Refused) as refused:
        pay(by, w.worker, expected)
    return str(refused.value)


# "Paid already" is said of what was paid


def test_what_came_into_question_meanwhile_is_not_said_to_be_paid(w: World) -> None:
    claim(w.other)
    pay(w.coordinator, w.other, 5000)
    disputed(w, offer=None)
    assert CHANGED in tried(w, w.second, 5000)
    page = text(post(w.second, "pay", w.group.pk, payee(w.worker), "CAD", key=str(uuid4()), expected="5000"))
    assert CHANGED in page
    assert "paid already" not in page
    assert Payment.objects.count() == 1


def test_nor_is_it_when_a_part_of_it_was_paid_before(w: World) -> None:
    id_ = claim(w.worker, 9000)
    own = payee(w.worker)
    actions.pay(by=w.second, payee=own, currency="CAD", expected=9000, key=uuid4(), ways=[Way("cash", 6000)])
    disputes.dispute(by=w.second, claim=id_, reason="Why", offer=None)
    assert CHANGED in tried(w, w.coordinator, 3000), "the 60 that were paid are not the 30 that were seen"


def test_what_was_dropped_or_put_right_meanwhile_is_not_said_to_be_paid(w: World) -> None:
    first = claim(w.worker)
    pay(w.coordinator, w.worker, 5000)
    second = claim(w.worker)
    actions.drop(claim=second)
    assert CHANGED in tried(w, w.second, 5000)
    actions.correct(claim=first, parts=[Owed("time", 6000)])
    actions.correct(claim=first, parts=[Owed("time", 5000)])
    assert CHANGED in tried(w, w.second, 1000)


def test_what_another_paid_meanwhile_is_said_to_be_paid(w: World) -> None:
    claim(w.worker)
    pay(w.coordinator, w.worker, 5000)
    assert tried(w, w.second, 5000) == PAID
    claim(w.worker, 700)
    actions.pay_ahead(
        by=w.coordinator, to=w.worker, currency="CAD", expected=700, key=uuid4(), ways=[Way("cash", 1000)]
    )
    assert tried(w, w.second, 700) == PAID
    assert CHANGED in tried(w, w.second, 9000), "no payment was as large as that"


# A payment that is taken back


def test_who_paid_is_told_that_it_was_taken_back_and_not_by_whom(w: World) -> None:
    claim(w.worker)
    payment = pay(w.coordinator, w.worker, 5000)
    actions.reverse(by=w.second, payment=payment.pk)
    actions.reverse(by=w.second, payment=payment.pk)
    assert letters(w.coordinator) == ["pay.back"]
    assert letters(w.second) == letters(w.other) == letters(w.steward) == []
    told = outbox.letters(w.coordinator.account_id)[0]
    assert told.text == "A note that CA$50.00 was paid to Wren was taken back. Before you pay it again, ask if it came."
    assert told.path == f"/pay/payments/{payment.pk}/"
    assert "and so do the others who pay people here" in get(
        w.coordinator, "payment", pay(w.coordinator, w.worker, 5000).pk
    )


def test_who_was_paid_is_told_as_that_alone(w: World) -> None:
    claim(w.coordinator)
    actions.reverse(by=w.second, payment=pay(w.second, w.coordinator, 5000).pk)
    assert letters(w.coordinator) == ["pay.paid", "pay.reversed"]
    assert letters(w.second) == []


def test_money_given_ahead_and_not_used_is_not_said_to_be_owed_again(w: World) -> None:
    ways = [Way("cash", 1000)]
    given = actions.pay_ahead(by=w.coordinator, to=w.worker, currency="CAD", expected=0, key=uuid4(), ways=ways)
    page = text(post(w.coordinator, "reverse", given.pk))
    assert page.count("What of it was for work is owed again.") == 2
    assert "What it was for is owed again" not in page
    with pytest.raises(Refused, match="What of it was for work is owed to you again"):
        actions.confirm(membership=w.worker, payment=given.pk)
    assert queries.to_pay(w.group) == []


# An answer to what the other side settled meanwhile


@pytest.mark.parametrize(("name", "who"), [("answer", "worker"), ("offer", "coordinator")])
@pytest.mark.parametrize("amount", ["40", "a lot"])
def test_an_answer_that_came_too_late_is_said_to_be_and_shown(w: World, name: str, who: str, amount: str) -> None:
    id_ = disputed(w)
    disputes.withdraw(by=w.second, claim=id_)
    page = post(getattr(w, who), name, id_, status=200, text="I was <there>", offer=amount)
    assert "This is settled already." in text(page)
    assert "This was not sent:" in text(page)
    assert f'<p class="kept">I was &lt;there&gt;\n{amount} CAD</p>' in page
    assert "This was not sent:" not in get(getattr(w, who), "claim", id_)


def test_settled_between_the_look_and_the_answer(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    id_, looked = disputed(w), access.own_claim

    def look(*given: Any) -> Any:
        found = looked(*given)
        disputes.withdraw(by=w.second, claim=id_)
        return found

    monkeypatch.setattr(access, "own_claim", look)
    page = post(w.worker, "answer", id_, status=200, text="Two hours", offer="40")
    assert "This is settled already." in text(page)
    assert '<p class="kept">Two hours\n40 CAD</p>' in page
    assert "<textarea" not in page


# A part, or two ways


def test_what_was_refused_comes_back_as_it_was_typed_and_open(w: World) -> None:
    claim(w.worker)
    args = (w.group.pk, payee(w.worker), "CAD")
    seen = hidden(get(w.coordinator, "pay", *args))
    claim(w.worker, 700)
    typed = {"amount": "10", "method": "cash", "more": "5.5", "other": "voucher"}
    page = post(w.coordinator, "pay", *args, status=200, key=seen["key"], expected=seen["expected"], **typed)
    assert CHANGED in text(page)
    assert "<details open>" in page
    assert 'value="10"' in page
    assert 'value="5.5"' in page
    assert '<option value="voucher" selected>' in page
    assert hidden(page)["expected"] == "5700", "the sum is as it is now"
    assert not Payment.objects.exists()
    again = hidden(page)
    assert "Paid: CA$15.50." in text(
        post(w.coordinator, "pay", *args, key=again["key"], expected=again["expected"], **typed)
    )


def test_a_part_of_what_another_paid_whole_meanwhile(w: World) -> None:
    claim(w.worker)
    pay(w.second, w.worker, 5000)
    args = (w.group.pk, payee(w.worker), "CAD")
    page = text(post(w.coordinator, "pay", *args, key=str(uuid4()), expected="5000", amount="10", method="cash"))
    assert PAID in page
    assert "Nothing is open here now." in page


# Nobody else


def test_the_only_coordinator_is_not_sent_to_somebody_else(w: World) -> None:
    claim(w.coordinator)
    nobody, other = (
        "Nobody else here can pay this. Ask a steward to choose who else can pay.",
        "Someone else has to pay it.",
    )
    page = text(get(w.coordinator, "group", w.group.pk))
    assert (other in page, nobody in page) == (True, False)
    people.leave(membership=w.second, settled=False)
    page = text(get(w.coordinator, "group", w.group.pk))
    assert (other in page, nobody in page) == (False, True)


# Words for what cannot be read


@pytest.mark.parametrize(
    ("currency", "typed", "example"), [("CAD", "much", "12.50"), ("JPY", "12.50", "12"), ("KWD", "1.23456", "12.500")]
)
def test_a_sum_is_shown_as_its_currency_is_written(currency: str, typed: str, example: str) -> None:
    said = f"We could not read this sum. Write it like {example}."
    assert MessageForm({"offer": typed}, currency=currency).errors["offer"] == [said]
    form = WaysForm({"amount": typed, "method": "cash"}, currency=currency)
    assert form.errors["amount"] == [said]
    assert "offer" not in MessageForm({"offer": example}, currency=currency).errors


def test_a_sum_is_shown_as_the_language_writes_it() -> None:
    with override("fr"):
        form = MessageForm({"offer": "much"}, currency="CAD")
        assert "12,50" in form.errors["offer"][0]
        assert "offer" not in MessageForm({"offer": "12,50"}, currency="CAD").errors


def test_too_long_a_text_is_said_in_our_own_words() -> None:
    for form in (
        MessageForm({"text": "x" * 2001}, currency="CAD"),
        DisputeForm({"reason": "x" * 2001}, currency="CAD"),
    ):
        assert [str(one[0]) for one in form.errors.values()] == ["This is too long. Please write less."]
