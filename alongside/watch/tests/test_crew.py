"""Who watches over whom: both sides agree, steps, opting out; a group's rota; the gentle kind."""

import datetime as dt
from typing import Any
from uuid import UUID

import pytest
import time_machine

from alongside.kit import audit, clock, keys
from alongside.kit.models import DataKey
from alongside.outbox.models import Letter
from alongside.people import actions as people
from alongside.people.actions import Refused
from alongside.people.models import Account
from alongside.watch import actions, crew, crew_queries, engine, jobs, looking, queries, rotas, rules
from alongside.watch.models import LookIn, Rota, RotaTurn, Watcher
from alongside.watch.tests import parts
from tests.world import World, account

pytestmark = [pytest.mark.django_db(databases=["default", "keys"]), pytest.mark.usefixtures("dead")]


def asked(person: Account, name: str = "Olive") -> tuple[Watcher, str]:
    return crew.invite(person=person, name=name, known_as="Wren")


def told(person: Account) -> list[str]:
    return list(Letter.objects.filter(owner=person.pk, code__startswith="watch.").order_by("code").values_list("code", flat=True))  # fmt: skip


def order(person: Account) -> list[list[str]]:
    return [[mate.name for mate in step.mates] for step in crew_queries.crew_of(person)]


def test_nobody_is_called_before_they_said_yes(me: Account, w: World) -> None:
    row, secret = asked(me)
    assert queries.usual_steps(me) == []
    with pytest.raises(actions.Wrong):
        parts.started(me, [[row]])
    assert crew.agree(secret=secret, account=w.other.account) == ""
    assert queries.usual_steps(me) == [(rules.WAIT, [row.pk])]
    assert [one.name for one in crew_queries.watched_by(w.other.account)] == ["Wren"]
    assert told(me) == ["watch.agreed"]
    with pytest.raises(Refused):
        crew.agree(secret=secret, account=w.second.account)


def test_a_link_is_for_one_other_person_and_for_two_weeks(me: Account, w: World) -> None:
    _row, secret = asked(me)
    with pytest.raises(Refused, match="own link"):
        crew.agree(secret=secret, account=me)
    crew.agree(secret=secret, account=w.other.account)
    _again, second = asked(me)
    with pytest.raises(Refused, match="before"):
        crew.agree(secret=second, account=w.other.account)
    later = clock.now() + dt.timedelta(days=rules.INVITATION_DAYS + 1)
    with time_machine.travel(later):
        assert crew_queries.invited(second) is None
        with pytest.raises(Refused):
            crew.agree(secret=second)
        jobs.forget()
    assert Watcher.objects.filter(person=me).count() == 1


def test_a_no_is_told_and_leaves_nothing(me: Account) -> None:
    row, secret = asked(me)
    crew.decline(secret=secret)
    assert not Watcher.objects.filter(pk=row.pk).exists()
    assert told(me) == ["watch.declined"]


def test_without_an_account_the_person_never_holds_the_watchers_own_link(me: Account) -> None:
    row, secret = asked(me)
    own = crew.agree(secret=secret)
    assert own != secret
    assert crew_queries.invited(secret) is None
    assert crew_queries.contact(secret) is None
    found = crew_queries.contact(own)
    assert found is not None
    assert keys.get(found.owner) is not None
    with pytest.raises(Refused):
        crew.stop(watcher=row.pk, secret=secret)
    crew.stop(watcher=row.pk, secret=own)
    assert keys.get(found.owner) is None, "how to reach them is gone with the key"
    assert crew_queries.contact(own) is None
    assert queries.usual_steps(me) == []
    assert told(me) == ["watch.agreed", "watch.stopped"]


def test_a_watcher_with_an_account_stops_and_comes_back(me: Account, w: World) -> None:
    row, secret = asked(me)
    crew.agree(secret=secret, account=w.other.account)
    with pytest.raises(Refused):
        crew.stop(watcher=row.pk, account=w.second.account)
    crew.stop(watcher=row.pk, account=w.other.account)
    assert queries.usual_steps(me) == []
    crew.resume(watcher=row.pk, account=w.other.account)
    assert len(queries.usual_steps(me)) == 1
    assert told(me) == ["watch.agreed", "watch.agreed", "watch.stopped"]


def test_steps_are_put_in_order_and_keep_their_waits(me: Account) -> None:
    rows = {name: asked(me, name)[0] for name in ("A", "B", "C")}
    assert sorted(order(me)[0]) == ["A", "B", "C"]
    crew.move(person=me, watcher=rows["B"].pk, later=True)
    crew.move(person=me, watcher=rows["C"].pk, later=True)
    crew.set_wait(person=me, step=2, seconds=300)
    assert [sorted(step) for step in order(me)] == [["A"], ["B", "C"]]
    crew.move(person=me, watcher=rows["C"].pk, later=True)
    assert order(me) == [["A"], ["B"], ["C"]]
    assert [step.wait for step in crew_queries.crew_of(me)] == [rules.WAIT, 300, rules.WAIT]
    crew.move(person=me, watcher=rows["A"].pk, later=True)
    assert [(sorted(s), w.wait) for s, w in zip(order(me), crew_queries.crew_of(me), strict=True)] == [
        (["A", "B"], 300),
        (["C"], rules.WAIT),
    ]
    crew.remove(person=me, watcher=rows["C"].pk)
    assert len(order(me)) == 1
    with pytest.raises(Refused):
        crew.set_wait(person=me, step=1, seconds=1)


def test_what_is_anothers_cannot_be_changed(me: Account, w: World) -> None:
    row, _secret = asked(me)
    stranger = w.second.account
    for act in (
        lambda: crew.rename(person=stranger, watcher=row.pk, name="X", known_as="Y"),
        lambda: crew.move(person=stranger, watcher=row.pk, later=True),
        lambda: crew.remove(person=stranger, watcher=row.pk),
    ):
        with pytest.raises(Refused):
            act()


def test_taken_off_a_contact_leaves_no_key_and_not_while_people_are_called(me: Account) -> None:
    row, secret = asked(me)
    crew.agree(secret=secret)
    owner = Watcher.objects.get(pk=row.pk).owner
    check_in = parts.started(me, [[row]])
    engine.run_due(now=check_in.due_at + dt.timedelta(minutes=5))
    with pytest.raises(Refused):
        crew.remove(person=me, watcher=row.pk)
    actions.end(person=me, check_in=check_in.pk)
    crew.remove(person=me, watcher=row.pk)
    assert not DataKey.objects.filter(owner=owner).exists()
    assert audit.verify(me.pk) is None


def test_a_rota_is_who_said_yes_and_never_the_person(me: Account, w: World, dead: set[UUID]) -> None:
    rota = rotas.make(by=w.steward, name="Night line")
    for member in (w.worker, w.other, w.second):
        rotas.ask(by=w.coordinator, rota=rota.pk, member=member.pk)
    with pytest.raises(Refused):
        rotas.make(by=w.other, name="Mine")
    turns = {turn.membership_id: turn.pk for turn in RotaTurn.objects.all()}
    rotas.answer(account=me, turn=turns[w.worker.pk], yes=True)
    rotas.answer(account=w.other.account, turn=turns[w.other.pk], yes=True)
    with pytest.raises(Refused):
        rotas.answer(account=me, turn=turns[w.second.pk], yes=True)
    chosen = crew.choose_rota(person=me, rota=rota.pk, known_as="Wren")
    assert crew.choose_rota(person=me, rota=rota.pk, known_as="Wren").pk == chosen.pk
    row = parts.started(me, [[chosen]])
    engine.run_due(now=row.due_at + dt.timedelta(minutes=5))
    assert parts.owners("call") == {w.other.account_id}, "neither the person nor who has not said yes"
    actions.end(person=me, check_in=row.pk)
    dead.add(w.other.account_id)
    assert not queries.stands_by(me, queries.usual_steps(me)), "the person does not stand by for themselves"
    with pytest.raises(Refused):
        crew.choose_rota(person=account("stranger"), rota=rota.pk, known_as="X")


def test_who_leaves_the_group_is_on_none_of_its_lists(me: Account, w: World) -> None:
    rota = rotas.make(by=w.steward, name="Night line")
    rotas.ask(by=w.steward, rota=rota.pk, member=w.worker.pk)
    crew.choose_rota(person=me, rota=rota.pk, known_as="Wren")
    rotas.leave(membership=w.worker)
    people.leave(membership=w.worker, settled=True)
    assert not RotaTurn.objects.exists()
    assert not Watcher.objects.filter(person=me).exists()
    rotas.remove(by=w.steward, rota=rota.pk)
    assert not Rota.objects.exists()


def test_the_lists_of_a_group_take_one_question_however_many_there_are(
    w: World, django_assert_num_queries: Any
) -> None:
    for number in range(4):
        rota = rotas.make(by=w.steward, name=f"Line {number}")
        for member in (w.worker, w.other)[: number % 3]:
            rotas.ask(by=w.steward, rota=rota.pk, member=member.pk)
            turn = RotaTurn.objects.get(rota=rota, membership=member)
            if member == w.other or number == 1:
                rotas.answer(account=member.account, turn=turn.pk, yes=True)
    with django_assert_num_queries(1), django_assert_num_queries(1, using="keys"):
        found = crew_queries.rotas_of(w.group)
    assert sorted((name, yes) for _row, name, yes in found) == [
        ("Line 0", 0),
        ("Line 1", 1),
        ("Line 2", 1),
        ("Line 3", 0),
    ]


def test_the_gentle_kind_keeps_nothing(me: Account, w: World) -> None:
    row, secret = asked(me)
    crew.agree(secret=secret, account=w.other.account)
    contact, second = asked(me, "Max")
    crew.agree(secret=second)
    friend = w.other.account
    assert looking.ask(person=me, watchers=[contact.pk]) is None, "who has no account sees no page"
    look = looking.ask(person=me, watchers=[row.pk, contact.pk])
    assert look is not None
    assert [one.name for one in crew_queries.looks_for(friend)] == ["Wren"]
    assert not looking.nudge(account=w.second.account, look=look.pk)
    assert looking.nudge(account=friend, look=look.pk)
    assert looking.nudge(account=friend, look=look.pk)
    assert crew_queries.look(me) == crew_queries.Look(["Olive"], ["Olive"], answered=False)
    assert len(parts.letters("nudge")) == 1, "twice is once until it is answered"
    looking.answer(person=me)
    assert crew_queries.looks_for(friend)[0].answered
    looking.end(person=me)
    assert not LookIn.objects.exists()
    assert crew_queries.looks_for(friend) == []
    assert not looking.nudge(account=friend, look=look.pk)
    assert "watch.look" not in told(friend)


def test_an_answer_that_comes_late_counts_for_when_it_was_given(me: Account) -> None:
    row = parts.started(me, parts.crew(me, 1), every=600)
    first = row.due_at
    engine.run_due(now=row.due_at)
    before = clock.database_now()
    after = actions.ok(person=me, check_in=row.pk, due=first, ago=120)
    assert after.due_at < before + dt.timedelta(seconds=600 - 119)
    again = actions.ok(person=me, check_in=row.pk, due=first, ago=0)
    assert again.due_at == after.due_at, "an answer to a check that is over changes nothing"
    more = actions.extend(person=me, check_in=row.pk, seconds=600, due=first)
    assert more.due_at == after.due_at
    engine.run_due(now=after.due_at + dt.timedelta(seconds=61))
    assert actions.ok(person=me, check_in=row.pk, due=first, ago=9999).state == "calling", "nor stops a call"


def test_how_it_ended_is_said_in_one_word_and_only_afterwards(me: Account) -> None:
    row = parts.started(me, parts.crew(me, 1))
    with pytest.raises(actions.Unknown):
        actions.say(person=me, check_in=row.pk, outcome="safe")
    actions.end(person=me, check_in=row.pk)
    with pytest.raises(actions.Wrong):
        actions.say(person=me, check_in=row.pk, outcome="false alarm")
    actions.say(person=me, check_in=row.pk, outcome="helped")
    row.refresh_from_db()
    assert row.outcome == "helped"
