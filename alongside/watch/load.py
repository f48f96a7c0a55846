"""Fills an installation with check-ins of invented people, all due at one instant: for drills and benches."""

import datetime as dt
import os
from uuid import UUID, uuid4

from django.db import transaction

from alongside.kit import clock
from alongside.kit.models import DataKey
from alongside.people.models import Account
from alongside.watch.models import CheckIn, Watcher

INVENTED = "load-"
"""How the handles of invented people begin."""
_BATCH = 1000


class RealPeople(Exception):
    """Raised on an installation that has people who were not invented."""


def fill(count: int, *, due_in: int) -> tuple[dt.datetime, list[UUID], list[UUID]]:
    """Make ``count`` open check-ins of invented people, each with one watcher, whose calls go out in ``due_in`` seconds.

    Returns that instant by the database's clock, the ids of the check-ins, and whom the letters will go to, in the same
    order. Raises :class:`RealPeople`.
    """
    if Account.objects.exclude(handle__startswith=INVENTED).exists():
        raise RealPeople
    due = clock.database_now() + dt.timedelta(seconds=due_in)
    check_ins: list[UUID] = []
    owners: list[UUID] = []
    for begin in range(0, count, _BATCH):
        made = [_invented(due) for _ in range(min(_BATCH, count - begin))]
        with transaction.atomic():
            DataKey.objects.bulk_create(
                DataKey(owner=owner, key=os.urandom(32)) for a, w, _c in made for owner in (a.pk, w.owner)
            )
            Account.objects.bulk_create(a for a, _w, _c in made)
            Watcher.objects.bulk_create(w for _a, w, _c in made)
            CheckIn.objects.bulk_create(c for _a, _w, c in made)
        check_ins += [c.pk for _a, _w, c in made]
        owners += [w.owner for _a, w, _c in made]
    return due, check_ins, owners


def _invented(due: dt.datetime) -> tuple[Account, Watcher, CheckIn]:
    person = Account(handle=f"{INVENTED}{uuid4().hex[:16]}", password="!")  # noqa: S106 - nobody signs in as them
    watcher = Watcher(person=person, owner=uuid4(), agreed=True)
    check_in = CheckIn(
        person=person, state="watching", due_at=due, next_at=due, grace=0, arrive=480,
        plan=[[600, [str(watcher.pk)]]], day=clock.today(),
    )  # fmt: skip
    return person, watcher, check_in
