"""The ledger under any interleaving of what one worker and two coordinators can do, against a plain model of it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, invariant, rule

from alongside.pay import actions, queries
from alongside.pay.models import Claim, Line, Message, Payment
from alongside.pay.rules import Owed, Way
from alongside.pay.tests.helpers import DAY
from alongside.pay.tests.model import Model, Talk, may, settle
from tests.machine import Walk, walk

AMOUNTS = st.integers(0, 400)
WHO = st.sampled_from(("coordinator", "second"))
TO = st.sampled_from(("worker", "coordinator"))
ANYBODY = st.sampled_from(("worker", "coordinator", "second"))
TEXT = st.sampled_from(("", "Why"))


@dataclass
class Handed:
    """What a payment should be; ``back`` when it was taken back."""

    to: str
    total: int
    day: dt.date
    received: bool = False
    back: bool = False


class Ledger(Talk, Walk):
    claims: Bundle[UUID] = Bundle("claims")
    payments: Bundle[UUID] = Bundle("payments")

    def __init__(self) -> None:
        super().__init__()
        self.model: dict[UUID, Model] = {}
        self.paid: dict[UUID, Handed] = {}
        self.before: list[Any] = []

    def who(self, name: str) -> Any:
        return getattr(self.w, name)

    @rule(target=claims, of=TO, amount=AMOUNTS)
    def open(self, of: str, amount: int) -> UUID:
        parts = [Owed("time", amount)] if amount else []
        member = self.who(of)
        id_ = actions.open_claim(membership=member, currency="CAD", day=DAY, parts=parts, actor=member.account_id)
        self.model[id_] = Model(of, amount, self.today, self.today)
        return id_

    @rule(claim=claims, amount=AMOUNTS)
    def correct(self, claim: UUID, amount: int) -> None:
        m = self.model[claim]
        if may(not m.dropped, actions.correct, claim=claim, parts=[Owed("time", amount)]):
            m.correct(amount, self.today)

    @rule(claim=claims)
    def correct_to_what_was_agreed(self, claim: UUID) -> None:
        """The worker changes the entry to what both agreed on: it does not count twice."""
        self.correct(claim, self.model[claim].owed)

    @rule(claim=claims)
    def drop(self, claim: UUID) -> None:
        m = self.model[claim]
        if may(m.dropped or not m.paid, actions.drop, claim=claim) and not m.dropped:
            m.drop()

    def side(self, claim: UUID, by: str) -> dict[str, Any]:
        return {"own": by == self.model[claim].of, "claim": claim, "by": self.who(by)}

    @rule(claim=claims, by=WHO, offer=st.none() | AMOUNTS)
    def dispute(self, claim: UUID, by: str, offer: int | None) -> None:
        self.ask(self.model[claim], offer=offer, **self.side(claim, by))

    @rule(claim=claims, by=WHO, offer=st.none() | AMOUNTS, text=TEXT)
    def group_writes(self, claim: UUID, by: str, offer: int | None, text: str) -> None:
        self.reply(self.model[claim], offer=offer, text=text, **self.side(claim, by))

    @rule(claim=claims, by=ANYBODY, wish=st.none() | AMOUNTS, text=TEXT)
    def worker_writes(self, claim: UUID, by: str, wish: int | None, text: str) -> None:
        self.answer(self.model[claim], wish=wish, text=text, **self.side(claim, by))

    @rule(claim=claims, by=WHO)
    def take_back_the_question(self, claim: UUID, by: str) -> None:
        self.withdraw(self.model[claim], **self.side(claim, by))

    @rule(claim=claims, by=ANYBODY)
    def worker_says_yes(self, claim: UUID, by: str) -> None:
        self.accept(self.model[claim], **self.side(claim, by))

    @rule(claim=claims, by=WHO)
    def group_says_yes(self, claim: UUID, by: str) -> None:
        self.agree(self.model[claim], **self.side(claim, by))

    @rule(claim=claims, by=TO)
    def worker_says_no(self, claim: UUID, by: str) -> None:
        self.decline(self.model[claim], **self.side(claim, by))

    def open_of(self, to: str) -> list[Model]:
        """What may be paid, oldest first."""
        mine = [(m.opened, m.day, id_, m) for id_, m in self.model.items() if m.of == to]
        return [m for *_order, m in sorted(mine, key=lambda one: one[:3]) if m.due != m.paid]

    def hand(self, to: str, fresh: list[tuple[UUID, int]]) -> None:
        """Let the model follow what was paid."""
        for key, amount in fresh:
            self.paid[key] = Handed(to, amount, self.today)
        left = settle(self.open_of(to), fresh, lambda key: (self.paid[key].day, key))
        if left:
            made = Claim.objects.exclude(pk__in=self.model).get().pk
            self.model[made] = Model(to, 0, self.today, self.today, self.today, by=left)

    @rule(target=payments, by=WHO, to=TO, off=st.sampled_from((0, 0, 0, 1, -1)))
    def pay(self, by: str, to: str, off: int) -> UUID:
        total = sum(m.due - m.paid for m in self.open_of(to))
        key = uuid4()
        payee = actions.payee(membership=self.who(to)).payee
        wanted = {"by": self.who(by), "payee": payee, "currency": "CAD", "expected": total + off, "key": key}
        if may(by != to and total > 0 and off == 0, actions.pay, **wanted):
            self.hand(to, [(key, total)])
        return key

    @rule(target=payments, by=WHO, to=TO, cash=AMOUNTS, more=AMOUNTS, ahead=st.booleans())
    def pay_in_two_ways(self, by: str, to: str, cash: int, more: int, ahead: bool) -> UUID:
        """A part, all of it, or more than is owed; two coordinators who saw the same sum pay once."""
        total = sum(m.due - m.paid for m in self.open_of(to))
        key = uuid4()
        payee = actions.payee(membership=self.who(to)).payee
        ways = [Way("cash", cash), *([Way("transfer", more)] if more else [])]
        wanted = {"payee": payee, "currency": "CAD", "expected": total, "ways": ways, "ahead": ahead}
        fits = cash > 0 and (ahead or (total > 0 and cash + more <= total))
        if may(by != to and fits, actions.pay, by=self.who(by), key=key, **wanted):
            self.hand(to, [(key, cash), *([(uuid5(key, "1"), more)] if more else [])])
            other = "second" if by == "coordinator" else "coordinator"
            may(False, actions.pay, by=self.who(other), key=uuid4(), **wanted)
        return key

    @rule(by=WHO, to=TO)
    def take_off(self, by: str, to: str) -> None:
        """What was paid ahead covers it: no money, and no payment."""
        total = sum(m.due - m.paid for m in self.open_of(to))
        payee = actions.payee(membership=self.who(to)).payee
        wanted = {"by": self.who(by), "payee": payee, "currency": "CAD", "expected": total}
        if may(by != to and total <= 0, actions.take_off, **wanted):
            self.hand(to, [])

    @rule(key=payments, by=WHO)
    def pay_again(self, key: UUID, by: str) -> None:
        """The same form once more: the same payment, and no line. One that was taken back is not said to be paid."""
        if key not in self.paid:
            return
        to, total = self.paid[key].to, self.paid[key].total
        payee = actions.payee(membership=self.who(to)).payee
        wanted = {"by": self.who(by), "payee": payee, "currency": "CAD", "expected": total, "key": key}
        may(by != to and not self.paid[key].back, actions.pay, **wanted)

    @rule(key=payments, by=TO, came=st.booleans())
    def receive(self, key: UUID, by: str, came: bool) -> None:
        handed = self.paid.get(key, Handed("nobody", 0, DAY))
        act = actions.confirm if came else actions.not_received
        allowed = by == handed.to and not handed.back and (came or not handed.received)
        if may(allowed, act, membership=self.who(by), payment=key):
            handed.received = handed.received or came

    @rule(key=payments, by=WHO)
    def reverse(self, key: UUID, by: str) -> None:
        """It never came: each claim that it paid is owed again, once."""
        handed = self.paid.get(key, Handed("nobody", 0, DAY, received=True))
        if may(by != handed.to and not handed.received, actions.reverse, by=self.who(by), payment=key):
            handed.back = True
            for m in self.model.values():
                m.by.pop(key, None)
                assert m.paid >= 0

    @rule(days=st.integers(1, 9))
    def wait(self, days: int) -> None:
        self.travel.shift(dt.timedelta(days=days))

    @invariant()
    def no_line_ever_changed(self) -> None:
        now = list(Line.objects.order_by("pk").values_list())
        assert now[: len(self.before)] == self.before
        self.before = now

    @invariant()
    def each_claim_is_what_the_model_says(self) -> None:
        found = queries.state(self.model)
        for id_, m in self.model.items():
            state = found[id_]
            assert (state.owed, state.paid, state.met) == (m.owed, m.paid, m.paid != 0)
            assert (state.state == "disputed") == (m.dispute == "open")
            assert (state.state == "dropped") == m.dropped
            assert state.owed >= 0
            assert state.payable == m.due - m.paid
            assert (state.offer, state.wish, state.waits) == (m.offer, m.wish, m.waits)
            if m.dispute != "open":
                assert (state.state == "open") == (m.balance > 0)
        everything = sum(Line.objects.values_list("amount", flat=True))
        assert everything == sum(m.balance for m in self.model.values())

    @invariant()
    def each_payment_is_its_lines_and_nothing_was_paid_twice(self) -> None:
        rows = {p.pk: p for p in Payment.objects.all()}
        assert rows.keys() == self.paid.keys()
        for key, handed in self.paid.items():
            assert rows[key].amount == handed.total
            lines = sum(Line.objects.filter(payment=key).values_list("amount", flat=True))
            assert -lines == (0 if handed.back else handed.total)
            assert (rows[key].received is not None) == handed.received
            assert (rows[key].reversed is not None) == handed.back
        for to in ("worker", "coordinator"):
            paid = sum(handed.total for handed in self.paid.values() if handed.to == to and not handed.back)
            assert paid == sum(m.paid for m in self.model.values() if m.of == to)

    @invariant()
    def to_pay_is_what_is_open(self) -> None:
        due: dict[str, int] = {}
        for m in self.model.values():
            if m.due != m.paid:
                due[m.of] = due.get(m.of, 0) + m.due - m.paid
        names = {"worker": "Wren", "coordinator": "Cleo"}
        assert {row.name: row.amount for row in queries.to_pay(self.w.group)} == {names[k]: n for k, n in due.items()}

    @invariant()
    def words_stand_only_in_open_disputes(self) -> None:
        open_ = {id_ for id_, m in self.model.items() if m.dispute == "open"}
        assert set(Message.objects.values_list("claim", flat=True)) <= open_
        assert {row.pk for row in Claim.objects.all() if row.reason} == open_


@pytest.mark.django_db(databases=["default", "keys"])
def test_any_interleaving_keeps_the_ledger_true() -> None:
    walk(Ledger, 25)
