"""Writes about a claim that is disputed: a question, answers, sums, an agreement. Its words go when it closes."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from alongside.kit import clock, closed, money
from alongside.pay import lines, queries, rules
from alongside.pay.models import Claim, Line, Message
from alongside.pay.rules import Change
from alongside.people.actions import Refused
from alongside.people.models import Membership

MESSAGES_MOST = 200
"""How many messages one dispute may hold."""


@transaction.atomic
def dispute(*, by: Membership, claim: UUID, reason: str, offer: int | None) -> None:
    """Say that a claim is not right, and why; ``offer`` is what the group says is owed in all (minor units).

    For coordinators of its group, never about their own claim, while something is unpaid, once for each time the
    sum goes up and within ``rules.DISPUTE_DAYS`` days of it. What the offer does not question stays payable; the rest
    is not paid until the dispute is closed. Raises :class:`Refused`.
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
    _check_sum(state, offer)
    row.dispute, row.asked = Claim.Dispute.OPEN, clock.today()
    row.reason = closed.close(row.group, row.place, reason.strip())
    _offer(row, state, offer)
    row.save(update_fields=["dispute", "asked", "reason", "offer", "sure"])
    lines.note(row.group, by.account_id, "disputed", claim=row.pk)
    lines.tell_worker(row.payee, "pay.disputed")


@transaction.atomic
def reply(
    *, by: Membership, claim: UUID, text: str = "", offer: int | None = None, changes: Sequence[Change] = ()
) -> None:
    """The group writes to the worker, offers another sum (minor units), or both; ``changes`` are what the sum comes of.

    For any coordinator but the payee. Raises :class:`Refused`.
    """
    row = _lock_disputed(by, claim)
    state = queries.state([row.pk])[row.pk]
    _check_sum(state, offer)
    _write(row, text, offer, changes, by_group=True)
    _offer(row, state, offer)
    row.waits = None
    row.save(update_fields=["offer", "sure", "waits"])
    lines.note(row.group, by.account_id, "answered" if offer is None else "offered", claim=row.pk)
    lines.tell_worker(row.payee, "pay.answered" if offer is None else "pay.offered")


@transaction.atomic
def answer(
    *,
    membership: Membership,
    claim: UUID,
    text: str = "",
    wish: int | None = None,
    changes: Sequence[Change] = (),
) -> None:
    """The worker writes to the group, says which sum is right (minor units), or both. Raises :class:`Refused`."""
    row = _lock_own(membership, claim)
    _check_sum(queries.state([row.pk])[row.pk], wish)
    _write(row, text, wish, changes, by_group=False)
    row.wish = row.wish if wish is None else wish
    _wait(row)
    row.save(update_fields=["wish", "waits"])
    lines.note(row.group, membership.account_id, "answered" if wish is None else "wished", claim=row.pk)
    lines.tell_coordinators(row, "pay.said" if wish is None else "pay.wished")


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
    _settle(row, row.offer, expected)
    lines.note(row.group, membership.account_id, "accepted", claim=row.pk)
    lines.tell_coordinators(row, "pay.accepted")


@transaction.atomic
def agree(*, by: Membership, claim: UUID, expected: int | None = None) -> None:
    """The group says yes to what the worker says is right, as :func:`accept_offer` does to an offer.

    For any coordinator but the payee. Raises :class:`Refused`.
    """
    row = _lock_disputed(by, claim)
    _settle(row, row.wish, expected)
    lines.note(row.group, by.account_id, "agreed", claim=row.pk)
    lines.tell_worker(row.payee, "pay.agreed")


@transaction.atomic
def decline_offer(*, membership: Membership, claim: UUID) -> None:
    """The worker would rather talk: the offer goes, the dispute stays open, the coordinators are told once.

    What the group did not question stays payable: a no costs nothing.
    """
    row = _lock_own(membership, claim)
    if row.offer is None:
        return
    row.offer = None
    _wait(row)
    row.save(update_fields=["offer", "waits"])
    lines.note(row.group, membership.account_id, "declined", claim=row.pk)
    lines.tell_coordinators(row, "pay.declined")


@transaction.atomic
def hush(*, claim: UUID) -> None:
    """The work was taken back: what was written about it goes with its copy. Its sums, and the question, stay."""
    lines.hush(lines.lock_one(claim))


def _settle(row: Claim, to: int | None, expected: int | None) -> None:
    if to is None or (expected is not None and to != expected):
        raise Refused(_("The offer has changed. Please look at it again."))
    paid = -(lines.summed(row, Line.Part.PAID) or 0)
    if to < paid:
        raise Refused(_("More than this was paid by now. Please look at it again."))
    owed = lines.balance(row) + paid
    if to != owed:
        lines.write([(row, Line.Part.AGREED, to - owed)])
    lines.close(row, Claim.Dispute.CLOSED)


def _write(row: Claim, text: str, amount: int | None, changes: Sequence[Change], *, by_group: bool) -> None:
    if not text.strip() and amount is None:
        raise Refused(_("Please write something, or a sum."))
    written = list(row.messages.values_list("by_group", flat=True))
    number = len(written) + 1
    if written.count(by_group) >= MESSAGES_MOST:  # each side has as many: none silences the other
        raise Refused(_("This is a long talk by now. Please meet and talk it over."))
    message = Message(claim=row, number=number, by_group=by_group, day=clock.today())
    said = {"text": text.strip(), "sum": amount, "changes": [[one.what, one.new, one.old] for one in changes]}
    message.content = closed.close_json(row.group, message.place, said)
    message.save()


def _offer(row: Claim, state: queries.ClaimState, offer: int | None) -> None:
    if offer is not None:
        row.offer, row.sure = offer, min(offer, state.owed)


def _wait(row: Claim) -> None:
    """The worker waits for the group from now on, or has for longer."""
    row.waits = row.waits or clock.today()


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


def _check_sum(state: queries.ClaimState, amount: int | None) -> None:
    if amount is None:
        return
    if not state.paid <= amount <= money.LARGEST or amount < 0:
        raise Refused(_("Please offer what was paid so far or more."))
    if amount == state.owed:
        raise Refused(_("This is what is owed now. Offer another sum, or none."))
