"""Pages of one claim, and of what both sides say about it while it is disputed."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alongside.kit.text import Words
from alongside.pay import access, beside, disputes, queries, words
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


def _message(*, own: bool, act: Callable[..., None], sum_is: str, said: Words) -> Callable[..., HttpResponse]:
    """A view for what one side writes: ``act`` takes it, with the sum in it as ``sum_is``.

    On an error the page comes back with all that was typed; where the other side settled it meanwhile, as what was
    not sent.
    """

    @signed_in
    @require_POST
    def view(request: SignedIn, claim: UUID) -> HttpResponse:
        me, page = access.own_claim(request, claim) if own else access.coordinated(request, claim)
        form, why = MessageForm(request.POST, currency=page.state.currency), str(_("This is settled already."))
        if form.is_valid():
            text, amount = form.cleaned_data["text"], form.cleaned_data["offer"]
            try:
                act(claim=claim, text=text, **{_SIDE[own]: me, sum_is: amount})
            except Refused as refused:
                why = str(refused)
                form.add_error(None if amount is None else "offer", why)
            else:
                messages.success(request, str(said))
                return redirect("pay:claim", claim)
        page = queries.claim(claim) or page  # what was refused is looked at as it is now
        if page.state.state != "disputed":
            amount = request.POST.get("offer", "").strip()
            typed = [request.POST.get("text", ""), amount and f"{amount} {page.state.currency}"]
            return not_sent(request, claim, why, typed)
        return _page(request, me, page, own, form=form)

    return view


def not_sent(request: HttpRequest, claim: UUID, why: Words, typed: Iterable[str]) -> HttpResponse:
    """The claim as it is now, with why what was typed was not sent, and the words themselves: they were somebody's work."""
    me, page, own = access.claim(request, claim)
    messages.error(request, str(why))
    return _page(request, me, page, own, unsent="\n".join(line.strip() for line in typed if line.strip()))


def _word(*, own: bool, act: Callable[..., None], said: Words, seen: bool = False) -> Callable[..., HttpResponse]:
    """A view for one side's yes or no; with ``seen`` the sum that the page showed goes along, so that no other is meant."""

    @signed_in
    @require_POST
    def view(request: SignedIn, claim: UUID) -> HttpResponse:
        me, _claim = access.own_claim(request, claim) if own else access.coordinated(request, claim)
        given: dict[str, Any] = {"expected": whole(request.POST.get("offer", ""))} if seen else {}
        where: tuple[Any, ...] = ("pay:mine",) if own else ("pay:claim", claim)
        return do(request, lambda: act(claim=claim, **{_SIDE[own]: me}, **given), str(said), *where)

    return view


_SIDE = {True: "membership", False: "by"}
"""What an action calls whoever acts: a worker about their own claim, or a coordinator about another's."""

offer = _message(
    own=False, act=disputes.reply, sum_is="offer", said=_("Sent. The worker can say yes, or talk with you first.")
)
answer = _message(own=True, act=disputes.answer, sum_is="wish", said=_("Sent. Your group owes you an answer now."))
accept = _word(own=True, act=disputes.accept_offer, seen=True, said=_("Thank you. This is settled now."))
decline = _word(own=True, act=disputes.decline_offer, said=_("We told your group that you want to talk first."))
agree = _word(own=False, act=disputes.agree, seen=True, said=_("This is settled now. The worker is told."))
withdraw = _word(own=False, act=disputes.withdraw, said=_("Taken back. The claim stands as it was."))


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


def talk(said: Sequence[queries.Spoken], currency: str) -> list[dict[str, Any]]:
    """What was said in a dispute, what was put right in words."""
    return [{**vars(one), "changes": [words.change(c, currency) for c in one.changes]} for one in said]


def _page(
    request: HttpRequest,
    me: Membership,
    page: queries.ClaimPage,
    own: bool,
    *,
    form: MessageForm | None = None,
    unsent: str = "",
) -> HttpResponse:
    owner = queries.owner(page.state.payee)
    context = {
        "group": me.group,
        "claim": page.state,
        "lines": page.lines,
        "reason": page.reason,
        "thread": talk(page.thread, page.state.currency),
        "photos": beside.photos(me, page.state.id, own),
        "work": bool(beside.work([page.state.id])),
        "unsent": unsent,
        "own": own,
        "name": people.name(owner) if owner else "",
        "form": form or MessageForm(currency=page.state.currency),
    }
    return render(request, "pay/claim.html", {**context, **_WORDS})
