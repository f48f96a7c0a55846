"""Parts for tests of the outbox: owners with channels, a browser that takes push messages, letters."""

import base64
import datetime as dt
import json
import os
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from alongside.kit import clock, closed, keys
from alongside.outbox import channels, dispatch, queries
from alongside.outbox.models import Channel, Dispatch

GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The letters of which 160 fit one message on every phone (GSM 03.38, without its second table)."""


@dataclass
class Browser:
    """A browser that took a subscription, and can open what is sent to it."""

    endpoint: str = "https://fcm.googleapis.com/fcm/send/abc"
    secret: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def address(self) -> str:
        raw = self.secret.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return json.dumps({"endpoint": self.endpoint, "keys": {"p256dh": _coded(raw), "auth": _coded(self.auth)}})

    def opened(self, body: bytes) -> dict[str, Any]:
        said = http_ece.decrypt(body, private_key=self.secret, auth_secret=self.auth, version="aes128gcm")
        found: dict[str, Any] = json.loads(said)
        return found


def _coded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def owner() -> UUID:
    """Somebody with a data key."""
    one = uuid4()
    keys.get_or_make(one)
    return one


def code_of(channel: Channel) -> str:
    """The code in the newest test letter to this channel."""
    row = Dispatch.objects.filter(channel=channel.pk).order_by("-due_at")[0]
    filling = filled(row)
    return filling["code"] if "code" in filling else filling["link"].rstrip("/").rsplit("/", 1)[1]


def filled(row: Dispatch) -> dict[str, str]:
    """What fills a letter's words."""
    found: dict[str, str] = json.loads(closed.read_with(keys.get(row.owner), row.place, row.filling))
    return found


def working(who: UUID, kind: str = "sms", address: str = "+15550123456", language: str = "en") -> Channel:
    """A channel that was added and proven, with no letter left over."""
    row = channels.add(owner=who, kind=kind, address=address, language=language)
    assert channels.prove(owner=who, channel=row.pk, code=code_of(row))
    Dispatch.objects.filter(channel=row.pk).delete()
    row.refresh_from_db()
    return row


def posted(who: UUID, code: str = "watch.call", good: float = 600, **filling: str) -> UUID:
    """A letter that was written just now."""
    note = dispatch.Note(
        uuid4(), who, code, filling or {"link": "http://localhost/x"}, clock.database_now() + dt.timedelta(seconds=good)
    )
    dispatch.post([note])
    return note.id


def hints(who: UUID) -> list[str]:
    return [way.hint for way in queries.ways(who)]
