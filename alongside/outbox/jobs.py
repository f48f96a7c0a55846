"""Due work of the outbox: what is past its term goes. The loop that sends is in ``senders.py``."""

import datetime as dt

from alongside.kit import clock
from alongside.kit.jobs import job
from alongside.outbox import rules, senders
from alongside.outbox.inbound import KEPT
from alongside.outbox.models import Came, Dispatch, Letter

__all__ = ["forget", "senders"]


@job("outbox.forget", every=dt.timedelta(hours=12))
def forget() -> None:
    """Delete letters past their term, and those that were to leave once it is over with them for two days."""
    Dispatch.objects.filter(due_at__lt=clock.database_now() - rules.KEEP_SENT, next_at__isnull=True).delete()
    Letter.objects.filter(day__lt=clock.today() - dt.timedelta(days=rules.KEEP_DAYS)).delete()
    Came.objects.filter(day__lt=clock.today() - KEPT).delete()
