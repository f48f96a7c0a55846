"""Fills an installation with check-ins of invented people, all due at one instant: for drills and benches."""

import datetime as dt
import os
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import transaction

from alongside.kit import clock
from alongside.kit.models import DataKey
from alongside.outbox import rehearsal
from alongside.people.models import Account
from alongside.watch.models import CheckIn, Watcher

INVENTED = "load-"
"""How the handles of invented people begin."""
NUMBER = "+999{:09}"
"""Invented numbers: no country has this code."""
_BATCH = 1000


class RealPeople(Exception):
    """Raised on an installation that has people who were not invented."""


@dataclass(frozen=True)
class Invented:
    """A person, who watches over them, the check-in, and the data keys of both."""

    person: Account
    watcher: Watcher
    check_in: CheckIn
    keys: tuple[bytes, bytes]


def fill(count: int, *, due_in: float) -> tuple[dt.datetime, list[UUID]]:
    """Make ``count`` open check-ins of invented people, each with one watcher who gets SMS.

    Their calls go out in ``due_in`` seconds. Returns that instant by the database's clock and the ids of the check-ins. Raises
    :class:`RealPeople`.
    """
    if Account.objects.exclude(handle__startswith=INVENTED).exists():
        raise RealPeople
    due = clock.database_now() + dt.timedelta(seconds=due_in)
    check_ins: list[UUID] = []
    for begin in range(0, count, _BATCH):
        made = [invented(due, INVENTED) for _ in range(min(_BATCH, count - begin))]
        save(made, [("sms", NUMBER.format(begin + number)) for number in range(len(made))])
        check_ins += [one.check_in.pk for one in made]
    return due, check_ins


def invented(due: dt.datetime, prefix: str) -> Invented:
    """Somebody invented, with a check-in whose time is ``due``, and no time between the check and the first call."""
    person = Account(handle=f"{prefix}{uuid4().hex[:16]}", password="!")  # noqa: S106 - nobody signs in as them
    watcher = Watcher(person=person, owner=uuid4(), agreed=True)
    check_in = CheckIn(
        person=person, state="watching", due_at=due, next_at=due, grace=0, arrive=480,
        plan=[[600, [str(watcher.pk)]]], day=clock.today(),
    )  # fmt: skip
    return Invented(person, watcher, check_in, (os.urandom(32), os.urandom(32)))


@transaction.atomic
def save(made: list[Invented], ways: list[tuple[str, str]]) -> None:
    """Write them, each one's watcher with the way (kind, address) at the same place.

    Raises :class:`alongside.outbox.addresses.NotOne` for what is no address.
    """
    DataKey.objects.bulk_create(
        DataKey(owner=owner, key=key)
        for one in made
        for owner, key in zip((one.person.pk, one.watcher.owner), one.keys, strict=True)
    )
    Account.objects.bulk_create(one.person for one in made)
    Watcher.objects.bulk_create(one.watcher for one in made)
    rehearsal.working(
        (one.watcher.owner, one.keys[1], kind, address) for one, (kind, address) in zip(made, ways, strict=True)
    )
    CheckIn.objects.bulk_create(one.check_in for one in made)
