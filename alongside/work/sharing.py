"""What sharing an entry sets off: the group's copy, the claim in the ledger, the marks on the role.

A part of :mod:`alongside.work.actions`: everything here runs inside a sync's transaction.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from alongside.kit import audit, canonical, closed, keys
from alongside.outbox import actions as outbox
from alongside.pay import actions as pay
from alongside.pay import disputes
from alongside.pay import queries as ledger
from alongside.pay.rules import Measure, Owed, Reckoning, owed
from alongside.pay.rules import total as pay_total
from alongside.people.models import Account, Membership
from alongside.roles import actions as role_actions
from alongside.roles import agreed
from alongside.roles import kinds as kinds_
from alongside.roles import queries as roles
from alongside.roles import rules as role_rules
from alongside.roles.models import Role
from alongside.roles.rules import Agreed
from alongside.work import drawing, queries, rules
from alongside.work.models import Entry, Receipt, ReceiptCopy, Share


@dataclass
class Context:
    """What one sync needs to know to share: looked up once, whatever the number of entries."""

    account: Account
    memberships: dict[str, Membership]
    held: dict[str, roles.HeldRole] = field(default_factory=dict)
    group_keys: dict[UUID, bytes] = field(default_factory=dict)
    own_kinds: dict[UUID, dict[str, str]] = field(default_factory=dict)
    existing: dict[UUID, Share] = field(default_factory=dict)
    stocks: drawing.Stocks = field(default_factory=dict)


def context(account: Account, entries: Iterable[rules.Entry], ids: Iterable[UUID]) -> Context:
    """Look up the person's memberships, agreed roles and existing shares, as far as ``entries`` call for them."""
    wanted = [e for e in entries if e["group"] or e["role"]]  # of what names neither nothing is asked
    named = any(e["group"] for e in wanted)
    mine = Membership.objects.select_related("group").filter(account=account) if named else ()
    ctx = Context(account, {str(m.group_id): m for m in mine})
    if any(e.get("role") for e in wanted):
        ctx.held = {str(k): v for k, v in roles.agreed_by(list(ctx.memberships.values())).items()}
    if any(e.get("shared") for e in wanted):
        ctx.group_keys = keys.get_many(m.group_id for m in ctx.memberships.values())
    if any(e.get("shared") and not set(e.get("kinds", ())) <= kinds_.CODES for e in wanted):
        ctx.own_kinds = roles.kind_labels([m.group_id for m in ctx.memberships.values()])
    known = list(ids)
    if known:
        rows = Share.objects.select_related("drawn").filter(entry_id__in=known)  # the owner's chain is locked
        ctx.existing = {s.entry_id: s for s in rows}
    return ctx


def errors(ctx: Context, entry: rules.Entry, stored: rules.Entry | None) -> rules.Errors:
    """Whether the entry names a group or role that is not the person's; what was stored before may stay."""
    stays = entry["group"] == (stored or {}).get("group")
    membership = ctx.memberships.get(entry["group"] or "")
    if entry["group"] and not stays and (membership is None or membership.left):
        return {"group": "no_such_group"}
    if entry["shared"]:  # what is shared already may be corrected after the end, by the rate of its day
        going_on = stays and bool((stored or {}).get("shared"))
        if membership is None or (membership.left and not going_on):
            return {"group": "no_such_group"}
        if membership.group.closed and not going_on:
            return {"group": "group_closed"}
    kept = {name: (stored or {}).get(name) for name in ("group", "role")}
    if entry["role"] and {name: entry[name] for name in kept} != kept:
        held = ctx.held.get(entry["role"])
        if held is None or str(held.group_id) != entry["group"]:
            return {"role": "no_such_role"}
    if entry["shared"] and not set(entry["kinds"]) <= _kinds_of(ctx, entry["group"]):
        return {"kinds": "kind_elsewhere"}
    return {}


def _kinds_of(ctx: Context, group: str) -> frozenset[str]:
    """The kinds that a group knows. One that another group of the person's added would tell of that group."""
    return kinds_.CODES | frozenset(ctx.own_kinds.get(ctx.memberships[group].group_id, ()))


def would_owe(account: Account, entry: rules.Entry) -> tuple[int, str | None]:
    """What would be owed for an entry if it were shared as it stands: minor units and their currency. Nothing is written.

    ``None`` for the currency where nothing would be owed by any rate, or where it could not be shared.
    """
    wanted = {**entry, "shared": True}
    ctx = context(account, [wanted], ())
    if not entry["group"] or errors(ctx, wanted, None):
        return 0, None
    parts, currency = _owed(wanted, *_bound(ctx, wanted, ctx.memberships[entry["group"]]))
    return pay_total(parts), currency


def lock(ctx: Context, entries: Mapping[str, rules.Entry]) -> None:
    """Lock every group that the entries (by id) take something from or give something to, in one order for all.

    Two people who share with the same groups then wait for each other and never block each other.
    """
    groups = {share.group_id for pk, share in ctx.existing.items() if str(pk) in entries}
    wanted = [e["group"] for e in entries.values() if e.get("shared") and not e["deleted"]]
    groups |= {ctx.memberships[group].group_id for group in wanted}
    for group in sorted(groups):
        audit.lock(group)


class Overtaken(Exception):
    """Raised when a group was closed, or left by the person, between the look at it and the turn to write."""


def still(ctx: Context, entries: Mapping[str, rules.Entry]) -> None:
    """Look again, under its lock, at each group that is given something. Raises :class:`Overtaken`."""
    wanted = [ctx.memberships[e["group"]] for e in entries.values() if e.get("shared") and not e["deleted"]]
    known = {membership.pk: (membership.left, membership.group.closed) for membership in wanted}
    rows = Membership.objects.filter(pk__in=known).values_list("pk", "left", "group__closed") if known else ()
    if {pk: (left, closed_) for pk, left, closed_ in rows} != known:
        raise Overtaken


def settle(ctx: Context, row: Entry, entry: rules.Entry) -> None:
    """Bring the shares and claims of one stored entry in line with what it says now."""
    share = ctx.existing.get(row.pk)
    wanted = bool(entry.get("shared")) and not entry["deleted"]
    if not wanted:
        if share is not None and not share.withdrawn:
            drawing.put_back(ctx.stocks, share)
            take_back(share)
            if share.pk is None:
                del ctx.existing[row.pk]
        _follow(row, entry, None)
        return
    membership = ctx.memberships[entry["group"]]
    if share is not None and share.group_id != membership.group_id:
        drawing.put_back(ctx.stocks, share)
        _move_away(share)
        share = None
    share = ctx.existing[row.pk] = _give(ctx, row, entry, membership, share)
    _follow(row, entry, share)


@agreed.register
def rate_anew(membership: Membership, role: Role) -> None:
    """Who agreed to a rate is owed by it from its first day, for what they had shared by then too (ADR 0005).

    The person's own chain and the group's are locked. What is owed by the same terms as before is left as it is.
    """
    shares = Share.objects.select_related("entry").filter(membership=membership, role=role, withdrawn=False)
    whole = list(shares.filter(entry__folded=False).order_by("day", "pk"))
    if not whole:
        return
    key = keys.get(membership.account_id)
    entries = {share.entry_id: queries.as_entry(share.entry, queries.content_of(share.entry, key)) for share in whole}
    ctx = context(membership.account, list(entries.values()), list(entries))
    for share in whole:
        settle(ctx, share.entry, entries[share.entry_id])
    drawing.write(ctx.stocks)


def _move_away(share: Share) -> None:
    """The work was for another group: this one loses its copy and owes nothing for it, so that it is owed once."""
    state = _state(share.claim)
    _hush(state)
    if state is not None and state.state != "dropped":
        pay.give_up(claim=state.id)
    if not share.withdrawn:
        audit.append(
            chain=share.group_id,
            actor=share.membership.account_id,
            act="work.taken_back",
            detail={"share": str(share.pk)},
        )
    share.delete()


def take_back(share: Share) -> None:
    """Remove the group's copy. An unpaid claim stands until the person says whether to keep or drop it."""
    pk = share.pk
    state = _state(share.claim)
    share.answered = state is None or not state.droppable or state.owed == 0
    if share.claim is None:
        share.delete()  # nothing was owed for it, so nothing has to be remembered
    else:
        _hush(state)
        share.copy, share.withdrawn = b"", True
        share.thanks.all().delete()
        share.receipts.all().delete()
        share.save(update_fields=["copy", "withdrawn", "answered"])
    audit.append(
        chain=share.group_id, actor=share.membership.account_id, act="work.taken_back", detail={"share": str(pk)}
    )
    if not share.answered:
        outbox.send(
            owner=share.membership.account_id,
            code="work.keep_or_drop",
            path=f"/work/shares/{share.pk}/keep-or-drop/",
            group=share.group.name,
        )


def _follow(row: Entry, entry: rules.Entry, share: Share | None) -> None:
    """Bring the photos of receipts in line with the entry: one without its expense goes; the group has the others."""
    if row.revision == 1:
        return  # a photo comes after its entry
    spent = set() if entry["deleted"] else {e["code"] for e in entry["expenses"]}
    found = list(row.receipts.all())
    key = keys.get(row.account_id) if found else None
    for receipt in found:
        content = closed.read_bytes(key, receipt.place, receipt.content)
        if rules.receipt_parts(content)[0] not in spent:
            receipt.delete()
        elif share is not None:
            give_receipt(share, receipt, content)


def give_receipt(share: Share, receipt: Receipt, content: bytes) -> None:
    """Give the group a copy of a photo, when it has none."""
    if share.withdrawn or ReceiptCopy.objects.filter(receipt=receipt).exists():
        return
    copy = ReceiptCopy(receipt=receipt, share=share)
    copy.content = closed.close_bytes(keys.get(share.group_id), copy.place, content)
    copy.save()


def _hush(state: ledger.ClaimState | None) -> None:
    """What both sides wrote about work in question goes with the copy that it is about."""
    if state is not None and state.state == "disputed":
        disputes.hush(claim=state.id)


def measure(entry: rules.Entry) -> Measure:
    """What of an entry counts for pay."""
    return Measure(
        day=dt.date.fromisoformat(entry["day"]),
        part=entry["part"],
        minutes=entry["minutes"],
        extra=entry["extra"],
        called=entry["origin"] == "called",
        expenses=[(e["code"], e["amount"], e["currency"]) for e in entry["expenses"]],
    )


def reckoning(share: Share) -> Reckoning | None:
    """What the sum of a shared piece of work comes of, so that it can be put right.

    ``None`` where nothing of it makes a sum: no copy, no agreed rate, or one that pays a set sum and covers nothing.
    """
    terms = roles.terms(share.version) if share.version is not None else None
    try:
        copy = closed.read_json(share.group_id, share.place, share.copy)
    except closed.Gone:
        copy = None
    if not copy or terms is None or terms.rate is None:
        return None
    found = Reckoning(terms.rate, measure(copy))
    return found if found.values else None


def _give(ctx: Context, row: Entry, entry: rules.Entry, membership: Membership, share: Share | None) -> Share:
    made, drawn = share is None, drawing.of(share) if share is not None else None
    share = share or Share(entry=row, group=membership.group, membership=membership)
    held, bound = _bound(ctx, entry, membership)
    terms = (held.id if held else None, bound.version if bound else None)
    copy = rules.group_copy(entry, kinds_.shown_to_group(entry["kinds"]))
    key = ctx.group_keys.get(membership.group_id)
    if _same(share, terms, copy, key):
        return share  # what changed is the person's own business: it leaves no row with the group
    share.role_id, share.version_id = terms
    share.claim = _claim(ctx, entry, membership, share.claim, _owed(entry, held, bound))
    share.revision, share.day = row.revision, dt.date.fromisoformat(entry["day"])
    share.withdrawn, share.answered = False, True
    share.copy = closed.close_with(key, share.place, canonical.dumps(copy))
    share.save(force_insert=made)
    drawing.draw(ctx.stocks, share, drawn, copy["supplies"], key)
    if held is not None and bound is not None:
        _mark_unnamed(held.id, bound, copy["kinds"])
    act = "work.shared" if made else "work.shared_again"
    audit.append(chain=membership.group_id, actor=ctx.account.pk, act=act, detail={"share": str(share.pk)})
    return share


def _bound(ctx: Context, entry: rules.Entry, membership: Membership) -> tuple[roles.HeldRole | None, Agreed | None]:
    """The role that the work was under, and the terms that bind on its day. One group's terms never bind another."""
    held = ctx.held.get(entry["role"] or "")
    if held is None or held.group_id != membership.group_id:
        return None, None
    return held, role_rules.binding(held.agreed, dt.date.fromisoformat(entry["day"]))


def _same(share: Share, terms: tuple[UUID | None, UUID | None], copy: rules.Entry, key: bytes | None) -> bool:
    """Whether the group has just this copy already, under just these terms, so that the sum is the same too."""
    if not share.copy or share.withdrawn or (share.role_id, share.version_id) != terms:
        return False
    try:
        return closed.read_with(key, share.place, share.copy) == canonical.dumps(copy)
    except closed.Gone:
        return False


def _claim(
    ctx: Context,
    entry: rules.Entry,
    membership: Membership,
    claim: UUID | None,
    what: tuple[list[Owed], str | None],
) -> UUID | None:
    parts, currency = what
    state, day = _state(claim), dt.date.fromisoformat(entry["day"])
    if claim is not None and state is None:
        return claim  # settled, and past its term: never owed anew
    if state is not None and state.state != "dropped" and currency in (None, state.currency):
        pay.correct(claim=state.id, parts=parts, day=day)
        return state.id
    if state is not None and state.state != "dropped":
        pay.give_up(claim=state.id)
    if currency is None:
        return None
    return pay.open_claim(membership=membership, currency=currency, day=day, parts=parts, actor=ctx.account)


def _state(claim: UUID | None) -> ledger.ClaimState | None:
    return ledger.state([claim]).get(claim) if claim else None


def _owed(entry: rules.Entry, held: roles.HeldRole | None, bound: Agreed | None) -> tuple[list[Owed], str | None]:
    """The parts that are owed and their currency; ``None`` when no agreed rate had started on that day.

    What is excluded goes by the kinds as the group is shown them: a sum of nothing would else give away which piece
    of other work on the ground was an overdose response.
    """
    if held is None or bound is None or bound.terms.rate is None:
        return [], None
    shown, day = kinds_.shown_to_group(entry["kinds"]), dt.date.fromisoformat(entry["day"])
    if role_rules.excluded_beforehand(held.agreed, bound, shown, day):
        return [], bound.terms.rate.currency
    return owed(bound.terms.rate, measure(entry)), bound.terms.rate.currency


def _mark_unnamed(role: UUID, bound: Agreed, shown: list[str]) -> None:
    """Mark the kinds as the group is shown them: a mark, or its absence, must not tell more than the copy does."""
    unnamed = role_rules.unnamed(bound.terms, shown)
    if unnamed:
        role_actions.note_unnamed(role_id=role, kinds=unnamed)
