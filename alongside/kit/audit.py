"""The audit chain: who did what, in an order that cannot be changed unseen, without naming anybody.

One chain a group and one a person. Each row's hash covers the row and the hash before it. An actor is a pseudonym
made with the actor's own data key, different in each chain; when that key is deleted, nobody can make it again.
Rows past their term are pruned behind a checkpoint that the installation signs (:mod:`alongside.kit.chains` checks all
chains at once).
"""

import datetime as dt
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Min

from alongside.kit import clock, keys, lean
from alongside.kit.canonical import dumps
from alongside.kit.follow import START
from alongside.kit.models import AuditCheckpoint, AuditHead, AuditRow

PAGE = 50
"""How many rows a page shows."""
_COLUMNS = ("chain", "seq", "day", "act", "actor", "detail", "hash")


class Moved(Exception):
    """Raised when a chain has moved since :func:`foresee` looked: nothing is appended, and the transaction must end."""


@dataclass(slots=True)
class Head:
    """The end of a chain that is locked: its last row's place and hash."""

    chain: UUID
    seq: int
    hash: bytes


def append(
    *,
    chain: UUID,
    actor: UUID | None,
    act: str,
    detail: dict[str, Any] | None = None,
    head: Head | None = None,
    key: bytes | None = None,
) -> int:
    """Add a row to ``chain`` inside the caller's transaction and return its place in the chain, from 1.

    The chain's head row is locked until that transaction ends, so callers may rely on it as the lock of the
    chain's owner. ``actor`` is the account's id, or ``None`` for the operator or a job. A caller that has just locked
    the chain passes its ``head``, and one that has the actor's data ``key`` at hand passes that: two look-ups less.
    """
    head = head or lock(chain)
    row = _next(head, pseudonym(actor, chain, key) if actor else "operator", act, detail or {})
    lean.insert(AuditRow, _COLUMNS, [row])
    lean.update(AuditHead, {"seq": head.seq, "hash": head.hash}, chain=chain)
    return head.seq


def _next(head: Head, actor: str, act: str, detail: dict[str, Any]) -> list[Any]:
    """The values of the row after ``head``, which moves there."""
    day, seq = clock.today(), head.seq + 1
    head.hash = _hash(head.hash, head.chain, seq, day, act, actor, detail)
    head.seq = seq
    return [head.chain, seq, day, act, actor, detail, head.hash]


def append_many(rows: Iterable[tuple[UUID, UUID | None, str, dict[str, Any]]]) -> None:
    """Add many rows, each of ``(chain, actor, act, detail)``, in order, inside the caller's transaction.

    As :func:`append` of each, in a handful of statements. Chains are locked in one order for all, so that two callers
    never wait for each other in a circle. An actor whose key is gone is written as the operator: no act is held up by it.
    """
    rows = list(rows)
    heads = _lock_many({chain for chain, _actor, _act, _detail in rows})
    lean.insert(AuditRow, _COLUMNS, _chained(rows, heads))
    ends = ((head.seq, head.hash, chain) for chain, head in heads.items())
    lean.update_many(AuditHead, ("seq", "hash"), ("chain",), ends)


@dataclass(frozen=True)
class Foreseen:
    """Rows for :func:`append_foreseen`; where each chain stood when they were made, and where it will stand."""

    rows: list[list[Any]]
    before: dict[UUID, int]
    heads: dict[UUID, Head]


def foresee(rows: Iterable[tuple[UUID, UUID | None, str, dict[str, Any]]]) -> Foreseen:
    """Make what :func:`append_many` would append, and lock nothing: where the database has one writer, its time is short."""
    rows = list(rows)
    chains = {chain for chain, _actor, _act, _detail in rows}
    found = lean.select_among(AuditHead, ("chain", "seq", "hash"), "chain", chains)
    heads = {chain: Head(chain, seq, bytes(last)) for chain, seq, last in found}
    before = {chain: head.seq for chain, head in heads.items()}
    heads |= {chain: Head(chain, 0, START) for chain in chains - heads.keys()}
    return Foreseen(_chained(rows, heads), before, heads)


def append_foreseen(foreseen: Foreseen) -> None:
    """Append what was made, inside the caller's transaction. Raises :class:`Moved` when a chain moved meanwhile."""
    before, heads = foreseen.before, foreseen.heads
    ends = [(heads[chain].seq, heads[chain].hash, chain, seq) for chain, seq in before.items()]
    if lean.update_many(AuditHead, ("seq", "hash"), ("chain", "seq"), ends) != len(ends):
        raise Moved
    try:
        fresh = ((chain, head.seq, head.hash) for chain, head in heads.items() if chain not in before)
        lean.insert(AuditHead, ("chain", "seq", "hash"), fresh)
    except IntegrityError as exc:
        raise Moved from exc
    lean.insert(AuditRow, _COLUMNS, foreseen.rows)


def _chained(rows: list[tuple[UUID, UUID | None, str, dict[str, Any]]], heads: dict[UUID, Head]) -> list[list[Any]]:
    """The values of the rows that follow ``heads``, which move there."""
    known = keys.get_many({actor for _chain, actor, _act, _detail in rows if actor is not None})
    made = []
    for chain, actor, act, detail in rows:
        head, key = heads[chain], known.get(actor) if actor else None
        name = pseudonym(actor, chain, key) if actor and key else "operator"
        made.append(_next(head, name, act, detail))
    return made


def _lock_many(chains: set[UUID]) -> dict[UUID, Head]:
    heads = _locked(chains)
    missing = chains - heads.keys()
    if missing:
        AuditHead.objects.bulk_create([AuditHead(chain=c, hash=START) for c in sorted(missing)], ignore_conflicts=True)
        heads |= _locked(missing)
    return heads


def _locked(chains: set[UUID]) -> dict[UUID, Head]:
    rows = AuditHead.objects.filter(chain__in=sorted(chains)).order_by("chain").select_for_update()
    found = rows.values_list("chain", "seq", "hash")
    return {chain: Head(chain, seq, bytes(last)) for chain, seq, last in found}


def lock(chain: UUID) -> Head:
    """Lock the chain's head until the caller's transaction ends; make it when there is none."""
    rows = lean.select(AuditHead, ("seq", "hash"), lock=True, chain=chain)
    if not rows:
        AuditHead.objects.bulk_create([AuditHead(chain=chain, hash=START)], ignore_conflicts=True)
        rows = lean.select(AuditHead, ("seq", "hash"), lock=True, chain=chain)
    return Head(chain, rows[0][0], bytes(rows[0][1]))


def page(chain: UUID, *, before: int | None = None) -> list[AuditRow]:
    """The newest ``PAGE`` rows of a chain (before the place ``before``) and one more when there are more."""
    rows = AuditRow.objects.filter(chain=chain).order_by("-seq")
    return list((rows.filter(seq__lt=before) if before is not None else rows)[: PAGE + 1])


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
    return _hash(before, row.chain, row.seq, row.day, row.act, row.actor, row.detail)


def _hash(before: bytes, chain: UUID, seq: int, day: dt.date | str, *rest: Any) -> bytes:
    return hashlib.sha256(before + dumps([str(chain), seq, _iso(day), *rest]).encode()).digest()


def verify(chain: UUID) -> int | None:
    """The place of the first row whose hash does not follow, or ``None`` when the chain holds to its head.

    A chain whose oldest rows were pruned begins at its checkpoint, which the installation must have signed.
    """
    start = begin(AuditCheckpoint.objects.filter(chain=chain).first())
    if start is None:
        return 0
    rows = AuditRow.objects.filter(chain=chain).order_by("seq")
    broken, seq, before = _walk(rows.iterator(), *start)
    if broken is not None:
        return broken
    head = AuditHead.objects.filter(chain=chain).first()
    end = (head.seq, bytes(head.hash)) if head is not None else (0, START)
    return None if end == (seq, before) else seq + 1


def prune(*, before: dt.date) -> int:
    """Delete rows from before that day, each chain's up to a checkpoint that is signed; return how many rows.

    What does not hold is neither signed nor deleted. Raises :class:`Broken` in the end when there was such a chain.
    """
    done, broken = 0, []
    chains = list(AuditRow.objects.filter(day__lt=before).order_by("chain").values_list("chain", flat=True).distinct())
    for chain in chains:
        try:
            done += _prune(chain, before)
        except Broken:
            broken.append(chain)
    if broken:
        raise Broken(f"{len(broken)} audit chains do not hold and were not pruned")
    return done


class Broken(Exception):
    """Raised for a chain that does not hold."""


@transaction.atomic
def _prune(chain: UUID, before: dt.date) -> int:
    head = lock(chain)
    kept = AuditRow.objects.filter(chain=chain, day__gte=before).aggregate(first=Min("seq"))["first"]
    last = kept - 1 if kept else head.seq
    start = begin(AuditCheckpoint.objects.filter(chain=chain).first())
    old = AuditRow.objects.filter(chain=chain, seq__lte=last)
    if start is None:
        raise Broken(chain)
    broken, seq, end = _walk(old.order_by("seq").iterator(), *start)
    if broken is not None or seq != last:
        raise Broken(chain)
    signed = {"seq": seq, "hash": end, "signature": _signature(chain, seq, end)}
    AuditCheckpoint.objects.update_or_create(chain=chain, defaults=signed)
    return old.delete()[0]


def _walk(rows: Iterable[AuditRow], seq: int, before: bytes) -> tuple[int | None, int, bytes]:
    """Follow rows: the place of the first that does not follow, if any, and the place and hash of the last that does."""
    for row in rows:
        if row.seq != seq + 1 or link(before, row) != bytes(row.hash):
            return row.seq, seq, before
        before, seq = bytes(row.hash), row.seq
    return None, seq, before


def begin(checkpoint: AuditCheckpoint | None) -> tuple[int, bytes] | None:
    """The place and hash that a chain goes on from; ``None`` when its checkpoint was not signed here."""
    if checkpoint is None:
        return 0, START
    signature = _signature(checkpoint.chain, checkpoint.seq, bytes(checkpoint.hash))
    good = hmac.compare_digest(signature, bytes(checkpoint.signature))
    return (checkpoint.seq, bytes(checkpoint.hash)) if good else None


def _signature(chain: UUID, seq: int, before: bytes) -> bytes:
    content = b"alongside audit checkpoint" + chain.bytes + seq.to_bytes(8, "big") + before
    return hmac.new(keys.get_or_make(keys.INSTALLATION), content, hashlib.sha256).digest()


def _iso(day: dt.date | str) -> str:
    return day if isinstance(day, str) else day.isoformat()
