"""The one place that asks what time it is, so that rules take the time as an argument and tests can set it."""

import datetime as dt

from django.db import connection
from django.utils import timezone


def now() -> dt.datetime:
    """The present instant, aware, in UTC."""
    return timezone.now()


def today() -> dt.date:
    """The present day in the installation's time zone (setting ``ALONGSIDE_TIME_ZONE``)."""
    return dt.datetime.now(timezone.get_default_timezone()).date()


NOW = {"postgresql": "clock_timestamp()", "sqlite": "strftime('%Y-%m-%dT%H:%M:%f', 'now')"}
"""What asks a database for the present instant, inside a statement."""
STORED_NOW = NOW | {"sqlite": "strftime('%Y-%m-%d %H:%M:%f000', 'now')"}
"""The same as a column holds it, to compare one with: to the microsecond, though SQLite's clock tells thousandths."""


def database_now() -> dt.datetime:
    """The present instant by the database's clock, aware, in UTC: the one clock that all processes share.

    On SQLite that is the clock of the machine that the file is on. Not moved by a test that sets the process's clock.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {NOW[connection.vendor]}")
        return moment(cursor.fetchone()[0])


def moment(told: dt.datetime | str) -> dt.datetime:
    """What a database told of :data:`NOW`, aware, in UTC."""
    if isinstance(told, str):
        return dt.datetime.fromisoformat(told).replace(tzinfo=dt.UTC)
    return told.astimezone(dt.UTC)
