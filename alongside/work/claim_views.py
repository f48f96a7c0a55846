"""What work brings to a claim that is disputed: what was shared, put right, and the sum that comes of it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alongside.pay import access, disputes
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
    found = sharing.reckoning(share) if share is not None and page.state.state == "disputed" else None
    if found is None:
        messages.info(request, _("There is nothing to put right here. You can say a sum."))
        return redirect("pay:claim", claim)
    form = CorrectionForm(request.POST or None, values=found.values, currency=page.state.currency)
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
