import csv
import io
import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from alongside.home import views
from alongside.kit import clock
from alongside.people.models import Account
from alongside.work import actions as work
from alongside.work import responses
from tests.world import account, world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://evil.example")')


def browser(who: Account) -> Client:
    client = Client()
    client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def record(who: Account, **fields: Any) -> str:
    entry = {"id": str(uuid4()), "revision": 1, "day": clock.today().isoformat(), "kinds": ["outreach"], **fields}
    [answer] = work.sync(account=who, entries=[entry])
    assert answer.status == "stored"
    return str(entry["id"])


def table(who: Account) -> list[dict[str, str]]:
    answer = browser(who).get("/record/record.csv")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_my_record_is_mine_alone() -> None:
    wren, ash = account("wren"), account("ash")
    mine = record(wren, note="only for me", kinds=["housing"], minutes=50)
    for path in ("/record/", "/record/record.csv", "/record/record.json"):
        assert "only for me" not in browser(ash).get(path).content.decode()
        assert mine not in browser(ash).get(path).content.decode()
    assert mine in browser(wren).get("/record/").content.decode()
    assert browser(wren).get("/record/record.json").json()["entries"][0]["note"] == "only for me"
    assert table(ash) == []


def test_a_deleted_entry_is_in_none_of_it() -> None:
    wren = account("wren")
    mine = record(wren, note="to forget")
    work.sync(account=wren, entries=[{"id": mine, "revision": 2, "deleted": True}])
    assert browser(wren).get("/record/record.json").json() == {"entries": [], "responses": []}
    assert table(wren) == []
    assert mine not in browser(wren).get("/record/").content.decode()


@pytest.mark.parametrize("note", FORMULAS)
def test_no_cell_is_a_formula(note: str) -> None:
    wren = account("wren")
    record(wren, note=note)
    [row] = table(wren)
    assert row["note"] == f"'{note}"


@pytest.mark.parametrize("note", ["plain", 'with "quotes", commas', "two\nlines", "1-2", "a=b", "مها 😀"])
def test_other_notes_come_out_as_they_are(note: str) -> None:
    wren = account("wren")
    record(wren, note=note)
    [row] = table(wren)
    assert row["note"] == note


def test_every_field_is_a_column_that_can_be_read() -> None:
    wren = account("wren")
    record(
        wren, part="night", minutes=45, extra={"travel": 20}, people=4, supplies={"naloxone": 2, "water": 3},
        expenses=[{"code": "travel", "amount": 350, "currency": "CAD"}, {"code": "food", "amount": 500, "currency": "JPY"}],
        origin="called", weight=0, barriers=["wait", "police"], kinds=["outreach", "supplies"],
    )  # fmt: skip
    [row] = table(wren)
    assert row == {
        "day": clock.today().isoformat(), "part": "night", "kinds": "outreach supplies", "minutes": "45",
        "extra": "travel:20", "expenses": "travel:3.50CAD food:500JPY", "origin": "called", "people": "4",
        "supplies": "naloxone:2 water:3", "barriers": "wait police", "weight": "0", "note": "", "shared": "no", "month": "",
        "group": "",
    }  # fmt: skip


def test_the_json_is_what_the_api_takes_again() -> None:
    wren, ash = account("wren"), account("ash")
    record(wren, note="مها 😀", weight=3, supplies={"water": 3})
    [entry] = json.loads(browser(wren).get("/record/record.json").content)["entries"]
    again = {**entry, "id": str(uuid4())}
    assert work.sync(account=ash, entries=[again])[0].status == "stored"


def test_pages_of_a_long_record_have_no_gaps() -> None:
    wren = account("wren")
    entries = [
        {"id": str(uuid4()), "revision": 1, "day": clock.today().isoformat(), "kinds": ["outreach"]}
        for _ in range(views.PAGE + 3)
    ]
    work.sync(account=wren, entries=entries)
    pages = [browser(wren).get(f"/record/?from={start}").content.decode() for start in (0, views.PAGE)]
    found = [[e["id"] in page for e in entries] for page in pages]
    assert sum(found[0]) == views.PAGE
    assert [a + b for a, b in zip(*found, strict=True)] == [1] * len(entries)


@pytest.mark.parametrize("start", ["-1", "x", "9" * 30, "\x00", "²", "999999"])
def test_a_strange_place_in_the_record_is_no_fault(start: str) -> None:
    assert browser(account("wren")).get("/record/", {"from": start}).status_code == 200


def test_the_file_holds_ones_own_overdose_responses_and_nobody_elses() -> None:
    wren, ash = account("wren"), account("ash")
    responses.store(account=wren, responses=[{"id": str(uuid4()), "doses": "2"}])
    (one,) = browser(wren).get("/record/record.json").json()["responses"]
    assert one["doses"] == "2"
    assert browser(ash).get("/record/record.json").json()["responses"] == []


def test_the_table_says_for_which_group_work_is() -> None:
    w = world()
    me = w.worker.account
    record(me, group=str(w.group.pk))
    record(me)
    assert sorted(row["group"] for row in table(me)) == ["", "Union"]
