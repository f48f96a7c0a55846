"""Overdose responses: stored under no name, taken back by whoever wrote them, folded to a month's counts of nobody."""

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from alongside.kit import audit, keys
from alongside.kit.models import AuditRow
from alongside.people.models import Account
from alongside.work import jobs, queries, responses
from alongside.work import response_rules as rules
from alongside.work.models import Response, ResponseCount
from tests.world import World, account, world

TODAY = dt.date(2026, 3, 9)
CHOICES = {name: st.none() | st.sampled_from((*codes, rules.UNKNOWN)) for name, codes in rules.FIELDS.items()}
GOOD = st.fixed_dictionaries(
    {"id": st.uuids().map(str)},
    optional={
        "month": st.none() | st.dates(dt.date(2025, 3, 1), TODAY).map(lambda day: f"{day:%Y-%m}"),
        "group": st.none() | st.uuids().map(str),
        "done": st.none() | st.lists(st.sampled_from((*rules.DONE, rules.UNKNOWN)), max_size=7),
        **CHOICES,
    },
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.sampled_from(("id", "done", "month", "x")), one),
    max_leaves=8,
)


@given(GOOD)
def test_what_may_be_said_is_taken_and_stays_what_it_is(raw: dict[str, Any]) -> None:
    found, wrong = rules.checked(raw, today=TODAY)
    assert wrong == {}
    assert rules.checked(found, today=TODAY) == (found, {})
    assert found.keys() == {"id", "month", "group", "done", *rules.FIELDS}


@given(JSON)
def test_anything_else_is_refused_and_breaks_nothing(raw: object) -> None:
    found, wrong = rules.checked(raw, today=TODAY)
    assert wrong or UUID(found["id"])


@pytest.mark.parametrize(
    ("month", "wanted"),
    [(None, "2026-03"), ("2026-02", "2026-02"), ("2031-01", "2026-03"), ("2019-12", "2025-03")],
)
def test_a_phone_with_a_wrong_date_still_gets_its_response_through(month: str | None, wanted: str) -> None:
    assert rules.checked({"id": str(uuid4()), "month": month}, today=TODAY)[0]["month"] == wanted


@given(st.dates(dt.date(2020, 1, 1), dt.date(2040, 1, 1)))
def test_a_month_folds_once_it_has_been_over_for_thirty_days_and_not_before(today: dt.date) -> None:
    newest = rules.last_due(today)
    over = rules.first_of(newest, -1)
    assert (today - over).days >= rules.DAYS
    assert (today - rules.first_of(newest, -2)).days < rules.DAYS


@given(st.lists(st.tuples(st.sampled_from("abc"), GOOD), max_size=12), st.integers(0, 12))
def test_counts_say_how_many_of_how_many_people_and_add_up_late(given_: list[Any], cut: int) -> None:
    every = [(who, rules.checked(raw, today=TODAY)[0]) for who, raw in given_]
    whole, late = rules.counted(every), rules.added(rules.counted(every[:cut]), rules.counted(every[cut:]))
    assert whole.keys() == late.keys()
    for cell, (n, people, most) in whole.items():
        assert n >= people >= 1
        assert n >= most >= 1
        assert late[cell][0] == n
        assert late[cell][1] <= people  # never said to be of more people than it is
        assert late[cell][2] >= most


pytestmark = pytest.mark.django_db(databases=["default", "keys"])


@pytest.fixture
def w() -> World:
    return world()


def one(group: object = None, **said: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "month": "2026-03", "group": str(group) if group else None, **said}


def everything_in(*left_out: str) -> str:
    """All of the first database, as text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in left_out:
                cursor.execute(f'SELECT * FROM "{table}"')
                found.append(f"{table}: {cursor.fetchall()}")
    return "\n".join(found)


@time_machine.travel("2026-03-09T12:00:00Z", tick=False)
def test_the_row_names_nobody_and_nobody_else_reads_it(w: World) -> None:
    me = w.worker.account
    sent = one(w.group.pk, done=["naloxone"], doses="2", ambulance="unknown")
    (answer,) = responses.store(account=me, responses=[sent])
    assert answer.status == "stored"
    row = Response.objects.get()
    assert {f.name for f in Response._meta.get_fields()} == {"id", "whose", "month", "content"}
    assert str(me.pk) not in repr(Response.objects.values()) + repr(Response.objects.values_list())
    assert row.month == dt.date(2026, 3, 1)
    assert b"naloxone" not in bytes(row.content)
    (mine,) = queries.responses(me)
    assert (mine["doses"], mine["ambulance"], mine["end"]) == ("2", "unknown", None)
    assert queries.responses(w.coordinator.account) == []
    assert queries.responses(account("nobody")) == []


@time_machine.travel("2026-03-09T12:00:00Z", tick=False)
def test_the_same_again_is_one_and_a_foreign_id_is_refused(w: World) -> None:
    sent = one()
    statuses = [a.status for a in responses.store(account=w.worker.account, responses=[sent, sent, "no", {"id": "x"}])]
    assert statuses == ["stored", "unchanged", "rejected", "rejected"]
    assert responses.store(account=w.worker.account, responses=[sent])[0].status == "unchanged"
    (foreign,) = responses.store(account=w.other.account, responses=[sent])
    assert (foreign.status, foreign.errors) == ("rejected", {"id": "taken"})
    assert Response.objects.count() == 1


@time_machine.travel("2026-03-09T12:00:00Z", tick=False)
def test_only_its_writer_deletes_it(w: World) -> None:
    responses.store(account=w.worker.account, responses=[one()])
    pk = Response.objects.get().pk
    assert not responses.remove(account=w.other.account, response=pk)
    assert responses.remove(account=w.worker.account, response=pk)
    assert not responses.remove(account=w.worker.account, response=pk)
    assert Response.objects.count() == 0


@time_machine.travel("2026-03-09T12:00:00Z", tick=False)
def test_the_audit_chain_looks_as_after_any_sync(w: World) -> None:
    before = set(AuditRow.objects.values_list("pk", flat=True))
    responses.store(account=w.worker.account, responses=[one(w.group.pk)])
    (row,) = AuditRow.objects.exclude(pk__in=before)
    assert (row.chain, row.act, row.detail) == (w.worker.account_id, "work.sync", {"entries": 1})
    assert audit.verify(w.worker.account_id) is None


def test_folding_leaves_counts_and_no_trace_of_who(w: World) -> None:
    with time_machine.travel("2026-03-09T12:00:00Z", tick=False):
        responses.store(account=w.worker.account, responses=[one(w.group.pk, end="left"), one(w.group.pk, end="left")])
        responses.store(account=w.other.account, responses=[one(w.group.pk, end="unknown"), one()])
        stranger = account("stranger")
        responses.store(account=stranger, responses=[one(w.group.pk)])  # not in this group: for nobody
        pks = [str(pk) for pk in Response.objects.values_list("pk", flat=True)]
        pseudonyms = set(Response.objects.values_list("whose", flat=True))
    with time_machine.travel("2026-04-29T12:00:00Z", tick=False):
        jobs.fold_responses()
        assert Response.objects.count() == 5
    with time_machine.travel("2026-05-02T12:00:00Z", tick=False):
        jobs.fold_responses()
        jobs.fold_responses()
    assert Response.objects.count() == 0
    count = ResponseCount.objects.get()
    assert (count.group_id, count.month) == (w.group.pk, dt.date(2026, 3, 1))
    cells = queries.counts_of(count, keys.get(w.group.pk))
    ends = {name: three for name, three in cells.items() if name.startswith("end.")}
    assert (cells["all"], ends) == ([3, 2, 2], {"end.left": [2, 1, 2], "end.unknown": [1, 1, 1]})
    assert cells["ambulance.unknown"] == [3, 2, 2], "a question that was passed over is a part of its own"
    left = everything_in("django_session").replace("-", "")
    assert not [word for word in (*pks, *pseudonyms) if word.replace("-", "") in left]


def test_a_late_one_is_added_and_one_without_its_key_is_only_deleted(w: World) -> None:
    gone: Account = w.other.account
    with time_machine.travel("2026-03-09T12:00:00Z", tick=False):
        responses.store(account=w.worker.account, responses=[one(w.group.pk)])
        responses.store(account=gone, responses=[one(w.group.pk)])
        keys.delete(gone.pk)
    with time_machine.travel("2026-05-02T12:00:00Z", tick=False):
        assert responses.fold() == 2
        responses.store(account=w.worker.account, responses=[one(w.group.pk)])
        assert responses.fold() == 1
    count = ResponseCount.objects.get()
    assert queries.counts_of(count, keys.get(w.group.pk))["all"] == [2, 1, 2]


def test_a_fold_that_breaks_off_counts_nothing_twice(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel("2026-03-09T12:00:00Z", tick=False):
        responses.store(account=w.worker.account, responses=[one(w.group.pk)])
    with time_machine.travel("2026-05-02T12:00:00Z", tick=False):
        with monkeypatch.context() as broken:
            broken.setattr("alongside.work.responses._count", lambda *_given: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                responses.fold()
        assert Response.objects.count() == 1
        responses.fold()
    assert queries.counts_of(ResponseCount.objects.get(), keys.get(w.group.pk))["all"] == [1, 1, 1]
