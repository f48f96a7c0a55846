"""Pages of people: accounts, groups, invitations."""

from uuid import UUID

import segno
from allauth.account.views import LoginView, PasswordChangeView
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alongside.kit.middleware import answer
from alongside.people import actions, queries
from alongside.people.access import SignedIn, member, signed_in, steward
from alongside.people.forms import AccountForm, GroupForm, NameForm, NewGroupForm
from alongside.people.models import Account, Membership

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class SignIn(LoginView):  # type: ignore[misc]
    """Sign in with a handle and a passphrase."""

    template_name = "people/sign_in.html"


class Passphrase(PasswordChangeView):  # type: ignore[misc]
    """Change the passphrase."""

    template_name = "people/passphrase.html"
    success_url = reverse_lazy("people:account")

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Nothing is here for an account that has no passphrase, as those of the demo have none."""
        if isinstance(request.user, Account) and not request.user.has_usable_password():
            raise Http404
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response


def next_page(request: HttpRequest, fallback: str) -> str:
    """Where to go on to: the page asked for when it is a path of ours, else ``fallback``."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if ours else fallback


@require_http_methods(["GET", "POST"])
def make_account(request: HttpRequest) -> HttpResponse:
    """Make an account and be signed in to it. So many a minute from one place, and no more."""
    if request.method == "POST" and not ratelimit.consume(request, action="signup"):
        return answer(request, 429, _("That was a lot at once. Please wait a minute and try again."))
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account = actions.make_account(
                handle=form.cleaned_data["handle"],
                passphrase=form.cleaned_data["passphrase"],
                language=request.LANGUAGE_CODE,
            )
        except actions.Refused as refused:
            form.add_error("handle", str(refused))
        else:
            login(request, account, backend=BACKEND)
            return redirect(next_page(request, reverse("home:home")))
    return render(request, "people/make_account.html", {"form": form, "next": next_page(request, "")})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out, calmly."""
    logout(request)
    return redirect("home:home")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Read on in another language; remembered for the account and in a cookie."""
    chosen = request.POST.get("language", "")
    response = redirect(next_page(request, reverse("home:home")))
    if chosen in dict(settings.LANGUAGES) and check_for_language(chosen):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=60 * 60 * 24 * 365,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            samesite="Lax",
        )
        if isinstance(request.user, Account):
            actions.set_language(account=request.user, language=chosen)
    return response


@signed_in
@require_safe
def account(request: SignedIn) -> HttpResponse:
    """The person's own account: passphrase, API keys, signing out."""
    return render(request, "people/account.html", {"tokens": queries.tokens(request.user)})


@signed_in
@require_POST
def make_token(request: SignedIn) -> HttpResponse:
    """Make an API token and show it, once."""
    secret = actions.make_token(account=request.user)
    return render(request, "people/token.html", {"secret": secret})


@signed_in
@require_POST
def remove_token(request: SignedIn, token: UUID) -> HttpResponse:
    """Make an API token useless."""
    actions.remove_token(account=request.user, token=token)
    messages.success(request, _("The key is gone."))
    return redirect("people:account")


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
    context = {"me": me, "my_name": queries.name(me), "group": me.group, "members": seen}
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
@require_POST
def set_part(request: SignedIn, group: UUID, member_id: UUID) -> HttpResponse:
    """Make a member a coordinator or steward, or no longer one."""
    me = steward(request, group)
    try:
        actions.set_part(
            by=me,
            member=member_id,
            coordinates=request.POST.get("coordinates") == "yes",
            stewards=request.POST.get("stewards") == "yes",
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
    picture = segno.make(link, error="m").svg_inline(border=3, dark="#000", light="#fff", omitsize=True)
    context = {"group": me.group, "link": link, "qr": mark_safe(picture)}  # noqa: S308 - segno's own SVG of our own link
    return render(request, "people/invitation.html", context)


@signed_in
@require_POST
def withdraw(request: SignedIn, group: UUID, invitation: UUID) -> HttpResponse:
    """Make an invitation useless."""
    actions.withdraw_invitation(by=_inviter(request, group), invitation=invitation)
    messages.success(request, _("The link no longer works."))
    return redirect("people:group", group)


@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """Join a group by invitation: with an account at hand, or after making one."""
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
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("You are in."))
            return redirect("people:group", made.group_id)
    return render(request, "people/join.html", {"form": form, "group": invitation.group})


def _inviter(request: HttpRequest, group: UUID) -> Membership:
    me = member(request, group)
    if not (me.coordinates or me.stewards):
        raise PermissionDenied
    return me
