"""Writes moves: the new state, calls, letters and audit rows of many check-ins, all in the caller's transaction.

Engine and actions write by this alone, so what belongs together is committed together. What is to be written can be made
before the transaction begins: where the database has one writer, nobody else waits while letters are sealed.
"""

import datetime as dt
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings

from alongside.kit import audit, clock, lean
from alongside.outbox import dispatch
from alongside.people.models import Membership
from alongside.watch import queries, rules
from alongside.watch.models import Call, CheckIn

_COLUMNS = ("state", "due_at", "next_at", "step", "round", "called_for", "loud", "late", "outcome", "day", "version")
_CALL = ("id", "check_in", "owner", "watcher", "step", "digest", "state")
_GOOD = {"ask": 60 * 60, "call": 12 * 60 * 60}
_GOOD_ELSE = 6 * 60 * 60
OWN = "/watch/"
BEHIND = "/watch/c/{token}/"


class Lost(Exception):
    """Raised when another was first: nothing is written, and the caller looks again."""


@dataclass
class Change:
    """A check-in with its move. ``actor`` acted, or nobody did; ``by`` is the call through which somebody acted."""

    row: CheckIn
    move: rules.Move
    act: str = ""
    actor: UUID | None = None
    by: Call | None = None
    _calls: list[Call] = field(default_factory=list)


def state_of(row: CheckIn) -> rules.State:
    """A row as the rules take it."""
    waits = tuple(int(wait) for wait, _watchers in row.plan)
    return rules.State(
        row.state, row.due_at, row.next_at, row.every, row.grace, row.arrive, waits, row.step, row.round,
        row.called_for, row.loud, row.late, row.outcome,
    )  # fmt: skip


def watchers_of(row: CheckIn, step: int) -> list[UUID]:
    """The ids of the watchers in a step, from 1."""
    return [UUID(one) for one in row.plan[step - 1][1]]


class Writer:
    """One transaction's moves, gathered and then written with a handful of statements."""

    def __init__(self, now: dt.datetime, crew: dict[UUID, list[queries.Reached]], reach: dict[UUID, bool]) -> None:
        self.now, self.crew, self.reach = now, crew, reach
        self.notes: list[dispatch.Note] = []
        self.calls: list[Call] = []
        self.acts: list[tuple[UUID, UUID | None, str, dict[str, object]]] = []
        self.over: list[UUID] = []
        self.free: list[UUID] = []

    def write(self, changes: Sequence[Change]) -> None:
        """Write all of them. Raises :class:`Lost`, with which the transaction must end, when another was first."""
        self._gather(changes)
        self._put(_states(changes))
        dispatch.post(self.notes)
        if self.acts:
            audit.append_many(self.acts)

    def foresee(self, changes: Sequence[Change]) -> Callable[[], None]:
        """Make all that is to be written, and give what writes it: as :meth:`write`, in a transaction of the caller's.

        That raises :class:`Lost` too when a chain moved meanwhile.
        """
        self._gather(changes)
        states, letters, rows = _states(changes), dispatch.sealed(self.notes), audit.foresee(self.acts)

        def write() -> None:
            self._put(states)
            dispatch.put(letters)
            try:
                audit.append_foreseen(rows)
            except audit.Moved as exc:
                raise Lost from exc

        return write

    def _gather(self, changes: Sequence[Change]) -> None:
        told = [c.row.pk for c in changes if any(e.what not in {"ask", "call"} for e in c.move.effects)]
        calls: dict[UUID, list[Call]] = {}
        for call in Call.objects.filter(check_in__in=told).exclude(state="ended") if told else ():
            calls.setdefault(call.check_in_id, []).append(call)
        for change in changes:
            change._calls = calls.get(change.row.pk, [])
            for effect in change.move.effects:
                self._effect(change, effect)
            if change.act:
                self._act(change, change.act)

    def _put(self, states: list[list[Any]]) -> None:
        """Set each row to its new state, where it still has the version that was read; then what follows from it."""
        if lean.update_many(CheckIn, _COLUMNS, ("id", "version"), states) != len(states):
            raise Lost
        lean.insert(Call, _CALL, ([getattr(c, _column(n)) for n in _CALL] for c in self.calls))
        if self.over:
            Call.objects.filter(pk__in=self.over).update(state="ended")
            dispatch.withdraw(self.over)
        if self.free:
            Call.objects.filter(pk__in=self.free).update(state="called")

    def _effect(self, change: Change, effect: rules.Effect) -> None:
        row, what = change.row, effect.what
        if what == "ask":
            self._note(row, "ask", row.person_id, f"ask:{row.due_at.isoformat()}")
        elif what == "call":
            self._call(change, effect)
        elif what == "expired":
            self.free += [c.pk for c in change._calls if c.state == "coming"]
            self._act(change, "watch.expired")
        elif what == "loud":
            self._act(change, "watch.loud")
            self._tell(change, "loud", self._everybody(change))
        elif what in {"coming", "there"}:
            others = {c.owner for c in change._calls if change.by is None or c.owner != change.by.owner}
            self._tell(change, what, others | {row.person_id})
        else:
            self.over += [c.pk for c in change._calls]
            person = {row.person_id} if change.by is not None else set()
            self._tell(change, what, {c.owner for c in change._calls} | person)

    def _everybody(self, change: Change) -> set[UUID]:
        """The person, who was called, and the stewards of the group that the person chose for this, if any."""
        row = change.row
        owners = {
            row.person_id,
            *(c.owner for c in change._calls),
            *(c.owner for c in self.calls if c.check_in_id == row.pk),
        }
        if row.stewards:
            held = Membership.objects.filter(group=row.stewards, stewards=True, left=None)
            owners |= set(held.values_list("account_id", flat=True))
        return owners

    def _call(self, change: Change, effect: rules.Effect) -> None:
        row, seen = change.row, set[UUID]()
        for watcher in watchers_of(row, effect.step):
            for one in self.crew.get(watcher, ()):
                if one.owner in seen or not (one.reachable or one.account):
                    continue
                if one.owner == row.person_id:  # in a rota of their own group
                    continue
                seen.add(one.owner)
                token = secrets.token_urlsafe(16)
                pk = uuid5(row.pk, f"call:{effect.round}:{effect.step}:{one.owner}")
                kept = queries.digest(token)
                self.calls.append(
                    Call(id=pk, check_in_id=row.pk, owner=one.owner, watcher=watcher, step=effect.step, digest=kept, state="called")
                )  # fmt: skip
                if one.reachable:
                    self.notes.append(self._made(pk, one.owner, "call", BEHIND.format(token=token)))
        self._act(change, "watch.called", step=effect.step, round=effect.round)

    def _tell(self, change: Change, what: str, owners: Iterable[UUID]) -> None:
        for owner in sorted(owners):
            self._note(change.row, what, owner, f"{what}:{change.row.version}:{owner}")

    def _note(self, row: CheckIn, what: str, owner: UUID, name: str) -> None:
        if owner not in self.reach:
            self.reach |= dispatch.reachable([owner])
        if self.reach.get(owner):
            self.notes.append(self._made(uuid5(row.pk, name), owner, what, OWN))

    def _made(self, pk: UUID, owner: UUID, what: str, path: str) -> dispatch.Note:
        good = self.now + dt.timedelta(seconds=_GOOD.get(what, _GOOD_ELSE))
        return dispatch.Note(pk, owner, f"watch.{what}", {"link": f"{settings.ORIGIN}{path}"}, good)

    def _act(self, change: Change, act: str, **detail: int) -> None:
        self.acts.append((change.row.person_id, change.actor, act, {"check_in": str(change.row.pk), **detail}))


def _states(changes: Sequence[Change]) -> list[list[Any]]:
    """The rows in their new state, as they are written."""
    values = []
    for change in changes:
        row, before = change.row, change.row.version
        _put(row, change.move.state)
        row.version = before + 1
        values.append([*(getattr(row, name) for name in _COLUMNS), row.pk, before])
    return values


def _put(row: CheckIn, state: rules.State) -> None:
    if state.state != row.state:
        row.day = clock.today()
    row.state, row.due_at, row.next_at = state.state, state.due, state.next
    row.step, row.round, row.called_for = state.step, state.round, state.called_for
    row.loud, row.late, row.outcome = state.loud, state.late, state.outcome


def _column(name: str) -> str:
    return "check_in_id" if name == "check_in" else name
