"""What ends in people when somebody deletes their account: sessions, memberships, the account itself; and with a group.

A part of :mod:`alongside.people.actions`; :mod:`alongside.home.flows` calls it together with the other rooms, and has made
known here what they do when a group closes.
"""

from collections.abc import Callable, Iterable
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q

from alongside.kit import audit, keys
from alongside.people.models import Account, Group, Invitation, Membership

Closed = Callable[[Membership], None]
"""Who closed their group. Its chain is locked."""
_closed: list[Closed] = []


def register_closed(then: Closed) -> Closed:
    """Have this done with each group that closes, in its transaction: rooms above know who is owed what there."""
    _closed.append(then)
    return then


def tell_closed(by: Membership) -> None:
    """Somebody closed their group."""
    for then in _closed:
        then(by)


@transaction.atomic
def remove(*, account: Account, key: bytes | None) -> None:
    """Delete the account with its memberships, tokens and own audit chain; each group's chain says that one left.

    ``key`` is the data key as it was, which makes the pseudonym for that last row; ``None`` when it is gone. A group
    that nobody is in any more is deleted with its key. One that is left without a steward (possible only after a
    restore) gets its coordinators as stewards.
    """
    groups = sorted(Membership.objects.filter(account=account).values_list("group", flat=True))
    for group in groups:
        actor = account.pk if key is not None else None
        audit.append(chain=group, actor=actor, act="people.deleted", key=key)
    withdraw_of_stewards(Membership.objects.filter(account=account, stewards=True).values_list("group", flat=True))
    audit.forget(account.pk)
    account.delete()
    for group in groups:
        _settle(group)


@transaction.atomic
def remove_group(*, group: UUID) -> None:
    """Delete a group with its key and everything that hangs on it; ledger lines stay for their term."""
    keys.delete(group)
    Group.objects.filter(pk=group).delete()


@transaction.atomic
def end_sessions(*, account: UUID) -> None:
    """Sign the account out everywhere, also where no device is listed: each session is looked at, for none may stay."""
    sessions = Session.objects.all().iterator(chunk_size=500)
    own = [s.pk for s in sessions if s.get_decoded().get("_auth_user_id") == str(account)]
    for start in range(0, len(own), 500):
        Session.objects.filter(pk__in=own[start : start + 500]).delete()


def _settle(group: UUID) -> None:
    rows = Membership.objects.filter(group=group)
    here = rows.filter(left__isnull=True)
    if not rows.exists():
        remove_group(group=group)
    elif not here.filter(stewards=True).exists():
        here.filter(coordinates=True).update(stewards=True)


def withdraw_of_stewards(groups: Iterable[UUID]) -> None:
    """What only a steward may invite for ends with a steward: nobody knows who made which, and one would be a way back."""
    links = Invitation.objects.filter(Q(stewards=True) | Q(coordinates=True), group__in=groups, used=False)
    links.update(used=True)
