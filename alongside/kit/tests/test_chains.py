"""All chains at once, and chains whose beginning was pruned."""

import datetime as dt
from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connection

from alongside.kit import audit, chains, keys, retention
from alongside.kit.models import AuditCheckpoint, AuditHead, AuditRow
from tests.processes import at_once, installation

pytestmark = pytest.mark.django_db(databases=["default", "keys"])
START = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
YEAR = dt.timedelta(days=366)


@pytest.fixture(autouse=True)
def at() -> Iterator[time_machine.Traveller]:
    """The time stands still until a test moves it."""
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def chain() -> UUID:
    """Two chains, written in turn; the first is looked at."""
    found, other = uuid4(), uuid4()
    for _ in range(4):
        audit.append(chain=found, actor=found, act="test.one", detail={"id": str(uuid4())})
        audit.append(chain=other, actor=None, act="test.two", detail={"z": [1, None], "a": 'é ": "\\'})
    return found


def change(of: UUID, at: int, **fields: object) -> None:
    assert AuditRow.objects.filter(chain=of, seq=at).update(**fields) == 1


def test_chains_that_hold_are_counted(chain: UUID) -> None:
    report = chains.verify()
    assert (report.chains, report.rows, report.broken) == (2, 8, {})


@pytest.mark.parametrize(
    ("edit", "at"),
    [
        (lambda c: change(c, 3, act="test.six"), 3),
        (lambda c: change(c, 3, day=dt.date(2020, 1, 1)), 3),
        (lambda c: change(c, 3, detail={"id": "another"}), 3),
        (lambda c: change(c, 3, hash=bytes(32)), 3),
        (lambda c: AuditRow.objects.filter(chain=c, seq=2).delete(), 3),
        (lambda c: AuditRow.objects.filter(chain=c, seq=4).delete(), 4),
        (lambda c: AuditRow.objects.filter(chain=c).delete(), 1),
        (lambda c: AuditHead.objects.filter(chain=c).update(seq=3), 5),
        (lambda c: AuditHead.objects.filter(chain=c).delete(), 5),
        (lambda c: AuditCheckpoint.objects.create(chain=c, seq=2, hash=bytes(32), signature=bytes(32)), 0),
    ],
)
def test_a_change_is_found_in_its_chain_alone(chain: UUID, edit: Callable[[UUID], object], at: int) -> None:
    edit(chain)
    assert chains.verify().broken == {chain: at}
    assert audit.verify(chain) == at


@pytest.mark.server
def test_two_processes_find_what_one_finds() -> None:
    with installation() as one:
        assert at_once(one, "alongside.kit.tests.workers", "two_halves", count=1) == [["held", "found"]]


def test_details_of_every_shape_need_no_second_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """What acts write down holds as it is first read: a chain that is read again costs many times as much."""
    monkeypatch.setattr(audit, "verify", lambda chain: pytest.fail(f"{chain} was read again"))
    chain = uuid4()
    for detail in ({}, {"a": "b"}, {"b": 1, "aa": "x, ", "a": [1, None, "y"]}, {"é": 'é ": "\\'}, {"n": {"m": 1.5}}):
        audit.append(chain=chain, actor=chain, act="test.shape", detail=detail)
    assert chains.verify().rows == 5


def test_a_space_that_was_put_into_a_word_is_found(chain: UUID) -> None:
    audit.append(chain=chain, actor=None, act="test.list", detail={"a": "x,", "b": "y"})
    change(chain, 5, detail={"a": "x, ", "b": "y"})
    assert chains.verify().broken == {chain: 5}


def test_words_moved_from_one_column_to_the_next_are_found(chain: UUID) -> None:
    row = AuditRow.objects.get(chain=chain, seq=2)
    change(chain, 2, act=f'{row.act}","{row.actor[:8]}', actor=row.actor[8:])
    assert chains.verify().broken == {chain: 2}


def test_rows_past_their_term_go_and_the_rest_still_holds(chain: UUID, at: time_machine.Traveller) -> None:
    at.shift(YEAR)
    audit.append(chain=chain, actor=chain, act="test.new")
    retention.prune_audit()
    assert list(AuditRow.objects.values_list("act", flat=True)) == ["test.new"]
    report = chains.verify()
    assert (report.rows, report.broken) == (1, {})
    assert audit.append(chain=chain, actor=None, act="test.next") == 6
    at.shift(YEAR)
    retention.prune_audit()
    retention.prune_audit()
    assert not AuditRow.objects.exists()
    assert AuditCheckpoint.objects.get(chain=chain).seq == 6
    assert audit.append(chain=chain, actor=None, act="test.last") == 7
    assert chains.verify().broken == {}


def test_a_row_of_just_a_year_stays(chain: UUID, at: time_machine.Traveller) -> None:
    at.shift(dt.timedelta(days=retention.AUDIT_DAYS))
    retention.prune_audit()
    assert AuditRow.objects.count() == 8


@pytest.mark.parametrize("field", ["seq", "hash", "signature"])
def test_a_beginning_that_was_not_signed_here_is_found(chain: UUID, field: str, at: time_machine.Traveller) -> None:
    at.shift(YEAR)
    audit.append(chain=chain, actor=chain, act="test.new")
    retention.prune_audit()
    forged = {"seq": 3, "hash": bytes(32), "signature": bytes(32)}[field]
    AuditCheckpoint.objects.filter(chain=chain).update(**{field: forged})
    assert chains.verify().broken == {chain: 0}
    AuditCheckpoint.objects.filter(chain=chain).delete()
    assert chains.verify().broken == {chain: 5}


def test_what_does_not_hold_is_not_pruned_and_somebody_hears_of_it(chain: UUID, at: time_machine.Traveller) -> None:
    change(chain, 2, act="test.six")
    at.shift(YEAR)
    with pytest.raises(audit.Broken):
        retention.prune_audit()
    assert AuditRow.objects.filter(chain=chain).count() == 4
    assert AuditRow.objects.exclude(chain=chain).count() == 0
    assert audit.verify(chain) == 2


def test_the_installation_signs_with_a_key_of_its_own(chain: UUID, at: time_machine.Traveller) -> None:
    at.shift(YEAR)
    retention.prune_audit()
    signed = bytes(AuditCheckpoint.objects.get(chain=chain).signature)
    assert keys.get(keys.INSTALLATION) is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM kit_auditcheckpoint")
        assert cursor.fetchone() == (2,)
    assert len(signed) == 32
