"""Reads of a group's months: what is to be counted, and what was released."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from alongside.kit import closed, keys
from alongside.people.models import Account, Group, Membership
from alongside.work import months_rules as rules
from alongside.work import queries, response_rules
from alongside.work.models import Entry, Release, ResponseCount, Share

_BATCH = 500
Due = tuple[UUID, dt.date]
Piece = tuple[UUID, dict[str, Any]]


@dataclass(frozen=True)
class Month:
    """What a group is shown of a month.

    ``few``: there were too few people for any counts. ``work`` is ``None`` when it was too late to count that.
    """

    month: dt.date
    few: bool = False
    work: rules.Shown | None = field(default_factory=dict)
    responses: rules.Shown = field(default_factory=dict)


def due(today: dt.date) -> list[Due]:
    """Groups and months that are to be released now: the newest that is due, and older ones that have counts waiting."""
    newest = rules.last_due(today)
    there = Release.objects.filter(group=OuterRef("pk"), month=newest)
    groups = Group.objects.filter(~Exists(there)).order_by("pk").values_list("pk", flat=True)
    older = ResponseCount.objects.filter(month__lt=newest).order_by("month", "group")
    return [*older.values_list("group", "month"), *((group, newest) for group in groups)]


def pieces(group: UUID, month: dt.date) -> Iterator[Piece]:
    """The month's shared work of those who are in the group and said that theirs counts: whose, and what it holds.

    It is read piece by piece, by the group and the days.
    """
    yes = Membership.objects.filter(group=group, left__isnull=True, consents__code=rules.COUNTED)
    opened = _keys(yes)
    rows = shared(group, month).filter(membership__in=yes)
    rows = rows.annotate(account=F("entry__account"), content=F("entry__content"))
    for whose, entry, account, content in rows.values_list("membership", "entry", "account", "content").iterator(
        _BATCH
    ):
        found = queries.content_of(Entry(pk=entry, content=content), opened.get(account))
        if found:
            yield whose, found


def shared(group: UUID, month: dt.date) -> "QuerySet[Share]":
    """What the group was given of a month's work, in the order of the index that finds it."""
    days = (month, response_rules.first_of(month, -1) - dt.timedelta(days=1))
    # Written as ``NOT withdrawn``, SQLite would read all that the group was ever given.
    return Share.objects.filter(group=group, withdrawn__in=(False,), day__range=days).order_by("-day", "pk")


def counts(group: UUID, month: dt.date) -> ResponseCount | None:
    """What the month's overdose responses came to, while it is not released."""
    return ResponseCount.objects.filter(group=group, month=month).first()


def months(group: Group, *, before: dt.date | None = None, most: int | None = None) -> list[Month]:
    """What was released, the newest month first; at most ``most``, of those ``before`` a month."""
    key = keys.get(group.pk)
    rows = Release.objects.filter(group=group).order_by("-month")
    if before is not None:
        rows = rows.filter(month__lt=before)
    return [_month(row, key) for row in rows[:most]]


def _month(row: Release, key: bytes | None) -> Month:
    try:
        text = closed.read_with(key, row.place, row.content)
    except closed.Gone:
        text = ""
    return Month(row.month, **json.loads(text or '{"few": true}'))


def _keys(yes: "QuerySet[Membership]") -> dict[UUID, bytes]:
    accounts = list(Account.objects.filter(memberships__in=yes).values_list("pk", flat=True))
    found: dict[UUID, bytes] = {}
    for start in range(0, len(accounts), _BATCH):
        found |= keys.get_many(accounts[start : start + _BATCH])
    return found
