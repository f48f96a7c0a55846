"""Pages of the gentle kind: ask friends to look in, nudge, answer."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alongside.people.access import SignedIn, signed_in
from alongside.watch import crew_queries, looking


@signed_in
@require_http_methods(["GET", "POST"])
def look(request: SignedIn) -> HttpResponse:
    """Ask friends; see who looked in; answer; end it."""
    if request.method == "POST":
        return _change(request)
    everybody = crew_queries.mates(crew_queries.crew_of(request.user))
    friends = [one for one in everybody if one.kind == "account" and one.state == "agreed"]
    return render(request, "watch/look.html", {"look": crew_queries.look(request.user), "friends": friends})


def _change(request: SignedIn) -> HttpResponse:
    if "answer" in request.POST:
        looking.answer(person=request.user)
    elif "end" in request.POST:
        looking.end(person=request.user)
    else:
        chosen = [UUID(text) for text in request.POST.getlist("friend") if _is_id(text)]
        if looking.ask(person=request.user, watchers=chosen) is None:
            messages.error(request, _("Choose at least one."))
    return redirect("watch:look")


@signed_in
@require_POST
def nudge(request: SignedIn, look: UUID) -> HttpResponse:
    """Look in on a friend."""
    if not looking.nudge(account=request.user, look=look):
        messages.info(request, _("It is over."))
    return redirect("watch:mine")


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
