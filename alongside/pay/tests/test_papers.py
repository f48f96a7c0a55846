import csv
import datetime as dt
import io
from uuid import uuid4

import pytest
import time_machine
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from alongside.pay import actions, present, reports, rules
from alongside.pay.models import Line
from alongside.pay.rules import Owed, Way
from alongside.pay.tests.helpers import claim, pay
from alongside.pay.tests.test_views import client, get, payee, text
from alongside.people import actions as people
from tests.world import World, world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

MARCH, APRIL = dt.date(2026, 3, 1), dt.date(2026, 4, 1)


def on(day: str) -> time_machine.travel:
    """At noon of this day where the installation is."""
    noon = timezone.make_aware(dt.datetime.fromisoformat(f"{day}T12:00"))
    return time_machine.travel(noon.astimezone(dt.UTC), tick=False)


@pytest.fixture
def w() -> World:
    """March: work for 50.00 and 20.00 of it paid; April: the payment never came, 60.00 paid, 10.00 of it ahead."""
    w = world()
    with on("2026-03-02"):
        claim(w.worker, 5000)
    with on("2026-03-20"):
        first = actions.pay(
            by=w.coordinator,
            payee=payee(w.worker),
            currency="CAD",
            expected=5000,
            key=uuid4(),
            ways=[Way("cash", 2000)],
        )
    with on("2026-04-03"):
        actions.reverse(by=w.second, payment=first.pk)
        actions.pay_ahead(
            by=w.second, to=w.worker, currency="CAD", expected=5000, key=uuid4(), ways=[Way("transfer", 6000)]
        )
    return w


def table(w: World, month: str) -> list[dict[str, str]]:
    answer = client(w.coordinator).get(reverse("pay:payroll-csv", args=[w.group.pk, month]))
    assert answer.status_code == 200
    body = answer.content.decode()
    assert body.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(body.removeprefix("\ufeff"))))


def pages(body: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages).split())


@given(st.dates(dt.date(2000, 1, 1), dt.date(2199, 12, 31)))
def test_a_month_is_all_of_its_days(day: dt.date) -> None:
    first, after = rules.span(day)
    assert first <= day < after
    assert (first.day, after.day, (after - dt.timedelta(days=1)).month) == (1, 1, day.month)
    assert rules.month(f"{day:%Y-%m}") == first


@pytest.mark.parametrize(
    "wrong", ["", "2026", "2026-13", "2026-3", "2026-W1", "20260", "1999-12", "2200-01", "x", "2026-03-01"]
)
def test_what_is_no_month_is_none_and_not_there(wrong: str) -> None:
    assert rules.month(wrong) is None


def test_the_payroll_file_has_one_row_a_line_of_the_month(w: World) -> None:
    march, april = table(w, "2026-03"), table(w, "2026-04")
    assert [(r["written"], r["what"], r["owed"], r["paid"], r["method"]) for r in march] == [
        ("2026-03-02", "time", "50.00", "", ""),
        ("2026-03-20", "paid", "", "20.00", "cash"),
    ]
    assert [(r["what"], r["paid"], r["method"], r["word"]) for r in april] == [
        ("paid", "-20.00", "cash", "reversed"),
        ("paid", "50.00", "transfer", ""),
        ("ahead", "10.00", "transfer", ""),
    ]
    assert {(r["name"], r["number"], r["currency"], r["day"]) for r in march} == {
        ("Wren", str(payee(w.worker)), "CAD", "2026-03-02")
    }
    assert table(w, "2026-05") == []


def test_the_files_of_all_months_add_up_to_what_is_owed(w: World) -> None:
    rows = reports.payroll(w.group, MARCH) + reports.payroll(w.group, APRIL)
    assert sum(-r.amount if r.paid else r.amount for r in rows) == sum(Line.objects.values_list("amount", flat=True))


def test_yen_have_no_cents_and_who_left_has_a_number(w: World) -> None:
    with on("2026-06-01"):
        claim(w.other, 1200, "JPY")
    number = str(payee(w.other))
    w.other.account.delete()
    (row,) = table(w, "2026-06")
    assert (row["name"], row["number"], row["owed"], row["currency"]) == ("", number, "1200", "JPY")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\uff1d1", '=HYPERLINK("x")'])
def test_a_name_is_never_a_formula(w: World, name: str) -> None:
    people.rename(membership=w.worker, name=name)
    row = table(w, "2026-03")[0]
    assert row["name"].startswith("'")
    assert row["name"].lstrip("'").strip() == name.strip()


@given(st.text(max_size=20))
def test_a_harmless_cell_starts_with_no_mark_and_loses_nothing(text_: str) -> None:
    cell = present.harmless(text_)
    assert cell.removeprefix("'") == text_.removeprefix("'") if cell != text_ else True
    assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


def test_another_groups_month_is_not_in_the_file(w: World) -> None:
    elsewhere = world("b")
    with on("2026-03-05"):
        claim(elsewhere.worker, 777)
        claim(people.join(account=w.worker.account, secret=people.invite(by=elsewhere.coordinator), name="Robin"), 888)
    assert len(table(w, "2026-03")) == 2
    (mine,) = reports.statement(w.worker, MARCH)
    assert mine.earned == 5000


def test_a_file_asks_no_more_of_the_database_for_more_lines(w: World) -> None:
    def count() -> int:
        with CaptureQueriesContext(connections["default"]) as caught:
            table(w, "2026-03")
        return len(caught)

    before = count()
    with on("2026-03-09"):
        for n in range(3):
            for member in (w.worker, w.other, w.second):
                claim(member, 100 + n)
    assert count() == before


def test_a_statement_goes_from_month_to_month(w: World) -> None:
    (march,), (april,) = reports.statement(w.worker, MARCH), reports.statement(w.worker, APRIL)
    assert (march.before, march.earned, march.paid, march.after) == (0, 5000, 2000, 3000)
    assert (april.before, april.earned, april.paid, april.after) == (3000, 0, 4000, -1000)
    assert [(r.what, r.amount) for r in april.rows] == [("back", -2000), ("paid", 6000)]
    assert reports.statement(w.other, MARCH) == []
    (may,) = reports.statement(w.worker, dt.date(2026, 5, 9))
    assert (may.before, list(may.rows), may.after) == (-1000, [], -1000)


def test_money_that_moves_from_work_to_work_is_no_row(w: World) -> None:
    with on("2026-05-02"):
        claim(w.worker, 700)
        actions.take_off(by=w.second, payee=payee(w.worker), currency="CAD", expected=-300)
    (may,) = reports.statement(w.worker, dt.date(2026, 5, 1))
    assert [(r.what, r.amount) for r in may.rows] == [("time", 700)]
    assert may.after == -300


def test_the_statement_as_a_page_and_on_paper(w: World) -> None:
    page = text(get(w.worker, "statement", w.group.pk, "2026-04"))
    assert "My pay in April 2026" in page
    assert "Owed before CA$30.00" in page
    assert "Payment taken back (Cash)" not in page
    assert "Owed after -CA$10.00" in page
    answer = client(w.worker).get(reverse("pay:statement-pdf", args=[w.group.pk, "2026-04"]))
    assert answer["Content-Type"] == "application/pdf"
    paper = pages(answer.content)
    for said in (
        "Pay statement",
        "Union",
        "Wren",
        "April 2026",
        "Owed before",
        "CA$30.00",
        "Payment taken back",
        "CA$60.00",
    ):
        assert said in paper
    assert str(w.worker.account_id) not in paper
    assert "Nothing was owed" in pages(
        client(w.other).get(reverse("pay:statement-pdf", args=[w.group.pk, "2026-04"])).content
    )
    for wrong in ("2026-13", "x"):
        get(w.worker, "statement", w.group.pk, wrong, status=404)


def test_a_receipt_says_what_was_paid_and_what_became_of_it(w: World) -> None:
    with on("2026-05-02"):
        claim(w.other, 1234)
        payment = pay(w.coordinator, w.other, 1234)
        actions.confirm(membership=w.other, payment=payment.pk)
    where = reverse("pay:receipt-pdf", args=[payment.pk])
    paper = pages(client(w.other).get(where).content)
    for said in ("Pay receipt", "Olive", "CA$12.34", "Cash", "It came on May 2, 2026", str(payment.pk)):
        assert said in paper
    assert client(w.second).get(where).status_code == 200
    assert client(w.worker).get(where).status_code == 403
    with override("fr"):
        french = present.receipt_pdf(group="Union", name="Olive", payment=payment, settled=[])
    assert "12,34" in pages(french)


def test_what_people_wrote_is_never_source_and_the_same_words_are_the_same_bytes() -> None:
    name = '#eval("1+1") *b* $x$ \\ <a> @b `c` "q" //'
    made = [present.statement_pdf(group=name, name='#read("/etc/passwd")', month=MARCH, accounts=[]) for _ in range(2)]
    assert made[0] == made[1]
    paper = pages(made[0])
    assert name in paper
    assert '#read("/etc/passwd")' in paper
    assert "root" not in paper


def test_a_sum_that_changed_is_a_row_of_its_own(w: World) -> None:
    with on("2026-05-02"):
        id_ = claim(w.other, 1000)
        actions.correct(claim=id_, parts=[Owed("time", 800)])
    (may,) = reports.statement(w.other, dt.date(2026, 5, 1))
    assert [(r.what, r.amount) for r in may.rows] == [("time", 1000), ("correction", -200)]
