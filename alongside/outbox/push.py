"""Web push: what a browser's push service is sent (RFC 8030, 8291, 8292). Nothing here opens a connection.

The words are encrypted for the browser alone; the service learns where they go, how long they are good for, and who
sends: the installation's address and its key (VAPID), which browsers tie their subscriptions to. That key is made from a
secret among the installation's keys, so it is the same for ever and in no backup of the first database.
"""

import base64
import datetime as dt
import functools
import json
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from alongside.kit import keys
from alongside.outbox.addresses import Browser, NotOne
from alongside.outbox.gateways import SENT, Outcome
from alongside.outbox.sockets import Answer

OWNER = uuid5(keys.INSTALLATION, "vapid")
"""Under which id the secret is kept that the key is made from."""
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_TOKEN_GOOD = 12 * 60 * 60
"""Seconds that a signature for a push service is good for; services take 24 hours at most."""
_LONGEST = 2 * 24 * 60 * 60


def public_key(p256dh: bytes) -> ec.EllipticCurvePublicKey:
    """A browser's public key. Raises :class:`NotOne` for what is no point of the curve."""
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), p256dh)
    except ValueError as wrong:
        raise NotOne("push") from wrong


def application_server_key() -> str:
    """The installation's public key as a page hands it to ``pushManager.subscribe``: base64url, unpadded."""
    public = _private(keys.get_or_make(OWNER)).public_key()
    raw = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def body(browser: Browser, text: str, link: str, key: UUID, *, loud: bool = False) -> bytes:
    """What is said, encrypted for this browser: JSON of ``text``, ``link`` (empty for none), ``key`` and ``loud``."""
    import http_ece  # here, and py_vapid below: only senders need them

    what = {"text": text, "link": link, "key": str(key), "loud": loud}
    said = json.dumps(what, ensure_ascii=False, separators=(",", ":")).encode()
    fresh = ec.generate_private_key(ec.SECP256R1())
    made: bytes = http_ece.encrypt(
        said, private_key=fresh, dh=browser.p256dh, auth_secret=browser.auth, version="aes128gcm"
    )
    return made


def headers(browser: Browser, key: UUID, left: float, secret: bytes, now: dt.datetime) -> dict[str, str]:
    """The headers of a message that is good for ``left`` seconds: urgent, and once for one letter (``Topic``).

    ``secret`` is the data key of :data:`OWNER`; ``now`` is the present instant.
    """
    parts = urlsplit(browser.endpoint)
    begin = int(now.timestamp()) // 3600 * 3600  # one signature an hour and service: signing each letter is slow
    return {
        "Authorization": _signed(secret, f"{parts.scheme}://{parts.netloc}", settings.ORIGIN, begin + _TOKEN_GOOD),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "Idempotency-Key": str(key),
        "TTL": str(max(0, min(int(left), _LONGEST))),
        "Topic": key.hex,
        "Urgency": "high",
    }


def outcome(answer: Answer) -> Outcome:
    """What an answer of a push service means: a subscription that it does not know (any more) is gone."""
    if 200 <= answer.status < 300:
        return SENT
    if answer.status in {404, 410}:
        return Outcome("gone")
    refused = 400 <= answer.status < 500 and answer.status not in {408, 429}
    return Outcome("refused" if refused else "failed", answer.after)


@functools.lru_cache(maxsize=64)
def _signed(secret: bytes, audience: str, sender: str, until: int) -> str:
    from py_vapid import Vapid02

    subject = sender if sender.startswith("https:") else "mailto:nobody@localhost.localdomain"
    vapid = Vapid02(private_key=_private(secret))
    return str(vapid.sign({"aud": audience, "exp": until, "sub": subject})["Authorization"])


@functools.lru_cache(maxsize=4)
def _private(secret: bytes) -> ec.EllipticCurvePrivateKey:
    spread = HKDF(SHA256(), 48, salt=None, info=b"alongside vapid").derive(secret)
    return ec.derive_private_key(int.from_bytes(spread) % (_ORDER - 1) + 1, ec.SECP256R1())
