"""Writes about a group's rota of responders: coordinators and stewards make it, members are asked and say yes or no."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from alongside.kit import audit, closed, keys
from alongside.outbox import actions as outbox
from alongside.people import rules as people
from alongside.people.actions import Refused
from alongside.people.models import Account, Membership
from alongside.watch import crew_queries, rules
from alongside.watch.models import Rota, RotaTurn, Watcher

PATH = "/watch/mine/"


@transaction.atomic
def make(*, by: Membership, name: str) -> Rota:
    """A new rota with nobody in it. Raises :class:`Refused`."""
    _may(by)
    wanted = people.name(name)
    if wanted is None:
        raise Refused(_("Please write a name of 1 to 40 letters."))
    audit.lock(by.group_id)
    if by.group.closed or Rota.objects.filter(group=by.group_id).count() >= rules.ROTAS:
        raise Refused(_("This group cannot have one more."))
    row = Rota(group=by.group)
    row.name = closed.close(by.group_id, row.place, wanted)
    row.save(force_insert=True)
    _noted(by, "watch.rota_made", row.pk)
    return row


@transaction.atomic
def remove(*, by: Membership, rota: UUID) -> None:
    """Take a rota away: who was in it is told; for who chose it, it is a watcher with nobody. Raises :class:`Refused`."""
    row = _found(by, rota)
    for turn in row.turns.select_related("membership"):
        _tell(turn.membership.account_id, "watch.rota_gone", row)
    row.delete()
    _noted(by, "watch.rota_gone", rota)


@transaction.atomic
def ask(*, by: Membership, rota: UUID, member: UUID) -> None:
    """Ask a member to be in a rota. Twice is once. Raises :class:`Refused`."""
    row = _found(by, rota)
    other = Membership.objects.filter(pk=member, group=by.group_id, left=None).first()
    if other is None:
        raise Refused(_("This person is not in the group."))
    if row.turns.count() >= rules.WATCHERS:
        raise Refused(_("That is as many people as we can keep here. Take somebody off first."))
    _turn, fresh = RotaTurn.objects.get_or_create(rota=row, membership=other)
    if fresh:
        _tell(other.account_id, "watch.rota_asked", row)
        _noted(by, "watch.rota_asked", rota)


@transaction.atomic
def take_off(*, by: Membership, rota: UUID, turn: UUID) -> None:
    """Take somebody off a rota; they are told. Raises :class:`Refused`."""
    row = _found(by, rota)
    gone = row.turns.select_related("membership").filter(pk=turn).first()
    if gone is not None:
        gone.delete()
        _tell(gone.membership.account_id, "watch.rota_gone", row)
        _noted(by, "watch.rota_off", rota)


@transaction.atomic
def answer(*, account: Account, turn: UUID, yes: bool) -> None:
    """A member says yes to being in a rota, or no, or leaves it. Raises :class:`Refused`."""
    row = RotaTurn.objects.select_related("membership").select_for_update().filter(pk=turn).first()
    if row is None or row.membership.account_id != account.pk or row.membership.left:
        raise Refused(_("This is not here any more."))
    if yes and row.agreed:
        return
    act = "watch.rota_yes" if yes else "watch.rota_no"
    if yes:
        row.agreed = True
        row.save(update_fields=["agreed"])
    else:
        row.delete()
    _noted(row.membership, act, row.rota_id)


@transaction.atomic
def leave(*, membership: Membership) -> None:
    """Somebody leaves the group: out of its rotas, and its rotas out of their crew."""
    rotas = list(Rota.objects.filter(group=membership.group_id).values_list("pk", flat=True))
    RotaTurn.objects.filter(membership=membership).delete()
    Watcher.objects.filter(person=membership.account_id, rota__in=rotas).delete()


def _may(by: Membership) -> None:
    if not (by.coordinates or by.stewards):
        raise Refused(_("Please ask a coordinator to do this."))


def _found(by: Membership, rota: UUID) -> Rota:
    _may(by)
    audit.lock(by.group_id)
    row = Rota.objects.filter(pk=rota, group=by.group_id).first()
    if row is None:
        raise Refused(_("This is not here any more."))
    return row


def _tell(owner: UUID, code: str, rota: Rota) -> None:
    name = crew_queries.rota_name(rota, keys.get(rota.group_id))
    outbox.send(owner=owner, code=code, path=PATH, name=name, group=rota.group.name)


def _noted(by: Membership, act: str, rota: UUID) -> None:
    audit.append(chain=by.group_id, actor=by.account_id, act=act, detail={"rota": str(rota)})
