"""Pages of a crew: whom I asked, in which order they are called, whom I watch over."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alongside.people.access import SignedIn, signed_in
from alongside.people.actions import Refused
from alongside.watch import crew, crew_queries, queries, rotas
from alongside.watch.forms import WAITS, KnownForm, MateForm, lengths


@signed_in
@require_safe
def own_crew(request: SignedIn) -> HttpResponse:
    """The person's crew, step by step, with who can be reached now."""
    steps = crew_queries.crew_of(request.user)
    context = {
        "steps": steps,
        "waits": lengths(WAITS),
        "rotas": [one for one in crew_queries.rotas_for(request.user) if not one.chosen],
        "full": crew_queries.full(request.user),
        "one": len(crew_queries.mates(steps)) == 1,
    }
    return render(request, "watch/crew.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def ask(request: SignedIn) -> HttpResponse:
    """Ask somebody to be a watcher: both names, then the link and QR code, once."""
    form = MateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row, secret = crew.invite(person=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            link = settings.ORIGIN + reverse("watch:invited", args=[secret])
            import segno

            picture = segno.make(link, error="m").svg_inline(border=3, dark="#000", light="#fff", omitsize=True)
            context = {"link": link, "qr": mark_safe(picture), "row": row}  # noqa: S308 - segno's own SVG of our own link
            return render(request, "watch/link.html", context)
    return render(request, "watch/ask.html", {"form": form}, status=422 if form.is_bound else 200)


@signed_in
@require_http_methods(["GET", "POST"])
def mate(request: SignedIn, watcher: UUID) -> HttpResponse:
    """One watcher: both names, and taking them off."""
    found = crew_queries.mate(request.user, watcher)
    if found is None:
        raise Http404
    form = MateForm(request.POST or None, initial={"name": found.name, "known_as": found.known_as})
    if request.method == "POST" and form.is_valid():
        crew.rename(person=request.user, watcher=watcher, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("watch:crew")
    context = {"form": form, "mate": found}
    return render(request, "watch/mate.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_POST
def move(request: SignedIn, watcher: UUID) -> HttpResponse:
    """Call them a step sooner or later."""
    return _crew(request, lambda: crew.move(person=request.user, watcher=watcher, later="later" in request.POST))


@signed_in
@require_POST
def remove(request: SignedIn, watcher: UUID) -> HttpResponse:
    """Take them off."""
    return _crew(request, lambda: crew.remove(person=request.user, watcher=watcher))


@signed_in
@require_POST
def wait(request: SignedIn, step: int) -> HttpResponse:
    """How long to wait until this step is called."""
    text = request.POST.get("seconds", "")
    seconds = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    return _crew(request, lambda: crew.set_wait(person=request.user, step=step, seconds=seconds))


@signed_in
@require_http_methods(["GET", "POST"])
def choose_rota(request: SignedIn, rota: UUID) -> HttpResponse:
    """Choose a group's rota as one watcher."""
    found = next((one for one in crew_queries.rotas_for(request.user) if one.id == rota), None)
    if found is None:
        raise Http404
    form = KnownForm(request.POST or None, initial={"known_as": crew_queries.name_in(request.user, found.group)})
    if request.method == "POST" and form.is_valid():
        crew.choose_rota(person=request.user, rota=rota, **form.cleaned_data)
        return redirect("watch:crew")
    context = {"form": form, "rota": found}
    return render(request, "watch/choose_rota.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_safe
def mine(request: SignedIn) -> HttpResponse:
    """Whom I watch over, and the lists that I am on."""
    context = {
        "watched": crew_queries.watched_by(request.user),
        "turns": crew_queries.turns_of(request.user),
        "reachable": crew_queries.reachable(request.user.pk),
        "calls": queries.called(request.user),
        "looks": crew_queries.looks_for(request.user),
    }
    return render(request, "watch/mine.html", context)


@signed_in
@require_POST
def stop(request: SignedIn, watcher: UUID) -> HttpResponse:
    """Not be called any more for somebody, or be called again."""
    try:
        if "again" in request.POST:
            crew.resume(watcher=watcher, account=request.user)
        else:
            crew.stop(watcher=watcher, account=request.user)
    except Refused:
        raise Http404 from None
    return redirect("watch:mine")


@signed_in
@require_POST
def turn(request: SignedIn, turn: UUID) -> HttpResponse:
    """Say yes to being on a group's list, or no, or leave it."""
    try:
        rotas.answer(account=request.user, turn=turn, yes="yes" in request.POST)
    except Refused:
        raise Http404 from None
    return redirect("watch:mine")


def _crew(request: SignedIn, act: Any) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("watch:crew")
