"""Writes of calls for work. A part of :mod:`alongside.roles.actions` in all but the file.

Nobody writes down which phones matched: the group learns of a person by that person's yes alone.
"""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from alongside.kit import audit, clock, closed
from alongside.outbox import actions as outbox
from alongside.people import queries as people
from alongside.people.actions import Refused
from alongside.people.models import Membership
from alongside.people.rules import without_controls
from alongside.roles import call_rules, queries, rules
from alongside.roles.models import Call, Role, Yes

_CALLS = "/roles/calls/"


@transaction.atomic
def call(*, by: Membership, content: call_rules.Call, role: UUID | None = None) -> Call:
    """Make a call for work. ``by`` must coordinate. Members get a letter once it shows to all of them.

    Raises :class:`Refused`.
    """
    _coordinator(by)
    audit.lock(by.group_id)
    if by.group.closed is not None:
        raise Refused(_("The group is closed. It takes no new work."))
    known = set(content.kinds) <= queries.codes(by.group_id)
    if not known or call_rules.problems(content, clock.today()):
        raise Refused(_("Something is still missing. Please look at it again."))
    under = Role.objects.filter(pk=role, group=by.group).first() if role else None
    if role and under is None:
        raise Refused(_("This role is not in your group."))
    row = Call(group=by.group, role=under, last_day=call_rules.last_day(content, clock.today()))
    row.opens_at = call_rules.opens(clock.now(), content.experience)
    row.content = closed.close_json(by.group_id, row.place, content.as_json())
    row.save(force_insert=True)
    _audit(by, "roles.call", row)
    if row.opens_at is None:
        _tell_members(row)
    return row


@transaction.atomic
def say_yes(*, by: Membership, call: Call, text: str = "") -> Yes:
    """A member's yes to an open call, with a few words if they like. Twice is once. Raises :class:`Refused`."""
    row = _open_call(by, call)
    words = without_controls(text).strip()
    if len(words) > rules.TEXT_MOST:
        raise Refused(_("This is too long. Please write less."))
    found = Yes.objects.filter(call=row, membership=by).first()
    if found is not None:
        return found
    yes = Yes(call=row, membership=by, day=clock.today())
    yes.text = closed.close(row.group_id, yes.place, words)
    yes.save(force_insert=True)
    _audit(by, "roles.call_yes", row)
    _tell_coordinators(by, "roles.call_yes", row)
    return yes


@transaction.atomic
def take_back(*, by: Membership, call: Call) -> None:
    """A member takes their yes back; nothing of it stays. Raises :class:`Refused` when there is none."""
    audit.lock(call.group_id)
    gone, _rows = Yes.objects.filter(call=call, membership=by).delete()
    if not gone:
        raise Refused(_("You did not say yes to this."))
    _audit(by, "roles.call_back", call)
    _tell_coordinators(by, "roles.call_back", call)


@transaction.atomic
def choose(*, by: Membership, call: Call, yes: UUID) -> None:
    """Tell somebody who said yes that they have the work. Raises :class:`Refused`."""
    _coordinator(by)
    row = _open_call(by, call)
    found = Yes.objects.select_related("membership").filter(pk=yes, call=row).first()
    if found is None:
        raise Refused(_("They took their yes back."))
    if found.chosen:
        return
    found.chosen = True
    found.save(update_fields=["chosen"])
    _audit(by, "roles.call_chosen", row)
    _tell(found.membership, "roles.call_chosen", row)


@transaction.atomic
def close(*, by: Membership, call: Call) -> None:
    """Close a call: it is filled, or it is off. Everybody who said yes and was not chosen is told.

    Raises :class:`Refused`.
    """
    _coordinator(by)
    row = _open_call(by, call)
    row.closed, row.last_day = True, clock.today()
    row.save(update_fields=["closed", "last_day"])
    _audit(by, "roles.call_closed", row)
    for yes in row.yeses.select_related("membership"):
        _tell(yes.membership, "roles.call_filled" if not yes.chosen else "roles.call_closed", row)


@transaction.atomic
def leave(*, membership: Membership) -> None:
    """Delete what somebody said to calls of a group that they leave."""
    Yes.objects.filter(membership=membership).delete()


@transaction.atomic
def tell() -> int:
    """Send the members of a group their letter about each call that shows to all by now; how many calls those were.

    The letter names no work and goes to every member alike, so it says nothing about whose phone showed what.
    """
    rows = Call.objects.select_for_update().filter(told=False, closed=False, group__closed__isnull=True)
    done = 0
    for row in rows.filter(opens_at__lte=clock.now(), last_day__gte=clock.today()).select_related("group"):
        _tell_members(row)
        done += 1
    return done


@transaction.atomic
def delete_old() -> None:
    """Delete calls past their term, with all that was said to them."""
    Call.objects.filter(last_day__lt=call_rules.deleted_before(clock.today())).delete()


def _coordinator(by: Membership) -> None:
    if not by.coordinates:
        raise Refused(_("This is for coordinators."))


def _open_call(by: Membership, call: Call) -> Call:
    """The call as it is now, locked; refused when it is over or in another group."""
    audit.lock(call.group_id)
    row = Call.objects.select_related("group").filter(pk=call.pk, group=by.group_id).first()
    if row is None or row.closed or row.last_day < clock.today() or row.group.closed is not None:
        raise Refused(_("This call is over."))
    return row


def _audit(by: Membership, act: str, row: Call) -> None:
    audit.append(chain=row.group_id, actor=by.account_id, act=act, detail={"call": str(row.pk)})


def _tell(to: Membership, code: str, row: Call) -> None:
    outbox.send(owner=to.account_id, code=code, path=_CALLS, group=row.group.name)


def _tell_members(row: Call) -> None:
    row.told = True
    row.save(update_fields=["told"])
    for one in Membership.objects.filter(group=row.group, left__isnull=True):
        _tell(one, "roles.call", row)


def _tell_coordinators(about: Membership, code: str, row: Call) -> None:
    name = people.name(about)
    for other in people.coordinators(row.group):
        if other.pk != about.pk:
            path = f"{_CALLS}{row.pk}/"
            outbox.send(owner=other.account_id, code=code, path=path, group=row.group.name, name=name)
