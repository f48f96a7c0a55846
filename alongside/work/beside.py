"""What pay is told of work: whether a claim's is still there, and its photos of receipts, which its own pages show too."""

from collections.abc import Collection
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


@beside.register_work
def copied(claims: Collection[UUID]) -> set[UUID]:
    """Those of ``claims`` of whose work the group has a copy, so that it can still be changed and put right."""
    return queries.copied(claims)


@beside.register
def of_claim(me: Membership, claim: UUID, mine: bool) -> list[Photo]:
    """Those of the work that a claim is for, while the group has its copy of it."""
    share = queries.share_of(claim)
    if share is None:
        return []
    return own(me.account, share.entry_id) if mine else shared(share)
