"""Several processes on one installation at once, on a file of SQLite or on PostgreSQL: what threads cannot show."""

import contextlib
import json
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.forks import ROOT, Forked
from tests.server import Server

_START = """
import sys, django
django.setup()
print("ready", flush=True)
sys.stdin.readline()
from importlib import import_module
getattr(import_module(sys.argv[1]), sys.argv[2])(*sys.argv[3:])
"""


@contextlib.contextmanager
def installation(folder: Path | None = None, databases: dict[str, str] | None = None) -> Iterator[Server]:
    """An empty installation with its tables made, not served; in a new folder, unless another one is named.

    ``databases`` are settings of empty databases to use instead of fresh ones beside the tests' own.
    """
    with tempfile.TemporaryDirectory(prefix="alongside-processes-", ignore_cleanup_errors=True) as spare:
        server = Server(folder or Path(spare), demo=False)
        try:
            if databases:
                server.databases = databases
                server.run("audit", "verify")
            else:
                server.with_tables()
            yield server
        finally:
            server.remove()


def started(server: Server, module: str, function: str, *words: str) -> Forked:
    """A process that has Django ready and waits for a line before it calls ``module.function(*words)``."""
    return _ready(_begun(server, module, function, *words))


def _begun(server: Server, module: str, function: str, *words: str) -> Forked:
    return Forked(["-c", _START, module, function, *words], env=server.inside, cwd=ROOT)


def _ready(one: Forked) -> Forked:
    assert one.stdout.readline() == "ready\n", one.communicate()[1]
    return one


def at_once(server: Server, module: str, function: str, *words: str, count: int = 4) -> list[list[str]]:
    """Call ``module.function(*words)`` in ``count`` processes at once; the lines that each printed. All must succeed."""
    running = [_begun(server, module, function, *words) for _ in range(count)]
    for one in [_ready(one) for one in running]:
        one.stdin.write("go\n")
        one.stdin.flush()
    said = [one.communicate(timeout=120) for one in running]
    assert [one.returncode for one in running] == [0] * count, "\n".join(err for _out, err in said)
    return [out.splitlines() for out, _err in said]


def told(server: Server, module: str, function: str, *words: str) -> Any:
    """What ``module.function(*words)`` printed as JSON, on one line, inside the installation."""
    [[line]] = at_once(server, module, function, *words, count=1)
    return json.loads(line)


def below(pid: int) -> list[int]:
    """All processes that this one started, and those that they did."""
    found = [int(one) for one in _said_of(pid, f"task/{pid}/children").split()]
    return found + [more for one in found for more in below(one)]


def job_processes(pid: int) -> dict[str, int]:
    """The processes that ``alongside jobs`` or ``serve`` forked, by what they are for: ``watch``, ``outbox``, ``others``."""
    named = {_said_of(one, "comm").strip(): one for one in below(pid)}
    return {name.removeprefix("jobs: "): one for name, one in named.items() if name.startswith("jobs: ")}


def called(pid: int, name: str) -> list[int]:
    """The living processes below this one that go by ``name``, as ``ps -e`` shows it."""
    return [one for one in below(pid) if _said_of(one, "comm").strip() == name and lives(one)]


def lives(pid: int) -> bool:
    """Whether the process is there, and not only its number, which waits to be asked how it ended."""
    return _said_of(pid, "stat").rpartition(")")[2].split()[:1] not in ([], ["Z"])


def _said_of(pid: int, what: str) -> str:
    """A file of ``/proc``; nothing when the process has ended."""
    try:
        return Path(f"/proc/{pid}/{what}").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


@contextlib.contextmanager
def killed_at_commit(number: int, when: str) -> Iterator[None]:
    """Inside, this process is killed at its commit of this number, from 1: just ``before`` or just ``after``."""
    from django.db.backends.base.base import BaseDatabaseWrapper  # in a process that has its settings

    commit, seen = BaseDatabaseWrapper._commit, [0]

    def counted(self: BaseDatabaseWrapper) -> Any:
        seen[0] += self.alias == "default"
        here = seen[0] == number
        if here and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        done = commit(self)
        if here:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    with patch.object(BaseDatabaseWrapper, "_commit", counted):
        yield
