"""Reads of the outbox."""

import hmac
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID, uuid5

from django.conf import settings
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext

from alongside.kit import closed, keys, money
from alongside.outbox import addresses, rules
from alongside.outbox.models import Channel, Letter

PAGE = 30
DIGESTS = uuid5(keys.INSTALLATION, "outbox digests")
"""Under which id the key is kept that digests of addresses and codes are made with."""
_SUM = re.compile(r"\d+(?:\.\d+)? [A-Z]{3}")


@dataclass(frozen=True)
class Shown:
    """A letter as its person reads it: words in the language in use, and the page that it is about."""

    id: UUID
    day: str
    text: str
    path: str
    read: bool


@dataclass(frozen=True)
class Way:
    """A channel as its owner sees it. ``hint`` is what they know it by; ``day`` is when it was added."""

    id: UUID
    kind: str
    hint: str
    state: str
    language: str
    day: str


def offered() -> tuple[str, ...]:
    """The kinds of channel that this installation can send by."""
    can = {"push": True, "sms": bool(settings.SMS_URL), "mail": bool(settings.MAIL_URL)}
    return tuple(kind for kind in addresses.KINDS if can[kind])


def digest(kind: str, address: str) -> str:
    """What finds an address in its one form again, for who has the installation's keys."""
    said = f"address:{kind}:{addresses.same(kind, address)}"
    return hmac.digest(keys.get_or_make(DIGESTS), said.encode(), "sha256").hex()


def ways(owner: UUID) -> list[Way]:
    """The owner's channels, in the order in which they are tried."""
    key = keys.get(owner)
    rows = Channel.objects.filter(owner=owner).order_by("place", "pk")
    return [
        Way(r.pk, r.kind, addresses.hint(r.kind, address(r, key)), r.state, r.language, date_format(r.day))
        for r in rows
    ]


def address(row: Channel, key: bytes | None) -> str:
    """Where a channel leads, opened with its owner's key; empty when that is gone."""
    try:
        return closed.read_with(key, row.at, row.address)
    except closed.Gone:
        return ""


def proven(kind: str, address: str) -> list[Channel]:
    """The channels that were proven for this address, who proved it last first; none for what cannot be an address.

    One that nothing can be sent to any more is among them: what comes in from there is still its owner's.
    """
    try:
        kept = addresses.normal(kind, address, settings.PUSH_HOSTS)
    except addresses.NotOne:
        return []
    rows = Channel.objects.filter(digest=digest(kind, kept), kind=kind, proven=True)
    return list(rows.order_by("-day", "-pk"))


def owner_of(kind: str, address: str) -> list[UUID]:
    """Whose these are."""
    return [row.owner for row in proven(kind, address)]


def taken_along(owner: UUID) -> list[dict[str, str]]:
    """The owner's channels with their addresses, for the export."""
    key = keys.get(owner)
    rows = Channel.objects.filter(owner=owner).order_by("place", "pk")
    return [
        {"kind": r.kind, "address": address(r, key), "state": r.state, "language": r.language, "day": r.day.isoformat()}
        for r in rows
    ]


def unaware(owners: Iterable[UUID], code: str) -> list[UUID]:
    """Those owners who can be written to, and who have no letter of this kind that they have not read."""
    asked = keys.get_many(owners)
    have = Letter.objects.filter(owner__in=list(asked), code=code, read=False)
    return sorted(set(asked) - set(have.values_list("owner", flat=True)))


def unread(owner: UUID) -> int:
    """How many letters the person has not read."""
    return Letter.objects.filter(owner=owner, read=False).count()


def letters(owner: UUID, *, skip: int = 0) -> list[Shown]:
    """The person's letters, unread first, then newest; ``PAGE`` at a time."""
    rows = Letter.objects.filter(owner=owner).order_by("read", "-day", "-number", "-pk")[skip : skip + PAGE]
    key = keys.get(owner)
    return [_shown(row, key) for row in rows]


def _shown(row: Letter, key: bytes | None) -> Shown:
    kind = rules.known(row.code)
    try:
        filling: dict[str, str] = json.loads(closed.read_with(key, row.place, row.filling) or "{}")
    except closed.Gone:
        filling = {}
    said = {name: _as_said(value) for name, value in filling.items()}
    text = rules.fill(gettext(kind.text), said) if kind else ""
    return Shown(row.id, date_format(row.day), text, filling.get("path", ""), row.read)


def _as_said(value: str) -> str:
    """A day or a sum (``2026-03-09``, ``12.50 CAD``) as people write it in the language in use; all else as it is."""
    amount, _space, currency = value.rpartition(" ")
    if _SUM.fullmatch(value) and money.is_currency(currency):
        return money.show(money.read(amount, currency), currency)
    try:
        day = parse_date(value)
    except ValueError:
        day = None
    return date_format(day) if day else value
