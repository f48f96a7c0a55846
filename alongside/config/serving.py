"""The production server and its job process, started and watched over by one parent.

Nothing here imports Django before the server is started: a folder that this version has served before has all that the
server needs, so it answers first, and this process looks over the tables then, when the cores are free.
"""

import argparse
import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import alongside

_POLL = 0.05
_GRACE = 10.0
_AGAIN = 1.0
_STAMP = ".served"


def serve(args: argparse.Namespace, data: Path, prepare: Callable[[], Callable[[], None]]) -> int:
    """Run the server and the job process until this process is told to stop; returns the exit code.

    ``prepare`` brings tables and files up to date and returns what to call once the server answers; what it raises
    ends the server. A job process that dies is started again. A server that dies ends this process, so that whoever
    watches it (systemd, a person) sees it.
    """
    _check_port(args)
    stop = _until_told_to_stop()
    wanted = _fingerprint(args)
    processes: list[subprocess.Popen[bytes]] = []
    try:
        again = _served_before(data, wanted)
        if again and not _answers(args, processes, stop):
            return 0 if stop.is_set() else processes[0].returncode or 1
        on_ready = prepare()
        (data / _STAMP).write_text(wanted)
        if not again and not _answers(args, processes, stop):
            return 0 if stop.is_set() else processes[0].returncode or 1
        on_ready()
        return _watch(processes, stop)
    finally:
        _end(processes)


class PortTaken(Exception):
    """Raised when somebody else listens where this server should."""


def _check_port(args: argparse.Namespace) -> None:
    family = socket.AF_INET6 if ":" in args.host else socket.AF_INET
    with socket.socket(family) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((args.host, args.port))
        except OSError as wrong:
            raise PortTaken(f"cannot listen on {args.host} port {args.port}: {wrong.strerror}") from wrong


def _until_told_to_stop() -> threading.Event:
    stop = threading.Event()

    def ask_to_stop(signum: int, frame: FrameType | None) -> None:
        del signum, frame
        stop.set()

    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, ask_to_stop)
    return stop


def _watch(processes: list[subprocess.Popen[bytes]], stop: threading.Event) -> int:
    processes.append(_start(_JOBS))
    while not stop.wait(_AGAIN):
        if processes[0].poll() is not None:
            return processes[0].returncode or 1
        if processes[1].poll() is not None:
            processes[1] = _start(_JOBS)
    return 0


def _served_before(data: Path, wanted: str) -> bool:
    """Whether this folder was served by just this version, with these databases; its tables and files are there."""
    try:
        return (data / _STAMP).read_text() == wanted
    except OSError:
        return False


def static_fingerprint() -> str:
    """Changes whenever a file for browsers does."""
    return _hash(_stats("*/static/**/*"))


def _fingerprint(args: argparse.Namespace) -> str:
    """Changes whenever a migration or a file for browsers does, with the databases, and with the demo."""
    settings = [os.environ.get("DATABASE_URL", ""), os.environ.get("KEYS_URL", ""), str(args.demo)]
    return _hash([*_stats("*/static/**/*"), *_stats("*/migrations/*.py"), *settings])


def _stats(pattern: str) -> list[str]:
    root = Path(alongside.__file__).parent
    files = sorted(f for f in root.glob(pattern) if f.is_file())
    return [f"{f.relative_to(root)} {f.stat().st_mtime_ns} {f.stat().st_size}" for f in files]


def _hash(parts: list[str]) -> str:
    return hashlib.sha256("\n".join([alongside.__version__, *parts]).encode()).hexdigest()


def _server_command(args: argparse.Namespace) -> list[str]:
    # A worker that is told to stop twice (by Ctrl-C, which reaches all, and by its server) may wait for ever: it is killed.
    return [
        sys.executable, "-m", "granian", "alongside.config.wsgi:application",
        "--interface", "wsgi", "--host", args.host, "--port", str(args.port),
        "--workers", str(args.workers), "--blocking-threads", "1", "--backlog", "1024",
        "--http", "1", "--no-ws", "--respawn-failed-workers", "--workers-kill-timeout", "5",
        "--log-level", "error", "--no-access-log",
    ]  # fmt: skip


_JOBS = [sys.executable, "-m", "alongside.config.cli", "jobs"]


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command)  # noqa: S603 - our own command, no shell


def _answers(args: argparse.Namespace, processes: list[subprocess.Popen[bytes]], stop: threading.Event) -> bool:
    """Start the server and wait until it answers, as :func:`_ready`."""
    processes.append(_start(_server_command(args)))
    return _ready(args, processes[0], stop)


def _ready(args: argparse.Namespace, server: subprocess.Popen[bytes], stop: threading.Event) -> bool:
    """Wait until the server answers; ``False`` when it ended or this process was told to stop."""
    host = "127.0.0.1" if args.host in {"0.0.0.0", "::", ""} else args.host  # noqa: S104 - compared, not bound
    url = f"http://{host}:{args.port}/manifest.webmanifest"
    while not stop.is_set() and server.poll() is None:
        try:
            urllib.request.urlopen(urllib.request.Request(url, headers={"Host": "localhost"}), timeout=2)
        except urllib.error.HTTPError:
            return True  # it answers
        except OSError:
            time.sleep(_POLL)
        else:
            return True
    return False


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    last = time.monotonic() + _GRACE
    for process in processes:
        try:
            process.wait(timeout=max(0.1, last - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
