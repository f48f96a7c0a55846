"""Writes about who watches over whom: invitations, both sides' yes, steps and waits; opting out at any time.

A watcher agrees for themselves, and stops when they like, also by the link of a call. The person orders, renames and takes
off. Rotas are in :mod:`alongside.watch.rotas`.
"""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from alongside.kit import audit, clock, closed, keys
from alongside.outbox import actions as outbox
from alongside.outbox import dispatch
from alongside.people import rules as people
from alongside.people.actions import Refused
from alongside.people.models import Account
from alongside.watch import actions, crew_queries, queries, rotas, rules
from alongside.watch.models import Call, CheckIn, RotaTurn, Watcher

CREW = "/watch/crew/"
MINE = "/watch/mine/"


@transaction.atomic
def invite(*, person: Account, name: str, known_as: str) -> tuple[Watcher, str]:
    """Ask somebody to be a watcher: ``name`` is what the person calls them, ``known_as`` what they call the person.

    Returns the row and the secret that the link holds, which is kept nowhere. Raises :class:`Refused`.
    """
    row = _new(person, name, known_as)
    secret = people.fresh_secret()
    row.digest = queries.digest(secret)
    row.last_day = clock.today() + dt.timedelta(days=rules.INVITATION_DAYS)
    row.save(force_insert=True)
    audit.append(chain=person.pk, actor=person.pk, act="watch.crew_asked", detail={"watcher": str(row.pk)})
    return row, secret


@transaction.atomic
def choose_rota(*, person: Account, rota: UUID, known_as: str) -> Watcher:
    """Choose a rota of a group of one's own as one watcher. Twice is once. Raises :class:`Refused`."""
    audit.lock(person.pk)
    found = next((one for one in crew_queries.rotas_for(person) if one.id == rota), None)
    if found is None:
        raise Refused(_("This is not here any more."))
    known = Watcher.objects.filter(person=person, rota=rota).first()
    if known is not None:
        return known
    row = _new(person, found.name, known_as)
    row.rota, row.agreed = rota, True
    row.save(force_insert=True)
    audit.append(chain=person.pk, actor=person.pk, act="watch.crew_rota", detail={"watcher": str(row.pk)})
    return row


def _new(person: Account, name: str, known_as: str) -> Watcher:
    audit.lock(person.pk)
    if Watcher.objects.filter(person=person).count() >= rules.CREW:
        raise Refused(_("That is as many people as we can keep here. Take somebody off first."))
    called, own = people.name(name), people.name(known_as)
    if called is None or own is None:
        raise Refused(_("Please write a name of 1 to 40 letters."))
    row = Watcher(person=person)
    _name(row, called, own)
    _take_wait(row)
    return row


def _name(row: Watcher, name: str, known_as: str) -> None:
    row.name = closed.close(row.person_id, row.place, name)
    row.known_as = closed.close(row.person_id, row.place_of_known_as, known_as)


@transaction.atomic
def agree(*, secret: str, account: Account | None = None) -> str:
    """Somebody says yes to an invitation: with the account that they are signed in to, or without one.

    The link of the invitation opens nothing after that. Without an account a new secret is returned, which the person
    never saw: by it the watcher says how they are reached, and stops. Empty with an account. Raises :class:`Refused`.
    """
    row = _invited(secret)
    if account is not None:
        if account.pk == row.person_id:
            raise Refused(_("This is your own link. Send it to somebody else."))
        if Watcher.objects.filter(person=row.person_id, account=account).exclude(pk=row.pk).exists():
            raise Refused(_("You said yes to this person before."))
        row.account, row.owner = account, account.pk
    fresh = "" if account else people.fresh_secret()
    row.digest = queries.digest(fresh) if fresh else ""
    row.agreed, row.off, row.last_day = True, False, None
    keys.get_or_make(row.owner)
    row.save(update_fields=["account", "owner", "digest", "agreed", "off", "last_day"])
    _tell(row, "watch.agreed", row.owner)
    return fresh


@transaction.atomic
def decline(*, secret: str) -> None:
    """Somebody says no to an invitation; the person is told. Raises :class:`Refused`."""
    row = _invited(secret)
    _tell(row, "watch.declined", None)
    row.delete()


@transaction.atomic
def stop(*, watcher: UUID, account: Account | None = None, secret: str = "") -> None:
    """A watcher does not want to be called any more, for this person; the person is told.

    Without an account, the channels that they gave go too, with their key. Raises :class:`Refused`.
    """
    row = _of_watcher(watcher, account, secret)
    if not row.off:
        _stop(row)


@transaction.atomic
def stop_called(*, link: queries.Link) -> str:
    """Who was called does not want to be called for this person any more; the link of a call that is not over is enough.

    It is first as if they said that they cannot come, so that whoever follows is called at once; what is behind their
    links is shut. Then it is as with :func:`stop`, and for somebody on a group's list as with leaving that list. Twice is
    once. Returns what they were to the person (:func:`crew_queries.kind`). Raises :class:`Refused`.
    """
    call = queries.calls(link).first()
    row = Watcher.objects.filter(pk=call.watcher).first() if call else None
    if call is None or row is None:
        raise Refused(_("This is not here any more."))
    turn = RotaTurn.objects.filter(rota=row.rota, membership__account=call.owner).first() if row.rota else None
    if row.off or (row.rota and turn is None):
        return crew_queries.kind(row)
    _come_no_more(call)
    if turn is not None:
        rotas.answer(account=turn.membership.account, turn=turn.pk, yes=False)
    elif (held := _locked(row)) is not None and not held.off:
        _stop(held)
    return crew_queries.kind(row)


def _come_no_more(call: Call) -> None:
    """They cannot come, in whatever runs now that called them as this watcher, and are told no more of it.

    Raises :class:`Refused` when the call is over.
    """
    same = Call.objects.filter(owner=call.owner, watcher=call.watcher, check_in__state__in=rules.RAISED)
    open_ = same.exclude(state="ended")
    # All check-ins before any chain, and in the order of their ids, as whoever else locks them.
    list(CheckIn.objects.select_for_update().filter(pk__in=open_.values("check_in")).order_by("pk").values_list("pk"))
    calls = list(open_.order_by("pk"))
    if call.pk not in {one.pk for one in calls}:
        raise Refused(_("This is not here any more."))
    last = {one.check_in_id: one.pk for one in calls}  # one a check-in: it stands for what was called in all rounds
    for pk in last.values():
        actions.cannot(token=queries.Own(call.owner, pk))
    ids = [one.pk for one in calls]
    Call.objects.filter(pk__in=ids).update(state="ended")
    dispatch.withdraw(ids)


@transaction.atomic
def stopped_by_text(*, owner: UUID) -> None:
    """Somebody wants no more texts. Who has no other way to be reached is a watcher no more; their persons are told."""
    if dispatch.reachable([owner])[owner]:
        return
    rows = Watcher.objects.filter(owner=owner, agreed=True, off=False, rota=None)
    for person in rows.order_by("person").values_list("person", flat=True):
        audit.lock(person)
    for row in rows.order_by("person", "pk"):
        _stop(row)


def _stop(row: Watcher) -> None:
    row.off = True
    if row.account_id is None:
        row.digest = ""
    row.save(update_fields=["off", "digest"])
    _tell(row, "watch.stopped", row.owner)
    if row.account_id is None:
        forget_contact(owner=row.owner)


@transaction.atomic
def resume(*, watcher: UUID, account: Account) -> None:
    """A watcher with an account wants to be called again; the person is told. Raises :class:`Refused`."""
    row = _of_watcher(watcher, account, "")
    if row.off:
        row.off = False
        row.save(update_fields=["off"])
        _tell(row, "watch.agreed", row.owner)


@transaction.atomic
def rename(*, person: Account, watcher: UUID, name: str, known_as: str) -> None:
    """Call a watcher by another name, or go by another one with them. Raises :class:`Refused`."""
    row = _own(person, watcher)
    called, own = people.name(name), people.name(known_as)
    if called is None or own is None:
        raise Refused(_("Please write a name of 1 to 40 letters."))
    _name(row, called, own)
    row.save(update_fields=["name", "known_as"])
    _changed(row)


@transaction.atomic
def move(*, person: Account, watcher: UUID, later: bool) -> None:
    """Call a watcher a step later or sooner: together with who is in that step, or in a step of their own at either end.

    Raises :class:`Refused`.
    """
    row = _own(person, watcher)
    rows = list(Watcher.objects.filter(person=person).order_by("step", "pk"))
    places = rules.moved({one.pk: one.step for one in rows}, row.pk, later=later)
    if len(set(places.values())) > rules.STEPS:
        return
    beside = [one.wait for one in rows if one.pk != row.pk and places[one.pk] == places[row.pk]]
    for one in rows:
        wait = one.wait if one.pk != row.pk else beside[0] if beside else rules.WAIT
        if (one.step, one.wait) != (places[one.pk], wait):
            Watcher.objects.filter(pk=one.pk).update(step=places[one.pk], wait=wait)
    _changed(row)


@transaction.atomic
def set_wait(*, person: Account, step: int, seconds: int) -> None:
    """How long to wait for the steps before, until this one is called. Raises :class:`Refused`."""
    audit.lock(person.pk)
    if not queries.shortest() <= seconds <= rules.LONGEST_WAIT:
        raise Refused(_("Choose one of the times."))
    Watcher.objects.filter(person=person, step=step).update(wait=seconds)
    audit.append(chain=person.pk, actor=person.pk, act="watch.crew_changed")


@transaction.atomic
def remove(*, person: Account, watcher: UUID) -> None:
    """Take a watcher off, with the channels of one without an account. Not while people are being called.

    Raises :class:`Refused`.
    """
    row = _own(person, watcher)
    if queries.people_were_called(person):
        raise Refused(_("People are being called for you now. Please end that first, so that they are told."))
    if row.account_id is not None and row.agreed and not row.off:
        outbox.send(owner=row.owner, code="watch.removed", path=MINE, name=crew_queries.known_as(row))
    if row.account_id is None and row.rota is None:
        forget_contact(owner=row.owner)
    row.delete()
    rows = Watcher.objects.filter(person=person)
    steps = rules.close_gaps(dict(rows.values_list("pk", "step")))
    for pk, step in steps.items():
        rows.filter(pk=pk).update(step=step)
    audit.append(chain=person.pk, actor=person.pk, act="watch.crew_off", detail={"watcher": str(watcher)})


@transaction.atomic
def forget_contact(*, owner: UUID) -> None:
    """Delete what is kept to reach somebody without an account: channels, letters, key."""
    outbox.forget(owner=owner)
    keys.delete(owner)


@transaction.atomic
def forget_unanswered(*, today: dt.date) -> None:
    """Delete invitations that were not answered in time."""
    Watcher.objects.filter(last_day__lt=today, agreed=False).delete()


def _invited(secret: str) -> Watcher:
    row = _locked(crew_queries.invited(secret))
    if row is None or row.agreed or row.digest != queries.digest(secret):
        raise Refused(_("This link was used or is too old. Please ask for a new one."))
    return row


def _of_watcher(watcher: UUID, account: Account | None, secret: str) -> Watcher:
    """The row, for the watcher in it: their account, or the secret that they alone got. Raises :class:`Refused`."""
    rows = Watcher.objects.filter(pk=watcher, agreed=True, rota=None)
    rows = rows.filter(account=account) if account else rows.filter(account=None, digest=queries.digest(secret))
    row = _locked(rows.first())
    if row is None:
        raise Refused(_("This is not here any more."))
    return row


def _locked(found: Watcher | None) -> Watcher | None:
    """The row as it is once its person's chain is locked: all that is written about a crew is written under that lock."""
    if found is None:
        return None
    audit.lock(found.person_id)
    return Watcher.objects.filter(pk=found.pk).first()


def _own(person: Account, watcher: UUID) -> Watcher:
    audit.lock(person.pk)
    row = Watcher.objects.filter(pk=watcher, person=person).first()
    if row is None:
        raise Refused(_("This is not here any more."))
    return row


def _take_wait(row: Watcher) -> None:
    """Who is new is called with the first step."""
    first = Watcher.objects.filter(person=row.person_id, step=1).values_list("wait", flat=True).first()
    row.wait = first or rules.WAIT


def _tell(row: Watcher, code: str, by: UUID | None) -> None:
    """Tell the person what a watcher of theirs decided."""
    outbox.send(owner=row.person_id, code=code, path=CREW, name=crew_queries.name(row))
    audit.append(chain=row.person_id, actor=by, act=code, detail={"watcher": str(row.pk)})


def _changed(row: Watcher) -> None:
    detail = {"watcher": str(row.pk)}
    audit.append(chain=row.person_id, actor=row.person_id, act="watch.crew_changed", detail=detail)
