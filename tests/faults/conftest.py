"""Fixtures for tests against the production server: one shared by all (``server``), and what its people send."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.client import Client
from tests.processes import at_once
from tests.server import Server, serving

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test in this folder."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.server)


@pytest.fixture(scope="package")
def faulty() -> Iterator[Server]:
    """The demo community on the production server with two processes, shared by these tests. Nobody may end it."""
    with serving(workers=2) as one:
        yield one


@pytest.fixture
def wren(faulty: Server) -> Client:
    """A worker in two groups."""
    return Client(faulty.url, faulty.person("demo-wren")["token"])


@pytest.fixture
def ash(faulty: Server) -> Client:
    """A worker with no group."""
    return Client(faulty.url, faulty.person("demo-ash")["token"])


def report(server: Server) -> dict[str, Any]:
    """What is in the installation, as :func:`tests.faults.inside.report` found it."""
    [[line]] = at_once(server, "tests.faults.inside", "report", count=1)
    found: dict[str, Any] = json.loads(line)
    return found


def holds(server: Server) -> dict[str, Any]:
    """As :func:`report`, once everything that must hold together does."""
    found = report(server)
    wrong = ("broken_chains", "claims_of_two", "claims_of_none", "wrong_sums", "wrong_copies")
    assert not any(found[name] for name in wrong), found
    assert found["chains"] > 0
    return found


@pytest.fixture
def started() -> Iterator[Callable[..., Server]]:
    """``started(folder, ...)`` is a demo community of a test's own, to kill and to fill; with ``databases`` of its own
    it is made anew there."""
    made: list[Server] = []

    def start(folder: Path, databases: dict[str, str] | None = None) -> Server:
        one = Server(folder, workers=2, anew=databases is not None)
        made.append(one)
        if databases is not None:
            one.databases = databases
        return one.start()

    yield start
    for one in made:
        one.remove()
