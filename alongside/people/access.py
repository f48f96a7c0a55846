"""Who may open a page: decorators and look-ups that every room's views use.

Somebody outside a group gets the same answer for its pages as for pages that do not exist: nothing is learned.

Coordinators and stewards need a passkey or a code app (setting ``ALONGSIDE_REQUIRE_SECOND_STEP``). Until they have one,
they are members like others wherever a page asks for their membership, so that nothing of their own is shut; and where
a page is then refused, they are led to add one.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from alongside.people import queries
from alongside.people.models import Account, Membership

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
Handler = Callable[[HttpRequest], HttpResponse]
PHONE = "X-Alongside-Phone"
"""The header in which the scripts of a page say for whom they act."""


class SignedIn(HttpRequest):
    """A request by somebody who is signed in."""

    user: Account
    htmx: HtmxDetails
    held_back: bool


def signed_in(view: Callable[Concatenate[Any, P], HttpResponse]) -> View[P]:
    """Only for somebody who is signed in; others are asked to, and come back."""

    @wraps(view)
    def inner(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except PermissionDenied:
            if not getattr(request, "held_back", False):
                raise
            return redirect("people:steps")

    return cast("View[P]", login_required(inner))


def member(request: HttpRequest, group: UUID) -> Membership:
    """The membership of whoever is signed in. Raises ``Http404`` for everybody else."""
    account = request.user
    found = queries.membership(account, group) if isinstance(account, Account) else None
    if found is None:
        raise Http404
    if (found.coordinates or found.stewards) and _without_second_step(found.account):
        found.coordinates = found.stewards = False
        found.held_back = cast("SignedIn", request).held_back = True
    return found


def once_member(request: HttpRequest, group: UUID) -> Membership:
    """As :func:`member`, for somebody who has left too: what is owed to them stays theirs to see."""
    account = request.user
    found = queries.membership(account, group, ended=True) if isinstance(account, Account) else None
    return found if found is not None and found.left else member(request, group)


def coordinator(request: HttpRequest, group: UUID) -> Membership:
    """As :func:`member`, for coordinators. Raises ``PermissionDenied`` for other members."""
    found = member(request, group)
    if not found.coordinates:
        raise PermissionDenied
    return found


def steward(request: HttpRequest, group: UUID) -> Membership:
    """As :func:`member`, for stewards. Raises ``PermissionDenied`` for other members."""
    found = member(request, group)
    if not found.stewards:
        raise PermissionDenied
    return found


def _without_second_step(account: Account) -> bool:
    return bool(settings.REQUIRE_SECOND_STEP) and not queries.has_second_step(account)


def same_person(get_response: Handler) -> Handler:
    """Answer 403 where the scripts of a page act for one person, and the cookies are another's by now.

    A page stays open while somebody signs out and somebody else signs in, in another tab. What it then sends would be
    stored as the other's: work, a photo, a whole vault. Its scripts say for whom they act (``whose`` in
    ``people/store.js``), by the name that the person's own phones know; forms and other programs say nothing.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        meant = request.headers.get(PHONE)
        if meant is not None and isinstance(request.user, Account) and meant != queries.phone_name(request.user):
            return JsonResponse({"detail": _("Somebody else is signed in here now.")}, status=403)
        return get_response(request)

    return answer
