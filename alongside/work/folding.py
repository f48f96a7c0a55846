"""Folding: 90 days after the work only what kind, how long and the month of an entry stay here. See ADR 0012.

A part of :mod:`alongside.work.actions` in all but the file. The day on which an entry was last stored is that of its
place in its owner's audit chain, so no table says of entries that are still closed when the work was. An entry's
revision and place stay as they are: a phone is told of nothing and loses nothing.
"""

import datetime as dt
import random
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery

from alongside.kit import audit, canonical, clock, closed, keys
from alongside.kit.models import AuditRow
from alongside.pay import queries as ledger
from alongside.roles.kinds import shown_to_group
from alongside.work import queries, rules
from alongside.work.models import Drawn, Entry, Receipt, Share

BATCH = 200
"""Entries that one transaction looks at."""
MOST = 2000
"""Entries that one run looks at: it ends well within the lease of its job, and the next one goes on."""


def fold() -> int:
    """Fold what is due, a batch of one person's at a time; return how many entries folded.

    Whose come first is left to chance: what waits for a claim to be settled never keeps others waiting.
    """
    whose = list(_due().order_by("account").values_list("account", flat=True).distinct())
    random.shuffle(whose)
    looked = done = 0
    for account in whose:
        after: int | None = 0
        while looked < MOST and after is not None:
            seen, folded, after = _fold_some(account, after)
            looked, done = looked + seen, done + folded
        if looked >= MOST:
            break
    return done


def _due(account: UUID | None = None) -> "QuerySet[Entry]":
    """Whole entries that were last stored long enough ago, with that day; ``None`` when its audit row is pruned."""
    before = clock.today() - dt.timedelta(days=rules.FOLD_DAYS)
    stored = AuditRow.objects.filter(chain=OuterRef("account"), seq=OuterRef("changed")).values("day")
    rows = Entry.objects.filter(folded=False, gone__isnull=True).annotate(stored=Subquery(stored))
    rows = rows.filter(Q(stored__lt=before) | Q(stored=None))
    return rows if account is None else rows.filter(account=account)


@transaction.atomic
def _fold_some(account: UUID, after: int) -> tuple[int, int, int | None]:
    """Fold a batch of one person's entries whose place is past ``after``: how many were seen, folded, where to go on."""
    head = audit.lock(account)  # as a sync does: the person's own chain first, then the groups'
    key = keys.get(account)
    rows = list(_due(account).filter(changed__gt=after).order_by("changed", "id")[:BATCH])
    if key is None or not rows:
        return 0, 0, None
    last = rows[-1].changed
    if len(rows) == BATCH:
        rows += _due(account).filter(changed=last, id__gt=rows[-1].pk)
    shares = _locked_shares(rows)
    held = ledger.unsettled(share.claim for share in shares.values() if share.claim)
    folded = {row: content for row in rows if (content := _folds(row, shares.get(row.pk), held, key))}
    if folded:
        _write(folded, shares, key)
        detail = {"entries": len(folded)}
        audit.append(chain=account, actor=None, act="work.folded", detail=detail, head=head)
    return len(rows), len(folded), last if len(rows) >= BATCH else None


def _locked_shares(rows: list[Entry]) -> dict[UUID, Share]:
    """The copies of these entries, by entry, with their groups' chains locked in the one order for all."""
    found = list(Share.objects.filter(entry__in=rows))
    for group in sorted({share.group_id for share in found}):
        audit.lock(group)
    return {share.entry_id: share for share in found}


def _folds(row: Entry, share: Share | None, held: set[UUID], key: bytes) -> rules.Entry:
    """What stays of an entry that folds now; empty for one that stays whole, and for one that no key opens."""
    if share is not None and share.claim in held:
        return {}
    content = queries.content_of(row, key)
    stored: dt.date = getattr(row, "stored", None) or dt.date.min
    if not content or not rules.folds(dt.date.fromisoformat(content["day"]), stored, clock.today()):
        return {}
    return rules.folded(content)


def _write(folded: dict[Entry, rules.Entry], shares: dict[UUID, Share], key: bytes) -> None:
    copies = []
    for row, content in folded.items():
        row.folded, row.content = True, closed.close_with(key, row.place, canonical.dumps(content))
        if row.pk in shares:
            copies.append((shares[row.pk], content))
    Entry.objects.bulk_update(folded, ["folded", "content"])
    Receipt.objects.filter(entry__in=[row.pk for row in folded]).delete()  # and the groups' copies with them
    group_keys = keys.get_many({share.group_id for share, _content in copies})
    for share, content in copies:
        shown = {**content, "kinds": shown_to_group(content["kinds"])}
        text = "" if share.withdrawn or share.group_id not in group_keys else canonical.dumps(shown)
        share.copy = closed.close_with(group_keys.get(share.group_id), share.place, text)
        share.day = share.day.replace(day=1)
    Share.objects.bulk_update([share for share, _content in copies], ["copy", "day"])
    Drawn.objects.filter(share__in=[share.pk for share, _content in copies]).delete()
    for group in sorted({share.group_id for share, _content in copies}):
        count = sum(share.group_id == group for share, _content in copies)
        audit.append(chain=group, actor=None, act="work.folded", detail={"shares": count})
