"""The photos of receipts that belong to a piece of work, for its own pages and for the claim that it is owed by."""

from uuid import UUID

from django.urls import reverse

from alongside.pay import beside
from alongside.pay.beside import Photo
from alongside.people.models import Account, Membership
from alongside.work import queries
from alongside.work.forms import EXPENSE_WORDS
from alongside.work.models import Share


def own(account: Account, entry: UUID) -> list[Photo]:
    """Those of one of the person's own entries."""
    found = queries.receipts(account, entry)
    return [Photo(one.id, EXPENSE_WORDS[one.code], reverse("work:receipt", args=[one.id])) for one in found]


def shared(share: Share) -> list[Photo]:
    """The copies that a group has, for its coordinators."""
    where = (share.group_id, share.pk)
    return [
        Photo(one.id, EXPENSE_WORDS[one.code], reverse("work:receipt_shared", args=[*where, one.id]))
        for one in queries.receipt_copies(share)
    ]


@beside.register
def of_claim(me: Membership, claim: UUID, mine: bool) -> list[Photo]:
    """Those of the work that a claim is for, while the group has its copy of it."""
    share = queries.share_of(claim)
    if share is None:
        return []
    return own(me.account, share.entry_id) if mine else shared(share)
