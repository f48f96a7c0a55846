"""Channels to the browser of a phone: they go when the person signs out there, and follow it to another address."""

import contextlib
import hmac
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from alongside.kit import closed, keys
from alongside.outbox import channels, queries
from alongside.outbox.models import Channel


def belongs(*, channel: UUID, session: str) -> None:
    """Note on which sign-in a phone was added."""
    Channel.objects.filter(pk=channel).update(phone=_mark(session))


@transaction.atomic
def signed_out(*, owner: UUID, sessions: Iterable[str]) -> None:
    """Whoever signed out (these are the sessions that ended) gets no letters there any more."""
    marks = [_mark(session) for session in sessions if session]
    for pk in Channel.objects.filter(owner=owner, kind="push", phone__in=marks).values_list("pk", flat=True):
        channels.remove(owner=owner, channel=pk)


@transaction.atomic
def follows(*, owner: UUID, before: str, after: str) -> None:
    """The person's session got another key."""
    Channel.objects.filter(owner=owner, phone=_mark(before)).update(phone=_mark(after))


@transaction.atomic
def renewed(*, before: str, after: str) -> bool:
    """A browser got another address from its push service. Who has all of the old one, its secrets too, is that browser.

    What worked goes on to work; a channel that was not proven, or given up, gets a new test letter. Whether there was one.
    Raises :class:`channels.Wrong`.
    """
    old, new = channels.read("push", before), channels.read("push", after)
    rows = Channel.objects.select_for_update().filter(kind="push", digest=queries.digest("push", old)).order_by("pk")
    moved = [row for row in rows if queries.address(row, keys.get(row.owner)) == old]
    for row in moved:
        digest = queries.digest("push", new)
        Channel.objects.filter(owner=row.owner, digest=digest).exclude(pk=row.pk).delete()
        row.address, row.digest, row.fails = closed.close(row.owner, row.at, new), digest, 0
        row.save(update_fields=["address", "digest", "fails"])
        if row.state != "works":
            with contextlib.suppress(channels.Wrong):  # one was sent a moment ago
                channels.again(owner=row.owner, channel=row.pk)
    return bool(moved)


def _mark(session: str) -> str:
    return hmac.digest(keys.get_or_make(queries.DIGESTS), f"session:{session}".encode(), "sha256").hex()
