"""Reads of threads: what holders asked about versions, what the group answered, and whether that settled it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from alongside.kit import clock, closed
from alongside.people.models import Membership
from alongside.roles import rules
from alongside.roles.models import Change, Role


@dataclass(frozen=True)
class Request:
    """One thing that was asked, by a name in the group, and the group's answer when there is one.

    ``state`` is as :func:`rules.thread_state`; ``days``: for how many days the group has owed an answer.
    """

    id: UUID
    name: str
    asks: str
    number: int
    text: str
    day: dt.date
    answered: dt.date | None
    answer: str
    by_number: int | None
    resolved: dt.date | None
    follows: UUID | None
    mine: bool
    state: str
    days: int


@dataclass(frozen=True)
class Thread:
    """What was asked and answered about one thing, in order; its state is that of the last part."""

    parts: tuple[Request, ...]

    @property
    def last(self) -> Request:
        """What was asked last."""
        return self.parts[-1]


def of_role(
    role: Role, key: bytes | None, names: Mapping[UUID, str], reader: Membership, labels: Mapping[str, str]
) -> tuple[Request, ...]:
    """All that was asked about a role, oldest first, as ``reader`` sees it.

    ``names``: by membership id; ``labels``: the words of kinds of work, by code.
    """
    rows = Change.objects.filter(holding__role=role).select_related("holding", "version", "by_version")
    today = clock.today()
    return tuple(_request(row, key, names, reader, today=today, labels=labels) for row in rows.order_by("day", "pk"))


def said(text: str, labels: Mapping[str, str]) -> str:
    """What was asked, in the language in use: as it was written, or in ready words."""
    kinds = rules.to_name(text)
    if not kinds:
        return text
    return _("Please name this work in the role: %(kinds)s.") % {"kinds": ", ".join(labels.get(c, c) for c in kinds)}


def threads(requests: tuple[Request, ...]) -> list[Thread]:
    """Requests joined to threads: those that wait for the group first, then the newest."""
    after = {r.follows: r for r in requests if r.follows}
    found = []
    for first in requests:
        if first.follows is None:
            parts = [first]
            while parts[-1].id in after:
                parts.append(after[parts[-1].id])
            found.append(Thread(tuple(parts)))
    newest = sorted(found, key=lambda t: t.last.day, reverse=True)
    return sorted(newest, key=lambda t: rules.STATES.index(t.last.state))


def _request(
    row: Change,
    key: bytes | None,
    names: Mapping[UUID, str],
    reader: Membership,
    *,
    today: dt.date,
    labels: Mapping[str, str],
) -> Request:
    return Request(
        id=row.pk,
        name=names.get(row.holding.membership_id, ""),
        asks=row.asks,
        number=row.version.number,
        text=said(_open(key, row.text_place, row.text), labels),
        day=row.day,
        answered=row.answered,
        answer=_open(key, row.answer_place, row.answer),
        by_number=row.by_version.number if row.by_version else None,
        resolved=row.resolved,
        follows=row.follows_id,
        mine=row.holding.membership_id == reader.pk,
        state=rules.thread_state(row.answered, row.resolved),
        days=rules.days_waiting(row.day, today),
    )


def _open(key: bytes | None, place: str, blob: bytes | memoryview) -> str:
    try:
        return closed.read_with(key, place, blob)
    except closed.Gone:
        return ""
