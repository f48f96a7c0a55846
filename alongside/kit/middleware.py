"""Small layers around every request."""

from collections.abc import Callable

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict, RawPostDataException
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from alongside.kit.held import FORMS, Held, form_of
from alongside.kit.keys import KeyEnded

Handler = Callable[[HttpRequest], HttpResponse]

_TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent)
_UNREADABLE = (MultiPartParserError, RawPostDataException, DataError)
"""A form that is none, a form where something else is wanted, and text that the database cannot hold (NUL bytes)."""


class plain_errors:  # noqa: N801 - a middleware named like a function, as Django's settings name it
    """A full disk, a locked database or an oversized body gets a plain answer, never a bare 500 or 400."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing before and nothing after."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        """Refuse what is too large before anybody else reads it: a middleware that does gets no say in the answer."""
        del view, args, kwargs
        try:
            if _length(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
                raise RequestDataTooBig
            if request.method == "POST" and request.content_type in FORMS:
                _read = request.POST
        except _TOO_MUCH as exception:
            request.POST = QueryDict()  # what is read after this finds an empty form
            return named(request, exception)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer what can be named; leave the rest to Django's handler."""
        return named(request, exception)


def typed_forms(get_response: Handler) -> Handler:
    """Who sent a form and is signed out by now gets it back, on a page that leads to sign in and to send it again.

    To be asked to sign in, and then led back to an empty form or to an address that takes forms alone, would lose it.
    """
    to_sign_in = f"{settings.LOGIN_URL}?"

    def layer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != 302 or not response["Location"].startswith(to_sign_in):
            return response
        form = form_of(request)
        if form is None:
            return response
        text = _("You were signed out, so this is not saved yet.")
        return render(
            request, "kit/problem.html", {"text": text, "held": form, "sign_in": settings.LOGIN_URL}, status=401
        )

    return layer


def named(request: HttpRequest, exception: BaseException | None) -> HttpResponse | None:
    """The plain answer to a fault that has a name here, or ``None``.

    Faults outside of views (a session that could not be saved) come here from the handler of 500.
    """
    if isinstance(exception, OperationalError | InterfaceError):
        text = _("We could not save that just now. Nothing was lost. Please try again soon.")
        return answer(request, 503, text, form_of(request))
    if isinstance(exception, _TOO_MUCH):
        return answer(request, 413, _("That is too much at once. Please send less."))
    if isinstance(exception, KeyEnded):
        return answer(request, 410, _("This account was deleted."))
    if isinstance(exception, _UNREADABLE):
        return answer(request, 400, _("We could not read that. Please go back and try again."))
    return None


def answer(request: HttpRequest, status: int, text: str, held: Held | None = None) -> HttpResponse:
    """A plain answer with ``text``: JSON under ``/api/``, a page elsewhere, from which a form that is ``held`` is sent again.

    A page about a fault of ours, or a request that cannot be read, is made without asking the database who is
    looking: it may be what is down, and the session what cannot be read.
    """
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": text}, status=status)
    unsure = status == 400 or status >= 500
    context = {"text": text, "calm": status == 404, "held": held}
    return render(_stranger(request) if unsure else request, "kit/problem.html", context, status=status)


def _stranger(request: HttpRequest) -> HttpRequest:
    bare = HttpRequest()
    bare.path, bare.META = request.path, request.META
    bare.user = AnonymousUser()
    return bare


def _length(request: HttpRequest) -> int:
    told = request.META.get("CONTENT_LENGTH") or "0"
    return int(told) if told.isdecimal() else 0


class Policy(CSPMiddleware):
    """The content security policy; written once, for all answers that ask for no other."""

    _written: str | None = None

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """As django-csp's, which puts the same policy together anew for each answer."""
        if any(name.startswith("_csp") for name in (*vars(response), *vars(request))) or HEADER in response:
            return super().process_response(request, response)
        if self._written is None:
            response = super().process_response(request, response)
            self._written = response.headers.get(HEADER)
        elif self._written:
            response.headers[HEADER] = self._written
        return response


class Sessions(SessionMiddleware):
    """Django's, but an answer that comes late never signs out who has signed in since.

    Django has the browser forget a session that is not there any more. What the phone sent under the session before
    (a sync, the vault) may be answered after somebody has signed in on the same phone: the cookie that would be
    forgotten is then the new one. A session that this very request has ended is forgotten as ever.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """As Django's; the cookie of a session that was gone before stays, and opens nothing."""
        gone_before = request.session.is_empty() and not request.session.modified
        response = super().process_response(request, response)
        if gone_before:
            response.cookies.pop(settings.SESSION_COOKIE_NAME, None)
        return response


def private_pages(get_response: Handler) -> Handler:
    """Keep pages out of caches: whoever finds the phone must not page back into them."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"
        return response

    return middleware
