"""Due work of work."""

import datetime as dt

from alongside.kit import clock
from alongside.kit.jobs import job
from alongside.work import folding, months, papers, receipts, responses, stock
from alongside.work.models import Entry


@job("work.tombstones", every=dt.timedelta(hours=12))
def tombstones() -> None:
    """Delete the last trace of entries that were deleted long ago."""
    Entry.objects.filter(gone__lt=clock.today()).delete()


@job("work.responses", every=dt.timedelta(hours=12))
def fold_responses() -> None:
    """Fold overdose responses to monthly counts."""
    responses.fold()


@job("work.months", every=dt.timedelta(minutes=20))
def release_months() -> None:
    """Count what groups are shown of a month, once."""
    months.release()


@job("work.entries", every=dt.timedelta(minutes=20))
def fold_entries() -> None:
    """Fold entries to what kind, how long and the month."""
    folding.fold()


@job("work.papers", every=dt.timedelta(hours=12))
def old_papers() -> None:
    """Delete what was copied from paper and never answered."""
    papers.delete_old()


@job("work.stock", every=dt.timedelta(hours=1))
def write_stock() -> None:
    """Write what was handed out on days that are over, make one line of old ones, and say what runs out."""
    stock.write_days()
    stock.shorten()
    stock.tell()


@job("work.receipts", every=dt.timedelta(hours=12))
def old_receipts() -> None:
    """Delete groups' copies of receipts' photos once the work is long paid."""
    receipts.delete_old(today=clock.today())
