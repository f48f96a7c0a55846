"""The API's description, which anybody may ask for."""

import ninja.main
import pytest
from django.test import Client


def test_it_is_worked_out_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes a tenth of a second, which nobody should be able to ask of the server again and again."""
    first = client.get("/api/v1/openapi.json")
    assert first.json()["info"]["title"] == "Alongside"

    def again(**_about: object) -> None:
        raise AssertionError("worked out again")

    monkeypatch.setattr(ninja.main, "get_schema", again)
    assert client.get("/api/v1/openapi.json").content == first.content
