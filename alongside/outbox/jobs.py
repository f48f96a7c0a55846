"""Due work of the outbox."""

import datetime as dt

from alongside.kit import clock
from alongside.kit.jobs import job
from alongside.outbox import rules
from alongside.outbox.inbound import KEPT
from alongside.outbox.models import Came, Dispatch, Letter


@job("outbox.forget", every=dt.timedelta(hours=12))
def forget() -> None:
    """Delete letters past their term, and those that were to leave and are of no use any more."""
    Dispatch.objects.filter(good_until__lt=clock.now()).delete()
    Letter.objects.filter(day__lt=clock.today() - dt.timedelta(days=rules.KEEP_DAYS)).delete()
    Came.objects.filter(day__lt=clock.today() - KEPT).delete()
