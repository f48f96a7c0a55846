"""Due work across rooms."""

import datetime as dt

from alongside.home import experience, flows
from alongside.kit.jobs import job


@job("home.deletions", every=dt.timedelta(minutes=10))
def deletions() -> None:
    """Finish deletions that a process began and did not live to end."""
    flows.finish_deletions()


@job("home.statements", every=dt.timedelta(hours=24))
def old_statements() -> None:
    """Forget statements of experience that count no more."""
    experience.delete_old()
