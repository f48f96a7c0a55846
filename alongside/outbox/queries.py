"""Reads of the outbox."""

import json
import re
from dataclasses import dataclass
from uuid import UUID

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext

from alongside.kit import closed, keys, money
from alongside.outbox import rules
from alongside.outbox.models import Letter

PAGE = 30
_SUM = re.compile(r"\d+(?:\.\d+)? [A-Z]{3}")


@dataclass(frozen=True)
class Shown:
    """A letter as its person reads it: words in the language in use, and the page that it is about."""

    id: UUID
    day: str
    text: str
    path: str
    read: bool


def unread(owner: UUID) -> int:
    """How many letters the person has not read."""
    return Letter.objects.filter(owner=owner, read=False).count()


def letters(owner: UUID, *, skip: int = 0) -> list[Shown]:
    """The person's letters, unread first, then newest; ``PAGE`` at a time."""
    rows = Letter.objects.filter(owner=owner).order_by("read", "-day", "-pk")[skip : skip + PAGE]
    key = keys.get(owner)
    return [_shown(row, key) for row in rows]


def well() -> str | None:
    """``None``: letters in the app are there when they are written; a database that fails raises."""
    Letter.objects.order_by().only("pk").first()
    return None


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
