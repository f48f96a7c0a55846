"""What somebody agreed to, put together for paper: whole terms, who said yes and when, and what changed later."""

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alongside.people.models import Membership
from alongside.roles import queries, words
from alongside.roles.models import Role


@dataclass(frozen=True)
class Later:
    """A version that came after: what it changed since the one before it, and on which day its reader agreed to it."""

    number: int
    before: int
    day: dt.date | None
    agreed: dt.date | None
    differences: Sequence[words.Difference]


@dataclass(frozen=True)
class Paper:
    """One version that somebody agreed to. ``until`` is the last day of work that it counts for, once they left."""

    number: int
    sent: dt.date | None
    agreed: dt.date
    until: dt.date | None
    sections: Sequence[words.Section]
    later: Sequence[Later]


def papers(role: Role, membership: Membership) -> list[Paper]:
    """What a member agreed to in a role, newest first. Later versions stand under the last yes that came before them."""
    held = queries.agreed_by([membership]).get(role.pk)
    if held is None:
        return []
    labels, sent = queries.labels(role.group_id), queries.sent_out(role)
    days = {one.number: one.day for one in held.agreed}
    found = []
    for one in held.agreed:
        later = _later(one.number, sent, days, labels)
        day = next((v.day for v in sent if v.number == one.number), None)
        found.append(Paper(one.number, day, one.day, one.until, words.sections(one.terms, labels), later))
    return found[::-1]


def _later(
    number: int, sent: Sequence[queries.Shown], days: Mapping[int, dt.date], labels: Mapping[str, str]
) -> list[Later]:
    found = []
    for before, after in itertools.pairwise(sent):
        if before.number < number:
            continue
        differs = words.differences(before.terms, after.terms, labels)
        found.append(Later(after.number, before.number, after.day, days.get(after.number), differs))
        if after.number in days:
            break
    return found
