"""The table in docs/adr/0015 names each table and what it would be spread by, and is true."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import ForeignKey, Model

ADR = Path(__file__).resolve().parents[2] / "docs" / "adr" / "0015-growing-past-one-database.md"
ROOMS = {"kit", "outbox", "people", "roles", "pay", "work", "watch"}
PERSONS = {"account", "whose"}
OWNERS = {"owner", "chain"}
"""Columns that hold the id of a person or of a group."""


def _models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in ROOMS]


def _keys(model: type[Model]) -> "list[ForeignKey[Any, Any]]":
    return [field for field in model._meta.local_fields if isinstance(field, ForeignKey)]


def spread(model: type[Model]) -> str:
    """What the rows of this table would be spread by, from its columns and its keys."""
    names = {field.name for field in model._meta.local_fields}
    if model._meta.label == "people.Group" or "group" in names:
        return "group"
    for key in _keys(model):
        if spread(key.related_model).startswith("group"):
            return f"group, through {key.name}"
    if model._meta.label == "people.Account" or PERSONS & names:
        return "person"
    for key in _keys(model):
        if spread(key.related_model).startswith("person"):
            return f"person, through {key.name}"
    return "owner" if OWNERS & names else "everywhere"


def crossing() -> set[str]:
    """Keys from a row of a group to a row of a person, or the other way round: they would not stay on a node."""
    return {
        f"`{model._meta.label}.{key.name}`"
        for model in _models()
        for key in _keys(model)
        if spread(model).split(",")[0] != spread(key.related_model).split(",")[0]
    }


def _written() -> dict[str, str]:
    return dict(re.findall(r"^\| ([a-z]+\.\w+) \| (.+?) \|$", ADR.read_text(encoding="utf-8"), re.MULTILINE))


def test_each_table_is_named_with_what_it_would_be_spread_by() -> None:
    assert _written() == {model._meta.label: spread(model) for model in _models()}


def test_the_keys_that_would_cross_are_named() -> None:
    text = ADR.read_text(encoding="utf-8")
    assert set(re.findall(r"`\w+\.[A-Z]\w+\.\w+`", text)) == crossing()


@pytest.mark.parametrize("label", ["pay.Line", "pay.Claim", "pay.Payment", "work.Share"])
def test_what_money_hangs_on_belongs_to_a_group(label: str) -> None:
    assert spread(apps.get_model(label)).startswith("group")
