"""What shared work takes from a group's stock, and puts back: a part of sharing, inside a sync's transaction.

The group's audit chain is locked by then, so that of two who share at once one comes after the other. What is taken
is added to the day's hand-outs of all; which copy it was for stands beside the copy alone, closed by the group's key.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from alongside.kit import canonical, clock, closed, keys
from alongside.work import rules, stock_queries, stock_rules
from alongside.work.models import Drawn, HandedOut, Lot, Place, Share, Supply
from alongside.work.stock_queries import Taken

Where = tuple[UUID, UUID, UUID | None]
"""A supply, a place, a lot."""


@dataclass
class Stock:
    """What one sync needs to know of a group's stock, looked up once, and what the sync changes in it."""

    supplies: dict[str, Supply]
    first: Place | None
    lots: dict[UUID, dt.date] = field(default_factory=dict)
    there: dict[UUID, dict[UUID | None, int]] = field(default_factory=dict)
    out: Counter[Where] = field(default_factory=Counter)


Stocks = dict[UUID, Stock]


def draw(stocks: Stocks, share: Share, row: Drawn | None, supplies: Mapping[str, int], key: bytes | None) -> None:
    """Have the stock follow what a copy says was handed out: take more, or put back what is less.

    ``row`` says what the copy took before (:func:`of`), ``None`` for a new one.
    """
    if row is None and not supplies:
        return
    stock = _stock(stocks, share.group_id)
    before = stock_queries.taken(row, key)
    after = _wanted(stock, before, supplies, share.day)
    if after != before:
        _count(stock, before, -1)
        _count(stock, after, 1)
        keep(share, row, after, key)


def put_back(stocks: Stocks, share: Share) -> None:
    """A copy goes: what it took goes back."""
    row = of(share)
    if row is not None:
        _count(_stock(stocks, share.group_id), stock_queries.taken(row, keys.get(share.group_id)), -1)
        row.delete()


def of(share: Share) -> Drawn | None:
    """What is kept beside a copy of what it took from the stock."""
    try:
        return share.drawn
    except Drawn.DoesNotExist:
        return None


def write(stocks: Stocks) -> None:
    """Add what was taken to the day's hand-outs."""
    for stock in stocks.values():
        hand_out(stock.out)
        stock.out.clear()


def hand_out(out: Mapping[Where, int]) -> None:
    """Add to what the present day handed out, below zero for what goes back. Under the lock of the group's chain."""
    wanted = {where: n for where, n in out.items() if n}
    if not wanted:
        return
    today = clock.today()
    rows = HandedOut.objects.filter(day=today, supply__in={one for one, _at, _lot in wanted})
    there = {(row.supply_id, row.at_id, row.lot_id): row for row in rows}
    for where, n in sorted(wanted.items(), key=str):
        supply, at, lot = where
        row = there.get(where) or HandedOut(supply_id=supply, at_id=at, lot_id=lot, amount=0, day=today)
        row.amount += n
        if row.amount:
            row.save()
        elif where in there:
            row.delete()


def keep(share: Share, row: Drawn | None, taken: list[Taken], key: bytes | None) -> None:
    """Write beside the copy where its things came from."""
    if not taken:
        if row is not None:
            row.delete()
        return
    made, row = row is None, row or Drawn(share=share)
    found = [[str(one), str(at), str(lot) if lot else None, n] for one, at, lot, n in taken]
    row.content = closed.close_with(key, row.place, canonical.dumps(found))
    row.save(force_insert=made)


def _stock(stocks: Stocks, group: UUID) -> Stock:
    if group not in stocks:
        stocks[group] = _look(group)
    return stocks[group]


def _look(group: UUID) -> Stock:
    rows = {row.code: row for row in Supply.objects.filter(group=group, ended=False)}
    stock = Stock(rows, stock_queries.first_place(group) if rows else None)
    if stock.first is None:
        return stock
    ids = [row.pk for row in rows.values()]
    stock.lots = dict(Lot.objects.filter(supply__in=ids).values_list("pk", "expires"))
    for one, spots in stock_queries.sums(ids, at=stock.first.pk).items():
        stock.there[one] = {lot: n for (_at, lot), n in spots.items()}
    return stock


def _wanted(stock: Stock, before: list[Taken], supplies: Mapping[str, int], day: dt.date) -> list[Taken]:
    """What a copy of work of that day takes, starting from what it took ``before``."""
    found = {(one, at, lot): n for one, at, lot, n in before}
    folding = clock.today() - dt.timedelta(days=rules.FOLD_DAYS)
    for row in stock.supplies.values():
        if day < max(row.since, folding):
            continue  # done before anybody counted; or it may have folded, and nothing knows what it took
        had = [((at, lot), n) for (one, at, lot), n in found.items() if one == row.pk]
        more = supplies.get(row.code, 0) - sum(n for _spot, n in had)
        if more > 0 and stock.first is not None:
            for lot, n in _take(stock, row.pk, more).items():
                where = (row.pk, stock.first.pk, lot)
                found[where] = found.get(where, 0) + n
        elif more < 0:
            for (at, lot), n in stock_rules.put_back(-more, had).items():
                found[row.pk, at, lot] -= n
    return [(*where, n) for where, n in found.items() if n]


def _take(stock: Stock, supply: UUID, amount: int) -> dict[UUID | None, int]:
    there = stock.there.get(supply, {})
    bins = [stock_rules.Bin(lot, stock.lots.get(lot) if lot else None, n) for lot, n in there.items()]
    return stock_rules.take(amount, bins, clock.today())


def _count(stock: Stock, parts: list[Taken], sign: int) -> None:
    for one, at, lot, n in parts:
        stock.out[one, at, lot] += sign * n
        if stock.first is not None and at == stock.first.pk:
            spots = stock.there.setdefault(one, {})
            spots[lot] = spots.get(lot, 0) - sign * n
