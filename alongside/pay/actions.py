"""Writes of pay: the ledger gets new lines, and never changes an old one.

Everything that is written to a claim first locks its group's audit chain and then the claim rows in the order of
their ids: one order for all, so that two at once wait for each other and never block each other. On SQLite the
transaction itself (IMMEDIATE) is that lock.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from alongside.kit import audit, clock, closed, money
from alongside.outbox import actions as outbox
from alongside.pay import queries, rules
from alongside.pay.models import METHODS, Claim, Line, Payee, Payment
from alongside.pay.rules import Owed
from alongside.people import queries as people
from alongside.people.actions import Refused
from alongside.people.models import Account, Group, Membership

_EARNED = (Line.Part.TIME, Line.Part.PREMIUM, Line.Part.CALLOUT, Line.Part.EXPENSES)


@transaction.atomic
def payee(*, membership: Membership) -> Payee:
    """The member's payee row, made when there is none. Two callers at once get the same."""
    Payee.objects.bulk_create([Payee(membership=membership)], ignore_conflicts=True)
    return Payee.objects.get(membership=membership)


@transaction.atomic
def choose_method(*, membership: Membership, method: str) -> None:
    """How the member wants to be paid from now on: one of ``METHODS``. Raises :class:`Refused`."""
    if method not in METHODS:
        raise Refused(_("Please choose one of the ways in the list."))
    audit.lock(membership.group_id)
    own = payee(membership=membership)
    Payee.objects.filter(pk=own.pk).update(method=method)
    _audit(membership.group_id, membership.account_id, "method", payee=own.payee)


@transaction.atomic
def open_claim(
    *, membership: Membership, currency: str, day: dt.date, parts: Sequence[Owed], actor: Account | UUID | None
) -> UUID:
    """Write what one piece of shared work is owed, and return the claim's id.

    ``day`` is the day of the work; ``parts`` come from :func:`rules.owed` (none: nothing is owed, and the claim
    stands at zero). ``actor`` is who set it off. Raises ``ValueError`` for parts that no work can earn.
    """
    if any(part.part not in _EARNED or part.amount <= 0 for part in parts):
        raise ValueError("a claim opens with earned parts above zero")
    audit.lock(membership.group_id)
    today = clock.today()
    claim = Claim.objects.create(
        group=membership.group_id,
        payee=payee(membership=membership).payee,
        currency=currency,
        day=day,
        opened=today,
        keep_until=rules.keep_until(today, membership.group.tax_years),
    )
    _write((claim, part.part, part.amount) for part in parts)
    who = actor.pk if isinstance(actor, Account) else actor
    _audit(claim.group, who, "claimed", claim=claim.pk)
    return claim.pk


@transaction.atomic
def correct(*, claim: UUID, parts: Sequence[Owed]) -> int:
    """Take a claim to what ``parts`` add up to, by one line (none when nothing changes); return that line's amount.

    Works after payment too: the sum may then fall below what was paid, and the rest is taken off the next payment.
    What both sides agreed on after a dispute stands: the difference is added to it. A sum that comes to what a
    coordinator offered closes the dispute; one that goes up after a dispute was closed may be disputed anew.
    Raises :class:`Refused` for a dropped claim.
    """
    row = _lock_one(claim)
    if _sum(row, Line.Part.DROPPED) is not None:
        raise Refused(_("This claim was dropped. It cannot change any more."))
    agreed, paid = _sum(row, Line.Part.AGREED) or 0, _sum(row, Line.Part.PAID) or 0
    rated = _balance(row) - agreed - paid
    amount = rules.correction(new=rules.total(parts), rated=rated, agreed=agreed)
    if amount:
        _write([(row, Line.Part.CORRECTION, amount)])
        member = queries.owner(row.payee)
        _audit(row.group, member.account_id if member else None, "corrected", claim=row.pk)
    if row.dispute == Claim.Dispute.OPEN and row.offer == rated + agreed + amount:
        _close(row, Claim.Dispute.CLOSED)
        _tell_coordinators(row, "pay.accepted")
    elif amount > 0 and row.dispute == Claim.Dispute.CLOSED:
        _close(row, Claim.Dispute.NONE)
    return amount


@transaction.atomic
def drop(*, claim: UUID) -> None:
    """Give a claim up before payment: one line brings it to zero. Dropping twice is dropping once.

    Raises :class:`Refused` when anything of it was paid: paid work stays paid.
    """
    row = _lock_one(claim)
    if _sum(row, Line.Part.DROPPED) is not None:
        return
    if _sum(row, Line.Part.PAID) is not None:
        raise Refused(_("This was paid. Paid work stays paid."))
    _write([(row, Line.Part.DROPPED, -_balance(row))])
    if row.dispute == Claim.Dispute.OPEN:
        _close(row, Claim.Dispute.CLOSED)
    member = queries.owner(row.payee)
    _audit(row.group, member.account_id if member else None, "dropped", claim=row.pk)


@transaction.atomic
def dispute(*, by: Membership, claim: UUID, reason: str, offer: int | None) -> None:
    """Say that a claim is not right, and why; ``offer`` is what the group says is owed in all (minor units).

    For coordinators of its group, never about their own claim, while something is unpaid, once for each time the
    sum goes up and within ``rules.DISPUTE_DAYS`` days of it. It is not paid until the dispute is closed. Raises
    :class:`Refused`.
    """
    row = _lock_for(by, claim)
    if row.dispute == Claim.Dispute.OPEN:
        raise Refused(_("This one was asked about before."))
    state = queries.state([row.pk])[row.pk]
    if state.state != "open":
        raise Refused(_("Nothing is open here, so there is nothing to ask about."))
    if state.until is None:
        raise Refused(
            _("You can ask about a claim once, in the first %(days)s days. This one stands.")
            % {"days": rules.DISPUTE_DAYS}
        )
    if not reason.strip():
        raise Refused(_("Please say why. The worker will read it."))
    _check_offer(state, offer)
    row.dispute, row.offer = Claim.Dispute.OPEN, offer
    row.reason = closed.close(row.group, row.place, reason.strip())
    row.save(update_fields=["dispute", "offer", "reason"])
    _audit(row.group, by.account_id, "disputed", claim=row.pk)
    _tell_worker(row.payee, "pay.disputed")


@transaction.atomic
def make_offer(*, by: Membership, claim: UUID, offer: int) -> None:
    """Offer another sum for a claim that is disputed. Raises :class:`Refused`."""
    row = _lock_disputed(by, claim)
    _check_offer(queries.state([row.pk])[row.pk], offer)
    row.offer = offer
    row.save(update_fields=["offer"])
    _audit(row.group, by.account_id, "offered", claim=row.pk)
    _tell_worker(row.payee, "pay.offered")


@transaction.atomic
def withdraw(*, by: Membership, claim: UUID) -> None:
    """Take a dispute back: the claim stands as it was. For any coordinator but the payee. Raises :class:`Refused`."""
    row = _lock_disputed(by, claim)
    _close(row, Claim.Dispute.CLOSED)
    _audit(row.group, by.account_id, "withdrew", claim=row.pk)
    _tell_worker(row.payee, "pay.withdrawn")


@transaction.atomic
def accept_offer(*, membership: Membership, claim: UUID, expected: int | None = None) -> None:
    """The worker says yes to the offer: one line takes the claim there, and the dispute is closed.

    ``expected`` is the offer that they saw. Raises :class:`Refused` when it is another one by now.
    """
    row = _lock_own(membership, claim)
    if row.offer is None or (expected is not None and row.offer != expected):
        raise Refused(_("The offer has changed. Please look at it again."))
    owed = _balance(row) - (_sum(row, Line.Part.PAID) or 0)
    if row.offer != owed:
        _write([(row, Line.Part.AGREED, row.offer - owed)])
    _close(row, Claim.Dispute.CLOSED)
    _audit(row.group, membership.account_id, "accepted", claim=row.pk)
    _tell_coordinators(row, "pay.accepted")


@transaction.atomic
def decline_offer(*, membership: Membership, claim: UUID) -> None:
    """The worker would rather talk: the offer goes, the dispute stays open, the coordinators are told once."""
    row = _lock_own(membership, claim)
    if row.offer is None:
        return
    row.offer = None
    row.save(update_fields=["offer"])
    _audit(row.group, membership.account_id, "declined", claim=row.pk)
    _tell_coordinators(row, "pay.declined")


@transaction.atomic
def pay(*, by: Membership, payee: UUID, currency: str, expected: int, key: UUID, method: str | None = None) -> Payment:
    """Pay all open claims of a payee in the group and currency that are not disputed, at once.

    ``expected`` (minor units) and ``method`` are what the coordinator saw; ``key`` becomes the payment's id, so
    the same form sent twice gives the same payment. One line a claim brings it to zero, what was paid ahead is
    taken off. Nobody pays their own. Raises :class:`Refused`, and then nothing is paid.
    """
    _check_coordinator(by, payee)
    group = by.group_id
    audit.lock(group)
    before = Payment.objects.filter(pk=key).first()
    if before is not None:
        if (before.group, before.payee, before.currency) != (group, payee, currency):
            raise Refused(_("Please load this page again. Nothing was paid."))
        return before
    chosen = queries.method(payee)
    balances = _lock_open(group, payee, currency)
    total = sum(balance for _row, balance in balances)
    if total <= 0:
        raise Refused(_("This was paid already. No more was paid."))
    if total != expected:
        raise Refused(_("The sum has changed since you looked. Nothing was paid. Please look at it again."))
    if method is not None and method != chosen:
        raise Refused(_("They now want to be paid in another way. Nothing was paid. Please look at it again."))
    today = clock.today()
    payment = Payment.objects.create(
        id=key,
        group=group,
        payee=payee,
        amount=total,
        currency=currency,
        method=chosen,
        day=today,
        keep_until=rules.keep_until(today, by.group.tax_years),
    )
    _write(((row, Line.Part.PAID, -balance) for row, balance in balances), payment=payment)
    _audit(group, by.account_id, "paid", payment=key, payee=payee)
    _tell_worker(payee, "pay.paid", sum=_plain(payment))
    return payment


@transaction.atomic
def confirm(*, membership: Membership, payment: UUID) -> None:
    """The worker says that the money came. Saying it twice is saying it once. Raises :class:`Refused`."""
    row = _own_payment(membership, payment)
    if row.received is None:
        Payment.objects.filter(pk=row.pk).update(received=clock.today())
        _audit(row.group, membership.account_id, "received", payment=row.pk)


@transaction.atomic
def not_received(*, membership: Membership, payment: UUID) -> None:
    """The worker says that the money has not come yet: coordinators are told, once a payment.

    Raises :class:`Refused`.
    """
    row = _own_payment(membership, payment)
    if row.received is not None:
        raise Refused(_("You said that this came. Please talk to your group if that is not right."))
    if row.missing is None:
        Payment.objects.filter(pk=row.pk).update(missing=clock.today())
        _audit(row.group, membership.account_id, "missing", payment=row.pk)
        _to_coordinators(row.payee, "pay.missing", _group_path(row.group), sum=_plain(row))


@transaction.atomic
def leave(*, membership: Membership) -> None:
    """The member's account is about to be deleted: what is disputed stands as claimed, and its words go.

    Nobody could answer any more, and no text about somebody who is gone is kept. The lines stay as they are.
    """
    audit.lock(membership.group_id)
    own = queries.payee_of(membership)
    if own is None:
        return
    for row in Claim.objects.filter(group=membership.group_id, payee=own.payee, dispute=Claim.Dispute.OPEN):
        _close(row, Claim.Dispute.CLOSED)
        _audit(row.group, None, "left", claim=row.pk)


def _write(rows: Iterable[tuple[Claim, str, int]], *, payment: Payment | None = None) -> None:
    """New lines of claims of one group: claim, part, minor units."""
    wanted = list(rows)
    if not wanted:
        return
    today = clock.today()
    years = Group.objects.filter(pk=wanted[0][0].group).values_list("tax_years", flat=True).get()
    last = rules.keep_until(today, years)
    Line.objects.bulk_create(
        Line(claim=claim, payment=payment, payee=claim.payee, part=part, amount=amount, day=today, keep_until=last)
        for claim, part, amount in wanted
    )


def _lock(ids: Iterable[UUID]) -> list[Claim]:
    return list(Claim.objects.select_for_update().filter(pk__in=list(ids)).order_by("pk"))


def _lock_one(claim: UUID) -> Claim:
    group = Claim.objects.filter(pk=claim).values_list("group", flat=True).first()
    if group is not None:
        audit.lock(group)
        for row in _lock([claim]):
            return row
    raise Refused(_("There is no such claim."))


def _lock_open(group: UUID, payee: UUID, currency: str) -> list[tuple[Claim, int]]:
    """What a payment settles, locked; each with its balance as it is under the lock."""
    rows = _lock(found.id for found in queries.open_claims(group, payee, currency))
    now = {found.id: found.balance for found in queries.open_claims(group, payee, currency)}
    return [(row, now[row.pk]) for row in rows if row.pk in now]


def _lock_for(by: Membership, claim: UUID) -> Claim:
    row = _lock_one(claim)
    if row.group != by.group_id:
        raise Refused(_("There is no such claim."))
    _check_coordinator(by, row.payee)
    return row


def _lock_disputed(by: Membership, claim: UUID) -> Claim:
    row = _lock_for(by, claim)
    if row.dispute != Claim.Dispute.OPEN:
        raise Refused(_("This is settled already."))
    return row


def _lock_own(membership: Membership, claim: UUID) -> Claim:
    row = _lock_one(claim)
    own = queries.payee_of(membership)
    if own is None or own.payee != row.payee:
        raise Refused(_("There is no such claim."))
    if row.dispute != Claim.Dispute.OPEN:
        raise Refused(_("This is settled already."))
    return row


def _own_payment(membership: Membership, payment: UUID) -> Payment:
    audit.lock(membership.group_id)
    own = queries.payee_of(membership)
    row = Payment.objects.select_for_update().filter(pk=payment, payee=own.payee).first() if own else None
    if row is None:
        raise Refused(_("There is no such payment."))
    return row


def _check_coordinator(by: Membership, payee: UUID) -> None:
    if not by.coordinates:
        raise Refused(_("Please ask a coordinator to do this."))
    if queries.is_own(by, payee):
        raise Refused(_("This is your own. Somebody else has to do it."))


def _check_offer(state: queries.ClaimState, offer: int | None) -> None:
    if offer is None:
        return
    if not state.paid <= offer <= money.LARGEST or offer < 0:
        raise Refused(_("Please offer what was paid so far or more."))
    if offer == state.owed:
        raise Refused(_("This is what is owed now. Offer another sum, or none."))


def _close(row: Claim, to: Claim.Dispute) -> None:
    """Close a dispute; its words have done their work and go."""
    row.dispute, row.reason, row.offer = to, b"", None
    row.save(update_fields=["dispute", "reason", "offer"])


def _sum(claim: Claim, part: str) -> int | None:
    """What the claim's lines of one part add up to; ``None`` when it has none."""
    found: int | None = Line.objects.filter(claim=claim, part=part).aggregate(sum=Sum("amount"))["sum"]
    return found


def _balance(claim: Claim) -> int:
    found: int | None = Line.objects.filter(claim=claim).aggregate(sum=Sum("amount"))["sum"]
    return found or 0


def _audit(group: UUID, actor: UUID | None, what: str, **ids: UUID) -> None:
    audit.append(chain=group, actor=actor, act=f"pay.{what}", detail={k: str(v) for k, v in ids.items()})


def _plain(payment: Payment) -> str:
    return f"{money.plain(payment.amount, payment.currency)} {payment.currency}"


def _group_path(group: UUID) -> str:
    return f"/pay/groups/{group}/"


def _tell_worker(payee: UUID, code: str, **filling: str) -> None:
    member = queries.owner(payee)
    if member is not None:
        outbox.send(owner=member.account_id, code=code, path="/pay/", group=member.group.name, **filling)


def _tell_coordinators(claim: Claim, code: str) -> None:
    _to_coordinators(claim.payee, code, f"/pay/claims/{claim.pk}/")


def _to_coordinators(payee: UUID, code: str, path: str, **filling: str) -> None:
    member = queries.owner(payee)
    if member is None:
        return
    name = people.name(member)
    for other in people.coordinators(member.group):
        if other.account_id != member.account_id:
            outbox.send(owner=other.account_id, code=code, path=path, name=name, group=member.group.name, **filling)
