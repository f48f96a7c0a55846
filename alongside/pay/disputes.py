"""Writes about a claim that is disputed: a question, an offer, an answer. Its words go when it closes."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from alongside.kit import closed, money
from alongside.pay import lines, queries, rules
from alongside.pay.models import Claim, Line
from alongside.people.actions import Refused
from alongside.people.models import Membership


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
    lines.note(row.group, by.account_id, "disputed", claim=row.pk)
    lines.tell_worker(row.payee, "pay.disputed")


@transaction.atomic
def make_offer(*, by: Membership, claim: UUID, offer: int) -> None:
    """Offer another sum for a claim that is disputed. Raises :class:`Refused`."""
    row = _lock_disputed(by, claim)
    _check_offer(queries.state([row.pk])[row.pk], offer)
    row.offer = offer
    row.save(update_fields=["offer"])
    lines.note(row.group, by.account_id, "offered", claim=row.pk)
    lines.tell_worker(row.payee, "pay.offered")


@transaction.atomic
def withdraw(*, by: Membership, claim: UUID) -> None:
    """Take a dispute back: the claim stands as it was. For any coordinator but the payee. Raises :class:`Refused`."""
    row = _lock_disputed(by, claim)
    lines.close(row, Claim.Dispute.CLOSED)
    lines.note(row.group, by.account_id, "withdrew", claim=row.pk)
    lines.tell_worker(row.payee, "pay.withdrawn")


@transaction.atomic
def accept_offer(*, membership: Membership, claim: UUID, expected: int | None = None) -> None:
    """The worker says yes to the offer: one line takes the claim there, and the dispute is closed.

    ``expected`` is the offer that they saw. Raises :class:`Refused` when it is another one by now.
    """
    row = _lock_own(membership, claim)
    if row.offer is None or (expected is not None and row.offer != expected):
        raise Refused(_("The offer has changed. Please look at it again."))
    owed = lines.balance(row) - (lines.summed(row, Line.Part.PAID) or 0)
    if row.offer != owed:
        lines.write([(row, Line.Part.AGREED, row.offer - owed)])
    lines.close(row, Claim.Dispute.CLOSED)
    lines.note(row.group, membership.account_id, "accepted", claim=row.pk)
    lines.tell_coordinators(row, "pay.accepted")


@transaction.atomic
def decline_offer(*, membership: Membership, claim: UUID) -> None:
    """The worker would rather talk: the offer goes, the dispute stays open, the coordinators are told once."""
    row = _lock_own(membership, claim)
    if row.offer is None:
        return
    row.offer = None
    row.save(update_fields=["offer"])
    lines.note(row.group, membership.account_id, "declined", claim=row.pk)
    lines.tell_coordinators(row, "pay.declined")


def _lock_for(by: Membership, claim: UUID) -> Claim:
    row = lines.lock_one(claim)
    if row.group != by.group_id:
        raise Refused(_("There is no such claim."))
    lines.check_coordinator(by, row.payee)
    return row


def _lock_disputed(by: Membership, claim: UUID) -> Claim:
    row = _lock_for(by, claim)
    if row.dispute != Claim.Dispute.OPEN:
        raise Refused(_("This is settled already."))
    return row


def _lock_own(membership: Membership, claim: UUID) -> Claim:
    row = lines.lock_one(claim)
    own = queries.payee_of(membership)
    if own is None or own.payee != row.payee:
        raise Refused(_("There is no such claim."))
    if row.dispute != Claim.Dispute.OPEN:
        raise Refused(_("This is settled already."))
    return row


def _check_offer(state: queries.ClaimState, offer: int | None) -> None:
    if offer is None:
        return
    if not state.paid <= offer <= money.LARGEST or offer < 0:
        raise Refused(_("Please offer what was paid so far or more."))
    if offer == state.owed:
        raise Refused(_("This is what is owed now. Offer another sum, or none."))
