"""How somebody is let in: by a session, and by the API's tokens."""

from typing import Any
from uuid import UUID

from django.contrib.auth import login, logout
from django.core import signing
from django.http import HttpRequest
from django.utils import translation
from ninja.security import HttpBearer, SessionAuth

from alongside.outbox import phones
from alongside.people import actions, passkeys, queries
from alongside.people.models import Account

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
_ALLAUTHS_OWN = ("account_authentication_methods", "account_authentication_methods_user")
"""Where allauth notes in the session who signed in, how and at what time: we keep no such note."""
_ASKED = "people.asked"
"""Where the session keeps the question that was put to a phone."""
_JUST = "people.just_shown"
_JUST_SECONDS = 900


def enter(request: HttpRequest, account: Account) -> None:
    """Sign ``account`` in on this phone."""
    login(request, account, backend=BACKEND)
    for name in _ALLAUTHS_OWN:
        request.session.pop(name, None)
    request.session.set_expiry(None)
    request.session.save()
    actions.note_device(account=account, session=request.session.session_key or "")


def leave(request: HttpRequest) -> None:
    """Sign whoever is signed in out on this phone; no letter reaches it any more."""
    owner, session = request.user.pk, request.session.session_key
    logout(request)
    if isinstance(owner, UUID) and session:
        phones.signed_out(owner=owner, sessions=[session])


def ask_for_passkey(request: HttpRequest, account: Account | None = None) -> dict[str, Any] | None:
    """What a page hands to the phone to ask for a passkey of ``account``, or for any one that it has for this place.

    ``None`` for an account without.
    """
    known = queries.credentials(account) if account else []
    if account and not known:
        return None
    options, request.session[_ASKED] = passkeys.ask(known)
    return options


def gave_passkey(request: HttpRequest, account: Account, said: str) -> bool:
    """Whether the phone answered the question that this session put, with a passkey of ``account``. Asked once."""
    state = request.session.pop(_ASKED, None)
    try:
        passkeys.check(state or {}, queries.credentials(account), said)
    except passkeys.Wrong:
        return False
    return True


def just_shown(request: HttpRequest) -> None:
    """Let the next page know that its reader has just shown who they are: it need not ask again."""
    request.session[_JUST] = True


def shown(request: HttpRequest) -> str:
    """A proof, good for a quarter of an hour and for one form, that the reader has just shown who they are; else "".

    It stands in the page and not in the session, where it would hold the time.
    """
    if request.session.pop(_JUST, False):
        return signing.dumps(str(request.user.pk), salt=_JUST)
    return ""


def was_shown(account: Account, proof: str) -> bool:
    """Whether ``proof`` is one of :func:`shown` for this account, and still good."""
    try:
        return bool(signing.loads(proof, salt=_JUST, max_age=_JUST_SECONDS) == str(account.pk))
    except signing.BadSignature:
        return False


class Token(HttpBearer):
    """A bearer token of an account; answers are in that account's language unless the client asks for one."""

    def __call__(self, request: HttpRequest) -> Account | None:
        """As ninja's own, which makes a list of all headers to look at one."""
        kind, _space, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        return self.authenticate(request, token) if kind.lower() == self.openapi_scheme else None

    def authenticate(self, request: HttpRequest, token: str) -> Account | None:
        """The account that the token belongs to."""
        account = queries.by_token(token)
        if account is not None:
            request.user = account
            if "HTTP_ACCEPT_LANGUAGE" not in request.META:
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
