import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.test import override_settings
from django.utils import translation

from alongside.kit import audit, clock, keys
from alongside.kit.models import AuditRow
from alongside.outbox import actions, channels, dispatch, queries
from alongside.outbox.models import Channel, Dispatch
from alongside.outbox.tests import parts

pytestmark = pytest.mark.django_db(databases=["default", "keys"])
NUMBER = "+15550124217"


@pytest.fixture(autouse=True)
def _gateways(settings: Any) -> None:
    settings.SMS_URL = settings.MAIL_URL = "json://127.0.0.1:9099/"


def shift(channel: Channel, by: dt.timedelta) -> None:
    """Let time go by for what was sent to this channel."""
    Channel.objects.filter(pk=channel.pk, until__isnull=False).update(
        until=clock.database_now() + channels.PROOF_GOOD - by
    )
    for row in Dispatch.objects.filter(channel=channel.pk):
        row.due_at -= by
        row.save()


def test_a_channel_works_once_its_code_came_back() -> None:
    ann = parts.owner()
    row = channels.add(owner=ann, kind="sms", address="+1 555 012 4217", language="fr")
    assert (row.state, dispatch.reachable([ann])) == ("new", {ann: False})
    code = parts.code_of(row)
    assert len(code) == 6
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert not channels.prove(owner=ann, channel=row.pk, code=wrong)
    assert not channels.prove(owner=uuid4(), channel=row.pk, code=code)
    assert channels.prove(owner=ann, channel=row.pk, code=f" {code[:3]} {code[3:]} ")
    assert not channels.prove(owner=ann, channel=row.pk, code=code), "a code counts once"
    [way] = queries.ways(ann)
    assert (way.kind, way.hint, way.state, way.language) == ("sms", "…42 17", "works", "fr")
    assert dispatch.reachable([ann, uuid4()])[ann]
    assert queries.owner_of("sms", "+1 (555) 012-4217") == [ann]


def test_nothing_of_an_address_stands_open() -> None:
    ann = parts.owner()
    row = channels.add(owner=ann, kind="sms", address=NUMBER, language="en")
    stored = Channel.objects.values().get(pk=row.pk)
    assert not [name for name, value in stored.items() if "0124217" in str(value)]
    assert b"4217" not in bytes(stored["address"])
    code = parts.code_of(row)
    assert code not in str(stored)
    keys.delete(ann)
    assert parts.hints(ann) == [""] or parts.hints(ann) == ["… "]


def test_guesses_are_few_and_a_code_grows_old() -> None:
    ann = parts.owner()
    row = channels.add(owner=ann, kind="mail", address="ann@example.org", language="en")
    code = parts.code_of(row)
    for _ in range(channels.GUESSES):
        assert not channels.prove(owner=ann, channel=row.pk, code="x")
    assert not channels.prove(owner=ann, channel=row.pk, code=code)
    shift(row, channels.AGAIN)
    channels.again(owner=ann, channel=row.pk)
    code = parts.code_of(row)
    Channel.objects.update(until=clock.database_now())
    assert not channels.prove(owner=ann, channel=row.pk, code=code)


def test_the_same_address_is_the_same_channel_and_a_test_letter_takes_a_minute() -> None:
    ann = parts.owner()
    row = channels.add(owner=ann, kind="mail", address="Ann@example.org", language="en")
    assert channels.add(owner=ann, kind="mail", address="ann@EXAMPLE.org", language="fr").pk == row.pk
    assert Dispatch.objects.count() == 1
    assert Channel.objects.get().language == "fr"
    with pytest.raises(channels.Wrong):
        channels.again(owner=ann, channel=row.pk)
    shift(row, channels.AGAIN)
    channels.again(owner=ann, channel=row.pk)
    assert Dispatch.objects.count() == 2


def test_strangers_cannot_flood_a_phone() -> None:
    for _ in range(channels.OPEN):
        channels.add(owner=parts.owner(), kind="sms", address=NUMBER, language="en")
    with pytest.raises(channels.Wrong):
        channels.add(owner=parts.owner(), kind="sms", address=NUMBER, language="en")
    assert Channel.objects.count() == channels.OPEN, "what is refused leaves nothing"


def test_one_owner_has_so_many_channels_and_test_letters_an_hour() -> None:
    ann = parts.owner()
    for number in range(channels.MOST):
        channels.add(owner=ann, kind="sms", address=f"+1555012{number:04}", language="en")
    with pytest.raises(channels.Wrong):
        channels.add(owner=ann, kind="sms", address=NUMBER, language="en")
    for row in Channel.objects.all()[: channels.HOURLY - channels.MOST]:
        channels.remove(owner=ann, channel=row.pk)
        channels.add(owner=ann, kind="mail", address=f"{row.pk.hex}@example.org", language="en")
    one = Channel.objects.all()[0]
    channels.remove(owner=ann, channel=one.pk)
    with pytest.raises(channels.Wrong):
        channels.add(owner=ann, kind="sms", address=NUMBER, language="en")


@pytest.mark.parametrize(("kind", "address"), [("sms", "12"), ("mail", "ann"), ("push", "{}")])
def test_what_cannot_be_reached_is_said_in_words(kind: str, address: str) -> None:
    with pytest.raises(channels.Wrong) as wrong:
        channels.add(owner=parts.owner(), kind=kind, address=address, language="en")
    assert str(wrong.value).endswith(".")
    assert queries.owner_of(kind, address) == []


def test_a_kind_without_a_gateway_is_not_offered(settings: Any) -> None:
    ann = parts.owner()
    parts.working(ann)
    settings.SMS_URL = ""
    assert channels.offered() == ("push", "mail")
    with pytest.raises(channels.NotOffered):
        channels.add(owner=ann, kind="sms", address=NUMBER, language="en")
    assert dispatch.reachable([ann]) == {ann: False}


def test_a_browser_is_proven_by_a_tap() -> None:
    ann = parts.owner()
    browser = parts.Browser()
    row = channels.add(owner=ann, kind="push", address=browser.address, language="en")
    link = parts.filled(Dispatch.objects.get())["link"]
    assert link == f"http://localhost:8000/letters/ways/{row.pk}/{parts.code_of(row)}/"
    assert channels.prove(owner=ann, channel=row.pk, code=parts.code_of(row))
    with pytest.raises(channels.Wrong):
        channels.add(owner=ann, kind="push", address=parts.Browser("https://10.0.0.1/x").address, language="en")
    with override_settings(PUSH_HOSTS=["10.0.0.1"]):
        channels.add(owner=ann, kind="push", address=parts.Browser("https://10.0.0.1/x").address, language="en")


def test_order_and_removal() -> None:
    ann, ben = parts.owner(), parts.owner()
    made = [parts.working(ann, "sms", f"+1555012000{n}") for n in range(3)]
    other = parts.working(ben)
    channels.order(owner=ann, channels=[made[2].pk, other.pk, made[0].pk])
    assert [way.id for way in queries.ways(ann)] == [made[2].pk, made[0].pk, made[1].pk]
    channels.remove(owner=ben, channel=made[2].pk)
    channels.remove(owner=ann, channel=made[2].pk)
    channels.remove(owner=ann, channel=made[2].pk)
    assert [way.id for way in queries.ways(ann)] == [made[0].pk, made[1].pk]
    assert [way.id for way in queries.ways(ben)] == [other.pk]


def test_a_channel_that_goes_takes_its_test_letter_along() -> None:
    ann = parts.owner()
    row = channels.add(owner=ann, kind="sms", address=NUMBER, language="en")
    channels.remove(owner=ann, channel=row.pk)
    assert Dispatch.objects.get().state == "withdrawn"


def test_one_number_may_serve_several_and_nobody_before_they_proved_it() -> None:
    ann, ben, cy = parts.owner(), parts.owner(), parts.owner()
    parts.working(ann, address=NUMBER)
    parts.working(ben, address=NUMBER)
    channels.add(owner=cy, kind="sms", address=NUMBER, language="en")
    assert set(queries.owner_of("sms", NUMBER)) == {ann, ben}
    assert queries.owner_of("mail", NUMBER) == []


def test_each_leaves_a_row_in_the_owners_own_chain_and_all_go_with_them() -> None:
    ann = parts.owner()
    row = parts.working(ann)
    channels.remove(owner=ann, channel=row.pk)
    assert [r.act for r in AuditRow.objects.order_by("seq")] == ["outbox.channel", "outbox.proven", "outbox.unchannel"]
    assert audit.verify(ann) is None
    parts.working(ann)
    actions.forget(owner=ann)
    assert [m.objects.count() for m in (AuditRow, Channel, Dispatch)] == [0, 0, 0]


def test_words_are_in_the_language_in_use() -> None:
    with translation.override("fr"), pytest.raises(channels.Wrong):
        channels.add(owner=parts.owner(), kind="sms", address="1", language="xx")
    row = channels.add(owner=parts.owner(), kind="sms", address=NUMBER, language="xx")
    assert row.language == "en"
