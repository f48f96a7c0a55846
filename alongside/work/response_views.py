"""Pages of overdose responses: the short form, the offer of company after it, one's own."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alongside.people.access import SignedIn, signed_in
from alongside.work import present, queries, responses
from alongside.work.response_forms import ResponseForm
from alongside.work.words import of_scripts


@signed_in
@require_http_methods(["GET", "POST"])
def response(request: SignedIn) -> HttpResponse:
    """Write one down. Works without scripts."""
    form = ResponseForm(request.POST or None, queries.choices(request.user)["groups"])
    if request.method == "POST" and form.is_valid():
        answer = responses.store(account=request.user, responses=[form.response()])[0]
        if not answer.errors:
            return redirect("work:response_kept")
        form.add_error(None, _("This could not be taken. Please load the page again."))
    context = {"response_form": form, **of_scripts(request.user)}
    return render(request, "work/response.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_safe
def kept(request: SignedIn) -> HttpResponse:
    """It is kept: is company wanted?"""
    return render(request, "work/response_kept.html")


@signed_in
@require_safe
def own(request: SignedIn) -> HttpResponse:
    """One's own that have not folded yet."""
    rows = [{"id": one["id"], **present.response(one)} for one in queries.responses(request.user)]
    return render(request, "work/responses.html", {"rows": rows})


@signed_in
@require_POST
def delete(request: SignedIn, response: UUID) -> HttpResponse:
    """Delete one of one's own."""
    if responses.remove(account=request.user, response=response):
        messages.success(request, _("It is gone."))
    else:
        messages.info(request, _("It is not here any more."))
    return redirect("work:responses")
