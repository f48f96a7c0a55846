"""The disk is full: a plain answer, nothing half stored, and all is well once there is room again."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.client import Client, entry, shared_with
from tests.faults.conftest import holds
from tests.faults.disk import Disk, fill, small_disk
from tests.server import Server


@pytest.fixture
def disk() -> Iterator[Disk]:
    """A small disk."""
    with small_disk() as one:
        yield one


@pytest.fixture
def server(disk: Disk, tmp_path: Path, started: Callable[..., Server]) -> Iterator[Server]:
    """A demo community whose database is on that disk."""
    if not disk.databases:
        one = started(disk.folder)
    else:
        (tmp_path / "server").mkdir()
        one = started(tmp_path / "server", disk.databases)
    yield one
    one.remove()


def test_a_full_disk(server: Server, disk: Disk) -> None:
    person = server.person("demo-wren")
    wren = Client(server.url, person["token"])
    first = [shared_with(person, n % 2, note="a" * 2000) for n in range(5)]
    assert {a["status"] for a in wren.sync(*first)} == {"stored"}
    before = wren.stored()
    ballast = fill(disk.folder)

    more = [[shared_with(person, note="b" * 4000) for _ in range(20)] for _ in range(12)]
    replies = [wren.send(batch) for batch in more]
    refused = [r for r in replies if r.status != 200]
    assert {(r.status, r.kind) for r in refused} == {(503, "application/json")}
    assert "Nothing was lost" in refused[0].json["detail"]
    assert wren.get("/api/v1/work/entries").status == 200

    pages = [Client(server.url).get(person["sign_in"].removeprefix(server.url)) for _ in range(12)]
    full = [page for page in pages if page.status != 302]
    assert {(page.status, page.kind) for page in full} == {(503, "text/html")}
    assert "Nothing was lost" in full[0].text

    answered = [e["id"] for batch, reply in zip(more, replies, strict=True) if reply.status == 200 for e in batch]
    assert sorted(wren.stored()) == sorted([*before, *answered])

    ballast.unlink()
    server.wait()
    for batch, reply in zip(more, replies, strict=True):
        expected = "unchanged" if reply.status == 200 else "stored"
        assert {a["status"] for a in wren.sync(*batch)} == {expected}
    assert wren.one(entry())["status"] == "stored"
    found = holds(server)
    assert found["entries"] == len(wren.stored())
    assert Client(server.url).get(person["sign_in"].removeprefix(server.url)).status == 302
