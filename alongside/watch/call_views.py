"""Pages of who is called: behind the link in a letter, with no sign-in; and in the app, for who is signed in."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alongside.people.access import SignedIn, signed_in
from alongside.people.actions import Refused
from alongside.people.models import Account
from alongside.watch import actions, crew, crew_queries, labels, queries, rules

_ACTS = ("coming", "there", "cannot", "ended")


def _leads_nowhere(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """No copy in a cache, and no word to any other site of where its visitor came from.

    Such a page's forms carry no sign-in: the secret in the address is all that counts, so no other site can send them.
    """

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        response["Cache-Control"] = "no-store"
        return response

    return csrf_exempt(inner)


@_leads_nowhere
@require_safe
def call(request: HttpRequest, token: str) -> HttpResponse:
    """What the person let who is called see, and what to say; once it is over, that it is."""
    return _page(request, token, "watch:call", token)


@_leads_nowhere
@require_safe
def call_state(request: HttpRequest, token: str) -> HttpResponse:
    """Whether the page should be drawn anew."""
    del request
    return _state(token)


@_leads_nowhere
@require_POST
def call_act(request: HttpRequest, token: str, act: str) -> HttpResponse:
    """On my way, I'm there, I can't, they're OK."""
    _do(token, act, request.POST.get("outcome", "ok"))
    return redirect("watch:call", token)


@require_http_methods(["GET", "POST"])
def call_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Ask once more whether they do not want to be called any more; then so it is.

    Unlike the forms beside, this one has a mark of its own, since what it does outlasts the call. So its page may tell our own
    server where the form came from, as all others do: without that, a browser hides that the form is ours.
    """
    return _stop(request, token, reverse("watch:call", args=[token]))


@signed_in
@require_safe
def own_call(request: SignedIn, call: UUID) -> HttpResponse:
    """The same for a call to whoever is signed in."""
    return _page(request, queries.Own(request.user.pk, call), "watch:own_call", call)


@signed_in
@require_safe
def own_call_state(request: SignedIn, call: UUID) -> HttpResponse:
    """The same for a call to whoever is signed in."""
    return _state(queries.Own(request.user.pk, call))


@signed_in
@require_POST
def own_call_act(request: SignedIn, call: UUID, act: str) -> HttpResponse:
    """The same for a call to whoever is signed in."""
    _do(queries.Own(request.user.pk, call), act, request.POST.get("outcome", "ok"))
    return redirect("watch:own_call", call)


@signed_in
@require_http_methods(["GET", "POST"])
def own_call_stop(request: SignedIn, call: UUID) -> HttpResponse:
    """The same for a call to whoever is signed in."""
    return _stop(request, queries.Own(request.user.pk, call), reverse("watch:own_call", args=[call]))


def _page(request: HttpRequest, link: queries.Link, name: str, part: Any) -> HttpResponse:
    found = _found(link)
    over = _is_over(found)
    shut = {} if over else found.shut
    context = {
        "found": found,
        "over": over,
        "who": shut.get("name") or ("" if over else found.known_as),
        "shut": [(label, shut[name]) for name, label in labels.SHUT.items() if shut.get(name)],
        "acts": {act: reverse(f"{name}_act", args=[part, act]) for act in _ACTS},
        "stop": reverse(f"{name}_stop", args=[part]),
        "outcomes": labels.OUTCOMES.items(),
        "state": reverse(f"{name}_state", args=[part]),
        "guarded": isinstance(link, queries.Own),
        "now": _now(found),
        "signed_in": isinstance(request.user, Account),
    }
    return render(request, "watch/call.html", context)


def _stop(request: HttpRequest, link: queries.Link, back: str) -> HttpResponse:
    found = _found(link)
    if request.method == "POST":
        try:
            return render(request, "watch/declined.html", {"stopped": crew.stop_called(link=link)})
        except Refused:
            return render(request, "watch/call_gone.html", status=410)
    kind = "" if _is_over(found) else crew_queries.called_as(link)
    if not kind:
        return render(request, "watch/call_gone.html", status=410)
    return render(request, "watch/call_stop.html", {"kind": kind, "back": back})


def _state(link: queries.Link) -> HttpResponse:
    return JsonResponse({"now": _now(_found(link))})


def _found(link: queries.Link) -> queries.Behind:
    found = queries.behind(link)
    if found is None:
        raise Http404
    return found


def _is_over(found: queries.Behind) -> bool:
    return found.mine == "ended" or found.state not in rules.RAISED


def _now(found: queries.Behind) -> str:
    """What the page is drawn from: where it has changed, the page is drawn anew."""
    return f"{found.state} {found.mine} {found.others} {found.called_for}"


def _do(link: queries.Link, act: str, outcome: str) -> None:
    try:
        if act == "ended":
            actions.they_are_ok(token=link, outcome=outcome)
        elif act in _ACTS:
            {"coming": actions.coming, "there": actions.there, "cannot": actions.cannot}[act](token=link)
        else:
            raise Http404
    except (actions.Unknown, actions.Wrong):
        raise Http404 from None
