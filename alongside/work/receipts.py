"""Writes about photos of receipts: one is added, taken away, and a group's copy goes in time."""

import datetime as dt
from uuid import UUID

from django.db import transaction

from alongside.kit import audit, closed, keys, pictures
from alongside.pay import queries as ledger
from alongside.people.models import Account
from alongside.roles.rules import EXPENSES
from alongside.work import queries, rules, sharing
from alongside.work.models import Entry, Receipt, ReceiptCopy, Share


class NotTaken(Exception):
    """Raised when a photo is not taken; its text is a code that :mod:`alongside.work.labels` puts into words."""


def add(*, account: Account, entry: UUID, receipt: UUID, code: str, data: bytes) -> bool:
    """Keep a photo for an expense of one's own entry, drawn anew; say whether it is new here.

    The same id again changes nothing, so a phone may send it as often as it likes. Raises :class:`NotTaken`.
    """
    try:
        picture = pictures.redraw(data)  # before anything is locked: it takes a while
    except pictures.BadPicture as bad:
        raise NotTaken(str(bad)) from bad
    return _add(account, entry, receipt, code, picture)


@transaction.atomic
def _add(account: Account, entry: UUID, receipt: UUID, code: str, picture: bytes) -> bool:
    audit.lock(account.pk)  # as a sync does: the person's own chain first, then the group's
    row = Entry.objects.filter(account=account, pk=entry, gone__isnull=True).first()
    if row is None:
        raise NotTaken("no_entry")
    known = Receipt.objects.filter(pk=receipt).first()
    if known is not None:
        if known.entry_id != row.pk:
            raise NotTaken("taken")
        return False
    key = keys.get(account.pk)
    spent = {e["code"] for e in queries.content_of(row, key).get("expenses") or ()}
    if code not in EXPENSES or code not in spent:
        raise NotTaken("no_expense")
    if row.receipts.count() >= rules.RECEIPTS_MOST:
        raise NotTaken("too_many_receipts")
    made = Receipt(id=receipt, entry=row)
    content = rules.receipt(code, picture)
    made.content = closed.close_bytes(key, made.place, content)
    made.save(force_insert=True)
    share = Share.objects.filter(entry=row, withdrawn=False).first()
    if share is not None:
        audit.lock(share.group_id)
        sharing.give_receipt(share, made, content)
    audit.append(chain=account.pk, actor=account.pk, act="work.receipt", detail={"receipt": str(receipt)})
    return True


@transaction.atomic
def remove(*, account: Account, receipt: UUID) -> None:
    """Take a photo of one's own away, and the group's copy with it. Twice is once."""
    audit.lock(account.pk)
    row = Receipt.objects.filter(pk=receipt, entry__account=account).first()
    if row is not None:
        row.delete()
        audit.append(chain=account.pk, actor=account.pk, act="work.receipt_gone", detail={"receipt": str(receipt)})


def delete_old(*, today: dt.date) -> None:
    """Delete groups' copies of photos once nothing has been open on the claim for ``rules.RECEIPT_DAYS`` days."""
    before = today - dt.timedelta(days=rules.RECEIPT_DAYS)
    shares = list(Share.objects.filter(receipts__isnull=False).distinct())
    last = ledger.settled_on([share.claim for share in shares if share.claim])
    for share in shares:
        day = last.get(share.claim) if share.claim else share.day
        if day is not None and day < before:
            ReceiptCopy.objects.filter(share=share).delete()
