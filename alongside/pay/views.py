"""Pages of pay: the worker's own, and the coordinators' of a group."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alongside.kit import money
from alongside.pay import actions, disputes, queries, words
from alongside.pay.forms import DisputeForm, OfferForm
from alongside.pay.models import METHODS, Payment
from alongside.people import queries as people
from alongside.people.access import SignedIn, coordinator, member, signed_in
from alongside.people.actions import Refused
from alongside.people.models import Membership

_WORDS: dict[str, Any] = {"methods": words.METHODS, "parts": words.PARTS, "states": words.STATES}


@signed_in
@require_safe
def mine(request: SignedIn) -> HttpResponse:
    """The worker's own page: for each group what is owed, what was paid, and how they want to be paid."""
    groups = [_own(membership) for membership in people.memberships(request.user)]
    return render(request, "pay/mine.html", {"groups": groups, **_WORDS})


@signed_in
@require_POST
def method(request: SignedIn, group: UUID) -> HttpResponse:
    """Choose how to be paid in one group."""
    me = member(request, group)
    chosen = request.POST.get("method", "")
    return _do(
        request,
        lambda: actions.choose_method(membership=me, method=chosen),
        _("Saved. We pay you this way from now on."),
    )


@signed_in
@require_POST
def received(request: SignedIn, payment: UUID) -> HttpResponse:
    """The money came."""
    me = _paid_to(request, payment)
    return _do(request, lambda: actions.confirm(membership=me, payment=payment), _("Good. We noted that it came."))


@signed_in
@require_POST
def missing(request: SignedIn, payment: UUID) -> HttpResponse:
    """The money has not come yet."""
    me = _paid_to(request, payment)
    return _do(
        request,
        lambda: actions.not_received(membership=me, payment=payment),
        _("We told your group that it has not come yet."),
    )


@signed_in
@require_safe
def payment(request: SignedIn, payment: UUID) -> HttpResponse:
    """One payment and what it was for, for whom it was paid to and the group's coordinators."""
    me, row, own = _payment(request, payment)
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
    me, _row, own = _payment(request, payment)
    if own:
        raise PermissionDenied
    return _do(
        request,
        lambda: actions.reverse(by=me, payment=payment),
        _("Taken back. It is owed again."),
        "pay:payment",
        payment,
    )


@signed_in
@require_safe
def claim(request: SignedIn, claim: UUID) -> HttpResponse:
    """One claim with its lines, for its worker and the group's coordinators."""
    me, page, own = _claim(request, claim)
    return _claim_page(request, me, page, own)


@signed_in
@require_POST
def accept(request: SignedIn, claim: UUID) -> HttpResponse:
    """The worker's yes to an offer."""
    me, _page, own = _claim(request, claim)
    if not own:
        raise PermissionDenied
    expected = _whole(request.POST.get("offer", ""))
    return _do(
        request,
        lambda: disputes.accept_offer(membership=me, claim=claim, expected=expected),
        _("Thank you. This is settled now."),
    )


@signed_in
@require_POST
def decline(request: SignedIn, claim: UUID) -> HttpResponse:
    """The worker would rather talk first."""
    me, _page, own = _claim(request, claim)
    if not own:
        raise PermissionDenied
    return _do(
        request,
        lambda: disputes.decline_offer(membership=me, claim=claim),
        _("We told your group that you want to talk first."),
    )


@signed_in
@require_http_methods(["GET", "POST"])
def dispute(request: SignedIn, claim: UUID) -> HttpResponse:
    """Say that a claim does not look right, and why."""
    me, page, own = _claim(request, claim)
    if own or not me.coordinates:
        raise PermissionDenied
    form = DisputeForm(request.POST or None, currency=page.state.currency)
    if request.method == "POST" and form.is_valid():
        try:
            disputes.dispute(by=me, claim=claim, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Asked. It is not paid until you both agree."))
            return redirect("pay:claim", claim)
    if request.method == "GET" and page.state.until is None:
        messages.info(request, _("This claim stands. It is too late to ask, or somebody asked before."))
        return redirect("pay:claim", claim)
    return render(request, "pay/dispute.html", {"group": me.group, "claim": page.state, "form": form})


@signed_in
@require_POST
def offer(request: SignedIn, claim: UUID) -> HttpResponse:
    """Offer another sum for a disputed claim."""
    me, page, own = _claim(request, claim)
    if own or not me.coordinates:
        raise PermissionDenied
    form = OfferForm(request.POST, currency=page.state.currency)
    if form.is_valid():
        try:
            disputes.make_offer(by=me, claim=claim, offer=form.cleaned_data["offer"])
        except Refused as refused:
            form.add_error("offer", str(refused))
        else:
            messages.success(request, _("Sent. The worker can say yes, or talk with you first."))
            return redirect("pay:claim", claim)
    return _claim_page(request, me, page, own, form=form)


@signed_in
@require_POST
def withdraw(request: SignedIn, claim: UUID) -> HttpResponse:
    """Take a dispute back."""
    me, _page, own = _claim(request, claim)
    if own or not me.coordinates:
        raise PermissionDenied
    return _do(
        request,
        lambda: disputes.withdraw(by=me, claim=claim),
        _("Taken back. The claim stands as it was."),
        "pay:claim",
        claim,
    )


@signed_in
@require_safe
def group(request: SignedIn, group: UUID) -> HttpResponse:
    """The coordinators' page: who is owed, what is disputed, what was paid."""
    me = coordinator(request, group)
    own = queries.payee_of(me)
    context = {
        "group": me.group,
        "own": own.payee if own else None,
        "owed": queries.to_pay(me.group),
        "disputed": queries.disputed(me.group),
        "paid": queries.paid(me.group),
    }
    return render(request, "pay/group.html", {**context, **_WORDS})


@signed_in
@require_http_methods(["GET", "POST"])
def pay(request: SignedIn, group: UUID, payee: UUID, currency: str) -> HttpResponse:
    """Look at what one payee is owed, and pay it."""
    me = coordinator(request, group)
    if not queries.known(group, payee, currency):
        raise Http404
    if queries.is_own(me, payee):
        raise PermissionDenied
    if request.method == "POST":
        return _pay(request, me, payee, currency)
    owed = next((row for row in queries.to_pay(me.group) if (row.payee, row.currency) == (payee, currency)), None)
    if owed is None or owed.amount <= 0:
        messages.info(request, _("Nothing is open here now."))
        return redirect("pay:group", group)
    return render(request, "pay/pay.html", {"group": me.group, "owed": owed, "key": uuid4(), **_WORDS})


def _pay(request: SignedIn, me: Membership, payee: UUID, currency: str) -> HttpResponse:
    expected = _whole(request.POST.get("expected", ""))
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        key = None
    if key is None or expected is None:
        messages.error(request, _("Please look at the sum again. Nothing was paid."))
        return redirect("pay:pay", me.group_id, payee, currency)
    seen = request.POST.get("method") or None
    try:
        made = actions.pay(by=me, payee=payee, currency=currency, expected=expected, key=key, method=seen)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("pay:pay", me.group_id, payee, currency)
    text = _("Paid: %(sum)s. They are asked if it came.") % {"sum": money.show(made.amount, made.currency)}
    messages.success(request, text)
    return redirect("pay:group", me.group_id)


def _own(membership: Membership) -> dict[str, Any]:
    """What the worker's page shows about one group."""
    claims = queries.claims(membership)
    sums: dict[str, int] = {}
    for item in claims:
        if item.state != "disputed" and item.balance:
            sums[item.currency] = sums.get(item.currency, 0) + item.balance
    payments = queries.payments(membership)
    why = queries.reasons(claims)
    own = queries.payee_of(membership)
    return {
        "group": membership.group,
        "sums": [(amount, currency, -amount) for currency, amount in sorted(sums.items()) if amount],
        "disputed": [(item, why.get(item.id, "")) for item in claims if item.state == "disputed"],
        "claims": [item for item in claims if item.state != "disputed"],
        "waiting": [row for row in payments if row.received is None and row.reversed is None],
        "past": [row for row in payments if row.received or row.reversed],
        "method": own.method if own else METHODS[0],
    }


def _claim(request: HttpRequest, claim: UUID) -> tuple[Membership, queries.ClaimPage, bool]:
    """The claim, the membership of whoever looks at it, and whether it is their own."""
    page = queries.claim(claim)
    if page is None:
        raise Http404
    me = member(request, page.state.group)
    own = queries.is_own(me, page.state.payee)
    if not own and not me.coordinates:
        raise PermissionDenied
    return me, page, own


def _payment(request: HttpRequest, payment: UUID) -> tuple[Membership, Payment, bool]:
    """The payment, the membership of whoever looks at it, and whether it is their own money."""
    row = queries.payment(payment)
    if row is None:
        raise Http404
    me = member(request, row.group)
    own = queries.is_own(me, row.payee)
    if not own and not me.coordinates:
        raise PermissionDenied
    return me, row, own


def _claim_page(
    request: HttpRequest, me: Membership, page: queries.ClaimPage, own: bool, form: OfferForm | None = None
) -> HttpResponse:
    owner = queries.owner(page.state.payee)
    context = {
        "group": me.group,
        "claim": page.state,
        "lines": page.lines,
        "reason": page.reason,
        "own": own,
        "name": people.name(owner) if owner else "",
        "form": form or OfferForm(currency=page.state.currency),
    }
    return render(request, "pay/claim.html", {**context, **_WORDS})


def _paid_to(request: SignedIn, payment: UUID) -> Membership:
    found = queries.payment_of(request.user, payment)
    if found is None:
        raise Http404
    return found


def _do(
    request: HttpRequest, act: Callable[[], object], said: str, to: str = "pay:mine", *args: object
) -> HttpResponse:
    """Do it, say so, and go on; what was refused is said in its own words."""
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect(to, *args)


def _whole(text: str) -> int | None:
    """A whole number of minor units out of a hidden field, or ``None``."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else None
