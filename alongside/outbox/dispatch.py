"""Letters that are to leave by a channel: written in the caller's transaction."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from alongside.kit import clock, closed, keys, lean
from alongside.outbox.models import Dispatch

_COLUMNS = ("id", "owner", "code", "filling", "due_at", "good_until", "state")


@dataclass(frozen=True)
class Note:
    """A letter to send: its id is its key for ever; ``filling`` fills its words; of no use after ``good_until``."""

    id: UUID
    owner: UUID
    code: str
    filling: dict[str, str]
    good_until: dt.datetime


def post(notes: Iterable[Note]) -> None:
    """Write letters in the caller's transaction. One to somebody whose key is gone is left out."""
    notes = list(notes)
    held = keys.get_many({note.owner for note in notes})
    due = clock.database_now()
    rows = []
    for note in notes:
        if note.owner in held:
            blob = closed.close_with(held[note.owner], f"outbox.Dispatch.filling:{note.id}", closed.dumps(note.filling))
            rows.append((note.id, note.owner, note.code, blob, due, note.good_until, "waiting"))
    if rows:
        lean.insert(Dispatch, _COLUMNS, rows)


def withdraw(ids: Iterable[UUID]) -> None:
    """Stop letters that have not left."""
    Dispatch.objects.filter(pk__in=list(ids), state="waiting").update(state="withdrawn")


def states(ids: Iterable[UUID]) -> dict[UUID, str]:
    """The state of each of these letters that is known."""
    return dict(Dispatch.objects.filter(pk__in=list(ids)).values_list("pk", "state"))


def reachable(owners: Iterable[UUID]) -> dict[UUID, bool]:
    """Whether each has a channel that works; there are none yet."""
    return dict.fromkeys(owners, False)
