"""Writes about the phones and computers that somebody is signed in on."""

from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet

from alongside.kit import audit, clock
from alongside.outbox import phones
from alongside.people.models import Account, Device


@transaction.atomic
def note_device(*, account: Account, session: str) -> None:
    """Keep since which day the person is signed in with this session: who signs in again where they are keeps it."""
    Device.objects.get_or_create(account=account, session=session, defaults={"day": clock.today()})


@transaction.atomic
def end_device(*, account: Account, device: UUID, here: str) -> None:
    """Sign the person out on one of the own devices, other than the one with the session ``here``."""
    _end(account, Device.objects.filter(account=account, pk=device).exclude(session=here))


@transaction.atomic
def end_other_devices(*, account: Account, here: str, before: str = "") -> None:
    """Sign the person out wherever the session is not ``here``, which was ``before`` until its key was changed."""
    if before:
        Device.objects.filter(account=account, session=before).update(session=here)
        phones.follows(owner=account.pk, before=before, after=here)
    _end(account, Device.objects.filter(account=account).exclude(session=here))


def _end(account: Account, devices: QuerySet[Device]) -> None:
    ended = list(devices.values_list("session", flat=True))
    Session.objects.filter(session_key__in=ended).delete()
    Device.objects.filter(session__in=ended).delete()
    phones.signed_out(owner=account.pk, sessions=ended)
    if ended:
        audit.append(chain=account.pk, actor=account.pk, act="people.ended")
