"""Following audit chains through rows as the database gives them: the part of :mod:`alongside.kit.chains` without Django.

On SQLite a second process follows the second half of the table on a second core, and starts at once because it
loads nothing else. It takes a chain up at the first row that it meets; whoever knows the row before checks that one.
"""

import hashlib
import json
import sqlite3
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import closing
from typing import Any
from uuid import UUID

START = bytes(32)
"""The hash before a chain's first row."""
CHUNK = 500
_PLAIN = """seq || ',"' || day || '","' || act || '","' || actor || '",' || replace({detail}, '": ', '":') || ']'"""
"""What is hashed of a row after its chain, as the database puts it together. Details as it writes them are canonical but
for a space, unless something in them is escaped."""
_ODD = """{find}({detail}, '\\') > 0 OR {find}(day || act || actor, '"') > 0"""
"""Rows that are not so plain: they are looked at one by one."""
_ROWS = "SELECT {chain}, seq, CASE WHEN {odd} THEN NULL ELSE {content} END, hash FROM kit_auditrow{part} ORDER BY id"

State = list[Any]
"""Of one chain: what the content of each of its rows begins with, the last place, the last hash."""


def statement(vendor: str, part: str = "") -> str:
    """What to ask the database for: each row's chain, place, content (if it is plain) and hash, as it was written."""
    postgres = vendor == "postgresql"
    detail = "detail::text" if postgres else "detail"
    plain = _PLAIN.format(detail=detail)
    return _ROWS.format(
        chain="chain::text" if postgres else "chain",
        odd=_ODD.format(detail=detail, find="strpos" if postgres else "instr"),
        content=f"convert_to({plain}, 'UTF8')" if postgres else f"CAST({plain} AS BLOB)",
        part=part,
    )


def begin(chain: str, seq: int = 0, before: bytes = START) -> State:
    """A chain's state at a place, its beginning when none is said."""
    return [f'["{UUID(chain)}",'.encode(), seq, before]


def follow(
    rows: list[Any], states: MutableMapping[str, State], suspects: set[UUID], firsts: dict[str, Any] | None = None
) -> None:
    """Take each chain in ``states`` as far as ``rows`` go; one that does not go on is suspect.

    A chain that is not there begins at its start, or, with ``firsts``, at the row that is put there.
    """
    sha256 = hashlib.sha256
    for chain, seq, content, found in rows:
        state = states.get(chain)
        if state is None:
            state = states[chain] = begin(chain)
            if firsts is not None:
                firsts[chain] = (seq, content, found)
                state[1], state[2] = seq, found
                continue
        if seq == state[1] + 1 and content and sha256(state[2] + state[0] + content).digest() == found:
            state[1] = seq
            state[2] = found
        else:
            suspects.add(UUID(chain))


def join(told: str, states: MutableMapping[str, State], suspects: set[UUID]) -> int:
    """Go on from ``states`` with what the second process told; return how many rows it saw."""
    found = json.loads(told)
    suspects |= {UUID(chain) for chain in found["suspects"]}
    for chain, (seq, content, first, last_seq, last) in found["chains"].items():
        row = (chain, seq, bytes.fromhex(content), bytes.fromhex(first))
        follow([row], states, suspects)
        states[chain][1:] = [last_seq, bytes.fromhex(last)]
    return int(found["rows"])


def main(path: str, after: int, last: int) -> None:
    """Follow the rows of a SQLite file after one id up to another, and print what was found as JSON."""
    states: dict[str, State] = {}
    firsts: dict[str, Any] = {}
    suspects: set[UUID] = set()
    count = 0
    for rows in _part(path, after, last):
        count += len(rows)
        follow(rows, states, suspects, firsts)
    chains = {
        chain: (seq, (content or b"").hex(), found.hex(), states[chain][1], states[chain][2].hex())
        for chain, (seq, content, found) in firsts.items()
    }
    json.dump({"rows": count, "suspects": [str(chain) for chain in suspects], "chains": chains}, sys.stdout)


def _part(path: str, after: int, last: int) -> Iterator[list[Any]]:
    with closing(sqlite3.connect(path, timeout=20)) as connection:
        cursor = connection.execute(statement("sqlite", " WHERE id > ? AND id <= ?"), (after, last))
        while rows := cursor.fetchmany(CHUNK):
            yield rows


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
