"""Who may see a payment: whom it was paid to, and the coordinators of the group that paid."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from alongside.pay import queries
from alongside.pay.models import Payment
from alongside.people.access import member
from alongside.people.models import Membership


def payment(request: HttpRequest, payment: UUID) -> tuple[Membership, Payment, bool]:
    """The payment, the membership of whoever looks at it, and whether it is their own money.

    Raises ``Http404`` for strangers and ``PermissionDenied`` for other members.
    """
    row = queries.payment(payment)
    if row is None:
        raise Http404
    me = member(request, row.group)
    own = queries.is_own(me, row.payee)
    if not own and not me.coordinates:
        raise PermissionDenied
    return me, row, own
