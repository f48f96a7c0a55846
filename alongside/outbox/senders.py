"""Senders: take letters that wait, hand them to providers, and mark what became of them. Any number of processes do it.

A letter is leased in a short transaction, sent with none open, and marked after. A sender that dies leaves leases that run
out; a letter that was sent and not marked is then sent again, under the same key: never lost, at most doubled. All times
are the database's. Who is asked at all, in which order and when again is decided in :mod:`alongside.outbox.rules`.
"""

import contextlib
import datetime as dt
import json
import logging
import queue
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import QuerySet

from alongside.kit import audit, clock, closed, keys, lean
from alongside.kit.jobs import loop
from alongside.outbox import actions, addresses, push, queries, rules
from alongside.outbox.gateways import Gateway, Outcome
from alongside.outbox.lanes import FULL, Lane, Task
from alongside.outbox.models import Channel, Dispatch
from alongside.outbox.parcels import Parcel

log = logging.getLogger("alongside.outbox")

BEAT = "outbox.send"
EVERY = 0.2
"""Seconds between two looks when nothing waits."""
BATCH = 200
"""How many letters a transaction leases at most."""
HELD = 1000
"""How many letters a sender has leased at once, at most: more than all lanes together take, so that none starves another."""
LEASE = dt.timedelta(seconds=15)
"""How long a letter stays a dead sender's. A sender that is alive says anew, well before, that it still has it."""
RENEW = 4.0
STALE = 0.5
"""A letter that waited so many seconds for a worker is looked at again before it leaves: it may have been withdrawn."""
_AGAIN = dt.timedelta(seconds=1)
_BUSY = 0.1
_ENOUGH = 100
_WIDTH = {"sms": (48, 200), "mail": (16, 100), "push": (16, 100)}
_COLUMNS = ("id", "owner", "code", "filling", "due_at", "good_until", "channel", "tried", "tries")
_NEXT = ("state", "next_at", "lease", "lane", "tried", "tries")


@dataclass(frozen=True)
class Taken:
    """A letter that is leased: the row's columns."""

    id: UUID
    owner: UUID
    code: str
    filling: bytes
    due_at: dt.datetime
    good_until: dt.datetime
    channel: UUID | None
    tried: int
    tries: int


@dataclass(frozen=True)
class Under:
    """A letter under way by one channel, of the ``count`` that its owner has; ``turn`` says that it is that one's turn."""

    row: Taken
    channel: Channel
    count: int
    turn: bool


@dataclass
class Next:
    """What to write about letters in the next transaction."""

    sent: list[UUID] = field(default_factory=list)
    rows: list[tuple[str, dt.datetime | None, UUID | None, str, int, int, UUID]] = field(default_factory=list)
    failed: list[Taken] = field(default_factory=list)
    well: set[UUID] = field(default_factory=set)
    gone: dict[UUID, Channel] = field(default_factory=dict)
    refused: Counter[Channel] = field(default_factory=Counter)

    def over(self, row: Taken, state: str) -> None:
        """Note that nothing more is to be done about a letter."""
        self.rows.append((state, None, None, "", row.tried, row.tries, row.id))

    def wait(self, row: Taken, at: dt.datetime, lane: str = "", count: rules.After | None = None) -> None:
        """Note when a letter may be taken again, for which kind of channel it waits, and what is counted then."""
        tried, tries = (count.tried, count.tries) if count else (row.tried, row.tries)
        self.rows.append(("waiting", at, None, lane, tried, tries, row.id))


class Sender:
    """One process's sender: the letters that it holds, and its lanes."""

    def __init__(self) -> None:
        self.lease = uuid4()
        self.results: queue.SimpleQueue[tuple[Task, Outcome]] = queue.SimpleQueue()
        self.lanes: dict[str, Lane] = {}
        self.held: dict[UUID, Task] = {}
        self.done: list[tuple[Task, Outcome]] = []
        self.renewed = time.monotonic()

    def turn(self, *, lease: bool = True) -> float:
        """Mark what came back, take what waits, send it off. Returns the seconds until the next turn."""
        self._gather()
        for lane in self.lanes.values():
            lane.watch()
        taken, marked = list[Taken](), bool(self.done)
        if marked or (lease and self._any_waiting()):
            taken = self._written(lease)
        self._renew()
        if taken:
            self._send_off(taken)
        return 0.0 if self.held or taken or marked else EVERY

    def finish(self, patience: float = 8.0) -> None:
        """Take nothing more; wait for what is under way and mark it. The workers end."""
        end = time.monotonic() + patience
        while (self.held or self.done) and time.monotonic() < end:
            self.turn(lease=False)
        for lane in self.lanes.values():
            lane.end()

    def _gather(self) -> None:
        """Move results here, many at a time: what cannot be marked now stays, and is marked at a later turn."""
        end, enough = time.monotonic() + _BUSY, max(1, min(len(self.held) // 3, _ENOUGH))
        with contextlib.suppress(queue.Empty):
            while len(self.held) > len(self.done) < enough:
                self.done.append(self.results.get(timeout=max(0.0, end - time.monotonic())))
            while True:
                self.done.append(self.results.get_nowait())

    def _any_waiting(self) -> bool:
        """Look without a lock first: on SQLite a transaction is the one writer's."""
        if self._room() <= 0:
            return False
        if any(lane.full() for lane in self._gateways()):
            return self._waiting(clock.database_now()).exists()
        # The same where no gateway is left out, as most of the time: it costs a third.
        return lean.any_come(Dispatch, "next_at")

    def _room(self) -> int:
        """How many letters to take: no more than are held at once, and than any gateway that takes some would take."""
        rooms = [lane.room() for lane in self._gateways() if not lane.full()]
        return max(0, min([BATCH, HELD - len(self.held), *(room for room in rooms if room >= FULL)]))

    def _gateways(self) -> list[Lane]:
        return [self.lanes[kind] for kind in ("sms", "mail") if kind in self.lanes]

    def _waiting(self, now: dt.datetime) -> "QuerySet[Dispatch]":
        """Letters that may be taken, but those that were last seen to wait for a gateway that is full."""
        full = [lane.name for lane in self._gateways() if lane.full()]
        rows = Dispatch.objects.filter(next_at__lte=now)
        return rows.exclude(lane__in=full) if full else rows

    def _written(self, lease: bool) -> list[Taken]:
        """Mark what came back, and lease what waits, in one transaction."""
        done, said = list(self.done), Next()
        with transaction.atomic():
            now = clock.database_now()
            for task, outcome in done:
                _decide(said, task.letter, outcome, now)
            _write(said)
            taken = self._lease(now) if lease and self._room() else []
        del self.done[: len(done)]
        for task, _outcome in done:
            if self.held.get(task.letter.row.id) is task:
                del self.held[task.letter.row.id]
        return taken

    def _lease(self, now: dt.datetime) -> list[Taken]:
        wanted = self._waiting(now).order_by("next_at")
        if connection.features.has_select_for_update_skip_locked:
            wanted = wanted.select_for_update(skip_locked=True)
        rows = [Taken(*row) for row in wanted.values_list(*_COLUMNS)[: self._room()]]
        rows = [row for row in rows if row.id not in self.held]
        lean.update_many(Dispatch, ("lease", "next_at"), ("id",), ((self.lease, now + LEASE, row.id) for row in rows))
        return rows

    def _renew(self) -> None:
        """Say anew which letters are held here, and leave out those that were withdrawn while they waited."""
        stale = [(lane, task) for lane in self.lanes.values() for task in lane.waiting(STALE)]
        if self.held and (stale or time.monotonic() - self.renewed > RENEW):
            own = Dispatch.objects.filter(pk__in=list(self.held), lease=self.lease, state="waiting")
            own.update(next_at=clock.database_now() + LEASE)
            still = set(own.values_list("pk", flat=True))
            for lane, task in stale:
                if task.letter.row.id not in still:
                    lane.drop(task)
                    if task.over:
                        del self.held[task.letter.row.id]
                else:
                    task.given = lane.clock()
            self.renewed = time.monotonic()

    def _send_off(self, rows: list[Taken]) -> None:
        """Open what is leased, and give each letter to the lane of the channel whose turn it is."""
        now = clock.database_now()
        owners = {row.owner for row in rows}
        held = keys.get_many(owners | {push.OWNER})
        channels: dict[UUID, list[Channel]] = {}
        for channel in Channel.objects.filter(owner__in=owners, kind__in=queries.offered()).order_by("place", "pk"):
            channels.setdefault(channel.owner, []).append(channel)
        said = Next()
        for row in rows:
            try:
                self._send_one(said, row, channels.get(row.owner, []), held, now)
            except Exception:  # one that cannot be opened must not hold up the others
                log.exception("letter %s could not be sent off", row.id)
                said.wait(row, now + dt.timedelta(minutes=1))
        if said.rows or said.failed:
            with transaction.atomic():
                _write(said)

    def _send_one(self, said: Next, row: Taken, own: list[Channel], held: dict[UUID, bytes], now: dt.datetime) -> None:
        usable = _usable(row, own)
        if row.owner not in held:
            said.over(row, "withdrawn")
            return
        if row.good_until <= now or (not usable and now - row.due_at > rules.NOWHERE_MOST):
            said.over(row, "failed")
            said.failed.append(row)
            return
        if not usable:
            said.wait(row, now + dt.timedelta(seconds=rules.NOWHERE))
            return
        key, first = held[row.owner], usable[row.tried % len(usable)]
        shut = []
        for channel in sorted(usable, key=lambda one: one is not first):
            address = queries.address(channel, key)
            lane = self._lane(channel.kind, address)
            if lane is not None and lane.room():
                parcel = _ready(row, channel, address, held, now)
                task = Task(Under(row, channel, len(usable), channel is first), parcel.hand_over)
                self.held[row.id] = task
                lane.give(task)
                return
            if lane is not None and not lane.shut():  # full, and well: it is worth waiting for
                said.wait(row, now + (_AGAIN if channel.kind == "push" else dt.timedelta()), channel.kind)
                return
            shut.append(lane.shut() if lane else rules.NOWHERE)
        said.wait(row, now + dt.timedelta(seconds=max(min(shut), 0.5)))

    def _lane(self, kind: str, address: str) -> Lane | None:
        """The lane by which an address of this kind is reached; ``None`` when it cannot be reached (any more)."""
        name = kind
        if kind == "push":
            try:
                name = f"push {addresses.lane_of(addresses.browser(address).endpoint, settings.PUSH_HOSTS)}"
            except addresses.NotOne:
                return None
        elif not address:
            return None
        if name not in self.lanes:
            self.lanes[name] = Lane(name, *_WIDTH[kind], self.results)
        return self.lanes[name]


def _usable(row: Taken, own: list[Channel]) -> list[Channel]:
    """The channels by which a letter may leave: a test letter by the one that it tests, others by those that work."""
    if row.channel is not None:
        return [one for one in own if one.pk == row.channel]
    return [one for one in own if one.state == "works"]


def _ready(row: Taken, channel: Channel, address: str, held: dict[UUID, bytes], now: dt.datetime) -> Parcel:
    """The letter, opened, for this channel."""
    text = closed.read_with(held[row.owner], f"outbox.Dispatch.filling:{row.id}", row.filling)
    secret = held.get(push.OWNER) or keys.get_or_make(push.OWNER) if channel.kind == "push" else b""
    return Parcel(
        row.id, channel.kind, address, row.code, channel.language, json.loads(text or "{}"), row.good_until, now, secret
    )


def _decide(said: Next, under: Under, outcome: Outcome, now: dt.datetime) -> None:
    """What a result means for its letter and its channel."""
    row, channel = under.row, under.channel
    if outcome.what == "sent":
        said.sent.append(row.id)
        if channel.fails:
            said.well.add(channel.pk)
        return
    if outcome.what == "back":
        said.wait(row, now)
        return
    if outcome.what == "gone":
        said.gone[channel.pk] = channel
    if outcome.what == "refused":
        said.refused[channel] += 1
    after = rules.after(outcome.what, row.tried, row.tries, under.count, turn=under.turn, wanted=outcome.after)
    said.wait(row, now + dt.timedelta(seconds=after.wait), "", after)


def _write(said: Next) -> None:
    """Write it, in the caller's transaction: letters first, in the order of their ids, as whoever withdraws them does."""
    sent = (("sent", None, None, pk, "waiting") for pk in sorted(said.sent))
    lean.update_many(Dispatch, ("state", "next_at", "lease"), ("id", "state"), sent)
    waiting = ((*row, "waiting") for row in sorted(said.rows, key=lambda row: row[-1]))
    lean.update_many(Dispatch, _NEXT, ("id", "state"), waiting)
    if said.well:
        Channel.objects.filter(pk__in=said.well).update(fails=0)
    for owner in sorted({channel.owner for channel in (*said.gone.values(), *said.refused)}):
        audit.lock(owner)  # before the channel's row, as whoever changes a channel does
    for channel, count in said.refused.items():
        Channel.objects.filter(pk=channel.pk).update(fails=models.F("fails") + count)
        if Channel.objects.filter(pk=channel.pk, fails__gte=rules.REFUSALS).exists():
            said.gone[channel.pk] = channel
    for channel in said.gone.values():
        _dead(channel)
    _tell({row.owner for row in said.failed if row.channel is None}, "outbox.failed")


def _dead(channel: Channel) -> None:
    """The provider says that this channel is no more: nothing is sent there, and its owner is told."""
    if Channel.objects.filter(pk=channel.pk).exclude(state="dead").update(state="dead", proof="", until=None):
        audit.append_many([(channel.owner, None, "outbox.dead", {"channel": str(channel.pk)})])
        _tell({channel.owner}, "outbox.dead")


def _tell(owners: Iterable[UUID], code: str) -> None:
    """A letter in the app, once as long as it is not read."""
    for owner in queries.unaware(owners, code):
        actions.send(owner=owner, code=code, path=rules.WAYS)


_sender: Sender | None = None


def _finish() -> None:
    global _sender  # noqa: PLW0603 - one sender a process, made at its first turn
    if _sender is not None:
        _sender.finish()
    _sender = None


@loop(BEAT, every=EVERY, end=_finish)
def run() -> float | None:
    """One turn of this process's sender."""
    global _sender  # noqa: PLW0603
    if _sender is None:
        threading.Thread(target=_load, name="outbox load", daemon=True).start()
        _sender = Sender()
    return _sender.turn()


def _load() -> None:
    """Load what gateways need beside the first turns: it takes a second or two, and the first letter must not wait for it."""
    for url in filter(None, (settings.SMS_URL, settings.MAIL_URL)):
        try:
            Gateway(url).load()
        except Exception:  # letters will say so again, one by one, and are tried again
            log.exception("a gateway could not be loaded")
