"""The whole API against its own description, with whatever schemathesis comes up with.

It takes long to load, so only the process that asks loads it, and pytest does without its plugin (``pyproject.toml``).
"""

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.databases import examples
from tests.faults.client import Client
from tests.server import Server

if TYPE_CHECKING:
    from schemathesis import Case

CALLS = {
    "/api/v1/calls": "GET",
    "/api/v1/work/entries": "GET",
    "/api/v1/work/entries/sync": "POST",
    "/api/v1/work/owed": "GET",
    "/api/v1/work/owed/would": "POST",
    "/api/v1/work/responses": "POST",
}
WATCH = {
    "/api/v1/watch": "POST",
    **{f"/api/v1/watch/{{check_in}}/{act}": "POST" for act in ("ok", "extend", "help", "end")},
    **{f"/api/v1/watch/calls/{{token}}/{act}": "POST" for act in ("coming", "there", "ended", "cannot")},
}
VAULT = "/api/v1/vault"
MODES = ("positive", "negative")
"""Requests as they are described, and requests that are not."""
EXAMPLES = {"demo-wren": 24, "demo-ash": 8, "the link": 24, None: 4}
"""How many of each: whoever has groups, has none, comes by a link that opens without a token, and has no token, who is
turned away before a body is read."""

ASKED = [
    (path, method, handle, mode)
    for mode in MODES
    for handle in ("demo-wren", "demo-ash", None)
    for path, method in [*CALLS.items(), (VAULT, "GET"), (VAULT, "PUT")]
] + [
    (path, method, "the link" if "/calls/" in path else "demo-wren", mode)
    for path, method in WATCH.items()
    for mode in MODES
    if mode == "positive" or not path.endswith(("coming", "there", "cannot"))  # any text is a token there
]


@pytest.fixture(scope="package")
def described(faulty: Server) -> Any:
    """The description, read once."""
    import schemathesis

    return schemathesis.openapi.from_url(f"{faulty.url}/api/v1/openapi.json")


@pytest.mark.parametrize(("path", "method", "handle", "mode"), ASKED)
def test_answers_are_as_described(
    faulty: Server, described: Any, path: str, method: str, handle: str | None, mode: str
) -> None:
    from schemathesis import GenerationMode
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    held = [not_a_server_error, status_code_conformance, response_schema_conformance, content_type_conformance]
    token = f"Bearer {faulty.person(handle)['token']}" if handle in ("demo-wren", "demo-ash") else ""
    headers = {"Authorization": token} if token else {}

    @settings(
        max_examples=examples(EXAMPLES[handle]),
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=described[path][method].as_strategy(generation_mode=GenerationMode(mode)))
    def ask(case: "Case") -> None:
        case.call_and_validate(headers=headers, checks=held)

    ask()


def test_the_description_names_every_address(faulty: Server) -> None:
    described = Client(faulty.url).get("/api/v1/openapi.json").json
    assert set(described["paths"].pop(VAULT)) == {"get", "put"}
    assert {path: [method.upper() for method in about] for path, about in described["paths"].items()} == {
        path: [method] for path, method in (CALLS | WATCH).items()
    }


def test_its_example_is_stored(ash: Client, faulty: Server) -> None:
    described = Client(faulty.url).get("/api/v1/openapi.json").json
    [example] = described["components"]["schemas"]["EntrySchema"]["examples"]
    assert ash.one({**example, "id": str(uuid4())})["status"] == "stored"
