"""What one room sets off in another, in words."""

from django.db import transaction

from alongside.pay import queries as pay
from alongside.people import actions as people
from alongside.people.models import Membership
from alongside.roles import actions as roles
from alongside.roles import queries as held


@transaction.atomic
def leave_group(*, membership: Membership) -> None:
    """Somebody leaves a group: they hold its roles no longer, then they are in it no longer.

    The own record, what was shared, and what is owed stay as they are. Raises ``Refused`` for the last steward or
    coordinator, and nothing has happened then.
    """
    for holding in held.held_in(membership):
        roles.leave(holding=holding)
    people.leave(membership=membership, settled=not pay.to_pay(membership.group))
