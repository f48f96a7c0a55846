"""The disk is full: a plain answer, nothing half stored, and all is well once there is room again."""

import os
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.faults.client import Client, entry, shared_with
from tests.faults.conftest import holds
from tests.server import Server

POSTGRES = os.environ.get("ALONGSIDE_TEST_POSTGRES")


@pytest.fixture
def disk() -> Iterator[Path]:
    """A folder on a file system of its own, of 48 MB, where PostgreSQL may go."""
    folder = Path(os.environ["ALONGSIDE_TEST_HOME"]) / f"disk-{uuid.uuid4().hex[:8]}"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def server(disk: Path, tmp_path: Path, started: Callable[..., Server]) -> Iterator[Server]:
    """A demo community whose database is on that disk."""
    if not POSTGRES:
        one = started(disk)
        yield one
        one.remove()
        return
    place = disk / "space"
    place.mkdir()
    owner = Path(os.environ["ALONGSIDE_TEST_HOME"]) / "postgres"
    for part in (disk, place):
        shutil.chown(part, owner.stat().st_uid, owner.stat().st_gid)
    name = f"space_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f"CREATE TABLESPACE {name} LOCATION '{place}'")  # type: ignore[call-overload]
        urls = {}
        for setting in ("DATABASE_URL", "KEYS_URL"):
            database = f"full_{uuid.uuid4().hex[:8]}"
            connection.execute(f'CREATE DATABASE "{database}" TABLESPACE {name}')  # type: ignore[call-overload]
            urls[setting] = POSTGRES.replace("/postgres?", f"/{database}?")
        (tmp_path / "server").mkdir()
        one = started(tmp_path / "server", urls)
        yield one
        one.remove()
        connection.execute(f"DROP TABLESPACE {name}")  # type: ignore[call-overload]


def fill(disk: Path) -> Path:
    """Leave no room at all."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
    return ballast


def test_a_full_disk(server: Server, disk: Path) -> None:
    person = server.person("demo-wren")
    wren = Client(server.url, person["token"])
    first = [shared_with(person, n % 2, note="a" * 2000) for n in range(5)]
    assert {a["status"] for a in wren.sync(*first)} == {"stored"}
    before = wren.stored()
    ballast = fill(disk)

    more = [[shared_with(person, note="b" * 4000) for _ in range(20)] for _ in range(60)]
    replies = [wren.send(batch) for batch in more]
    refused = [r for r in replies if r.status != 200]
    assert {(r.status, r.kind) for r in refused} == {(503, "application/json")}
    assert "Nothing was lost" in refused[0].json["detail"]
    assert wren.get("/api/v1/work/entries").status == 200

    pages = [Client(server.url).get(person["sign_in"].removeprefix(server.url)) for _ in range(60)]
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
