"""Writes of pay: the ledger gets new lines, and never changes an old one. Disputes are in ``disputes``."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from alongside.kit import audit, clock, money
from alongside.pay import lines, queries, rules
from alongside.pay.models import METHODS, Claim, Line, Payee, Payment
from alongside.pay.rules import Owed, Way
from alongside.people.actions import Refused
from alongside.people.models import Account, Membership

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
    lines.note(membership.group_id, membership.account_id, "method", payee=own.payee)


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
    lines.write((claim, part.part, part.amount) for part in parts)
    who = actor.pk if isinstance(actor, Account) else actor
    lines.note(claim.group, who, "claimed", claim=claim.pk)
    return claim.pk


@transaction.atomic
def correct(*, claim: UUID, parts: Sequence[Owed], day: dt.date | None = None) -> int:
    """Take a claim to what ``parts`` add up to, by one line (none when nothing changes); return that line's amount.

    ``day`` is the day of the work as it is now: the claim has it from then on, its lines keep theirs, and until when it
    may be disputed goes by those. Works after payment too: the sum may then fall below what was paid, and the rest is
    taken off the next payment.
    What both sides agreed on after a dispute stands: the difference is added to it, until the work comes to that sum
    by itself. A sum that comes to what a
    coordinator offered closes the dispute; one that goes up after a dispute was closed may be disputed anew.
    Raises :class:`Refused` for a dropped claim.
    """
    row = lines.lock_one(claim)
    if lines.summed(row, Line.Part.DROPPED) is not None:
        raise Refused(_("This claim was dropped. It cannot change any more."))
    agreed, paid = lines.summed(row, Line.Part.AGREED) or 0, lines.summed(row, Line.Part.PAID) or 0
    rated = lines.balance(row) - agreed - paid
    if agreed and rules.total(parts) == rated + agreed:
        # The work now says itself what both agreed on: the difference is taken up, so that it never counts twice.
        lines.write([(row, Line.Part.CORRECTION, agreed), (row, Line.Part.AGREED, -agreed)])
        rated, agreed = rated + agreed, 0
    amount = rules.correction(new=rules.total(parts), rated=rated, agreed=agreed)
    moved = day is not None and day != row.day and not queries.state([row.pk])[row.pk].advance
    if day is not None and moved:
        row.day = day
        row.save(update_fields=["day"])
    if amount:
        lines.write([(row, Line.Part.CORRECTION, amount)])
    if amount or moved:
        member = queries.owner(row.payee)
        lines.note(row.group, member.account_id if member else None, "corrected", claim=row.pk)
    if row.dispute == Claim.Dispute.OPEN and row.offer == rated + agreed + amount:
        lines.close(row, Claim.Dispute.CLOSED)
        lines.tell_coordinators(row, "pay.accepted")
    elif amount and row.dispute == Claim.Dispute.OPEN:
        row.waits = row.waits or clock.today()  # changed work is an answer too
        row.save(update_fields=["waits"])
    elif amount > 0 and row.dispute == Claim.Dispute.CLOSED:
        lines.close(row, Claim.Dispute.NONE)
    return amount


@transaction.atomic
def drop(*, claim: UUID) -> None:
    """Give a claim up before payment: one line brings it to zero. Dropping twice is dropping once.

    Raises :class:`Refused` when anything of it is paid: paid work stays paid.
    """
    row = lines.lock_one(claim)
    if lines.summed(row, Line.Part.DROPPED) is not None:
        return
    if lines.summed(row, Line.Part.PAID):
        raise Refused(_("This was paid. Paid work stays paid."))
    lines.write([(row, Line.Part.DROPPED, -lines.balance(row))])
    if row.dispute == Claim.Dispute.OPEN:
        lines.close(row, Claim.Dispute.CLOSED)
    member = queries.owner(row.payee)
    lines.note(row.group, member.account_id if member else None, "dropped", claim=row.pk)


@transaction.atomic
def give_up(*, claim: UUID) -> None:
    """The work is not owed by this claim any more: by the next one, in other money or of another group.

    Unpaid, it is dropped. Where some of it was paid, what it says is owed is taken back, what both sides agreed on
    too, and the rest is taken off the next payment. A dispute ends: there is nothing left to agree on. Dropped
    before, it stays as it is.
    """
    row = lines.lock_one(claim)
    if lines.summed(row, Line.Part.DROPPED) is not None:
        return
    if not lines.summed(row, Line.Part.PAID):
        drop(claim=claim)
        return
    agreed = lines.summed(row, Line.Part.AGREED)
    if agreed:
        lines.write([(row, Line.Part.AGREED, -agreed)])
        member = queries.owner(row.payee)
        lines.note(row.group, member.account_id if member else None, "corrected", claim=row.pk)
    if row.dispute == Claim.Dispute.OPEN:
        lines.close(row, Claim.Dispute.CLOSED)
    correct(claim=claim, parts=[])


@transaction.atomic
def pay(
    *,
    by: Membership,
    payee: UUID,
    currency: str,
    expected: int,
    key: UUID,
    method: str | None = None,
    ways: Sequence[Way] = (),
    ahead: bool = False,
) -> Payment:
    """Pay open claims of a payee in the group and currency, oldest first; of disputed ones what is not in question.

    ``expected`` (minor units: what is owed in all, less what was paid ahead) and ``method`` are what the coordinator
    saw. ``ways`` says how much is paid in which way; without it, all that is owed is paid as the payee chose. Each way
    is a payment of its own. The first has ``key`` for its id, and that one is returned, so the same form sent twice
    gives the same payments. What was paid ahead is used first; what is paid beyond what is owed waits as paid ahead,
    when ``ahead`` allows it. Nobody pays their own. Raises :class:`Refused`, and then nothing is paid.
    """
    group = by.group_id
    audit.lock(group)
    lines.check_coordinator(by, payee)
    before = _sent_before(key, group, payee, currency, ways)
    if before is not None:
        return before
    chosen, found = queries.method(payee), _lock_open(group, payee, currency)
    total = sum(balance for _row, balance in found)
    if total <= 0 and not ahead and lines.paid_meanwhile(group, payee, currency, expected):
        raise Refused(_("This was paid already. No more was paid."))
    _check_seen(total, expected, ahead=ahead, changed=method not in {None, chosen})
    given = list(ways) or [Way(chosen, total)]
    _check_ways(given, None if ahead else total)
    ids = _ids(key, len(given))
    payments = [_payment(by, payee, currency, way, pk) for way, pk in zip(given, ids, strict=True)]
    beyond = _settle(found, payments)
    if beyond:
        _hold_ahead(by, payee, currency, beyond)
    for payment in payments:
        lines.note(group, by.account_id, "paid", payment=payment.pk, payee=payee)
        lines.tell_worker(payee, "pay.ahead" if payment in beyond else "pay.paid", sum=lines.plain(payment))
    return payments[0]


def _ids(key: UUID, ways: int) -> list[UUID]:
    """The ids of the payments that a form makes: its own key, and one made of it for each further way."""
    return [key, *(uuid5(key, str(n)) for n in range(1, ways))]


def _sent_before(key: UUID, group: UUID, payee: UUID, currency: str, ways: Sequence[Way]) -> Payment | None:
    """The payment that the same form made before, to the same person and of the same sum.

    Raises :class:`Refused` where the form says something else now, or what it made was taken back.
    """
    before = Payment.objects.filter(pk=key).first()
    if before is None:
        return None
    found = Payment.objects.in_bulk(_ids(key, len(METHODS)))
    made = [Way(row.method, row.amount) for pk in _ids(key, len(METHODS)) if (row := found.get(pk))]
    there = (before.group, before.payee, before.currency) == (group, payee, currency)
    if not there or any(row.reversed for row in found.values()) or (ways and made != list(ways)):
        raise Refused(_("Please load this page again. Nothing was paid."))
    return before


def _check_seen(total: int, expected: int, *, ahead: bool, changed: bool) -> None:
    """Raise :class:`Refused` unless there is something to pay, and the coordinator saw how much and in which way."""
    if total != expected or (total <= 0 and not ahead):
        raise Refused(_("The sum has changed since you looked. Nothing was paid. Please look at it again."))
    if changed:
        raise Refused(_("They now want to be paid in another way. Nothing was paid. Please look at it again."))


@transaction.atomic
def pay_ahead(
    *, by: Membership, to: Membership, currency: str, expected: int, key: UUID, ways: Sequence[Way]
) -> Payment:
    """As :func:`pay`, to a member of the group who may be owed nothing yet. Raises :class:`Refused`."""
    if to.group_id != by.group_id:
        raise Refused(_("Please load this page again. Nothing was paid."))
    own = payee(membership=to).payee
    return pay(by=by, payee=own, currency=currency, expected=expected, key=key, ways=ways, ahead=True)


@transaction.atomic
def take_off(*, by: Membership, payee: UUID, currency: str, expected: int) -> None:
    """Use what was paid ahead for what is owed, where it covers all of it: no money is handed over.

    ``expected`` (minor units, zero or less) is what was seen. Raises :class:`Refused`.
    """
    audit.lock(by.group_id)
    lines.check_coordinator(by, payee)
    found = _lock_open(by.group_id, payee, currency)
    total = sum(balance for _row, balance in found)
    if total != expected or total > 0:
        raise Refused(_("The sum has changed since you looked. Nothing was taken off. Please look at it again."))
    _settle(found, [])
    lines.note(by.group_id, by.account_id, "taken_off", payee=payee)


@transaction.atomic
def confirm(*, membership: Membership, payment: UUID) -> None:
    """The worker says that the money came. Saying it twice is saying it once. Raises :class:`Refused`."""
    row = _own_payment(membership, payment)
    _check_not_reversed(row)
    if row.received is None:
        Payment.objects.filter(pk=row.pk).update(received=clock.today())
        lines.note(row.group, membership.account_id, "received", payment=row.pk)


@transaction.atomic
def not_received(*, membership: Membership, payment: UUID) -> None:
    """The worker says that the money has not come yet: coordinators are told, once a payment.

    Raises :class:`Refused`.
    """
    row = _own_payment(membership, payment)
    _check_not_reversed(row)
    if row.received is not None:
        raise Refused(_("You said that this came. Please talk to your group if that is not right."))
    if row.missing is None:
        Payment.objects.filter(pk=row.pk).update(missing=clock.today())
        lines.note(row.group, membership.account_id, "missing", payment=row.pk)
        lines.to_coordinators(row.payee, "pay.missing", lines.group_path(row.group), sum=lines.plain(row))


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
        lines.close(row, Claim.Dispute.CLOSED)
        lines.note(row.group, None, "left", claim=row.pk)


@transaction.atomic
def reverse(*, by: Membership, payment: UUID) -> None:
    """Take back a payment that was noted by mistake or did not come: what it paid is owed again.

    One new line a claim brings back what the payment had paid of it; nothing is edited. For coordinators of its
    group, never about their own money, and not once the worker said that it came. Taking back twice is taking back
    once. The other coordinators are told, so that who handed it over does not do so twice. Raises :class:`Refused`.
    """
    audit.lock(by.group_id)
    row = Payment.objects.select_for_update().filter(pk=payment, group=by.group_id).first()
    if row is None:
        raise Refused(_("There is no such payment."))
    lines.check_coordinator(by, row.payee)
    if row.reversed is not None:
        return
    if row.received is not None:
        raise Refused(_("They said that this came, so it stands. Please talk to them if that is not right."))
    sums = Line.objects.filter(payment=row).values_list("claim").annotate(sum=Sum("amount"))
    back = {claim: -amount for claim, amount in sums if amount}
    if sum(back.values()) != row.amount:
        raise Refused(_("This payment is too old to take back."))
    lines.pay((claim, row, back[claim.pk]) for claim in lines.lock(back))
    Payment.objects.filter(pk=row.pk).update(reversed=clock.today())
    lines.note(row.group, by.account_id, "reversed", payment=row.pk, payee=row.payee)
    lines.tell_worker(row.payee, "pay.reversed", sum=lines.plain(row))
    lines.to_coordinators(row.payee, "pay.back", f"/pay/payments/{row.pk}/", but=by.account_id, sum=lines.plain(row))


def _check_not_reversed(row: Payment) -> None:
    if row.reversed is not None:
        raise Refused(_("Your group took this payment back. What of it was for work is owed to you again."))


def _own_payment(membership: Membership, payment: UUID) -> Payment:
    audit.lock(membership.group_id)
    own = queries.payee_of(membership)
    row = Payment.objects.select_for_update().filter(pk=payment, payee=own.payee).first() if own else None
    if row is None:
        raise Refused(_("There is no such payment."))
    return row


def _check_ways(ways: Sequence[Way], most: int | None) -> None:
    """Raises :class:`Refused` for ways that cannot be, and for more than ``most`` in all."""
    kinds = [way.method for way in ways]
    if len(set(kinds)) != len(kinds) or not set(kinds) <= set(METHODS):
        raise Refused(_("Please choose each way of paying once."))
    paid = sum(way.amount for way in ways)
    if any(way.amount <= 0 for way in ways) or paid > money.LARGEST:
        raise Refused(_("Please write a sum above zero."))
    if most is not None and paid > most:
        raise Refused(_("This is more than is owed now. Nothing was paid. You can pay ahead on a page of its own."))


def _payment(by: Membership, payee: UUID, currency: str, way: Way, key: UUID) -> Payment:
    today = clock.today()
    return Payment.objects.create(
        id=key,
        group=by.group_id,
        payee=payee,
        amount=way.amount,
        currency=currency,
        method=way.method,
        day=today,
        keep_until=rules.keep_until(today, by.group.tax_years),
    )


def _settle(found: Sequence[tuple[Claim, int]], payments: Sequence[Payment]) -> dict[Payment, int]:
    """Pay what is open, oldest first, from what was paid ahead and then from ``payments``; give what is left of them.

    What was paid ahead moves by two lines of the payment that it came with: each payment's lines add up to its sum,
    and whatever a payment paid can be brought back when it turns out that it never came.
    """
    due = [(row, balance) for row, balance in found if balance > 0]
    held = [(row, -balance) for row, balance in found if balance < 0]
    gave = queries.given(row.pk for row, _more in held)
    funds: list[tuple[Claim | None, Payment, int]] = []
    for row, more in held:
        rest = more
        for payment, part in gave.get(row.pk, ()):
            funds.append((row, payment, min(part, rest)))
            rest -= min(part, rest)
    funds += [(None, payment, payment.amount) for payment in payments]
    left = {payment: payment.amount for payment in payments}
    written: list[tuple[Claim, Payment, int]] = []
    for fund, place, part in rules.spread([f[2] for f in funds], [balance for _row, balance in due]):
        source, payment, _amount = funds[fund]
        if source is None:
            left[payment] -= part
        else:
            written.append((source, payment, part))
        written.append((due[place][0], payment, -part))
    lines.pay(written)
    return {payment: amount for payment, amount in left.items() if amount}


def _hold_ahead(by: Membership, payee: UUID, currency: str, amounts: dict[Payment, int]) -> None:
    """A claim of nothing that holds what was paid ahead, until work comes that it is for."""
    today = clock.today()
    last = rules.keep_until(today, by.group.tax_years)
    claim = Claim.objects.create(
        group=by.group_id, payee=payee, currency=currency, day=today, opened=today, keep_until=last
    )
    lines.pay((claim, payment, -amount) for payment, amount in amounts.items())


def _lock_open(group: UUID, payee: UUID, currency: str) -> list[tuple[Claim, int]]:
    """What a payment settles, oldest first and locked; each with what is payable of it under the lock."""
    rows = {row.pk: row for row in lines.lock(found.id for found in queries.open_claims(group, payee, currency))}
    now = queries.open_claims(group, payee, currency)
    return [(rows[found.id], found.payable) for found in now if found.id in rows]
