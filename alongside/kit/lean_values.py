"""What the driver is given for Python's values, column by column: looked up once a process (:mod:`alongside.kit.lean`).

Django asks a field some ten questions about each value. Most values need no answer: an id on PostgreSQL, a number, bytes.
What is not of just the type that a column expects goes Django's own way.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from django.db import connections, models

Column = tuple[type, Callable[[Any], Any]]
"""The type of values that go as they are (beside ``None``), and what is called with all others."""

_SAME: dict[str, type] = {
    "BinaryField": bytes, "BooleanField": bool, "CharField": str, "TextField": str,
}  # fmt: skip
_SAME_ON: dict[str, dict[str, type]] = {
    "sqlite": {
        "BigIntegerField": int, "IntegerField": int, "PositiveIntegerField": int, "PositiveSmallIntegerField": int,
    },
    "postgresql": {"UUIDField": UUID, "DateField": dt.date},
}  # fmt: skip


class _Nothing:
    """The type of no value at all."""


def driven(columns: list[Column], values: Iterable[Any]) -> list[Any]:
    """What the driver is given for ``values``, one a column."""
    return [
        value if value is None or type(value) is same else other(value)
        for (same, other), value in zip(columns, values, strict=True)
    ]


@lru_cache(maxsize=256)
def columns(model: type[models.Model], names: tuple[str, ...], alias: str) -> list[Column]:
    """How the values of the columns ``names`` are given to the driver of that database."""
    return [_column(field, alias) for field in fields(model, names)]


@lru_cache(maxsize=256)
def fields(model: type[models.Model], names: tuple[str, ...]) -> "list[models.Field[Any, Any]]":
    """The fields of these names."""
    return [model._meta.get_field(name) for name in names]  # type: ignore[misc]  # columns, never relations back


def _column(field: "models.Field[Any, Any]", alias: str) -> Column:
    connection = connections[alias]
    whole = partial(_djangos, field, alias)
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    kind = field.get_internal_type()
    if connection.vendor == "sqlite" and kind == "UUIDField":
        return _Nothing, partial(_quickly, UUID, _hex, whole)
    if connection.vendor == "sqlite" and kind == "DateField":
        return _Nothing, partial(_quickly, dt.date, dt.date.isoformat, whole)
    if kind == "DateTimeField" and connection.timezone is dt.UTC:
        return _Nothing, partial(_moment, as_text=connection.vendor == "sqlite", whole=whole)
    if connection.vendor == "sqlite" and isinstance(field, models.JSONField) and field.encoder is None:
        return _Nothing, partial(_quickly, dict, json.dumps, whole)
    sized = getattr(connection.ops, "integerfield_type_map", {}).get(kind)  # PostgreSQL's: a statement keeps its types
    if sized is not None:
        return _Nothing, partial(_quickly, int, sized, whole)
    return (_SAME | _SAME_ON.get(connection.vendor, {})).get(kind, _Nothing), whole


def _djangos(field: "models.Field[Any, Any]", alias: str, value: Any) -> Any:
    return field.get_db_prep_save(value, connections[alias])


def _quickly(kind: type, quick: Callable[[Any], Any], whole: Callable[[Any], Any], value: Any) -> Any:
    return quick(value) if type(value) is kind else whole(value)


def _moment(value: Any, *, as_text: bool, whole: Callable[[Any], Any]) -> Any:
    """An instant in UTC, which SQLite keeps as text without saying so."""
    if type(value) is not dt.datetime or value.tzinfo is not dt.UTC:
        return whole(value)
    return str(value.replace(tzinfo=None)) if as_text else value


def _hex(value: UUID) -> str:
    return f"{value.int:032x}"  # as UUID.hex, which is asked for as a property
