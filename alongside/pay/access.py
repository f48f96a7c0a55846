"""Who may see a payment or a claim: whose it is, and the coordinators of the group that pays."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from alongside.pay import queries
from alongside.pay.models import Payment
from alongside.people.access import once_member
from alongside.people.models import Membership


def payment(request: HttpRequest, payment: UUID) -> tuple[Membership, Payment, bool]:
    """The payment, the membership of whoever looks at it, and whether it is their own money.

    Raises ``Http404`` for strangers and ``PermissionDenied`` for other members.
    """
    row = queries.payment(payment)
    if row is None:
        raise Http404
    me = once_member(request, row.group)
    own = queries.is_own(me, row.payee)
    if not own and not me.coordinates:
        raise PermissionDenied
    return me, row, own


def claim(request: HttpRequest, claim: UUID) -> tuple[Membership, queries.ClaimPage, bool]:
    """The claim, the membership of whoever looks at it, and whether it is their own; raises as :func:`payment`."""
    page = queries.claim(claim)
    if page is None:
        raise Http404
    me = once_member(request, page.state.group)
    own = queries.is_own(me, page.state.payee)
    if not own and not me.coordinates:
        raise PermissionDenied
    return me, page, own


def coordinated(request: HttpRequest, id: UUID) -> tuple[Membership, queries.ClaimPage]:  # noqa: A002 - as Django's
    """As :func:`claim`, for coordinators, and never about their own."""
    me, page, own = claim(request, id)
    if own or not me.coordinates:
        raise PermissionDenied
    return me, page


def own_claim(request: HttpRequest, id: UUID) -> tuple[Membership, queries.ClaimPage]:  # noqa: A002 - as Django's
    """As :func:`claim`, for whose it is."""
    me, page, own = claim(request, id)
    if not own:
        raise PermissionDenied
    return me, page
