"""Pages of who is watched over: start, the running check-in, help, the end. Each works without scripts."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alongside.people import queries as people
from alongside.people.access import SignedIn, signed_in
from alongside.people.models import Account
from alongside.watch import actions, crew_queries, labels, present, queries, rules, words
from alongside.watch.forms import MINUTES, MORE, StartForm, lengths, long
from alongside.watch.models import CheckIn

_OF_A_CHECK_IN = ("watching", "state", "ok", "more", "help", "end", "after")


@signed_in
@require_safe
def home(request: SignedIn) -> HttpResponse:
    """Start in two taps; or the check-in that runs."""
    running = queries.running(request.user)
    if running:
        return redirect("watch:watching", running[0].pk)
    return _start_page(request, _form(request.user))


@signed_in
@require_POST
def start(request: SignedIn) -> HttpResponse:
    """Start. Refused where nobody could be called: it would only look like being watched over."""
    form = _form(request.user, request.POST)
    if not form.is_valid():
        return _start_page(request, form, 422)
    steps = queries.usual_steps(request.user)
    if not queries.stands_by(request.user, [(wait, ids) for wait, ids in steps]):
        return _start_page(request, form, 409)
    try:
        row = actions.start(person=request.user, steps=steps, **form.given())
    except actions.Wrong:
        messages.error(request, _("This could not be taken. Please load the page again."))
        return redirect("watch:home")
    return redirect("watch:watching", row.pk)


def _form(person: Account, data: Any = None) -> StartForm:
    groups = [(m.group_id, m.group.name) for m in people.memberships(person) if m.group.closed is None]
    return StartForm(data, steps=len(queries.usual_steps(person)), groups=groups)


def _start_page(request: SignedIn, form: StartForm, status: int = 200) -> HttpResponse:
    crew = crew_queries.mates(crew_queries.crew_of(request.user))
    _at, well = queries.beat()
    context = {
        "form": form,
        "by": [one for one in crew if one.stands],
        "lost": [one for one in crew if one.state == "agreed" and not one.reachable],
        "asked": [one for one in crew if one.state == "asked"],
        "crew": crew,
        "well": well,
        "own_way": crew_queries.reachable(request.user.pk),
        "calls": queries.called(request.user),
        "looks": crew_queries.looks_for(request.user),
        "look": crew_queries.look(request.user),
    }
    return render(request, "watch/home.html", context, status=status)


@signed_in
@require_safe
def alone(request: SignedIn) -> HttpResponse:
    """The phone's own alarm and nothing else: for whoever has nobody to call."""
    minutes = [n for n in MINUTES if str(n) == request.GET.get("minutes")]
    if not minutes:
        return render(request, "watch/alone.html", {"minutes": MINUTES})
    data = {"first": 60 * minutes[0], "grace": rules.GRACE, "phone": people.phone_name(request.user)}
    return render(request, "watch/alone_runs.html", {"data": data, "words": words.watching(), "minutes": minutes[0]})


@signed_in
@require_safe
def watching(request: SignedIn, check_in: UUID) -> HttpResponse:
    """A running check-in: who stands by, when the check is, and what to tap."""
    row = _own(request.user, check_in)
    if row.state == rules.ENDED:
        return redirect("watch:after", check_in)
    seen = present.seen(request.user, row)
    urls = {name: reverse(f"watch:{name}", args=[row.pk]) for name in _OF_A_CHECK_IN}
    context = {
        "urls": urls,
        "seen": seen,
        "words": words.watching(),
        "data": {"seen": seen, "urls": urls, "phone": people.phone_name(request.user)},
        "more": lengths(MORE)[-len(MORE) :],
        "relied_on": seen["well"] and bool(seen["by"]),
        "left": long(max(0, round(seen["left"]))),
        "next": long(max(0, round(seen["next"] or 0))),
        "raised": row.state in rules.RAISED,
    }
    return render(request, "watch/watching.html", context)


@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    """The page of a check-in as a phone keeps it, to open it without signal: of nobody and of no check-in.

    Its script fills it with what the phone's own store holds, under the phone's key.
    """
    request.user = AnonymousUser()
    # No messages: what the last page had to say to this person would be kept along.
    context = {
        "shell": True,
        "words": words.watching(),
        "data": {"shell": True},
        "more": lengths(MORE)[-len(MORE) :],
        "messages": (),
    }
    return render(request, "watch/watching.html", context)


@signed_in
@require_safe
def state(request: SignedIn, check_in: UUID) -> HttpResponse:
    """The same in a few hundred bytes, for the page that asks again and again."""
    return JsonResponse(present.seen(request.user, _own(request.user, check_in)))


@signed_in
@require_POST
def ok(request: SignedIn, check_in: UUID) -> HttpResponse:
    """I'm OK."""
    due, ago = _pressed(request)
    return _done(request, lambda: actions.ok(person=request.user, check_in=check_in, due=due, ago=ago))


@signed_in
@require_POST
def more(request: SignedIn, check_in: UUID) -> HttpResponse:
    """More time."""
    due, ago = _pressed(request)
    seconds = _number(request.POST.get("seconds", ""))
    return _done(
        request,
        lambda: actions.extend(person=request.user, check_in=check_in, seconds=seconds, due=due, ago=ago),
    )


@signed_in
@require_http_methods(["GET", "POST"])
def help_now(request: SignedIn, check_in: UUID) -> HttpResponse:
    """Ask once more before people are called; call them."""
    if request.method == "POST":
        return _done(request, lambda: actions.help_now(person=request.user, check_in=check_in))
    row = _own(request.user, check_in)
    by, _lost = crew_queries.standing(request.user, row)
    return render(request, "watch/help.html", {"row": row, "by": by})


@signed_in
@require_POST
def end(request: SignedIn, check_in: UUID) -> HttpResponse:
    """It ends, safe."""
    return _done(request, lambda: actions.end(person=request.user, check_in=check_in))


@signed_in
@require_http_methods(["GET", "POST"])
def after(request: SignedIn, check_in: UUID) -> HttpResponse:
    """It is over: how it ended in a tap, and company. A check-in that nobody was called for asks nothing."""
    row = _own(request.user, check_in)
    if row.state != rules.ENDED:
        return redirect("watch:watching", check_in)
    if request.method == "POST":
        try:
            actions.say(person=request.user, check_in=check_in, outcome=request.POST.get("outcome", ""))
        except actions.Wrong:
            return redirect("watch:after", check_in)
        return render(request, "watch/after.html", {"row": row, "said": True})
    context = {"row": row, "choices": labels.OWN_OUTCOMES.items() if row.round else ()}
    return render(request, "watch/after.html", context)


def _own(person: Account, check_in: UUID) -> CheckIn:
    row = queries.own(person, check_in)
    if row is None:
        raise Http404
    return row


def _done(request: SignedIn, act: Callable[[], CheckIn]) -> HttpResponse:
    """Do it, and answer the script with the state or the form with the page. A copy of it that comes late is fine."""
    try:
        row = act()
    except actions.Unknown:
        raise Http404 from None
    except actions.Wrong:
        return HttpResponse(status=422) if _by_script(request) else redirect("watch:home")
    if _by_script(request):
        return JsonResponse(present.seen(request.user, row))
    return redirect("watch:after" if row.state == rules.ENDED else "watch:watching", row.pk)


def _by_script(request: HttpRequest) -> bool:
    return bool(request.headers.get("X-Alongside-Watch"))


def _pressed(request: HttpRequest) -> tuple[dt.datetime | None, int]:
    """For which check a button was pressed, and how many seconds ago: a phone without signal tells later."""
    try:
        due = parse_datetime(request.POST.get("due", ""))
    except ValueError:
        due = None
    return due if due and due.tzinfo else None, _number(request.POST.get("ago", ""))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
