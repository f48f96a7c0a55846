"""Pages of pay: the worker's own, and the coordinators' of a group."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alongside.kit import clock, money
from alongside.pay import access, actions, beside, queries, words
from alongside.pay.claim_views import do, talk, whole
from alongside.pay.forms import WaysForm
from alongside.pay.models import METHODS, Payment
from alongside.people import queries as people
from alongside.people.access import SignedIn, coordinator, once_member, signed_in
from alongside.people.actions import Refused
from alongside.people.models import Group, Membership

_WORDS: dict[str, Any] = {"methods": words.METHODS, "parts": words.PARTS, "states": words.STATES}


@signed_in
@require_safe
def mine(request: SignedIn) -> HttpResponse:
    """The worker's own page: for each group what is owed, what was paid, and how they want to be paid."""
    groups = [_own(membership) for membership in people.memberships(request.user, ended=True)]
    context = {"groups": groups, "month": f"{clock.today():%Y-%m}"}
    return render(request, "pay/mine.html", {**context, **_WORDS})


@signed_in
@require_POST
def method(request: SignedIn, group: UUID) -> HttpResponse:
    """Choose how to be paid in one group."""
    me = once_member(request, group)
    chosen = request.POST.get("method", "")
    return do(
        request,
        lambda: actions.choose_method(membership=me, method=chosen),
        _("Saved. We pay you this way from now on."),
    )


@signed_in
@require_POST
def received(request: SignedIn, payment: UUID) -> HttpResponse:
    """The money came."""
    me = _paid_to(request, payment)
    return do(request, lambda: actions.confirm(membership=me, payment=payment), _("Good. We noted that it came."))


@signed_in
@require_POST
def missing(request: SignedIn, payment: UUID) -> HttpResponse:
    """The money has not come yet."""
    me = _paid_to(request, payment)
    return do(
        request,
        lambda: actions.not_received(membership=me, payment=payment),
        _("We told your group that it has not come yet."),
    )


@signed_in
@require_safe
def payment(request: SignedIn, payment: UUID) -> HttpResponse:
    """One payment and what it was for, for whom it was paid to and the group's coordinators."""
    me, row, own = access.payment(request, payment)
    owner = queries.owner(row.payee)
    context = {
        "group": me.group,
        "payment": row,
        "settled": queries.settled(row.pk),
        "own": own,
        "name": people.name(owner) if owner else "",
        "reversible": not own and row.received is None and row.reversed is None,
    }
    return render(request, "pay/payment.html", {**context, **_WORDS})


@signed_in
@require_POST
def reverse(request: SignedIn, payment: UUID) -> HttpResponse:
    """Take back a payment that did not come."""
    me, _row, own = access.payment(request, payment)
    if own:
        raise PermissionDenied
    return do(
        request,
        lambda: actions.reverse(by=me, payment=payment),
        _("Taken back. What of it was for work is owed again."),
        "pay:payment",
        payment,
    )


@signed_in
@require_safe
def group(request: SignedIn, group: UUID) -> HttpResponse:
    """The coordinators' page: who is owed, what is disputed, what was paid."""
    me = coordinator(request, group)
    own, owed = queries.payee_of(me), queries.to_pay(me.group)
    context = {
        "group": me.group,
        "own": own.payee if own else None,
        "owed": owed,
        "alike": _alike(me.group, owed),
        "disputed": queries.disputed(me.group),
        "paid": queries.paid(me.group),
        "alone": all(one.account_id == me.account_id for one in people.coordinators(me.group)),
    }
    return render(request, "pay/group.html", {**context, **_WORDS})


@signed_in
@require_http_methods(["GET", "POST"])
def pay(request: SignedIn, group: UUID, payee: UUID, currency: str) -> HttpResponse:
    """Look at what one payee is owed, and pay it: all at once, or a part, or in two ways."""
    me = _payer(request, group, payee, currency)
    owed = queries.owed(me.group, payee, currency)
    form = WaysForm(None, currency=currency, initial={"method": owed.method})
    if request.method == "POST":
        if "amount" in request.POST:
            form = WaysForm(request.POST, currency=currency)
        ways = form.ways if form.is_bound and form.is_valid() else []
        if not form.is_bound or form.is_valid():
            answer = _pay(
                request,
                lambda **seen: actions.pay(by=me, payee=payee, currency=currency, ways=ways, **seen),
                money.show(sum(way.amount for way in ways), currency) if ways else "",
                me.group_id,
                form,
            )
            if answer is not None:
                return answer
            owed = queries.owed(me.group, payee, currency)  # what was refused is looked at as it is now
    if owed.amount <= 0:
        for refused in form.non_field_errors():
            messages.error(request, str(refused))
        messages.info(request, _("Nothing is open here now."))
        return redirect("pay:group", group)
    context = {"group": me.group, "owed": owed, "alike": _alike(me.group, [owed])}
    return render(request, "pay/pay.html", {**context, "key": uuid4(), "form": form, **_WORDS})


@signed_in
@require_POST
def take_off(request: SignedIn, group: UUID, payee: UUID, currency: str) -> HttpResponse:
    """What was paid ahead covers all that is owed: say so, and no money is handed over."""
    me = _payer(request, group, payee, currency)
    expected = whole(request.POST.get("expected", ""))
    return do(
        request,
        lambda: actions.take_off(by=me, payee=payee, currency=currency, expected=1 if expected is None else expected),
        _("Done. The work is paid by what was paid ahead."),
        "pay:group",
        group,
    )


@signed_in
@require_safe
def ahead_whom(request: SignedIn, group: UUID) -> HttpResponse:
    """Whom to pay ahead: everybody in the group but oneself."""
    me = coordinator(request, group)
    members = [one for one in people.members(me.group) if one.id != me.pk]
    return render(request, "pay/ahead_whom.html", {"group": me.group, "members": members, "alike": _alike(me.group)})


@signed_in
@require_http_methods(["GET", "POST"])
def ahead(request: SignedIn, group: UUID, member_id: UUID, currency: str) -> HttpResponse:
    """Pay a member before it is owed, for work that you agreed on."""
    me = coordinator(request, group)
    to = queries.member_of(me.group, member_id)
    if to is None or not money.is_currency(currency):
        raise Http404
    if to.account_id == me.account_id:
        raise PermissionDenied
    owed = queries.owed_to(to, currency)
    form = WaysForm(request.POST or None, currency=currency, initial={"method": owed.method})
    if request.method == "POST" and form.is_valid():
        ways = form.ways
        answer = _pay(
            request,
            lambda **seen: actions.pay_ahead(by=me, to=to, currency=currency, ways=ways, **seen),
            money.show(sum(way.amount for way in ways), currency),
            group,
            form,
        )
        if answer is not None:
            return answer
        owed = queries.owed_to(to, currency)
    return render(request, "pay/ahead.html", {"group": me.group, "owed": owed, "key": uuid4(), "form": form})


def _payer(request: SignedIn, group: UUID, payee: UUID, currency: str) -> Membership:
    me = coordinator(request, group)
    if not queries.known(group, payee, currency):
        raise Http404
    if queries.is_own(me, payee):
        raise PermissionDenied
    return me


def _pay(request: SignedIn, act: Callable[..., Payment], said: str, group: UUID, form: WaysForm) -> HttpResponse | None:
    """Pay, with what was seen out of the form; ``said`` is the sum, when it is not that of the one payment.

    ``None`` when it was refused and something was typed: why is said in the form then, so that nothing typed is lost.
    """
    expected = whole(request.POST.get("expected", ""))
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        key = None
    if key is None or expected is None:
        messages.error(request, _("Please look at the sum again. Nothing was paid."))
        return redirect(request.path)
    try:
        made = act(expected=expected, key=key, **_seen_method(request))
    except Refused as refused:
        if form.is_bound:
            form.add_error(None, str(refused))
            return None
        messages.error(request, str(refused))
        return redirect(request.path)
    text = _("Paid: %(sum)s. They are asked if it came.") % {"sum": said or money.show(made.amount, made.currency)}
    messages.success(request, text)
    return redirect("pay:group", group)


def _seen_method(request: SignedIn) -> dict[str, str]:
    """The chosen way that the page showed, where it is the one that is paid."""
    seen = request.POST.get("method", "")
    return {"method": seen} if seen and "amount" not in request.POST else {}


def _own(membership: Membership) -> dict[str, Any]:
    """What the worker's page shows about one group."""
    claims = [item for item in queries.claims(membership) if not item.advance or item.balance]
    open_ = [item for item in claims if item.payable]
    payments = queries.payments(membership)
    why = queries.reasons(claims)
    said = queries.threads(membership.group_id, why)
    there = beside.work([item.id for item in claims if item.state == "disputed"])
    own = queries.payee_of(membership)
    return {
        "group": membership.group,
        "left": membership.left is not None,
        "sums": [_sum(open_, currency) for currency in sorted({item.currency for item in open_})],
        "disputed": [
            {
                "claim": item,
                "reason": why.get(item.id, ""),
                "thread": talk(said.get(item.id, ()), item.currency),
                "work": item.id in there,
            }
            for item in claims
            if item.state == "disputed"
        ],
        "claims": [item for item in claims if item.state != "disputed"],
        "waiting": [row for row in payments if row.received is None and row.reversed is None],
        "past": [row for row in payments if row.received or row.reversed],
        "method": own.method if own else METHODS[0],
    }


def _sum(claims: list[queries.ClaimState], currency: str) -> dict[str, Any]:
    """What is owed in one currency, what of it is for work, and what was paid ahead and is taken off."""
    mine = [item for item in claims if item.currency == currency]
    amount, taken = sum(item.payable for item in mine), sum(max(-item.payable, 0) for item in mine)
    return {"amount": amount, "currency": currency, "ahead": -amount, "due": amount + taken, "taken": taken}


def _paid_to(request: SignedIn, payment: UUID) -> Membership:
    found = queries.payment_of(request.user, payment)
    if found is None:
        raise Http404
    return found


def _alike(group: Group, owed: Iterable[queries.ToPay] = ()) -> set[UUID]:
    """Who, of those in the group and those whom it owes, goes by a name that another of them goes by too."""
    left = {row.member: row.name for row in owed if row.member}
    return people.alike(left | {one.id: one.name for one in people.members(group)})
