"""A small file system of a test's own, for an installation on SQLite or PostgreSQL: it can be filled."""

import contextlib
import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

POSTGRES = os.environ.get("ALONGSIDE_TEST_POSTGRES")


@dataclass(frozen=True)
class Disk:
    """``folder`` is where it is; ``databases`` are the settings of two databases on it, empty on SQLite."""

    folder: Path
    databases: dict[str, str]


@contextlib.contextmanager
def small_disk() -> Iterator[Disk]:
    """A disk of 48 MB; the test is skipped where none can be mounted."""
    folder = Path(os.environ["ALONGSIDE_TEST_HOME"]) / f"disk-{uuid.uuid4().hex[:8]}"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {done.stderr.strip()}")
    try:
        with _databases(folder) as urls:
            yield Disk(folder, urls)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextlib.contextmanager
def _databases(folder: Path) -> Iterator[dict[str, str]]:
    """Two databases of PostgreSQL on the disk. Who uses them drops them before this ends."""
    if not POSTGRES:
        yield {}
        return
    place = folder / "space"
    place.mkdir()
    owner = Path(os.environ["ALONGSIDE_TEST_HOME"]) / "postgres"
    for part in (folder, place):
        shutil.chown(part, owner.stat().st_uid, owner.stat().st_gid)
    name = f"space_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f"CREATE TABLESPACE {name} LOCATION '{place}'")  # type: ignore[call-overload]
        urls = {}
        for setting in ("DATABASE_URL", "KEYS_URL"):
            database = f"full_{uuid.uuid4().hex[:8]}"
            connection.execute(f'CREATE DATABASE "{database}" TABLESPACE {name}')  # type: ignore[call-overload]
            urls[setting] = POSTGRES.replace("/postgres?", f"/{database}?")
        yield urls
        connection.execute(f"DROP TABLESPACE {name}")  # type: ignore[call-overload]


def fill(disk: Path) -> Path:
    """Leave no room at all; the file that takes it up, to delete."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
    return ballast
