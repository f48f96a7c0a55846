"""The one place that asks what time it is, so that rules take the time as an argument and tests can set it."""

import datetime as dt

from django.utils import timezone


def now() -> dt.datetime:
    """The present instant, aware, in UTC."""
    return timezone.now()


def today() -> dt.date:
    """The present day in the installation's time zone (setting ``ALONGSIDE_TIME_ZONE``)."""
    return timezone.localdate()
