"""START, OK, HELP and STOP by text message: without data, without the app, on phones that nobody signed in on."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.utils.translation import override

from alongside.kit import clock
from alongside.kit.models import AuditRow, Beat
from alongside.outbox import dispatch, inbound
from alongside.outbox import queries as outbox
from alongside.outbox.models import Channel, Letter
from alongside.outbox.tests import parts as outbox_parts
from alongside.people.models import Account
from alongside.watch import engine, queries
from alongside.watch.models import Call, CheckIn, Watcher
from alongside.watch.tests import parts
from tests.processes import at_once, installation
from tests.world import account

pytestmark = pytest.mark.django_db(databases=["default", "keys"])
NUMBER, OTHER = "+15550123456", "+15550999999"


@pytest.fixture(autouse=True)
def gateway(settings: Any) -> None:
    settings.SMS_URL = "json://127.0.0.1:9099/"


@pytest.fixture
def engine_runs(db: Any) -> None:
    del db
    Beat.objects.create(name=queries.BEAT, at=clock.database_now())


@pytest.fixture
def wren(engine_runs: None) -> Account:
    """Somebody with a number, and one watcher without an account who has another."""
    person = account("wren")
    outbox_parts.working(person.pk, address=NUMBER)
    outbox_parts.working(parts.watcher(person).owner, address=OTHER)
    return person


def text(said: str, number: str = NUMBER) -> str:
    return inbound.take(number=number, text=said, key=uuid4().hex)


def running() -> CheckIn:
    return CheckIn.objects.get(next_at__isnull=False)


def later(row: CheckIn, seconds: float) -> CheckIn:
    engine.run_due(now=row.due_at + dt.timedelta(seconds=seconds))
    row.refresh_from_db()
    return row


def minutes(row: CheckIn) -> int:
    return round((row.due_at - clock.database_now()).total_seconds() / 60)


def test_a_whole_watch_by_text(wren: Account) -> None:
    assert (
        text("START") == "It runs. Next check in 10 min. We text you then: answer OK. HELP and STOP work at any time."
    )
    row = running()
    assert (row.person, row.state, minutes(row), row.every, row.grace) == (wren, "watching", 10, 600, 120)
    later(row, 0)
    assert parts.owners("ask") == {wren.pk}
    assert text("ok") == "OK. Next check in 10 min."
    row.refresh_from_db()
    later(row, 120)
    assert Call.objects.count() == 1
    assert text("OK.") == "OK. Who was called is told. Next check in 10 min."
    assert parts.owners("answered") == parts.owners("call")
    assert text("stop") == "It has ended. To get no more texts from us, text STOP again."
    row.refresh_from_db()
    assert (row.state, row.outcome) == ("ended", "safe")


@pytest.mark.parametrize(
    ("said", "wanted", "know"),
    [
        ("start 20", 20, ""),
        ("Start20", 20, ""),
        ("GO 1 min.", 1, ""),
        ("Début 30 minutes, porte bleue, 2e", 30, "porte bleue, 2e"),
        ("start the blue door", 10, "the blue door"),
        ("start 15m blue door 3", 15, "blue door 3"),
        ("start 720", 720, ""),
    ],
)
def test_minutes_and_what_to_know_may_follow_start(wren: Account, said: str, wanted: int, know: str) -> None:
    assert f" {wanted} min" in text(said)
    row = running()
    assert minutes(row) == wanted
    found = {"contact": NUMBER} | ({"know": know} if know else {})
    assert queries.opened(row) == found
    later(row, 120)
    assert queries.behind(parts.token_of(Call.objects.get())).shut == found  # type: ignore[union-attr]


@pytest.mark.parametrize("said", ["start 0", "start 721", "start 999999"])
def test_a_time_that_cannot_be_starts_nothing(wren: Account, said: str) -> None:
    assert text(said) == "It did not start. Give minutes from 1 to 720, as in START 20."
    assert not CheckIn.objects.exists()


def test_start_refuses_when_nobody_stands_by(wren: Account) -> None:
    refused = "It did not start: no one stands by for you now. Please tell someone near you."
    Channel.objects.exclude(owner=wren.pk).update(state="dead")
    assert text("START") == refused
    Watcher.objects.update(off=True)
    assert text("START") == refused
    Watcher.objects.all().delete()
    assert text("START") == refused
    assert not CheckIn.objects.exists()


def test_start_refuses_when_no_engine_runs(wren: Account) -> None:
    Beat.objects.update(at=clock.database_now() - dt.timedelta(seconds=11))
    assert text("START").startswith("It did not start: we cannot keep time now.")
    assert not CheckIn.objects.exists()


def test_a_second_start_says_how_it_stands_and_changes_nothing(wren: Account) -> None:
    text("START 30")
    row = running()
    assert text("START 5") == "It runs already. Next check in 30 min. You can text OK, HELP or STOP."
    later(row, 0)
    assert text("START") == "It runs already, and waits for you. Text OK if you are well, or HELP."
    assert CheckIn.objects.count() == 1
    assert running().state == "asked"


def test_ok_ends_a_single_check_that_the_app_started(wren: Account) -> None:
    row = parts.started(wren, [list(Watcher.objects.all())])
    assert text("OK") == "OK. It has ended."
    row = parts.started(wren, [list(Watcher.objects.all())])
    later(row, 120)
    assert text("OK") == "OK. It has ended, and who was called is told."


def test_ok_and_stop_with_nothing_running(wren: Account) -> None:
    assert text("OK") == "Nothing runs now. Text START to begin."
    assert text("OK", OTHER) == "Thank you. Please use the link in our text."


def test_help_calls_at_once_what_runs(wren: Account) -> None:
    text("START")
    assert text("HELP") == "Your people are called now. Text OK if you are well."
    row = running()
    assert (row.state, row.called_for) == ("calling", "help")
    engine.run_due()
    assert len(parts.letters("call")) == 1


def test_help_calls_at_once_when_nothing_runs(wren: Account) -> None:
    assert text("Help blue door") == "Your people are called now. Text OK if you are well."
    row = running()
    assert (row.person, row.state, row.every) == (wren, "calling", None)
    assert queries.opened(row) == {"contact": NUMBER, "know": "blue door"}
    engine.run_due()
    assert len(parts.letters("call")) == 1
    assert text("HELP") == "Your people are called now. Text OK if you are well."
    assert CheckIn.objects.count() == 1


def test_help_says_when_nobody_can_be_called_or_it_may_take_long(wren: Account) -> None:
    Beat.objects.all().delete()
    assert text("HELP") == "It may take longer to call your people. Please phone someone too."
    assert running().state == "calling"
    text("STOP")
    Watcher.objects.all().delete()
    assert text("HELP") == "No one can be called from here now. Please phone someone."
    assert not CheckIn.objects.filter(next_at__isnull=False).exists()


def test_a_watchers_number_starts_nothing_and_learns_what_it_is(wren: Account) -> None:
    assert text("START", OTHER) == "START does not work from this number."
    assert text("HELP", OTHER).startswith("We text you when someone who chose you needs you.")
    assert not CheckIn.objects.exists()


def test_stop_from_a_watchers_number_takes_them_off_and_tells_the_person(wren: Account) -> None:
    owner = Watcher.objects.get().owner
    assert text("STOP", OTHER) == "You get no more texts from us."
    row = Watcher.objects.get()
    assert (row.off, row.digest) == (True, "")
    assert Letter.objects.get(owner=wren.pk).code == "watch.stopped"
    assert not Channel.objects.filter(owner=owner).exists()
    assert text("STOP", OTHER) == ""
    assert text("START").startswith("It did not start: no one stands by")


def test_stop_with_nothing_running_takes_the_number_away_and_a_watcher_with_another_way_stays_one(
    wren: Account,
) -> None:
    friend = account("friend")
    parts.watcher(friend, account=wren)
    row = outbox_parts.working(wren.pk, "push", outbox_parts.Browser().address)
    assert text("STOP") == "You get no more texts from us."
    assert [way.id for way in outbox.ways(wren.pk)] == [row.pk]
    assert not Watcher.objects.get(account=wren).off
    assert dispatch.reachable([wren.pk]) == {wren.pk: True}


def test_stop_from_the_only_way_of_a_watcher_with_an_account_takes_them_off(wren: Account) -> None:
    friend = account("friend")
    parts.watcher(friend, account=wren)
    text("STOP")
    assert Watcher.objects.get(account=wren).off
    assert Letter.objects.get(owner=friend.pk).code == "watch.stopped"
    assert Account.objects.filter(pk=wren.pk).exists()


def test_stop_ends_what_runs_first_and_the_number_stays(wren: Account) -> None:
    text("START")
    text("STOP")
    assert text("START").startswith("It runs.")


def test_a_number_of_two_people_means_the_check_that_is_due_first(wren: Account) -> None:
    ash = account("ash")
    outbox_parts.working(ash.pk, address=NUMBER)
    watchers = list(Watcher.objects.all())
    first = parts.started(wren, [watchers], every=600)
    mine = [parts.watcher(ash)]
    outbox_parts.working(mine[0].owner, address="+15550888888")
    second = parts.started(ash, [mine], first=1200, every=600)
    due = second.due_at
    later(first, 0)
    assert first.state == "asked"
    text("OK")
    text("HELP")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state, second.due_at) == ("calling", "watching", due)
    assert text("STOP").startswith("It has ended.")
    assert text("OK") == "OK. Next check in 10 min."
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("ended", "watching")
    assert second.due_at < due


def test_start_from_a_number_of_two_people_is_for_who_proved_it_last_and_can_be_helped(wren: Account) -> None:
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=1), tick=True):
        ash = account("ash")
        outbox_parts.working(ash.pk, address=NUMBER)
        text("START")
        assert running().person == wren, "nobody stands by for the other"
        text("STOP")
        mine = parts.watcher(ash)
        outbox_parts.working(mine.owner, address="+15550888888")
        text("START")
        assert running().person == ash


def test_a_repeated_message_does_nothing_twice(wren: Account) -> None:
    first = inbound.take(number=NUMBER, text="START", key="one")
    due = running().due_at
    assert inbound.take(number=NUMBER, text="START", key="one") == first
    text("STOP")
    assert inbound.take(number=NUMBER, text="START", key="one") == first
    assert not CheckIn.objects.filter(next_at__isnull=False).exists()
    assert CheckIn.objects.get().due_at == due


def test_what_is_noted_of_it_is_what_the_app_would_note_and_no_number(wren: Account) -> None:
    text("START the blue door")
    text("STOP")
    rows = AuditRow.objects.filter(chain=wren.pk, act__startswith="watch.")
    assert [row.act for row in rows.order_by("seq")] == ["watch.started", "watch.ended"]
    assert not [row for row in AuditRow.objects.all() if NUMBER in str(row.detail) or "door" in str(row.detail)]


ANSWERED = [
    "START", "START 5", "START 720 x", "OK", "HELP", "OK", "STOP", "OK", "START 999", "hello", "HELP", "STOP", "STOP",
]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("case", ["well", "no engine", "nobody", "watcher", "two"])
def test_every_answer_fits_one_message_and_tells_nobody_what_it_is_about(
    wren: Account, language: str, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbound, "ANSWERS", 1000)
    Channel.objects.update(language=language)
    if case == "no engine":
        Beat.objects.all().delete()
    elif case == "nobody":
        Watcher.objects.all().delete()
    said = [text(one, OTHER if case == "watcher" else NUMBER) for one in ANSWERED]
    assert len({one for one in said if one}) > 3
    for one in said:
        assert len(one) <= 160, one
        assert set(one) <= outbox_parts.GSM, set(one) - outbox_parts.GSM
        for word in ("alone", "overdose", "naloxone", "drug", "seul", "surdose", "wren", "watch", "Alongside"):
            assert word not in one, one


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", ("DEBUT 20", "Ok", "aide", "FIN")),
        ("fr", ("début", "okay", "SOS", "Arrêt")),
        ("en", ("GO", "ok", "sos", "DONE")),
    ],
)
def test_words_are_known_in_both_languages_whatever_the_phone_makes_of_them(
    wren: Account, language: str, said: tuple[str, ...]
) -> None:
    Channel.objects.update(language=language)
    states = []
    for one in said:
        text(one)
        states.append(CheckIn.objects.get().state)
    assert states == ["watching", "watching", "calling", "ended"]


def test_people_are_told_of_the_words_in_their_language() -> None:
    assert [word for word, _says in inbound.described()] == ["START", "OK", "HELP", "STOP"]
    with override("fr"):
        names = [word for word, _says in inbound.described()]
    assert names == ["DEBUT", "OK", "AIDE", "FIN"]
    assert {inbound.parts(name)[0] for name in names} <= inbound._words.keys()


def test_start_from_many_processes_at_once_starts_once() -> None:
    """Four times the same message, and four times another one, as a phone does that got no answer."""
    workers = "alongside.watch.tests.text_workers"
    with installation() as place:
        at_once(place, workers, "prepare", count=1)
        told = at_once(place, workers, "start_twice", count=4)
        assert {same[:22] for same, _own in told} == {"It runs. Next check in"}
        assert {own[:16] for _same, own in told} == {"It runs already."}
        assert at_once(place, workers, "count", count=1) == [["1"]]
