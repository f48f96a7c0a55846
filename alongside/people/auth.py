"""How the API knows who is calling."""

from typing import Any

from django.http import HttpRequest
from django.utils import translation
from ninja.security import HttpBearer, SessionAuth

from alongside.people import queries
from alongside.people.models import Account


class Token(HttpBearer):
    """A bearer token of an account; answers are in that account's language unless the client asks for one."""

    def authenticate(self, request: HttpRequest, token: str) -> Account | None:
        """The account that the token belongs to."""
        account = queries.by_token(token)
        if account is not None:
            request.user = account
            if "Accept-Language" not in request.headers:
                translation.activate(account.language)
        return account


class Session(SessionAuth):
    """The session of somebody who is signed in, with a CSRF token."""

    def __call__(self, request: HttpRequest) -> Any:
        """Whoever is not signed in hears that, and not that a CSRF token is missing."""
        return super().__call__(request) if isinstance(request.user, Account) else None

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        """The account that is signed in."""
        return request.user if isinstance(request.user, Account) else None
