"""Reads of calls for work, as a phone fetches them and as coordinators see them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from alongside.kit import clock, closed, keys
from alongside.people import queries as people
from alongside.people.models import Account, Group, Membership
from alongside.roles import call_rules, kinds, queries, words
from alongside.roles.call_rules import Call as Content
from alongside.roles.models import Call, Yes


@dataclass(frozen=True)
class Shown:
    """A call in words, in the language in use. ``to_all``: whether it shows to every member by now."""

    id: UUID
    group: str
    group_id: UUID
    role: str
    title: str
    lines: tuple[str, ...]
    text: str
    experience: tuple[str, ...]
    experience_words: tuple[str, ...]
    why: str
    to_all: bool
    over: bool
    said_yes: bool
    chosen: bool


@dataclass(frozen=True)
class Answer:
    """Somebody's yes, by their name in the group."""

    id: UUID
    name: str
    text: str
    chosen: bool


def get(call: UUID) -> Call | None:
    """The call with its group."""
    return Call.objects.select_related("group").filter(pk=call).first()


def open_in(groups: Iterable[UUID]) -> QuerySet[Call]:
    """The calls of some groups that one can say yes to, the most urgent first."""
    rows = Call.objects.filter(group__in=list(groups), closed=False, last_day__gte=clock.today())
    return rows.filter(group__closed__isnull=True).select_related("group", "role").order_by("last_day", "pk")


def for_phone(account: Account) -> list[Shown]:
    """All open calls of the person's groups, whatever they lived. Their phone decides which of them it shows.

    The same for every member of the same groups, but for their own yes.
    """
    mine = [m.group_id for m in people.memberships(account)]
    return _shown(list(open_in(mine)), account)


def answered(account: Account) -> list[Shown]:
    """The calls that the person said yes to, until they are deleted; open ones first."""
    rows = Call.objects.filter(yeses__membership__account=account, yeses__membership__left__isnull=True)
    found = _shown(list(rows.select_related("group", "role").order_by("-last_day", "pk")), account)
    return sorted(found, key=lambda call: call.over)


def of_group(group: Group, account: Account) -> list[tuple[Shown, int]]:
    """All calls of a group for its coordinators, open ones first, each with how many said yes."""
    rows = list(Call.objects.filter(group=group).select_related("group", "role").order_by("last_day", "pk"))
    yeses = list(Yes.objects.filter(call__in=rows).values_list("call_id", flat=True))
    found = [(call, yeses.count(call.id)) for call in _shown(rows, account)]
    return sorted(found, key=lambda pair: pair[0].over)


def one(row: Call, account: Account) -> Shown:
    """One call."""
    (found,) = _shown([row], account)
    return found


def answers(row: Call) -> list[Answer]:
    """Who said yes to a call, by name."""
    key = keys.get(row.group_id)
    rows = list(Yes.objects.filter(call=row).order_by("day", "pk"))
    names = people.names(row.group, [yes.membership_id for yes in rows])
    found = [Answer(y.pk, names.get(y.membership_id, ""), _open(key, y.place, y.text), y.chosen) for y in rows]
    return sorted(found, key=lambda answer: answer.name.casefold())


def yes_of(membership: Membership, row: Call) -> Yes | None:
    """The member's own yes to a call."""
    return Yes.objects.filter(call=row, membership=membership).first()


def roles_of(group: Group) -> list[tuple[str, str, Any]]:
    """The group's roles that were sent out: id, title and the newest rate."""
    found = []
    key = keys.get(group.pk)
    for role in group.roles.order_by("pk"):
        newest = queries.newest(role)
        rate = queries.terms(newest, key).rate if newest else None
        if rate:
            found.append((str(role.pk), queries.title(role, key), rate))
    return sorted(found, key=lambda row: row[1].casefold())


def _shown(rows: list[Call], account: Account) -> list[Shown]:
    groups = {row.group_id for row in rows}
    opened = keys.get_many(groups) if rows else {}
    own = queries.kind_labels(groups) if rows else {}
    mine = dict(Yes.objects.filter(call__in=rows, membership__account=account).values_list("call_id", "chosen"))
    now, today = clock.now(), clock.today()
    found = []
    for row in rows:
        key = opened.get(row.group_id)
        text = _open(key, row.place, row.content)
        said = call_rules.call_from_json(json.loads(text)) if text else Content((), 0, "hour", "XXX")
        role = queries.title(row.role, key) if row.role else ""
        labels = {**kinds.LABELS, **own.get(row.group_id, {})}
        found.append(
            Shown(
                id=row.pk,
                group=row.group.name,
                group_id=row.group_id,
                role=role,
                title=words.join(labels.get(code, code) for code in said.kinds),
                lines=tuple(words.call(said)),
                text=said.text,
                experience=said.experience,
                experience_words=tuple(str(words.EXPERIENCE.get(code, code)) for code in said.experience),
                why=said.why,
                to_all=call_rules.open_to_all(row.opens_at, now),
                over=row.closed or row.last_day < today,
                said_yes=row.pk in mine,
                chosen=mine.get(row.pk, False),
            )
        )
    return found


def _open(key: bytes | None, place: str, blob: bytes | memoryview) -> str:
    try:
        return closed.read_with(key, place, blob)
    except closed.Gone:
        return ""
