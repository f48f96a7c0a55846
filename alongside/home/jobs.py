"""Due work across rooms."""

import datetime as dt

from alongside.home import flows
from alongside.kit.jobs import job


@job("home.deletions", every=dt.timedelta(minutes=10))
def deletions() -> None:
    """Finish deletions that a process began and did not live to end."""
    flows.finish_deletions()
