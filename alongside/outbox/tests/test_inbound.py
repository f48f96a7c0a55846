"""Text messages that come in: signed, once each, from proven numbers alone, and with nothing left of any other."""

import datetime as dt
import hmac
import json
import time
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils.translation import gettext
from hypothesis import given
from hypothesis import strategies as st

from alongside.kit import clock
from alongside.kit.models import AuditRow
from alongside.outbox import actions, channels, inbound, jobs
from alongside.outbox.inbound import Message
from alongside.outbox.models import Came, Channel
from alongside.outbox.tests import parts

db = pytest.mark.django_db(databases=["default", "keys"])
SECRET = "a secret of the gateway"
NUMBER = "+15550123456"
WELL = {"id": "m1", "from": NUMBER, "text": "ping 3"}


@pytest.fixture(autouse=True)
def gateway(settings: Any) -> None:
    settings.SMS_URL, settings.SMS_SECRET = "json://127.0.0.1:9099/", SECRET


@pytest.fixture
def came(monkeypatch: pytest.MonkeyPatch) -> list[Message]:
    """What was handed to the word ``ping``."""
    found: list[Message] = []

    def pong(message: Message) -> str:
        found.append(message)
        return gettext("Something else was done.")

    monkeypatch.setattr(inbound, "_words", {})
    inbound.register(("PING", "PINCE"), pong, "PING", "It answers.")
    return found


def send(
    body: Any = None, *, at: float | None = None, secret: str = SECRET, browser: Client | None = None, **headers: str
) -> Any:
    data = body if isinstance(body, bytes) else json.dumps(WELL if body is None else body).encode()
    moment = str(int(clock.now().timestamp() if at is None else at))
    signature = hmac.digest(secret.encode(), moment.encode() + b"." + data, "sha256").hex()
    given = {"X-Alongside-Timestamp": moment, "X-Alongside-Signature": signature} | headers
    asked = browser or Client(enforce_csrf_checks=True)
    return asked.post("/sms/in/", data, content_type="application/json", headers=given)


@db
def test_a_word_from_a_proven_number_is_done_and_answered_in_the_numbers_language(came: list[Message]) -> None:
    wren = parts.owner()
    parts.working(wren, language="fr")
    answer = send()
    assert (answer.status_code, answer.json()) == (200, {"answer": "Autre chose a été fait."})
    assert came == [Message(NUMBER, (wren,), "3")]


@db
@pytest.mark.parametrize("number", ["15550123456", "+1 (555) 012-3456", "0015550123456"])
def test_a_number_is_the_same_however_the_gateway_writes_it(came: list[Message], number: str) -> None:
    parts.working(parts.owner())
    assert send({**WELL, "from": number}).json()["answer"]
    assert len(came) == 1


@db
def test_what_is_sent_again_is_done_once_and_answered_the_same(came: list[Message]) -> None:
    parts.working(parts.owner())
    first = send().json()
    assert send(at=time.time() - 60).json() == first
    assert send({**WELL, "text": "ping something else"}).json() == first
    assert len(came) == 1
    assert send({**WELL, "id": "m2"}).json() == first
    assert len(came) == 2


@db
def test_what_fails_is_not_taken_for_done(came: list[Message], monkeypatch: pytest.MonkeyPatch) -> None:
    parts.working(parts.owner())

    def broken(message: Message) -> str:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setitem(inbound._words, "ping", inbound._Word("PING", "", broken))
        assert send(browser=Client(raise_request_exception=False)).status_code == 500
    assert send().json()["answer"]
    assert len(came) == 1


@db
def test_a_number_that_nobody_proved_gets_no_answer_and_leaves_no_trace(came: list[Message]) -> None:
    rows = AuditRow.objects.count
    for number in ("+15550999999", "", "pizza", "+" + "1" * 400, "\x00", "🐦"):
        assert send({**WELL, "from": number}).json() == {"answer": None}
    channels.add(owner=parts.owner(), kind="sms", address=NUMBER, language="en")
    before = rows()
    assert send().json() == {"answer": None}
    assert (came, Came.objects.count(), rows()) == ([], 0, before)


@db
def test_a_number_that_nothing_reaches_any_more_may_still_say_something(came: list[Message]) -> None:
    row = parts.working(parts.owner())
    Channel.objects.filter(pk=row.pk).update(state="dead")
    assert send().json()["answer"]
    stranger = channels.add(owner=parts.owner(), kind="sms", address="+15550777777", language="en")
    Channel.objects.filter(pk=stranger.pk).update(state="dead", proof="", until=None)
    assert send({**WELL, "id": "m2", "from": "+15550777777"}).json() == {"answer": None}


@db
def test_a_number_of_several_people_comes_with_who_proved_it_last_first(came: list[Message]) -> None:
    people = []
    with time_machine.travel(dt.datetime(2026, 3, 9, 12, tzinfo=dt.UTC)) as travel:
        for _ in range(3):
            people.append(parts.owner())
            parts.working(people[-1])
            travel.shift(dt.timedelta(days=1))
    send()
    assert came[0].owners == tuple(reversed(people))


@db
def test_who_left_is_not_found_by_the_number(came: list[Message]) -> None:
    wren = parts.owner()
    parts.working(wren)
    actions.forget(owner=wren)
    assert send().json() == {"answer": None}


@db
@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"secret": "another secret it is"}, 403),
        ({"X-Alongside-Signature": ""}, 403),
        ({"X-Alongside-Signature": "é"}, 403),
        ({"X-Alongside-Timestamp": ""}, 403),
        ({"X-Alongside-Timestamp": "1" * 5000}, 403),
        ({"X-Alongside-Timestamp": "now"}, 403),
        ({"body": b"{}"}, 400),
        ({"body": b"["}, 400),
        ({"body": b"[" * 8000}, 400),
        ({"body": {**WELL, "id": ""}}, 400),
        ({"body": {**WELL, "text": None}}, 400),
        ({"body": {**WELL, "text": "x" * 9000}}, 413),
        ({"body": b""}, 415),
    ],
)
def test_what_is_not_right_is_refused(came: list[Message], change: dict[str, Any], status: int) -> None:
    parts.working(parts.owner())
    assert send(**change).status_code == status
    assert (came, Came.objects.count()) == ([], 0)


@db
@pytest.mark.parametrize(("off", "taken"), [(-299, True), (299, True), (-302, False), (302, False), (86400, False)])
def test_the_gateways_clock_may_be_five_minutes_off(came: list[Message], off: int, taken: bool) -> None:
    parts.working(parts.owner())
    with time_machine.travel(dt.datetime(2026, 3, 9, 12, tzinfo=dt.UTC), tick=False):
        answer = send(at=clock.now().timestamp() + off)
    assert answer.status_code == (200 if taken else 403)
    assert len(came) == taken


@db
def test_a_signature_of_other_words_or_another_time_is_not_taken(came: list[Message]) -> None:
    parts.working(parts.owner())
    moment = str(int(time.time()))
    signature = hmac.digest(SECRET.encode(), f"{moment}.".encode() + json.dumps(WELL).encode(), "sha256").hex()
    taken = {"X-Alongside-Timestamp": moment, "X-Alongside-Signature": signature}
    assert send({**WELL, "text": "ping 4"}, **taken).status_code == 403
    later = {**taken, "X-Alongside-Timestamp": str(int(moment) + 1)}
    assert send(**later).status_code == 403
    assert send(**{**taken, "X-Alongside-Signature": f"sha256={signature.upper()}"}).status_code == 200


@db
def test_a_form_is_not_taken() -> None:
    assert Client().post("/sms/in/", WELL).status_code == 415


@db
def test_without_a_secret_there_is_no_such_address(settings: Any) -> None:
    settings.SMS_SECRET = ""
    assert Client().get("/sms/in/").status_code == 404
    assert send(secret="").status_code == 404
    settings.SMS_SECRET = SECRET
    assert Client().get("/sms/in/").status_code == 405


@db
def test_a_word_that_nobody_knows_is_told_which_there_are(came: list[Message]) -> None:
    parts.working(parts.owner())
    for number, text in enumerate(("hello", "", "...", "🐦", "\x00", "x" * 7000)):
        assert (
            send({**WELL, "id": f"m{number}", "text": text}).json()["answer"]
            == "We did not get that. You can text: PING."
        )
    assert came == []


@db
def test_a_flood_is_done_and_not_answered(came: list[Message]) -> None:
    """Two machines that answer each other stop; what the words do is done all the same."""
    parts.working(parts.owner())
    parts.working(parts.owner(), address="+15550777777")
    with time_machine.travel(dt.datetime(2026, 3, 9, 12, tzinfo=dt.UTC), tick=False) as travel:
        answers = [send({**WELL, "id": f"m{n}"}).json()["answer"] for n in range(inbound.ANSWERS + 8)]
        assert [bool(one) for one in answers] == [True] * inbound.ANSWERS + [False] * 8
        assert len(came) == len(answers)
        assert send({**WELL, "id": "other", "from": "+15550777777"}).json()["answer"]
        travel.shift(inbound.WITHIN)
        assert send({**WELL, "id": "later"}).json()["answer"]


@db
def test_nothing_kept_of_a_message_holds_its_number_or_words_and_it_goes(came: list[Message]) -> None:
    wren = parts.owner()
    parts.working(wren)
    said = send({**WELL, "id": "very-own-id", "text": "ping blue door"}).json()["answer"]
    row = Came.objects.get()
    kept = f"{row.pk} {bytes(row.answer)!r} {row.day}"
    for word in ("very-own-id", NUMBER, "blue", said, str(wren)):
        assert word not in kept
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=2)):
        jobs.forget()
        assert Came.objects.exists()
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=3)):
        jobs.forget()
        assert not Came.objects.exists()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("START", ("start", "")),
        ("  start 20 ", ("start", "20")),
        ("Début. 20, porte bleue", ("debut", "20, porte bleue")),
        ("DE\u0301BUT", ("debut", "")),
        ("«ok»", ("ok", "")),
        ("ok!!!", ("ok", "")),
        ("Ok merci", ("ok", "merci")),
        ("\u200bOK\ufe0f", ("ok", "")),
        ("ＯＫ", ("ok", "")),
        ("start20", ("start", "20")),
        ("O.K.", ("ok", "")),
        ("o.k thanks", ("ok", "thanks")),
        ("s.o.s", ("sos", "")),
        ("20 start", ("start", "")),
        ("", ("", "")),
        ("🐦", ("", "")),
    ],
)
def test_the_first_word_is_found_in_odd_text(text: str, found: tuple[str, str]) -> None:
    assert inbound.parts(text) == found


@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    word, rest = inbound.parts(text)
    assert word == word.casefold() or not word
    assert len(rest) <= inbound.LONGEST
