"""The production server and its job processes, started and watched over by one parent.

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
from functools import partial
from pathlib import Path
from types import FrameType

import alongside
from alongside.config import children

_POLL = 0.05
_STAMP = ".served"


def serve(
    args: argparse.Namespace, data: Path, prepare: Callable[[threading.Event], Callable[[], children.Children]]
) -> int:
    """Run the server and the job processes until this process is told to stop; returns the exit code.

    ``prepare`` brings tables and files up to date and returns what to call once the server answers, which gives the job
    processes; what it raises ends the server. A job process that dies is started again. A server that dies ends this
    process, so that whoever watches it (systemd, a person) sees it.
    """
    _check_port(args)
    stop = until_told_to_stop()
    wanted = _fingerprint(args)
    servers: list[subprocess.Popen[bytes]] = []
    jobs = children.Children({}, stop)
    try:
        again = _served_before(data, wanted)
        if again and not _answers(args, servers, stop):
            return 0 if stop.is_set() else servers[0].returncode or 1
        on_ready = prepare(stop)
        (data / _STAMP).write_text(wanted)
        if not again and not _answers(args, servers, stop):
            return 0 if stop.is_set() else servers[0].returncode or 1
        jobs = on_ready()
        return _watch(servers[0], jobs, stop)
    finally:
        _end(servers, jobs)


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


def until_told_to_stop() -> threading.Event:
    """What SIGTERM and SIGINT set from now on, in this process and in those that are forked from it."""
    stop = threading.Event()

    def ask_to_stop(signum: int, frame: FrameType | None) -> None:
        del signum, frame
        stop.set()

    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, ask_to_stop)
    signal.signal(
        signal.SIGCHLD, signal.SIG_DFL
    )  # who ignores it, as some that start us do, is not told how a child ended
    return stop


def _watch(server: subprocess.Popen[bytes], jobs: children.Children, stop: threading.Event) -> int:
    while not stop.is_set():
        jobs.look_after()
        stop.wait(children.LOOK)
        if server.poll() is not None:
            return 0 if stop.is_set() else server.returncode or 1
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
        "--workers", str(args.workers), "--blocking-threads", _threads(), "--backlog", "1024",
        "--http", "1", "--no-ws", "--respawn-failed-workers", "--workers-kill-timeout", "5",
        "--log-level", "error", "--no-access-log",
    ]  # fmt: skip


def _threads() -> str:
    """How many requests a worker answers at once.

    A request to PostgreSQL waits for most of its time, and another can be worked on meanwhile. SQLite has one writer: a
    second thread would hold its file while it waits for the first one's turn of Python.
    """
    return "2" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "1"


def _answers(args: argparse.Namespace, servers: list[subprocess.Popen[bytes]], stop: threading.Event) -> bool:
    """Start the server and wait until it answers, as :func:`_ready`."""
    here = partial(children.end_with, os.getpid())  # there is no thread yet that the fork could catch with a lock
    servers.append(subprocess.Popen(_server_command(args), preexec_fn=here))  # noqa: S603, PLW1509 - our own, no shell
    return _ready(args, servers[0], stop)


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


def _end(servers: list[subprocess.Popen[bytes]], jobs: children.Children) -> None:
    jobs.ask_to_end()
    for server in servers:
        if server.poll() is None:
            server.terminate()
    last = time.monotonic() + children.GRACE
    for server in servers:
        try:
            server.wait(timeout=children.GRACE)
        except subprocess.TimeoutExpired:
            server.kill()
    jobs.end(last)
