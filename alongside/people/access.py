"""Who may open a page: decorators and look-ups that every room's views use.

Somebody outside a group gets the same answer for its pages as for pages that do not exist: nothing is learned.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django_htmx.middleware import HtmxDetails

from alongside.people import queries
from alongside.people.models import Account, Membership

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


class SignedIn(HttpRequest):
    """A request by somebody who is signed in."""

    user: Account
    htmx: HtmxDetails


def signed_in(view: Callable[Concatenate[Any, P], HttpResponse]) -> View[P]:
    """Only for somebody who is signed in; others are asked to, and come back."""

    @wraps(view)
    def inner(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        return view(request, *args, **kwargs)

    return cast("View[P]", login_required(inner))


def member(request: HttpRequest, group: UUID) -> Membership:
    """The membership of whoever is signed in. Raises ``Http404`` for everybody else."""
    account = request.user
    found = queries.membership(account, group) if isinstance(account, Account) else None
    if found is None:
        raise Http404
    return found


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
