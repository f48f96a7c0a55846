"""Due work of roles."""

import datetime as dt

from alongside.kit.jobs import job
from alongside.roles import calling


@job("roles.calls", every=dt.timedelta(minutes=10))
def tell_of_calls() -> None:
    """Send letters about calls for work that have come to show to all."""
    calling.tell()


@job("roles.old_calls", every=dt.timedelta(hours=12))
def old_calls() -> None:
    """Delete calls for work past their term."""
    calling.delete_old()
