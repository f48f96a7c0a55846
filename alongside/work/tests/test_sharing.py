"""What sharing sets off, where an entry moves between groups and roles, and what a group must not learn from it."""

import datetime as dt
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from alongside.kit.models import AuditRow
from alongside.pay import actions as pay
from alongside.pay import disputes
from alongside.pay import jobs as pay_jobs
from alongside.pay import queries as ledger
from alongside.pay.models import Claim, Line, Message
from alongside.pay.rules import Change, Way
from alongside.people import actions as people
from alongside.people.models import Account, Membership
from alongside.roles import actions as roles
from alongside.roles.models import Role, Unnamed
from alongside.roles.rules import Rate
from alongside.roles.tests.parts import RATE, again, other, proposed
from alongside.work import actions, queries
from alongside.work.forms import EntryForm
from alongside.work.models import Share
from tests.world import World, account, world

pytestmark = [pytest.mark.django_db(databases=["default", "keys"]), pytest.mark.usefixtures("march")]

DAY = "2026-03-02"
HOUR = 2500


def agreed(here: Membership, by: Membership, **fields: object) -> Role:
    role, version, (held,) = proposed(by, here, terms=other(**fields))
    roles.agree(holding=held, version=version)
    return role


def entry(role: Role | None = None, **fields: object) -> dict[str, Any]:
    where = {"group": str(role.group_id), "role": str(role.pk)} if role else {}
    return {"id": str(uuid4()), "revision": 1, "day": DAY, "kinds": ["outreach"], "minutes": 60, **where, **fields}


def send(who: Account, sent: dict[str, Any]) -> actions.Answer:
    (answer,) = actions.sync(account=who, entries=[sent])
    return answer


def stored(who: Account, sent: dict[str, Any]) -> None:
    answer = send(who, sent)
    assert answer.status == "stored", answer.errors


def elsewhere(here: World) -> Membership:
    """The same worker in a second group, whose coordinator is another person."""
    steward = people.make_group(by=account("far"), name="Harbour", own_name="Max", currency="CAD")
    return people.join(account=here.worker.account, secret=people.invite(by=steward), name="Jay")


def far_coordinator(there: Membership) -> Membership:
    return Membership.objects.get(group=there.group, coordinates=True)


def owed(group: object) -> int:
    """All that a group's ledger says is owed."""
    found = ledger.state(Claim.objects.filter(group=group).values_list("pk", flat=True))
    return sum(state.owed for state in found.values())


def test_a_role_of_one_group_never_pays_for_work_shared_with_another() -> None:
    here = world()
    there = elsewhere(here)
    role = agreed(here.worker, here.coordinator)
    sent = entry(role)
    stored(here.worker.account, sent)
    answer = send(here.worker.account, {**sent, "revision": 2, "group": str(there.group_id), "shared": True})
    assert answer.errors == {"role": "no_such_role"}
    assert not Share.objects.filter(group=there.group).exists()
    assert owed(there.group_id) == 0


def test_an_entry_that_moves_to_another_group_and_back_is_owed_once() -> None:
    here = world()
    there = elsewhere(here)
    near, far = agreed(here.worker, here.coordinator), agreed(there, far_coordinator(there))
    sent = entry(near, shared=True)
    for revision in range(1, 6):
        role = near if revision % 2 else far
        stored(here.worker.account, {**sent, "revision": revision, "group": str(role.group_id), "role": str(role.pk)})
        assert (owed(here.group.pk), owed(there.group_id)) == ((HOUR, 0) if role == near else (0, HOUR))
        assert queries.open_questions(here.worker.account) == []


def test_work_that_was_kept_owed_and_then_given_to_another_group_is_owed_once() -> None:
    here = world()
    there = elsewhere(here)
    near, far = agreed(here.worker, here.coordinator), agreed(there, far_coordinator(there))
    sent = entry(near, shared=True)
    stored(here.worker.account, sent)
    stored(here.worker.account, {**sent, "revision": 2, "shared": False})
    (question,) = queries.open_questions(here.worker.account)
    actions.keep_or_drop(account=here.worker.account, share=question.pk, keep=True)
    assert owed(here.group.pk) == HOUR
    stored(here.worker.account, {**sent, "revision": 3, "group": str(far.group_id), "role": str(far.pk)})
    assert (owed(here.group.pk), owed(there.group_id)) == (0, HOUR)


def test_work_that_was_paid_and_whose_lines_are_past_their_term_is_never_owed_anew() -> None:
    here = world()
    people.change_group(by=here.steward, name="Union", currency="CAD", tax_years=0)
    role = agreed(Membership.objects.get(pk=here.worker.pk), here.coordinator)
    sent = entry(role, shared=True)
    stored(here.worker.account, sent)
    (claim,) = Claim.objects.all()
    pay.pay(by=here.coordinator, payee=claim.payee, currency="CAD", expected=HOUR, key=uuid4())
    with time_machine.travel(dt.datetime(2026, 3, 20, tzinfo=dt.UTC), tick=False):
        pay_jobs.forget()
        assert not Claim.objects.exists()
        stored(here.worker.account, {**sent, "revision": 2, "note": "a word more"})
        assert not Claim.objects.exists()


def test_a_kind_that_another_group_added_is_never_shown_to_this_one() -> None:
    here = world()
    there = elsewhere(here)
    kind = roles.add_kind(by=far_coordinator(there), label="Harbour night walk")
    role = agreed(here.worker, here.coordinator)
    sent = entry(role, kinds=["outreach", kind.code])
    assert send(here.worker.account, {**sent, "shared": True}).errors == {"kinds": "kind_elsewhere"}
    assert not Share.objects.exists()
    assert not Unnamed.objects.exists()
    stored(here.worker.account, sent)  # the person's own record may say it
    own = roles.add_kind(by=here.coordinator, label="Union walk")
    stored(here.worker.account, entry(role, kinds=[own.code], shared=True))


@pytest.mark.parametrize("kind", ["overdose_response", "crisis_call", "keeping_watch", "frontline"])
def test_what_is_owed_does_not_tell_an_overdose_response_from_other_work(kind: str) -> None:
    here = world()
    role = agreed(here.worker, here.coordinator, scope_out=("overdose_response",))
    stored(here.worker.account, entry(role, kinds=[kind], shared=True))
    assert owed(here.group.pk) == HOUR


@pytest.mark.parametrize("kind", ["overdose_response", "crisis_call", "keeping_watch", "frontline"])
def test_a_mark_on_the_role_tells_no_more_than_the_copy(kind: str) -> None:
    here = world()
    role = agreed(here.worker, here.coordinator)
    stored(here.worker.account, entry(role, kinds=[kind], shared=True))
    assert set(Unnamed.objects.values_list("kind", flat=True)) == {"frontline"}


@pytest.mark.parametrize("change", [{"weight": 3}, {"barriers": ["police"]}, {"note": "mine"}, {"origin": "planned"}])
def test_what_a_person_changes_in_private_leaves_no_trace_with_the_group(change: dict[str, Any]) -> None:
    here = world()
    role = agreed(here.worker, here.coordinator)
    sent = entry(role, shared=True)
    stored(here.worker.account, sent)

    def seen() -> list[Any]:
        rows = AuditRow.objects.filter(chain=here.group.pk).order_by("seq").values_list("act", "detail")
        return [*rows, *Share.objects.values_list("revision", "copy"), *Line.objects.values_list("amount")]

    before = seen()
    stored(here.worker.account, {**sent, "revision": 2, **change})
    assert seen() == before
    stored(here.worker.account, {**sent, "revision": 3, **change, "minutes": 120})
    assert seen() != before
    assert owed(here.group.pk) == 2 * HOUR


def test_work_taken_back_that_nothing_was_owed_for_leaves_no_row() -> None:
    here = world()
    sent = {**entry(), "group": str(here.group.pk), "shared": True}
    stored(here.worker.account, sent)
    stored(here.worker.account, {**sent, "revision": 2, "shared": False})
    assert not Share.objects.exists()
    stored(here.worker.account, {**sent, "revision": 3})
    stored(here.worker.account, {**sent, "revision": 4, "minutes": 90})
    assert Share.objects.get().revision == 4


def shown_sum(here: World, client: Any) -> tuple[int, str]:
    """What the steps beside a sum add up to for the coordinator, in minor units, and the whole page."""
    client.force_login(here.coordinator.account)
    share = Share.objects.get()
    page = client.get(f"/work/groups/{here.group.pk}/shared/{share.pk}/")
    steps = page.context["sum"].steps
    return sum(
        round(float(s.sum.replace("CA$", "").replace("$", "")) * 100) for s in steps if s.sum
    ), page.content.decode()


def test_the_rules_beside_a_sum_add_up_to_it_after_both_agreed_on_another(client: Any) -> None:
    here = world()
    role = agreed(here.worker, here.coordinator)
    stored(here.worker.account, entry(role, shared=True))
    claim = Share.objects.get().claim
    disputes.dispute(by=here.coordinator, claim=claim, reason="It was half an hour", offer=1250)  # type: ignore[arg-type]
    assert shown_sum(here, client)[0] == HOUR
    disputes.accept_offer(membership=here.worker, claim=claim)  # type: ignore[arg-type]
    assert shown_sum(here, client)[0] == 1250


def test_time_and_money_put_right_in_a_dispute_are_worked_out_by_the_agreed_rate(client: Any) -> None:
    here = world()
    rate = replace(RATE, counts=("travel",), expenses=("food",))
    role = agreed(here.worker, here.coordinator, rate=rate)
    spent = [{"code": "food", "amount": 350, "currency": "CAD"}, {"code": "phone", "amount": 900, "currency": "CAD"}]
    stored(here.worker.account, {**entry(role, shared=True), "minutes": 120, "expenses": spent})
    claim = Share.objects.get().claim
    assert claim is not None
    client.force_login(here.worker.account)
    where = f"/work/claims/{claim}/correct/"
    assert client.get(where).status_code == 302, "nothing is in question"
    disputes.dispute(by=here.coordinator, claim=claim, reason="Was it two hours?", offer=None)
    shown = client.get(where)
    assert list(shown.context["form"].fields) == ["minutes", "extra_travel", "expense_food", "text"], "what counts"
    assert shown.context["form"]["expense_food"].initial == "3.50"
    for wrong in (
        {"minutes": "many"},
        {"minutes": "60", "expense_food": "a lot"},
        {"minutes": "60", "extra_travel": "-5"},
    ):
        assert client.post(where, wrong).status_code == 200
    typed = {"minutes": "80", "extra_travel": "20", "expense_food": "5,00", "text": "Eighty"}
    assert client.post(where, typed).status_code == 302
    page = ledger.claim(claim)
    assert page is not None
    (said,) = page.thread
    assert (said.text, said.sum) == ("Eighty", 105 * HOUR // 60 + 500)
    assert list(said.changes) == [
        Change("minutes", 80, 120), Change("extra_travel", 20, 0), Change("expense_food", 500, 350),
    ]  # fmt: skip
    client.force_login(here.coordinator.account)
    talk = client.get(f"/pay/claims/{claim}/").content.decode()
    for words in (
        "80 minutes, not 120",
        "More time, travel: 20 minutes, not 0",
        "Money spent, food: CA$5.00, not CA$3.50",
    ):
        assert words in talk
    assert client.post(where, {"minutes": "60"}).status_code == 302
    assert ledger.state([claim])[claim].offer == HOUR
    client.force_login(here.other.account)
    assert client.get(where).status_code == 403


def test_of_work_paid_as_a_set_sum_the_money_spent_alone_can_be_put_right(client: Any) -> None:
    here = world()
    covering = replace(RATE, unit="shift", expenses=("travel",))
    for rate, fields in ((covering, ["expense_travel", "text"]), (replace(covering, expenses=()), None)):
        role = agreed(here.worker, here.coordinator, rate=rate)
        stored(here.worker.account, entry(role, shared=True))
        claim = Share.objects.get(role=role).claim
        assert claim is not None
        disputes.dispute(by=here.coordinator, claim=claim, reason="Was it one shift?", offer=None)
        client.force_login(here.worker.account)
        answer = client.get(f"/work/claims/{claim}/correct/")
        assert (answer.status_code == 302) is (fields is None)
        assert fields is None or list(answer.context["form"].fields) == fields


def test_a_question_about_part_paid_work_ends_when_the_work_goes_to_another_group() -> None:
    here = world()
    there = elsewhere(here)
    near, far = agreed(here.worker, here.coordinator), agreed(there, far_coordinator(there))
    sent = {**entry(near, shared=True), "minutes": 120}
    stored(here.worker.account, sent)
    (claim,) = Claim.objects.all()
    disputes.dispute(by=here.coordinator, claim=claim.pk, reason="Was it two?", offer=3 * HOUR)
    disputes.accept_offer(membership=here.worker, claim=claim.pk)
    pay.pay(by=here.coordinator, payee=claim.payee, currency="CAD", expected=3 * HOUR, key=uuid4())
    stored(here.worker.account, {**sent, "revision": 2, "minutes": 240})
    disputes.dispute(by=here.coordinator, claim=claim.pk, reason="And four?", offer=None)
    stored(here.worker.account, {**sent, "revision": 3, "group": str(far.group_id), "role": str(far.pk)})
    state = ledger.state([claim.pk])[claim.pk]
    assert (state.state, state.owed, state.paid) == ("paid", 0, 3 * HOUR)
    assert not ledger.disputed(here.group)
    assert not Message.objects.exists()
    assert (owed(here.group.pk), owed(there.group_id)) == (0, 2 * HOUR)
    assert ledger.owed(here.group, claim.payee, "CAD").amount == -3 * HOUR, "it is taken off the next pay"


def test_what_was_written_about_work_goes_when_the_work_is_taken_back() -> None:
    here = world()
    sent = entry(agreed(here.worker, here.coordinator), shared=True)
    stored(here.worker.account, sent)
    claim = Share.objects.get().claim
    assert claim is not None
    disputes.dispute(by=here.coordinator, claim=claim, reason="At the docks?", offer=1000)
    disputes.answer(membership=here.worker, claim=claim, text="Yes, at the docks", wish=2000)
    stored(here.worker.account, {**sent, "revision": 2, "shared": False})
    found = ledger.claim(claim)
    assert found is not None
    assert (found.reason, list(found.thread)) == ("", [])
    assert (found.state.state, found.state.offer, found.state.wish) == ("disputed", 1000, 2000)
    disputes.agree(by=here.coordinator, claim=claim)
    assert ledger.state([claim])[claim].owed == 2000


def test_work_that_the_role_leaves_out_is_shown_without_a_sum(client: Any) -> None:
    here = world()
    role = agreed(here.worker, here.coordinator, scope_out=("cleaning",))
    with time_machine.travel(dt.datetime(2026, 3, 9, 13, tzinfo=dt.UTC), tick=False):
        stored(here.worker.account, entry(role, kinds=["cleaning"], shared=True, day="2026-03-09"))
    added, page = shown_sum(here, client)
    assert added == 0
    assert "The role leaves this work out." in page


def test_what_a_later_version_excludes_stays_owed_where_it_was_done_before_the_yes() -> None:
    here = world()
    role, first, (held,) = proposed(here.coordinator, here.worker, terms=other(scope_out=()))
    with time_machine.travel(dt.datetime(2026, 3, 1, tzinfo=dt.UTC), tick=False):
        roles.agree(holding=held, version=first)
    sent = entry(role, kinds=["cleaning"], shared=True)
    stored(here.worker.account, sent)
    second = again(here.coordinator, role, other(scope_out=("cleaning",)))
    roles.agree(holding=held, version=second)
    stored(here.worker.account, {**sent, "revision": 2, "note": "a word more"})
    stored(here.worker.account, entry(role, kinds=["cleaning"], shared=True))
    assert owed(here.group.pk) == 2 * HOUR
    stored(here.worker.account, entry(role, kinds=["cleaning"], shared=True, day="2026-03-09"))
    assert owed(here.group.pk) == 2 * HOUR


def test_the_form_keeps_the_role_of_an_entry_after_its_holder_left() -> None:
    here = world()
    role, version, (held,) = proposed(here.coordinator, here.worker)
    roles.agree(holding=held, version=version)
    sent = entry(role, shared=True)
    stored(here.worker.account, sent)
    roles.leave(holding=held)
    kept = queries.entry(here.worker.account, Share.objects.get().entry_id)
    assert kept is not None
    choices = queries.choices(here.worker.account)
    shown = EntryForm(None, choices, entry=kept)
    assert f"role:{role.pk}" in dict(shown.fields["for"].choices)
    people.consent(membership=here.worker, code=queries.TOLD)
    typed = {"id": kept["id"], "revision": 2, "kinds": ["outreach"], "day": "other", "day_other": DAY, "minutes": "60"}
    data = {**typed, "for": f"role:{role.pk}", "shared": "yes"}
    form = EntryForm(data, queries.choices(here.worker.account), entry=kept)
    assert form.is_valid(), form.errors
    stored(here.worker.account, form.entry())
    assert owed(here.group.pk) == HOUR


def test_a_rate_is_as_the_tests_above_take_it() -> None:
    assert isinstance(RATE, Rate)
    assert (RATE.amount, RATE.unit, RATE.minimum) == (HOUR, "hour", 60)


def test_pay_is_given_up_by_a_clear_word_alone(client: Any) -> None:
    here = world()
    role = agreed(here.worker, here.coordinator)
    sent = entry(role, shared=True)
    stored(here.worker.account, sent)
    stored(here.worker.account, {**sent, "revision": 2, "shared": False})
    (question,) = queries.open_questions(here.worker.account)
    client.force_login(here.worker.account)
    client.post(f"/work/shares/{question.pk}/keep-or-drop/", {})
    assert owed(here.group.pk) == HOUR


@pytest.mark.parametrize("way", ["share", "delete"])
def test_of_what_was_paid_in_part_the_rest_is_named_when_it_is_taken_back(client: Client, way: str) -> None:
    here = world()
    sent = entry(agreed(here.worker, here.coordinator), shared=True)
    stored(here.worker.account, sent)
    payee = Claim.objects.get().payee
    ways = [Way("cash", 1000)]
    pay.pay(by=here.coordinator, payee=payee, currency="CAD", expected=HOUR, key=uuid4(), ways=ways)
    client.force_login(here.worker.account)
    page = client.post(f"/work/{sent['id']}/{way}/", {"shared": "no"}, follow=True).content.decode()
    assert "Some of it was paid. CA$15.00 is still owed to you." in page
    again = client.post(f"/work/{sent['id']}/share/", {"shared": "yes"}, follow=True)
    assert "Some of it was paid" not in again.content.decode()


def test_work_done_before_somebody_left_a_role_is_paid_as_before_when_they_agree_again() -> None:
    here = world()
    role, first, (held,) = proposed(
        here.coordinator, here.worker, terms=other(rate=replace(RATE, minimum=0, rounding=0))
    )
    roles.agree(holding=held, version=first)
    with time_machine.travel(dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC), tick=False):
        more = Rate(start="2026-03-10", amount=3000, unit="hour", currency="CAD", counts=())
        second = again(here.coordinator, role, other(rate=more))
        roles.agree(holding=held, version=second)
    with time_machine.travel(dt.datetime(2026, 3, 15, 12, tzinfo=dt.UTC), tick=False):
        sent = entry(role, shared=True, day="2026-03-12")
        stored(here.worker.account, sent)
        before = owed(here.group.pk)
    with time_machine.travel(dt.datetime(2026, 3, 20, 12, tzinfo=dt.UTC), tick=False):
        roles.leave(holding=held)
    with time_machine.travel(dt.datetime(2026, 3, 21, 12, tzinfo=dt.UTC), tick=False):
        back = roles.ask(by=here.coordinator, role=role, membership=here.worker)
        roles.agree(holding=back, version=second)
        stored(here.worker.account, {**sent, "revision": 2, "weight": 3})
        assert owed(here.group.pk) == before == 3000


def test_a_late_yes_pays_for_what_was_shared_before_it_too() -> None:
    with time_machine.travel(dt.datetime(2026, 3, 8, 12, tzinfo=dt.UTC), tick=False):
        here = world()
        role, first, (held,) = proposed(here.coordinator, here.worker, terms=other(rate=RATE))
        roles.agree(holding=held, version=first)
        before, sent = entry(role, shared=True, day="2026-03-02"), entry(role, shared=True, day="2026-03-07")
        gone = entry(role, shared=True, day="2026-03-07")
        for one in (before, sent, gone):
            stored(here.worker.account, one)
        stored(here.worker.account, {**gone, "revision": 2, "shared": False})
        raised = replace(RATE, start="2026-03-05", amount=2 * RATE.amount)
        version = again(here.coordinator, role, other(rate=raised))
        assert {owed_for(before), owed_for(sent)} == {HOUR}
        roles.agree(holding=held, version=version)
        assert (owed_for(before), owed_for(sent), owed_for(gone)) == (HOUR, 2 * HOUR, HOUR)
        rows = AuditRow.objects.filter(chain=here.group.pk).count()
        stored(here.worker.account, {**sent, "revision": 2, "weight": 3})
        assert AuditRow.objects.filter(chain=here.group.pk).count() == rows, "what is one's own leaves no row there"
        assert owed_for(sent) == 2 * HOUR


def owed_for(sent: dict[str, Any]) -> int:
    claim = Share.objects.get(entry=sent["id"]).claim
    assert claim is not None
    return ledger.state([claim])[claim].owed
