"""Pages of a group's rotas, for coordinators and stewards: who is on it, whom to ask."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alongside.people import queries as people
from alongside.people.access import SignedIn, member, signed_in
from alongside.people.actions import Refused
from alongside.people.models import Membership
from alongside.watch import crew_queries, rotas
from alongside.watch.forms import RotaForm


@signed_in
@require_http_methods(["GET", "POST"])
def group_rotas(request: SignedIn, group: UUID) -> HttpResponse:
    """The group's rotas; make one."""
    me = _runs(request, group)
    form = RotaForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = rotas.make(by=me, name=form.cleaned_data["name"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("watch:rota", group, made.pk)
    context = {"group": me.group, "rotas": crew_queries.rotas_of(me.group), "form": form}
    return render(request, "watch/rotas.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_safe
def rota(request: SignedIn, group: UUID, rota: UUID) -> HttpResponse:
    """One rota: who said yes, who was asked, whom to ask."""
    me = _runs(request, group)
    row = crew_queries.rota(me.group, rota)
    if row is None:
        raise Http404
    turns = crew_queries.turns(row)
    there = {one.member for one in turns}
    context = {
        "group": me.group,
        "rota": row,
        "name": crew_queries.name_of(row),
        "turns": turns,
        "others": [one for one in people.members(me.group) if one.id not in there],
    }
    return render(request, "watch/rota.html", context)


@signed_in
@require_POST
def ask_member(request: SignedIn, group: UUID, rota: UUID) -> HttpResponse:
    """Ask a member."""
    me = _runs(request, group)
    try:
        member = UUID(request.POST.get("member", ""))
    except ValueError:
        raise Http404 from None
    return _do(request, group, rota, lambda: rotas.ask(by=me, rota=rota, member=member))


@signed_in
@require_POST
def take_off(request: SignedIn, group: UUID, rota: UUID, turn: UUID) -> HttpResponse:
    """Take somebody off."""
    me = _runs(request, group)
    return _do(request, group, rota, lambda: rotas.take_off(by=me, rota=rota, turn=turn))


@signed_in
@require_POST
def end_rota(request: SignedIn, group: UUID, rota: UUID) -> HttpResponse:
    """Take the rota away."""
    me = _runs(request, group)
    try:
        rotas.remove(by=me, rota=rota)
    except Refused:
        raise Http404 from None
    messages.success(request, _("It is gone."))
    return redirect("watch:rotas", group)


def _runs(request: SignedIn, group: UUID) -> Membership:
    me = member(request, group)
    if not (me.coordinates or me.stewards):
        raise PermissionDenied
    return me


def _do(request: SignedIn, group: UUID, rota: UUID, act: Callable[[], None]) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("watch:rota", group, rota)
