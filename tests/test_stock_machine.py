"""Shared work and the stock together, under any interleaving of what workers and coordinators can do.

Two workers share, edit, take back and delete; coordinators take things in, lose, move and count them. A small model,
worked out apart from the code that it judges, says what must be there in all; lines never change.
"""

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, initialize, invariant, rule

from alongside.kit import clock
from alongside.work import actions as work
from alongside.work import jobs, stock, stock_queries
from alongside.work.models import Drawn, HandedOut, Lot, StockLine
from tests.machine import Walk, walk

CODES = ("naloxone", "water")
SUPPLIES = st.dictionaries(st.sampled_from([*CODES, "foil"]), st.integers(0, 12))
AMOUNTS = st.integers(1, 20)


class Stock(Walk):
    entries: Bundle[str] = Bundle("entries")

    def __init__(self) -> None:
        super().__init__()
        by = self.w.coordinator
        self.places = [stock.add_place(by=by, name=name).pk for name in ("Van", "Room")]
        self.kept = {code: stock.keep(by=by, code=code, unit="one", by_lot=code == "naloxone") for code in CODES}
        self.work: dict[str, dict[str, Any]] = {}
        self.placed = dict.fromkeys(CODES, 0)
        self.before: dict[UUID, tuple[Any, ...]] = {}

    def send(self, id_: str, **changed: Any) -> None:
        """Sync the entry as it is now in the model."""
        known = self.work.setdefault(id_, {"revision": 0, "deleted": False, "shared": False})
        known |= {"revision": known["revision"] + 1, "stored": clock.today(), **changed}
        sent = {"id": id_, "revision": known["revision"], "deleted": True}
        if not known["deleted"]:
            what = {name: known[name] for name in ("supplies", "shared", "people")}
            where = {"group": str(self.w.group.pk), "day": known["day"], "kinds": ["supplies"]}
            sent = {"id": id_, "revision": known["revision"], **what, **where}
        (answer,) = work.sync(account=known["who"].account, entries=[sent])
        assert answer.status == "stored", answer
        self.follow(known)

    def follow(self, known: dict[str, Any]) -> None:
        """What the entry must have taken by now: what it says, where it is shared and not too old."""
        known.setdefault("took", {})
        if not known["shared"]:
            known["took"] = {}
        elif known["day"] >= (clock.today() - dt.timedelta(days=90)).isoformat():
            since = {code: row.since.isoformat() for code, row in self.kept.items()}
            known["took"] = {
                c: n for c, n in known["supplies"].items() if c in since and n and known["day"] >= since[c]
            }

    def spots(self, code: str) -> list[tuple[UUID, UUID | None]]:
        lots: list[UUID | None] = [lot.pk for lot in Lot.objects.filter(supply=self.kept[code]).order_by("pk")]
        return [(at, lot) for at in self.places for lot in (lots or [None])]

    def there(self, code: str) -> dict[tuple[UUID, UUID | None], int]:
        return stock_queries.sums([self.kept[code].pk]).get(self.kept[code].pk, {})

    @rule(
        target=entries,
        supplies=SUPPLIES,
        shared=st.booleans(),
        who=st.sampled_from(["worker", "other"]),
        back=st.integers(0, 3),
    )
    def record(self, supplies: dict[str, int], shared: bool, who: str, back: int) -> str:
        id_, day = str(uuid4()), clock.today() - dt.timedelta(days=back)
        given = {"supplies": supplies, "shared": shared, "people": None, "day": day.isoformat()}
        self.send(id_, who=getattr(self.w, who), **given)
        return id_

    @initialize(target=entries, supplies=SUPPLIES)
    def share_something_first(self, supplies: dict[str, int]) -> str:
        return self.record({**supplies, "naloxone": 3}, True, "worker", 0)  # type: ignore[return-value]

    @rule(id_=entries, supplies=SUPPLIES)
    def edit(self, id_: str, supplies: dict[str, int]) -> None:
        self.send(id_, supplies=supplies, deleted=False)

    @rule(id_=entries, people=st.integers(0, 9))
    def edit_something_else(self, id_: str, people: int) -> None:
        self.send(id_, people=people, deleted=False)

    @rule(id_=entries)
    def share_or_take_back(self, id_: str) -> None:
        self.send(id_, shared=not self.work[id_]["shared"], deleted=False)

    @rule(id_=entries)
    def delete(self, id_: str) -> None:
        self.send(id_, deleted=True, shared=False)

    @rule(code=st.sampled_from(CODES), at=st.integers(0, 1), amount=AMOUNTS, days=st.integers(-5, 300))
    def take_in(self, code: str, at: int, amount: int, days: int) -> None:
        good = clock.today() + dt.timedelta(days=days)
        lot: dict[str, Any] = {"number": f"L{days}", "expires": good} if code == "naloxone" else {}
        stock.take_in(
            by=self.w.coordinator, supply=self.kept[code].pk, place=self.places[at], amount=amount, key=uuid4(), **lot
        )
        self.placed[code] += amount

    @rule(code=st.sampled_from(CODES), n=st.integers(0, 9), amount=AMOUNTS, expired=st.booleans())
    def lose(self, code: str, n: int, amount: int, expired: bool) -> None:
        place, lot = self.spots(code)[n % len(self.spots(code))]
        stock.lose(
            by=self.w.second,
            supply=self.kept[code].pk,
            place=place,
            lot=lot,
            amount=amount,
            key=uuid4(),
            expired=expired,
        )
        self.placed[code] -= amount

    @rule(code=st.sampled_from(CODES), n=st.integers(0, 9), amount=AMOUNTS)
    def move(self, code: str, n: int, amount: int) -> None:
        place, lot = self.spots(code)[n % len(self.spots(code))]
        to = next(one for one in self.places if one != place)
        by, one = self.w.second, self.kept[code].pk
        stock.move(by=by, supply=one, place=place, lot=lot, to=to, amount=amount, key=uuid4())

    @rule(code=st.sampled_from(CODES), n=st.integers(0, 9), counted=st.integers(0, 30))
    def count(self, code: str, n: int, counted: int) -> None:
        spot = self.spots(code)[n % len(self.spots(code))]
        self.placed[code] += counted - self.there(code).get(spot, 0)
        stock.count(by=self.w.coordinator, supply=self.kept[code].pk, counted={spot: counted})
        assert self.there(code).get(spot, 0) == counted

    @rule(id_=entries, n=st.integers(0, 9), code=st.sampled_from(CODES))
    def say_that_it_came_from_elsewhere(self, id_: str, n: int, code: str) -> None:
        row = Drawn.objects.filter(share__entry=UUID(id_)).first()
        if row is None or code not in {one.code for one, _parts in stock_queries.taken_by(row.share)}:
            return
        place, lot = self.spots(code)[n % len(self.spots(code))]
        stock.redraw(by=self.w.second, share=row.share_id, supply=self.kept[code].pk, place=place, lot=lot)

    @rule(at=st.integers(0, 1))
    def take_from_another_place(self, at: int) -> None:
        stock.take_from(by=self.w.coordinator, place=self.places[at])

    @rule(days=st.sampled_from([1, 7, 40, 95]))
    def wait(self, days: int) -> None:
        self.travel.shift(dt.timedelta(days=days))
        jobs.write_stock()
        jobs.fold_entries()
        for known in self.work.values():
            newest = max(known["day"], known["stored"].isoformat())
            if newest < (clock.today() - dt.timedelta(days=90)).isoformat():
                for code, n in known["took"].items():
                    self.placed[code] -= n  # for good: the copy knows nothing of it any more
                known["took"] = {}
        assert not HandedOut.objects.exists()

    @invariant()
    def the_sum_is_what_came_less_what_went(self) -> None:
        for code in CODES:
            handed_out = sum(known["took"].get(code, 0) for known in self.work.values())
            assert sum(self.there(code).values()) == self.placed[code] - handed_out

    @invariant()
    def what_each_copy_took_is_what_it_says(self) -> None:
        for row in Drawn.objects.select_related("share__group"):
            took = {one.code: sum(n for _there, n in parts) for one, parts in stock_queries.taken_by(row.share)}
            assert took == self.work[str(row.share.entry_id)]["took"]

    @invariant()
    def no_line_ever_changed(self) -> None:
        now = {row.pk: (row.day, row.amount, row.what, row.at_id, row.lot_id) for row in StockLine.objects.all()}
        oldest = clock.today() - dt.timedelta(days=400)
        assert {pk: line for pk, line in self.before.items() if line[0] >= oldest}.items() <= now.items()
        self.before = now


@pytest.mark.django_db(databases=["default", "keys"])
def test_any_interleaving_keeps_the_sum() -> None:
    walk(Stock, 20)
