"""Reads of watch."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from alongside.kit import clock, closed, lean
from alongside.kit.models import Beat
from alongside.outbox import dispatch
from alongside.people.models import Account
from alongside.watch import rules
from alongside.watch.models import Call, CheckIn, RotaTurn, Watcher

BEAT = "watch.engine"
STALE_AFTER = dt.timedelta(seconds=10)
"""An engine that did not beat for so long cannot be relied on."""
_STANDING = ("id", "owner", "rota", "account", "agreed", "off")
_CHECK_IN = tuple(field.attname for field in CheckIn._meta.concrete_fields if field.attname != "shut")


@dataclass(frozen=True)
class Reached:
    """Somebody who would be called now for a watcher, and whether a letter would reach them."""

    watcher: UUID
    owner: UUID
    account: bool
    reachable: bool


@dataclass(frozen=True)
class Own:
    """A call to an account, in place of the secret in a link: the call's id, for whoever is signed in."""

    account: UUID
    call: UUID


Link = str | Own
"""What leads to a call: the secret in a letter, or somebody's own sign-in."""


@dataclass(frozen=True)
class Behind:
    """What is behind a link in a letter. ``shut`` is what the person lets this one see; empty before their step.

    ``known_as`` is what the watcher calls the person, with it. ``others``: somebody else is coming, or there.
    """

    check_in: UUID
    state: str
    mine: str
    called_for: str
    late: bool
    outcome: str
    shut: dict[str, str]
    known_as: str = ""
    others: str = ""


def shortest() -> int:
    """The shortest first check, repeat and grace, in seconds."""
    return int(settings.WATCH_MIN_SECONDS)


def running(person: Account) -> list[CheckIn]:
    """The person's check-ins that have not ended, the one that is due first on top."""
    return list(CheckIn.objects.filter(person=person, next_at__isnull=False).order_by("due_at"))


def own(person: Account, check_in: UUID) -> CheckIn | None:
    """A check-in of the person's."""
    return CheckIn.objects.defer("shut").filter(pk=check_in, person=person).first()


def held(person: Account, check_in: UUID) -> tuple[CheckIn, dt.datetime] | None:
    """One of the person's check-ins, without what is shut, and what time it is; locked where rows can be.

    A statement that is written once: everybody who is watched over asks it again and again, all of them at worst at once.
    """
    rows = lean.select(CheckIn, _CHECK_IN, lock=True, now=True, id=check_in, person_id=person.pk)
    return (CheckIn.from_db("default", _CHECK_IN, rows[0][:-1]), rows[0][-1]) if rows else None


def people_were_called(person: Account) -> bool:
    """Whether people are being called for this person, or are on their way, or there."""
    return CheckIn.objects.filter(person=person, state__in=rules.RAISED).exists()


def beat() -> tuple[dt.datetime | None, bool]:
    """When an engine last said that it is alive, and whether that is lately enough to rely on it."""
    at = Beat.objects.filter(name=BEAT).values_list("at", flat=True).first()
    return at, at is not None and clock.database_now() - at <= STALE_AFTER


def digest(token: str) -> str:
    """What is kept of the secret in a link."""
    return hashlib.sha256(token.encode()).hexdigest()


def calls(link: Link) -> QuerySet[Call]:
    """The call behind a link, or none."""
    if isinstance(link, Own):
        return Call.objects.filter(pk=link.call, owner=link.account)
    return Call.objects.filter(digest=digest(link))


def behind(link: Link) -> Behind | None:
    """What somebody who holds this link may see; ``None`` for a link that leads nowhere (any more).

    The shut text is opened here and nowhere else: while people are called, for who was called at the person's step or
    later. So is the name that the watcher knows the person by.
    """
    call = calls(link).select_related("check_in").first()
    if call is None:
        return None
    row = call.check_in
    shown = row.state in rules.RAISED and call.state != "ended" and call.step >= row.shut_from
    shut = opened(row) if shown else {}
    known = _known_as(row.person_id, call.watcher) if shown else ""
    rest = Call.objects.filter(check_in=row, state__in=("coming", "there")).exclude(owner=call.owner)
    others = max(rest.values_list("state", flat=True), default="")
    return Behind(row.pk, row.state, call.state, row.called_for, row.late, row.outcome, shut, known, others)


def _known_as(person: UUID, watcher: UUID) -> str:
    row = Watcher.objects.filter(pk=watcher, person=person).first()
    return _text(row, row.place_of_known_as, row.known_as) if row else ""


def opened(row: CheckIn) -> dict[str, str]:
    """The shut text of a check-in; empty when there is none or its key is gone."""
    try:
        found: dict[str, str] | None = closed.read_json(row.person_id, row.place, row.shut)
    except closed.Gone:
        return {}
    return found or {}


def called(account: Account) -> list[Call]:
    """Calls to this account that are not over."""
    rows = Call.objects.select_related("check_in").filter(owner=account.pk).exclude(state="ended")
    return list(rows.filter(check_in__state__in=rules.RAISED).order_by("pk"))


def crew(watchers: Iterable[UUID], persons: Iterable[UUID] = ()) -> tuple[dict[UUID, list[Reached]], dict[UUID, bool]]:
    """Whom each of these watchers stands for now, and whether a letter would reach each of them and of ``persons``.

    Who did not agree, opted out, or is gone stands for nobody; a rota stands for its members who said yes to it.
    """
    found = lean.select_among(Watcher, _STANDING, "id", set(watchers))
    rows = [(pk, owner, rota, account) for pk, owner, rota, account, agreed, off in found if agreed and not off]
    turns = _turns({rota for _pk, _owner, rota, _account in rows if rota})
    stand = {pk: turns.get(rota, []) if rota else [owner] for pk, owner, rota, _account in rows}
    reach = dispatch.reachable({owner for owners in stand.values() for owner in owners} | set(persons))
    with_account = {pk: bool(rota or account) for pk, _owner, rota, account in rows}
    return {
        pk: [Reached(pk, owner, with_account[pk], reach.get(owner, False)) for owner in owners]
        for pk, owners in stand.items()
    }, reach


def _turns(rotas: set[UUID]) -> dict[UUID, list[UUID]]:
    """The accounts that stand by in each of these rotas now."""
    turns: dict[UUID, list[UUID]] = {}
    held = Q(agreed=True, membership__left=None, membership__group__closed=None)
    found = RotaTurn.objects.filter(held, rota__in=rotas).order_by("pk") if rotas else RotaTurn.objects.none()
    for rota, account in found.values_list("rota_id", "membership__account_id"):
        turns.setdefault(rota, []).append(account)
    return turns


def stands_by(person: Account, plan: Iterable[Iterable[Any]]) -> bool:
    """Whether at least one of the watchers in a plan can be reached now."""
    stand, _reach = crew(UUID(str(w)) for _wait, watchers in plan for w in watchers)
    return any(one.reachable for some in stand.values() for one in some if one.owner != person.pk)


def usual_steps(person: Account) -> list[tuple[int, list[UUID]]]:
    """The person's crew in its order, as ``actions.start`` takes it: everybody who agreed and did not opt out."""
    steps: dict[int, tuple[int, list[UUID]]] = {}
    rows = Watcher.objects.filter(person=person, agreed=True, off=False).order_by("step", "pk")
    for pk, step, wait in rows.values_list("pk", "step", "wait"):
        steps.setdefault(step, (wait, []))[1].append(pk)
    return [(wait, some[: rules.WATCHERS]) for _step, (wait, some) in sorted(steps.items())][: rules.STEPS]


def taken_along(person: Account) -> dict[str, Any]:
    """All that watch keeps about the person and that the person may read, for the export.

    Shut text stays shut: before its step no export holds it.
    """
    rows = CheckIn.objects.filter(person=person).order_by("due_at")
    watchers = Watcher.objects.filter(person=person).order_by("step", "pk")
    return {
        "check_ins": [
            {"day": r.day.isoformat(), "state": r.state, "outcome": r.outcome, "steps_called": r.step, "plan": r.plan}
            for r in rows
        ],
        "watchers": [
            {
                "id": str(w.pk),
                "name": _text(w, w.place, w.name),
                "knows_me_as": _text(w, w.place_of_known_as, w.known_as),
                "step": w.step,
                "wait": w.wait,
                "agreed": w.agreed,
                "off": w.off,
            }
            for w in watchers
        ],
        "i_watch": Watcher.objects.filter(account=person, agreed=True, off=False).count(),
        "rotas": RotaTurn.objects.filter(membership__account=person, membership__left=None, agreed=True).count(),
    }


def _text(row: Watcher, place: str, blob: bytes | memoryview) -> str:
    try:
        return closed.read(row.person_id, place, blob)
    except closed.Gone:
        return ""
