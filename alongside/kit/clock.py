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


def database_now() -> dt.datetime:
    """The present instant by the database's clock, aware, in UTC: the one clock that all processes share.

    On SQLite that is the clock of the machine that the file is on. Not moved by a test that sets the process's clock.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT clock_timestamp()")
            moment: dt.datetime = cursor.fetchone()[0]
            return moment.astimezone(dt.UTC)
        cursor.execute("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')")
        return dt.datetime.fromisoformat(cursor.fetchone()[0]).replace(tzinfo=dt.UTC)
