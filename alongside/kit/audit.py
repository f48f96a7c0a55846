"""The audit chain: who did what, in an order that cannot be changed unseen, without naming anybody.

One chain a group and one a person. Each row's hash covers the row and the hash before it. An actor is a pseudonym
made with the actor's own data key, different in each chain; when that key is deleted, nobody can make it again.
"""

import datetime as dt
import hashlib
import hmac
from typing import Any
from uuid import UUID

from alongside.kit import clock, keys
from alongside.kit.closed import dumps
from alongside.kit.models import AuditCheckpoint, AuditHead, AuditRow

START = bytes(32)
"""The hash before a chain's first row."""


def append(
    *,
    chain: UUID,
    actor: UUID | None,
    act: str,
    detail: dict[str, Any] | None = None,
    head: AuditHead | None = None,
    key: bytes | None = None,
) -> int:
    """Add a row to ``chain`` inside the caller's transaction and return its place in the chain, from 1.

    The chain's head row is locked until that transaction ends, so callers may rely on it as the lock of the
    chain's owner. ``actor`` is the account's id, or ``None`` for the operator or a job. A caller that has just locked
    the chain passes its ``head``, and one that has the actor's data ``key`` at hand passes that: two look-ups less.
    """
    head = head or lock(chain)
    row = AuditRow(
        chain=chain,
        seq=head.seq + 1,
        day=clock.today(),
        act=act,
        actor=pseudonym(actor, chain, key) if actor else "operator",
        detail=detail or {},
    )
    row.hash = link(bytes(head.hash), row)
    row.save(force_insert=True)
    AuditHead.objects.filter(chain=chain).update(seq=row.seq, hash=row.hash)
    return row.seq


def lock(chain: UUID) -> AuditHead:
    """Lock the chain's head until the caller's transaction ends; make it when there is none."""
    head = AuditHead.objects.select_for_update().filter(chain=chain).first()
    if head is None:
        AuditHead.objects.bulk_create([AuditHead(chain=chain, hash=START)], ignore_conflicts=True)
        head = AuditHead.objects.select_for_update().get(chain=chain)
    return head


def forget(chain: UUID) -> None:
    """Delete a person's own chain, when that person deletes everything. Inside the caller's transaction."""
    AuditRow.objects.filter(chain=chain).delete()
    AuditCheckpoint.objects.filter(chain=chain).delete()
    AuditHead.objects.filter(chain=chain).delete()


def pseudonym(actor: UUID, chain: UUID, key: bytes | None = None) -> str:
    """Sixteen hexadecimal digits that stand for ``actor`` in ``chain`` and in no other."""
    return hmac.new(key or keys.get_or_make(actor), chain.bytes, hashlib.sha256).hexdigest()[:16]


def link(before: bytes, row: AuditRow) -> bytes:
    """SHA-256 over the hash before and the row's content as canonical JSON."""
    content = [str(row.chain), row.seq, _iso(row.day), row.act, row.actor, row.detail]
    return hashlib.sha256(before + dumps(content).encode()).digest()


def verify(chain: UUID) -> int | None:
    """The place of the first row whose hash does not follow, or ``None`` when the chain holds to its head."""
    before, seq = START, 0
    for row in AuditRow.objects.filter(chain=chain).order_by("seq").iterator():
        if row.seq != seq + 1 or link(before, row) != bytes(row.hash):
            return row.seq
        before, seq = bytes(row.hash), row.seq
    head = AuditHead.objects.filter(chain=chain).first()
    end = (head.seq, bytes(head.hash)) if head is not None else (0, START)
    return None if end == (seq, before) else seq + 1


def _iso(day: dt.date | str) -> str:
    return day if isinstance(day, str) else day.isoformat()
