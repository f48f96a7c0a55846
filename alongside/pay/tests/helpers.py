"""What the tests of pay share."""

import datetime as dt
from uuid import UUID, uuid4

from alongside.kit import clock
from alongside.outbox.models import Letter
from alongside.pay import actions, queries
from alongside.pay.models import Line, Payment
from alongside.pay.rules import Owed
from alongside.people.models import Membership

DAY = dt.date(2026, 3, 2)


def claim(worker: Membership, amount: int = 5000, currency: str = "CAD") -> UUID:
    parts = [Owed("time", amount)] if amount else []
    return actions.open_claim(membership=worker, currency=currency, day=DAY, parts=parts, actor=worker.account_id)


def pay(by: Membership, worker: Membership, expected: int, *, key: UUID | None = None) -> Payment:
    payee = actions.payee(membership=worker).payee
    return actions.pay(by=by, payee=payee, currency="CAD", expected=expected, key=key or uuid4())


def state(id_: UUID) -> queries.ClaimState:
    return queries.state([id_])[id_]


def lines(id_: UUID) -> list[tuple[str, int]]:
    return list(Line.objects.filter(claim=id_).order_by("pk").values_list("part", "amount"))


def letters(who: Membership) -> list[str]:
    return sorted(Letter.objects.filter(owner=who.account_id, code__startswith="pay.").values_list("code", flat=True))


def today() -> dt.date:
    return clock.today()
