"""What work brings to a claim that is disputed: its minutes, put right, and the sum that comes of it."""

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
from alongside.work.claim_forms import MinutesForm


@signed_in
@require_http_methods(["GET", "POST"])
def minutes(request: SignedIn, claim: UUID) -> HttpResponse:
    """Say how many minutes are right, for either side of a dispute; the agreed rate makes the sum of it."""
    me, page, own = access.claim(request, claim)
    share = queries.share_of(claim)
    now = sharing.reckon(share, 0) if share is not None and page.state.state == "disputed" else None
    if share is None or now is None:
        messages.info(request, _("There are no minutes to put right here. You can say a sum."))
        return redirect("pay:claim", claim)
    form = MinutesForm(request.POST or None, initial={"minutes": now[1]})
    if request.method == "POST" and form.is_valid():
        text, new = form.cleaned_data["text"], form.cleaned_data["minutes"]
        amount = (sharing.reckon(share, new) or now)[0]
        try:
            if own:
                disputes.answer(membership=me, claim=claim, text=text, wish=amount, minutes=(new, now[1]))
            else:
                disputes.reply(by=me, claim=claim, text=text, offer=amount, minutes=(new, now[1]))
        except Refused as refused:
            form.add_error("minutes", str(refused))
        else:
            messages.success(request, _("Sent. Once both of you agree, that is what is owed."))
            return redirect("pay:claim", claim)
    return render(request, "work/minutes.html", {"claim": page.state, "form": form, "minutes": now[1]})
