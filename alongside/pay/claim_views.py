"""Pages of one claim, and of what both sides say about it while it is disputed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alongside.pay import access, disputes, queries, words
from alongside.pay.forms import DisputeForm, MessageForm
from alongside.people import queries as people
from alongside.people.access import SignedIn, signed_in
from alongside.people.actions import Refused
from alongside.people.models import Membership

_WORDS: dict[str, Any] = {"methods": words.METHODS, "parts": words.PARTS, "states": words.STATES}


@signed_in
@require_safe
def claim(request: SignedIn, claim: UUID) -> HttpResponse:
    """One claim with its lines, for its worker and the group's coordinators."""
    me, page, own = access.claim(request, claim)
    return _page(request, me, page, own)


@signed_in
@require_http_methods(["GET", "POST"])
def dispute(request: SignedIn, claim: UUID) -> HttpResponse:
    """Say that a claim does not look right, and why."""
    me, page = access.coordinated(request, claim)
    form = DisputeForm(request.POST or None, currency=page.state.currency)
    if request.method == "POST" and form.is_valid():
        try:
            disputes.dispute(by=me, claim=claim, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Asked. What is in question is not paid until you both agree."))
            return redirect("pay:claim", claim)
    if request.method == "GET" and page.state.until is None:
        messages.info(request, _("This claim stands. It is too late to ask, or somebody asked before."))
        return redirect("pay:claim", claim)
    return render(request, "pay/dispute.html", {"group": me.group, "claim": page.state, "form": form})


@signed_in
@require_POST
def offer(request: SignedIn, claim: UUID) -> HttpResponse:
    """The group writes to the worker, offers another sum, or both."""
    me, page = access.coordinated(request, claim)
    return _say(
        request,
        (me, page, False),
        lambda text, offer: disputes.reply(by=me, claim=claim, text=text, offer=offer),
        _("Sent. The worker can say yes, or talk with you first."),
    )


@signed_in
@require_POST
def answer(request: SignedIn, claim: UUID) -> HttpResponse:
    """The worker writes to the group, says which sum is right, or both."""
    me, page = access.own_claim(request, claim)
    return _say(
        request,
        (me, page, True),
        lambda text, offer: disputes.answer(membership=me, claim=claim, text=text, wish=offer),
        _("Sent. Your group owes you an answer now."),
    )


@signed_in
@require_POST
def accept(request: SignedIn, claim: UUID) -> HttpResponse:
    """The worker's yes to an offer."""
    me, _claim = access.own_claim(request, claim)
    expected = whole(request.POST.get("offer", ""))
    return do(
        request,
        lambda: disputes.accept_offer(membership=me, claim=claim, expected=expected),
        _("Thank you. This is settled now."),
    )


@signed_in
@require_POST
def decline(request: SignedIn, claim: UUID) -> HttpResponse:
    """The worker would rather talk first."""
    me, _claim = access.own_claim(request, claim)
    return do(
        request,
        lambda: disputes.decline_offer(membership=me, claim=claim),
        _("We told your group that you want to talk first."),
    )


@signed_in
@require_POST
def agree(request: SignedIn, claim: UUID) -> HttpResponse:
    """The group's yes to what the worker says is right."""
    me, _claim = access.coordinated(request, claim)
    expected = whole(request.POST.get("offer", ""))
    act = lambda: disputes.agree(by=me, claim=claim, expected=expected)  # noqa: E731
    return do(request, act, _("This is settled now. The worker is told."), "pay:claim", claim)


@signed_in
@require_POST
def withdraw(request: SignedIn, claim: UUID) -> HttpResponse:
    """Take a dispute back."""
    me, _claim = access.coordinated(request, claim)
    act = lambda: disputes.withdraw(by=me, claim=claim)  # noqa: E731
    return do(request, act, _("Taken back. The claim stands as it was."), "pay:claim", claim)


def do(request: HttpRequest, act: Callable[[], object], said: str, to: str = "pay:mine", *args: object) -> HttpResponse:
    """Do it, say so, and go on; what was refused is said in its own words."""
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect(to, *args)


def whole(text: str) -> int | None:
    """A whole number of minor units out of a hidden field, or ``None``."""
    figures = text.removeprefix("-")
    return int(text) if figures.isascii() and figures.isdigit() and len(figures) <= 12 else None


def _say(
    request: HttpRequest,
    seen: tuple[Membership, queries.ClaimPage, bool],
    act: Callable[[str, int | None], None],
    said: str,
) -> HttpResponse:
    """Send what was written; on an error the page comes back with all that was typed."""
    me, page, own = seen
    form = MessageForm(request.POST, currency=page.state.currency)
    if form.is_valid():
        try:
            act(form.cleaned_data["text"], form.cleaned_data["offer"])
        except Refused as refused:
            form.add_error(None if form.cleaned_data["offer"] is None else "offer", str(refused))
        else:
            messages.success(request, said)
            return redirect("pay:claim", page.state.id)
    return _page(request, me, page, own, form=form)


def _page(
    request: HttpRequest, me: Membership, page: queries.ClaimPage, own: bool, form: MessageForm | None = None
) -> HttpResponse:
    owner = queries.owner(page.state.payee)
    context = {
        "group": me.group,
        "claim": page.state,
        "lines": page.lines,
        "reason": page.reason,
        "thread": page.thread,
        "own": own,
        "name": people.name(owner) if owner else "",
        "form": form or MessageForm(currency=page.state.currency),
    }
    return render(request, "pay/claim.html", {**context, **_WORDS})
