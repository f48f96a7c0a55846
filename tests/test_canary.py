"""What was deleted is gone: looked for in the bytes on disk, in the logs, in a backup and in a dump of each table."""

import base64
import gzip
import json
from pathlib import Path

import psycopg
import pytest

from tests.canary_workers import TERM
from tests.databases import WHERE
from tests.processes import installation, started
from tests.server import Server

pytestmark = pytest.mark.server


def call(one: Server, function: str) -> tuple[list[str], str]:
    """The lines that a worker printed, and all that it logged."""
    process = started(one, "tests.canary_workers", function)
    out, log = process.communicate("go\n", timeout=120)
    assert process.returncode == 0, log
    return out.splitlines(), log


def everything(one: Server) -> bytes:
    """All bytes that the installation keeps: its folder, and on PostgreSQL every table of both databases."""
    found = [path.read_bytes() for path in sorted(one.data.rglob("*")) if path.is_file()]
    for url in one.databases.values():
        with psycopg.connect(url) as connection:
            names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            for (name,) in names:
                with connection.cursor().copy(f'COPY "{name}" TO STDOUT') as copy:
                    found += [bytes(part) for part in copy]
    return b"\n".join(found)


def seen(canaries: list[str], kept: bytes) -> list[str]:
    return [canary for canary in canaries if canary.encode() in kept]


def keys_seen(keys: list[str], kept: bytes) -> list[str]:
    """Those of these bytes (as hex) that are there: as they are, as hex, or as a backup writes them."""

    def there(raw: bytes) -> bool:
        return raw in kept or raw.hex().encode() in kept or base64.b64encode(raw) in kept

    return [key for key in keys if there(bytes.fromhex(key))]


def test_what_was_deleted_is_nowhere(tmp_path: Path) -> None:
    with installation() as one:
        (line,), log = call(one, "plant")
        planted = json.loads(line)
        kept = everything(one)
        assert seen(planted["open"], kept) == planted["open"], "the canaries would be found if they were there"
        assert keys_seen(planted["keys"], kept) == planted["keys"]
        assert keys_seen(planted["old"], kept) == planted["old"]
        assert "ValueError" in log
        assert seen(planted["open"] + planted["shut"], log.encode()) == []
        assert seen(planted["shut"], kept) == [], "closed text is nowhere as it is"
        before, after = tmp_path / "before", tmp_path / "after"
        one.run("backup", str(before))
        old = gzip.decompress(before.read_bytes())
        assert seen(planted["shut"], old) == []
        assert keys_seen(planted["keys"], old) == []
        assert keys_seen(planted["old"], old) == planted["old"]
        (line,), _log = call(one, "fold")
        assert planted["shut"][-1] not in json.loads(line), "the person's own files say no more than is kept"
        folded = tmp_path / "folded"
        one.run("backup", str(folded))
        assert keys_seen(planted["old"], everything(one) + gzip.decompress(folded.read_bytes())) == []
        (line,), log = call(one, "forget")
        assert set(json.loads(line)) <= TERM, "every other table is empty once everybody has left"
        one.run("backup", str(after))
        kept = everything(one) + gzip.decompress(after.read_bytes()) + log.encode()
        assert seen(planted["open"] + planted["shut"], kept) == []
        assert keys_seen(planted["keys"], kept) == [], "so the older backup opens no more either"
        if WHERE == "sqlite":
            logs = [path for path in one.data.glob("*-wal") if path.stat().st_size]
            assert logs == [], "the write-ahead log is empty"
