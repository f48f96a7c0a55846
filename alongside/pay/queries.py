"""Reads of pay. Sums are made by the database; amounts are minor units of a claim's or payment's currency."""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from alongside.kit import clock, closed, keys
from alongside.pay import rules
from alongside.pay.models import METHODS, Claim, Line, Message, Payee, Payment
from alongside.people import queries as people
from alongside.people.models import Account, Group, Membership

PAGE = 50
"""How many claims or payments a page shows at most of what is settled; what is open is always shown whole."""
_PAID = Q(lines__part=Line.Part.PAID)


@dataclass(frozen=True)
class ClaimState:
    """Where a claim stands.

    ``state``: ``dropped``, ``disputed``, ``open`` (something is still to be paid), ``paid``, ``confirmed`` (paid,
    and the worker said that it came), ``ahead`` (money that waits for work to come) or ``nothing`` (nothing is owed).
    ``advance`` says that it stands for money paid ahead and not for work. ``owed`` is what the lines say is
    owed in all, ``paid`` what was paid of it. ``until`` is the last day to dispute it, ``None`` when it cannot be.
    While it is disputed, ``offer`` and ``wish`` are what the group and the worker say is right, ``sure`` what the group
    says is owed in any case, ``asked`` the day of the question, ``waits`` the day since which the group owes an answer.
    A payment that was taken back counts for nothing.
    """

    id: UUID
    payee: UUID
    group: UUID
    state: str
    owed: int
    paid: int
    currency: str
    day: dt.date
    opened: dt.date
    offer: int | None
    until: dt.date | None
    advance: bool
    sure: int | None = None
    wish: int | None = None
    asked: dt.date | None = None
    waits: dt.date | None = None

    @property
    def balance(self) -> int:
        """What is still to be paid; below zero when more was paid than is owed now."""
        return self.owed - self.paid

    @property
    def payable(self) -> int:
        """What a payment settles now: the balance; while it is disputed, what of it is not in question."""
        if self.state != "disputed":
            return self.balance
        return rules.undisputed(owed=self.owed, paid=self.paid, sure=self.sure)

    @property
    def asked_days(self) -> int | None:
        """For how many days it has been disputed, if it is."""
        return (clock.today() - self.asked).days if self.asked else None

    @property
    def wait_days(self) -> int | None:
        """For how many days the worker has waited for the group's answer, if they do."""
        return (clock.today() - self.waits).days if self.waits else None

    @property
    def ahead(self) -> int:
        """How much more was paid than is owed now."""
        return max(-self.balance, 0)

    @property
    def met(self) -> bool:
        """Whether money met it: what came back counts as never paid."""
        return self.paid != 0

    @property
    def droppable(self) -> bool:
        """Whether it may still be dropped: nothing of it was paid."""
        return not self.met and self.state != "dropped"


@dataclass(frozen=True)
class Spoken:
    """What one side of a dispute wrote: text, the sum that it says is right, and what of the work that sum puts right."""

    by_group: bool
    day: dt.date
    text: str
    sum: int | None
    changes: Sequence[rules.Change] = ()


@dataclass(frozen=True)
class ClaimPage:
    """A claim with its lines, oldest first; while it is disputed the reason, and what was said since."""

    state: ClaimState
    lines: Sequence[Line]
    reason: str
    thread: Sequence[Spoken] = ()


@dataclass(frozen=True)
class ToPay:
    """What a group owes one payee in one currency now, what is in question apart.

    ``member`` is the membership's id and ``name`` its name; ``None`` and empty when the account is gone.
    ``days`` is how long the oldest of the open claims has waited.
    """

    payee: UUID
    member: UUID | None
    name: str
    currency: str
    method: str
    amount: int
    days: int
    claims: Sequence[ClaimState] = field(default_factory=tuple)

    @property
    def ahead(self) -> int:
        """How much more was paid than is owed now."""
        return max(-self.amount, 0)

    @property
    def due(self) -> int:
        """What is owed for work before anything paid ahead is taken off."""
        return sum(max(c.payable, 0) for c in self.claims)

    @property
    def taken(self) -> int:
        """What was paid ahead and is taken off."""
        return sum(max(-c.payable, 0) for c in self.claims)


@dataclass(frozen=True)
class Named:
    """A row with the name of the member it is about; empty when the account is gone."""

    name: str
    member: UUID | None
    row: ClaimState | Payment
    reason: str = ""


def state(claims: Iterable[UUID]) -> dict[UUID, ClaimState]:
    """Where each of these claims stands, in one query."""
    return {found.id: found for found in _states(Claim.objects.filter(pk__in=list(claims)))}


def unsettled(claims: Iterable[UUID]) -> set[UUID]:
    """Those of these claims with which somebody is not done.

    Something is to be paid, a dispute is open, or the payee said that a payment did not come and nobody took it back.
    """
    found = state(claims)
    missing = Line.objects.filter(claim__in=list(found), payment__in=lacking()).values_list("claim", flat=True)
    return {one.id for one in found.values() if one.state in {"open", "disputed"}} | set(missing)


def lacking() -> QuerySet[Payment]:
    """Payments of which the payee said that they did not come, and which nobody took back since."""
    return Payment.objects.filter(missing__isnull=False, received=None, reversed=None)


def done_with(group: Group) -> bool:
    """Whether nothing is left between a group and those whom it pays.

    Nothing is to be paid, nothing is in question, and of no payment the payee said that it did not come.
    """
    return not _left_with(group)


def owes_others(me: Membership) -> bool:
    """Whether the member's group has something left to settle with anybody else, with somebody whose account is gone too."""
    own = payee_of(me)
    return bool(_left_with(me.group) - {own.payee if own else None})


def owed_others(me: Membership) -> list[Membership]:
    """The other members, those who left too, with whom the member's group has something left to settle."""
    rows = Payee.objects.select_related("membership").filter(
        payee__in=_left_with(me.group), membership__group=me.group_id
    )
    return [row.membership for row in rows.exclude(membership=me)]


def _left_with(group: Group) -> set[UUID]:
    claims = Claim.objects.filter(group=group.pk).annotate(balance=Coalesce(Sum("lines__amount"), 0))
    open_ = claims.filter(Q(balance__gt=0) | Q(dispute=Claim.Dispute.OPEN))
    return {*open_.values_list("payee", flat=True), *lacking().filter(group=group.pk).values_list("payee", flat=True)}


def settled_on(claims: Iterable[UUID]) -> dict[UUID, dt.date]:
    """The day of the last line of those claims on which nothing is open, and about which nobody asks."""
    rows = Claim.objects.filter(pk__in=list(claims)).exclude(dispute=Claim.Dispute.OPEN)
    done = rows.annotate(balance=Coalesce(Sum("lines__amount"), 0), last=Max("lines__day")).filter(balance__lte=0)
    return {row.pk: row.last or row.opened for row in done}


def claim(id: UUID) -> ClaimPage | None:  # noqa: A002 - the word of the interface
    """One claim with its lines; ``None`` when there is none."""
    found = state([id]).get(id)
    if found is None:
        return None
    lines = list(Line.objects.select_related("payment").filter(claim=id).order_by("pk"))
    said = threads(found.group, [id]) if found.state == "disputed" else {}
    return ClaimPage(found, lines, _reasons(found.group, [id]).get(id, ""), said.get(id, ()))


def member_of(group: Group, id: UUID) -> Membership | None:  # noqa: A002 - the word of the interface
    """The membership with this id in ``group``."""
    return Membership.objects.select_related("group", "account").filter(group=group, pk=id).first()


def payee_of(membership: Membership) -> Payee | None:
    """The member's payee row, if anything was ever claimed or chosen."""
    return Payee.objects.filter(membership=membership).first()


def method(payee: UUID) -> str:
    """How this payee chose to be paid; cash when the account is gone."""
    return Payee.objects.filter(payee=payee).values_list("method", flat=True).first() or METHODS[0]


def owner(payee: UUID) -> Membership | None:
    """The membership behind a payee id, if the account is still there."""
    row = Payee.objects.select_related("membership__group", "membership__account").filter(payee=payee).first()
    return row.membership if row else None


def is_own(membership: Membership, payee: UUID) -> bool:
    """Whether the payee is this member, or the same person under another membership."""
    return Payee.objects.filter(payee=payee, membership__account=membership.account_id).exists()


def claims(membership: Membership) -> list[ClaimState]:
    """The member's own claims: all that are open or disputed, and the newest ``PAGE`` of the rest; newest first."""
    own = payee_of(membership)
    if own is None:
        return []
    mine = Claim.objects.filter(group=membership.group_id, payee=own.payee)
    unsettled = _states(_unsettled(mine))
    newest = _states(mine.order_by("-day", "-opened", "pk"), most=PAGE)
    both = {found.id: found for found in [*unsettled, *newest]}
    return sorted(both.values(), key=lambda c: (c.day, c.opened, c.id), reverse=True)


def payments(membership: Membership) -> list[Payment]:
    """The member's own payments: all that wait for word, and the newest ``PAGE`` of the rest; newest first."""
    own = payee_of(membership)
    if own is None:
        return []
    return _newest(Payment.objects.filter(group=membership.group_id, payee=own.payee))


def payment_of(account: Account, payment: UUID) -> Membership | None:
    """The person's own membership that was paid by this payment; ``None`` when it is not theirs."""
    row = Payment.objects.filter(pk=payment).first()
    found = owner(row.payee) if row else None
    return found if found is not None and found.account_id == account.pk else None


def payment(id: UUID) -> Payment | None:  # noqa: A002 - the word of the interface
    """One payment; ``None`` when there is none."""
    return Payment.objects.filter(pk=id).first()


def settled(payment: UUID) -> list[tuple[ClaimState, int]]:
    """The claims that a payment pays, oldest first, each with how much of it; none once it was taken back."""
    rows = Line.objects.filter(payment=payment).values("claim").annotate(sum=Sum("amount")).filter(sum__lt=0)
    sums = {row["claim"]: -row["sum"] for row in rows}
    found = sorted(state(sums).values(), key=lambda c: (c.opened, c.day, c.id))
    return [(item, sums[item.id]) for item in found]


def known(group: UUID, payee: UUID, currency: str) -> bool:
    """Whether the payee ever had a claim in the group and currency."""
    return Claim.objects.filter(group=group, payee=payee, currency=currency).exists()


def open_claims(group: UUID, payee: UUID, currency: str) -> list[ClaimState]:
    """What a payment would settle now: claims of which something is payable, or was paid ahead, oldest first."""
    rows = Claim.objects.filter(group=group, payee=payee, currency=currency)
    return sorted(_payable(rows), key=lambda c: (c.opened, c.day, c.id))


def given(claims: Iterable[UUID]) -> dict[UUID, list[tuple[Payment, int]]]:
    """What each payment gave to each of these claims, newest payment first; those that gave nothing are left out."""
    rows = Line.objects.filter(claim__in=list(claims), part=Line.Part.PAID).values("claim", "payment")
    sums = list(rows.annotate(sum=Sum("amount")).filter(sum__lt=0))
    known_ = Payment.objects.in_bulk({row["payment"] for row in sums})
    found: dict[UUID, list[tuple[Payment, int]]] = {}
    for row in sums:
        found.setdefault(row["claim"], []).append((known_[row["payment"]], -row["sum"]))
    for given_ in found.values():
        given_.sort(key=lambda one: (one[0].day, one[0].pk), reverse=True)
    return found


def owed(group: Group, payee: UUID, currency: str) -> ToPay:
    """What the group owes this payee in this currency now, as :func:`to_pay` has it; an amount of 0 for nothing."""
    items = open_claims(group.pk, payee, currency)
    member_, name, method_ = _who(group, {payee}).get(payee, (None, "", METHODS[0]))
    return _to_pay(payee, currency, items, (member_, name, method_), clock.today())


def owed_to(to: Membership, currency: str) -> ToPay:
    """As :func:`owed`, for a member who may have no payee row yet."""
    own = payee_of(to)
    if own is not None:
        return owed(to.group, own.payee, currency)
    return ToPay(to.pk, to.pk, people.name(to), currency, METHODS[0], 0, 0)


def to_pay(group: Group) -> list[ToPay]:
    """Who is owed what in ``group``, what is in question left out: who has waited longest first, then by name.

    A payee to whom more was paid than is owed stands there with an amount below zero, to be taken off later.
    """
    found: dict[tuple[UUID, str], list[ClaimState]] = {}
    for item in _payable(Claim.objects.filter(group=group.pk)):
        found.setdefault((item.payee, item.currency), []).append(item)
    who = _who(group, {payee for payee, _currency in found})
    today = clock.today()
    listed = []
    for (payee, currency), items in found.items():
        listed.append(_to_pay(payee, currency, items, who.get(payee, (None, "", METHODS[0])), today))
    return sorted(listed, key=lambda row: (-row.days, row.name.casefold(), row.currency, row.payee))


def _to_pay(
    payee: UUID, currency: str, items: Sequence[ClaimState], who: tuple[UUID | None, str, str], today: dt.date
) -> ToPay:
    member, name, method_ = who
    oldest = min((c.opened for c in items if c.payable > 0), default=today)
    amount = sum(c.payable for c in items)
    ordered = tuple(sorted(items, key=lambda c: (c.opened, c.day, c.id)))
    return ToPay(payee, member, name, currency, method_, amount, (today - oldest).days, ordered)


def disputed(group: Group) -> list[Named]:
    """The group's disputed claims with names and reasons, oldest first."""
    rows = _states(Claim.objects.filter(group=group.pk, dispute=Claim.Dispute.OPEN))
    who = _who(group, {row.payee for row in rows})
    reasons = _reasons(group.pk, [row.id for row in rows])
    rows.sort(key=lambda c: (c.opened, c.day, c.id))
    return [Named(*_named(who, row.payee), row, reasons.get(row.id, "")) for row in rows]


def paid(group: Group) -> list[Named]:
    """The group's payments with names: all that wait for word, and the newest ``PAGE`` of the rest."""
    rows = _newest(Payment.objects.filter(group=group.pk))
    who = _who(group, {row.payee for row in rows})
    return [Named(*_named(who, row.payee), row) for row in rows]


def reasons(claims: Sequence[ClaimState]) -> dict[UUID, str]:
    """Why these claims of one group are disputed; those that are not are left out."""
    asked = [found.id for found in claims if found.state == "disputed"]
    return _reasons(claims[0].group, asked) if asked else {}


def threads(group: UUID, claims: Iterable[UUID]) -> dict[UUID, list[Spoken]]:
    """What was written in the disputes about these claims of one group, oldest first."""
    rows = list(Message.objects.filter(claim__in=list(claims)).order_by("claim", "number"))
    key = keys.get(group) if rows else None
    found: dict[UUID, list[Spoken]] = {}
    for row in rows:
        found.setdefault(row.claim_id, []).append(_spoken(row, key))
    return found


def _spoken(row: Message, key: bytes | None) -> Spoken:
    try:
        said = json.loads(closed.read_with(key, row.place, row.content) or "{}")
    except closed.Gone:
        said = {}
    changes = said.get("changes") or []
    if said.get("minutes"):  # as it was written when minutes alone could be put right
        changes = [["minutes", *said["minutes"]]]
    return Spoken(row.by_group, row.day, said.get("text", ""), said.get("sum"), [rules.Change(*one) for one in changes])


def _payable(rows: QuerySet[Claim]) -> list[ClaimState]:
    """Those of which something is to be paid or was paid ahead; of what is disputed, what is not in question."""
    some = _unsettled(rows).exclude(dispute=Claim.Dispute.OPEN, sure=None)
    return [found for found in _states(some) if found.payable]


def _states(rows: QuerySet[Claim], *, most: int | None = None) -> list[ClaimState]:
    today = clock.today()
    return [_state(row, today) for row in _with_sums(rows).values(*_FIELDS)[:most]]


_FIELDS = (
    *("id", "payee", "group", "currency", "day", "opened", "dispute", "offer", "sure", "wish", "asked", "waits"),
    *("owed", "paid", "dropped", "unreceived", "raised", "earned", "written"),
)


def _with_sums(rows: QuerySet[Claim]) -> QuerySet[Claim]:
    """Claims with what their lines add up to; every line is looked at once."""
    return rows.annotate(
        owed=Coalesce(Sum("lines__amount", filter=~_PAID), 0),
        paid=-Coalesce(Sum("lines__amount", filter=_PAID), 0),
        dropped=Count("lines", filter=Q(lines__part=Line.Part.DROPPED)),
        unreceived=Count("lines", filter=_PAID & Q(lines__payment__received=None, lines__payment__reversed=None)),
        earned=Count("lines", filter=~_PAID),
        written=Count("lines"),
        raised=Coalesce(Max("lines__day", filter=~_PAID & Q(lines__amount__gt=0)), F("opened")),
    )


def _unsettled(rows: QuerySet[Claim]) -> QuerySet[Claim]:
    """Those whose lines do not add up to nothing, or that are disputed."""
    return rows.annotate(balance=Coalesce(Sum("lines__amount"), 0)).filter(
        ~Q(balance=0) | Q(dispute=Claim.Dispute.OPEN)
    )


def _state(row: dict[str, Any], today: dt.date) -> ClaimState:
    advance = row["written"] > 0 and not row["earned"]
    if row["dropped"]:
        where = "dropped"
    elif row["dispute"] == Claim.Dispute.OPEN:
        where = "disputed"
    elif row["owed"] > row["paid"]:
        where = "open"
    elif row["paid"] and advance:
        where = "ahead"
    elif row["paid"]:
        where = "paid" if row["unreceived"] else "confirmed"
    else:
        where = "nothing"
    may = (
        where == "open"
        and not advance
        and row["dispute"] == Claim.Dispute.NONE
        and rules.disputable(row["raised"], today)
    )
    until = row["raised"] + dt.timedelta(days=rules.DISPUTE_DAYS) if may else None
    same = (
        *("id", "payee", "group", "owed", "paid", "currency", "day", "opened"),
        *("offer", "sure", "wish", "asked", "waits"),
    )
    return ClaimState(state=where, until=until, advance=advance, **{name: row[name] for name in same})


def _newest(rows: QuerySet[Payment]) -> list[Payment]:
    waits = Q(received=None, reversed=None)
    waiting = list(rows.filter(waits))
    newest = list(rows.exclude(waits).order_by("-day", "pk")[:PAGE])
    return sorted([*waiting, *newest], key=lambda p: (p.day, p.pk), reverse=True)


def _who(group: Group, payees: set[UUID]) -> dict[UUID, tuple[UUID, str, str]]:
    rows = list(Payee.objects.filter(payee__in=payees, membership__group=group))
    names = people.names(group, [row.membership_id for row in rows])
    return {row.payee: (row.membership_id, names.get(row.membership_id, ""), row.method) for row in rows}


def _named(who: dict[UUID, tuple[UUID, str, str]], payee: UUID) -> tuple[str, UUID | None]:
    member, name, _method = who.get(payee, (None, "", ""))
    return name, member


def _reasons(group: UUID, ids: Sequence[UUID]) -> dict[UUID, str]:
    rows = [row for row in Claim.objects.filter(pk__in=ids, group=group) if row.reason]
    key = keys.get(group) if rows else None
    found = {}
    for row in rows:
        try:
            found[row.pk] = closed.read_with(key, row.place, row.reason)
        except closed.Gone:
            found[row.pk] = ""
    return found
