"""Writes about groups and who is in them."""

import datetime as dt
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alongside.kit import audit, clock, closed, keys
from alongside.outbox import actions as outbox
from alongside.people import leaving, queries, rules
from alongside.people.actions.refused import Refused
from alongside.people.models import Account, Consent, Group, Invitation, Membership


@transaction.atomic
def make_group(
    *, by: Account, name: str, own_name: str, currency: str, tax_years: int = 7, coordinates: bool = True
) -> Membership:
    """A new group with ``by`` as its steward, under ``own_name``; returns that membership."""
    group = Group.objects.create(name=name, currency=currency, tax_years=tax_years)
    keys.get_or_make(group.pk)
    membership = _add(by, group, own_name, coordinates=coordinates, stewards=True)
    audit.append(chain=group.pk, actor=by.pk, act="group.made")
    return membership


@transaction.atomic
def invite(*, by: Membership, coordinates: bool = False, stewards: bool = False) -> str:
    """A new invitation for one person; returns the secret that its link holds, which is kept nowhere.

    Raises :class:`Refused` when ``by`` may not invite for that part.
    """
    if not (by.coordinates or by.stewards) or ((coordinates or stewards) and not by.stewards):
        raise Refused(_("Please ask a steward to do this."))
    _still_open(by.group_id)
    secret = rules.fresh_secret()
    last = clock.today() + dt.timedelta(days=rules.INVITATION_DAYS)
    Invitation.objects.create(
        group=by.group, digest=rules.digest(secret), coordinates=coordinates, stewards=stewards, last_day=last
    )
    audit.append(chain=by.group_id, actor=by.account_id, act="group.invited")
    return secret


@transaction.atomic
def withdraw_invitation(*, by: Membership, invitation: UUID) -> bool:
    """Make an invitation useless; say whether it still was of use."""
    if not (by.coordinates or by.stewards):
        raise Refused(_("Please ask a coordinator to do this."))
    if not Invitation.objects.filter(pk=invitation, group=by.group, used=False).update(used=True):
        return False
    audit.append(chain=by.group_id, actor=by.account_id, act="group.uninvited")
    return True


@transaction.atomic
def join(*, account: Account, secret: str, name: str) -> Membership:
    """Join the group behind an invitation under ``name``. The link is used up only by who gets in.

    Raises :class:`Refused`.
    """
    invitation = queries.invitation(secret)
    if invitation is not None:
        audit.lock(invitation.group_id)
        _still_open(invitation.group_id)
    if invitation is None or not Invitation.objects.filter(pk=invitation.pk, used=False).update(used=True):
        raise Refused(_("This link was used or is too old. Please ask for a new one."))
    if queries.membership(account, invitation.group_id):
        raise Refused(_("You are in this group already."))
    membership = _add(account, invitation.group, name, coordinates=invitation.coordinates, stewards=invitation.stewards)
    audit.append(chain=invitation.group_id, actor=account.pk, act="group.joined")
    for other in queries.coordinators(invitation.group):
        if other.pk != membership.pk:
            outbox.send(
                owner=other.account_id,
                code="people.joined",
                path=f"/people/groups/{invitation.group_id}/",
                name=name,
                group=invitation.group.name,
            )
    return membership


@transaction.atomic
def rename(*, membership: Membership, name: str) -> None:
    """Go by another name in the group."""
    wanted = rules.name(name)
    if wanted is None:
        raise Refused(_("Please write a name of 1 to 40 letters."))
    membership.name = closed.close(membership.group_id, membership.place, wanted)
    membership.save(update_fields=["name"])
    audit.append(chain=membership.group_id, actor=membership.account_id, act="group.renamed")


@transaction.atomic
def set_part(*, by: Membership, member: UUID, coordinates: bool | None = None, stewards: bool | None = None) -> None:
    """Make a member a coordinator or steward, or no longer one; a part that is ``None`` stays as it is.

    Where nothing changes, nobody is told. The last of each stays. Raises :class:`Refused`.
    """
    if not by.stewards:
        raise Refused(_("Please ask a steward to do this."))
    audit.lock(by.group_id)
    other = Membership.objects.filter(pk=member, group=by.group, left__isnull=True).first()
    if other is None:
        raise Refused(_("This person is not in the group."))
    coordinates = other.coordinates if coordinates is None else coordinates
    stewards = other.stewards if stewards is None else stewards
    if (coordinates, stewards) == (other.coordinates, other.stewards):
        return
    if not stewards and _last(other, stewards=True):
        raise Refused(_("A group needs a steward. Please name another one first."))
    if not coordinates and _last(other, coordinates=True):
        raise Refused(_("Somebody has to pay people. Please choose who will do that first."))
    if other.stewards and not stewards:
        leaving.withdraw_of_stewards([other.group_id])
    other.coordinates, other.stewards = coordinates, stewards
    other.save(update_fields=["coordinates", "stewards"])
    audit.append(chain=by.group_id, actor=by.account_id, act="group.part", detail={"member": str(other.pk)})
    if other.pk != by.pk:
        outbox.send(
            owner=other.account_id, code="people.part", path=f"/people/groups/{by.group_id}/", group=by.group.name
        )


@transaction.atomic
def leave(*, membership: Membership, settled: bool) -> None:
    """Leave the group. What was shared and is owed stays as it is; the person is in the group no more.

    The last steward or coordinator stays, unless the group is closed and all that it owed is ``settled``.
    Raises :class:`Refused`.
    """
    audit.lock(membership.group_id)
    me = Membership.objects.select_related("group").get(pk=membership.pk)
    if me.left:
        return
    over = settled and me.group.closed is not None
    if not over and _last(me, stewards=True):
        raise Refused(
            _("You are the only steward here. Name another steward first, or close the group and pay what it owes.")
        )
    if not over and _last(me, coordinates=True):
        raise Refused(_("Nobody else here can pay people. Ask a steward to choose who will do that first."))
    others = [m for m in queries.coordinators(me.group) if m.pk != me.pk]
    if me.stewards:
        leaving.withdraw_of_stewards([me.group_id])
    me.left, me.coordinates, me.stewards = clock.today(), False, False
    me.save(update_fields=["left", "coordinates", "stewards"])
    audit.append(chain=me.group_id, actor=me.account_id, act="group.left", detail={"member": str(me.pk)})
    for other in others:
        path = f"/people/groups/{me.group_id}/"
        outbox.send(owner=other.account_id, code="people.left", path=path, name=queries.name(me), group=me.group.name)


@transaction.atomic
def close_group(*, by: Membership) -> None:
    """Close the group: nobody joins and no new work is shared. What is owed stays owed. Raises :class:`Refused`."""
    if not by.stewards:
        raise Refused(_("Please ask a steward to do this."))
    audit.lock(by.group_id)
    if not Group.objects.filter(pk=by.group_id, closed__isnull=True).update(closed=clock.today()):
        return
    by.group.closed = clock.today()
    by.group.invitations.filter(used=False).update(used=True)
    audit.append(chain=by.group_id, actor=by.account_id, act="group.closed")
    for other in by.group.memberships.filter(left__isnull=True).exclude(pk=by.pk):
        path = f"/people/groups/{by.group_id}/"
        outbox.send(owner=other.account_id, code="people.closed", path=path, group=by.group.name)
    leaving.tell_closed(by)


@transaction.atomic
def change_group(*, by: Membership, name: str, currency: str, tax_years: int) -> None:
    """Change what the group is called, its currency for new rates, and its tax term in years."""
    if not by.stewards:
        raise Refused(_("Please ask a steward to do this."))
    group = by.group
    if tax_years > group.tax_years:  # people were told of a shorter term: they are told anew before their next share
        Consent.objects.filter(membership__group=group, code=rules.TAX_TERM).delete()
    group.name, group.currency, group.tax_years = name, currency, tax_years
    group.save(update_fields=["name", "currency", "tax_years"])
    audit.append(chain=group.pk, actor=by.account_id, act="group.changed")


@transaction.atomic
def consent(*, membership: Membership, code: str) -> None:
    """Keep that the member was told and said yes."""
    Consent.objects.bulk_create([Consent(membership=membership, code=code, day=clock.today())], ignore_conflicts=True)


@transaction.atomic
def take_back_consent(*, membership: Membership, code: str) -> None:
    """The member says no after all, or leaves what they had said yes to."""
    Consent.objects.filter(membership=membership, code=code).delete()


def _add(account: Account, group: Group, name: str, *, coordinates: bool, stewards: bool) -> Membership:
    wanted = rules.name(name)
    if wanted is None:
        raise Refused(_("Please write a name of 1 to 40 letters."))
    membership = Membership.objects.filter(account=account, group=group, left__isnull=False).first()
    if membership is not None:  # somebody comes back
        membership.left, membership.coordinates, membership.stewards = None, coordinates, stewards
        membership.name = closed.close(group.pk, membership.place, wanted)
        membership.save(update_fields=["left", "coordinates", "stewards", "name"])
        return membership
    membership = Membership(account=account, group=group, coordinates=coordinates, stewards=stewards)
    membership.name = closed.close(group.pk, membership.place, wanted)
    try:
        with transaction.atomic():
            membership.save(force_insert=True)
    except (IntegrityError, ValidationError):
        raise Refused(_("You are in this group already.")) from None
    return membership


def _last(member: Membership, **part: bool) -> bool:
    """Whether ``member`` is the only one with a part, ``coordinates`` or ``stewards``."""
    [name] = part
    others = Membership.objects.filter(group=member.group_id, **part).exclude(pk=member.pk)
    return bool(getattr(member, name)) and not others.exists()


def _still_open(group: UUID) -> None:
    if Group.objects.filter(pk=group, closed__isnull=False).exists():
        raise Refused(_("This group is closed."))
