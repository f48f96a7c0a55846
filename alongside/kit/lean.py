"""Statements for the few paths that every phone takes many times a day: written once a process, not once a call.

Django's query compiler costs more than the database does where a statement is always the same. These functions write
the statement of a model, its columns and conditions once, and keep Django's own field conversions, connections and
transactions. They are for single tables and equality alone; everything else is what the ORM is for.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from alongside.kit.routers import KeysRouter

Row = tuple[Any, ...]
_Convert = Callable[[Any, Any, BaseDatabaseWrapper], Any]
_router = KeysRouter()


def select(model: type[models.Model], names: tuple[str, ...], *, lock: bool = False, **where: Any) -> list[Row]:
    """The columns ``names`` of the rows where every field in ``where`` is equal to its value, as Python values.

    ``lock`` holds the rows until the transaction ends, where the database locks rows; on SQLite the transaction
    itself (IMMEDIATE) is that lock.
    """
    connection = _connection(model)
    sql, converters = _select(model, names, tuple(where), lock, connection.alias)
    with connection.cursor() as cursor:
        cursor.execute(sql, _values(model, where, connection))
        rows = cursor.fetchall()
    return [_converted(row, converters, connection) for row in rows] if converters else rows


def insert(model: type[models.Model], names: tuple[str, ...], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of the values of ``names``; columns that are not named get the database's own default."""
    connection = _connection(model)
    fields = _fields(model, names)
    prepared = [[f.get_db_prep_save(v, connection) for f, v in zip(fields, row, strict=True)] for row in rows]
    sql = _insert(model, names, connection.alias)
    with connection.cursor() as cursor:
        if len(prepared) == 1:
            cursor.execute(sql, prepared[0])
        else:
            cursor.executemany(sql, prepared)


def update(model: type[models.Model], values: dict[str, Any], **where: Any) -> None:
    """Set ``values`` in the rows where every field in ``where`` is equal to its value."""
    connection = _connection(model)
    sql = _update(model, tuple(values), tuple(where), connection.alias)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*_values(model, values, connection), *_values(model, where, connection)])


def update_many(
    model: type[models.Model], names: tuple[str, ...], where: tuple[str, ...], rows: Iterable[Sequence[Any]]
) -> int:
    """For each row of values: set ``names`` where the fields in ``where`` are equal to the values that follow them.

    Returns how many rows of the table were set, in all.
    """
    connection, fields = _connection(model), _fields(model, (*names, *where))
    prepared = [[f.get_db_prep_value(v, connection) for f, v in zip(fields, row, strict=True)] for row in rows]
    if not prepared:
        return 0
    with connection.cursor() as cursor:
        cursor.executemany(_update(model, names, where, connection.alias), prepared)
        return int(cursor.rowcount)


def _connection(model: type[models.Model]) -> BaseDatabaseWrapper:
    return connections[_router.db_for_write(model) or "default"]


@lru_cache(maxsize=256)
def _fields(model: type[models.Model], names: tuple[str, ...]) -> "list[models.Field[Any, Any]]":
    return [model._meta.get_field(name) for name in names]  # type: ignore[misc]  # columns, never relations back


def _values(model: type[models.Model], given: dict[str, Any], connection: BaseDatabaseWrapper) -> list[Any]:
    fields = _fields(model, tuple(given))
    return [f.get_db_prep_value(v, connection) for f, v in zip(fields, given.values(), strict=True)]


@lru_cache(maxsize=256)
def _select(
    model: type[models.Model], names: tuple[str, ...], where: tuple[str, ...], lock: bool, alias: str
) -> tuple[str, list[tuple[int, list[_Convert], Any]]]:
    quote = connections[alias].ops.quote_name
    columns = ", ".join(quote(str(f.column)) for f in _fields(model, names))
    sql = f"SELECT {columns} FROM {quote(model._meta.db_table)} WHERE {_equal(model, where, alias, ' AND ')}"  # noqa: S608 - names of our own models
    if lock and connections[alias].features.has_select_for_update:
        sql += " FOR UPDATE"
    return sql, _converters(model, names, alias)


def _converters(model: type[models.Model], names: tuple[str, ...], alias: str) -> list[tuple[int, list[_Convert], Any]]:
    """Of the columns that need it: the place, what makes Python values of what the driver gives, the column."""
    connection, found = connections[alias], []
    for place, field in enumerate(_fields(model, names)):
        column = field.get_col(model._meta.db_table)
        steps = [*connection.ops.get_db_converters(column), *field.get_db_converters(connection)]
        if steps:
            found.append((place, steps, column))
    return found


def _converted(row: Row, converters: list[tuple[int, list[_Convert], Any]], connection: BaseDatabaseWrapper) -> Row:
    values = list(row)
    for place, steps, column in converters:
        for step in steps:
            values[place] = step(values[place], column, connection)
    return tuple(values)


@lru_cache(maxsize=256)
def _insert(model: type[models.Model], names: tuple[str, ...], alias: str) -> str:
    quote = connections[alias].ops.quote_name
    columns = ", ".join(quote(str(f.column)) for f in _fields(model, names))
    marks = ", ".join(["%s"] * len(names))
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})"  # noqa: S608 - names of our own models


@lru_cache(maxsize=256)
def _update(model: type[models.Model], names: tuple[str, ...], where: tuple[str, ...], alias: str) -> str:
    table = connections[alias].ops.quote_name(model._meta.db_table)
    return f"UPDATE {table} SET {_equal(model, names, alias, ', ')} WHERE {_equal(model, where, alias, ' AND ')}"  # noqa: S608 - names of our own models


def _equal(model: type[models.Model], names: tuple[str, ...], alias: str, between: str) -> str:
    quote = connections[alias].ops.quote_name
    return between.join(f"{quote(str(f.column))} = %s" for f in _fields(model, names))
