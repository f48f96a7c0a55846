"""Writes of work that a coordinator copies from a paper sheet: it waits for the worker's yes, and is nothing before.

A part of :mod:`alongside.work.actions` in all but the file.
"""

import datetime as dt
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from alongside.kit import audit, clock, closed, keys
from alongside.outbox import actions as outbox
from alongside.people import queries as people
from alongside.people.actions import Refused
from alongside.people.models import Account, Membership
from alongside.roles import kinds as kinds_
from alongside.roles import queries as roles
from alongside.work import actions, queries, rules
from alongside.work.models import Paper


class Invalid(ValueError):
    """Raised with what is wrong by field, as codes, when something is no entry."""

    def __init__(self, errors: rules.Errors) -> None:
        super().__init__(errors)
        self.errors = errors


@transaction.atomic
def write(*, by: Membership, member: UUID, entry: rules.Entry) -> Paper:
    """Have ``entry`` (as the API takes it; id and revision count for nothing) wait for the member's yes.

    Nothing is recorded, shared or owed by this. How heavy it was, barriers and a note are never taken: they are the
    worker's own to say. Kinds that no group is told of are taken as what the group would be shown. Raises
    :class:`Refused`, :class:`Invalid`.
    """
    audit.lock(by.group_id)
    worker = Membership.objects.select_related("account").filter(group=by.group, pk=member, left__isnull=True).first()
    if not by.coordinates or worker is None:
        raise Refused(_("Please ask a coordinator to do this."))
    if worker.pk == by.pk:
        raise Refused(_("This work is your own. Write it in your own record."))
    known = kinds_.CODES | set(roles.kind_labels([by.group_id]).get(by.group_id, ()))
    raw = {**entry, "id": str(uuid4()), "revision": 1, "group": str(by.group_id), "shared": True, "deleted": False}
    found, wrong = rules.checked(raw | rules.OWN_TO_SAY, today=clock.today(), kinds=known)
    role = found.get("role")
    if role and UUID(role) not in roles.agreed_by([worker]):
        wrong["role"] = "no_such_role"
    if wrong:
        raise Invalid(wrong)
    found["kinds"] = kinds_.shown_to_group(found["kinds"])
    paper = Paper(group=by.group, membership=worker, by=by, made=clock.today())
    paper.content = closed.close_json(by.group_id, paper.place, rules.content(found))
    paper.save(force_insert=True)
    audit.append(chain=by.group_id, actor=by.account_id, act="work.paper", detail={"paper": str(paper.pk)})
    outbox.send(
        owner=worker.account_id,
        code="work.paper",
        path=f"/work/papers/{paper.pk}/",
        name=people.name(by),
        group=by.group.name,
    )
    return paper


@transaction.atomic
def say_yes(*, account: Account, paper: UUID, entry: rules.Entry | None = None) -> UUID:
    """The worker's yes: what waits, or ``entry`` in its place, becomes an entry in their own record; its id.

    What waited is then gone. Raises :class:`Refused` when it is no more, :class:`Invalid` when it cannot be stored;
    it then goes on waiting.
    """
    row = _own(account, paper)
    mine = entry
    if mine is None:
        content = queries.paper_content(row, keys.get(row.group_id))
        mine = {**content, "id": str(uuid4()), "revision": 1}
    answer = actions.sync(account=account, entries=[mine])[0]
    if answer.status not in {"stored", "unchanged"}:
        raise Invalid(answer.errors or {"id": "taken"})
    _answered(row)
    return UUID(str(answer.id))


@transaction.atomic
def say_no(*, account: Account, paper: UUID) -> None:
    """The worker's no: it is deleted, and nobody is told why. Raises :class:`Refused` when it is no more."""
    _answered(_own(account, paper))


@transaction.atomic
def withdraw(*, by: Membership, paper: UUID) -> None:
    """A coordinator takes back what still waits. Raises :class:`Refused` when it does not."""
    gone = Paper.objects.filter(group=by.group, pk=paper).delete()[0] if by.coordinates else 0
    if not gone:
        raise Refused(_("This was answered already."))
    audit.append(chain=by.group_id, actor=by.account_id, act="work.paper_back", detail={"paper": str(paper)})


def delete_old() -> None:
    """Delete what nobody answered: silence is no yes."""
    Paper.objects.filter(made__lt=clock.today() - dt.timedelta(days=rules.PAPER_DAYS)).delete()


def _own(account: Account, paper: UUID) -> Paper:
    audit.lock(account.pk)  # as a sync does: of two answers at once one comes first, the other finds nothing
    rows = Paper.objects.select_related("group", "membership", "by")
    row = rows.filter(pk=paper, membership__account=account).first()
    if row is None:
        raise Refused(_("This was answered already."))
    return row


def _answered(row: Paper) -> None:
    """Delete it, and tell whoever wrote it that there is an answer; which one, the shared work shows or does not."""
    if row.by is not None:
        outbox.send(
            owner=row.by.account_id,
            code="work.paper_answered",
            path=f"/work/groups/{row.group_id}/papers/",
            name=people.name(row.membership),
            group=row.group.name,
        )
    row.delete()
