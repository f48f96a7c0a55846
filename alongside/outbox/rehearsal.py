"""Channels that count as proven from the start: for rehearsals and benches, whose people are invented."""

from collections.abc import Iterable
from uuid import UUID, uuid4

from django.conf import settings

from alongside.kit import clock, closed
from alongside.outbox import addresses, queries
from alongside.outbox.models import Channel


def working(owners: Iterable[tuple[UUID, bytes, str, str]]) -> None:
    """Give each owner (with their data key) a channel of this kind to this address, proven.

    Raises :class:`alongside.outbox.addresses.NotOne` for what is no address of its kind.
    """
    day, rows = clock.today(), []
    for owner, key, kind, address in owners:
        kept = addresses.normal(kind, address, settings.PUSH_HOSTS)
        row = Channel(id=uuid4(), owner=owner, kind=kind, language=settings.LANGUAGE_CODE, state="works", day=day)
        row.digest = queries.digest(kind, kept)
        row.address = closed.close_with(key, row.at, kept)
        rows.append(row)
    Channel.objects.bulk_create(rows)
