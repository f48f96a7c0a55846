"""Writes of the gentle kind: friends see that somebody asked, nudge when they like, and get an answer. Nothing is kept."""

import datetime as dt
from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction

from alongside.kit import clock
from alongside.outbox import dispatch
from alongside.people.models import Account
from alongside.watch.models import LookIn, Watcher

PATH = "/watch/"
_GOOD = dt.timedelta(hours=2)


@transaction.atomic
def ask(*, person: Account, watchers: list[UUID]) -> LookIn | None:
    """Ask these watchers, who have accounts and agreed, to look in; in place of who was asked before.

    ``None`` when there is nobody among them.
    """
    held = Watcher.objects.filter(person=person, pk__in=watchers, agreed=True, off=False).exclude(account=None)
    rows = list(held.order_by("pk"))
    LookIn.objects.filter(person=person).delete()
    if not rows:
        return None
    row = LookIn.objects.create(person=person, watchers=[str(one.pk) for one in rows], day=clock.today())
    _post(row, "look", [one.owner for one in rows])
    return row


@transaction.atomic
def nudge(*, account: Account, look: UUID) -> bool:
    """A friend looks in: the person sees it. Whether there was somebody to look in on."""
    row = LookIn.objects.select_for_update().filter(pk=look).first()
    mine = _mine(row, account) if row else None
    if row is None or mine is None:
        return False
    if mine not in row.nudged or row.answered:
        row.nudged = [mine] if row.answered else [*row.nudged, mine]
        row.answered = False
        row.save(update_fields=["nudged", "answered"])
        _post(row, "nudge", [row.person_id], mine)
    return True


@transaction.atomic
def answer(*, person: Account) -> None:
    """The person says that all is well; who nudged sees it."""
    row = LookIn.objects.select_for_update().filter(person=person).first()
    if row is not None and row.nudged and not row.answered:
        row.answered = True
        row.save(update_fields=["answered"])
        _post(row, "fine", list(Watcher.objects.filter(pk__in=row.nudged).values_list("owner", flat=True)))


@transaction.atomic
def end(*, person: Account) -> None:
    """It is over, and nothing of it is kept."""
    LookIn.objects.filter(person=person).delete()


def _mine(row: LookIn, account: Account) -> str | None:
    held = Watcher.objects.filter(pk__in=row.watchers, account=account, person=row.person_id, agreed=True, off=False)
    found = held.values_list("pk", flat=True).first()
    return str(found) if found else None


def _post(row: LookIn, what: str, owners: list[UUID], by: str = "") -> None:
    """A letter to whom a channel reaches; everybody else sees it in the app."""
    now = clock.database_now()
    reach = dispatch.reachable(owners)
    dispatch.post(
        dispatch.Note(
            uuid5(row.pk, f"{what}:{owner}:{by}:{now.isoformat()}"), owner, f"watch.{what}",
            {"link": f"{settings.ORIGIN}{PATH}"}, now + _GOOD,
        )
        for owner in sorted(owners)
        if reach.get(owner)
    )  # fmt: skip
