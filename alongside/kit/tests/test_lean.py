"""Statements written once must say what Django's own would."""

import datetime as dt
from typing import cast
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Field, Model
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext_lazy

from alongside.kit import clock, lean, lean_values
from alongside.kit.models import AuditHead, AuditRow, DataKey, Job

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

NOON = dt.datetime(2026, 3, 9, 12, tzinfo=dt.UTC)
EVENING = dt.datetime(2026, 3, 9, 19, 30, 0, 250_000, tzinfo=dt.UTC)
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


def test_the_time_comes_with_the_rows_by_the_databases_clock() -> None:
    one = AuditHead.objects.create(chain=uuid4(), seq=5, hash=b"a")
    begun = clock.database_now()
    with transaction.atomic():
        ((seq, now),) = lean.select(AuditHead, ("seq",), lock=True, now=True, chain=one.chain)
    assert (seq, now.tzinfo) == (5, dt.UTC)
    assert begun <= now <= clock.database_now()
    assert lean.select(AuditHead, ("seq",), now=True, chain=uuid4()) == []


def test_an_update_changes_those_rows_alone() -> None:
    one, two = (AuditHead.objects.create(chain=uuid4(), seq=5, hash=b"a") for _ in range(2))
    lean.update(AuditHead, {"seq": 6, "hash": b"b"}, chain=one.chain, seq=5)
    lean.update(AuditHead, {"seq": 9}, chain=two.chain, seq=4)
    assert [(h.seq, bytes(h.hash)) for h in (AuditHead.objects.get(pk=one.pk), AuditHead.objects.get(pk=two.pk))] == [
        (6, b"b"),
        (5, b"a"),
    ]


def test_many_updates_change_each_its_row_where_it_is_as_it_was() -> None:
    chains = [uuid4() for _ in range(5)]
    for number, chain in enumerate(chains):
        AuditHead.objects.create(chain=chain, seq=number, hash=b"a")
    wanted = [(10 + number, bytes([number]), chain, number) for number, chain in enumerate(chains)]
    moved = [*wanted[:3], (99, b"z", chains[3], 7), (99, b"z", uuid4(), 0)]
    assert lean.update_many(AuditHead, ("seq", "hash"), ("chain", "seq"), moved) == 3
    found = {head.chain: (head.seq, bytes(head.hash)) for head in AuditHead.objects.filter(chain__in=chains)}
    assert found == {
        **{chain: (10 + number, bytes([number])) for number, chain in enumerate(chains[:3])},
        chains[3]: (3, b"a"),
        chains[4]: (4, b"a"),
    }
    assert lean.update_many(AuditHead, ("seq",), ("chain",), []) == 0
    assert lean.update_many(AuditHead, ("seq",), ("chain",), [(1, chains[0])]) == 1
    jobs = [Job.objects.create(name=f"kit.test{n}", due_at=NOON, leased_until=NOON) for n in range(2)]
    lean.update_many(Job, ("leased_until",), ("name",), [(None, jobs[0].name), (EVENING, jobs[1].name)])
    assert [Job.objects.get(pk=one.pk).leased_until for one in jobs] == [None, EVENING]


def test_rows_among_many_are_those_that_django_finds() -> None:
    chains = [uuid4() for _ in range(5)]
    lean.insert(AuditHead, ("chain", "seq", "hash"), [[chain, n, bytes([n])] for n, chain in enumerate(chains)])
    wanted = [*chains[1:4], uuid4(), chains[1]]
    found = lean.select_among(AuditHead, ("chain", "seq"), "chain", wanted)
    assert sorted(found) == sorted(AuditHead.objects.filter(chain__in=wanted).values_list("chain", "seq"))
    assert lean.select_among(AuditHead, ("chain",), "chain", []) == []


WHOLE = dt.timedelta(days=1)
SOON = dt.timedelta(seconds=5)


@pytest.mark.parametrize(
    ("ago", "come"), [(WHOLE, True), (SOON, True), (dt.timedelta(0), True), (-SOON, False), (-WHOLE, False)]
)
@pytest.mark.parametrize("microsecond", [None, 0, 5, 999_999])
def test_an_instant_has_come_when_django_says_so(ago: dt.timedelta, come: bool, microsecond: int | None) -> None:
    instant = clock.database_now() - ago
    if microsecond is not None:
        instant = instant.replace(microsecond=microsecond) - dt.timedelta(seconds=1)
    Job.objects.create(name="a", due_at=NOON)
    assert not lean.any_come(Job, "leased_until"), "none is no instant"
    Job.objects.create(name="b", due_at=NOON, leased_until=instant)
    assert lean.any_come(Job, "leased_until") == come
    assert Job.objects.filter(leased_until__lte=clock.database_now()).exists() == come


ODD = [
    (AuditRow, "seq", [3, True, 2**62]),
    (AuditRow, "day", [dt.date(2026, 3, 9), dt.datetime(2026, 3, 9, 5, tzinfo=dt.UTC), "2026-03-09"]),
    (AuditRow, "act", ["", "é", gettext_lazy("Yes")]),
    (AuditRow, "chain", [uuid4(), str(uuid4())]),
    (AuditRow, "hash", [b"", b"x", memoryview(b"x")]),
    (AuditRow, "detail", [{}, [1], None]),
    (Job, "leased_until", [None, NOON, NOON.replace(microsecond=5), EVENING.astimezone(ZoneInfo("America/Vancouver"))]),
]


@pytest.mark.parametrize(("model", "name", "values"), ODD)
def test_the_driver_is_given_what_django_gives_it(model: type[Model], name: str, values: list[object]) -> None:
    field = cast("Field[object, object]", model._meta.get_field(name))
    columns = lean_values.columns(model, (name,), "default")
    for value in values:
        (given,) = lean_values.driven(columns, [value])
        djangos = field.get_db_prep_save(value, connection)
        assert plain(given) == plain(djangos), value


def plain(value: object) -> object:
    """What a driver's wrapper holds."""
    held = getattr(value, "obj", value)
    return bytes(held) if isinstance(held, bytes | memoryview) else held


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
