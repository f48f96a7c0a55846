"""Senders are killed at each boundary and at random, their disk is full, their database goes: no letter is lost.

Some are doubled: at most one for each letter that a killed sender had handed over and not marked, under the same key.
``ALONGSIDE_OUTBOX_LETTERS`` and ``ALONGSIDE_OUTBOX_KILLS`` make it larger.
"""

import contextlib
import json
import os
import random
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.faults.disk import fill, small_disk
from tests.processes import at_once, installation, started, told
from tests.server import Server
from tests.sink import HANG, Asked, Sink

LETTERS = int(os.environ.get("ALONGSIDE_OUTBOX_LETTERS", "300"))
KILLS = int(os.environ.get("ALONGSIDE_OUTBOX_KILLS", "9"))
SENDERS = 3
WORKERS = "tests.outbox_workers"
POSTGRES = os.environ.get("ALONGSIDE_TEST_POSTGRES")
PATIENCE = 60.0
sqlite_alone = pytest.mark.skipif(bool(POSTGRES), reason="what a sender does with its gateway depends on no database")


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as one:
        yield one


@pytest.fixture
def server(sink: Sink) -> Iterator[Server]:
    with installation() as one:
        one.extra["ALONGSIDE_SMS_URL"] = sink.url
        yield one


def unmarked(server: Server, sink: Sink) -> Counter[str]:
    """Letters that are at the gateway and not marked as sent."""
    states = told(server, WORKERS, "found")
    return Counter(key for key in sink.counted() if states[key] != "sent")


def holds(sink: Sink, states: dict[str, str], letters: list[str], may_double: Counter[str]) -> int:
    """Each letter is there and is marked; how many came twice, each no more often than it may."""
    assert {states[key] for key in letters} == {"sent"}
    counted = sink.counted()
    assert set(letters) <= set(counted), "none is lost"
    doubled = {key: count - 1 for key, count in counted.items() if count > 1}
    assert all(count <= may_double[key] for key, count in doubled.items()), (doubled, may_double)
    return sum(doubled.values())


@pytest.mark.parametrize(
    ("function", "number", "when"),
    [
        ("run_killed_at_commit", 1, "before"),  # leased, not committed
        ("run_killed_at_commit", 1, "after"),  # leased, none sent
        ("run_killed_at_commit", 2, "before"),  # some sent, none marked
        ("run_killed_at_commit", 2, "after"),  # some marked
        ("run_killed_at_send", 1, "before"),
        ("run_killed_at_send", 1, "after"),
        ("run_killed_at_send", 7, "before"),
        ("run_killed_at_send", 7, "after"),
    ],
)
def test_killed_at_each_boundary(server: Server, sink: Sink, function: str, number: int, when: str) -> None:
    one = started(server, WORKERS, "filled_and", function, "12", "5", str(number), when)
    letters = json.loads(one.communicate("go\n")[0])
    assert one.returncode == -9, "it was killed there"
    may = unmarked(server, sink)
    if number == 1 and when == ("after" if "commit" in function else "before"):
        assert len(may) <= 5
    holds(sink, told(server, WORKERS, "finished", "5"), letters, may)


def test_killed_again_and_again(server: Server, sink: Sink) -> None:
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    letters = told(server, WORKERS, "fill", str(LETTERS))
    came = HANG
    sink.answer = lambda asked: (204, chance.uniform(0.0, 0.01) if len(sink.got) < came else HANG)
    may: Counter[str] = Counter()
    for _ in range(0, KILLS, SENDERS):
        some = [started(server, WORKERS, "run", "8") for _ in range(SENDERS)]
        # No more is answered before they are killed: on a busy machine that takes longer than all letters would.
        came = len(sink.got) + chance.randint(1, max(2, LETTERS * SENDERS // (2 * KILLS)))
        for one in some:
            one.stdin.write("go\n")
            one.stdin.flush()
        until(lambda came=came: len(sink.got) >= came)
        for one in some:
            one.kill()
        for one in some:
            one.communicate()
            assert one.returncode == -9, seed
        may += unmarked(server, sink)
    came = HANG
    left = sum(state == "waiting" for state in told(server, WORKERS, "found").values())
    at_once(server, WORKERS, "run", "50", count=SENDERS)
    doubled = holds(sink, told(server, WORKERS, "found"), letters, may)
    assert 0 < left < LETTERS, "they were killed in the midst of it"
    print(f"{left} of {LETTERS} were left after {KILLS} kills; {doubled} came twice, {may.total()} might have")


@contextlib.contextmanager
def jobs(server: Server) -> Iterator["subprocess.Popen[bytes]"]:
    """``alongside jobs --only outbox``, asked to end in the end."""
    process = subprocess.Popen(
        server.command("jobs", "--only", "outbox"), env=server.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def until(what: Any) -> None:
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end
        time.sleep(0.1)


@sqlite_alone
def test_a_sender_that_is_asked_to_end_leaves_nothing_half_done(server: Server, sink: Sink) -> None:
    letters = told(server, WORKERS, "fill", "100")
    sink.answer = lambda asked: (204, 0.3)
    with jobs(server):
        until(lambda: len(sink.got) >= 10)
    assert unmarked(server, sink) == Counter()
    sink.answer = lambda asked: (204, 0.0)
    assert holds(sink, told(server, WORKERS, "finished", "50"), letters, Counter()) == 0


@sqlite_alone
def test_a_provider_that_fails_and_hangs_and_comes_back(server: Server, sink: Sink) -> None:
    letters = told(server, WORKERS, "fill", "40")
    chance, over = random.Random(7), [False]

    def answer(asked: Asked) -> tuple[int, float]:
        if over[0]:
            return 204, 0.0
        return chance.choice([(500, 0.0), (503, 0.2), (204, 60.0)])

    sink.answer = answer
    server.extra["ALONGSIDE_SMS_URL"] = sink.url + "?rto=0.5&cto=0.5"
    with jobs(server):
        until(lambda: len(sink.got) >= 60)
        over[0] = True
        until(lambda: set(told(server, WORKERS, "found").values()) == {"sent"})
    assert set(sink.counted()) == set(letters)


def test_a_full_disk_while_letters_are_marked(sink: Sink) -> None:
    with small_disk() as disk, installation(disk.folder, disk.databases) as server:
        server.extra["ALONGSIDE_SMS_URL"] = sink.url
        letters = told(server, WORKERS, "fill", "60")
        sink.answer = lambda asked: (204, 1.5)
        with jobs(server):
            until(lambda: len(sink.got) >= 8)
            ballast = fill(disk.folder)
            time.sleep(4)
            ballast.unlink()
            sink.answer = lambda asked: (204, 0.0)
            until(lambda: set(told(server, WORKERS, "found").values()) == {"sent"})
    assert sink.counted() == Counter(letters), "what was sent is remembered until it can be marked"


@pytest.mark.skipif(not POSTGRES, reason="SQLite has no connection to lose")
def test_a_database_that_is_lost_while_letters_are_under_way(server: Server, sink: Sink) -> None:
    letters = told(server, WORKERS, "fill", "60")
    sink.answer = lambda asked: (204, 1.5)
    name = server.databases["DATABASE_URL"].split("?", maxsplit=1)[0].rsplit("/", 1)[1]
    with jobs(server), psycopg.connect(str(POSTGRES), autocommit=True) as admin:
        until(lambda: len(sink.got) >= 8)
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')  # type: ignore[call-overload]
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        time.sleep(4)
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')  # type: ignore[call-overload]
        sink.answer = lambda asked: (204, 0.0)
        until(lambda: set(told(server, WORKERS, "found").values()) == {"sent"})
    assert sink.counted() == Counter(letters), "what was sent is remembered until it can be marked"
