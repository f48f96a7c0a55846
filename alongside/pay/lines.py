"""What every write to the ledger shares: locks, lines, sums, the audit row, letters to both sides.

Everything that is written to a claim first locks its group's audit chain and then the claim rows in the order of
their ids: one order for all, so that two at once wait for each other and never block each other. On SQLite the
transaction itself (IMMEDIATE) is that lock. Every function here runs inside the transaction of its caller.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext as _

from alongside.kit import audit, clock, money
from alongside.outbox import actions as outbox
from alongside.pay import queries, rules
from alongside.pay.models import Claim, Line, Payment
from alongside.people import queries as people
from alongside.people.actions import Refused
from alongside.people.models import Group, Membership


def write(rows: Iterable[tuple[Claim, str, int]]) -> None:
    """New lines of claims of one group that no payment makes: claim, part, minor units."""
    _insert((claim, part, amount, None) for claim, part, amount in rows)


def pay(rows: Iterable[tuple[Claim, Payment, int]]) -> None:
    """New lines of payments of one group: claim, payment, minor units (below zero: paid; above: brought back)."""
    _insert((claim, Line.Part.PAID, amount, payment) for claim, payment, amount in rows)


def lock(ids: Iterable[UUID]) -> list[Claim]:
    """These claims, locked in the one order for all."""
    return list(Claim.objects.select_for_update().filter(pk__in=list(ids)).order_by("pk"))


def lock_one(claim: UUID) -> Claim:
    """One claim and its group's audit chain, locked. Raises :class:`Refused` when there is no such claim."""
    group = Claim.objects.filter(pk=claim).values_list("group", flat=True).first()
    if group is not None:
        audit.lock(group)
        for row in lock([claim]):
            return row
    raise Refused(_("There is no such claim."))


def check_coordinator(by: Membership, payee: UUID) -> None:
    """Raises :class:`Refused` for who does not coordinate (any more), and for their own money.

    To be asked with the group's chain locked: a steward may take that part from somebody at any moment.
    """
    if not by.coordinates or not Membership.objects.filter(pk=by.pk, coordinates=True, left__isnull=True).exists():
        raise Refused(_("Please ask a coordinator to do this."))
    if queries.is_own(by, payee):
        raise Refused(_("This is your own. Somebody else has to do it."))


def close(row: Claim, to: Claim.Dispute) -> None:
    """Close a dispute; its words have done their work and go."""
    row.dispute = to
    row.offer = row.sure = row.wish = row.asked = row.waits = None
    row.save(update_fields=["dispute", "offer", "sure", "wish", "asked", "waits"])
    hush(row)


def hush(row: Claim) -> None:
    """Erase what was written in a dispute; where it stands, and its sums, stay."""
    row.reason = b""
    row.save(update_fields=["reason"])
    row.messages.all().delete()


def summed(claim: Claim, part: str) -> int | None:
    """What the claim's lines of one part add up to; ``None`` when it has none."""
    found: int | None = Line.objects.filter(claim=claim, part=part).aggregate(sum=Sum("amount"))["sum"]
    return found


def balance(claim: Claim) -> int:
    """What all of the claim's lines add up to."""
    found: int | None = Line.objects.filter(claim=claim).aggregate(sum=Sum("amount"))["sum"]
    return found or 0


def paid_meanwhile(group: UUID, payee: UUID, currency: str, seen: int) -> bool:
    """Whether payments alone explain that nothing of ``seen`` (minor units) is open any more.

    So it is when nothing is in question, and what the ledger got last, after all else, are lines of payments that add
    up to as much. What came into question, was dropped or was put right meanwhile is not said to be paid.
    """
    claims = Claim.objects.filter(group=group, payee=payee, currency=currency)
    if claims.filter(dispute=Claim.Dispute.OPEN).exists():
        return False
    rows = Line.objects.filter(claim__in=claims)
    other = rows.exclude(part=Line.Part.PAID).order_by("-pk").values_list("pk", flat=True).first() or 0
    paid = -(rows.filter(pk__gt=other).aggregate(sum=Sum("amount"))["sum"] or 0)
    return paid >= max(seen, 1)


def note(group: UUID, actor: UUID | None, what: str, **ids: UUID) -> None:
    """A row in the group's audit chain: what was done, and ids alone."""
    audit.append(chain=group, actor=actor, act=f"pay.{what}", detail={k: str(v) for k, v in ids.items()})


def plain(payment: Payment) -> str:
    """The payment's sum as letters hold it."""
    return f"{money.plain(payment.amount, payment.currency)} {payment.currency}"


def group_path(group: UUID) -> str:
    """The coordinators' page of a group."""
    return f"/pay/groups/{group}/"


def tell_worker(payee: UUID, code: str, **filling: str) -> None:
    """A letter to whoever is behind a payee id, if they are still there."""
    member = queries.owner(payee)
    if member is not None:
        outbox.send(owner=member.account_id, code=code, path="/pay/", group=member.group.name, **filling)


def tell_coordinators(claim: Claim, code: str) -> None:
    """A letter about a claim to the coordinators of its group, the payee apart."""
    to_coordinators(claim.payee, code, f"/pay/claims/{claim.pk}/")


def to_coordinators(payee: UUID, code: str, path: str, *, but: UUID | None = None, **filling: str) -> None:
    """A letter about ``payee`` to the coordinators of the group, the payee and the account ``but`` apart."""
    member = queries.owner(payee)
    if member is None:
        return
    name = people.name(member)
    for other in people.coordinators(member.group):
        if other.account_id not in {member.account_id, but}:
            outbox.send(owner=other.account_id, code=code, path=path, name=name, group=member.group.name, **filling)


def _insert(rows: Iterable[tuple[Claim, str, int, Payment | None]]) -> None:
    wanted = list(rows)
    if not wanted:
        return
    today = clock.today()
    years = Group.objects.filter(pk=wanted[0][0].group).values_list("tax_years", flat=True).get()
    last = rules.keep_until(today, years)
    Line.objects.bulk_create(
        Line(claim=claim, payment=payment, payee=claim.payee, part=part, amount=amount, day=today, keep_until=last)
        for claim, part, amount, payment in wanted
    )
