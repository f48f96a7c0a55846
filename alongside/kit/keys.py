"""Data keys: one 256-bit key an owner (a person or a group), in a database of their own (``KEYS_URL``).

That database is in no backup of the first and keeps no history: deleting a key deletes, everywhere and at once,
all text that it closed. Keys are never cached between requests, so a deleted key is gone for every process. The ids of
deleted keys stay, so that a backup of the first database, restored later, forgets those owners too. So do the ids of
single rows that somebody deleted whose key lives on: a restore deletes them again.
"""

import datetime as dt
import os
from collections.abc import Iterable, Iterator
from uuid import UUID, uuid5

from django.db import transaction

from alongside.kit import lean
from alongside.kit.models import DataKey, Ended, Erased
from alongside.kit.routers import KEYS

INSTALLATION = UUID("616c6f6e-6773-4964-a500-000000000001")
"""The owner of the installation's own key, which signs what the installation itself must know again."""
_BATCH = 500
_DAYS = 60
"""So many days back the keys of days are looked for: longer than an installation stands still."""


class KeyEnded(Exception):
    """Raised for a new key where the old one was deleted: whoever it was is gone and gets no new one."""


def get(owner: UUID) -> bytes | None:
    """The owner's key, or ``None`` when there is none (never made, or deleted)."""
    rows = lean.select(DataKey, ("key",), owner=owner)
    return bytes(rows[0][0]) if rows else None


def get_many(owners: Iterable[UUID]) -> dict[UUID, bytes]:
    """The keys that exist among ``owners``, in one query."""
    return {owner: bytes(key) for owner, key in lean.select_among(DataKey, ("owner", "key"), "owner", owners)}


def each() -> Iterator[bytes]:
    """Every key that exists, one after the other: for what can be matched to its owner in no other way."""
    for key in DataKey.objects.values_list("key", flat=True).iterator():
        yield bytes(key)


def get_or_make(owner: UUID) -> bytes:
    """The owner's key, made when there is none. Two callers at once get the same key. Raises :class:`KeyEnded`."""
    key = get(owner)
    if key is not None:
        return key
    if Ended.objects.filter(owner=owner).exists():
        raise KeyEnded
    DataKey.objects.bulk_create([DataKey(owner=owner, key=os.urandom(32))], ignore_conflicts=True)
    made = get(owner)
    if made is None:
        raise RuntimeError("a data key could not be stored")
    return made


def delete(owner: UUID) -> None:
    """Delete the owner's key, and with it every text that it closed; remember that it ended. Twice is once."""
    with transaction.atomic(using=KEYS):
        Ended.objects.bulk_create([Ended(owner=owner)], ignore_conflicts=True)
        DataKey.objects.filter(owner=owner).delete()


def ended() -> Iterator[list[UUID]]:
    """The owners whose keys were deleted, some hundreds at a time."""
    yield from _pages(Ended, "owner")


def erase(rows: Iterable[UUID]) -> None:
    """Remember that somebody deleted these rows. Call it once that is on disk."""
    Erased.objects.bulk_create([Erased(row=row) for row in rows], ignore_conflicts=True)


def keep(rows: Iterable[UUID]) -> None:
    """Forget that these rows were deleted: they are there again. Call it before that is on disk."""
    Erased.objects.filter(row__in=list(rows)).delete()


def erased() -> Iterator[list[UUID]]:
    """The rows that were deleted, some hundreds at a time."""
    yield from _pages(Erased, "row")


def _pages(model: type[Ended] | type[Erased], name: str) -> Iterator[list[UUID]]:
    last: UUID | None = None
    while True:
        rows = model._default_manager.order_by(name).values_list(name, flat=True)
        found = list((rows.filter(**{f"{name}__gt": last}) if last else rows)[:_BATCH])
        if not found:
            return
        yield found
        last = found[-1]


def of_day(day: dt.date) -> bytes:
    """The key of one day, for what nobody shall know again after it; made when there is none."""
    return get_or_make(_name(day))


def end_days(*, before: dt.date) -> None:
    """Delete the keys of the days before one. They are no owner's: nothing is remembered of them."""
    DataKey.objects.filter(owner__in=days(before - dt.timedelta(days=1))).delete()


def days(last: dt.date) -> list[UUID]:
    """The names by which the keys of days are kept, up to ``last``."""
    return [_name(last - dt.timedelta(days=back)) for back in range(_DAYS)]


def _name(day: dt.date) -> UUID:
    return uuid5(INSTALLATION, day.isoformat())
