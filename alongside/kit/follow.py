"""Following audit chains through rows as the database gives them: the part of :mod:`alongside.kit.chains` without Django.

A second process follows the second half of the table on a second core, and starts at once because it loads nothing else.
It takes a chain up at the first row that it meets; whoever knows the row before checks that one.
"""

import hashlib
import json
import sqlite3
import sys
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import closing
from typing import Any
from uuid import UUID

from alongside.kit.canonical import dumps

START = bytes(32)
"""The hash before a chain's first row."""
CHUNK = 500
_SELECT = {
    "sqlite": "SELECT chain, seq, CAST(day AS TEXT), act, actor, detail, hash FROM kit_auditrow{part} ORDER BY id",
    "postgresql": "SELECT uuid_send(chain), seq, day::text, act, actor, detail::text, hash FROM kit_auditrow{part} ORDER BY id",
}

State = list[Any]
"""Of one chain: what the content of each of its rows begins with, the last place, the last hash."""
Key = str | bytes
"""A chain as the database gives it: 32 hexadecimal digits (SQLite) or 16 bytes (PostgreSQL)."""
Row = tuple[Key, int, str, str, str, str, bytes]
"""Of one row: chain, place, day, act, actor, detail, hash."""


def statement(vendor: str, part: str = "") -> str:
    """What to ask the database for: rows as they were written, where ``part`` (a WHERE) says."""
    return _SELECT[vendor].format(part=part)


def chain_of(key: Key) -> UUID:
    """The chain that a key stands for."""
    return UUID(bytes=key) if isinstance(key, bytes) else UUID(key)


def begin(key: Key, seq: int = 0, before: bytes = START) -> State:
    """A chain's state at a place, its beginning when none is said."""
    return [f'["{chain_of(key)}",', seq, before]


def follow(
    rows: list[Row], states: MutableMapping[Key, State], suspects: set[UUID], firsts: dict[Key, Row] | None = None
) -> None:
    """Take each chain in ``states`` as far as ``rows`` go; one that does not go on is suspect.

    A chain that is not there begins at its start, or, with ``firsts``, at the row that is put there.
    """
    sha256, canonical = hashlib.sha256, _canonical
    for row in rows:
        chain, seq, day, act, actor, detail, found = row
        state = states.get(chain)
        if state is None:
            state = states[chain] = begin(chain)
            if firsts is not None:
                firsts[chain] = row
                state[1], state[2] = seq, found
                continue
        try:
            # A quote in a word could move what stands in one column to the next, and the hash would be the same.
            good = seq == state[1] + 1 and not ('"' in act or '"' in actor or '"' in day)
            if good:
                content = f'{state[0]}{seq},"{day}","{act}","{actor}",{canonical(detail)}]'
                good = sha256(state[2] + content.encode()).digest() == found
        except (TypeError, ValueError):  # SQLite holds anything in any column
            good = False
        if good:
            state[1] = seq
            state[2] = found
        else:
            suspects.add(chain_of(chain))


def _canonical(detail: str) -> str:
    """A detail as it was hashed. With one name and nothing escaped, all that a database adds is a space."""
    if "," in detail or "\\" in detail:
        return dumps(json.loads(detail))
    return detail.replace('": ', '":')


def join(told: str, states: MutableMapping[Key, State], suspects: set[UUID], key: Callable[[UUID], Key]) -> int:
    """Go on from ``states`` with what the second process told; return how many rows it saw. ``key`` is a chain's key."""
    found = json.loads(told)
    suspects |= {UUID(chain) for chain in found["suspects"]}
    for (chain, *row, first), last_seq, last in found["chains"]:
        one = key(UUID(chain))
        follow([(one, *row, bytes.fromhex(first))], states, suspects)
        states[one][1:] = [last_seq, bytes.fromhex(last)]
    return int(found["rows"])


def main(vendor: str, where: str, after: int, last: int, moment: str) -> None:
    """Follow the rows after one id up to another, and print what was found as JSON.

    ``where`` is SQLite's file, or how to connect to PostgreSQL, where ``moment`` is a snapshot that another process holds.
    """
    states: dict[Key, State] = {}
    firsts: dict[Key, Row] = {}
    suspects: set[UUID] = set()
    count = 0
    part = (_of_sqlite if vendor == "sqlite" else _of_postgresql)(where, after, last, moment)
    for rows in part:
        count += len(rows)
        follow(rows, states, suspects, firsts)
    chains = [
        ((str(chain_of(key)), *row, first.hex()), states[key][1], states[key][2].hex())
        for key, (_key, *row, first) in firsts.items()
    ]
    json.dump({"rows": count, "suspects": [str(chain) for chain in suspects], "chains": chains}, sys.stdout)


def _of_sqlite(path: str, after: int, last: int, moment: str) -> Iterator[list[Row]]:
    del moment
    with closing(sqlite3.connect(path, timeout=20)) as connection:
        cursor = connection.execute(statement("sqlite", " WHERE id > ? AND id <= ?"), (after, last))
        while rows := cursor.fetchmany(CHUNK):
            yield rows


def _of_postgresql(where: str, after: int, last: int, moment: str) -> Iterator[list[Row]]:
    import psycopg

    with psycopg.connect(where) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        connection.execute(psycopg.sql.SQL("SET TRANSACTION SNAPSHOT {}").format(moment))
        with connection.cursor(name="audit", binary=True) as cursor:
            cursor.execute(statement("postgresql", " WHERE id > %s AND id <= %s"), (after, last))
            while rows := cursor.fetchmany(CHUNK):
                yield rows


if __name__ == "__main__":
    main(**json.load(sys.stdin))
