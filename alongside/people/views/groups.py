"""Pages of groups and invitations."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alongside.people import actions, queries
from alongside.people.access import SignedIn, member, signed_in, steward
from alongside.people.forms import GroupForm, NameForm, NewGroupForm
from alongside.people.models import Account, Membership


@signed_in
@require_safe
def groups(request: SignedIn) -> HttpResponse:
    """The person's own groups."""
    mine = [(m, queries.name(m)) for m in queries.memberships(request.user)]
    return render(request, "people/groups.html", {"mine": mine})


@signed_in
@require_http_methods(["GET", "POST"])
def make_group(request: SignedIn) -> HttpResponse:
    """Make a group and become its steward."""
    form = NewGroupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = actions.make_group(by=request.user, **form.cleaned_data)
        return redirect("people:group", made.group_id)
    return render(request, "people/make_group.html", {"form": form})


@signed_in
@require_safe
def group(request: SignedIn, group: UUID) -> HttpResponse:
    """A group: who is in it and what one can do there."""
    me = member(request, group)
    everybody = queries.members(me.group)
    seen = everybody if me.coordinates or me.stewards else [m for m in everybody if m.coordinates or m.stewards]
    context = {
        "me": me,
        "my_name": queries.name(me),
        "group": me.group,
        "members": seen,
        "alike": queries.alike({m.id: m.name for m in seen}),
    }
    if me.coordinates or me.stewards:
        context["invitations"] = queries.open_invitations(me.group)
    return render(request, "people/group.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def rename(request: SignedIn, group: UUID) -> HttpResponse:
    """Go by another name in a group."""
    me = member(request, group)
    form = NameForm(request.POST or None, initial={"name": queries.name(me)})
    if request.method == "POST" and form.is_valid():
        actions.rename(membership=me, name=form.cleaned_data["name"])
        return redirect("people:group", group)
    return render(request, "people/rename.html", {"form": form, "group": me.group})


@signed_in
@require_http_methods(["GET", "POST"])
def change_group(request: SignedIn, group: UUID) -> HttpResponse:
    """What the group is called and how it pays."""
    me = steward(request, group)
    initial = {"name": me.group.name, "currency": me.group.currency, "tax_years": me.group.tax_years}
    form = GroupForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.change_group(by=me, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("people:group", group)
    return render(request, "people/change_group.html", {"form": form, "group": me.group})


@signed_in
@require_http_methods(["GET", "POST"])
def close(request: SignedIn, group: UUID) -> HttpResponse:
    """Say what closing a group does; close it."""
    me = steward(request, group)
    if request.method == "POST":
        actions.close_group(by=me)
        messages.success(request, _("The group is closed."))
        return redirect("people:group", group)
    return render(request, "people/close.html", {"group": me.group})


@signed_in
@require_POST
def set_part(request: SignedIn, group: UUID, member_id: UUID) -> HttpResponse:
    """Make a member a coordinator or steward, or no longer one."""
    me = steward(request, group)
    try:
        actions.set_part(
            by=me,
            member=member_id,
            coordinates=_said(request.POST.get("coordinates")),
            stewards=_said(request.POST.get("stewards")),
        )
        messages.success(request, _("Saved."))
    except actions.Refused as refused:
        messages.error(request, str(refused))
    return redirect("people:group", group)


@signed_in
@require_POST
def invite(request: SignedIn, group: UUID) -> HttpResponse:
    """Make an invitation and show its link and QR code, once."""
    me = _inviter(request, group)
    try:
        secret = actions.invite(by=me, coordinates="coordinates" in request.POST, stewards="stewards" in request.POST)
    except actions.Refused as refused:
        messages.error(request, str(refused))
        return redirect("people:group", group)
    link = settings.ORIGIN + reverse("people:join", args=[secret])
    import segno

    picture = segno.make(link, error="m").svg_inline(border=3, dark="#000", light="#fff", omitsize=True)
    context = {"group": me.group, "link": link, "qr": mark_safe(picture)}  # noqa: S308 - segno's own SVG of our own link
    return render(request, "people/invitation.html", context)


@signed_in
@require_POST
def withdraw(request: SignedIn, group: UUID, invitation: UUID) -> HttpResponse:
    """Make an invitation useless."""
    if actions.withdraw_invitation(by=_inviter(request, group), invitation=invitation):
        messages.success(request, _("The link no longer works."))
    else:
        messages.info(request, _("Somebody used this link, or took it back. Look who is here."))
    return redirect("people:group", group)


@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """Join a group by invitation: with an account at hand, or after making one.

    Who is in by now, and comes by the same link again, goes to the group's page.
    """
    if inside := _inside(request, secret):
        return redirect("people:group", inside)
    invitation = queries.invitation(secret)
    if invitation is None:
        return render(request, "people/no_invitation.html", status=410)
    if not isinstance(request.user, Account):
        return render(request, "people/join_first.html", {"group": invitation.group, "here": request.path})
    form = NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.join(account=request.user, secret=secret, name=form.cleaned_data["name"])
        except actions.Refused as refused:
            if inside := _inside(request, secret):  # sent twice at once
                return redirect("people:group", inside)
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("You are in."))
            return redirect("people:group", made.group_id)
    return render(request, "people/join.html", {"form": form, "group": invitation.group})


def _inside(request: HttpRequest, secret: str) -> UUID | None:
    return queries.invited_into(request.user, secret) if isinstance(request.user, Account) else None


def _said(value: str | None) -> bool | None:
    """Yes or no to a part; ``None`` where nothing was said of it, so that an old page changes what was tapped alone."""
    return None if value is None else value == "yes"


def _inviter(request: HttpRequest, group: UUID) -> Membership:
    me = member(request, group)
    if not (me.coordinates or me.stewards):
        raise PermissionDenied
    return me
