"""Letters by web push through a service of somebody else's making: signed by us, opened by its code, and told apart when gone."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils.translation import gettext, override

from alongside.outbox import channels, dispatch, phones, push, senders
from alongside.outbox.models import Channel, Letter
from alongside.outbox.tests import parts
from alongside.outbox.tests.test_senders import turned
from tests.push.service import PushService, push_service

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


@pytest.fixture(scope="module")
def running() -> Iterator[PushService]:
    with push_service() as one:
        yield one


@pytest.fixture
def service(running: PushService, settings: Any) -> PushService:
    settings.PUSH_HOSTS = [running.url.removeprefix("http://")]
    return running


@pytest.fixture
def sender() -> Iterator[senders.Sender]:
    one = senders.Sender()
    yield one
    one.finish(5.0)


def test_a_letter_is_opened_by_the_other_sides_code(service: PushService, sender: senders.Sender) -> None:
    ann, phone = parts.owner(), service.subscribe(push.application_server_key())
    row = channels.add(owner=ann, kind="push", address=json.dumps(phone.address), language="fr")
    turned(sender)
    (test,) = service.opened(phone)
    assert (test["link"], test["loud"]) == (f"http://localhost:8000/letters/ways/{row.pk}/{parts.code_of(row)}/", False)
    assert channels.prove(owner=ann, channel=row.pk, code=parts.code_of(row))
    call = parts.posted(ann, link="http://localhost:8000/watch/x/")
    with override("fr"):
        text = gettext("Please look now: {link}").removesuffix("{link}").rstrip(" :\u00a0\u202f")
    turned(sender)
    assert service.opened(phone)[1:] == [
        {"text": text, "link": "http://localhost:8000/watch/x/", "key": str(call), "loud": True}
    ]
    assert dispatch.states([call]) == {call: "sent"}


def test_a_phone_that_is_gone_is_dead_and_its_person_is_told(service: PushService, sender: senders.Sender) -> None:
    ann, phone = parts.owner(), service.subscribe(push.application_server_key())
    row = parts.working(ann, "push", json.dumps(phone.address))
    service.expire(phone)
    parts.posted(ann)
    turned(sender)
    row.refresh_from_db()
    assert row.state == "dead"
    assert [letter.code for letter in Letter.objects.filter(owner=ann)] == ["outbox.dead"]
    assert dispatch.reachable([ann]) == {ann: False}


def test_a_letter_follows_a_phone_to_its_new_address(service: PushService, sender: senders.Sender) -> None:
    ann = parts.owner()
    before, after = (service.subscribe(push.application_server_key()) for _ in range(2))
    parts.working(ann, "push", json.dumps(before.address))
    assert phones.renewed(before=json.dumps(before.address), after=json.dumps(after.address))
    call = parts.posted(ann)
    turned(sender)
    assert service.opened(before) == []
    assert [letter["key"] for letter in service.opened(after)] == [str(call)]
    assert Channel.objects.get().state == "works"


def test_the_service_takes_letters_of_no_other_sender(service: PushService, sender: senders.Sender) -> None:
    other = ec.generate_private_key(ec.SECP256R1()).public_key()
    raw = other.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    ann, phone = parts.owner(), service.subscribe(base64.urlsafe_b64encode(raw).rstrip(b"=").decode())
    row = parts.working(ann, "push", json.dumps(phone.address))
    parts.posted(ann)
    turned(sender)
    assert service.opened(phone) == []
    row.refresh_from_db()
    assert row.fails > 0
