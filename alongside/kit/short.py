"""The short way: a call of the API with a bearer token and no cookie passes only the layers that it needs.

No session is loaded, no CSRF token wanted (nothing is sent that a browser adds by itself), no messages, no page. What
everybody gets stays: the plain answers to faults, the headers of security, no caching, the language, compression.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.module_loading import import_string

Handler = Callable[[HttpRequest], HttpResponse]


class short_way:  # noqa: N801 - a middleware named like a function, as Django's settings name it
    """The outermost layer: sends each request on the short way (``settings.SHORT_WAY``) or on the whole one."""

    def __init__(self, get_response: Handler) -> None:
        self._whole = get_response
        self._short = _Short().way

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Choose by what the request carries: a cookie of any kind, and it goes the whole way."""
        meta = request.META
        if (
            request.path_info.startswith("/api/")
            and meta.get("HTTP_AUTHORIZATION", "")[:7].lower() == "bearer "
            and not meta.get("HTTP_COOKIE")
        ):
            request.user = AnonymousUser()  # until the token says who it is
            return self._short(request)
        return self._whole(request)


class _Short(BaseHandler):
    """Django's own handler with fewer layers around the view."""

    def __init__(self) -> None:
        self._view_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._found: dict[str, ResolverMatch] = {}
        way: Any = convert_exception_to_response(self._get_response)  # type: ignore[attr-defined]
        for path in reversed(settings.SHORT_WAY):
            layer = import_string(path)(way)
            self._view_middleware[:0] = [layer.process_view] if hasattr(layer, "process_view") else []
            self._exception_middleware += [layer.process_exception] if hasattr(layer, "process_exception") else []
            way = convert_exception_to_response(layer)
        self.way: Handler = way

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """As Django's; an address without anything in it that varies is looked up once."""
        found = self._found.get(request.path_info)
        if found is None:
            found = super().resolve_request(request)
            if not found.args and not found.kwargs:
                self._found[request.path_info] = found
        request.resolver_match = found
        return found


class headers:  # noqa: N801 - as above
    """What ``settings.SHORT_HEADERS`` say of every answer: asked of those layers once, and said from then on.

    They say the same of each, and say nothing where an answer has that header of its own. What they do beside is here too:
    whoever comes without TLS where it is a must is sent there. An answer that wants to be excepted goes through them.
    """

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response
        self._written: dict[bool, list[tuple[str, tuple[str, str]]]] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and add what is not there yet."""
        secure = request.is_secure()
        if settings.SECURE_SSL_REDIRECT and not secure:
            return _layers(self._get_response)(request)
        response = self._get_response(request)
        if not _EXCEPTED.isdisjoint(vars(response)):
            return _layers(lambda _request: response)(request)
        if secure not in self._written:
            bare, whole = HttpResponse(), _layers(lambda _request: HttpResponse())(request)
            said = [(name.lower(), (name, value)) for name, value in whole.items() if name not in bare]
            self._written[secure] = said
        headers: Any = response.headers
        for key, header in self._written[secure]:
            headers._store.setdefault(key, header)  # as it was checked and stored the first time, there
        return response


_EXCEPTED = frozenset(
    ["xframe_options_exempt"]
    + [f"_csp_{way}{only}" for way in ("exempt", "config", "update", "replace") for only in ("", "_ro")]
)
"""How an answer says that it wants other headers."""


def _layers(way: Handler) -> Handler:
    for path in reversed(settings.SHORT_HEADERS):
        way = import_string(path)(way)
    return way


def language(get_response: Handler) -> Handler:
    """Answer in the language that is asked for, or in the account's; as Django's, without looking at paths and cookies."""

    def middleware(request: HttpRequest) -> HttpResponse:
        asked = "HTTP_ACCEPT_LANGUAGE" in request.META
        translation.activate(translation.get_language_from_request(request) if asked else settings.LANGUAGE_CODE)
        response = get_response(request)
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response

    return middleware
