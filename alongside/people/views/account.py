"""Pages about one's own account."""

from typing import Any
from uuid import UUID

from allauth.account.views import PasswordChangeView
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alongside.kit.middleware import answer
from alongside.people import actions, passkeys, queries
from alongside.people.access import SignedIn, signed_in
from alongside.people.auth import shown
from alongside.people.forms import ConfirmForm
from alongside.people.models import Account
from alongside.people.views.going_on import next_page


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

    def form_valid(self, form: Any) -> HttpResponse:
        """Everywhere else the person is signed out."""
        session = self.request.session
        before = session.session_key
        response: HttpResponse = super().form_valid(form)
        actions.end_other_devices(account=self.request.user, here=session.session_key, before=before)
        return response


@signed_in
@require_safe
def account(request: SignedIn) -> HttpResponse:
    """The person's own account: ways to sign in, where that was done, keys for other apps."""
    me, here = request.user, request.session.session_key
    devices = queries.devices(me)
    context = {
        "tokens": queries.tokens(me),
        "has_code": queries.has_code(me),
        "passkeys": queries.passkeys(me),
        "passkeys_there": passkeys.ids(queries.credentials(me)),
        "code_app": queries.code_app_of(me),
        "here": next((d for d in devices if d.session == here), None),
        "elsewhere": [d for d in devices if d.session != here],
    }
    return render(request, "people/account.html", context)


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
@require_http_methods(["GET", "POST"])
def code(request: SignedIn) -> HttpResponse:
    """Offer a printed code, make it, and show it once."""
    after = next_page(request, reverse("people:account"))
    if request.method == "POST" and not ratelimit.consume(request, action="confirm"):
        return answer(request, 429, _("That was a lot of tries. Please wait a few minutes, then try again."))
    form = ConfirmForm(request.POST or None, account=request.user, shown=shown(request))
    if request.method == "POST" and form.is_valid():
        made = actions.make_code(account=request.user)
        return render(request, "people/code_made.html", {"code": made, "next": after})
    context = {"form": form, "next": after, "has_code": queries.has_code(request.user)}
    return render(request, "people/code.html", context)


@signed_in
@require_POST
def end_device(request: SignedIn, device: UUID) -> HttpResponse:
    """Sign out on another phone."""
    actions.end_device(account=request.user, device=device, here=request.session.session_key or "")
    messages.success(request, _("Signed out there."))
    return redirect("people:account")


@signed_in
@require_POST
def end_others(request: SignedIn) -> HttpResponse:
    """Sign out everywhere but here."""
    actions.end_other_devices(account=request.user, here=request.session.session_key or "")
    messages.success(request, _("You are signed in here and nowhere else."))
    return redirect("people:account")
