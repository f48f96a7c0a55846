"""Who left a group: what it owes them stays in sight, and a closed group lets its last ones go when all is settled."""

import io
import json
import re
import threading
import time
import zipfile
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from alongside.home import flows
from alongside.home.tests.test_group_life import browse, shared
from alongside.kit import clock
from alongside.kit.models import AuditRow
from alongside.pay import actions as pay
from alongside.pay import disputes
from alongside.pay import queries as ledger
from alongside.pay.models import Payment
from alongside.pay.rules import Way
from alongside.pay.tests.test_at_once import alone, threads
from alongside.people import actions as people
from alongside.people.models import Account, Membership
from alongside.work import actions as work
from alongside.work import sharing
from alongside.work.models import Share
from tests.world import World, account, world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def leave(*who: Membership) -> None:
    """They leave, one after another, as they are by now."""
    for one in who:
        flows.leave_group(membership=Membership.objects.select_related("group").get(pk=one.pk))


def number(w: World) -> UUID:
    return pay.payee(membership=w.worker).payee


def paid(w: World, amount: int = 2500, owed: int = 2500) -> Payment:
    ways = [Way("cash", amount)]
    return pay.pay(by=w.coordinator, payee=number(w), currency="CAD", expected=owed, key=uuid4(), ways=ways)


def claim_of(sent: dict[str, Any]) -> UUID:
    claim = Share.objects.get(entry=sent["id"]).claim
    assert claim is not None
    return claim


def taken(who: Account) -> dict[str, Any]:
    """What somebody takes along, by the name of the file."""
    packed = zipfile.ZipFile(io.BytesIO(browse(who).get("/account/alongside.zip").content))
    return {name: json.loads(packed.read(name)) for name in packed.namelist() if name.endswith(".json")}


def links(client: Client, path: str) -> set[str]:
    """Where the body of a page leads to within pay."""
    page = client.get(path).content.decode().split("<main", 1)[1]
    return set(re.findall(r'href="(/pay/[^"]+)"', page))


@pytest.fixture
def left() -> World:
    """Wren left: of 25.00 that the group owed, 10.00 was paid and came."""
    w = world()
    shared(w)
    pay.confirm(membership=w.worker, payment=paid(w, 1000).pk)
    leave(w.worker)
    return w


def test_who_left_is_shown_what_is_owed_before_the_account_goes(left: World) -> None:
    wren = browse(left.worker.account)
    assert reverse("home:owed") in wren.get(reverse("home:delete")).content.decode()
    page = wren.get(reverse("home:owed")).content.decode()
    assert "15.00" in page
    assert str(number(left)) in page
    assert "Union" in page


def test_who_left_takes_along_the_groups_roles_and_pay_of_before(left: World) -> None:
    files = taken(left.worker.account)
    (group,) = files["groups.json"]
    assert (group["group"], group["my_name_there"], group["left"]) == ("Union", "Wren", clock.today().isoformat())
    (role,) = files["roles.json"]
    assert (role["ended"], role["agreed"][0]["terms"]["rate"]["amount"]) == (True, 2500)
    (owed,) = files["pay.json"]
    assert owed["number"] == str(number(left))
    assert [payment["amount"] for payment in owed["payments"]] == ["10.00"]
    assert [line["for"] for line in owed["claims"][0]["lines"]] == ["time", "paid"]
    (group,) = taken(left.other.account)["groups.json"]
    assert group["left"] is None


def test_who_left_opens_whatever_their_pay_leads_to(left: World) -> None:
    wren, payment, month = browse(left.worker.account), Payment.objects.get(), f"{clock.today():%Y-%m}"
    found = links(wren, reverse("pay:mine"))
    own = {reverse("pay:payment", args=[payment.pk]), reverse("pay:statement", args=[left.group.pk, month])}
    assert own <= found
    for path in own:
        found |= links(wren, path)
    papers = {
        reverse("pay:receipt-pdf", args=[payment.pk]),
        reverse("pay:statement-pdf", args=[left.group.pk, month]),
    }
    assert papers <= found
    assert {path: wren.get(path).status_code for path in found} == dict.fromkeys(found, 200)
    stranger = browse(account("stranger"))
    assert {stranger.get(path).status_code for path in found - {reverse("pay:mine")}} == {404}


def test_how_long_pay_takes_is_for_who_is_there(left: World) -> None:
    where = reverse("pay:wait", args=[left.group.pk])
    assert where not in links(browse(left.worker.account), reverse("pay:mine"))
    assert browse(left.worker.account).get(where).status_code == 404
    assert where in links(browse(left.other.account), reverse("pay:mine"))


def test_the_last_one_who_goes_is_told_who_waits_for_pay_and_so_are_they(left: World) -> None:
    """Nobody is kept from deleting their account; whoever relied on them learns of it."""
    told, last = "People still wait for pay", left.steward.account
    leave(left.other)
    people.set_part(by=left.steward, member=left.steward.pk, coordinates=True, stewards=True)
    leave(left.coordinator, left.second)
    assert told in browse(last).get(reverse("home:delete")).content.decode()
    flows.delete_account(account=last)
    wren, other = (browse(who.account).get("/letters/").content.decode() for who in (left.worker, left.other))
    assert "Nobody is left in Union who could pay you here." in wren
    assert reverse("home:owed") in wren
    assert "Nobody is left" not in other
    page = browse(left.worker.account).get(reverse("home:owed")).content.decode()
    assert "15.00" in page
    assert reverse("home:delete") not in page, "who comes from a letter is not on the way out"


def test_whoever_is_not_the_last_one_goes_without_a_word_of_that(left: World) -> None:
    assert "People still wait for pay" not in browse(left.second.account).get(reverse("home:delete")).content.decode()
    flows.delete_account(account=left.second.account)
    assert "Nobody is left" not in browse(left.worker.account).get("/letters/").content.decode()


def test_who_left_opens_nothing_of_anybody_elses(left: World) -> None:
    leave(left.other, left.coordinator)
    payment = Payment.objects.get()
    for who in (left.other, left.coordinator):
        for name in ("payment", "receipt-pdf"):
            answer = browse(who.account).get(reverse(f"pay:{name}", args=[payment.pk]))
            assert answer.status_code == 403
    assert browse(left.second.account).get(reverse("pay:payment", args=[payment.pk])).status_code == 200


def test_a_payment_that_was_taken_back_says_so_in_what_one_takes_along() -> None:
    w = world()
    shared(w)
    payment = paid(w)
    assert [one["taken_back"] for one in taken(w.worker.account)["pay.json"][0]["payments"]] == [None]
    pay.reverse(by=w.coordinator, payment=payment.pk)
    said = taken(w.worker.account)["pay.json"][0]["payments"]
    assert [one["taken_back"] for one in said] == [clock.today().isoformat()]


def owing() -> tuple[World, dict[str, Any]]:
    """A group, and work that it owes."""
    w = world()
    return w, shared(w)


def lacking() -> tuple[World, Payment]:
    """A closed group, and a payment of which its payee said that it did not come."""
    w, _sent = owing()
    payment = paid(w)
    pay.not_received(membership=w.worker, payment=payment.pk)
    people.close_group(by=w.steward)
    return w, payment


def last_ones_stay(w: World) -> None:
    with pytest.raises(people.Refused, match="only steward"):
        leave(w.steward)
    leave(w.second)
    with pytest.raises(people.Refused, match="Nobody else here can pay"):
        leave(w.coordinator)


def last_ones_go(w: World) -> None:
    leave(w.coordinator, w.steward)
    assert not Membership.objects.filter(group=w.group, left=None, coordinates=True).exists()
    assert not Membership.objects.filter(group=w.group, left=None, stewards=True).exists()


def test_the_last_ones_of_a_closed_group_stay_while_something_is_in_question() -> None:
    w, sent = owing()
    disputes.dispute(by=w.coordinator, claim=claim_of(sent), reason="Was it an hour?", offer=None)
    people.close_group(by=w.steward)
    assert ledger.to_pay(w.group) == [], "nothing of it may be paid yet"
    last_ones_stay(w)
    disputes.withdraw(by=w.coordinator, claim=claim_of(sent))
    with pytest.raises(people.Refused):
        leave(w.steward)
    paid(w)
    last_ones_go(w)


def test_the_last_ones_of_a_closed_group_stay_while_money_did_not_come() -> None:
    w, payment = lacking()
    assert ledger.to_pay(w.group) == []
    last_ones_stay(w)
    pay.confirm(membership=w.worker, payment=payment.pk)
    last_ones_go(w)


def test_money_that_did_not_come_is_paid_anew_and_then_the_last_ones_go() -> None:
    w, payment = lacking()
    pay.reverse(by=w.coordinator, payment=payment.pk)
    last_ones_stay(w)
    paid(w)
    last_ones_go(w)


def test_money_that_was_paid_ahead_holds_nobody_back() -> None:
    w, _sent = owing()
    pay.pay_ahead(by=w.coordinator, to=w.worker, currency="CAD", expected=2500, key=uuid4(), ways=[Way("cash", 4000)])
    people.close_group(by=w.steward)
    assert [row.amount for row in ledger.to_pay(w.group)] == [-1500]
    leave(w.second)
    last_ones_go(w)


@pytest.mark.django_db(transaction=True, databases=["default", "keys"])
def test_what_is_being_shared_is_shared_before_its_person_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    """On SQLite there is one writer. Elsewhere leaving waits until the sync is done, or came first."""
    if connections["default"].vendor == "sqlite":
        pytest.skip("one writer")

    def prepare() -> tuple[World, dict[str, Any]]:
        w = world()
        return w, {**shared(w), "id": str(uuid4())}

    w, sent = alone(prepare)
    reached, gone, real = threading.Event(), threading.Event(), sharing.lock

    def late(ctx: sharing.Context, entries: dict[str, Any]) -> None:
        reached.set()
        until = time.monotonic() + 20
        while not gone.is_set() and time.monotonic() < until and not waits():
            pass
        real(ctx, entries)

    def waits() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            row = cursor.fetchone()
        return bool(row and row[0])

    def go() -> str:
        assert reached.wait(20)
        leave(w.worker)
        gone.set()
        return "left"

    monkeypatch.setattr(sharing, "lock", late)
    answer, _left = threads(lambda: work.sync(account=w.worker.account, entries=[sent])[0].status, go)
    assert answer == "stored"
    rows = AuditRow.objects.filter(chain=w.group.pk, act__in=["work.shared", "group.left"]).order_by("seq")
    assert alone(lambda: list(rows.values_list("act", flat=True))) == ["work.shared", "work.shared", "group.left"]
