"""Due work of people."""

import datetime as dt

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from alongside.kit import clock
from alongside.kit.jobs import job
from alongside.people.models import Device, Invitation


@job("people.sessions", every=dt.timedelta(hours=6))
def sessions() -> None:
    """Delete sessions that have run out, and what was noted of devices that are signed out."""
    SessionStore.clear_expired()
    Device.objects.exclude(session__in=Session.objects.values("session_key")).delete()


@job("people.invitations", every=dt.timedelta(hours=12))
def invitations() -> None:
    """Delete invitations that nobody can use any more."""
    Invitation.objects.filter(last_day__lt=clock.today()).delete()
    Invitation.objects.filter(used=True).delete()
