"""Statements for the few paths that every phone takes many times a day: written once a process, not once a call.

Django's query compiler costs more than the database does where a statement is always the same. These functions write
the statement of a model, its columns and conditions once, and keep Django's own field conversions, connections,
transactions and errors. On PostgreSQL the statement is prepared there, once a connection. They are for single tables
and equality alone, and for whether an instant has come; everything else is what the ORM is for.
"""

import json
import select as select_
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from alongside.kit import clock, lean_values
from alongside.kit.routers import KeysRouter

Row = tuple[Any, ...]
_Convert = Callable[[Any, Any, BaseDatabaseWrapper], Any]
_router = KeysRouter()
_WAITING = "lean_waiting"
"""Where a connection keeps what :func:`together` will write."""


def select(
    model: type[models.Model], names: tuple[str, ...], *, lock: bool = False, now: bool = False, **where: Any
) -> list[Row]:
    """The columns ``names`` of the rows where every field in ``where`` is equal to its value, as Python values.

    ``lock`` holds the rows until the transaction ends, where the database locks rows; on SQLite the transaction
    itself (IMMEDIATE) is that lock. ``now`` adds the instant by the database's clock as the last value: when the row was
    read as it is given, which is before any wait for a lock that came to nothing.
    """
    connection = _connection(model)
    sql, converters = _select(model, names, tuple(where), connection.alias, lock=lock, now=now)
    rows = _fetched(connection, sql, _values(model, where, connection))
    return [_converted(row, converters, connection) for row in rows] if converters else rows


def select_among(model: type[models.Model], names: tuple[str, ...], name: str, values: Iterable[Any]) -> list[Row]:
    """As :func:`select`, of the rows whose field ``name`` is one of ``values``: one statement for any number of them."""
    connection = _connection(model)
    sql, converters = _select_among(model, names, name, connection.alias)
    columns, given = lean_values.columns(model, (name,), connection.alias), list(values)
    if not given:
        return []
    wanted = lean_values.driven(columns * len(given), given)
    rows = _fetched(connection, sql, [json.dumps(wanted) if connection.vendor == "sqlite" else wanted])
    return [_converted(row, converters, connection) for row in rows] if converters else rows


def select_through(
    model: type[models.Model], names: tuple[str, ...], via: tuple[type[models.Model], str], **where: Any
) -> list[Row]:
    """As :func:`select`, of the rows that a foreign key leads to: ``via`` is the model that has it, and its name.

    ``where`` says which row has it; both tables are in one database.
    """
    connection = _connection(model)
    sql, converters = _select_through(model, names, via, tuple(where), connection.alias)
    rows = _fetched(connection, sql, _values(via[0], where, connection))
    return [_converted(row, converters, connection) for row in rows] if converters else rows


def any_come(model: type[models.Model], name: str) -> bool:
    """Whether the instant in the field ``name`` of any row has come, by the database's clock: what loops ask all day long."""
    connection = _connection(model)
    return bool(_fetched(connection, _come(model, name, connection.alias), [])[0][0])


def insert(model: type[models.Model], names: tuple[str, ...], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of the values of ``names``; columns that are not named get the database's own default.

    On PostgreSQL many rows go as one array a column: a statement that is the same for any number of rows.
    """
    connection = _connection(model)
    columns = lean_values.columns(model, names, connection.alias)
    prepared = [lean_values.driven(columns, row) for row in rows]
    if len(prepared) > 1 and connection.vendor == "postgresql":
        _write(connection, _insert_many(model, names, connection.alias), [_by_column(prepared)])
    elif prepared:
        _write(connection, _insert(model, names, connection.alias), prepared)


def update(model: type[models.Model], values: dict[str, Any], **where: Any) -> None:
    """Set ``values`` in the rows where every field in ``where`` is equal to its value."""
    connection = _connection(model)
    sql = _update(model, tuple(values), tuple(where), connection.alias)
    _write(connection, sql, [[*_values(model, values, connection), *_values(model, where, connection)]])


def update_many(
    model: type[models.Model], names: tuple[str, ...], where: tuple[str, ...], rows: Iterable[Sequence[Any]]
) -> int:
    """For each row of values: set ``names`` where the fields in ``where`` are equal to the values that follow them.

    The first of ``where`` is the table's key, and no two rows have the same. Returns how many rows of the table were set.
    Rows are locked in the order of their keys on PostgreSQL, where many go as one statement.
    """
    connection = _connection(model)
    columns = lean_values.columns(model, (*names, *where), connection.alias)
    prepared = [lean_values.driven(columns, row) for row in rows]
    if not prepared:
        return 0
    if len(prepared) > 1 and connection.vendor == "postgresql":
        return _write(connection, _update_arrays(model, names, where, connection.alias), [_by_column(prepared)])
    return _write(connection, _update(model, names, where, connection.alias), prepared)


@contextmanager
def together(model: type[models.Model]) -> Iterator[None]:
    """What is inserted and updated inside goes to the database as one statement, where it is a network away.

    Nothing is read inside, and no row is written twice. What the database refuses is raised at the end of the block.
    """
    connection = _connection(model)
    if connection.vendor != "postgresql" or _is_watched(connection):
        yield
        return
    waiting: list[tuple[str, list[Any]]] = []
    setattr(connection, _WAITING, waiting)
    try:
        yield
    finally:
        delattr(connection, _WAITING)
    if waiting:
        sql = _joined(tuple(sql for sql, _values in waiting))
        _write(connection, sql, [[value for _sql, values in waiting for value in values]])


def _fetched(connection: BaseDatabaseWrapper, sql: str, values: list[Any]) -> list[Row]:
    if _is_watched(connection):
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return list(cursor.fetchall())
    raw = _ready(connection)
    with connection.wrap_database_errors:
        if connection.vendor == "sqlite":
            return raw.execute(_marked(sql), values).fetchall()  # type: ignore[no-any-return]
        cursor, sql = _prepared(raw), _binary(sql)
        if raw.autocommit or raw.pgconn.transaction_status or raw.pgconn.pipeline_status:
            return cursor.execute(sql, values, prepare=True).fetchall()  # type: ignore[no-any-return]
        # The transaction's BEGIN goes along. Rows are fetched after: inside, that would be a journey of its own.
        with raw.pipeline():
            cursor.execute(sql, values, prepare=True)
        return cursor.fetchall()  # type: ignore[no-any-return]


def _write(connection: BaseDatabaseWrapper, sql: str, rows: list[list[Any]]) -> int:
    """Run a statement with each of ``rows``; on PostgreSQL, where what is many goes as arrays, with the only one.

    Returns how many rows of the table were written; less than none where the statement waits (:func:`together`).
    """
    if _is_watched(connection):
        with connection.cursor() as cursor:
            if len(rows) == 1:
                cursor.execute(sql, rows[0])
            else:
                cursor.executemany(sql, rows)
            return int(cursor.rowcount)
    if connection.vendor == "postgresql" and hasattr(connection, _WAITING):
        getattr(connection, _WAITING).append((sql, rows[0]))
        return -1
    raw = _ready(connection)
    with connection.wrap_database_errors:
        if connection.vendor == "postgresql":
            done = _prepared(raw).execute(_binary(sql), rows[0], prepare=True)
        elif len(rows) == 1:
            done = raw.execute(_marked(sql), rows[0])
        else:
            done = raw.executemany(_marked(sql), rows)
        return int(done.rowcount)


def _is_watched(connection: BaseDatabaseWrapper) -> bool:
    """Whether somebody wants to see each statement (tests that count them): then they go Django's own way."""
    return connection.force_debug_cursor or bool(connection.execute_wrappers)


def _ready(connection: BaseDatabaseWrapper) -> Any:
    """The driver's own connection, after the same checks that Django makes before it gives a cursor."""
    state: Any = connection
    if state.health_check_enabled and not state.health_check_done and connection.connection is not None:
        state.health_check_done = _is_quiet(connection.connection)
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    connection.validate_thread_sharing()
    connection.validate_no_broken_transaction()
    return connection.connection


def _is_quiet(raw: Any) -> bool:
    """Whether nothing came over a connection that waits: a server that went away says so, or its socket ends.

    This asks the socket, where Django's own check asks the server and waits for its answer.
    """
    if raw.closed:
        return False
    poll = select_.poll()
    poll.register(raw.fileno(), select_.POLLIN)
    return not poll.poll(0)


def _prepared(raw: Any) -> Any:
    """A cursor whose statements the server keeps prepared; Django's own sends them whole each time."""
    import psycopg  # where the database is SQLite nobody needs it

    return psycopg.Cursor(raw)


@lru_cache(maxsize=256)
def _marked(sql: str) -> str:
    """A statement with SQLite's own marks for values."""
    return sql.replace("%s", "?")


@lru_cache(maxsize=256)
def _joined(statements: tuple[str, ...]) -> str:
    """Statements that write, as one: PostgreSQL carries out each of them to its end."""
    *first, last = statements
    named = ", ".join(f"w{n} AS ({sql})" for n, sql in enumerate(first))
    return f"WITH {named} {last}" if named else last


@lru_cache(maxsize=256)
def _binary(sql: str) -> str:
    """A statement whose arrays go as bytes, which costs a third of writing them out as text."""
    return sql.replace("%s::", "%b::")


def _connection(model: type[models.Model]) -> BaseDatabaseWrapper:
    return connections[_alias(model)]


@lru_cache(maxsize=256)
def _alias(model: type[models.Model]) -> str:
    return _router.db_for_write(model) or "default"


def _values(model: type[models.Model], given: dict[str, Any], connection: BaseDatabaseWrapper) -> list[Any]:
    return lean_values.driven(lean_values.columns(model, tuple(given), connection.alias), given.values())


@lru_cache(maxsize=256)
def _select(
    model: type[models.Model], names: tuple[str, ...], where: tuple[str, ...], alias: str, *, lock: bool, now: bool
) -> tuple[str, list[tuple[int, list[_Convert], Any]]]:
    connection, converters = connections[alias], _converters(model, names, alias)
    quote = connection.ops.quote_name
    columns = [quote(str(f.column)) for f in lean_values.fields(model, names)]
    if now:
        columns.append(clock.NOW[connection.vendor])
        converters = [*converters, (len(names), [_moment], None)]
    sql = f"SELECT {', '.join(columns)} FROM {quote(model._meta.db_table)} WHERE {_equal(model, where, alias, ' AND ')}"  # noqa: S608 - names of our own models
    if lock and connection.features.has_select_for_update:
        sql += " FOR UPDATE"
    return sql, converters


@lru_cache(maxsize=256)
def _come(model: type[models.Model], name: str, alias: str) -> str:
    connection = connections[alias]
    quote, [column] = connection.ops.quote_name, [f.column for f in lean_values.fields(model, (name,))]
    come = f"{quote(str(column))} <= {clock.STORED_NOW[connection.vendor]}"
    return f"SELECT EXISTS (SELECT 1 FROM {quote(model._meta.db_table)} WHERE {come})"  # noqa: S608 - names of our own models


def _moment(told: Any, _column: Any, _connection: BaseDatabaseWrapper) -> Any:
    return clock.moment(told)


@lru_cache(maxsize=256)
def _select_among(
    model: type[models.Model], names: tuple[str, ...], name: str, alias: str
) -> tuple[str, list[tuple[int, list[_Convert], Any]]]:
    connection, (field,) = connections[alias], lean_values.fields(model, (name,))
    quote = connection.ops.quote_name
    among = "IN (SELECT value FROM json_each(%s))"
    if connection.vendor == "postgresql":
        among = f"= ANY(%s::{field.db_type(connection)}[])"
    columns = ", ".join(quote(str(f.column)) for f in lean_values.fields(model, names))
    sql = f"SELECT {columns} FROM {quote(model._meta.db_table)} WHERE {quote(str(field.column))} {among}"  # noqa: S608 - names of our own models
    return sql, _converters(model, names, alias)


@lru_cache(maxsize=256)
def _select_through(
    model: type[models.Model], names: tuple[str, ...], via: tuple[type[models.Model], str], where: tuple[str, ...],
    alias: str,
) -> tuple[str, list[tuple[int, list[_Convert], Any]]]:  # fmt: skip
    quote = connections[alias].ops.quote_name
    table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
    columns = ", ".join(f"{table}.{quote(str(f.column))}" for f in lean_values.fields(model, names))
    through, (field,) = via[0], lean_values.fields(via[0], (via[1],))
    other = quote(through._meta.db_table)
    condition = " AND ".join(f"{other}.{quote(str(f.column))} = %s" for f in lean_values.fields(through, where))
    sql = f"SELECT {columns} FROM {other} JOIN {table} ON {table}.{key} = {other}.{quote(str(field.column))} WHERE {condition}"  # noqa: S608 - names of our own models
    return sql, _converters(model, names, alias)


def _converters(model: type[models.Model], names: tuple[str, ...], alias: str) -> list[tuple[int, list[_Convert], Any]]:
    """Of the columns that need it: the place, what makes Python values of what the driver gives, the column."""
    connection, found = connections[alias], []
    for place, field in enumerate(lean_values.fields(model, names)):
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
    columns = ", ".join(quote(str(f.column)) for f in lean_values.fields(model, names))
    marks = ", ".join(["%s"] * len(names))
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})"  # noqa: S608 - names of our own models


@lru_cache(maxsize=256)
def _insert_many(model: type[models.Model], names: tuple[str, ...], alias: str) -> str:
    """The statement for PostgreSQL that takes one array a column, as Django's own for many rows does."""
    into = _insert(model, names, alias).partition(" VALUES ")[0]
    return f"{into} SELECT * FROM {_unnested(lean_values.fields(model, names), alias)}"  # noqa: S608 - names of our own models


def _unnested(fields: "list[models.Field[Any, Any]]", alias: str) -> str:
    """Rows out of one array a column, on PostgreSQL."""
    return f"unnest({', '.join(f'%s::{f.db_type(connections[alias])}[]' for f in fields)})"


def _by_column(rows: list[list[Any]]) -> list[list[Any]]:
    return [list(values) for values in zip(*rows, strict=True)]


@lru_cache(maxsize=256)
def _update(model: type[models.Model], names: tuple[str, ...], where: tuple[str, ...], alias: str) -> str:
    table = connections[alias].ops.quote_name(model._meta.db_table)
    return f"UPDATE {table} SET {_equal(model, names, alias, ', ')} WHERE {_equal(model, where, alias, ' AND ')}"  # noqa: S608 - names of our own models


@lru_cache(maxsize=256)
def _update_arrays(model: type[models.Model], names: tuple[str, ...], where: tuple[str, ...], alias: str) -> str:
    """The statement for PostgreSQL that takes one array a column. Who locks in no order waits for others in a circle."""
    quote, fields = connections[alias].ops.quote_name, lean_values.fields(model, (*names, *where))
    table, columns = quote(model._meta.db_table), [quote(str(f.column)) for f in fields]
    places = [f"v{n}" for n in range(len(fields))]
    pairs = list(zip(columns, places, strict=True))
    puts = ", ".join(f"{column} = {place}" for column, place in pairs[: len(names)])
    same = " AND ".join(f"t.{column} = {place}" for column, place in pairs[len(names) :])
    key = columns[len(names)]
    return f"""WITH given AS (SELECT * FROM {_unnested(fields, alias)} AS g({", ".join(places)})), held AS MATERIALIZED (
        SELECT given.* FROM {table} t JOIN given ON {same} ORDER BY t.{key} FOR UPDATE OF t
    ) UPDATE {table} t SET {puts} FROM held WHERE t.{key} = {places[len(names)]}"""  # noqa: S608 - names of our own models


def _equal(model: type[models.Model], names: tuple[str, ...], alias: str, between: str) -> str:
    quote = connections[alias].ops.quote_name
    return between.join(f"{quote(str(f.column))} = %s" for f in lean_values.fields(model, names))
