"""Letters that are to leave by a channel: written in the caller's transaction."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from alongside.kit import canonical, clock, closed, keys, lean
from alongside.outbox import queries
from alongside.outbox.models import Channel, Dispatch

_COLUMNS = ("id", "owner", "code", "filling", "due_at", "good_until", "state", "next_at", "channel")

Sealed = tuple[Any, ...]
"""A letter as its row: the values of :data:`_COLUMNS`."""


@dataclass(frozen=True)
class Note:
    """A letter to send: its id is its key for ever; ``filling`` fills its words; of no use after ``good_until``.

    With ``channel`` it leaves by that one alone, proven or not; else by the owner's channels that work.
    """

    id: UUID
    owner: UUID
    code: str
    filling: dict[str, str]
    good_until: dt.datetime
    channel: UUID | None = None


def post(notes: Iterable[Note]) -> None:
    """Write letters in the caller's transaction. One to somebody whose key is gone is left out."""
    put(sealed(notes))


def sealed(notes: Iterable[Note]) -> list[Sealed]:
    """Letters made ready for :func:`put`, outside of any transaction: one to somebody whose key is gone is left out."""
    notes = list(notes)
    if not notes:
        return []
    held = keys.get_many({note.owner for note in notes})
    due, rows = clock.database_now(), list[Sealed]()
    for note in notes:
        if note.owner in held:
            blob = closed.close_with(
                held[note.owner], f"outbox.Dispatch.filling:{note.id}", canonical.dumps(note.filling)
            )
            rows.append((note.id, note.owner, note.code, blob, due, note.good_until, "waiting", due, note.channel))
    return rows


def put(letters: list[Sealed]) -> None:
    """Write letters that are ready, in the caller's transaction."""
    if letters:
        lean.insert(Dispatch, _COLUMNS, letters)


def withdraw(ids: Iterable[UUID]) -> None:
    """Stop letters that have not left."""
    Dispatch.objects.filter(pk__in=locked(ids)).update(state="withdrawn", next_at=None, lease=None)


def locked(ids: Iterable[UUID]) -> list[UUID]:
    """Those of these letters that wait, locked in one order for all until the caller's transaction ends."""
    rows = Dispatch.objects.select_for_update().filter(pk__in=list(ids), state="waiting").order_by("pk")
    return list(rows.values_list("pk", flat=True))


def states(ids: Iterable[UUID]) -> dict[UUID, str]:
    """The state of each of these letters that is known."""
    return dict(Dispatch.objects.filter(pk__in=list(ids)).values_list("pk", "state"))


def states_of(owner: UUID, *, code: str) -> list[str]:
    """The states of the letters of this kind to this owner."""
    return list(Dispatch.objects.filter(owner=owner, code=code).values_list("state", flat=True))


def reachable(owners: Iterable[UUID]) -> dict[UUID, bool]:
    """Whether each has a channel that works and that this installation can send by."""
    asked = set(owners)
    rows, offered = lean.select_among(Channel, ("owner", "state", "kind"), "owner", asked), queries.offered()
    found = {owner for owner, state, kind in rows if state == "works" and kind in offered}
    return {owner: owner in found for owner in asked}
