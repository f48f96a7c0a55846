"""Statements written once must say what Django's own would."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from alongside.kit import lean
from alongside.kit.models import AuditHead, AuditRow, DataKey, Job

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

NAMES = ("chain", "seq", "day", "act", "actor", "detail", "hash")


def row(chain: object, seq: int) -> list[object]:
    return [chain, seq, dt.date(2026, 3, 9), "é'\"%s", "operator", {"a": [1, None, "%"]}, bytes(range(32))]


def test_what_is_inserted_is_what_django_reads() -> None:
    chain = uuid4()
    lean.insert(AuditRow, NAMES, [row(chain, 1), row(chain, 2)])
    lean.insert(AuditRow, NAMES, [row(chain, 3)])
    found = AuditRow.objects.filter(chain=chain).order_by("seq")
    assert [
        [bytes(v) if n == "hash" else v for n, v in zip(NAMES, values, strict=True)]
        for values in found.values_list(*NAMES)
    ] == [row(chain, n) for n in (1, 2, 3)]


def test_what_django_wrote_is_what_is_selected() -> None:
    chain = uuid4()
    AuditRow.objects.create(**dict(zip(NAMES, row(chain, 1), strict=True)))
    names = ("chain", "day", "act", "actor", "seq")
    assert lean.select(AuditRow, names, chain=chain) == [tuple(row(chain, 1)[NAMES.index(n)] for n in names)]
    assert lean.select(AuditRow, ("seq",), chain=chain, seq=2) == []
    ((detail, digest),) = lean.select(AuditRow, ("detail", "hash"), chain=chain, seq=1)
    assert (detail, bytes(digest)) == ({"a": [1, None, "%"]}, bytes(range(32)))
    job = Job.objects.create(name="kit.test", due_at=dt.datetime(2026, 3, 9, 12, tzinfo=dt.UTC))
    assert lean.select(Job, ("due_at", "lease", "leased_until"), name=job.name) == [(job.due_at, job.lease, None)]


def test_an_update_changes_those_rows_alone() -> None:
    one, two = (AuditHead.objects.create(chain=uuid4(), seq=5, hash=b"a") for _ in range(2))
    lean.update(AuditHead, {"seq": 6, "hash": b"b"}, chain=one.chain, seq=5)
    lean.update(AuditHead, {"seq": 9}, chain=two.chain, seq=4)
    assert [(h.seq, bytes(h.hash)) for h in (AuditHead.objects.get(pk=one.pk), AuditHead.objects.get(pk=two.pk))] == [
        (6, b"b"),
        (5, b"a"),
    ]


def test_keys_are_read_from_their_own_database() -> None:
    made = DataKey.objects.create(owner=uuid4(), key=bytes(32))
    ((key,),) = lean.select(DataKey, ("key",), owner=made.owner)
    assert bytes(key) == bytes(32)


def test_a_lock_is_asked_of_a_database_that_has_one() -> None:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        lean.select(AuditHead, ("seq",), lock=True, chain=uuid4())
    assert seen.captured_queries[0]["sql"].endswith("FOR UPDATE") == (connection.vendor == "postgresql")


def test_what_the_database_refuses_is_djangos_own_error() -> None:
    head = AuditHead.objects.create(chain=uuid4(), hash=b"a")
    with pytest.raises(IntegrityError), transaction.atomic():
        lean.insert(AuditHead, ("chain", "seq", "hash"), [[head.chain, 1, b"b"]])
    assert AuditHead.objects.get(pk=head.pk).seq == 0


def test_what_goes_together_is_there_afterwards_or_not_at_all() -> None:
    chain, taken = uuid4(), AuditHead.objects.create(chain=uuid4(), hash=b"a")
    with transaction.atomic(), lean.together(AuditRow):
        lean.insert(AuditRow, NAMES, [row(chain, 1)])
        lean.update(AuditHead, {"seq": 4}, chain=taken.chain)
    assert lean.select(AuditRow, ("seq",), chain=chain) == [(1,)]
    with pytest.raises(IntegrityError):
        both(row(chain, 2), [taken.chain, 1, b"b"])
    assert lean.select(AuditRow, ("seq",), chain=chain) == [(1,)]
    assert lean.select(AuditHead, ("seq",), chain=taken.chain) == [(4,)]


@transaction.atomic
def both(a_row: list[object], head: list[object]) -> None:
    with lean.together(AuditRow):
        lean.insert(AuditRow, NAMES, [a_row])
        lean.insert(AuditHead, ("chain", "seq", "hash"), [head])


def test_a_broken_transaction_is_not_gone_on_with() -> None:
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError):
            lean.select(AuditHead, ("seq",), chain=uuid4())
