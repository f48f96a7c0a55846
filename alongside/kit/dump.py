"""The first database as one file that either database can read: JSON lines, one a row, compressed.

Written from one snapshot while others go on writing; read back in one transaction, all of it or nothing. The last
line says how many rows each table has and their hash, so that half a file is never taken for a whole one. Data keys
are in another database and never in such a file; who is signed in and what jobs are due is left out, because it
belongs to the moment and not to the record.
"""

import base64
import contextlib
import datetime as dt
import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, Error, connections, models, router, transaction
from django.db.migrations.recorder import MigrationRecorder

FORMAT = 1
LEFT_OUT = frozenset({"sessions", "contenttypes", "auth", "kit.job", "kit.beat", "kit.guess"})
"""Rooms and tables that are not of the record: sign-ins, what Django makes anew by itself, what is due, counts of tries."""
CHUNK = 2000
"""How many rows are in memory at once."""
_LINE_MOST = 64 * 1024 * 1024


class NotWhole(Exception):
    """Raised when a file is no dump, is not whole, or does not fit; its text says which, in plain words."""


@dataclass
class Tally:
    """How many rows of a table there are, and a hash over them in whatever order (databases sort text differently)."""

    rows: int = 0
    sum: int = 0

    def add(self, line: bytes) -> None:
        """Count one row, as the line that it is written as."""
        self.rows += 1
        self.sum += int.from_bytes(hashlib.sha256(line).digest(), "big")

    def said(self) -> list[Any]:
        """As it stands in the last line."""
        return [self.rows, f"{self.sum % 2**256:064x}"]


def tables() -> list[type[models.Model]]:
    """The tables that a dump holds. In what order they are filled does not matter: keys are checked at the end."""
    every = [m for m in apps.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy]
    return [m for m in every if not _left_out(m) and router.allow_migrate_model(DEFAULT_DB_ALIAS, m)]


def write(path: Path) -> dict[str, list[Any]]:
    """Write a dump to ``path``, readable by its owner alone, and return each table's count and hash.

    The file has its name only once all of it is on disk. Raises ``FileExistsError`` when it is there already.
    """
    if path.exists():
        raise FileExistsError(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            with gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=1, mtime=0) as packed:
                found = _write(packed)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    _sync_folder(path.parent)
    return found


def read(path: Path, finish: Callable[[], None] | None = None) -> dict[str, list[Any]]:
    """Read a dump into the database, which must be empty, and return each table's count and hash.

    All in one transaction: rows are written, read again and compared with what the file says; ``finish`` is called
    last. Raises :class:`NotWhole`, and whatever ``finish`` raises; then nothing was written.
    """
    with gzip.open(path, "rb") as packed:
        lines = _lines(packed)
        _check_head(next(lines, b""))
        with transaction.atomic():
            if not is_empty():
                raise NotWhole("there is something in the database already")
            try:
                said = _read_tables(lines)
            except (Error, ValidationError, ValueError, KeyError, TypeError, AttributeError) as wrong:
                raise NotWhole("the file does not fit these tables") from wrong
            _set_counters()
            if tallies() != said:
                raise NotWhole("what was read back is not what the file says")
            if finish is not None:
                finish()
    return said


def is_empty() -> bool:
    """Whether no table that a dump holds has any row."""
    return not any(model._base_manager.exists() for model in tables())


def tallies() -> dict[str, list[Any]]:
    """Each table's count and hash as it is now; in a snapshot when the caller has opened one."""
    found = {}
    for model in tables():
        tally = Tally()
        for line in _rows(model):
            tally.add(line)
        found[model._meta.label] = tally.said()
    return found


@contextlib.contextmanager
def snapshot() -> Iterator[None]:
    """Everything read inside sees one moment, and nobody waits for it. A caller's own transaction is left as it is."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        # Not atomic(): that begins as a writer here, and others would wait. In WAL mode a reader keeps its snapshot.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield


def migrations() -> list[list[str]]:
    """Which migrations the tables went through: a dump is read only into the same ones."""
    recorder = MigrationRecorder(connections[DEFAULT_DB_ALIAS])
    return sorted([app, name] for app, name in recorder.applied_migrations())


def _left_out(model: type[models.Model]) -> bool:
    return bool({model._meta.app_label, model._meta.label_lower} & LEFT_OUT)


def _write(packed: gzip.GzipFile) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    with snapshot():
        packed.write(_line({"alongside": FORMAT, "migrations": migrations()}))
        for model in tables():
            tally = Tally()
            packed.write(_line({"table": model._meta.label, "fields": _names(model)}))
            for line in _rows(model):
                packed.write(line)
                tally.add(line)
            found[model._meta.label] = tally.said()
    packed.write(_line({"whole": found}))
    return found


def _rows(model: type[models.Model]) -> Iterator[bytes]:
    rows = model._base_manager.order_by("pk").values_list(*_names(model))
    for row in rows.iterator(chunk_size=CHUNK):
        yield _line(row)


def _line(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True, default=_plain).encode() + b"\n"


def _plain(value: Any) -> str:
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    raise TypeError(type(value).__name__)


def _lines(packed: gzip.GzipFile) -> Iterator[bytes]:
    try:
        while line := packed.readline(_LINE_MOST):
            if not line.endswith(b"\n"):
                raise NotWhole("the file is cut short")
            yield line
    except (EOFError, OSError, zlib.error) as wrong:
        raise NotWhole("the file is cut short, or is not a backup") from wrong


def _check_head(line: bytes) -> None:
    try:
        head = json.loads(line)
        known = head["alongside"]
    except (ValueError, KeyError, TypeError) as wrong:
        raise NotWhole("the file is not a backup") from wrong
    if known != FORMAT:
        raise NotWhole("the file was made by another version, in a form that this one does not know")
    if head["migrations"] != migrations():
        raise NotWhole("the file was made by another version: install that version, restore, then install the new one")


def _read_tables(lines: Iterable[bytes]) -> dict[str, list[Any]]:
    """Write the rows of all tables, and return what the last line says of them."""
    known = {model._meta.label: model for model in tables()}
    found: dict[str, list[Any]] = {}
    load: _Load | None = None
    for line in lines:
        if line.startswith(b"["):
            if load is None:
                raise NotWhole("the file is not a backup")
            load.take(line)
            continue
        said = json.loads(line)
        if load is not None:
            found[load.label] = load.done()
        if "whole" in said:
            if found != said["whole"]:
                raise NotWhole("rows are missing or were changed")
            return found
        model = known.get(said.get("table", ""))
        if model is None or said.get("fields") != _names(model):
            raise NotWhole("the file does not fit these tables")
        load = _Load(model)
    raise NotWhole("the file is cut short")


class _Load:
    """One table being filled, some rows at a time."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model, self.label = model, model._meta.label
        self.names = _names(model)
        self.readers = [_reader(column) for column in model._meta.concrete_fields]
        self.tally = Tally()
        self.waiting: list[models.Model] = []

    def take(self, line: bytes) -> None:
        """One row."""
        self.tally.add(line)
        values = [
            None if value is None else read(value) for read, value in zip(self.readers, json.loads(line), strict=True)
        ]
        self.waiting.append(self.model(**dict(zip(self.names, values, strict=True))))
        if len(self.waiting) >= CHUNK:
            self._flush()

    def done(self) -> list[Any]:
        """Write the last rows, and say how many there were."""
        self._flush()
        return self.tally.said()

    def _flush(self) -> None:
        self.model._base_manager.bulk_create(self.waiting)
        self.waiting = []


def _names(model: type[models.Model]) -> list[str]:
    return [column.attname for column in model._meta.concrete_fields]


def _reader(column: "models.Field[Any, Any]") -> Callable[[Any], Any]:
    if isinstance(column, models.BinaryField):
        return base64.b64decode
    if isinstance(column, models.JSONField):
        return lambda value: value
    target = column.target_field if isinstance(column, models.ForeignKey) else column
    return target.to_python


def _set_counters() -> None:
    """Have the database count on from the largest number that was read."""
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables()):
            cursor.execute(statement)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
