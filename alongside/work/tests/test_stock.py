"""A group's stock: what coordinators write, what shared work takes, what a page says, what nobody may learn from it."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import Error, transaction
from django.test import Client

from alongside.kit import audit, clock
from alongside.kit.models import AuditRow
from alongside.outbox.models import Letter
from alongside.people import actions as people
from alongside.people import leaving
from alongside.people.actions import Refused
from alongside.people.models import Membership
from alongside.work import actions, jobs, queries, stock, stock_queries
from alongside.work.models import Drawn, HandedOut, Lot, Place, Share, StockLine, Supply
from tests.world import World, world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

TODAY = dt.date(2026, 3, 9)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def travel() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(dt.datetime(2026, 3, 9, 12, tzinfo=dt.UTC), tick=False) as one:
        yield one


@dataclass
class Kept:
    """A world whose group keeps count of naloxone by lot and of water, in a van and in a back room."""

    w: World
    van: Place
    room: Place
    naloxone: Supply
    water: Supply

    def come_in(self, number: str, expires: str, amount: int, at: Place | None = None) -> None:
        stock.take_in(
            by=self.w.coordinator, supply=self.naloxone.pk, place=(at or self.van).pk, amount=amount, key=uuid4(),
            number=number, expires=dt.date.fromisoformat(expires),
        )  # fmt: skip

    def there(self, supply: Supply | None = None) -> dict[tuple[str, str], int]:
        """What should be there, by names of places and lots."""
        (level,) = stock_queries.levels(self.w.group, [supply or self.naloxone])
        return {(one.place, one.number): one.there for one in level.spots}

    def entry(self, **fields: Any) -> dict[str, Any]:
        return {
            "id": str(uuid4()), "revision": 1, "day": clock.today().isoformat(), "kinds": ["supplies"],
            "group": str(self.w.group.pk), "shared": True, **fields,
        }  # fmt: skip

    def send(self, sent: dict[str, Any], who: Membership | None = None) -> dict[str, Any]:
        (answer,) = actions.sync(account=(who or self.w.worker).account, entries=[sent])
        assert answer.status == "stored", answer.errors
        return sent


@pytest.fixture
def kept() -> Kept:
    w = world()
    van, room = (stock.add_place(by=w.coordinator, name=name) for name in ("Van", "Back room"))
    naloxone = stock.keep(by=w.coordinator, code="naloxone", unit="a box of 2", by_lot=True)
    water = stock.keep(by=w.coordinator, code="water", unit="one piece", by_lot=False)
    return Kept(w, van, room, naloxone, water)


def test_shared_work_takes_the_oldest_good_lot_of_the_first_place(kept: Kept) -> None:
    kept.come_in("OLD", "2026-03-08", 5)
    kept.come_in("NEW", "2027-05-01", 5)
    kept.come_in("MID", "2026-06-01", 3)
    kept.come_in("FAR", "2026-04-01", 9, kept.room)
    kept.send(kept.entry(supplies={"naloxone": 4, "water": 2}))
    assert kept.there() == {("Van", "OLD"): 5, ("Van", "NEW"): 4, ("Back room", "FAR"): 9}
    assert kept.there(kept.water) == {("Van", ""): -2}, "people hand out what they have"


def test_an_edit_a_taking_back_and_a_deletion_are_followed(kept: Kept) -> None:
    kept.come_in("A", "2026-06-01", 3)
    kept.come_in("B", "2026-07-01", 9)
    sent = kept.send(kept.entry(supplies={"naloxone": 5}))
    assert kept.there() == {("Van", "B"): 7}
    sent = kept.send({**sent, "revision": 2, "supplies": {"naloxone": 4}})
    assert kept.there() == {("Van", "B"): 8}, "what was taken last went back first"
    sent = kept.send({**sent, "revision": 3, "supplies": {"naloxone": 1, "water": 1}})
    assert kept.there() == {("Van", "A"): 2, ("Van", "B"): 9}
    sent = kept.send({**sent, "revision": 4, "shared": False})
    assert kept.there() == {("Van", "A"): 3, ("Van", "B"): 9}
    assert kept.there(kept.water) == {}
    sent = kept.send({**sent, "revision": 5, "shared": True})
    assert kept.there() == {("Van", "A"): 2, ("Van", "B"): 9}
    kept.send({"id": sent["id"], "revision": 6, "deleted": True})
    assert kept.there() == {("Van", "A"): 3, ("Van", "B"): 9}
    assert not Drawn.objects.exists()


def test_private_work_and_work_of_before_touch_nothing(kept: Kept) -> None:
    kept.come_in("A", "2026-06-01", 3)
    kept.send(kept.entry(supplies={"naloxone": 2}, shared=False))
    kept.send(kept.entry(supplies={"naloxone": 2}, day="2026-03-08"))
    kept.send(kept.entry(supplies={"naloxone": 2}, group=None, shared=False))
    kept.send(kept.entry(supplies={"foil": 2}))
    assert kept.there() == {("Van", "A"): 3}
    assert not Drawn.objects.exists()


def test_work_that_moves_to_another_group_goes_back(kept: Kept) -> None:
    there = world("far-")
    kept.come_in("A", "2026-06-01", 3)
    sent = kept.send(kept.entry(supplies={"naloxone": 2}))
    people.join(account=kept.w.worker.account, secret=people.invite(by=there.coordinator), name="Jay")
    kept.send({**sent, "revision": 2, "group": str(there.group.pk)})
    assert kept.there() == {("Van", "A"): 3}


def test_a_day_is_one_number_of_all_and_a_line_only_when_it_is_over(kept: Kept, travel: time_machine.Traveller) -> None:
    kept.come_in("A", "2026-06-01", 30)
    kept.send(kept.entry(supplies={"naloxone": 2}))
    kept.send(kept.entry(supplies={"naloxone": 3}), kept.w.other)
    jobs.write_stock()
    assert StockLine.objects.filter(what="out").count() == 0
    assert HandedOut.objects.get().amount == 5
    travel.shift(dt.timedelta(days=1))
    jobs.write_stock()
    jobs.write_stock()
    line = StockLine.objects.get(what="out")
    assert (line.amount, line.day) == (-5, TODAY)
    assert not HandedOut.objects.exists()
    assert kept.there() == {("Van", "A"): 25}


def test_a_line_knows_nobody_and_no_copy(kept: Kept) -> None:
    for model in (StockLine, HandedOut, Supply, Place, Lot):
        led = {field.related_model for field in model._meta.get_fields() if field.concrete and field.is_relation}
        assert not led & {Share, Membership, type(kept.w.worker.account)}
    kept.send(kept.entry(supplies={"water": 2}))
    acts = AuditRow.objects.filter(chain=kept.w.group.pk).order_by("-seq").values_list("act", "detail")
    assert acts[0][0] == "work.shared"
    assert acts[0][1].keys() == {"share"}, "what was handed out leaves no row beside that of the share"


def test_the_database_refuses_to_change_a_line(kept: Kept) -> None:
    kept.come_in("A", "2026-06-01", 3)
    for change in ({"amount": 4}, {"day": dt.date(2020, 1, 1)}, {"at": kept.room.pk}, {"what": "lost"}):
        with pytest.raises(Error), transaction.atomic():
            StockLine.objects.update(**change)
    assert kept.there() == {("Van", "A"): 3}


def test_a_count_sets_what_is_there_by_a_new_line(kept: Kept) -> None:
    kept.come_in("A", "2026-06-01", 3)
    kept.send(kept.entry(supplies={"naloxone": 8}))
    (level,) = stock_queries.levels(kept.w.group, [kept.naloxone])
    assert (level.there, level.wrong, level.low) == (-5, True, True)
    lot = Lot.objects.get()
    before = list(StockLine.objects.order_by("pk").values_list())
    stock.count(by=kept.w.coordinator, supply=kept.naloxone.pk, counted={(kept.van.pk, lot.pk): 2})
    assert kept.there() == {("Van", "A"): 2}
    assert set(before) < set(StockLine.objects.values_list())
    lines = StockLine.objects.count()
    stock.count(by=kept.w.coordinator, supply=kept.naloxone.pk, counted={(kept.van.pk, lot.pk): 2})
    assert StockLine.objects.count() == lines, "what came out right writes nothing"


def test_what_is_sent_twice_is_written_once(kept: Kept) -> None:
    key = uuid4()
    for _again in range(2):
        stock.take_in(by=kept.w.coordinator, supply=kept.water.pk, place=kept.van.pk, amount=7, key=key)
    assert kept.there(kept.water) == {("Van", ""): 7}
    key = uuid4()
    for _again in range(2):
        stock.move(
            by=kept.w.second, supply=kept.water.pk, place=kept.van.pk, lot=None, to=kept.room.pk, amount=3, key=key
        )
    assert kept.there(kept.water) == {("Van", ""): 4, ("Back room", ""): 3}
    key = uuid4()
    for _again in range(2):
        stock.lose(by=kept.w.second, supply=kept.water.pk, place=kept.van.pk, lot=None, amount=1, key=key)
    assert kept.there(kept.water) == {("Van", ""): 3, ("Back room", ""): 3}


def test_the_same_lot_twice_is_one_lot(kept: Kept) -> None:
    kept.come_in("ab1", "2026-06-01", 3)
    kept.come_in(" AB1 ", "2026-06-01", 4)
    kept.come_in("AB1", "2026-06-02", 5)
    assert kept.there() == {("Van", "ab1"): 7, ("Van", "AB1"): 5}


def test_only_coordinators_write_and_only_about_their_own(kept: Kept) -> None:
    far = world("far-").coordinator
    key, van, water = uuid4(), kept.van.pk, kept.water.pk
    for by in (kept.w.worker, kept.w.steward, far):
        for act in (
            lambda by: stock.take_in(by=by, supply=water, place=van, amount=1, key=key),
            lambda by: stock.lose(by=by, supply=water, place=van, lot=None, amount=1, key=key),
            lambda by: stock.count(by=by, supply=water, counted={(van, None): 1}),
            lambda by: stock.take_from(by=by, place=van),
            lambda by: stock.stop(by=by, supply=water),
        ):
            with pytest.raises(Refused):
                act(by)
    assert not StockLine.objects.exists()


def test_a_coordinator_says_that_things_came_from_elsewhere(kept: Kept) -> None:
    kept.come_in("A", "2026-06-01", 3)
    kept.come_in("B", "2026-07-01", 9, kept.room)
    sent = kept.send(kept.entry(supplies={"naloxone": 2}))
    share, lot = Share.objects.get(), Lot.objects.get(expires=dt.date(2026, 7, 1))
    stock.redraw(by=kept.w.coordinator, share=share.pk, supply=kept.naloxone.pk, place=kept.room.pk, lot=lot.pk)
    assert kept.there() == {("Van", "A"): 3, ("Back room", "B"): 7}
    kept.send({**sent, "revision": 2, "shared": False})
    assert kept.there() == {("Van", "A"): 3, ("Back room", "B"): 9}, "back to where they came from"


def test_what_is_no_longer_counted_is_left_alone_and_can_begin_again(
    kept: Kept, travel: time_machine.Traveller
) -> None:
    stock.take_in(by=kept.w.coordinator, supply=kept.water.pk, place=kept.van.pk, amount=9, key=uuid4())
    sent = kept.send(kept.entry(supplies={"water": 2}))
    stock.stop(by=kept.w.coordinator, supply=kept.water.pk)
    kept.send(kept.entry(supplies={"water": 3}))
    travel.shift(dt.timedelta(days=2))
    assert stock_queries.levels(kept.w.group)[0].supply == kept.naloxone
    again = stock.keep(by=kept.w.coordinator, code="water", unit="a case", by_lot=False)
    assert again == kept.water
    kept.send({**sent, "revision": 2, "people": 3})
    assert kept.there(again) == {("Van", ""): 7}, "work of before the new start changes nothing"


def test_old_lines_become_one_and_the_sum_stays(kept: Kept, travel: time_machine.Traveller) -> None:
    kept.come_in("A", "2028-06-01", 9)
    kept.come_in("B", "2028-07-01", 9)
    for n in range(4):
        kept.send(kept.entry(supplies={"naloxone": n + 1}))
        travel.shift(dt.timedelta(days=1))
        jobs.write_stock()
    there = kept.there()
    travel.shift(dt.timedelta(days=399))
    for _day in range(3):
        jobs.write_stock()
        assert kept.there() == there
        travel.shift(dt.timedelta(days=1))
    assert set(StockLine.objects.values_list("what", flat=True)) == {"before"}


def test_a_group_goes_with_all_its_stock_and_an_account_leaves_what_it_handed_out(kept: Kept) -> None:
    kept.come_in("A", "2026-06-01", 9)
    kept.send(kept.entry(supplies={"naloxone": 4}))
    leaving.remove(account=kept.w.worker.account, key=None)
    assert kept.there() == {("Van", "A"): 5}
    assert not Drawn.objects.exists()
    leaving.remove_group(group=kept.w.group.pk)
    assert not any(m.objects.exists() for m in (StockLine, HandedOut, Supply, Place, Lot))


def browser(who: Membership) -> Client:
    one = Client()
    one.force_login(who.account, backend=BACKEND)
    return one


def test_members_see_what_is_there_and_coordinators_what_was_written(kept: Kept) -> None:
    kept.come_in("LOT77", "2026-04-01", 9)
    kept.send(kept.entry(supplies={"naloxone": 4}))
    path = f"/work/groups/{kept.w.group.pk}/stock/{kept.naloxone.pk}/"
    seen, all_of_it = (browser(who).get(path).content.decode() for who in (kept.w.other, kept.w.coordinator))
    for page in (seen, all_of_it):
        assert "LOT77" in page
        assert "Hand out first" in page
        assert "Some goes out of date soon" in page
        assert "About 8 days left" in page  # 5 left, 4 a week
        assert "Wren" not in page
    assert "Came in" in all_of_it
    assert "Came in" not in seen
    assert "/count/" not in seen


def test_in_a_group_of_few_only_who_looks_after_the_stock_sees_how_much_there_is(kept: Kept) -> None:
    """Two looks would else give what somebody handed out between them."""
    kept.come_in("LOT77", "2026-04-01", 9)
    root = f"/work/groups/{kept.w.group.pk}/stock/"
    people.leave(membership=kept.w.second, settled=True)
    before = [browser(kept.w.other).get(path).content for path in (root, f"{root}{kept.naloxone.pk}/")]
    kept.send(kept.entry(supplies={"naloxone": 4}))
    after = [browser(kept.w.other).get(path).content for path in (root, f"{root}{kept.naloxone.pk}/")]
    assert [_plain(page) for page in after] == [_plain(page) for page in before]
    assert b"LOT77" in after[1], "what to hand out first is still said"
    assert b"fewer than five" in after[0]
    for path in (root, f"{root}{kept.naloxone.pk}/"):
        assert "About 8 days left" in browser(kept.w.coordinator).get(path).content.decode()


def _plain(page: bytes) -> bytes:
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", page)


def test_pages_write_what_they_say(kept: Kept) -> None:
    cleo, root = browser(kept.w.coordinator), f"/work/groups/{kept.w.group.pk}/stock"
    given = {"key": str(uuid4()), "amount": "12", "place": str(kept.van.pk)}
    assert cleo.post(f"{root}/{kept.naloxone.pk}/in/", given).status_code == 422, "a lot needs its number and day"
    assert (
        cleo.post(f"{root}/{kept.naloxone.pk}/in/", {**given, "number": "L1", "expires": "2027-01-01"}).status_code
        == 302
    )
    lot = Lot.objects.get()
    spot = f"{kept.van.pk}.{lot.pk}"
    moved = {"key": str(uuid4()), "spot": spot, "amount": "2", "to": str(kept.room.pk)}
    assert cleo.post(f"{root}/{kept.naloxone.pk}/move/", moved).status_code == 302
    lost = {"key": str(uuid4()), "spot": spot, "amount": "1", "why": "expired"}
    assert cleo.post(f"{root}/{kept.naloxone.pk}/lost/", lost).status_code == 302
    assert kept.there() == {("Van", "L1"): 9, ("Back room", "L1"): 2}
    page = cleo.get(f"{root}/{kept.naloxone.pk}/count/").content.decode()
    assert "We have it as 9." in page
    assert page.count('name="spot_') == 2
    assert cleo.post(f"{root}/{kept.naloxone.pk}/count/", {"spot_0": "", "spot_1": "0"}).status_code == 302
    assert kept.there() == {("Back room", "L1"): 2}, "places in the order of their names"
    assert cleo.post(f"{root}/places/", {"first": str(kept.room.pk)}).status_code == 302
    assert Place.objects.get(first=True) == kept.room
    assert cleo.post(f"{root}/{kept.water.pk}/stop/").status_code == 302
    assert "Water" not in cleo.get(f"{root}/").content.decode()
    assert cleo.get(f"{root}/{kept.water.pk}/").status_code == 404
    assert cleo.get(f"{root}/{kept.naloxone.pk}/burn/").status_code == 404


def test_a_page_says_where_the_things_of_shared_work_came_from(kept: Kept) -> None:
    kept.come_in("A", "2026-06-01", 3)
    kept.come_in("B", "2026-07-01", 9, kept.room)
    kept.send(kept.entry(supplies={"naloxone": 2}))
    share, cleo = Share.objects.get(), browser(kept.w.coordinator)
    path = f"/work/groups/{kept.w.group.pk}/shared/{share.pk}/"
    assert f"{path}stock/" in cleo.get(path).content.decode()
    far = Lot.objects.get(expires=dt.date(2026, 7, 1))
    assert cleo.post(f"{path}stock/", {"supply": str(kept.naloxone.pk), "spot": "nowhere"}).status_code == 422
    to = {"supply": str(kept.naloxone.pk), "spot": f"{kept.room.pk}.{far.pk}"}
    assert cleo.post(f"{path}stock/", to).status_code == 302
    assert kept.there() == {("Van", "A"): 3, ("Back room", "B"): 7}
    bare = kept.send(kept.entry())
    other = queries.shared_states(kept.w.worker.account, [UUID(bare["id"])])[UUID(bare["id"])].share
    assert cleo.get(f"/work/groups/{kept.w.group.pk}/shared/{other.pk}/stock/").status_code == 404


def test_the_groups_chain_holds(kept: Kept) -> None:
    kept.come_in("A", "2026-06-01", 3)
    kept.send(kept.entry(supplies={"naloxone": 2}))
    assert audit.verify(kept.w.group.pk) is None


def test_a_place_is_renamed_and_closed_once_nothing_is_there(kept: Kept) -> None:
    by = kept.w.coordinator
    kept.come_in("A1", "2027-01-31", 5, at=kept.room)
    stock.rename_place(by=by, place=kept.room.pk, name="Shed")
    assert kept.there() == {("Shed", "A1"): 5}
    with pytest.raises(Refused):
        stock.close_place(by=by, place=kept.van.pk)  # where hand-outs are taken from
    with pytest.raises(Refused):
        stock.close_place(by=by, place=kept.room.pk)
    (lot,) = Lot.objects.values_list("pk", flat=True)
    stock.move(by=by, supply=kept.naloxone.pk, place=kept.room.pk, lot=lot, to=kept.van.pk, amount=5, key=uuid4())
    stock.close_place(by=by, place=kept.room.pk)
    assert [name for _row, name in stock_queries.places(kept.w.group)] == ["Van"]
    with pytest.raises(Refused):
        kept.come_in("A1", "2027-01-31", 5, at=kept.room)
    with pytest.raises(Refused):
        stock.take_from(by=by, place=kept.room.pk)
    stock.close_place(by=by, place=kept.room.pk, closed=False)
    kept.come_in("A1", "2027-01-31", 1, at=kept.room)
    for act in (stock.rename_place, stock.close_place):
        with pytest.raises(Refused):
            act(by=kept.w.worker, place=kept.room.pk, **({"name": "x"} if act is stock.rename_place else {}))


def test_things_of_the_groups_own_are_handed_out_by_a_line(kept: Kept) -> None:
    by, once = kept.w.coordinator, uuid4()
    socks = stock.keep_own(by=by, name="Socks", unit="a pair", by_lot=False)
    with pytest.raises(Refused):
        stock.keep_own(by=by, name=" socks ", unit="one", by_lot=False)
    stock.take_in(by=by, supply=socks.pk, place=kept.van.pk, amount=9, key=uuid4())
    for _twice in range(2):
        stock.hand_out(by=by, supply=socks.pk, place=kept.van.pk, lot=None, amount=4, key=once)
    (level,) = stock_queries.levels(kept.w.group, [socks])
    assert (level.name, level.unit, level.there, level.week) == ("Socks", "a pair", 5, 4)
    with pytest.raises(Refused):
        stock.hand_out(by=by, supply=kept.water.pk, place=kept.van.pk, lot=None, amount=1, key=uuid4())
    client = Client()
    client.force_login(by.account, backend=BACKEND)
    root = f"/work/groups/{kept.w.group.pk}/stock/"
    assert "Socks" in client.get(root).content.decode()
    assert "Socks" in client.get(f"{root}{socks.pk}/lost/").content.decode()
    given = {"spot": f"{kept.van.pk}.", "amount": 1, "why": "out", "key": str(uuid4())}
    assert client.post(f"{root}{socks.pk}/lost/", given).status_code == 302
    assert kept.there(socks) == {("Van", ""): 4}
    made = client.post(f"{root}things/", {"own-name": "Tents", "own-unit": "one"})
    assert made.status_code == 302
    assert sorted(stock_queries.own_names(kept.w.group).values()) == ["Socks", "Tents"]
    assert client.post(f"{root}things/", {"own-name": "Tents", "own-unit": "one"}).status_code == 422


def test_places_are_changed_on_their_page(kept: Kept) -> None:
    client = Client()
    client.force_login(kept.w.coordinator.account, backend=BACKEND)
    page, room = f"/work/groups/{kept.w.group.pk}/stock/places/", str(kept.room.pk)
    client.post(page, {"rename": room, "called": "Shed"})
    client.post(page, {"close": room})
    assert [(name, row.closed) for row, name in stock_queries.places(kept.w.group, closed_too=True)] == [
        ("Van", False),
        ("Shed", True),
    ]
    client.post(page, {"open": room})
    client.post(page, {"first": room})
    assert stock_queries.first_place(kept.w.group.pk) == kept.room
    assert client.post(page, {"close": "nothing"}).status_code == 302
    assert client.post(page, {"other": room}).status_code == 302


def test_coordinators_are_told_once_that_something_runs_out(kept: Kept, travel: time_machine.Traveller) -> None:
    def letters() -> int:
        return Letter.objects.filter(code="work.low").count()

    jobs.write_stock()
    assert letters() == 0, "of what nobody ever counted none is about to run out"
    kept.come_in("A1", "2027-01-31", 20)
    kept.send(kept.entry(supplies={"naloxone": 8}))
    jobs.write_stock()
    jobs.write_stock()
    told = Letter.objects.filter(code="work.low")
    coordinators = {kept.w.coordinator.account_id, kept.w.second.account_id}
    assert {letter.owner for letter in told} >= coordinators
    assert kept.w.worker.account_id not in {letter.owner for letter in told}
    once = letters()
    kept.come_in("A1", "2027-01-31", 200)
    jobs.write_stock()
    assert letters() == once
    kept.send(kept.entry(supplies={"naloxone": 205}))
    jobs.write_stock()
    assert letters() == 2 * once, "there was enough in between"
