"""What rooms above do with a yes to a role, in its transaction: they know of work and sums, and roles know none."""

from collections.abc import Callable

from alongside.people.models import Membership
from alongside.roles.models import Role

Then = Callable[[Membership, Role], None]
"""Who agreed, and to which role. Their own chain and the group's are locked."""
_then: list[Then] = []


def register(then: Then) -> Then:
    """Have this done with each yes."""
    _then.append(then)
    return then


def tell(membership: Membership, role: Role) -> None:
    """Somebody said yes to the newest version of ``role``."""
    for then in _then:
        then(membership, role)
