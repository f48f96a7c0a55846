"""Backups as an operator makes and restores them: whole or not at all, of one moment, and without who left since."""

import gzip
import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import WHERE
from tests.forks import Forked
from tests.processes import at_once, installation, started
from tests.server import Server
from tests.test_commands import run

pytestmark = pytest.mark.server
WORKERS = "tests.backup_workers"


@pytest.fixture
def here() -> Iterator[Server]:
    """An installation with a person in it, robin."""
    with installation() as one:
        at_once(one, WORKERS, "make", "robin", count=1)
        yield one


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Server]:
    """Another installation, empty."""
    one = Server(tmp_path, demo=False)
    yield one.with_tables()
    one.remove()


def with_keys_of(one: Server, other: Server) -> None:
    """``one`` has lost its first database and has ``other``'s keys still."""
    url = other.databases.get("KEYS_URL") or f"sqlite:///{other.data}/keys.sqlite3"
    one.extra["KEYS_URL"] = one.databases["KEYS_URL"] = url
    if WHERE == "sqlite":
        one.databases = {}


def call(one: Server, function: str, *words: str) -> list[str]:
    return at_once(one, WORKERS, function, *words, count=1)[0]


def begun(one: Server, function: str, *words: str) -> Forked:
    """A process that said that it is in the middle of ``function``."""
    process = started(one, WORKERS, function, *words)
    process.stdin.write("go\n")
    process.stdin.flush()
    assert process.stdout.readline()
    return process


def test_a_backup_made_while_somebody_writes_is_of_one_moment(here: Server, there: Server, tmp_path: Path) -> None:
    writer = begun(here, "write", "robin", str(tmp_path / "enough"))
    backup, keys = tmp_path / "backup", tmp_path / "apart" / "keys"
    keys.parent.mkdir()
    assert "backed up" in here.run("backup", str(backup))
    assert writer.poll() is None, "somebody wrote all the while"
    (tmp_path / "enough").touch()
    _out, wrong = writer.communicate(timeout=60)
    assert writer.returncode == 0, wrong
    here.run("backup", "--keys", str(keys))
    assert {stat.S_IMODE(path.stat().st_mode) for path in (backup, keys)} == {0o600}
    assert "without a key, whose text cannot be read: 0" in there.run("restore", str(backup), "--keys", str(keys))
    assert 0 < int(call(there, "look", "robin")[0]) <= int(call(here, "look", "robin")[0])
    assert (there.data / "secret").read_text() == (here.data / "secret").read_text()
    call(there, "write", "robin")  # counters go on where the backup ended
    again = run(there, "restore", str(backup))
    assert again.returncode == 1
    assert "something in the database already" in again.stderr


def test_who_left_since_is_not_brought_back(here: Server, there: Server, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    here.run("backup", str(backup))
    lines = gzip.decompress(backup.read_bytes()).decode().splitlines()
    columns = next(json.loads(line)["fields"] for line in lines if line.endswith(',"table":"people.Account"}'))
    row = next(json.loads(line) for line in lines if '"robin"' in line)
    account = row[columns.index("id")]
    assert "quiet night" not in "".join(lines)
    assert "kit.DataKey" not in "".join(lines)
    call(here, "delete", "robin")
    call(here, "traces", account)
    with_keys_of(there, here)
    assert "deleted since: 1" in there.run("restore", str(backup))
    call(there, "traces", account)


def test_entries_that_were_deleted_since_are_deleted_again(here: Server, there: Server, tmp_path: Path) -> None:
    call(here, "write", "robin")
    backup, copied = tmp_path / "backup", tmp_path / "keys"
    here.run("backup", str(backup))
    assert call(here, "copies", "robin") == ["2 1"]
    assert call(here, "drop", "robin") == ["1 1"]
    here.run("backup", "--keys", str(copied))
    assert len(json.loads(copied.read_text())["erased"]) == 1
    with_keys_of(there, here)
    answer = there.run("restore", str(backup))
    assert "entries deleted again, because their people deleted them since: 1" in answer
    assert call(there, "copies", "robin") == ["1 0"]
    again = run(there, "audit", "verify")
    assert "all hold" in again.stdout


def test_a_killed_backup_leaves_no_file_that_looks_whole(here: Server, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    half = begun(here, "hang", str(backup))
    half.kill()
    half.communicate(timeout=60)
    assert not backup.exists()
    here.run("backup", str(backup))
    taken = run(here, "backup", str(backup))
    assert taken.returncode == 1
    assert "is there already" in taken.stderr


def test_half_a_backup_or_a_changed_one_is_refused(here: Server, there: Server, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    here.run("backup", str(whole))
    packed = whole.read_bytes()
    lines = gzip.decompress(packed).splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if b'"robin"' in line)
    wrong = {
        "cut": packed[: len(packed) * 2 // 3],
        "cut between lines": gzip.compress(b"".join(lines[:-1])),
        "a row is missing": gzip.compress(b"".join(lines[:at] + lines[at + 1 :])),
        "a row was changed": gzip.compress(b"".join(lines).replace(b'"robin"', b'"rabin"')),
        "another version": gzip.compress(b"".join(lines).replace(b"0001_first", b"0001_other")),
        "no backup": b"something else",
    }
    for name, content in wrong.items():
        broken = tmp_path / "broken"
        broken.write_bytes(content)
        answer = run(there, "restore", str(broken))
        assert answer.returncode == 1, name
        assert "nothing was changed" in answer.stderr, answer.stderr
        assert "Traceback" not in answer.stderr
    assert "restored" in there.run("restore", str(whole))


def test_keys_are_kept_away_from_the_backup(here: Server, tmp_path: Path) -> None:
    beside = run(here, "backup", str(tmp_path / "backup"), "--keys", str(tmp_path / "keys"))
    assert beside.returncode == 1
    assert "away from the backup" in beside.stderr
    assert list(tmp_path.glob("backup")) == []
    loud = run(here, "backup", "--keys", str(tmp_path / "keys"))
    assert "opens every record" in loud.stderr
    call(here, "delete", "robin")
    here.run("restore", "--keys", str(tmp_path / "keys"))
    call(here, "delete", "robin-other")  # nothing is brought back that would stand in the way
    assert run(here, "backup").returncode == 1


def test_everything_moves_to_another_database_and_back(here: Server, there: Server, tmp_path: Path) -> None:
    """From either database to SQLite; and on PostgreSQL back into another one."""
    aside = f"sqlite:///{tmp_path}/aside.sqlite3"
    assert "the same on both sides" in here.run("migrate-data", "--to", aside)
    here.extra["DATABASE_URL"] = aside
    if WHERE == "postgresql":
        back = there.databases["DATABASE_URL"]
        assert "the same on both sides" in here.run("migrate-data", "--to", back)
        here.extra["DATABASE_URL"] = back
    assert call(here, "look", "robin") == ["1"]
    call(here, "write", "robin")
    full = run(here, "migrate-data", "--to", here.extra["DATABASE_URL"])
    assert full.returncode == 1
    assert "nothing was moved" in full.stderr


@pytest.mark.skipif(WHERE != "postgresql", reason="SQLite has no copies that follow it")
def test_a_copy_that_can_only_be_read_is_enough(here: Server, tmp_path: Path) -> None:
    """A streaming replica refuses every write; so does this session."""
    here.extra["DATABASE_URL"] = here.databases["DATABASE_URL"] + "&options=-c%20default_transaction_read_only%3Don"
    assert "all hold" in here.run("audit", "verify")
    assert "backed up" in here.run("backup", str(tmp_path / "backup"))
    refused = run(here, "token", "create", "robin")
    assert refused.returncode != 0
    assert "read-only" in refused.stderr
