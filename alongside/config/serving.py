"""The production server and its job processes, started and watched over by one parent.

This process loads Django once and forks all others. A folder that this version has served before has all that the server
needs, so it answers first, and this process looks over the tables then, when the cores are free.
"""

import argparse
import hashlib
import importlib
import logging.config
import os
import signal
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import alongside
from alongside.config import children

_POLL = 0.05
_STAMP = ".served"
_APPLICATION = "alongside.config.wsgi"
_LOOK = 1.0
"""Seconds between two looks of a worker at whether the server is still there."""


def serve(
    args: argparse.Namespace,
    data: Path,
    load: Callable[[], None],
    prepare: Callable[[threading.Event], Callable[[], children.Children]],
) -> int:
    """Run the server and the job processes until this process is told to stop; returns the exit code.

    ``load`` loads what all processes share: they are forked from this one. ``prepare`` brings tables and files up to date and
    returns what to call once the server answers, which gives the job processes; what either raises ends the server. A job
    process that dies is started again. A server that dies ends this process, so that whoever watches it (systemd, a person)
    sees it.
    """
    _check_port(args)
    stop = until_told_to_stop()
    load()
    wanted = _fingerprint(args)
    servers: list[children.Process] = []
    jobs = children.Children({}, stop)
    try:
        again = _served_before(data, wanted)
        if again and not _answers(args, servers, stop):
            return 0 if stop.is_set() else servers[0].poll() or 1
        on_ready = prepare(stop)
        (data / _STAMP).write_text(wanted)
        if not again and not _answers(args, servers, stop):
            return 0 if stop.is_set() else servers[0].poll() or 1
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


def _watch(server: children.Process, jobs: children.Children, stop: threading.Event) -> int:
    while not stop.is_set():
        jobs.look_after()
        stop.wait(children.LOOK)
        if server.poll() is not None:
            return 0 if stop.is_set() else server.poll() or 1
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


def _run_server(args: argparse.Namespace) -> int:
    """The process that holds the port: it loads the application once and forks its workers. Returns its exit code."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels

    importlib.import_module(_APPLICATION)
    # A worker that is told to stop twice (by Ctrl-C, which reaches all, and by its server) may wait for ever: it is killed.
    server = Granian(
        _APPLICATION, address=args.host, port=args.port, interface=Interfaces.WSGI, workers=args.workers,
        blocking_threads=_threads(), backlog=1024, http=HTTPModes.http1, websockets=False,
        respawn_failed_workers=True, workers_kill_timeout=5, log_level=LogLevels.error,
    )  # fmt: skip
    try:
        server.serve(target_loader=partial(_worker, os.getpid()), wrap_loader=False)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def _worker(server: int) -> Any:
    """What a worker begins with, in its own process; returns the application that it answers with."""
    from django.conf import settings

    children.be_called("server: worker")
    threading.Thread(target=_end_with_the_server, args=(server,), name="server watch", daemon=True).start()
    logging.config.dictConfig(settings.LOGGING)  # granian has just said how it logs
    return importlib.import_module(_APPLICATION).application


def _end_with_the_server(server: int) -> None:
    """A worker whose server died at once, with nobody to end it, would go on holding the port for good."""
    while os.getppid() == server:
        time.sleep(_LOOK)
    os._exit(1)


def _threads() -> int:
    """How many requests a worker answers at once.

    A request to PostgreSQL waits for most of its time, and another can be worked on meanwhile. SQLite has one writer: a
    second thread would hold its file while it waits for the first one's turn of Python.
    """
    return 2 if os.environ.get("DATABASE_URL", "").startswith("postgres") else 1


def _answers(args: argparse.Namespace, servers: list[children.Process], stop: threading.Event) -> bool:
    """Start the server and wait until it answers, as :func:`_ready`."""
    servers.append(children.Process("server", partial(_run_server, args)))
    return _ready(args, servers[0], stop)


def _ready(args: argparse.Namespace, server: children.Process, stop: threading.Event) -> bool:
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


def _end(servers: list[children.Process], jobs: children.Children) -> None:
    jobs.ask_to_end()
    for server in servers:
        server.ask_to_end()
    last = time.monotonic() + children.GRACE
    for server in servers:
        server.end(last)
    jobs.end(last)
