"""Due work of watch: what is past its term goes. Its loops are in ``engine.py`` and ``auditor.py``."""

import datetime as dt

from alongside.kit import clock
from alongside.kit.jobs import job
from alongside.watch import actions, auditor, crew, engine
from alongside.watch.models import LookIn

__all__ = ["auditor", "engine", "forget"]


@job("watch.forget", every=dt.timedelta(hours=6))
def forget() -> None:
    """Delete check-ins past their term, invitations that nobody answered, and what was left of the gentle kind."""
    actions.forget_old(today=clock.today())
    crew.forget_unanswered(today=clock.today())
    LookIn.objects.filter(day__lt=clock.today() - dt.timedelta(days=2)).delete()
