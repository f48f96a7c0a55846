"""Due work of pay."""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from alongside.kit import clock
from alongside.kit.jobs import job
from alongside.pay import queries
from alongside.pay.models import Claim, Line, Payment

_SLACK = dt.timedelta(days=1)
"""The database's own guard counts days of UTC, the installation those of its time zone: wait for both."""
_BATCH = 500


@job("pay.forget", every=dt.timedelta(hours=24))
def forget() -> None:
    """Delete what is past its term: lines, then their claims, then payments that nothing refers to.

    A claim goes whole, when the last of its lines is past its term, and only when nothing is open on it: a debt
    does not end because it is old, nor while the payee says that its money did not come.
    """
    before = clock.today() - _SLACK
    while _forget_claims(before):
        pass
    Payment.objects.filter(keep_until__lt=before, lines=None).delete()


@transaction.atomic
def _forget_claims(before: dt.date) -> int:
    past = (
        Claim.objects.filter(keep_until__lt=before)
        .exclude(dispute=Claim.Dispute.OPEN)
        .exclude(Exists(Line.objects.filter(claim=OuterRef("pk"), payment__in=queries.lacking())))
        .annotate(balance=Coalesce(Sum("lines__amount"), 0), last=Max("lines__keep_until"))
        .filter(Q(last=None) | Q(last__lt=before), balance=0)
    )
    ids = list(past.values_list("pk", flat=True)[:_BATCH])
    Line.objects.filter(claim__in=ids).delete()
    Claim.objects.filter(pk__in=ids).delete()
    return len(ids)
