"""Releases of a group's months: counted once, late, and never changed. See ADR 0021.

A part of :mod:`alongside.work.actions` in all but the file. Counting reads for as long as it takes and holds nobody up; only
what was found is written in a transaction.
"""

import datetime as dt
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from alongside.kit import audit, canonical, clock, closed, keys
from alongside.people import actions as people
from alongside.people import queries as members
from alongside.people.models import Group, Membership
from alongside.roles.kinds import shown_to_group
from alongside.work import months_queries, queries, responses
from alongside.work import months_rules as rules
from alongside.work.models import Release, ResponseCount

MOST = 20_000
"""Pieces of work after which a run begins no other group: it ends well within the lease of its job."""


def release() -> int:
    """Release what is due; return how many months of groups that were.

    Overdose responses that may fold do so first, so that they are in it.
    """
    responses.fold()
    today, looked, done = clock.today(), 0, 0
    for group, month in months_queries.due(today):
        seen, released = _release(group, month, today)
        looked, done = looked + seen, done + released
        if looked >= MOST:
            break
    return done


def work_of(group: UUID, month: dt.date) -> tuple[rules.Shown, int]:
    """What may be shown of a month's work as it is now, and how many pieces that was made of."""
    tally = rules.Tally()
    for whose, entry in months_queries.pieces(group, month):
        tally.add(whose, shown_to_group(entry["kinds"]), entry)
    return rules.of_work(tally.table(), settings.FIGURES_LEAST), tally.pieces


@transaction.atomic
def count(*, membership: Membership, yes: bool) -> None:
    """A member says whether their shared work counts in months that are not counted yet."""
    if yes:
        people.consent(membership=membership, code=rules.COUNTED)
    else:
        people.take_back_consent(membership=membership, code=rules.COUNTED)


def leave(*, membership: Membership) -> None:
    """Who leaves a group can say no there no more, so what they said ends."""
    count(membership=membership, yes=False)


def _release(pk: UUID, month: dt.date, today: dt.date) -> tuple[int, bool]:
    """Release one month of one group: how many pieces were looked at, and whether it was this call that did it."""
    group = Group.objects.filter(pk=pk).first()
    if group is None:
        return 0, False
    answers = months_queries.counts(pk, month)
    if members.size(group) < rules.GROUP_LEAST:
        return 0, _write(pk, month, {"few": True}, answers)
    found: dict[str, Any] = {"work": None, "responses": {}}
    if answers is not None:
        opened = queries.counts_of(answers, keys.get(pk))
        found["responses"] = rules.of_responses(opened, settings.FIGURES_LEAST)
    pieces = 0
    if rules.in_time(month, today):
        found["work"], pieces = work_of(pk, month)
    return pieces, _write(pk, month, found, answers)


@transaction.atomic
def _write(group: UUID, month: dt.date, found: dict[str, Any], answers: ResponseCount | None) -> bool:
    """Keep what is shown, and delete the counts that it was made of.

    ``False`` when it is there already, and when answers came meanwhile: then the next run counts anew.
    """
    audit.lock(group)
    key, now = keys.get(group), months_queries.counts(group, month)
    same = (answers and (answers.pk, bytes(answers.cells))) == (now and (now.pk, bytes(now.cells)))
    there = Release.objects.filter(group=group, month=month).exists()
    if key is None or not same or there or not Group.objects.filter(pk=group).exists():
        return False
    row = Release(group_id=group, month=month)
    row.content = closed.close_with(key, row.place, canonical.dumps(found))
    row.save(force_insert=True)
    if now is not None:
        now.delete()
    audit.append(chain=group, actor=None, act="work.month", detail={"release": str(row.pk)})
    return True
