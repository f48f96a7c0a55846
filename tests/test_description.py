"""The API's description, which anybody may ask for."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

import jsonschema_rs
import ninja.main
import pytest
import time_machine
from django.conf import settings
from django.test import Client

from alongside.kit import clock
from alongside.people import actions
from alongside.roles import kinds
from alongside.roles.rules import EXPERIENCE
from alongside.watch import rules as watch_rules
from alongside.work import response_rules, rules


def test_it_is_worked_out_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes a tenth of a second, which nobody should be able to ask of the server again and again."""
    first = client.get("/api/v1/openapi.json")
    assert first.json()["info"]["title"] == "Alongside"

    def again(**_about: object) -> None:
        raise AssertionError("worked out again")

    monkeypatch.setattr(ninja.main, "get_schema", again)
    assert client.get("/api/v1/openapi.json").content == first.content


def described(client: Client) -> Any:
    return client.get("/api/v1/openapi.json").json()


def schemas(within: Any) -> Iterator[tuple[str, Any]]:
    """Each schema of a description and its title, wherever it stands: some are written out inside of others."""
    if isinstance(within, dict) and isinstance(within.get("properties"), dict):
        yield within["title"], within
    for part in within.values() if isinstance(within, dict) else within if isinstance(within, list) else ():
        yield from schemas(part)


def fields(client: Client, schema: str) -> dict[str, str]:
    """What the description says of each field of a schema."""
    found = dict(schemas(described(client)))[schema]["properties"]
    return {name: about.get("description", "") for name, about in found.items()}


def named(text: str) -> set[str]:
    """Each code that a text names."""
    return {word.strip(".,():;") for word in text.split()}


@pytest.mark.parametrize(
    ("schema", "field", "codes"),
    [
        ("EntrySchema", "kinds", kinds.CODES),
        ("EntrySchema", "part", rules.PARTS),
        ("EntrySchema", "extra", rules.EXTRAS),
        ("EntrySchema", "origin", rules.ORIGINS),
        ("EntrySchema", "weight", rules.WEIGHTS),
        ("EntrySchema", "supplies", rules.SUPPLIES),
        ("EntrySchema", "barriers", rules.BARRIERS),
        ("Expense", "code", rules.EXPENSES),
        ("AnswerSchema", "status", ("stored", "unchanged", "conflict", "rejected")),
        ("ResponseSchema", "done", response_rules.DONE),
        *(("ResponseSchema", name, codes) for name, codes in response_rules.FIELDS.items()),
        ("CallSchema", "experience", EXPERIENCE),
        ("EndedIn", "outcome", watch_rules.OUTCOMES),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_each_code_is_named_where_it_goes(client: Client, schema: str, field: str, codes: Iterable[object]) -> None:
    """Who writes a program for the API has the description alone."""
    assert {str(code) for code in codes} - named(fields(client, schema)[field]) == set()


def test_each_field_of_an_entry_is_explained(client: Client) -> None:
    assert [name for name, about in fields(client, "EntrySchema").items() if not about] == []


def test_examples_are_as_described(client: Client) -> None:
    api = described(client)
    known = api["components"]["schemas"]
    examples = [(name, one) for name, schema in known.items() for one in schema.get("examples", ())]
    assert {name for name, _one in examples} >= {"EntrySchema", "SyncIn", "SyncOut", "ChangesOut"}
    for name, one in examples:
        whole = {"$ref": f"#/components/schemas/{name}", "components": api["components"]}
        jsonschema_rs.Draft202012Validator(whole, validate_formats=True).validate(one)
    sync = {one["status"]: one for one in known["SyncOut"]["examples"][0]["entries"]}
    assert sync["stored"]["revision"] == 1
    assert sync["conflict"]["theirs"]["revision"] == sync["conflict"]["revision"]
    assert sync["rejected"]["errors"]


@pytest.mark.django_db(databases=["default", "keys"])
def test_examples_of_answers_are_what_is_answered(client: Client) -> None:
    """Stored, changed elsewhere meanwhile, rejected: word for word, and so is what comes back."""
    known = described(client)["components"]["schemas"]
    client.force_login(actions.make_account(handle="robin", passphrase="a long enough phrase"))
    [entry] = known["EntrySchema"]["examples"]
    stored, conflict, rejected = known["SyncOut"]["examples"][0]["entries"]
    day = dt.date.fromisoformat(entry["day"])

    def send(**changed: Any) -> Any:
        body = {"entries": [{**entry, **changed}]}
        return client.post("/api/v1/work/entries/sync", body, "application/json").json()["entries"][0]

    with time_machine.travel(dt.datetime.combine(day, dt.time(12), dt.UTC), tick=False):
        refused = send(kinds=["no_kind"])
        assert refused == rejected
        assert send() == stored
        elsewhere = conflict["theirs"]
        assert send(**elsewhere)["status"] == "stored"
        assert send(note="Said here") == conflict
        changes = client.get("/api/v1/work/entries").json()
    [example] = known["ChangesOut"]["examples"]
    assert changes["entries"] == [elsewhere]
    assert changes.keys() == example.keys()
    assert changes["next"] is example["next"] is None


@pytest.mark.django_db(databases=["default", "keys"])
def test_entries_come_in_the_order_of_the_calls_that_stored_them(client: Client) -> None:
    assert (
        "those of one call are in no order" in described(client)["components"]["schemas"]["ChangesOut"]["description"]
    )
    client.force_login(actions.make_account(handle="robin", passphrase="a long enough phrase"))
    today = clock.today().isoformat()
    calls = [[str(UUID(int=9 - 3 * call - place)) for place in range(3)] for call in range(3)]
    for ids in calls:
        sent = [{"id": one, "revision": 1, "day": today, "kinds": ["outreach"]} for one in ids]
        client.post("/api/v1/work/entries/sync", {"entries": sent}, "application/json")
    found = [one["id"] for one in client.get("/api/v1/work/entries").json()["entries"]]
    assert [set(found[at : at + 3]) for at in (0, 3, 6)] == [set(ids) for ids in calls]


def test_its_page_is_as_wide_as_the_phone_and_has_the_way_out(client: Client) -> None:
    page = client.get("/api/v1/docs").content.decode()
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in page
    assert "data-leave" in page
    assert f'data-exit="{settings.EXIT_URL}" data-exit-post="/exit/"' in page
    assert not re.findall(r"<style|style=| on\w+=", page), "nothing that the policy refuses"
    scripts = re.findall(r"<script[^>]*>", page)
    assert all("src=" in one or 'type="application/json"' in one for one in scripts)
    for name in ("kit/gate", "kit/page", "ninja/swagger-ui-bundle", "ninja/swagger-ui-init"):
        assert any(name in one for one in scripts)
