"""Writes of the outbox."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from alongside.kit import audit, clock, closed
from alongside.outbox import rules
from alongside.outbox.models import Channel, Dispatch, Letter


@transaction.atomic
def send(*, owner: UUID, code: str, path: str = "", **filling: str) -> None:
    """Write a letter in the caller's transaction. ``path`` is the page it is about; ``filling`` fills its words.

    Raises ``KeyError`` for a code that no room registered: a letter that nobody could read is never written.
    """
    if rules.known(code) is None:
        raise KeyError(code)
    today = clock.today()
    before = Letter.objects.filter(owner=owner, day=today).count()
    letter = Letter(owner=owner, code=code, day=today, number=before + 1)
    letter.filling = closed.close_json(owner, letter.place, {**filling, "path": path})
    letter.save(force_insert=True)


@transaction.atomic
def mark_read(*, owner: UUID, ids: Iterable[UUID]) -> None:
    """Mark the person's own letters as read."""
    Letter.objects.filter(owner=owner, pk__in=list(ids)).update(read=True)


@transaction.atomic
def forget(*, owner: UUID) -> None:
    """Delete all letters of somebody who is gone, those too that have not left, and their channels with what was noted."""
    Channel.objects.filter(owner=owner).delete()
    audit.forget(owner)
    Dispatch.objects.filter(owner=owner).delete()
    Letter.objects.filter(owner=owner).delete()
