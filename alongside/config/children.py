"""Processes forked from this one: started again when they die, asked to end with it, never left behind.

Nothing here imports Django. What was loaded before a fork is shared, so a process costs the memory that it changes and no
time to start. Whoever forks has no thread and no connection to a database: neither can be taken along.
"""

import ctypes
import json
import os
import select
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

GRACE = 10.0
"""Seconds that a process has to end once it was asked to."""
STEADY = 10.0
"""A process that lived for so many seconds is started again at once."""
MOST = 30.0
"""Seconds between two starts of one that dies again and again, at the most: first one, then twice as many each time."""
LOOK = 0.5
"""Seconds between two looks at whether all are there."""
_POLL = 0.02
_PDEATHSIG = 1
_TOLD = (signal.SIGTERM, signal.SIGINT)


@dataclass
class _Child:
    name: str
    run: Callable[[], None]
    pid: int = 0
    begun: float = 0.0
    pause: float = 0.0
    due: float = 0.0


class Children:
    """A process for each of ``members``: its name, as ``ps`` and ``top`` show it, and what it runs.

    What is run ends when the process is told to stop. A handler for SIGTERM and SIGINT that was set before goes along, with
    the ``stop`` that it sets.
    """

    def __init__(self, members: Mapping[str, Callable[[], None]], stop: threading.Event) -> None:
        self._all = [_Child(name, run) for name, run in members.items()]
        self._stop = stop

    def look_after(self) -> None:
        """Start who is not there, and say who died. To be called again and again."""
        for one in self._all:
            if one.pid and (how := _ended(one.pid)):
                self._died(one, how)
            if not one.pid and time.monotonic() >= one.due and not self._stop.is_set():
                self._start(one)

    def until_told(self) -> None:
        """Look after them until this process is told to stop; then end them."""
        while not self._stop.is_set():
            self.look_after()
            self._stop.wait(LOOK)
        self.ask_to_end()
        self.end(time.monotonic() + GRACE)

    def ask_to_end(self) -> None:
        """SIGTERM to all."""
        for one in self._all:
            if one.pid:
                os.kill(one.pid, signal.SIGTERM)

    def end(self, last: float) -> None:
        """Wait for all, until ``last`` (of the monotonic clock); who is still there then is killed."""
        for one in self._all:
            while one.pid and not _ended(one.pid):
                if time.monotonic() > last:
                    _say(f"{one.name} did not end when it was asked to; it is killed")
                    os.kill(one.pid, signal.SIGKILL)
                    os.waitpid(one.pid, 0)
                    break
                time.sleep(_POLL)
            one.pid = 0

    def _start(self, one: _Child) -> None:
        one.begun = time.monotonic()
        try:
            one.pid = _fork(lambda: self._live(one))
        except OSError as wrong:  # no memory, or too many processes: tried again as if it had died
            self._died(one, str(wrong.strerror))

    def _live(self, one: _Child) -> None:
        """What its process does."""
        _end_when_told(self._stop)
        be_called(one.name)
        one.run()

    def _died(self, one: _Child, how: str) -> None:
        now, one.pid = time.monotonic(), 0
        if self._stop.is_set():
            return
        one.pause = 0.0 if now - one.begun >= STEADY else min(max(1.0, 2 * one.pause), MOST)
        one.due = now + one.pause
        _say(f"{one.name} ended ({how}); started again {f'in {one.pause:.0f} s' if one.pause else 'now'}")


class Process:
    """A process forked from this one that is not started again: its name, and what it runs until it returns an exit code.

    Whoever runs there says what SIGTERM and SIGINT do; until then they end it.
    """

    def __init__(self, name: str, run: Callable[[], int]) -> None:
        self._code: int | None = None
        held = signal.pthread_sigmask(signal.SIG_BLOCK, _TOLD)  # what comes before it has its own way is not lost
        try:
            self._pid = _fork(partial(self._live, name, run, held))
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, held)

    @staticmethod
    def _live(name: str, run: Callable[[], int], held: set[int]) -> int:
        for sign in _TOLD:
            signal.signal(sign, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
        be_called(name)
        return run()

    def poll(self) -> int | None:
        """Its exit code, below zero when a signal ended it; ``None`` while it lives."""
        if self._code is None:
            gone, status = os.waitpid(self._pid, os.WNOHANG)
            self._code = os.waitstatus_to_exitcode(status) if gone else None
        return self._code

    def ask_to_end(self) -> None:
        """SIGTERM."""
        if self.poll() is None:
            os.kill(self._pid, signal.SIGTERM)

    def end(self, last: float) -> None:
        """Wait until it ended; at ``last`` (of the monotonic clock) it is killed."""
        while self.poll() is None:
            if time.monotonic() > last:
                os.kill(self._pid, signal.SIGKILL)
            time.sleep(_POLL)


def apart(work: Callable[[], Any], stop: threading.Event) -> Any:
    """What ``work`` returns (as JSON holds it), done in a process of its own: memory and connections that it took end with it.

    The process is told when this one is told to stop. Raises :class:`SystemExit` when it failed; it has said why.
    """
    reading, writing = os.pipe()

    def answer() -> None:
        os.close(reading)
        said = json.dumps(work())
        with os.fdopen(writing, "w") as out:
            out.write(said)

    pid = _fork(answer)
    os.close(writing)
    with os.fdopen(reading) as answered:
        while not select.select([answered], [], [], LOOK)[0]:
            if stop.is_set():
                os.kill(pid, signal.SIGTERM)
        said = answered.read()
    if os.waitpid(pid, 0)[1] != 0:
        raise SystemExit(1)
    return json.loads(said)


def end_with(parent: int) -> None:
    """From now on this process is asked to end when its ``parent`` dies, however that dies. Needs Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PDEATHSIG, ctypes.c_ulong(signal.SIGTERM))
    if os.getppid() != parent:  # it died before that
        os.kill(os.getpid(), signal.SIGTERM)


def _fork(run: Callable[[], int | None]) -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        _be(run, parent)
    return pid


def _be(run: Callable[[], int | None], parent: int) -> NoReturn:
    """All that a forked process does; what ``run`` returns is its exit code. It never returns into what its parent was doing."""
    code = 1
    try:
        end_with(parent)
        code = run() or 0
    except BaseException:  # said aloud; its parent starts it again
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _end_when_told(stop: threading.Event) -> None:
    """Set ``stop`` when told to. Who hangs then is ended by the kernel: with its parent gone, nobody else would."""

    def told(signum: int, frame: object) -> None:
        del signum, frame
        stop.set()
        signal.alarm(int(GRACE) + 1)

    for sign in _TOLD:
        signal.signal(sign, told)


def be_called(name: str) -> None:
    """From now on ``ps`` and ``top`` show this process by this name, of 15 bytes at most."""
    try:
        Path("/proc/self/comm").write_text(name)
    except OSError:  # not on Linux: it goes by its command
        return


def _ended(pid: int) -> str | None:
    """How a process ended, in a word or two; ``None`` while it lives."""
    gone, status = os.waitpid(pid, os.WNOHANG)
    if not gone:
        return None
    code = os.waitstatus_to_exitcode(status)
    return f"signal {-code}" if code < 0 else f"code {code}"


def _say(line: str) -> None:
    print(f"alongside: {line}", file=sys.stderr, flush=True)
