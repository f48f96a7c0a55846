"""Writes of stock by coordinators: what a group keeps, where, and what comes in, goes, is moved and is counted.

A part of :mod:`alongside.work.actions` in all but the file. Lines are added and never changed. Each write locks the
group's audit chain, as sharing does, and leaves a row there that holds ids.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from uuid import UUID, uuid4, uuid5

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from alongside.kit import audit, clock, closed, keys
from alongside.outbox import actions as outbox
from alongside.people.actions import Refused
from alongside.people.models import Group, Membership
from alongside.work import drawing, stock_queries
from alongside.work import rules as work_rules
from alongside.work import stock_rules as rules
from alongside.work.models import Drawn, HandedOut, Lot, Place, Share, StockLine, Supply

NAME_MOST = 60
"""The longest name of a place, a unit or a lot's number, in code points."""
What = StockLine.What


@transaction.atomic
def add_place(*, by: Membership, name: str) -> Place:
    """A place where the group keeps supplies. The first one is where hand-outs are taken from. Raises Refused."""
    _lock(by)
    row = Place(group=by.group, first=stock_queries.first_place(by.group_id) is None)
    row.name = closed.close(by.group_id, row.place, _words(name))
    row.save(force_insert=True)
    _note(by, "place", place=row.pk)
    return row


@transaction.atomic
def rename_place(*, by: Membership, place: UUID, name: str) -> None:
    """Call a place something else. Raises :class:`Refused`."""
    _lock(by)
    row = _place(by, place, closed_too=True)
    row.name = closed.close(by.group_id, row.place, _words(name))
    row.save(update_fields=["name"])
    _note(by, "place", place=row.pk)


@transaction.atomic
def close_place(*, by: Membership, place: UUID, closed: bool = True) -> None:
    """Keep nothing more there, or do so again.

    Raises :class:`Refused` for the place that hand-outs are taken from, and while something is there that is to be moved,
    counted or written off first.
    """
    _lock(by)
    row = _place(by, place, closed_too=True)
    if closed and row.first:
        raise Refused(_("What people hand out is taken off here. Please choose another place for that first."))
    if closed and stock_queries.is_used(row):
        raise Refused(_("By our count there is still something here. Please move it or count it first."))
    row.closed = closed
    row.save(update_fields=["closed"])
    _note(by, "place", place=row.pk)


@transaction.atomic
def take_from(*, by: Membership, place: UUID) -> None:
    """From now on what people hand out is taken from this place. Raises :class:`Refused`."""
    _lock(by)
    row = _place(by, place)
    Place.objects.filter(group=by.group, first=True).update(first=False)
    Place.objects.filter(pk=row.pk).update(first=True)
    _note(by, "place", place=row.pk)


@transaction.atomic
def keep_own(*, by: Membership, name: str, unit: str, by_lot: bool) -> Supply:
    """Begin to keep count of a thing of the group's own, which no entry names. Raises :class:`Refused`."""
    _lock(by)
    said = _words(name)
    taken = {one.casefold() for one in stock_queries.own_names(by.group).values()}
    if said.casefold() in taken:
        raise Refused(_("This is on the list already."))
    if len(taken) >= rules.OWN_MOST:
        raise Refused(_("The list is full. Please stop counting something first."))
    row = Supply(group=by.group, by_lot=by_lot, since=clock.today())
    row.code = f"{rules.OWN}{row.pk.hex}"
    row.name = closed.close(by.group_id, row.name_place, said)
    row.unit = closed.close(by.group_id, row.place, _words(unit))
    row.save(force_insert=True)
    _note(by, "supply", supply=row.pk)
    return row


@transaction.atomic
def hand_out(*, by: Membership, supply: UUID, place: UUID, lot: UUID | None, amount: int, key: UUID) -> None:
    """Things of the group's own were handed out. Of the others, shared work says so. Raises :class:`Refused`."""
    _lock(by)
    row, at = _supply(by, supply), _place(by, place)
    if not rules.is_own(row.code):
        raise Refused(_("Please choose one of the things in the list."))
    _write(by, row, [(key, at.pk, _lot_of(row, lot), What.OUT, -_amount(amount))])


@transaction.atomic
def keep(*, by: Membership, code: str, unit: str, by_lot: bool) -> Supply:
    """Begin to keep count of a thing that entries name, or change what one of it is. Raises :class:`Refused`."""
    _lock(by)
    if code not in work_rules.SUPPLIES:
        raise Refused(_("Please choose one of the things in the list."))
    row = Supply.objects.filter(group=by.group, code=code).first() or Supply(group=by.group, code=code, ended=True)
    if row.ended:
        row.since, row.ended = clock.today(), False
    row.by_lot = by_lot
    row.unit = closed.close(by.group_id, row.place, _words(unit))
    row.save()
    _note(by, "supply", supply=row.pk)
    return row


@transaction.atomic
def stop(*, by: Membership, supply: UUID) -> None:
    """No longer keep count of a supply; its lines stay. Raises :class:`Refused`."""
    _lock(by)
    row = _supply(by, supply)
    row.ended = True
    row.save(update_fields=["ended"])
    _note(by, "supply", supply=row.pk)


@transaction.atomic
def take_in(
    *,
    by: Membership,
    supply: UUID,
    place: UUID,
    amount: int,
    key: UUID,
    number: str = "",
    expires: dt.date | None = None,
) -> None:
    """Things came in: ``amount`` at a place, of the lot ``number`` that is good until ``expires`` where lots are kept.

    The same ``key`` again writes nothing. Raises :class:`Refused`.
    """
    _lock(by)
    row, at = _supply(by, supply), _place(by, place)
    lot = None
    if row.by_lot:
        if expires is None or not number.strip():
            raise Refused(_("Please write the lot number and the last good day."))
        lot = _lot(row, _words(number), expires)
    _write(by, row, [(key, at.pk, lot.pk if lot else None, What.IN, _amount(amount))])


@transaction.atomic
def lose(
    *, by: Membership, supply: UUID, place: UUID, lot: UUID | None, amount: int, key: UUID, expired: bool = False
) -> None:
    """Things are gone without being handed out: lost or broken, or out of date. Raises :class:`Refused`."""
    _lock(by)
    row, at = _supply(by, supply), _place(by, place, closed_too=True)
    what = What.EXPIRED if expired else What.LOST
    _write(by, row, [(key, at.pk, _lot_of(row, lot), what, -_amount(amount))])


@transaction.atomic
def move(*, by: Membership, supply: UUID, place: UUID, lot: UUID | None, to: UUID, amount: int, key: UUID) -> None:
    """Things were brought from one place to another: two lines that add up to nothing. Raises :class:`Refused`."""
    _lock(by)
    row, at, there = _supply(by, supply), _place(by, place, closed_too=True), _place(by, to)
    if at.pk == there.pk:
        raise Refused(_("Please choose another place to move them to."))
    which, n = _lot_of(row, lot), _amount(amount)
    _write(by, row, [(key, at.pk, which, What.MOVED, -n), (uuid5(key, "to"), there.pk, which, What.MOVED, n)])


@transaction.atomic
def count(*, by: Membership, supply: UUID, counted: Mapping[tuple[UUID, UUID | None], int]) -> None:
    """Somebody counted: ``counted`` by place and lot is what is there, whatever the lines said. Raises Refused.

    The difference is a new line each; what came out right writes none.
    """
    _lock(by)
    row = _supply(by, supply)
    there = stock_queries.sums([row.pk]).get(row.pk, {})
    lines = []
    for (place, lot), n in counted.items():
        at, which = _place(by, place, closed_too=True).pk, _lot_of(row, lot)
        if not 0 <= n <= rules.AMOUNT_MOST:
            raise Refused(_("Please write a whole number."))
        if n != there.get((at, which), 0):
            lines.append((uuid4(), at, which, What.COUNTED, n - there.get((at, which), 0)))
    _write(by, row, lines)


@transaction.atomic
def redraw(*, by: Membership, share: UUID, supply: UUID, place: UUID, lot: UUID | None) -> None:
    """Say that what a shared piece of work handed out of one supply came from another place or lot. Raises Refused."""
    row = Share.objects.filter(pk=share, group=by.group).select_related("membership").first()
    if row is None:
        raise Refused(_("This is not shared any more."))
    audit.lock(row.membership.account_id)  # as a sync does: the person's own chain first, then the group's
    _lock(by)
    one, at = _supply(by, supply), _place(by, place)
    which, key = _lot_of(one, lot), keys.get(by.group_id)
    drawn = Drawn.objects.filter(share=row).first()
    before = stock_queries.taken(drawn, key)
    n = sum(part[3] for part in before if part[0] == one.pk)
    if not n:
        raise Refused(_("This is not shared any more."))
    out: Counter[drawing.Where] = Counter({(one.pk, at.pk, which): n})
    out.subtract({(part[0], part[1], part[2]): part[3] for part in before if part[0] == one.pk})
    drawing.hand_out(out)
    after = [*(part for part in before if part[0] != one.pk), (one.pk, at.pk, which, n)]
    drawing.keep(row, drawn, after, key)
    _note(by, "stock", supply=one.pk)


def tell() -> int:
    """Tell the coordinators of each group, once, what runs out soon; return how many things there were.

    Once there is enough again it is told anew when that is over.
    """
    done = 0
    groups = Supply.objects.filter(ended=False, group__closed=None).values_list("group", flat=True).order_by("group")
    for group in list(groups.distinct()):
        done += _tell(group)
    return done


@transaction.atomic
def _tell(group: UUID) -> int:
    audit.lock(group)
    found = Group.objects.get(pk=group)
    levels = stock_queries.levels(found)
    low = [one for one in levels if one.low and one.known]
    fresh = [one for one in low if not one.supply.told]
    enough = [one.supply.pk for one in levels if one.supply.told and not one.low]
    Supply.objects.filter(pk__in=enough).update(told=False)
    Supply.objects.filter(pk__in=[one.supply.pk for one in fresh]).update(told=True)
    if fresh:
        for one in Membership.objects.filter(group=group, coordinates=True, left=None):
            outbox.send(owner=one.account_id, code="work.low", path=f"/work/groups/{group}/stock/", group=found.name)
    return len(fresh)


def write_days() -> int:
    """Write what was handed out on days that are over: a line for each place and lot. Return how many there were."""
    today, done = clock.today(), 0
    groups = HandedOut.objects.filter(day__lt=today).values_list("supply__group", flat=True).order_by("supply__group")
    for group in list(groups.distinct()):
        done += _write_days(group, today)
    return done


def shorten() -> int:
    """Make one line of those that are older than their term, for each place and lot; return how many went."""
    before, done = clock.today() - dt.timedelta(days=rules.LINE_DAYS), 0
    old = StockLine.objects.filter(day__lt=before).exclude(what=What.BEFORE)
    for group in list(old.values_list("supply__group", flat=True).order_by("supply__group").distinct()):
        done += _shorten(group, before)
    return done


@transaction.atomic
def _write_days(group: UUID, today: dt.date) -> int:
    audit.lock(group)
    rows = list(HandedOut.objects.filter(supply__group=group, day__lt=today))
    StockLine.objects.bulk_create(
        StockLine(supply_id=r.supply_id, at_id=r.at_id, lot_id=r.lot_id, what=What.OUT, amount=-r.amount, day=r.day)
        for r in rows
    )
    HandedOut.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


@transaction.atomic
def _shorten(group: UUID, before: dt.date) -> int:
    audit.lock(group)
    old = StockLine.objects.filter(supply__group=group, day__lt=before)
    sums = list(old.values("supply", "at", "lot").annotate(sum=Sum("amount")).order_by())
    gone = old.delete()[0]
    StockLine.objects.bulk_create(
        StockLine(
            supply_id=one["supply"],
            at_id=one["at"],
            lot_id=one["lot"],
            what=What.BEFORE,
            amount=one["sum"],
            day=before - dt.timedelta(days=1),
        )
        for one in sums
        if one["sum"]
    )
    return gone


def _write(by: Membership, row: Supply, lines: Iterable[tuple[UUID, UUID, UUID | None, What, int]]) -> None:
    made = [
        StockLine(id=pk, supply=row, at_id=at, lot_id=lot, what=what, amount=amount, day=clock.today())
        for pk, at, lot, what, amount in lines
    ]
    if made and not StockLine.objects.filter(pk__in=[line.pk for line in made]).exists():
        StockLine.objects.bulk_create(made)
        _note(by, "stock", supply=row.pk)


def _lock(by: Membership) -> None:
    if not by.coordinates:
        raise Refused(_("Please ask a coordinator to do this."))
    audit.lock(by.group_id)


def _place(by: Membership, pk: UUID, *, closed_too: bool = False) -> Place:
    row = Place.objects.filter(group=by.group, pk=pk).first()
    if row is None or (row.closed and not closed_too):
        raise Refused(_("Please choose one of the places in the list."))
    return row


def _supply(by: Membership, pk: UUID) -> Supply:
    row = stock_queries.supply(by.group, pk)
    if row is None:
        raise Refused(_("Please choose one of the things in the list."))
    return row


def _lot_of(row: Supply, lot: UUID | None) -> UUID | None:
    if lot is not None and not Lot.objects.filter(supply=row, pk=lot).exists():
        raise Refused(_("Please choose one of the lots in the list."))
    return lot


def _lot(row: Supply, number: str, expires: dt.date) -> Lot:
    """The lot with this number and day, made when there is none."""
    key = keys.get(row.group_id)
    for one in Lot.objects.filter(supply=row, expires=expires):
        if stock_queries.text(key, one.place, one.number).casefold() == number.casefold():
            return one
    made = Lot(supply=row, expires=expires)
    made.number = closed.close_with(key, made.place, number)
    made.save(force_insert=True)
    return made


def _amount(amount: int) -> int:
    if not 0 < amount <= rules.AMOUNT_MOST:
        raise Refused(_("Please write a whole number above 0."))
    return amount


def _words(text: str) -> str:
    said = " ".join(text.split())
    if not said or len(said) > NAME_MOST:
        raise Refused(_("Please write a few words, 60 letters at most."))
    return said


def _note(by: Membership, what: str, **ids: UUID) -> None:
    audit.append(chain=by.group_id, actor=by.account_id, act=f"work.{what}", detail={k: str(v) for k, v in ids.items()})
