"""Writes of overdose responses: stored under no name, taken back by who wrote them, folded to a month's counts.

See ADR 0006. A part of :mod:`alongside.work.actions` in all but the file.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from alongside.kit import audit, canonical, clock, closed, keys
from alongside.people import queries as people
from alongside.people.models import Account, Group
from alongside.work import queries
from alongside.work import response_rules as rules
from alongside.work.models import Release, Response, ResponseCount


@dataclass
class Answer:
    """What became of one response: ``stored``, ``unchanged`` or ``rejected``; ``errors`` holds codes by field."""

    id: str | None
    status: str = "rejected"
    errors: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def store(*, account: Account, responses: Sequence[object]) -> list[Answer]:
    """Store what a phone sends; answer each in the order given. The same id again changes nothing.

    A group that the person is not in (any more) is left out: the response then counts for nobody. The audit row is
    that of any sync, so that the chain does not say on which day somebody wrote such a thing.
    """
    audit.lock(account.pk)
    key = keys.get_or_make(account.pk)
    who, groups = rules.whose(key), {str(m.group_id) for m in people.memberships(account)}
    answers, made = [], dict[UUID, Response]()
    checks = [rules.checked(raw, today=clock.today()) for raw in responses]
    ids = [UUID(one["id"]) for one, wrong in checks if not wrong]
    there = dict(Response.objects.filter(pk__in=ids).values_list("pk", "whose"))
    for one, wrong in checks:
        answer = Answer(one.get("id"), errors=wrong)
        answers.append(answer)
        if wrong:
            continue
        pk = UUID(one["id"])
        if there.get(pk, who) != who:
            answer.errors = {"id": "taken"}
            continue
        answer.status = "unchanged" if pk in there or pk in made else "stored"
        if answer.status == "stored":
            made[pk] = _row(pk, who, key, one if one["group"] in groups else {**one, "group": None})
    if made:
        Response.objects.bulk_create(made.values())
        _leave_a_trace(account, len(made), key)
    return answers


@transaction.atomic
def remove(*, account: Account, response: UUID) -> bool:
    """Delete one of one's own; ``False`` when there is none, or when it has folded."""
    audit.lock(account.pk)
    key = keys.get_or_make(account.pk)
    gone = Response.objects.filter(pk=response, whose=rules.whose(key)).delete()[0]
    if gone:
        _leave_a_trace(account, 1, key)
    return bool(gone)


@transaction.atomic
def fold() -> int:
    """Count the responses of months that have been over for long enough, and delete them; how many there were.

    Whoever wrote them is known only for the moment of counting. One that no key opens, that was for no group, or that comes
    when the group's month is released already, is deleted and counted nowhere. Counting and deleting are one transaction: each is counted once.
    """
    due = Response.objects.select_for_update().filter(month__lte=rules.last_due(clock.today()))
    rows = list(due)
    if not rows:
        return 0
    wanted = {row.whose for row in rows}
    openers = {who: key for key in keys.each() if (who := rules.whose(key)) in wanted}
    by_month: dict[tuple[UUID, str], list[tuple[str, rules.Response]]] = {}
    for row in rows:
        one = queries.response_of(row, openers.get(row.whose))
        if one and one["group"]:
            by_month.setdefault((UUID(one["group"]), one["month"]), []).append((row.whose, one))
    group_keys = keys.get_many({group for group, _month in by_month})
    for (group, month), found in sorted(by_month.items()):
        if group in group_keys and Group.objects.filter(pk=group).exists():
            _count(group, group_keys[group], month, rules.counted(found))
    Response.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _row(pk: UUID, who: str, key: bytes, one: rules.Response) -> Response:
    row = Response(id=pk, whose=who, month=f"{one['month']}-01")
    content = {name: value for name, value in one.items() if name != "id"}
    row.content = closed.close_with(key, row.place, canonical.dumps(content))
    return row


def _count(group: UUID, key: bytes, month: str, new: rules.Cells) -> None:
    audit.lock(group)
    if Release.objects.filter(group=group, month=f"{month}-01").exists():
        return
    row, _made = ResponseCount.objects.get_or_create(group_id=group, month=f"{month}-01")
    before = queries.counts_of(row, key)
    row.cells = closed.close_with(key, row.place, json.dumps(rules.added(before, new), sort_keys=True))
    row.save(update_fields=["cells"])


def _leave_a_trace(account: Account, count: int, key: bytes) -> None:
    audit.append(chain=account.pk, actor=account.pk, act="work.sync", detail={"entries": count}, key=key)
