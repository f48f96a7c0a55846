"""What work brings to a claim that is disputed: what was shared, put right, and the sum that comes of it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alongside.pay import access, claim_views, disputes
from alongside.people.access import SignedIn, signed_in
from alongside.people.actions import Refused
from alongside.work import queries, sharing
from alongside.work.claim_forms import CorrectionForm


@signed_in
@require_http_methods(["GET", "POST"])
def correct(request: SignedIn, claim: UUID) -> HttpResponse:
    """Say what time and what money is right, for either side of a dispute; the agreed rate makes the sum of it."""
    me, page, own = access.claim(request, claim)
    share = queries.share_of(claim)
    found, asked = sharing.reckoning(share) if share is not None else None, page.state.state == "disputed"
    form = CorrectionForm(request.POST or None, values=found.values if found else {}, currency=page.state.currency)
    if found is None or not asked:
        return _nothing(request, claim, form, asked=asked)
    if request.method == "POST" and form.is_valid():
        text, right = form.cleaned_data["text"], form.put_right
        amount, changes = found.total(right), found.changes(right)
        try:
            if own:
                disputes.answer(membership=me, claim=claim, text=text, wish=amount, changes=changes)
            else:
                disputes.reply(by=me, claim=claim, text=text, offer=amount, changes=changes)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Sent. Once both of you agree, that is what is owed."))
            return redirect("pay:claim", claim)
    return render(request, "work/correct.html", {"claim": page.state, "form": form})


def _nothing(request: SignedIn, claim: UUID, form: CorrectionForm, *, asked: bool) -> HttpResponse:
    """Say why nothing can be put right: there is no work any more, or nothing is ``asked``. What was typed is shown."""
    why = _("There is nothing to put right here. You can say a sum.") if asked else _("This is settled already.")
    typed = [_typed(form, name) for name in ("text", *form.values) if name in form.changed_data]
    if form.is_bound and any(typed):
        return claim_views.not_sent(request, claim, why, typed)
    messages.info(request, why)
    return redirect("pay:claim", claim)


def _typed(form: CorrectionForm, name: str) -> str:
    value = str(form[name].value() or "").strip()
    return f"{form[name].label} {value}" if value and name != "text" else value
