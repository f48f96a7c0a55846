import contextlib
import datetime as dt
import time
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from django.db import OperationalError

from alongside.kit import clock, keys
from alongside.outbox import actions, channels, dispatch, lanes, queries, rules, senders
from alongside.outbox.models import Channel, Dispatch, Letter
from alongside.outbox.tests import parts
from tests.sink import Sink

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    """A gateway for SMS and e-mail, and a push service, all in one."""
    with Sink() as one:
        settings.SMS_URL = settings.MAIL_URL = one.url
        settings.PUSH_HOSTS = [f"127.0.0.1:{one.port}"]
        yield one


@pytest.fixture
def sender() -> Iterator[senders.Sender]:
    one = senders.Sender()
    yield one
    one.finish(5.0)


def turned(sender: senders.Sender, seconds: float = 0.0) -> None:
    """Turns until nothing is under way; those that wait for up to so many seconds from now are due at once."""
    for _ in range(600):
        soon = clock.database_now() + dt.timedelta(seconds=seconds)
        waiting = Dispatch.objects.filter(next_at__lte=soon).exclude(pk__in=list(sender.held))
        found = waiting.update(next_at=clock.database_now())
        if sender.turn() and not found:
            return
    raise AssertionError("it never rests")


def state(pk: UUID) -> str:
    return dispatch.states([pk])[pk]


def browser(sink: Sink) -> parts.Browser:
    return parts.Browser(f"http://127.0.0.1:{sink.port}/push")


def test_a_letter_leaves_by_sms_in_the_channels_language(sink: Sink, sender: senders.Sender) -> None:
    ann = parts.owner()
    parts.working(ann, language="en")
    one = parts.posted(ann)
    turned(sender)
    [asked] = sink.got
    assert asked.said["to"] == "+15550123456"
    assert asked.said["message"] == "Please look now: http://localhost/x"
    assert asked.said["title"] == ""
    assert (asked.key, state(one)) == (str(one), "sent")
    row = Dispatch.objects.get(pk=one)
    assert (row.next_at, row.lease) == (None, None)
    turned(sender)
    assert len(sink.got) == 1


def test_a_browser_gets_words_and_link_that_it_alone_can_read(sink: Sink, sender: senders.Sender) -> None:
    ann, phone = parts.owner(), browser(sink)
    row = channels.add(owner=ann, kind="push", address=phone.address, language="en")
    turned(sender)
    said = phone.opened(sink.got[0].body)
    assert said["text"] == "Tap here: then messages reach you."
    assert said["link"].endswith(f"/letters/ways/{row.pk}/{parts.code_of(row)}/")
    assert channels.prove(owner=ann, channel=row.pk, code=said["link"].rstrip("/").rsplit("/", 1)[1])
    one = parts.posted(ann)
    turned(sender)
    asked = sink.got[1]
    said = {"text": "Please look now", "link": "http://localhost/x", "key": str(one), "loud": True}
    assert phone.opened(asked.body) == said
    assert (asked.headers["urgency"], asked.headers["topic"]) == ("high", one.hex)
    assert 500 < int(asked.headers["ttl"]) <= 600


def test_a_code_reaches_a_channel_that_is_not_proven_and_nothing_else_does(sink: Sink, sender: senders.Sender) -> None:
    ann = parts.owner()
    parts.working(ann, address="+15550120001")
    fresh = channels.add(owner=ann, kind="sms", address="+15550120002", language="en")
    one = parts.posted(ann)
    turned(sender)
    assert {a.said["to"]: a.said["message"] for a in sink.got} == {
        "+15550120001": "Please look now: http://localhost/x",
        "+15550120002": f"Your code is {parts.code_of(fresh)}. Type it where you asked for it.",
    }
    assert state(one) == "sent"


def test_what_was_withdrawn_or_is_too_late_does_not_leave(sink: Sink, sender: senders.Sender) -> None:
    ann = parts.owner()
    parts.working(ann)
    gone, late = parts.posted(ann), parts.posted(ann, good=-1)
    dispatch.withdraw([gone])
    turned(sender)
    assert sink.got == []
    assert (state(gone), state(late)) == ("withdrawn", "failed")
    assert [letter.code for letter in Letter.objects.all()] == ["outbox.failed"]
    assert queries.letters(ann)[0].path == "/letters/ways/"


def test_a_letter_withdrawn_while_it_waits_for_a_worker_does_not_leave(sink: Sink, sender: senders.Sender) -> None:
    ann = parts.owner()
    parts.working(ann)
    sink.answer = lambda asked: (204, 0.8)
    with patch.dict(senders._WIDTH, {"sms": (1, 5)}):
        first, second = parts.posted(ann), parts.posted(ann)
        sender.turn()
        assert len(sender.held) == 2
        while len(waiting := sender.lanes["sms"].waiting(-1)) != 1:
            sender.turn()
        waits = waiting[0].letter.row.id
        dispatch.withdraw([waits])
        turned(sender)
    assert state(waits) == "withdrawn"
    assert [a.key for a in sink.got] == [str(({first, second} - {waits}).pop())]


def test_who_has_no_channel_that_works_is_told_in_the_app(sink: Sink, sender: senders.Sender) -> None:
    ann = parts.owner()
    channels.remove(owner=ann, channel=parts.working(ann).pk)
    one = parts.posted(ann)
    turned(sender)
    assert state(one) == "waiting"
    Dispatch.objects.update(due_at=clock.database_now() - rules.NOWHERE_MOST - dt.timedelta(seconds=1))
    turned(sender, rules.NOWHERE)
    assert state(one) == "failed"
    assert Letter.objects.filter(owner=ann, code="outbox.failed").count() == 1


def test_a_provider_that_fails_is_tried_again_and_then_the_next_channel(sink: Sink, sender: senders.Sender) -> None:
    ann = parts.owner()
    first, second = parts.working(ann, address="+15550120001"), parts.working(ann, "mail", "ann@example.org")
    sink.answer = lambda asked: (500 if asked.said["to"].startswith("+") else 204, 0.0)
    one = parts.posted(ann)
    turned(sender, 2.0)
    assert sink.to() == ["+15550120001"] * rules.ATTEMPTS + ["ann@example.org"]
    assert set(sink.counted()) == {str(one)}
    assert state(one) == "sent"
    assert sink.got[-1].said["title"] == "A message for you"
    assert {first.pk, second.pk} == set(Channel.objects.filter(state="works", fails=0).values_list("pk", flat=True))


def test_back_off_grows_and_the_letter_stays(sink: Sink, sender: senders.Sender) -> None:
    ann = parts.owner()
    parts.working(ann)
    sink.answer = lambda asked: (503, 0.0)
    one = parts.posted(ann, good=3600)
    waits = []
    for _ in range(8):
        turned(sender)
        row = Dispatch.objects.get(pk=one)
        assert row.next_at is not None
        waits.append(round((row.next_at - clock.database_now()).total_seconds()))
        Dispatch.objects.update(next_at=clock.database_now())
    assert waits == [1, 5, 1, 10, 1, 20, 1, 40]
    sink.answer = lambda asked: (204, 0.0)
    turned(sender)
    assert state(one) == "sent"


def test_a_channel_that_is_gone_is_dead_at_once_and_its_owner_is_told(sink: Sink, sender: senders.Sender) -> None:
    ann, phone = parts.owner(), browser(sink)
    dead = parts.working(ann, "push", phone.address)
    parts.working(ann)
    sink.answer = lambda asked: (410 if asked.path == "/push" else 204, 0.0)
    one = parts.posted(ann)
    turned(sender)
    assert state(one) == "sent"
    assert [way.state for way in queries.ways(ann)] == ["dead", "works"]
    assert [letter.text for letter in queries.letters(ann)] == [
        "A way to reach you does not work any more. Please test it or add another one."
    ]
    parts.posted(ann)
    turned(sender)
    assert [a.path for a in sink.got] == ["/push", "/", "/"], "it is not asked again"
    channels.add(owner=ann, kind="push", address=phone.address, language="en")
    sink.answer = lambda asked: (201, 0.0)
    turned(sender)
    assert channels.prove(owner=ann, channel=dead.pk, code=parts.code_of(dead))


def test_an_address_that_is_refused_again_and_again_is_dead(sink: Sink, sender: senders.Sender) -> None:
    ann, ben = parts.owner(), parts.owner()
    parts.working(ann, address="+15550120001")
    parts.working(ben, address="+15550120002")
    sink.answer = lambda asked: (422 if asked.said["to"].endswith("1") else 500, 0.0)
    one, two = parts.posted(ann, good=3600), parts.posted(ben, good=3600)
    for _ in range(2 * rules.REFUSALS + 2):
        Dispatch.objects.update(next_at=clock.database_now())
        turned(sender)
        if queries.ways(ann)[0].state == "dead":
            break
    assert [way.state for way in queries.ways(ann)] == ["dead"]
    assert [way.state for way in queries.ways(ben)] == ["works"], "a gateway that fails makes no channel dead"
    assert (state(one), state(two)) == ("waiting", "waiting")


def test_a_letter_that_cannot_be_opened_holds_up_nobody(sink: Sink, sender: senders.Sender) -> None:
    ann, ben, cy = parts.owner(), parts.owner(), parts.owner()
    for number, who in enumerate((ann, ben, cy)):
        parts.working(who, address=f"+1555012000{number}")
    broken, unknown, fine, left = (
        parts.posted(ann),
        parts.posted(ben, code="x.unknown"),
        parts.posted(ben),
        parts.posted(cy),
    )
    Dispatch.objects.filter(pk=broken).update(filling=b"\x01broken")
    keys.delete(cy)
    turned(sender)
    assert sink.counted() == {str(fine): 1}
    assert [state(one) for one in (broken, unknown, fine, left)] == ["waiting", "waiting", "sent", "withdrawn"]


def test_a_hung_provider_holds_up_nobody_elses_letters(sink: Sink, sender: senders.Sender, settings: Any) -> None:
    """Three hundred letters wait for a gateway that says nothing; a browser's letter leaves meanwhile."""
    crowd, ann = [parts.owner() for _ in range(3)], parts.owner()
    for number, who in enumerate(crowd):
        parts.working(who, address=f"+1555012000{number}")
    parts.working(ann, "push", browser(sink).address)
    settings.SMS_URL = sink.url + "?rto=30"
    sink.answer = lambda asked: (204, 0.0 if asked.path == "/push" else 14.0)
    for number in range(500):
        parts.posted(crowd[number % 3])
    one = parts.posted(ann)
    begin = time.monotonic()
    while state(one) != "sent":
        sender.turn()
        assert time.monotonic() - begin < 12, "long before the gateway said its first word"
    sink.answer = lambda asked: (204, 0.0)
    Dispatch.objects.exclude(pk__in=sender.held).filter(state="waiting").update(state="withdrawn", next_at=None)


def test_letters_for_a_shut_provider_leave_by_the_next_channel_at_once(
    sink: Sink, sender: senders.Sender, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "SLOW", 0.1)
    settings.SMS_URL = sink.url + "?rto=0.3&cto=0.3"
    sink.answer = lambda asked: (204, 0.0 if "@" in asked.said["to"] else 60.0)
    ann = parts.owner()
    parts.working(ann)
    parts.working(ann, "mail", "ann@example.org")
    first = [parts.posted(ann) for _ in range(lanes.STRIKES)]
    turned(sender, 0.1)
    assert {state(one) for one in first} == {"sent"}
    assert sender.lanes["sms"].shut() > 0
    asked = len(sink.got)
    later = [parts.posted(ann) for _ in range(20)]
    turned(sender)
    assert {state(one) for one in later} == {"sent"}
    assert {a.said["to"] for a in sink.got[asked:]} == {"ann@example.org"}, "nobody waits for it while it is shut"


def test_letters_without_another_channel_wait_until_a_shut_provider_is_tried(
    sink: Sink, sender: senders.Sender, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "SLOW", 0.1)
    monkeypatch.setattr(lanes, "SHUT", 0.2)
    settings.SMS_URL = sink.url + "?rto=0.3&cto=0.3"
    ann = parts.owner()
    parts.working(ann)
    sink.answer = lambda asked: (204, 60.0)
    letters = [parts.posted(ann) for _ in range(30)]
    for _ in range(60):
        sender.turn()
    assert sender.lanes["sms"].shut() or sender.lanes["sms"].room() <= 1
    sink.answer = lambda asked: (204, 0.0)
    end = time.monotonic() + 20
    while {state(one) for one in letters} != {"sent"}:
        turned(sender, 60.0)
        assert time.monotonic() < end
    assert set(sink.counted()) == {str(one) for one in letters}


def test_what_could_not_be_marked_is_marked_later_and_not_sent_again(sink: Sink, sender: senders.Sender) -> None:
    ann = parts.owner()
    parts.working(ann)
    one = parts.posted(ann)
    sender.turn()
    for _ in range(3):
        with patch("alongside.outbox.senders._write", side_effect=OperationalError("disk full")):
            while not sender.done:
                with contextlib.suppress(OperationalError):
                    sender.turn()
            with pytest.raises(OperationalError):
                sender.turn()
    assert state(one) == "waiting"
    turned(sender)
    assert state(one) == "sent"
    assert sink.counted() == {str(one): 1}


def test_a_dead_senders_letters_are_sent_by_another(sink: Sink, sender: senders.Sender) -> None:
    ann = parts.owner()
    parts.working(ann)
    one = parts.posted(ann)
    dead = senders.Sender()
    dead._written(True)
    turned(sender)
    assert sink.got == []
    assert Dispatch.objects.get().next_at > clock.database_now()
    turned(sender, senders.LEASE.total_seconds())
    assert (sink.counted(), state(one)) == ({str(one): 1}, "sent")


def test_a_sender_that_lives_says_anew_what_it_holds(sink: Sink, sender: senders.Sender) -> None:
    ann = parts.owner()
    parts.working(ann)
    one = parts.posted(ann)
    sink.answer = lambda asked: (204, 1.5)
    sender.turn()
    Dispatch.objects.update(next_at=clock.database_now())
    sender.renewed -= 60
    sender.turn()
    other = senders.Sender()
    assert other.turn() == senders.EVERY
    turned(sender)
    assert (sink.counted(), state(one)) == ({str(one): 1}, "sent")


def test_finish_waits_for_what_is_under_way(sink: Sink) -> None:
    ann = parts.owner()
    parts.working(ann)
    one = parts.posted(ann)
    sink.answer = lambda asked: (204, 0.5)
    sender = senders.Sender()
    sender.turn()
    parts.posted(ann)
    sender.finish()
    assert state(one) == "sent"
    assert len(sink.got) == 1, "nothing new is begun"


def test_the_loop_sends_and_ends(sink: Sink) -> None:
    ann = parts.owner()
    parts.working(ann)
    one = parts.posted(ann)
    while state(one) != "sent":
        senders.run()
    senders._finish()
    assert senders._sender is None


def test_letters_that_were_to_leave_go_two_days_after() -> None:
    from alongside.outbox import jobs

    ann = parts.owner()
    parts.posted(ann)
    old, over = parts.posted(ann), parts.posted(ann)
    dispatch.withdraw([over])
    Dispatch.objects.filter(pk__in=[old, over]).update(
        due_at=clock.database_now() - rules.KEEP_SENT - dt.timedelta(minutes=1)
    )
    jobs.forget()
    assert not Dispatch.objects.filter(pk=over).exists()
    assert Dispatch.objects.count() == 2, "what still waits is a sender's to end"
    actions.forget(owner=ann)
    assert not Dispatch.objects.exists()
