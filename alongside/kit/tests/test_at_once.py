"""Processes at once, for real: one chain has one order, one owner one key, one due row one doer."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.processes import at_once, installation, started
from tests.server import Server

WORKERS = "alongside.kit.tests.workers"
pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """An installation for all tests here; each uses ids of its own."""
    with installation() as one:
        yield one


def test_a_chain_has_one_order(server: Server) -> None:
    chain = str(uuid4())
    at_once(server, WORKERS, "append", chain, "15", count=4)
    assert at_once(server, WORKERS, "check", chain, count=1) == [["None 60 4"]]


def test_an_owner_has_one_key(server: Server) -> None:
    told = at_once(server, WORKERS, "make_key", str(uuid4()), count=5)
    assert len({line for lines in told for line in lines}) == 1
    assert len(told[0][0]) == 64


def test_a_due_row_is_done_once(server: Server, tmp_path: Path) -> None:
    where = tmp_path / "done"
    told = at_once(server, WORKERS, "do_due", str(where), count=4)
    assert sorted(lines[0] for lines in told) == ["0", "0", "0", "1"]
    assert where.read_text().split() == ["begun", "done"]


def test_what_a_dead_process_held_is_done_when_its_lease_ends(tmp_path: Path) -> None:
    where = tmp_path / "done"
    with installation() as server:
        dying = started(server, WORKERS, "die_at_work", str(where))
        dying.stdin.write("go\n")
        dying.stdin.flush()
        assert dying.stdout.readline() == "died\n"
        dying.kill()
        dying.communicate()
        assert at_once(server, WORKERS, "do_due", str(where), count=1) == [["0"]], "its lease still holds"
        told = at_once(server, WORKERS, "later", str(where), "6", count=2)
        assert sorted(lines[0] for lines in told) == ["0", "1"]
        assert where.read_text().split() == ["begun", "begun", "done"]


def test_tries_are_counted_for_all_processes_together(server: Server) -> None:
    told = at_once(server, WORKERS, "tries", "4", count=4)
    assert sum(int(lines[0]) for lines in told) == 5, "as many as one process alone would let through"
