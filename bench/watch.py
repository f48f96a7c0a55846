"""How fast a deadline becomes calls: many at one instant, and one among very many that are open; in the engine alone.

The letters are written and ready to be sent when a transaction of the engine commits; sending them is the outbox's. Beside
each figure is the bare driver's rate for rows of the same size, committed in the same batches.
"""

import json
import os
import statistics
import sys
import time
from typing import Any
from uuid import uuid4

from tests.processes import at_once, installation

DUE = int(os.environ.get("ALONGSIDE_BENCH_DUE", "10000"))
OPEN = int(os.environ.get("ALONGSIDE_BENCH_OPEN", "100000"))
ALONE = 40


def inside() -> None:
    """Measure in this process; print JSON."""
    from django.db import connection, transaction

    from alongside.outbox.models import Dispatch
    from alongside.watch import engine, load
    from alongside.watch.models import CheckIn
    from alongside.watch.tests.parts import reached

    found: dict[str, Any] = {}
    with reached():
        load.fill(DUE, due_in=0)
        begin = time.perf_counter()
        first = None
        while engine.run_due()[0]:
            first = first or time.perf_counter() - begin
        took = time.perf_counter() - begin
        assert Dispatch.objects.filter(code="watch.call").count() == DUE
        found["first batch, s"], found["all, s"] = first, took
        load.fill(OPEN, due_in=10**6)
        waits = []
        for _ in range(ALONE):
            load.fill(1, due_in=0)
            begin = time.perf_counter()
            assert engine.run_due()[0] == 1
            waits.append((time.perf_counter() - begin) * 1000)
        found["one among the open, ms, median"] = statistics.median(waits)
        found["one among the open, ms, most"] = max(waits)
        assert CheckIn.objects.filter(state="watching").count() == OPEN
    found["bare, s"] = _bare(connection, transaction)
    print(json.dumps(found))


def _bare(connection: Any, transaction: Any) -> float:
    """Seconds for as many rows of what the engine writes (call, two letters, audit row, check-in), by the driver alone."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_rows (id varchar(32) PRIMARY KEY, content varchar(400))")
    begin = time.perf_counter()
    for _ in range(0, DUE, 250):
        rows = [(uuid4().hex, "x" * 200) for _ in range(250 * 5)]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany("INSERT INTO bench_rows VALUES (%s, %s)", rows)
    return time.perf_counter() - begin


def main() -> int:
    """Measure on the database that ``ALONGSIDE_TEST_DATABASE`` names, and print what was found."""
    with installation() as server:
        [[line]] = at_once(server, "bench.watch", "inside", count=1)
    for name, value in json.loads(line).items():
        print(f"{name}: {value:.2f}")
    return 0


if __name__ == "__main__":
    import tests.databases

    assert tests.databases.WHERE
    sys.exit(main())
