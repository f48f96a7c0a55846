"""All audit chains at once: a million rows in a few seconds, in one pass over the table.

Rows are read in the order in which they were written, each chain followed where it stands, so nothing is sorted and
only one state a chain is in memory. What looks wrong in that pass is looked at again row by row: the quick way can
therefore be wrong about a fault, never about the absence of one.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Max, Min

from alongside.kit import audit, dump, follow
from alongside.kit.models import AuditCheckpoint, AuditHead, AuditRow

SPLIT = 100_000
"""From so many rows on, two processes read the table."""


@dataclass
class Report:
    """How many chains and rows there are, and the place of the first fault in each chain that does not hold."""

    chains: int = 0
    rows: int = 0
    broken: dict[UUID, int] = field(default_factory=dict)


def verify() -> Report:
    """Check every chain, as of one moment, while others go on writing."""
    with dump.snapshot():
        report, suspects = _pass()
        for chain in suspects:
            place = audit.verify(chain)
            if place is not None:
                report.broken[chain] = place
    return report


def _pass() -> tuple[Report, set[UUID]]:
    report, suspects = Report(), set[UUID]()
    states: dict[follow.Key, follow.State] = {}
    for checkpoint in AuditCheckpoint.objects.iterator():
        begin = audit.begin(checkpoint)
        if begin is None:
            suspects.add(checkpoint.chain)
        else:
            states[_key(checkpoint.chain)] = follow.begin(_key(checkpoint.chain), *begin)
    middle, rest = _second_process()
    for rows in _chunks(middle):
        report.rows += len(rows)
        follow.follow(rows, states, suspects)
    if rest is not None:
        told, _none = rest.communicate()
        if rest.returncode:
            raise RuntimeError("the second process did not end well")
        report.rows += follow.join(told, states, suspects, _key)
    for head in AuditHead.objects.iterator():
        report.chains += 1
        state = states.pop(_key(head.chain), None)
        end = (state[1], bytes(state[2])) if state else (0, follow.START)
        if end != (head.seq, bytes(head.hash)):
            suspects.add(head.chain)
    suspects |= {follow.chain_of(key) for key in states}  # rows, or a checkpoint, without a head
    return report, suspects


def _second_process() -> tuple[int | None, "subprocess.Popen[str] | None"]:
    """The id up to which this process reads, and the one that reads the rest; both ``None`` when one is enough.

    On SQLite the other process may see the table a moment later than this one: rows that were pruned or deleted meanwhile
    only make their chain suspect, and this process looks at that one again.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    ends = AuditRow.objects.aggregate(first=Min("id"), last=Max("id"))
    if not ends["last"] or ends["last"] - ends["first"] < SPLIT:
        return None, None
    middle = (ends["first"] + ends["last"]) // 2
    asked = {"vendor": connection.vendor, "after": middle, "last": ends["last"], **_where()}
    words = [sys.executable, "-m", "alongside.kit.follow"]
    rest = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own command, no shell
    assert rest.stdin is not None  # noqa: S101 - a pipe was asked for
    with rest.stdin as told:
        json.dump(asked, told)  # not among the command's words, which everybody on the machine can read
    rest.stdin = None
    return middle, rest


def _where() -> dict[str, str]:
    """Where the second process finds the table, and as of which moment."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "sqlite":
        return {"where": str(connection.settings_dict["NAME"]), "moment": ""}
    from psycopg.conninfo import make_conninfo  # a tenth of a second, which nobody with SQLite has to wait

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        [moment] = cursor.fetchone()
    info = connection.connection.info
    return {"where": make_conninfo(info.dsn, password=info.password), "moment": moment}


def _key(chain: UUID) -> follow.Key:
    """A chain as :func:`follow.statement` asks for it."""
    return chain.hex if connections[DEFAULT_DB_ALIAS].vendor == "sqlite" else chain.bytes


def _chunks(last: int | None) -> Iterator[list[follow.Row]]:
    """The rows up to the id ``last`` (``None``: all), without the work of making objects of them."""
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    raw = connection.connection
    with (
        raw.cursor(name="audit", binary=True) if connection.vendor == "postgresql" else closing(raw.cursor()) as cursor
    ):
        if last is None:
            cursor.execute(follow.statement(connection.vendor))
        else:
            mark = "%s" if connection.vendor == "postgresql" else "?"
            cursor.execute(follow.statement(connection.vendor, f" WHERE id <= {mark}"), (last,))
        while rows := cursor.fetchmany(follow.CHUNK):
            yield rows
