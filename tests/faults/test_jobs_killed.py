"""Job processes and their parents are killed, stopped and hindered: the work goes on, and nobody is left behind."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.databases import WHERE
from tests.forks import ROOT, Forked
from tests.processes import below, installation, job_processes, lives, started
from tests.server import Server, port_is_free

pytestmark = pytest.mark.server
once = pytest.mark.skipif(WHERE != "sqlite", reason="does not depend on the database")
WORKERS = "tests.job_workers"
ALL = {"watch": "watch.engine", "outbox": "outbox.send", "others": "jobs.work"}
"""The processes, and by which name each says that it is alive."""
BEATS = """
from alongside.kit.models import Beat
print(*(f"{one.name}={one.at.timestamp()}" for one in Beat.objects.all()))
"""
PATIENCE = 60.0
FEW = 25.0
"""Seconds within which all must be gone."""


@pytest.fixture
def server() -> Iterator[Server]:
    """Empty tables that nobody serves."""
    with installation() as one:
        yield one


def until(what: Callable[[], object], patience: float = PATIENCE) -> None:
    end = time.monotonic() + patience
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


def beats(server: Server) -> dict[str, float]:
    found = [one.split("=") for one in server.python(BEATS).split()]
    return {name: float(at) for name, at in found}


@contextlib.contextmanager
def jobs(server: Server, *words: str) -> Iterator[Forked]:
    """``alongside jobs``; ended with all that it started when it is there still."""
    words = ("-m", "alongside.config.cli", "jobs", *words, "--data", str(server.data))
    with ended(Forked(list(words), env=server.env, cwd=ROOT)) as one:
        yield one


@contextlib.contextmanager
def ended(one: Forked) -> Iterator[Forked]:
    try:
        yield one
    finally:
        left = below(one.pid) if one.poll() is None else []
        one.kill()
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if not one.stdout.closed:
            one.communicate()


@contextlib.contextmanager
def gone_on(server: Server, function: str) -> Iterator[Forked]:
    """A parent that does this, of :mod:`tests.job_workers`."""
    with ended(started(server, WORKERS, function)) as one:
        one.stdin.write("go\n")
        one.stdin.flush()
        yield one


def all_there(one: Forked) -> dict[str, int]:
    until(lambda: job_processes(one.pid).keys() == ALL.keys())
    return job_processes(one.pid)


def gone(pids: list[int]) -> bool:
    return not any(lives(pid) for pid in pids)


def test_who_is_killed_is_started_again_and_beats(server: Server) -> None:
    with jobs(server) as one:
        first = all_there(one)
        until(lambda: beats(server).keys() >= set(ALL.values()))
        for name, beat in ALL.items():
            before = beats(server)[beat]
            os.kill(first[name], signal.SIGKILL)
            until(lambda name=name: job_processes(one.pid).get(name, first[name]) != first[name])
            until(lambda beat=beat, before=before: beats(server)[beat] > before + 1)
        again = job_processes(one.pid)
        assert len({*first.values(), *again.values()}) == 6, "each was killed once, and no other ended with it"
        os.kill(one.pid, signal.SIGTERM)
        _said, wrong = one.communicate(timeout=PATIENCE)
        assert one.returncode == 0
        for name in ALL:
            assert wrong.count(f"alongside: jobs: {name} ended (signal 9); started again ") == 1, wrong
        assert gone([*again.values()])


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_who_is_told_to_stop_ends_all_of_them(server: Server, sign: signal.Signals) -> None:
    with jobs(server) as one:
        some = all_there(one)
        until(lambda: beats(server).keys() >= set(ALL.values()))
        begun = time.monotonic()
        os.kill(one.pid, sign)
        _said, wrong = one.communicate(timeout=PATIENCE)
        assert (one.returncode, wrong) == (0, "")
        assert time.monotonic() - begun < FEW
        assert gone([*some.values()])


def test_none_outlives_a_parent_that_was_killed(server: Server) -> None:
    with jobs(server) as one:
        some = all_there(one)
        until(lambda: beats(server).keys() >= set(ALL.values()))
        one.kill()
        until(lambda: gone([*some.values()]), FEW)


def test_one_that_cannot_start_does_not_spin_and_holds_up_no_other(server: Server) -> None:
    with gone_on(server, "without_engine") as one:
        until(lambda: beats(server).keys() >= {"outbox.send", "jobs.work"})
        time.sleep(5)
        assert "watch.engine" not in beats(server)
        os.kill(one.pid, signal.SIGTERM)
        _said, wrong = one.communicate(timeout=PATIENCE)
        assert one.returncode == 0
        assert "jobs: watch ended (code 1); started again in 1 s" in wrong
        assert 3 <= wrong.count("jobs: watch ended") <= 6, "it is tried again, later each time"
        assert "in 2 s" in wrong
        assert "in 4 s" in wrong


@once
def test_one_that_hangs_is_killed_in_the_end(server: Server) -> None:
    with gone_on(server, "hanging") as one:
        some = all_there(one)
        os.kill(one.pid, signal.SIGTERM)
        _said, wrong = one.communicate(timeout=PATIENCE)
        assert one.returncode == 0
        assert "did not end when it was asked to; it is killed" in wrong
        assert gone([*some.values()])


@once
def test_one_that_hangs_does_not_outlive_its_parent_for_long(server: Server) -> None:
    with gone_on(server, "hanging") as one:
        some = all_there(one)
        one.kill()
        until(lambda: gone([*some.values()]), FEW)


@once
def test_without_tables_nothing_is_started(server: Server) -> None:
    with ended(started(server, WORKERS, "without_tables")) as one:
        _said, wrong = one.communicate("go\n", timeout=PATIENCE)
        assert one.returncode == 1
        assert "ZeroDivisionError" in wrong


@once
def test_the_parent_holds_no_database_and_has_no_thread(server: Server) -> None:
    with jobs(server) as one:
        all_there(one)
        about = Path(f"/proc/{one.pid}")
        assert not [file for file in (about / "fd").iterdir() if ".sqlite3" in str(file.readlink())]
        assert len(list((about / "task").iterdir())) == 1


@once
def test_some_rooms_are_one_process(server: Server) -> None:
    with jobs(server, "--only", "watch,outbox") as one:
        until(lambda: beats(server).keys() >= {"watch.engine", "outbox.send", "jobs.watch", "jobs.outbox"})
        assert below(one.pid) == []


def test_an_installation_whose_serve_was_killed_is_gone(server: Server) -> None:
    server.start()
    assert server.process is not None
    some = below(server.process.pid)
    assert job_processes(server.process.pid).keys() == ALL.keys()
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait(15)
    until(lambda: gone(some) and port_is_free(server.port), FEW)


@pytest.mark.parametrize("how", ["told", "ctrl-c"])
def test_serve_ends_all_that_it_started(server: Server, how: str) -> None:
    server.start()
    assert server.process is not None
    pid, some, begun = server.process.pid, below(server.process.pid), time.monotonic()
    if how == "told":
        os.kill(pid, signal.SIGTERM)
    else:
        os.killpg(pid, signal.SIGINT)
    assert server.process.wait(30) == 0
    assert time.monotonic() - begun < FEW
    assert gone(some)
    assert "started again" not in server.output()


def test_serve_starts_again_what_died(server: Server) -> None:
    server.start()
    assert server.process is not None
    pid = server.process.pid
    first, before = job_processes(pid), beats(server)["watch.engine"]
    os.kill(first["watch"], signal.SIGKILL)
    until(lambda: job_processes(pid).get("watch", first["watch"]) != first["watch"])
    until(lambda: beats(server)["watch.engine"] > before + 1)
    assert server.health() == 200
    assert {**job_processes(pid), "watch": 0} == {**first, "watch": 0}
