import datetime as dt
from uuid import uuid4

import pytest
import time_machine

from alongside.kit import audit
from alongside.kit.models import AuditRow
from alongside.outbox import queries as outbox
from alongside.pay import actions, disputes, queries
from alongside.pay.models import Claim, Line, Payee, Payment
from alongside.pay.rules import Owed, Way
from alongside.pay.tests.helpers import DAY, claim, letters, lines, pay, state
from alongside.people.actions import Refused
from alongside.people.models import Membership
from tests.world import World, world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


@pytest.fixture
def w() -> World:
    return world()


def test_a_claim_is_owed_at_once_and_kept_for_the_groups_term(w: World) -> None:
    parts = [Owed("time", 3750), Owed("premium", 1875)]
    with time_machine.travel(dt.datetime(2026, 3, 5, 11, tzinfo=dt.UTC), tick=False):
        id_ = actions.open_claim(membership=w.worker, currency="CAD", day=DAY, parts=parts, actor=w.worker.account)
        found = state(id_)
    assert (found.state, found.owed, found.paid, found.balance) == ("open", 5625, 0, 5625)
    assert found.until == dt.date(2026, 3, 19)
    row = Claim.objects.get(pk=id_)
    assert row.keep_until == dt.date(2033, 3, 5)
    assert lines(id_) == [("time", 3750), ("premium", 1875)]


def test_a_claim_of_nothing_stands_at_nothing(w: World) -> None:
    assert state(claim(w.worker, 0)).state == "nothing"


@pytest.mark.parametrize("part", [Owed("paid", 1), Owed("time", 0), Owed("time", -1), Owed("correction", 1)])
def test_a_claim_opens_with_earned_parts_alone(w: World, part: Owed) -> None:
    with pytest.raises(ValueError, match="earned"):
        actions.open_claim(membership=w.worker, currency="CAD", day=DAY, parts=[part], actor=None)
    assert not Claim.objects.exists()


def test_the_ledger_holds_no_person(w: World) -> None:
    id_ = claim(w.worker)
    payment = pay(w.coordinator, w.worker, 5000)
    secrets = {w.worker.pk, w.worker.account_id}
    for row in (Claim.objects.get(pk=id_), payment, Line.objects.first()):
        assert not secrets & {value for value in vars(row).values() if value.__hash__}


def test_deleting_the_account_deletes_the_link_and_keeps_the_lines(w: World) -> None:
    id_ = claim(w.worker)
    payee = actions.payee(membership=w.worker).payee
    w.worker.account.delete()
    assert not Payee.objects.filter(payee=payee).exists()
    assert state(id_).balance == 5000
    (row,) = queries.to_pay(w.group)
    assert (row.payee, row.member, row.name, row.amount) == (payee, None, "", 5000)
    actions.pay(by=w.coordinator, payee=payee, currency="CAD", expected=5000, key=uuid4())
    assert state(id_).state == "paid"


def test_a_correction_is_one_new_line(w: World) -> None:
    id_ = claim(w.worker, 5000)
    assert actions.correct(claim=id_, parts=[Owed("time", 6000), Owed("premium", 500)]) == 1500
    assert actions.correct(claim=id_, parts=[Owed("time", 6500)]) == 0
    assert actions.correct(claim=id_, parts=[]) == -6500
    assert lines(id_) == [("time", 5000), ("correction", 1500), ("correction", -6500)]


def test_paid_ahead_is_carried_and_taken_off_the_next_payment(w: World) -> None:
    first = claim(w.worker, 5000)
    pay(w.coordinator, w.worker, 5000)
    actions.correct(claim=first, parts=[Owed("time", 2000)])
    assert (state(first).balance, state(first).ahead, state(first).state) == (-3000, 3000, "paid")
    (row,) = queries.to_pay(w.group)
    assert row.amount == -3000
    with pytest.raises(Refused):
        pay(w.coordinator, w.worker, -3000)
    second = claim(w.worker, 4000)
    payment = pay(w.second, w.worker, 1000)
    assert payment.amount == 1000
    assert [state(i).balance for i in (first, second)] == [0, 0]
    assert queries.to_pay(w.group) == []


def test_dropping_before_payment_brings_to_zero_once_and_for_good(w: World) -> None:
    id_ = claim(w.worker)
    actions.drop(claim=id_)
    actions.drop(claim=id_)
    assert lines(id_) == [("time", 5000), ("dropped", -5000)]
    assert state(id_).state == "dropped"
    with pytest.raises(Refused):
        actions.correct(claim=id_, parts=[Owed("time", 1)])
    assert queries.to_pay(w.group) == []
    empty = claim(w.worker, 0)
    actions.drop(claim=empty)
    assert state(empty).state == "dropped"


def test_paid_work_stays_paid(w: World) -> None:
    id_ = claim(w.worker)
    pay(w.coordinator, w.worker, 5000)
    with pytest.raises(Refused):
        actions.drop(claim=id_)
    assert state(id_).state == "paid"


def test_paying_settles_everything_open_at_once_by_the_chosen_method(w: World) -> None:
    mine = [claim(w.worker, n) for n in (100, 200, 300)]
    theirs = claim(w.other, 700)
    euros = claim(w.worker, 900, "EUR")
    actions.choose_method(membership=w.worker, method="voucher")
    payment = pay(w.coordinator, w.worker, 600)
    assert (payment.amount, payment.currency, payment.method) == (600, "CAD", "voucher")
    assert [state(i).state for i in mine] == ["paid"] * 3
    assert [state(i).state for i in (theirs, euros)] == ["open", "open"]
    assert Line.objects.filter(payment=payment).count() == 3
    assert letters(w.worker) == ["pay.paid"]
    (letter,) = [x for x in outbox.letters(w.worker.account_id) if "600" in x.text or "6.00" in x.text]
    assert letter.text == "Union paid you CA$6.00. Did it come?"


def test_the_same_form_twice_gives_the_same_payment(w: World) -> None:
    claim(w.worker)
    key = uuid4()
    first, again = pay(w.coordinator, w.worker, 5000, key=key), pay(w.coordinator, w.worker, 5000, key=key)
    assert first == again
    assert Payment.objects.count() == 1
    assert letters(w.worker) == ["pay.paid"]


def test_the_same_form_with_another_sum_or_way_is_not_said_to_be_paid(w: World) -> None:
    claim(w.worker)
    key, payee = uuid4(), actions.payee(membership=w.worker).payee

    def send(*ways: Way) -> Payment:
        return actions.pay(by=w.coordinator, payee=payee, currency="CAD", expected=5000, key=key, ways=ways)

    made = send(Way("cash", 2000), Way("card", 500))
    for other in (
        [Way("cash", 2500)], [Way("cash", 2000)], [Way("card", 2000), Way("cash", 500)], [Way("cash", 2000), Way("card", 600)],
        [Way("cash", 2000), Way("card", 500), Way("voucher", 1)],
    ):  # fmt: skip
        with pytest.raises(Refused, match="Nothing was paid"):
            send(*other)
    assert send(Way("cash", 2000), Way("card", 500)) == made
    assert sorted(Payment.objects.values_list("amount", flat=True)) == [500, 2000]
    assert letters(w.worker) == ["pay.paid"] * 2


def test_the_whole_sum_in_one_way_is_the_same_payment_by_either_form(w: World) -> None:
    claim(w.worker)
    payment = pay(w.coordinator, w.worker, 5000)

    def send(way: Way) -> Payment:
        return actions.pay(
            by=w.coordinator, payee=payment.payee, currency="CAD", expected=5000, key=payment.pk, ways=[way]
        )

    assert send(Way("cash", 5000)) == payment
    for way in (Way("cash", 2000), Way("card", 5000)):
        with pytest.raises(Refused, match="Nothing was paid"):
            send(way)


def test_a_form_whose_payment_was_taken_back_pays_nothing(w: World) -> None:
    id_ = claim(w.worker)
    payment = pay(w.coordinator, w.worker, 5000)
    actions.reverse(by=w.second, payment=payment.pk)
    with pytest.raises(Refused, match="Nothing was paid"):
        pay(w.coordinator, w.worker, 5000, key=payment.pk)
    assert (state(id_).state, Payment.objects.count()) == ("open", 1)
    pay(w.coordinator, w.worker, 5000)


def test_a_form_of_whose_payments_one_was_taken_back_pays_nothing(w: World) -> None:
    claim(w.worker)
    key, payee = uuid4(), actions.payee(membership=w.worker).payee

    def send() -> Payment:
        ways = [Way("cash", 2000), Way("card", 3000)]
        return actions.pay(by=w.coordinator, payee=payee, currency="CAD", expected=5000, key=key, ways=ways)

    send()
    actions.reverse(by=w.second, payment=Payment.objects.exclude(pk=key).get().pk)
    with pytest.raises(Refused, match="Nothing was paid"):
        send()


def test_a_payments_key_says_nothing_to_another_group(w: World) -> None:
    claim(w.worker)
    key = pay(w.coordinator, w.worker, 5000).pk
    elsewhere = world("b")
    claim(elsewhere.worker)
    with pytest.raises(Refused):
        pay(elsewhere.coordinator, elsewhere.worker, 5000, key=key)
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("expected", [0, 4999, 5001, -5000])
def test_another_sum_than_was_seen_pays_nothing(w: World, expected: int) -> None:
    id_ = claim(w.worker)
    with pytest.raises(Refused, match="changed"):
        pay(w.coordinator, w.worker, expected)
    assert state(id_).state == "open"
    assert not Payment.objects.exists()


def test_another_method_than_was_seen_pays_nothing(w: World) -> None:
    claim(w.worker)
    payee = actions.payee(membership=w.worker).payee
    actions.choose_method(membership=w.worker, method="transfer")
    with pytest.raises(Refused):
        actions.pay(by=w.coordinator, payee=payee, currency="CAD", expected=5000, key=uuid4(), method="cash")
    assert not Payment.objects.exists()


def test_the_second_coordinator_is_told_that_it_was_paid(w: World) -> None:
    claim(w.worker)
    pay(w.coordinator, w.worker, 5000)
    with pytest.raises(Refused, match="already"):
        pay(w.second, w.worker, 5000)


def test_only_coordinators_pay_and_never_their_own(w: World) -> None:
    claim(w.worker)
    claim(w.coordinator)
    for by, to in ((w.steward, w.worker), (w.other, w.worker), (w.worker, w.worker), (w.coordinator, w.coordinator)):
        with pytest.raises(Refused):
            pay(by, to, 5000)
    assert not Payment.objects.exists()
    pay(w.second, w.coordinator, 5000)


def test_a_coordinator_of_another_group_pays_nothing_here(w: World) -> None:
    claim(w.worker)
    with pytest.raises(Refused):
        pay(world("b").coordinator, w.worker, 5000)
    assert not Payment.objects.exists()


def test_the_worker_confirms_once(w: World) -> None:
    id_ = claim(w.worker)
    payment = pay(w.coordinator, w.worker, 5000)
    with pytest.raises(Refused):
        actions.confirm(membership=w.other, payment=payment.pk)
    with time_machine.travel(dt.datetime(2030, 1, 1, 11, tzinfo=dt.UTC)):
        actions.confirm(membership=w.worker, payment=payment.pk)
    actions.confirm(membership=w.worker, payment=payment.pk)
    payment.refresh_from_db()
    assert payment.received == dt.date(2030, 1, 1)
    assert state(id_).state == "confirmed"
    with pytest.raises(Refused):
        actions.not_received(membership=w.worker, payment=payment.pk)


def test_not_yet_tells_the_coordinators_once(w: World) -> None:
    claim(w.worker)
    payment = pay(w.coordinator, w.worker, 5000)
    with pytest.raises(Refused):
        actions.not_received(membership=w.other, payment=payment.pk)
    for _ in range(3):
        actions.not_received(membership=w.worker, payment=payment.pk)
    assert letters(w.coordinator) == letters(w.second) == ["pay.missing"]
    assert letters(w.steward) == []
    (letter,) = [x for x in outbox.letters(w.coordinator.account_id) if x.path.startswith("/pay/")]
    assert letter.text == "Wren says that CA$50.00 has not come yet."
    actions.confirm(membership=w.worker, payment=payment.pk)
    payment.refresh_from_db()
    assert payment.received


def dispute(w: World, offer: int | None = None, amount: int = 5000) -> Claim:
    id_ = claim(w.worker, amount)
    disputes.dispute(by=w.coordinator, claim=id_, reason="Was it one hour?", offer=offer)
    return Claim.objects.get(pk=id_)


def test_a_disputed_claim_waits_and_the_rest_is_paid(w: World) -> None:
    row = dispute(w)
    other = claim(w.worker, 700)
    assert state(row.pk).state == "disputed"
    assert letters(w.worker) == ["pay.disputed"]
    assert b"hour" not in bytes(row.reason)
    page = queries.claim(row.pk)
    assert page is not None
    assert page.reason == "Was it one hour?"
    (owed,) = queries.to_pay(w.group)
    assert owed.amount == 700
    (asked,) = queries.disputed(w.group)
    assert (asked.name, asked.reason) == ("Wren", "Was it one hour?")
    pay(w.coordinator, w.worker, 700)
    assert state(other).state == "paid"
    assert state(row.pk).balance == 5000


def test_withdrawn_is_owed_as_before_and_its_words_are_gone(w: World) -> None:
    row = dispute(w, 100)
    disputes.withdraw(by=w.second, claim=row.pk)
    row.refresh_from_db()
    assert (row.dispute, bytes(row.reason), row.offer) == ("closed", b"", None)
    assert letters(w.worker) == ["pay.disputed", "pay.withdrawn"]
    assert (state(row.pk).state, state(row.pk).until) == ("open", None)
    with pytest.raises(Refused):
        disputes.dispute(by=w.coordinator, claim=row.pk, reason="Again", offer=None)
    with pytest.raises(Refused):
        disputes.withdraw(by=w.second, claim=row.pk)
    pay(w.coordinator, w.worker, 5000)


def test_a_yes_to_the_offer_is_a_line_and_closes_it(w: World) -> None:
    row = dispute(w, 3000)
    with pytest.raises(Refused):
        disputes.accept_offer(membership=w.other, claim=row.pk)
    with pytest.raises(Refused):
        disputes.accept_offer(membership=w.worker, claim=row.pk, expected=2000)
    disputes.accept_offer(membership=w.worker, claim=row.pk, expected=3000)
    assert lines(row.pk) == [("time", 5000), ("agreed", -2000)]
    assert letters(w.coordinator) == letters(w.second) == ["pay.accepted"]
    with pytest.raises(Refused):
        disputes.accept_offer(membership=w.worker, claim=row.pk)
    assert actions.correct(claim=row.pk, parts=[Owed("time", 5000)]) == 0, "an edit of a note undoes no agreement"
    pay(w.coordinator, w.worker, 3000)


def test_no_to_an_offer_keeps_talking(w: World) -> None:
    row = dispute(w, 3000)
    with pytest.raises(Refused):
        disputes.decline_offer(membership=w.other, claim=row.pk)
    disputes.decline_offer(membership=w.worker, claim=row.pk)
    disputes.decline_offer(membership=w.worker, claim=row.pk)
    assert letters(w.coordinator) == ["pay.declined"]
    assert state(row.pk).state == "disputed"
    with pytest.raises(Refused):
        disputes.accept_offer(membership=w.worker, claim=row.pk)
    disputes.reply(by=w.second, claim=row.pk, offer=4000)
    disputes.accept_offer(membership=w.worker, claim=row.pk, expected=4000)
    assert state(row.pk).owed == 4000


def test_an_edit_to_the_offered_sum_closes_the_dispute(w: World) -> None:
    row = dispute(w, 3000)
    actions.correct(claim=row.pk, parts=[Owed("time", 4000)])
    assert state(row.pk).state == "disputed"
    actions.correct(claim=row.pk, parts=[Owed("time", 3000)])
    assert state(row.pk).state == "open"
    assert letters(w.coordinator) == ["pay.accepted"]
    pay(w.coordinator, w.worker, 3000)


def test_dropping_closes_a_dispute(w: World) -> None:
    row = dispute(w)
    actions.drop(claim=row.pk)
    row.refresh_from_db()
    assert (row.dispute, bytes(row.reason)) == ("closed", b"")


def test_who_may_not_dispute(w: World) -> None:
    id_ = claim(w.worker)
    own = claim(w.coordinator)
    for by, what in (
        (w.steward, id_),
        (w.worker, id_),
        (w.other, id_),
        (w.coordinator, own),
        (world("b").coordinator, id_),
    ):
        with pytest.raises(Refused):
            disputes.dispute(by=by, claim=what, reason="Why", offer=None)
    assert [state(i).state for i in (id_, own)] == ["open", "open"]
    with pytest.raises(Refused):
        disputes.dispute(by=w.coordinator, claim=uuid4(), reason="Why", offer=None)


def test_what_cannot_be_disputed(w: World) -> None:
    id_ = claim(w.worker)
    for reason, offer in (("  ", None), ("Why", -1), ("Why", 5000), ("Why", 10**12)):
        with pytest.raises(Refused):
            disputes.dispute(by=w.coordinator, claim=id_, reason=reason, offer=offer)
    pay(w.coordinator, w.worker, 5000)
    with pytest.raises(Refused):
        disputes.dispute(by=w.coordinator, claim=id_, reason="Why", offer=None)
    row = dispute(w)
    with pytest.raises(Refused):
        disputes.dispute(by=w.second, claim=row.pk, reason="Why", offer=None)


@pytest.mark.parametrize(("days", "may"), [(14, True), (15, False)])
def test_a_dispute_comes_in_fourteen_days(w: World, days: int, may: bool) -> None:
    start = dt.datetime(2026, 3, 5, 11, tzinfo=dt.UTC)
    with time_machine.travel(start, tick=False):
        id_ = claim(w.worker)
    with time_machine.travel(start + dt.timedelta(days=days), tick=False):
        assert (state(id_).until is not None) is may
        if may:
            disputes.dispute(by=w.coordinator, claim=id_, reason="Why", offer=None)
        else:
            with pytest.raises(Refused):
                disputes.dispute(by=w.coordinator, claim=id_, reason="Why", offer=None)
    assert (state(id_).state == "disputed") is may


def test_a_sum_that_went_up_later_may_be_asked_about_though_part_was_paid(w: World) -> None:
    start = dt.datetime(2026, 3, 5, 11, tzinfo=dt.UTC)
    with time_machine.travel(start, tick=False):
        row = dispute(w)
        disputes.withdraw(by=w.coordinator, claim=row.pk)
        pay(w.coordinator, w.worker, 5000)
    with time_machine.travel(start + dt.timedelta(days=40), tick=False):
        actions.correct(claim=row.pk, parts=[Owed("time", 900000)])
        with pytest.raises(Refused):
            disputes.dispute(by=w.coordinator, claim=row.pk, reason="Why", offer=4999)
        disputes.dispute(by=w.coordinator, claim=row.pk, reason="Why", offer=5000)
        disputes.accept_offer(membership=w.worker, claim=row.pk)
    assert state(row.pk).balance == 0


def test_every_write_is_in_the_groups_chain_without_names(w: World) -> None:
    row = dispute(w, 3000)
    disputes.accept_offer(membership=w.worker, claim=row.pk)
    payment = pay(w.coordinator, w.worker, 3000)
    actions.confirm(membership=w.worker, payment=payment.pk)
    actions.choose_method(membership=w.worker, method="card")
    from alongside.kit.models import AuditRow

    rows = list(AuditRow.objects.filter(chain=w.group.pk, act__startswith="pay.").order_by("seq"))
    assert [r.act for r in rows] == [
        "pay.claimed",
        "pay.disputed",
        "pay.accepted",
        "pay.paid",
        "pay.received",
        "pay.method",
    ]
    text = " ".join(str(r.detail) + r.actor for r in rows)
    for member in (w.worker, w.coordinator):
        assert str(member.account_id) not in text
        assert member.account.handle not in text
    assert audit.verify(w.group.pk) is None


def test_a_method_is_one_of_the_list_with_cash_first(w: World) -> None:
    assert actions.payee(membership=w.worker).method == "cash"
    with pytest.raises(Refused):
        actions.choose_method(membership=w.worker, method="gold")
    assert actions.payee(membership=w.worker).method == "cash"


def test_two_groups_know_the_same_person_by_two_payees(w: World) -> None:
    from alongside.people import actions as people

    elsewhere = world("b")
    secret = people.invite(by=elsewhere.coordinator)
    there: Membership = people.join(account=w.worker.account, secret=secret, name="Robin")
    claim(w.worker)
    claim(there)
    assert actions.payee(membership=w.worker).payee != actions.payee(membership=there).payee
    assert [row.name for row in queries.to_pay(w.group)] == ["Wren"]
    assert [row.name for row in queries.to_pay(elsewhere.group)] == ["Robin"]


# The day of the work


def test_the_day_is_put_right_and_the_lines_stay_as_they_are(w: World) -> None:
    id_ = claim(w.worker)
    before, until = list(Line.objects.values()), state(id_).until
    parts, day = [Owed("time", 5000)], DAY + dt.timedelta(days=20)
    assert actions.correct(claim=id_, parts=parts, day=day) == 0
    assert actions.correct(claim=id_, parts=parts, day=day) == 0
    assert (state(id_).day, state(id_).until) == (day, until)
    assert list(Line.objects.values()) == before
    assert AuditRow.objects.filter(chain=w.group.pk, act="pay.corrected").count() == 1
    assert actions.correct(claim=id_, parts=[Owed("time", 4000)], day=DAY) == -1000
    assert (state(id_).day, state(id_).owed) == (DAY, 4000)
    assert AuditRow.objects.filter(chain=w.group.pk, act="pay.corrected").count() == 2


def test_the_day_on_which_something_was_paid_ahead_stays(w: World) -> None:
    actions.pay_ahead(by=w.coordinator, to=w.worker, currency="CAD", expected=0, key=uuid4(), ways=[Way("cash", 100)])
    (held,) = queries.claims(w.worker)
    actions.correct(claim=held.id, parts=[], day=DAY)
    assert state(held.id).day == held.day
