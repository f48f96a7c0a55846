"""Every test on each database: ``python -m tools.tests [--workers N] [--on sqlite|postgresql] [-- more for pytest]``.

Both databases are tested at once, each by ``N`` processes: where one of them waits for a clock, the others have work. What
the second run has to say is kept and told after the first. It begins some seconds before: what it has read and compiled, the
first finds compiled.

Browsers, servers and killed processes share the cores here, so a test can run out of its patience beside others and hold
when it is alone. A few that failed are therefore asked once more, one after the other, and the run says which they were.
One that fails then has failed; so has a run in which many did, or one that no patience can mend.

Whoever ends this ends what runs, and waits until that has taken down what it had started.
"""

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
SECOND = "postgresql"
"""The run with less to do: what asks no database, and what a phone does by itself, are asked on the other one."""
GIVES_WAY = ("nice", "-n", "6")
"""How the run with less to do is started, so that both end at about the same time."""
READ = "ALONGSIDE_TESTS_READ"
"""Names a file that ``conftest.py`` makes when a process has read all tests."""
LOOKED_AT = "ALONGSIDE_TEST_LOOKED_AT"
"""Names the file in which browser tests keep what needs no second look (``tests/e2e/phone.py``), of both runs."""
FEW = 5
NEVER_AGAIN = (
    "tests/test_ledger.py",
    "tests/test_stock_machine.py",
    "tests/faults/test_sync.py",
    "tests/faults/test_killed.py",
)
"""What may fail by chance, and must not: a second time proves nothing."""
FAILED = 1
"""What pytest ends with when tests failed, and nothing worse happened."""
PATIENCE = 30.0
"""Seconds that a run has to take down its servers and databases."""


@dataclass(frozen=True)
class Run:
    """The tests on one database, with more words for pytest."""

    database: str
    more: tuple[str, ...]

    def begin(
        self, workers: int, *words: str, told: IO[str] | None = None, more: Mapping[str, str] | None = None
    ) -> "subprocess.Popen[str]":
        """Start pytest with so many processes beside it, and ``more`` in its environment.

        What it says goes to ``told``, or to where this process writes.
        """
        command = [sys.executable, "-m", "pytest", "-o", f"cache_dir={self._cache}", "--ignore=tests/checks"]
        way = GIVES_WAY if self.database == SECOND else ()
        env = {**os.environ, "ALONGSIDE_TEST_DATABASE": self.database, **(more or {})}
        all_words = [*way, *command, "-n", str(workers), *words, *self.more]
        return subprocess.Popen(all_words, env=env, cwd=ROOT, stdout=told, stderr=told)

    @property
    def _cache(self) -> str:
        return f".pytest_cache/{self.database}"

    @property
    def failed(self) -> list[str]:
        """The tests that failed, or could not be asked, the last time."""
        file = ROOT / self._cache / "v/cache/lastfailed"
        return sorted(json.loads(file.read_text())) if file.exists() else []

    def once_more(self) -> int:
        """Ask those that failed again, one after the other; what pytest ended with."""
        say(f"On {NAMES[self.database]} these failed beside others. Once more, each alone:", *self.failed)
        again = self.begin(0, "--last-failed", "--last-failed-no-failures", "none")
        with none_left({self: again}):
            return again.wait()


@contextlib.contextmanager
def none_left(runs: "Mapping[Run, subprocess.Popen[str]]") -> Iterator[None]:
    """Wait for runs that are not over when this is left: by Ctrl-C, which reached them too, or by SIGTERM, which is sent on."""

    def told(*_signal: object) -> None:
        for run in runs.values():
            run.terminate()
        raise SystemExit(128 + signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, told)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
        for run in runs.values():
            run.wait(PATIENCE)


def say(*lines: str) -> None:
    """Print at once, before what a process says that is started next."""
    print(*lines, sep="\n", flush=True)


def main() -> int:
    """Ask all tests; 0 when every one passed."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--on", choices=list(NAMES))
    asked.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    asked.add_argument("more", nargs="*")
    wanted = asked.parse_args()
    databases = [wanted.on] if wanted.on else list(NAMES)
    first, *others = [Run(name, tuple(wanted.more)) for name in databases]
    say(f"Tests on {' and on '.join(NAMES[name] for name in databases)}")
    fast = ("--dist", "worksteal", "--cache-clear")
    with tempfile.TemporaryFile("w+", encoding="utf-8") as told, tempfile.TemporaryDirectory() as folder:
        started: dict[Run, subprocess.Popen[str]] = {}
        read, looked_at = Path(folder) / "read", {LOOKED_AT: str(Path(folder) / "looked-at")}
        with none_left(started):
            for run in others:
                started[run] = run.begin(wanted.workers, *fast, told=told, more={READ: str(read), **looked_at})
                _until_read(started[run], read)
            started[first] = first.begin(wanted.workers, *fast, more=looked_at)
            codes = {run: process.wait() for run, process in started.items()}
        told.seek(0)
        say(*[f"And on {NAMES[run.database]}" for run in others], told.read())
    ended = [_in_the_end(run, code) for run, code in codes.items()]
    return next((code for code in ended if code), 0)


def _until_read(process: "subprocess.Popen[str]", read: Path) -> None:
    while not read.exists() and process.poll() is None:
        time.sleep(0.1)


def _in_the_end(run: Run, code: int) -> int:
    """What a run that ended with ``code`` ends with when the few that failed were asked once more."""
    may = len(run.failed) <= FEW and not any(name.startswith(NEVER_AGAIN) for name in run.failed)
    return run.once_more() if code == FAILED and may else code


if __name__ == "__main__":
    raise SystemExit(main())
