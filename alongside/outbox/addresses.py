"""What an address may look like, by the kind of channel, and in which one form it is kept. Knows no Django.

An address is typed by a person and is nobody's to trust: a number is a plus and digits, a mailbox is of plain letters,
and a browser's endpoint is at a push service that is known (:func:`lane_of`) and never anywhere else.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

KINDS = ("push", "sms", "mail")
"""The kinds of channel, in the order in which they are offered."""
SERVICES = (
    "fcm.googleapis.com",
    "jmt17.google.com",
    "*.push.services.mozilla.com",
    "*.push.apple.com",
    "*.notify.windows.com",
)
"""The push services of browsers; what follows ``*`` is a whole domain of theirs."""
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_MAILBOX = re.compile(
    r"[A-Za-z0-9_+~=-][A-Za-z0-9._+~='-]{0,63}@((?!-)[A-Za-z0-9-]{1,63}(?<!-)\.)+[A-Za-z][A-Za-z0-9-]{1,62}"
)
_LONGEST = {"sms": 40, "mail": 200, "push": 2000}
_ENDPOINT = 1000
_HOST = re.compile(r"[a-z0-9.-]+")


class NotOne(Exception):
    """Raised for what cannot be an address of its kind; ``why`` is a short code for it."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Browser:
    """Where a browser takes push messages, and the two secrets that it gave for them to be encrypted with."""

    endpoint: str
    p256dh: bytes
    auth: bytes


def normal(kind: str, address: str, allowed: Iterable[str] = ()) -> str:
    """The one form of an address. ``allowed`` are push services beside the known ones. Raises :class:`NotOne`."""
    if kind not in KINDS or len(address) > _LONGEST[kind]:
        raise NotOne(kind)
    if kind == "sms":
        return _number(address)
    if kind == "mail":
        return _mailbox(address)
    found = browser(address)
    lane_of(found.endpoint, allowed)
    return _canonical(found)


def same(kind: str, address: str) -> str:
    """Of an address in its one form, what makes it the same as another: mail knows no capitals, a browser its endpoint."""
    if kind == "push":
        return browser(address).endpoint
    return address.lower()


def browser(address: str) -> Browser:
    """A browser's subscription, as JSON that it made itself or that we kept. Raises :class:`NotOne`."""
    try:
        found = json.loads(address)
        secrets = found.get("keys", found)
        endpoint, p256dh, auth = found["endpoint"], _bytes(secrets["p256dh"]), _bytes(secrets["auth"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error) as wrong:
        raise NotOne("push") from wrong
    if not isinstance(endpoint, str) or len(endpoint) > _ENDPOINT:
        raise NotOne("push")
    if len(p256dh) != 65 or p256dh[0] != 4 or len(auth) != 16:
        raise NotOne("push")
    return Browser(endpoint, p256dh, auth)


def lane_of(endpoint: str, allowed: Iterable[str] = ()) -> str:
    """Which push service an endpoint is at: its own name, that of its domain, or one of ``allowed`` (``host:port``).

    Raises :class:`NotOne` for every other. ``http`` is taken for one of ``allowed`` alone.
    """
    if not endpoint.isascii() or not endpoint.isprintable() or any(c in endpoint for c in ' \\"<>'):
        raise NotOne("push")
    try:
        parts = urlsplit(endpoint)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as wrong:
        raise NotOne("push") from wrong
    if "@" in parts.netloc or parts.fragment or not parts.path.startswith("/"):
        raise NotOne("push")
    if parts.scheme in {"https", "http"} and (own := f"{host}:{port}" if port else host) in set(allowed):
        return own
    if parts.scheme == "https" and port in {None, 443} and _HOST.fullmatch(host):
        for service in SERVICES:
            if host == service or (service.startswith("*") and host.endswith(service[1:])):
                return service
    raise NotOne("host")


def hint(kind: str, address: str) -> str:
    """What of an address its owner knows it by, and nobody else learns much from; empty for a browser."""
    if kind == "sms":
        return f"…{address[-4:-2]} {address[-2:]}"
    if kind == "mail":
        name, _at, host = address.rpartition("@")
        return f"{name[:1]}…@{host}"
    return ""


def _number(address: str) -> str:
    found = re.sub(r"[\s().\-\u2010-\u2015\u00a0/]", "", address)
    if found.startswith("00"):
        found = "+" + found[2:]
    if not found.isascii() or not _NUMBER.fullmatch(found):
        raise NotOne("sms")
    return found


def _mailbox(address: str) -> str:
    found = address.strip()
    if not found.isascii() or not _MAILBOX.fullmatch(found) or ".." in found or ".@" in found:
        raise NotOne("mail")
    name, _at, host = found.rpartition("@")
    return f"{name}@{host.lower()}"


def _canonical(found: Browser) -> str:
    shape = {"auth": _text(found.auth), "endpoint": found.endpoint, "p256dh": _text(found.p256dh)}
    return json.dumps(shape, sort_keys=True, separators=(",", ":"))


def _bytes(text: str) -> bytes:
    plain = text.rstrip("=").replace("+", "-").replace("/", "_")
    return base64.b64decode(plain + "=" * (-len(plain) % 4), altchars=b"-_", validate=True)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
