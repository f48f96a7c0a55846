"""The audit chain: whatever is changed in it afterwards is found, and it names nobody."""

import datetime as dt
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from alongside.kit import audit, keys
from alongside.kit.models import AuditHead, AuditRow

pytestmark = pytest.mark.django_db(databases=["default", "keys"])
ROWS = 5


@pytest.fixture
def chain() -> UUID:
    """A chain of five rows by two actors."""
    found, first, second = uuid4(), uuid4(), uuid4()
    for number in range(ROWS):
        actor = [first, second, None][number % 3]
        audit.append(chain=found, actor=actor, act=f"test.{number}", detail={"id": str(uuid4()), "n": number})
    return found


def row(chain: UUID, seq: int) -> AuditRow:
    return AuditRow.objects.get(chain=chain, seq=seq)


def change(of: UUID, at: int, **fields: object) -> None:
    assert AuditRow.objects.filter(chain=of, seq=at).update(**fields) == 1


def swap(chain: UUID) -> None:
    change(chain, 2, seq=99)
    change(chain, 3, seq=2)
    change(chain, 99, seq=3)


def test_rows_are_counted_from_one_and_hold(chain: UUID) -> None:
    assert list(AuditRow.objects.filter(chain=chain).order_by("seq").values_list("seq", flat=True)) == [1, 2, 3, 4, 5]
    assert audit.append(chain=chain, actor=None, act="test.more") == ROWS + 1
    assert audit.verify(chain) is None
    assert audit.verify(uuid4()) is None


@pytest.mark.parametrize(
    ("edit", "at"),
    [
        (lambda c: change(c, 3, act="test.other"), 3),
        (lambda c: change(c, 3, actor="operator0"), 3),
        (lambda c: change(c, 3, day=dt.date(2020, 1, 1)), 3),
        (lambda c: change(c, 3, detail={}), 3),
        (lambda c: change(c, 3, hash=bytes(32)), 3),
        (lambda c: AuditRow.objects.filter(chain=c, seq=1).delete(), 2),
        (lambda c: AuditRow.objects.filter(chain=c, seq=3).delete(), 4),
        (lambda c: AuditRow.objects.filter(chain=c, seq=5).delete(), 5),
        (lambda c: AuditRow.objects.filter(chain=c).delete(), 1),
        (swap, 2),
        (lambda c: AuditHead.objects.filter(chain=c).update(seq=4), 6),
        (lambda c: AuditHead.objects.filter(chain=c).update(hash=bytes(32)), 6),
        (lambda c: AuditHead.objects.filter(chain=c).delete(), 6),
    ],
)
def test_a_change_is_found_at_its_place(chain: UUID, edit: Callable[[UUID], object], at: int) -> None:
    edit(chain)
    assert audit.verify(chain) == at


def test_a_row_that_follows_but_was_not_appended_is_found(chain: UUID) -> None:
    """Whoever knows how hashes are made can add a row; the head does not know it."""
    last = row(chain, ROWS)
    forged = AuditRow(chain=chain, seq=ROWS + 1, day=last.day, act="test.forged", actor="operator", detail={})
    forged.hash = audit.link(bytes(last.hash), forged)
    forged.save(force_insert=True)
    assert audit.verify(chain) is not None


def test_a_row_moved_to_another_chain_is_found(chain: UUID) -> None:
    other = uuid4()
    audit.append(chain=other, actor=None, act="test.0")
    AuditRow.objects.filter(chain=other).delete()
    change(chain, 1, chain=other)
    assert audit.verify(other) == 1
    assert audit.verify(chain) == 2


def test_an_undone_transaction_leaves_no_row(chain: UUID) -> None:
    with transaction.atomic():
        audit.append(chain=chain, actor=None, act="test.undone")
        transaction.set_rollback(True)
    assert audit.verify(chain) is None
    assert audit.append(chain=chain, actor=None, act="test.next") == ROWS + 1


def test_an_actor_has_a_pseudonym_in_each_chain_that_dies_with_the_key() -> None:
    actor, one, two = uuid4(), uuid4(), uuid4()
    names = {audit.pseudonym(actor, one), audit.pseudonym(actor, two), audit.pseudonym(uuid4(), one)}
    assert len(names) == 3
    assert all(len(name) == 16 for name in names)
    assert audit.pseudonym(actor, one) == audit.pseudonym(actor, one)
    keys.delete(actor)
    with pytest.raises(keys.KeyEnded):
        audit.pseudonym(actor, one)


def test_no_row_holds_the_actor_s_id(chain: UUID) -> None:
    actor = uuid4()
    audit.append(chain=chain, actor=actor, act="test.who")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM kit_auditrow")
        everything = str(cursor.fetchall())
    assert str(actor) not in everything
    assert actor.hex not in everything


def test_detail_survives_the_database(chain: UUID) -> None:
    """What JSON writes and reads differently must not break the chain."""
    detail = {"z": 1, "a": ["é", None, True], "nested": {"b": 2, "a": 1.5}}
    audit.append(chain=chain, actor=None, act="test.detail", detail=detail)
    assert audit.verify(chain) is None
    assert row(chain, ROWS + 1).detail == detail


def test_many_rows_at_once_are_as_one_after_the_other() -> None:
    one, two, actor, gone = uuid4(), uuid4(), uuid4(), uuid4()
    keys.get_or_make(actor)
    audit.append(chain=one, actor=actor, act="a", detail={})
    audit.append_many([(one, actor, "b", {"n": 1}), (two, None, "c", {}), (one, gone, "d", {})])
    rows = list(AuditRow.objects.filter(chain=one).order_by("seq"))
    assert [(row.seq, row.act) for row in rows] == [(1, "a"), (2, "b"), (3, "d")]
    assert rows[0].actor == rows[1].actor != "operator"
    assert rows[2].actor == "operator", "an actor whose key is gone holds up nothing"
    assert audit.verify(one) is audit.verify(two) is None
    assert keys.get(gone) is None
