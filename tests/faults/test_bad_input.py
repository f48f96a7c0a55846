"""Bad input over HTTP: each gets a clear answer, nothing breaks, nothing of it is stored."""

import datetime as dt
import gzip
import json
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alongside.work.tests.entries import ANY_JSON, spoiled
from tests.databases import examples
from tests.faults.client import ENTRIES, SYNC, Client, entry
from tests.server import Server, today

HUGE = 13 * 1024 * 1024
BIDI = "قابلته في الشارع \u202eabc\u202c עוד מעט \u200f"


def refused(client: Client, **fields: Any) -> dict[str, str]:
    """What is said to be wrong with an entry that has ``fields``; it must not be stored."""
    sent = entry(**fields)
    answer = client.one(sent)
    assert answer["status"] == "rejected", answer
    assert sent["id"] not in client.stored()
    errors: dict[str, str] = answer["errors"]
    assert all(text.endswith((".", "?")) and " " in text for text in errors.values()), errors
    return errors


@pytest.mark.parametrize("years", [-50, -11, 1, 10, 80])
def test_a_phone_clock_years_off(ash: Client, years: int) -> None:
    day = today().replace(day=1)
    errors = refused(ash, day=day.replace(year=day.year + years).isoformat())
    assert "phone" in errors["day"]


def test_a_phone_a_day_ahead_is_fine(ash: Client) -> None:
    tomorrow = today() + dt.timedelta(days=1)
    assert ash.one(entry(day=tomorrow.isoformat()))["status"] == "stored"


def test_a_note_of_a_megabyte(ash: Client) -> None:
    assert "too long" in refused(ash, note="a" * 1024 * 1024)["note"]


@pytest.mark.parametrize(
    "note",
    ["😀" * 4000, "𝕬" * 3999 + "é", BIDI, "👩🏽‍🚒🏳️‍🌈 ﷽", "e\u0301 é", " \t\n spaced \n", "\u0001\u2028</script>"],
)
def test_a_note_comes_back_exactly(ash: Client, note: str) -> None:
    for ascii_only in (True, False):
        sent = entry(note=note)
        body = json.dumps({"entries": [sent]}, ensure_ascii=ascii_only).encode()
        assert ash.call("POST", SYNC, body).json["entries"][0]["status"] == "stored"
        assert ash.stored()[sent["id"]]["note"] == note
        assert ash.one(sent)["status"] == "unchanged"


@pytest.mark.parametrize("note", ["a\x00b", "\x00", "\ud800", "ok \ud83d ok"])
def test_what_cannot_be_kept_in_a_note(ash: Client, note: str) -> None:
    assert "take it out" in refused(ash, note=note)["note"]


@pytest.mark.parametrize(
    "fields",
    [
        {"minutes": -1}, {"minutes": 10**30}, {"minutes": 1.5}, {"kinds": ["spying"]}, {"kinds": "outreach"},
        {"kinds": ["\x00"]}, {"kinds": []}, {"surprise": 1}, {"extra": {"prep": -1}}, {"supplies": {"water": "2"}},
        {"barriers": ["\ud800"]}, {"expenses": [{"code": "travel", "amount": -1, "currency": "CAD"}]},
        {"origin": {"$gt": ""}}, {"group": "1 OR 1=1"}, {"role": "../../etc"}, {"weight": 9}, {"people": [1]},
        {"shared": True}, {"shared": "true"}, {"deleted": 1}, {"day": "2026-13-01"}, {"day": 0}, {"day": None},
        {"revision": 0}, {"revision": 2}, {"revision": 2**63}, {"revision": "1"}, {"group": str(uuid4())},
        {"role": str(uuid4())}, {"\x00": 1}, {"\ud800": 1}, {"__proto__": {}},
    ],
)  # fmt: skip
def test_each_wrong_field_is_named(ash: Client, fields: dict[str, Any]) -> None:
    assert list(refused(ash, **fields)) == list(fields)


def spent(**fields: Any) -> list[dict[str, Any]]:
    return [{"code": "travel", "amount": 350, "currency": "CAD", **fields}]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"extra": {"zzz": 3}}, "One of these kinds of extra time is not known here."),
        ({"extra": {"prep": 1441}}, "Extra minutes must be whole numbers from 0 to 1440."),
        ({"expenses": spent(code="zzz")}, "One of these kinds of expense is not known here."),
        ({"expenses": spent(currency="dollars")}, "Write the currency as three big letters: CAD."),
        ({"expenses": spent(currency="cad")}, "Write the currency as three big letters: CAD."),
        ({"expenses": spent(amount=0)}, "Each expense needs a kind, an amount above 0 and a currency."),
        ({"expenses": spent(who="Al")}, "Each expense needs a kind, an amount above 0 and a currency."),
        ({"expenses": spent() * 21}, "An entry can have up to 20 expenses."),
        ({"supplies": {"zzz": 3}}, "One of these supplies is not known here."),
        ({"supplies": {"water": 100_001}}, "Supplies must be whole numbers from 0 to 100000."),
        ({"kinds": ["zzz"]}, "One of these kinds of work is not known here."),
        ({"barriers": ["zzz"]}, "One of these barriers is not known here."),
        ({"part": "zzz"}, "The part of the day must be morning, afternoon, evening or night."),
        ({"origin": "zzz"}, "Say if it was planned, called or happened."),
    ],
    ids=lambda given: json.dumps(given)[:30] if isinstance(given, dict) else "",
)  # fmt: skip
def test_each_unknown_code_has_an_answer_of_its_own(ash: Client, fields: dict[str, Any], said: str) -> None:
    assert list(refused(ash, **fields).values()) == [said]


@pytest.mark.parametrize("id_", [None, 7, "no", "\ud800", "\x00" * 32, [], {}, True, 1e400, "a" * 100_000])
def test_an_id_that_is_none(ash: Client, id_: Any) -> None:
    before = ash.cursor()
    answer = ash.one(entry(id=id_))
    assert (answer["status"], list(answer["errors"])) == ("rejected", ["id"])
    assert answer["id"] == (id_ if isinstance(id_, str) else None)
    assert ash.changes(before)[0] == []


def test_five_hundred_entries_are_taken_and_one_more_is_not(ash: Client) -> None:
    before, many = ash.cursor(), [entry() for _ in range(501)]
    reply = ash.send(many)
    assert (reply.status, reply.kind) == (413, "application/json")
    assert "500" in reply.json["detail"]
    assert ash.changes(before)[0] == []
    assert {a["status"] for a in ash.sync(*many[:500])} == {"stored"}
    assert len(ash.changes(before)[0]) == 500
    assert ash.sync() == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400), (b"not json", 400), (b'{"entries": [}', 400), (b"\xff\xfe\x00", 400),
        (b'{"entries": ["\xc3\x28"]}', 400), (b"\x00", 400),
        (gzip.compress(b'{"entries": []}', mtime=0), 400), (b'{"entries": [' + b"9" * 10_000 + b"]}", 400),
        (b"[]", 422), (b"null", 422), (b"5", 422), (b'"entries"', 422), (b"{}", 422), (b'{"entries": null}', 422),
        (b'{"entries": {}}', 422), (b'{"entries": "x"}', 422), (b'{"entries": 1e999}', 422),
        (b'{"Entries": []}', 422),
    ],
)  # fmt: skip
def test_a_body_that_is_none_of_ours(ash: Client, body: bytes, status: int) -> None:
    reply = ash.call("POST", SYNC, body)
    assert (reply.status, reply.kind) == (status, "application/json"), reply.text
    assert reply.json["detail"]


@pytest.mark.parametrize("depth", [10, 200, 500, 800, 900, 930, 950, 970, 1000, 5000, 200_000])
def test_json_nested_deeply(ash: Client, depth: int) -> None:
    """Wherever the nesting is, it is refused: as an entry, in an id, in a note, around it all."""
    before = ash.cursor()
    deep = "[" * depth + "]" * depth
    objects = '{"a":' * depth + "1" + "}" * depth
    for nested in (deep, objects):
        for body in (
            nested,
            f'{{"entries": [{nested}]}}',
            f'{{"entries": [{{"id": {nested}}}]}}',
            f'{{"entries": [{{"id": "{uuid4()}", "revision": 1, "day": "2026-03-09", "kinds": ["outreach"], "note": {nested}}}]}}',
        ):
            reply = ash.call("POST", SYNC, body.encode())
            assert reply.status in {200, 400, 422}, (reply.status, reply.text[:300])
            if reply.status == 200:
                assert reply.json["entries"][0]["status"] == "rejected"
    assert ash.changes(before)[0] == []


@pytest.mark.parametrize("path", [SYNC, "/people/sign-in/", "/people/make-account/"])
def test_a_huge_body_is_413(ash: Client, path: str) -> None:
    body = b'{"entries": ["' + b"a" * HUGE + b'"]}'
    reply = ash.call(
        "POST", path, body, "application/x-www-form-urlencoded" if "people" in path else "application/json"
    )
    assert reply.status == 413
    assert "too much" in reply.text


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "image/png",
        "application/json; charset=utf-16",
        "x",
    ],
)
def test_a_wrong_content_type_is_answered_plainly(ash: Client, kind: str) -> None:
    sent = entry()
    reply = ash.call("POST", SYNC, json.dumps({"entries": [sent]}).encode(), kind)
    assert reply.status in {200, 400, 415, 422}
    assert reply.kind == "application/json"
    stored = reply.status == 200 and reply.json["entries"][0]["status"] == "stored"
    assert stored == (sent["id"] in ash.stored())


@pytest.mark.parametrize("token", ["", " ", "no", "é" * 40, "a" * 8000, "Bearer x", "' OR 1=1", "null"])
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "Basic", "Token", ""])
def test_a_bad_token_is_401(faulty: Server, token: str, scheme: str) -> None:
    nobody = Client(faulty.url)
    for method, path in (("GET", ENTRIES), ("POST", SYNC)):
        reply = nobody.call(method, path, b'{"entries": []}', Authorization=f"{scheme} {token}")
        assert (reply.status, reply.json) == (401, {"detail": "Please sign in."})


def test_no_token_at_all_is_401(faulty: Server) -> None:
    for method, path in (("GET", ENTRIES), ("POST", SYNC)):
        assert Client(faulty.url).call(method, path, b"{").status == 401


@pytest.mark.parametrize(
    "since", ["x", "1.x", "-1", "9" * 30, "9" * 5000, "1.1.1", "%00", "%ff", "1.%00", "1e3", "0x1", ".", "é", "1;2"]
)
def test_a_bad_cursor_is_400(ash: Client, since: str) -> None:
    from urllib.parse import quote

    reply = ash.get(f"{ENTRIES}?since={quote(since, safe='%')}")
    assert (reply.status, reply.json) == (400, {"detail": "This place in the list is not known."})


@pytest.mark.parametrize(
    "path",
    [
        "/%00",
        "/%ff",
        "/work/%00/",
        "/people/join/%00/",
        "/people/join/" + "a" * 5000 + "/",
        "/demo/in/%00/",
        "/demo/in/a:b/",
        "/api/v1/%00",
        "/record/?from=%00",
        "/people/sign-in/?next=%00",
        "/static/%00",
        "/static/../../secret",
        "//evil.example/",
        "/?next=//evil.example",
    ],
)
def test_strange_addresses_are_no_fault_of_ours(faulty: Server, path: str) -> None:
    reply = Client(faulty.url).get(path)
    assert reply.status < 500, reply.status


@pytest.mark.parametrize(
    "cookie",
    [
        "sessionid=x",
        'sessionid="aaaaaaaaaaaa\\000"',
        "sessionid=" + "a" * 4000,
        "csrftoken=\\",
        "alongside=é",
        ";;;==",
        "django_language=%00",
    ],
)
def test_strange_cookies_are_no_fault_of_ours(faulty: Server, cookie: str) -> None:
    reply = Client(faulty.url).call("GET", "/", Cookie=cookie.encode().decode("latin-1"))
    assert reply.status in {200, 400}


@pytest.mark.parametrize(
    "next_page",
    ["abc", "home", "/\x00", "//evil.example", "https://evil.example", "javascript:1", "", "\r\nX: y", "a" * 5000],
)
def test_strange_next_pages_lead_home(faulty: Server, next_page: str) -> None:
    """Reading on in another language needs no session: the token in the cookie is the one in the form."""
    from urllib.parse import urlencode

    token = "a" * 32
    body = urlencode({"language": "en", "next": next_page, "csrfmiddlewaretoken": token}).encode()
    kind = "application/x-www-form-urlencoded"
    reply = Client(faulty.url).call("POST", "/people/language/", body, kind, Cookie=f"csrftoken={token}")
    assert reply.status == 302


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.lists(ANY_JSON | spoiled(), min_size=1, max_size=5))
def test_any_json_as_entries_is_answered_and_only_good_ones_are_stored(ash: Client, raw: list[Any]) -> None:
    before = ash.cursor()
    answers = ash.sync(*raw)
    stored = sum(a["status"] == "stored" for a in answers)
    found, _cursor = ash.changes(before)
    assert len({e["id"] for e in found}) == len(found) <= stored
    assert {e["id"] for e in found} == {a["id"] for a in answers if a["status"] == "stored"}
    for answer in answers:
        assert bool(answer.get("errors")) == (answer["status"] == "rejected")
