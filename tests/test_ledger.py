"""Work and the ledger together, under any interleaving of what a worker and two coordinators can do.

One worker records, shares, edits, takes back and deletes; two coordinators dispute, offer and pay. A small model,
worked out apart from the code that it judges, says what each claim must come to.
"""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import ceil
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, initialize, invariant, rule

from alongside.kit import closed
from alongside.pay import actions as pay
from alongside.pay import queries as ledger
from alongside.pay.models import Claim, Line, Message, Payment
from alongside.pay.tests.model import Model, Talk, may, settle
from alongside.roles import actions as roles
from alongside.roles.rules import Rate
from alongside.roles.tests.parts import other, proposed
from alongside.work import actions as work
from alongside.work import queries
from alongside.work.models import Entry, Share
from tests.machine import Walk, walk

MONDAY = dt.date(2026, 3, 2)
RATE = Rate(
    start="2026-03-01", amount=2345, unit="hour", currency="CAD", minimum=60, rounding=15, premium=33, callout=2000,
    parts=("night",), weekdays=(6,), counts=("travel", "waiting"), expenses=("travel", "food"),
)  # fmt: skip
SECRET = "nobody else reads this"

WHO = st.sampled_from(("coordinator", "second"))
WORK = st.fixed_dictionaries(
    {
        "day": st.sampled_from(["2026-02-27", "2026-03-01", "2026-03-02"]),  # before the rate; a Sunday; a Monday
        "kinds": st.sampled_from([["outreach"], ["forms", "outreach"], ["cleaning"], ["cleaning", "outreach"]]),
        "part": st.sampled_from([None, "morning", "night"]),
        "minutes": st.none() | st.integers(0, 200),
        "extra": st.dictionaries(st.sampled_from(["prep", "travel", "waiting"]), st.integers(0, 50)),
        "expenses": st.lists(
            st.fixed_dictionaries(
                {
                    "code": st.sampled_from(["travel", "phone"]),
                    "amount": st.integers(1, 999),
                    "currency": st.sampled_from(["CAD", "USD"]),
                }
            ),
            max_size=2,
        ),
        "origin": st.sampled_from([None, "called", "happened"]),
        "weight": st.sampled_from([None, 0, 3]),
        "barriers": st.sampled_from([[], ["police"]]),
        "note": st.sampled_from([None, SECRET]),
        "share_note": st.booleans(),
        "with_role": st.sampled_from([True, True, True, False]),
    }
)


def due(entry: dict[str, Any]) -> int | None:
    """What the agreed rate says, in cents; ``None`` where no rate is agreed for it."""
    if not entry["with_role"] or entry["day"] < "2026-03-01":
        return None
    if entry["kinds"] == ["cleaning"]:
        return 0
    minutes = (entry["minutes"] or 0) + entry["extra"].get("travel", 0) + entry["extra"].get("waiting", 0)
    time = _cents(Decimal(2345) * ceil(max(minutes, 60) / 15) * 15 / 60)
    late = entry["part"] == "night" or entry["day"] == "2026-03-01"
    spent = sum(e["amount"] for e in entry["expenses"] if (e["code"], e["currency"]) == ("travel", "CAD"))
    return time + (_cents(time * Decimal("0.33")) if late else 0) + (2000 if entry["origin"] == "called" else 0) + spent


def _cents(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


@dataclass
class Work:
    """An entry as it should be: its newest content, whether its group has a copy, and its claim."""

    content: dict[str, Any]
    revision: int = 1
    shared: bool = False
    deleted: bool = False
    asked: bool = False
    claim: UUID | None = None


class Loop(Talk, Walk):
    entries: Bundle[str] = Bundle("entries")

    def __init__(self) -> None:
        super().__init__()
        terms = other(rate=RATE, scope_in=("outreach",), scope_out=("cleaning",))
        self.role, version, [holding] = proposed(self.w.coordinator, self.w.worker, terms=terms)
        roles.agree(holding=holding, version=version)
        self.work: dict[str, Work] = {}
        self.claims: dict[UUID, Model] = {}
        self.payments: dict[UUID, int] = {}
        self.days: dict[UUID, dt.date] = {}
        self.back: set[UUID] = set()
        self.came: set[UUID] = set()
        self.before: list[Any] = []

    @property
    def chains(self) -> list[UUID]:
        return [*super().chains, self.w.worker.account_id]

    def raw(self, id_: str) -> dict[str, Any]:
        """The entry as the phone sends it."""
        w = self.work[id_]
        if w.deleted:
            return {"id": id_, "revision": w.revision, "deleted": True}
        content = {k: v for k, v in w.content.items() if k != "with_role"}
        role = str(self.role.pk) if w.content["with_role"] else None
        given = {"group": str(self.w.group.pk), "role": role, "shared": w.shared}
        return {"id": id_, "revision": w.revision, **content, **given}

    def send(self, id_: str) -> None:
        """Sync the entry as it is now in the model, then let the model follow."""
        [answer] = work.sync(account=self.w.worker.account, entries=[self.raw(id_)])
        assert answer.status == "stored", answer

    def settle(self, id_: str, was_shared: bool) -> None:
        w = self.work[id_]
        owed = self.claims.get(w.claim) if w.claim else None
        if not w.shared:
            if was_shared:
                assert not Message.objects.filter(claim=w.claim), "what was written goes with the copy"
                assert not any(row.reason for row in Claim.objects.filter(pk=w.claim))
                w.asked = owed is not None and not owed.paid and not owed.dropped and owed.owed != 0
            return
        w.asked = False
        wanted = due(w.content)
        if owed is not None and not owed.dropped:
            owed.correct(wanted or 0, self.today)
        elif wanted is None:
            w.claim = None
        else:
            w.claim = Share.objects.get(entry=id_).claim
            assert w.claim is not None
            assert w.claim not in self.claims, "two pieces of work for one claim"
            day = dt.date.fromisoformat(w.content["day"])
            self.claims[w.claim] = Model("worker", wanted, self.today, self.today, day)

    @rule(target=entries, content=WORK, shared=st.booleans())
    def record(self, content: dict[str, Any], shared: bool) -> str:
        id_ = str(uuid4())
        self.work[id_] = Work(content, shared=shared)
        self.send(id_)
        self.settle(id_, False)
        return id_

    @initialize(target=entries, content=WORK)
    def share_something_first(self, content: dict[str, Any]) -> str:
        return self.record({**content, "day": "2026-03-02", "with_role": True}, True)

    @rule(id_=entries, content=WORK)
    def edit(self, id_: str, content: dict[str, Any]) -> None:
        self.change(id_, content, self.work[id_].shared)

    @rule(id_=entries)
    def share_or_take_back(self, id_: str) -> None:
        self.change(id_, None, not self.work[id_].shared)

    @rule(id_=entries, content=WORK, shared=st.booleans())
    def change(self, id_: str, content: dict[str, Any] | None, shared: bool) -> None:
        """Edit, share, take back, share again, or make anew what was deleted."""
        w = self.work[id_]
        was = w.shared
        w.revision, w.shared, w.deleted, w.content = w.revision + 1, shared, False, content or w.content
        self.send(id_)
        self.settle(id_, was)

    @rule(id_=entries)
    def delete(self, id_: str) -> None:
        w = self.work[id_]
        was, w.shared, w.deleted, w.revision = w.shared, False, True, w.revision + 1
        self.send(id_)
        self.settle(id_, was)

    @rule(id_=entries)
    def send_again(self, id_: str) -> None:
        [answer] = work.sync(account=self.w.worker.account, entries=[self.raw(id_)])
        assert answer.status == "unchanged"

    @rule(id_=entries)
    def send_something_old(self, id_: str) -> None:
        stale = {**self.raw(id_), "revision": self.work[id_].revision + 2}
        [answer] = work.sync(account=self.w.worker.account, entries=[stale])
        assert answer.status == "conflict"

    @rule(id_=entries, keep=st.booleans())
    def keep_or_drop(self, id_: str, keep: bool) -> None:
        w, share = self.work[id_], Share.objects.filter(entry=id_).first()
        owed = self.claims.get(w.claim) if w.claim else None
        allowed = w.asked and (keep or (owed is not None and not owed.paid))
        wanted = {"account": self.w.worker.account, "share": share.pk if share else uuid4(), "keep": keep}
        if may(allowed, work.keep_or_drop, **wanted):
            w.asked = False
            if not keep and owed is not None:
                owed.drop()

    def talk(self, id_: str, act: Callable[..., None], by: str, **given: Any) -> None:
        """One side of a dispute about an entry's claim does something."""
        claim = self.work[id_].claim
        if claim is not None:
            act(self.claims[claim], own=by == "worker", claim=claim, by=getattr(self.w, by), **given)

    @rule(id_=entries, by=WHO, offer=st.none() | st.integers(0, 9000))
    def dispute(self, id_: str, by: str, offer: int | None) -> None:
        self.talk(id_, self.ask, by, offer=offer)

    @rule(id_=entries, by=WHO, offer=st.none() | st.integers(0, 9000))
    def group_writes(self, id_: str, by: str, offer: int | None) -> None:
        self.talk(id_, self.reply, by, offer=offer, text=SECRET)

    @rule(id_=entries, wish=st.none() | st.integers(0, 9000))
    def worker_writes(self, id_: str, wish: int | None) -> None:
        self.talk(id_, self.answer, "worker", wish=wish, text=SECRET)

    @rule(id_=entries)
    def worker_says_yes(self, id_: str) -> None:
        self.talk(id_, self.accept, "worker")

    @rule(id_=entries, by=WHO)
    def group_says_yes(self, id_: str, by: str) -> None:
        self.talk(id_, self.agree, by)

    @rule(id_=entries, by=WHO)
    def take_back_the_question(self, id_: str, by: str) -> None:
        self.talk(id_, self.withdraw, by)

    @rule(by=WHO, off=st.sampled_from((0, 0, 0, 1, -1)))
    def pay(self, by: str, off: int) -> None:
        mine = [(m.opened, m.day, id_, m) for id_, m in self.claims.items()]
        open_ = [m for *_order, m in sorted(mine, key=lambda one: one[:3]) if m.due != m.paid]
        total, key = sum(m.due - m.paid for m in open_), uuid4()
        payee = pay.payee(membership=self.w.worker).payee
        wanted = {"by": getattr(self.w, by), "payee": payee, "currency": "CAD", "expected": total + off, "key": key}
        if may(total > 0 and off == 0, pay.pay, **wanted):
            self.payments[key], self.days[key] = total, self.today
            assert not settle(open_, [(key, total)], lambda one: (self.days[one], one))
            may(True, pay.pay, **wanted)  # the same form once more pays nothing

    @rule()
    def confirm(self) -> None:
        for key in self.payments:
            if may(key not in self.back, pay.confirm, membership=self.w.worker, payment=key):
                self.came.add(key)

    @rule(by=WHO)
    def take_back_what_did_not_come(self, by: str) -> None:
        """Every payment without a word from the worker: its claims are owed again, and may be dropped again."""
        for key in self.payments:
            if may(key not in self.came, pay.reverse, by=getattr(self.w, by), payment=key):
                self.back.add(key)
                for m in self.claims.values():
                    m.by.pop(key, None)

    @rule(days=st.integers(1, 9))
    def wait(self, days: int) -> None:
        self.travel.shift(dt.timedelta(days=days))

    @invariant()
    def no_line_ever_changed(self) -> None:
        now = list(Line.objects.order_by("pk").values_list())
        assert now[: len(self.before)] == self.before
        self.before = now

    @invariant()
    def the_lines_are_what_is_owed(self) -> None:
        assert set(Claim.objects.values_list("pk", flat=True)) == self.claims.keys()
        found = ledger.state(self.claims)
        for id_, m in self.claims.items():
            assert (found[id_].owed, found[id_].paid, found[id_].payable) == (m.owed, m.paid, m.due - m.paid)
            assert (found[id_].state == "disputed") == (m.dispute == "open")
        for w in self.work.values():
            m_ = self.claims.get(w.claim) if w.claim else None
            if w.shared and (m_ is None or not m_.agreed):
                assert (m_.owed if m_ else 0) == (due(w.content) or 0)
        assert sum(Line.objects.values_list("amount", flat=True)) == sum(m.owed - m.paid for m in self.claims.values())

    @invariant()
    def nothing_is_paid_twice(self) -> None:
        assert dict(Payment.objects.values_list("pk", "amount")) == self.payments
        kept = {key: amount for key, amount in self.payments.items() if key not in self.back}
        assert sum(kept.values()) == sum(m.paid for m in self.claims.values())
        for key in self.payments:
            lines = sum(Line.objects.filter(payment=key).values_list("amount", flat=True))
            assert -lines == kept.get(key, 0)

    @invariant()
    def the_group_has_copies_of_what_is_shared_and_no_more(self) -> None:
        shares = {str(s.entry_id): s for s in Share.objects.all()}
        for id_, w in self.work.items():
            share = shares.get(id_)
            if not w.shared:
                assert share is None or (share.withdrawn and bytes(share.copy) == b"")
                assert share is None or share.answered == (not w.asked)
                continue
            assert share is not None
            assert (share.withdrawn, share.claim) == (False, w.claim)
            assert share.revision <= w.revision, "a change that the group does not see makes no new copy"
            text = closed.read(self.w.group.pk, share.place, share.copy)
            copy = json.loads(text)
            assert not {"weight", "barriers", "share_note", "role", "id"} & copy.keys()
            assert "police" not in text
            assert (SECRET in text) == (w.content["share_note"] and w.content["note"] is not None)
            assert copy["day"] == w.content["day"]
            assert copy["minutes"] == w.content["minutes"]
        shown = {str(item.share.entry_id) for item in queries.inbox(self.w.coordinator)}
        assert len(self.work) > queries.PAGE or shown == {id_ for id_, w in self.work.items() if w.shared}

    @invariant()
    def the_record_is_the_workers(self) -> None:
        rows = {str(e.pk): e for e in Entry.objects.all()}
        assert rows.keys() == self.work.keys()
        for id_, w in self.work.items():
            assert (rows[id_].revision, rows[id_].gone is not None) == (w.revision, w.deleted)
            assert not w.deleted or bytes(rows[id_].content) == b""


@pytest.mark.django_db(databases=["default", "keys"])
def test_any_interleaving_keeps_work_and_ledger_together() -> None:
    walk(Loop, 20)
