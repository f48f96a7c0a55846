"""Pages of passkeys and code apps: adding and removing them, signing in with them."""

import base64
import binascii
from typing import Any
from uuid import UUID

from allauth.core import ratelimit
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alongside.kit import closed
from alongside.kit.middleware import answer
from alongside.people import actions, passkeys, queries, rules, stages
from alongside.people.access import SignedIn, signed_in
from alongside.people.auth import ask_for_passkey, enter, gave_passkey, shown
from alongside.people.forms import ConfirmForm, StepForm
from alongside.people.models import Account
from alongside.people.views.going_on import next_page

_MAKING, _SECRET = "people.making", "people.secret"
"""Where the session keeps what a phone was asked to make, and a secret that its app has not shown yet."""

_MINUTES = 15
"""How long somebody may stand at the second step; allauth waits no longer either."""


@require_POST
def passkey_ask(request: HttpRequest) -> HttpResponse:
    """What the page hands to the phone to sign in with whichever passkey it has for this place."""
    if not ratelimit.consume(request, action="passkey"):
        return answer(request, 429, _too_many())
    return JsonResponse(ask_for_passkey(request) or {})


@require_POST
def passkey(request: HttpRequest) -> HttpResponse:
    """Sign in by passkey alone: no name is typed, and the phone has made sure who holds it."""
    if not ratelimit.consume(request, action="passkey"):
        return answer(request, 429, _too_many())
    said = request.POST.get("answer", "")
    owner = passkeys.owner(said)
    account = queries.by_id(owner) if owner else None
    if account is None or not gave_passkey(request, account, said):
        messages.error(request, _unknown())
        return redirect("account_login")
    enter(request, account)
    return redirect(next_page(request, "/"))


@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """After the passphrase: a code, or a passkey."""
    stage = stages.waiting(request)
    if stage is None:
        return redirect("account_login")
    request.session.set_expiry(_MINUTES * 60)  # until then allauth keeps in it when and how this began
    account: Account = stage.login.user
    form = StepForm(request.POST if "code" in request.POST else None)
    if request.method == "POST":
        if not ratelimit.consume(request, action="second_step", key=str(account.pk)):
            return answer(request, 429, _too_many())
        if "answer" in request.POST:
            done = gave_passkey(request, account, request.POST["answer"])
            if not done:
                messages.error(request, _unknown())
        else:
            done = form.is_valid() and actions.use_code(account=account, code=form.cleaned_data["code"])
            if form.is_valid() and not done:
                form.add_error(
                    "code", _("This code is not right, or it was used. Please type the one that it shows now.")
                )
        if done:
            went: HttpResponse = stage.exit()
            return went
    context: dict[str, Any] = {"form": form if queries.code_app_of(account) else None}
    context["options"] = ask_for_passkey(request, account)
    return render(request, "people/second_step.html", context)


@signed_in
@require_safe
def steps(request: SignedIn) -> HttpResponse:
    """Why coordinators and stewards need a second step, and the ways to add one."""
    return render(request, "people/steps.html", {"has_one": queries.has_second_step(request.user)})


@signed_in
@require_http_methods(["GET", "POST"])
def add_passkey(request: SignedIn) -> HttpResponse:
    """Make sure who it is, then let the phone make a passkey."""
    form, refused = _confirmed(request)
    if refused is not None:
        return refused
    if form is not None:
        return render(request, "people/passkey_first.html", {"form": form})
    me = request.user
    options, request.session[_MAKING] = passkeys.ask_to_make(me.pk, me.handle, queries.credentials(me))
    return render(request, "people/passkey_add.html", {"options": options})


@signed_in
@require_POST
def passkey_added(request: SignedIn) -> HttpResponse:
    """Keep the passkey that the phone made."""
    state = request.session.pop(_MAKING, None)
    try:
        credential = passkeys.made(state or {}, request.POST.get("answer", ""))
    except passkeys.Wrong:
        messages.error(request, _("That did not work. No passkey was added. You can try again."))
        return redirect("people:account")
    actions.add_passkey(account=request.user, credential=credential)
    messages.success(request, _("Your passkey works now."), extra_tags="passkey-made")
    return redirect("people:account")


@signed_in
@require_http_methods(["GET", "POST"])
def remove_passkey(request: SignedIn, passkey: UUID) -> HttpResponse:
    """Make sure who it is, then make a passkey useless."""
    found = next((row for row in queries.passkeys(request.user) if row.pk == passkey), None)
    if found is None:
        raise Http404
    form, refused = _confirmed(request)
    if refused is not None:
        return refused
    if form is not None:
        return render(request, "people/way_remove.html", {"form": form, "passkey": found})
    actions.remove_passkey(account=request.user, passkey=passkey)
    messages.success(request, _("It no longer works."))
    return redirect("people:account")


@signed_in
@require_http_methods(["GET", "POST"])
def add_code_app(request: SignedIn) -> HttpResponse:
    """Make sure who it is, then show the secret for an app, as a picture and in letters."""
    form, refused = _confirmed(request)
    if refused is not None:
        return refused
    if form is not None:
        return render(request, "people/code_app_first.html", {"form": form})
    secret = rules.fresh_step_secret()
    request.session[_SECRET] = base64.b64encode(closed.close(request.user.pk, _SECRET, secret)).decode()
    return _code_app_page(request, secret, StepForm())


@signed_in
@require_POST
def code_app_added(request: SignedIn) -> HttpResponse:
    """Keep the secret once the app has shown a right code."""
    if not ratelimit.consume(request, action="confirm"):
        return answer(request, 429, _too_many())
    try:
        kept = base64.b64decode(request.session.get(_SECRET, ""))
        secret = closed.read(request.user.pk, _SECRET, kept)
    except (closed.Gone, binascii.Error):
        secret = ""
    if not secret:
        return redirect("people:add_code_app")
    form = StepForm(request.POST)
    if form.is_valid():
        try:
            actions.add_code_app(account=request.user, secret=secret, code=form.cleaned_data["code"])
        except actions.Refused as refused:
            form.add_error("code", str(refused))
        else:
            del request.session[_SECRET]
            messages.success(request, _("Your code app works now."))
            return redirect("people:account")
    return _code_app_page(request, secret, form)


@signed_in
@require_http_methods(["GET", "POST"])
def remove_code_app(request: SignedIn) -> HttpResponse:
    """Make sure who it is, then make the code app useless."""
    form, refused = _confirmed(request)
    if refused is not None:
        return refused
    if form is not None:
        return render(request, "people/way_remove.html", {"form": form, "passkey": None})
    actions.remove_code_app(account=request.user)
    messages.success(request, _("It no longer works."))
    return redirect("people:account")


def _confirmed(request: SignedIn) -> tuple[ConfirmForm | None, HttpResponse | None]:
    """The form that asks who it is, or nothing when that was answered; and an answer to too many tries."""
    if request.method == "POST" and not ratelimit.consume(request, action="confirm"):
        return None, answer(request, 429, _too_many())
    form = ConfirmForm(request.POST or None, account=request.user, shown=shown(request))
    return (None if request.method == "POST" and form.is_valid() else form), None


def _code_app_page(request: SignedIn, secret: str, form: StepForm) -> HttpResponse:
    address = rules.step_address(secret, request.user.handle, passkeys.NAME)
    import segno

    picture = segno.make(address, error="m").svg_inline(border=3, dark="#000", light="#fff", omitsize=True)
    context = {"form": form, "secret": secret, "address": address, "qr": mark_safe(picture)}  # noqa: S308 - segno's own
    return render(request, "people/code_app_add.html", context)


def _too_many() -> str:
    return _("That was a lot of tries. Please wait a few minutes, then try again.")


def _unknown() -> str:
    return _("We do not know this passkey. You can use your passphrase, or the code on paper.")
