"""Reads of stock: what should be there, where, for how long, and what was written."""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q, Sum

from alongside.kit import clock, closed, keys
from alongside.people.models import Group
from alongside.work import stock_rules as rules
from alongside.work.models import Drawn, HandedOut, Lot, Place, Share, StockLine, Supply

LINES = 30
"""How many lines a page shows."""

Spot = tuple[UUID, UUID | None]
"""A place and a lot, by their ids."""
Taken = tuple[UUID, UUID, UUID | None, int]
"""A supply, a place, a lot, and how many were taken from there."""


@dataclass(frozen=True)
class There:
    """What should be of one supply at one place, of one lot: ``state`` is ``good``, ``soon`` or ``expired``."""

    at: UUID
    place: str
    lot: UUID | None
    number: str
    expires: dt.date | None
    there: int
    state: str


@dataclass(frozen=True)
class Level:
    """A supply: how much should be there, at the pace of the last weeks for how many days, and where it is.

    ``left`` is ``None`` when nothing was handed out lately. ``first`` is what to hand out first. ``name`` is empty for a
    thing that entries name.
    """

    supply: Supply
    name: str
    unit: str
    there: int
    left: int | None
    week: int
    spots: Sequence[There]
    first: There | None

    @property
    def wrong(self) -> bool:
        """Whether more went out somewhere than was counted there."""
        return any(spot.there < 0 for spot in self.spots)

    @property
    def known(self) -> bool:
        """Whether anybody ever said that there is any: what was never counted does not run out."""
        return self.there != 0 or self.left is not None

    @property
    def low(self) -> bool:
        """Whether it runs out soon."""
        return rules.runs_out_soon(self.there, self.left)

    @property
    def expiring(self) -> bool:
        """Whether a part of it is good for a short while only."""
        return any(spot.there > 0 and spot.state == "soon" for spot in self.spots)

    @property
    def expired(self) -> bool:
        """Whether a part of it is good no more."""
        return any(spot.there > 0 and spot.state == "expired" for spot in self.spots)


@dataclass
class Names:
    """The words that a group gave to its places and lots, opened with its key."""

    key: bytes | None
    places: dict[UUID, str] = field(default_factory=dict)
    lots: dict[UUID, tuple[str, dt.date]] = field(default_factory=dict)


@dataclass(frozen=True)
class Written:
    """A line of the stock with its words."""

    line: StockLine
    place: str
    number: str


def text(key: bytes | None, place: str, blob: bytes | memoryview) -> str:
    """Closed text; empty where no key opens it."""
    try:
        return closed.read_with(key, place, blob)
    except closed.Gone:
        return ""


def places(group: Group, *, closed_too: bool = False) -> list[tuple[Place, str]]:
    """The group's places with their names: the first one first, then by name; closed ones last, where they are wanted."""
    key, rows = keys.get(group.pk), Place.objects.filter(group=group)
    found = [(row, text(key, row.place, row.name)) for row in (rows if closed_too else rows.filter(closed=False))]
    return sorted(found, key=lambda one: (one[0].closed, not one[0].first, one[1].casefold(), one[0].pk))


def is_used(place: Place) -> bool:
    """Whether something should be there of what the group still counts, or something is written as gone too much."""
    counted = list(Supply.objects.filter(group=place.group_id, ended=False).values_list("pk", flat=True))
    return any(n for spots in sums(counted, at=place.pk).values() for n in spots.values())


def own_names(group: Group) -> dict[UUID, str]:
    """The group's own things that it counts, with their names."""
    key = keys.get(group.pk)
    rows = Supply.objects.filter(group=group, ended=False, code__startswith=rules.OWN)
    return {row.pk: text(key, row.name_place, row.name) for row in rows}


def first_place(group: UUID) -> Place | None:
    """The place from which hand-outs are taken."""
    return Place.objects.filter(group=group, first=True).first()


def supplies(group: Group) -> list[Supply]:
    """What the group keeps count of, by code."""
    return list(Supply.objects.filter(group=group, ended=False).order_by("code"))


def supply(group: Group, pk: UUID) -> Supply | None:
    """One of :func:`supplies`."""
    return Supply.objects.filter(group=group, pk=pk, ended=False).first()


def sums(wanted: Iterable[UUID], *, at: UUID | None = None) -> dict[UUID, dict[Spot, int]]:
    """What should be there of these supplies, by place and lot; at one place only with ``at``.

    The lines and what the days that are still open handed out, in two queries.
    """
    which = Q(supply__in=list(wanted))
    if at is not None:
        which &= Q(at=at)
    found: dict[UUID, dict[Spot, int]] = {}
    for table, sign in ((StockLine, 1), (HandedOut, -1)):
        rows = table._default_manager.filter(which).values_list("supply", "at", "lot").annotate(sum=Sum("amount"))
        for one, place, lot, amount in rows.order_by():
            spots = found.setdefault(one, {})
            spots[place, lot] = spots.get((place, lot), 0) + sign * amount
    return found


def handed_out(wanted: Sequence[Supply], today: dt.date) -> dict[UUID, int]:
    """How many of each supply were handed out in the last weeks; what was put back is taken off."""
    if not wanted:
        return {}
    since = {one.pk: rules.first_day(one.since, today) for one in wanted}
    found = dict.fromkeys(since, 0)
    lines = StockLine.objects.filter(supply__in=since, what=StockLine.What.OUT, day__gte=min(since.values()))
    for table, sign in ((lines, -1), (HandedOut.objects.filter(supply__in=since), 1)):
        for one, day, amount in table.values_list("supply", "day").annotate(sum=Sum("amount")).order_by():
            if day >= since[one]:
                found[one] += sign * amount
    return found


def levels(group: Group, wanted: Sequence[Supply] | None = None) -> list[Level]:
    """Each supply that the group keeps count of (or those that are ``wanted``), in the order of their codes."""
    rows = supplies(group) if wanted is None else list(wanted)
    today, named = clock.today(), names(group, [row.pk for row in rows])
    there, out = sums([row.pk for row in rows]), handed_out(rows, today)
    return [_level(row, named, there.get(row.pk, {}), out[row.pk], today) for row in rows]


def names(group: Group, wanted: Iterable[UUID]) -> Names:
    """The words for the group's places and for the lots of these supplies."""
    found = Names(keys.get(group.pk))
    found.places = {row.pk: text(found.key, row.place, row.name) for row in Place.objects.filter(group=group)}
    for lot in Lot.objects.filter(supply__in=list(wanted)):
        found.lots[lot.pk] = text(found.key, lot.place, lot.number), lot.expires
    return found


def spots(group: Group, one: Supply) -> list[There]:
    """Where a supply may be: each of its lots (what stands in no lot where it has none) at each place."""
    named, today = names(group, [one.pk]), clock.today()
    there = sums([one.pk]).get(one.pk, {})
    bare = () if one.by_lot and named.lots else (None,)
    every = {(row.pk, lot) for row, _name in places(group) for lot in (*named.lots, *bare)}
    every |= {spot for spot, n in there.items() if n}
    found = [_there(named, at, lot, there.get((at, lot), 0), today) for at, lot in every]
    return sorted(found, key=_order)


def lines(group: Group, one: Supply) -> list[Written]:
    """The newest lines of a supply, the newest day first."""
    named = names(group, [one.pk])
    rows = StockLine.objects.filter(supply=one).order_by("-day", "pk")[:LINES]
    return [Written(r, named.places.get(r.at_id, ""), named.lots[r.lot_id][0] if r.lot_id else "") for r in rows]


def taken(row: Drawn | None, key: bytes | None) -> list[Taken]:
    """What a shared piece of work took from the stock, in the order in which it was taken."""
    if row is None:
        return []
    found = json.loads(text(key, row.place, row.content) or "[]")
    return [(UUID(one), UUID(at), UUID(lot) if lot else None, n) for one, at, lot, n in found]


def taken_by(share: Share) -> list[tuple[Supply, list[tuple[There, int]]]]:
    """What a shared piece of work took from the stock: by supply, from where and how many."""
    found = taken(Drawn.objects.filter(share=share).first(), keys.get(share.group_id))
    rows = {row.pk: row for row in Supply.objects.filter(pk__in={one for one, *_rest in found}, ended=False)}
    named, today = names(share.group, rows), clock.today()
    by_supply: dict[UUID, list[tuple[There, int]]] = {}
    for one, at, lot, n in found:
        by_supply.setdefault(one, []).append((_there(named, at, lot, 0, today), n))
    return [(rows[one], parts) for one, parts in by_supply.items() if one in rows]


def _level(row: Supply, named: Names, spots: dict[Spot, int], out: int, today: dt.date) -> Level:
    shown = [_there(named, at, lot, n, today) for (at, lot), n in spots.items()]
    shown = sorted((s for s in shown if s.there), key=_order)
    total = sum(spot.there for spot in shown)
    fit = sum(spot.there for spot in shown if spot.state != "expired")
    ready = [s for s in shown if s.there > 0 and s.state != "expired" and s.lot is not None]
    return Level(
        supply=row,
        name=text(named.key, row.name_place, row.name),
        unit=text(named.key, row.place, row.unit),
        there=total,
        left=rules.days_left(fit, out, since=row.since, today=today),
        week=rules.a_week(out, since=row.since, today=today),
        spots=shown,
        first=min(ready, key=lambda s: (s.expires or dt.date.max, s.number), default=None),
    )


def _there(named: Names, at: UUID, lot: UUID | None, n: int, today: dt.date) -> There:
    number, expires = named.lots.get(lot, ("", None)) if lot else ("", None)
    return There(at, named.places.get(at, ""), lot, number, expires, n, rules.expiry(expires, today))


def _order(one: There) -> tuple[str, dt.date, str]:
    return one.place.casefold(), one.expires or dt.date.max, one.number
