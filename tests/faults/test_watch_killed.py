"""Engines are killed at each commit and at random moments: every call goes out, none twice, and nothing is half written.

``ALONGSIDE_WATCH_CHECK_INS`` and ``ALONGSIDE_WATCH_KILLS`` make it larger: 1000 and 200 is what a release is tried with.
"""

import os
import random

import pytest

from tests.processes import at_once, installation, started, told
from tests.sink import Sink

CHECK_INS = int(os.environ.get("ALONGSIDE_WATCH_CHECK_INS", "60"))
KILLS = int(os.environ.get("ALONGSIDE_WATCH_KILLS", "6"))
ENGINES = 3
WORKERS = "tests.watch_workers"


def holds(found: dict[str, int], count: int) -> None:
    """Every check-in was called for, once, with its letter and its row in the chain."""
    assert found == {
        **dict.fromkeys(("called", "calls", "for", "letters", "acts", "asked"), count),
        **dict.fromkeys(("open", "calls_without_letter", "letters_without_call", "broken_chains"), 0),
    }


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_each_commit(when: str) -> None:
    """Seven check-ins, three a transaction: three commits that move something."""
    with installation() as server:
        for number in (1, 2, 3):
            one = started(server, WORKERS, "filled_and_killed", "7", "3", str(number), when)
            one.communicate("go\n")
            assert one.returncode == -9, "it was killed there"
            holds(told(server, WORKERS, "run_and_found", "3"), 7 * number)


def test_killed_again_and_again() -> None:
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    with installation() as server:
        told(server, WORKERS, "fill", str(CHECK_INS))
        for _ in range(0, KILLS, ENGINES):
            engines = [started(server, WORKERS, "run_for", str(chance.uniform(0.001, 0.1))) for _ in range(ENGINES)]
            for one in engines:
                one.stdin.write("go\n")
                one.stdin.flush()
            for one in engines:
                one.communicate()
                assert one.returncode == -9, seed
        left = told(server, WORKERS, "found")["open"]
        at_once(server, WORKERS, "run", "50", count=ENGINES)
        holds(told(server, WORKERS, "found"), CHECK_INS)
        print(f"{left} of {CHECK_INS} were left after {KILLS} kills")


def test_engines_and_senders_killed_again_and_again() -> None:
    """Every call is at the gateway. One that a killed sender had handed over and not marked comes twice, under its key."""
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    with Sink() as sink, installation() as server:
        server.extra["ALONGSIDE_SMS_URL"] = sink.url
        told(server, WORKERS, "fill", str(CHECK_INS))
        may = 0
        for _ in range(0, KILLS, ENGINES):
            some = [started(server, WORKERS, "whole_for", str(chance.uniform(0.05, 0.8))) for _ in range(ENGINES)]
            before = len(sink.got)
            for one in some:
                one.stdin.write("go\n")
                one.stdin.flush()
            for one in some:
                one.communicate()
            may += len(sink.got) - before  # handed over by one that was killed, and perhaps not marked
        at_once(server, WORKERS, "whole", count=ENGINES)
        calls = told(server, WORKERS, "keys_of_calls")
        counted = sink.counted()
        assert len(calls) == CHECK_INS, seed
        assert set(counted) == set(calls), f"none is lost, nothing else is sent: {seed}"
        doubled = sum(count - 1 for count in counted.values())
        assert doubled <= may, seed
        print(f"{CHECK_INS} calls after {KILLS} kills: none lost, {doubled} came twice")


def test_ok_against_the_deadline_from_ten_threads() -> None:
    """One winner: either nobody was called, or who was called was told; never a call that stands."""
    with installation() as server:
        for n in range(6):
            found = told(server, WORKERS, "race", ("engine", "ok")[n % 2])
            assert found["calls"] == found["told"] <= 1
            assert (found["wrong"], found["state"], found["standing"]) == ([], "watching", 0)
