"""What one room sets off in others, in the order in which it happens."""

from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from alongside.kit import audit, keys
from alongside.outbox import actions as outbox
from alongside.pay import actions as pay
from alongside.pay import queries as ledger
from alongside.people import actions as members
from alongside.people import leaving
from alongside.people import queries as people
from alongside.people.actions import Refused
from alongside.people.models import Account, Group, Membership
from alongside.roles import actions as roles
from alongside.roles import calling
from alongside.roles import queries as held
from alongside.watch import actions as watch
from alongside.watch import queries as being_watched
from alongside.watch import rotas
from alongside.work import actions as work
from alongside.work import months
from alongside.work import queries as work_queries


@transaction.atomic
def leave_group(*, membership: Membership) -> None:
    """Somebody leaves a group: its roles, their yes to its calls and to its months end; then they are out of it.

    They are on none of its lists of who can be called, and none of these is in their crew. The own record, what was
    shared, and what is owed stay as they are. Raises ``Refused`` for the last steward or coordinator, and nothing has
    happened then.
    """
    audit.lock(membership.account_id)  # as a sync does: what they share now is shared before they leave, or not at all
    audit.lock(membership.group_id)
    for holding in held.held_in(membership):
        roles.leave(holding=holding)
    calling.leave(membership=membership)
    months.leave(membership=membership)
    rotas.leave(membership=membership)
    members.leave(membership=membership, settled=ledger.done_with(membership.group))


@leaving.register_closed
def tell_who_left(by: Membership) -> None:
    """A group closes: whoever left it before, and has something left to settle with it, is told as its members are."""
    for other in ledger.owed_others(by):
        if other.left is not None:
            outbox.send(owner=other.account_id, code="people.closed", path=reverse("home:owed"), group=by.group.name)


def record_after_watch() -> str:
    """Somebody who was called may write that down as work: the address of a blank entry.

    Nothing of the call goes along, neither its id nor its time nor for whom it was, and nothing leads back to it.
    """
    return reverse("work:new")


def delete_account(*, account: Account) -> None:
    """Delete somebody's account because they ask for it.

    Raises :class:`Refused` for a last steward, and while people are being called for this one. Where they are the last one in
    a group, whoever that still owes is told that nobody is left there to pay.

    The data key goes first: from then on no text of theirs can be read, here or in any backup. Should this process
    die right after, the job ``home.deletions`` does the rest.
    """
    with transaction.atomic():
        watch.hold(account=account)
        _lock(account)
        if people.only_steward_of(account):
            raise Refused(_("You are the only steward of a group with other people in it. Please name another first."))
        if being_watched.people_were_called(account):
            raise Refused(_("People are being called for you now. Please end that first, so that they are told."))
        watch.leave(account=account)
        _tell_who_is_owed(account)
        key = keys.get(account.pk)
        keys.delete(account.pk)
        _remove(account, key)


def finish_deletions() -> int:
    """Delete what is still here of accounts and groups whose keys were deleted; return how many there were.

    That is so after a restore of an older backup, and after a process that died in the middle.
    """
    done = 0
    for ids in keys.ended():
        for account in Account.objects.filter(pk__in=ids):
            with transaction.atomic():
                watch.hold(account=account)
                _lock(account)
                watch.leave(account=account)
                _remove(account, None)
            done += 1
        for group in Group.objects.filter(pk__in=ids).values_list("pk", flat=True):
            leaving.remove_group(group=group)
            done += 1
    return done


def erase_again() -> int:
    """After a restore: delete the entries that their people had deleted since the backup; return how many there were.

    As the person's own phone would: groups lose their copies, and what that leaves open is asked.
    """
    done = 0
    for ids in keys.erased():
        for account, found in work_queries.there(ids).items():
            entries = [{"id": str(pk), "revision": revision + 1, "deleted": True} for pk, revision in found]
            answers = work.sync(account=account, entries=entries)
            done += sum(answer.status == "stored" for answer in answers)
    return done


def without_key() -> int:
    """How many accounts and groups have no data key: their closed text cannot be read by anybody."""
    lacking = 0
    for table in (Account, Group):
        ids: list[UUID] = []
        for pk in table.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=500):
            ids.append(pk)
            if len(ids) == 500:
                lacking += len(ids) - len(keys.get_many(ids))
                ids = []
        lacking += len(ids) - len(keys.get_many(ids))
    return lacking


def _lock(account: Account) -> None:
    """As a sync does: the person's own chain first, then their groups' in one order for all."""
    audit.lock(account.pk)
    for group in sorted(m.group_id for m in people.memberships(account, ended=True)):
        audit.lock(group)


def _tell_who_is_owed(account: Account) -> None:
    for last in people.alone_in(account):
        for other in ledger.owed_others(last):
            outbox.send(owner=other.account_id, code="pay.nobody", path=reverse("home:owed"), group=last.group.name)


def _remove(account: Account, key: bytes | None) -> None:
    """Sessions, letters, disputes' words, then the account with all that hangs on it. Ledger lines stay, unlinked."""
    leaving.end_sessions(account=account.pk)
    for membership in people.memberships(account, ended=True):
        pay.leave(membership=membership)
    outbox.forget(owner=account.pk)
    leaving.remove(account=account, key=key)
