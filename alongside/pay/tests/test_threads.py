"""Disputes as a talk between two sides: what each says, what stays payable, what an agreement writes, what goes."""

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.test import Client

from alongside.kit import closed, keys
from alongside.pay import actions, disputes, queries
from alongside.pay.models import Message
from alongside.pay.rules import Change, Owed
from alongside.pay.tests.helpers import claim, letters, lines, pay, state
from alongside.people.actions import Refused
from tests.world import World, world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

PUT_RIGHT = Change("minutes", 40, 60)
MONDAY = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


@pytest.fixture
def w() -> World:
    return world()


def asked(w: World, offer: int | None = None, of: Any = None) -> Any:
    id_ = claim(of or w.worker)
    disputes.dispute(by=w.second, claim=id_, reason="Was it one hour?", offer=offer)
    return id_


def test_both_write_the_worker_says_a_sum_and_the_groups_yes_is_one_line(w: World) -> None:
    id_ = asked(w)
    disputes.answer(membership=w.worker, claim=id_, text="It was forty minutes", wish=3000, changes=[PUT_RIGHT])
    disputes.reply(by=w.coordinator, claim=id_, text="Thank you")
    assert b"forty" not in b"".join(bytes(m.content) for m in Message.objects.all())
    page = queries.claim(id_)
    assert page is not None
    assert [(s.by_group, s.text, s.sum, list(s.changes)) for s in page.thread] == [
        (False, "It was forty minutes", 3000, [PUT_RIGHT]),
        (True, "Thank you", None, []),
    ]
    with pytest.raises(Refused):
        disputes.agree(by=w.coordinator, claim=id_, expected=2900)
    before = lines(id_)
    disputes.agree(by=w.coordinator, claim=id_, expected=3000)
    assert lines(id_) == [*before, ("agreed", -2000)]
    assert (state(id_).state, state(id_).owed, state(id_).wish) == ("open", 3000, None)
    assert not Message.objects.exists()
    assert letters(w.worker) == ["pay.agreed", "pay.answered", "pay.disputed"]
    assert letters(w.coordinator) == letters(w.second) == ["pay.wished"]
    pay(w.coordinator, w.worker, 3000)


def test_nobody_settles_their_own_and_nobody_else_settles_it_either(w: World) -> None:
    id_ = asked(w, 3000, of=w.coordinator)
    for act in (
        lambda: disputes.reply(by=w.coordinator, claim=id_, text="I say so", offer=6000),
        lambda: disputes.withdraw(by=w.coordinator, claim=id_),
        lambda: disputes.answer(membership=w.other, claim=id_, text="Let them"),
        lambda: disputes.answer(membership=w.second, claim=id_, text="Let them"),
        lambda: disputes.accept_offer(membership=w.second, claim=id_),
        lambda: disputes.reply(by=w.worker, claim=id_, text="Let them"),
        lambda: disputes.reply(by=world("far-").coordinator, claim=id_, text="Let them"),
    ):
        with pytest.raises(Refused):
            act()
    disputes.answer(membership=w.coordinator, claim=id_, wish=4000)
    for by in (w.coordinator, w.worker):
        with pytest.raises(Refused):
            disputes.agree(by=by, claim=id_)
    assert letters(w.coordinator) == ["pay.disputed"], "no letter goes to who wrote it"
    disputes.agree(by=w.second, claim=id_)
    assert state(id_).owed == 4000


def test_what_is_not_in_question_stays_payable_and_a_no_costs_nothing(w: World) -> None:
    id_ = asked(w, 3000)
    claim(w.worker, 700)
    assert [row.amount for row in queries.to_pay(w.group)] == [3700]
    disputes.decline_offer(membership=w.worker, claim=id_)
    assert [row.amount for row in queries.to_pay(w.group)] == [3700]
    pay(w.coordinator, w.worker, 3700)
    assert (state(id_).state, state(id_).paid, state(id_).payable) == ("disputed", 3000, 0)
    with pytest.raises(Refused):
        disputes.answer(membership=w.worker, claim=id_, wish=2000)
    disputes.reply(by=w.coordinator, claim=id_, offer=3500)
    pay(w.coordinator, w.worker, 500)
    disputes.withdraw(by=w.second, claim=id_)
    pay(w.coordinator, w.worker, 1500)
    assert state(id_).balance == 0


def test_a_sum_below_what_was_paid_meanwhile_cannot_be_agreed_on(w: World) -> None:
    id_ = asked(w, 3000)
    disputes.answer(membership=w.worker, claim=id_, wish=2000)
    pay(w.coordinator, w.worker, 3000)
    with pytest.raises(Refused):
        disputes.agree(by=w.coordinator, claim=id_)
    assert state(id_).owed == 5000


def test_who_owes_an_answer_and_since_when(w: World) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        id_ = asked(w)
        assert (state(id_).asked_days, state(id_).wait_days) == (0, None)
        clock.shift(dt.timedelta(days=2))
        disputes.answer(membership=w.worker, claim=id_, text="I was there")
        clock.shift(dt.timedelta(days=3))
        disputes.answer(membership=w.worker, claim=id_, text="Are you there?")
        assert state(id_).wait_days == 3, "it counts from the first word without an answer"
        assert "We have owed an answer for 3 days" in shown(w.coordinator, f"/pay/groups/{w.group.pk}/")
        assert "The group has owed you an answer for 3 days" in shown(w.worker, f"/pay/claims/{id_}/")
        disputes.reply(by=w.coordinator, claim=id_, text="Yes")
        assert state(id_).wait_days is None
        actions.correct(claim=id_, parts=[Owed("time", 4000)])
        clock.shift(dt.timedelta(days=1))
        assert state(id_).wait_days == 1, "changed work is an answer too"


def test_work_that_comes_to_what_was_agreed_on_does_not_count_it_twice(w: World) -> None:
    id_ = asked(w, 3000)
    disputes.accept_offer(membership=w.worker, claim=id_)
    actions.correct(claim=id_, parts=[Owed("time", 3000)])
    assert state(id_).owed == 3000
    actions.correct(claim=id_, parts=[Owed("time", 3500)])
    assert state(id_).owed == 3500, "from then on the work speaks for itself"


def test_a_message_says_something_and_a_talk_ends(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    id_ = asked(w)
    with pytest.raises(Refused):
        disputes.answer(membership=w.worker, claim=id_, text="  ")
    with pytest.raises(Refused):
        disputes.answer(membership=w.worker, claim=id_, wish=5000)
    monkeypatch.setattr(disputes, "MESSAGES_MOST", 1)
    disputes.reply(by=w.coordinator, claim=id_, text="One")
    with pytest.raises(Refused):
        disputes.reply(by=w.coordinator, claim=id_, text="Two")
    disputes.answer(membership=w.worker, claim=id_, text="One side silences no other.")
    with pytest.raises(Refused):
        disputes.answer(membership=w.worker, claim=id_, text="And no side writes for ever.")


def test_what_was_said_before_more_than_minutes_could_be_put_right_is_still_read(w: World) -> None:
    id_ = asked(w)
    row = Message(claim_id=id_, number=1, by_group=False, day=MONDAY.date())
    row.content = closed.close_json(w.group.pk, row.place, {"text": "Forty", "sum": 3000, "minutes": [40, 60]})
    row.save()
    assert [s.changes for s in queries.threads(w.group.pk, [id_])[id_]] == [[PUT_RIGHT]]


def test_without_the_groups_key_nothing_of_it_can_be_read(w: World) -> None:
    id_ = asked(w)
    disputes.answer(membership=w.worker, claim=id_, text="Two hours")
    keys.delete(w.group.pk)
    page = queries.claim(id_)
    assert page is not None
    assert [(s.text, s.sum) for s in page.thread] == [("", None)]


def test_the_talk_on_the_pages_of_both(w: World) -> None:
    id_ = asked(w)
    mine, theirs = browser(w.worker), browser(w.coordinator)
    answer = mine.post(f"/pay/claims/{id_}/answer/", {"text": "Two <b>hours</b>", "offer": "a lot"})
    assert answer.status_code == 200
    assert "Two &lt;b&gt;hours&lt;/b&gt;</textarea>" in answer.content.decode(), "nothing typed is lost"
    assert "Please write something, or a sum." in mine.post(f"/pay/claims/{id_}/answer/", {}).content.decode()
    assert mine.post(f"/pay/claims/{id_}/answer/", {"text": "Two <b>hours</b>", "offer": "40"}).status_code == 302
    page = theirs.get(f"/pay/claims/{id_}/").content.decode()
    assert "Two &lt;b&gt;hours&lt;/b&gt;" in page
    assert "They say this is right:" in page
    assert theirs.post(f"/pay/claims/{id_}/agree/", {"offer": "1"}).status_code == 302
    assert state(id_).state == "disputed", "that is not the sum that the worker named"
    theirs.post(f"/pay/claims/{id_}/agree/", {"offer": "4000"})
    assert state(id_).owed == 4000


def browser(who: Any) -> Client:
    made = Client()
    made.force_login(who.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return made


def shown(who: Any, path: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", browser(who).get(path).content.decode()))
