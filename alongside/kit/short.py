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
        way: Any = convert_exception_to_response(self._get_response)  # type: ignore[attr-defined]
        for path in reversed(settings.SHORT_WAY):
            layer = import_string(path)(way)
            self._view_middleware[:0] = [layer.process_view] if hasattr(layer, "process_view") else []
            self._exception_middleware += [layer.process_exception] if hasattr(layer, "process_exception") else []
            way = convert_exception_to_response(layer)
        self.way: Handler = way


def language(get_response: Handler) -> Handler:
    """Answer in the language that is asked for, or in the account's; as Django's, without looking at paths."""

    def middleware(request: HttpRequest) -> HttpResponse:
        translation.activate(translation.get_language_from_request(request))
        response = get_response(request)
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response

    return middleware
