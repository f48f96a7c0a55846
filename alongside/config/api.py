"""The API for outside clients: one description at ``/api/v1/openapi.json``, docs at ``/api/v1/docs``."""

import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.docs import DocsBase
from ninja.openapi.schema import OpenAPISchema

from alongside import __version__
from alongside.people.api import router as people
from alongside.people.auth import Session, Token
from alongside.roles.api import router as calls
from alongside.watch.api import router as watch
from alongside.work.api import router as work


class Docs(DocsBase):
    """Ninja's page of the API, with files from this installation, as wide as the phone, and with the way out of any page.

    Ninja's own class takes another site's files when ninja is not in ``INSTALLED_APPS``.
    """

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        """The page, for anybody."""
        shown = {"layout": "BaseLayout", "deepLinking": True, "url": self.get_openapi_url(api, kwargs)}
        return render(request, "config/docs.html", {"swagger_settings": json.dumps(shown)})


class Described(NinjaAPI):
    """An API that works out its description once a process: anybody may ask for it, and it takes a tenth of a second."""

    @cache  # noqa: B019 - there is one, for as long as the process lives
    def _described(self, path_prefix: str) -> OpenAPISchema:
        return super().get_openapi_schema(path_prefix=path_prefix)

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """The description, for where the API lies. It is the same object each time: to be read, not changed."""
        return self._described(self.get_root_path(path_params or {}) if path_prefix is None else path_prefix)


api = Described(
    title="Alongside",
    version=__version__,
    description="A person's own record of work, for the person's own devices. Sign in by session or by bearer token.",
    auth=[Token(), Session()],
    docs=Docs(),
    docs_url="/docs",
    openapi_url="/openapi.json",
    urls_namespace="api",
)
api.add_router("", people)
api.add_router("/work", work)
api.add_router("/calls", calls)
api.add_router("/watch", watch)


@api.exception_handler(AuthenticationError)
def not_signed_in(request: HttpRequest, exc: Any) -> HttpResponse:
    """Nobody is signed in."""
    return api.create_response(request, {"detail": _("Please sign in.")}, status=401)


@api.exception_handler(ValidationError)
def unreadable(request: HttpRequest, exc: Any) -> HttpResponse:
    """A request of another shape than the description asks for. Nothing of it is repeated in the answer."""
    where = [".".join(str(step) for step in error["loc"]) for error in exc.errors]
    return api.create_response(request, {"detail": _("This request cannot be read."), "where": where}, status=422)


@api.exception_handler(HttpError)
def refused(request: HttpRequest, exc: Any) -> HttpResponse:
    """What the framework refuses (a body that is not JSON, a session without its CSRF token), in our words."""
    text = _("This request cannot be read.")
    if exc.status_code == 403:
        text = _("This page was open for too long. Please go back, load it again, and try once more.")
    return api.create_response(request, {"detail": text}, status=exc.status_code)
