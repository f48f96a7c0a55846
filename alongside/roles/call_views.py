"""Pages of calls for work.

A call that seeks experience stands on no page that the server makes for a member before it shows to all: the phone
fetches all calls and shows by itself what it matches. So no address that a phone opens tells what matched.
"""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alongside.people.access import SignedIn, coordinator, member, signed_in
from alongside.people.actions import Refused
from alongside.people.models import Membership
from alongside.roles import calling, calls
from alongside.roles.call_forms import CallForm, YesForm
from alongside.roles.models import Call


@signed_in
@require_safe
def mine(request: SignedIn) -> HttpResponse:
    """Calls for work that show to all, and those that the person said yes to; the phone adds what it matches."""
    shown = [call for call in calls.for_phone(request.user) if call.to_all and not call.said_yes]
    context = {"calls": shown, "answered": calls.answered(request.user)}
    return render(request, "roles/calls.html", context)


@signed_in
@require_POST
def say_yes(request: SignedIn, call: UUID) -> HttpResponse:
    """Say yes to a call: the group learns of the person now, and not before."""
    row, me = _call(request, call)
    form = YesForm(request.POST)
    text = form.cleaned_data["text"] if form.is_valid() else request.POST.get("text", "")
    try:
        calling.say_yes(by=me, call=row, text=text)
        messages.success(request, _("You said yes. The group knows your name there, and that you said yes."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("roles:calls")


@signed_in
@require_POST
def take_back(request: SignedIn, call: UUID) -> HttpResponse:
    """Take a yes back."""
    row, me = _call(request, call)
    try:
        calling.take_back(by=me, call=row)
        messages.success(request, _("Your yes is taken back."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("roles:calls")


@signed_in
@require_safe
def group(request: SignedIn, group: UUID) -> HttpResponse:
    """A group's calls, for its coordinators."""
    me = coordinator(request, group)
    context = {"group": me.group, "calls": calls.of_group(me.group, request.user)}
    return render(request, "roles/group_calls.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def write(request: SignedIn, group: UUID) -> HttpResponse:
    """Write a call for work."""
    me = coordinator(request, group)
    form = CallForm(request.POST or None, group=me.group, roles=calls.roles_of(me.group))
    if request.method == "POST" and form.is_valid():
        role = form.cleaned_data["role"]
        try:
            made = calling.call(by=me, content=form.content(), role=UUID(role) if role else None)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The call is out."))
            return redirect("roles:call", made.pk)
    return render(request, "roles/call_write.html", {"group": me.group, "form": form})


@signed_in
@require_safe
def call(request: SignedIn, call: UUID) -> HttpResponse:
    """One call and who said yes, for coordinators."""
    row, me = _call(request, call, coordinates=True)
    context = {"call": calls.one(row, request.user), "answers": calls.answers(row), "group": me.group}
    return render(request, "roles/call.html", context)


@signed_in
@require_POST
def choose(request: SignedIn, call: UUID) -> HttpResponse:
    """Tell somebody that they have the work."""
    row, me = _call(request, call, coordinates=True)
    try:
        calling.choose(by=me, call=row, yes=UUID(request.POST.get("yes", "")))
        messages.success(request, _("They are told that they have the work."))
    except Refused as refused:
        messages.error(request, str(refused))
    except ValueError:
        messages.error(request, _("They took their yes back."))
    return redirect("roles:call", call)


@signed_in
@require_POST
def close(request: SignedIn, call: UUID) -> HttpResponse:
    """Close a call."""
    row, me = _call(request, call, coordinates=True)
    try:
        calling.close(by=me, call=row)
        messages.success(request, _("The call is over. Everybody who said yes is told."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("roles:call", call)


def _call(request: HttpRequest, call: UUID, *, coordinates: bool = False) -> tuple[Call, Membership]:
    """The call and the reader's membership in its group. ``Http404`` to strangers."""
    row = calls.get(call)
    if row is None:
        raise Http404
    return row, coordinator(request, row.group_id) if coordinates else member(request, row.group_id)
