"""Data keys: one 256-bit key an owner (a person or a group), in a database of their own (``KEYS_URL``).

That database is in no backup of the first and keeps no history: deleting a key deletes, everywhere and at once,
all text that it closed. Keys are never cached between requests, so a deleted key is gone for every process.
"""

import os
from collections.abc import Iterable, Iterator
from uuid import UUID

from alongside.kit import lean
from alongside.kit.models import DataKey


def get(owner: UUID) -> bytes | None:
    """The owner's key, or ``None`` when there is none (never made, or deleted)."""
    rows = lean.select(DataKey, ("key",), owner=owner)
    return bytes(rows[0][0]) if rows else None


def get_many(owners: Iterable[UUID]) -> dict[UUID, bytes]:
    """The keys that exist among ``owners``, in one query."""
    rows = DataKey.objects.filter(owner__in=list(owners)).values_list("owner", "key")
    return {owner: bytes(key) for owner, key in rows}


def each() -> Iterator[bytes]:
    """Every key that exists, one after the other: for what can be matched to its owner in no other way."""
    for key in DataKey.objects.values_list("key", flat=True).iterator():
        yield bytes(key)


def get_or_make(owner: UUID) -> bytes:
    """The owner's key, made when there is none. Two callers at once get the same key."""
    key = get(owner)
    if key is not None:
        return key
    DataKey.objects.bulk_create([DataKey(owner=owner, key=os.urandom(32))], ignore_conflicts=True)
    made = get(owner)
    if made is None:
        raise RuntimeError("a data key could not be stored")
    return made


def delete(owner: UUID) -> None:
    """Delete the owner's key, and with it every text that it closed."""
    DataKey.objects.filter(owner=owner).delete()
