"""What the processes of test_job_processes.py do: ``alongside jobs``, with something wrong."""

import sys
import time
from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path
from threading import Event
from unittest.mock import patch

from alongside.config import children, commands
from alongside.kit import jobs

run_forever = jobs.run_forever


def _jobs() -> None:
    sys.exit(commands.jobs(Namespace(only=""), Path()))


def without_engine() -> None:
    """The process of the watch ends as soon as it begins."""

    def run(only: Iterable[str], stop: Event) -> None:
        if "watch" in only:
            raise ZeroDivisionError
        run_forever(only, stop)

    with patch.object(jobs, "run_forever", run):
        _jobs()


def hanging() -> None:
    """No process ends when it is told to; each has a second to do so."""

    def run(only: Iterable[str], stop: Event) -> None:
        del only, stop
        while True:
            time.sleep(60)

    with patch.object(jobs, "run_forever", run), patch.object(children, "GRACE", 1.0):
        _jobs()


def without_tables() -> None:
    """Tables cannot be brought up to date."""
    with patch.object(commands, "prepare", side_effect=ZeroDivisionError):
        _jobs()
