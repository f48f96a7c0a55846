"""Pages for coming in: an account, signing in and out, a forgotten passphrase."""

from allauth.account.views import LoginView
from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alongside.kit.middleware import answer
from alongside.people import actions
from alongside.people.auth import enter, just_shown, leave
from alongside.people.forms import AccountForm, RecoverForm
from alongside.people.views.going_on import next_page, redirect_with_next


class SignIn(LoginView):  # type: ignore[misc]
    """Sign in with a handle and a passphrase."""

    template_name = "people/sign_in.html"


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
            enter(request, account)
            just_shown(request)
            return redirect_with_next("people:code", next_page(request, reverse("home:home")))
    return render(request, "people/make_account.html", {"form": form, "next": next_page(request, "")})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out, calmly."""
    leave(request)
    return redirect("home:home")


@require_http_methods(["GET", "POST"])
def recover(request: HttpRequest) -> HttpResponse:
    """Set a new passphrase with the printed code, and be signed in. So many tries, and no more."""
    form = RecoverForm(request.POST or None)
    if request.method == "POST":
        tried = request.POST.get("handle", "").strip().casefold()
        if not ratelimit.consume(request, action="recover", key=tried):
            return answer(request, 429, _("That was a lot of tries. Please wait a few minutes, then try again."))
        if form.is_valid():
            try:
                account = actions.recover(recovery=form.recovery, passphrase=form.cleaned_data["passphrase"])
            except actions.Refused as refused:
                form.add_error(None, str(refused))
            else:
                leave(request)
                enter(request, account)
                just_shown(request)
                messages.success(request, _("Your new passphrase works now. The old code is used up."))
                return redirect_with_next("people:code", reverse("home:home"))
    return render(request, "people/recover.html", {"form": form})
