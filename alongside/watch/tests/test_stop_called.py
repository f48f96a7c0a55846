"""Not to be called any more, by the link of a call: for one without an account, for one with, for one on a group's list."""

import datetime as dt

import pytest
from django.test import Client

from alongside.kit import audit, clock, keys
from alongside.outbox.models import Letter
from alongside.people.actions import Refused
from alongside.people.models import Account
from alongside.watch import actions, crew, engine, queries, rotas
from alongside.watch.models import Call, CheckIn, RotaTurn, Watcher
from alongside.watch.tests import parts
from tests.world import World

pytestmark = [pytest.mark.django_db(databases=["default", "keys"]), pytest.mark.usefixtures("dead")]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def called(person: Account, steps: list[list[Watcher]]) -> CheckIn:
    """A check-in whose first step has just been called."""
    row = parts.started(person, steps)
    engine.run_due(now=row.due_at + dt.timedelta(seconds=61))
    row.refresh_from_db()
    return row


def token(row: Watcher) -> str:
    return parts.token_of(Call.objects.get(watcher=row.pk))


def told(person: Account) -> list[str]:
    return list(Letter.objects.filter(owner=person.pk).order_by("code").values_list("code", flat=True))


def test_without_an_account_it_is_as_leaving_the_crew_and_the_next_step_is_called_at_once(me: Account) -> None:
    [[first], [second]] = parts.crew(me, 1, 1)
    row = called(me, [[first], [second]])
    link = token(first)
    assert crew.stop_called(link=link) == "contact"
    first.refresh_from_db()
    assert first.off
    assert keys.get(first.owner) is None, "how to reach them is gone with the key"
    assert told(me) == ["watch.stopped"]
    row.refresh_from_db()
    assert row.next_at is not None
    assert row.next_at <= clock.database_now()
    engine.run_due(now=row.next_at)
    assert Call.objects.filter(watcher=second.pk).count() == 1

    # The rounds that follow skip them, their link shows nothing any more and says nothing; twice is once.
    for _round in range(3):
        row.refresh_from_db()
        engine.run_due(now=row.next_at)
    assert Call.objects.filter(watcher=first.pk).count() == 1
    assert Call.objects.filter(watcher=second.pk).count() > 1
    found = queries.behind(link)
    assert found is not None
    assert (found.mine, found.shut, found.known_as) == ("ended", {}, "")
    assert actions.coming(token=link).mine == "ended"
    assert crew.stop_called(link=link) == "contact"
    assert told(me) == ["watch.stopped"]
    assert audit.verify(me.pk) is None


def test_who_was_on_the_way_does_not_come(me: Account) -> None:
    [[first], [second]] = parts.crew(me, 1, 1)
    row = called(me, [[first], [second]])
    link = token(first)
    actions.coming(token=link)
    crew.stop_called(link=link)
    row.refresh_from_db()
    assert row.state == "calling"
    engine.run_due(now=row.next_at)
    assert Call.objects.filter(watcher=second.pk).exists()


def test_somebody_else_who_comes_still_comes(me: Account) -> None:
    [[first, second]] = parts.crew(me, 2)
    row = called(me, [[first, second]])
    actions.coming(token=token(second))
    crew.stop_called(link=token(first))
    row.refresh_from_db()
    assert row.state == "coming"
    assert Call.objects.get(watcher=second.pk).state == "coming"


def test_with_an_account_they_may_come_back(me: Account, w: World) -> None:
    olive = parts.watcher(me, account=w.other.account, name="Olive", known_as="Wren")
    called(me, [[olive]])
    call = Call.objects.get()
    assert crew.stop_called(link=queries.Own(w.other.account.pk, call.pk)) == "account"
    assert queries.called(w.other.account) == []
    assert keys.get(olive.owner) is not None
    with pytest.raises(Refused):
        crew.stop_called(link=queries.Own(w.second.account.pk, call.pk))
    crew.resume(watcher=olive.pk, account=w.other.account)
    assert told(me) == ["watch.agreed", "watch.stopped"]
    with pytest.raises(Refused):
        crew.stop_called(link=queries.Own(w.other.account.pk, call.pk))


def test_on_a_list_they_leave_the_list_and_nobody_else_does(me: Account, w: World) -> None:
    rota = rotas.make(by=w.steward, name="Night line")
    for member in (w.other, w.second):
        rotas.ask(by=w.coordinator, rota=rota.pk, member=member.pk)
        rotas.answer(account=member.account, turn=RotaTurn.objects.get(membership=member).pk, yes=True)
    chosen = crew.choose_rota(person=me, rota=rota.pk, known_as="Wren")
    called(me, [[chosen]])
    call = Call.objects.get(owner=w.other.account_id)
    link = parts.token_of(call)
    assert crew.stop_called(link=link) == "rota"
    assert crew.stop_called(link=link) == "rota"
    assert [turn.membership_id for turn in RotaTurn.objects.all()] == [w.second.pk]
    chosen.refresh_from_db()
    assert not chosen.off
    assert told(me) == []
    assert audit.verify(rota.group_id) is None


def test_a_link_of_something_that_is_over_stops_nothing(me: Account) -> None:
    [[first]] = parts.crew(me, 1)
    row = called(me, [[first]])
    link = token(first)
    actions.end(person=me, check_in=row.pk)
    with pytest.raises(Refused):
        crew.stop_called(link=link)
    for answer in (Client().get(f"/watch/c/{link}/stop/"), Client().post(f"/watch/c/{link}/stop/")):
        assert answer.status_code == 410
        assert b"This link no longer works" in answer.content
    first.refresh_from_db()
    assert not first.off
    assert Client().post("/watch/c/nothing/stop/").status_code == 404
    again = called(me, [[first]])
    first.delete()
    link = parts.token_of(Call.objects.get(check_in=again))
    assert Client().get(f"/watch/c/{link}/stop/").status_code == 410
    assert Client().post(f"/watch/c/{link}/stop/").status_code == 410


def test_the_page_asks_once_more_and_takes_a_form_with_its_own_mark_alone(me: Account) -> None:
    [[first]] = parts.crew(me, 1)
    called(me, [[first]])
    link = f"/watch/c/{token(first)}/"
    strict = Client(enforce_csrf_checks=True)
    assert f'href="{link}stop/"'.encode() in strict.get(link).content
    assert strict.post(f"{link}stop/").status_code == 403
    page = strict.get(f"{link}stop/")
    assert page["Cache-Control"] == "no-store"
    assert page["Referrer-Policy"] == "same-origin", "or a browser would not say that the form is our own"
    first.refresh_from_db()
    assert not first.off, "a look stops nothing"
    mark = strict.cookies["csrftoken"].value
    answer = strict.post(f"{link}stop/", {"csrfmiddlewaretoken": mark})
    assert b"How to reach you is deleted here." in answer.content
    first.refresh_from_db()
    assert first.off
    assert strict.get(f"{link}stop/").status_code == 410
    assert b"/stop/" not in strict.get(link).content


def test_in_the_app_too(me: Account, w: World) -> None:
    olive = parts.watcher(me, account=w.other.account)
    called(me, [[olive]])
    call = Call.objects.get()
    browser, other = Client(), Client()
    browser.force_login(w.other.account, backend=BACKEND)
    other.force_login(w.second.account, backend=BACKEND)
    assert other.post(f"/watch/calls/{call.pk}/stop/").status_code == 404
    assert b"no more calls" in browser.get(f"/watch/calls/{call.pk}/stop/").content
    assert b"We do not call you for them any more." in browser.post(f"/watch/calls/{call.pk}/stop/").content
    olive.refresh_from_db()
    assert olive.off
