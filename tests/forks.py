"""Processes that start quickly: each is a fork of one that has loaded Django and all rooms.

To load Django takes a second of a slow core, and the rooms a seventh of one; tests start some hundred processes. A fork
is a process of its own in every way that these tests are about: its own memory, connections, locks and death. Settings
are read after the fork. What a room decides as it is loaded depends on the kind of its database alone, so a process on
another kind than this run's is forked from one that has loaded libraries and no room. Run as a module, this file is the
process that forks.
"""

import atexit
import contextlib
import gc
import importlib
import json
import os
import random
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from functools import cache
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from alongside.config.children import end_with

ROOT = Path(__file__).resolve().parent.parent
LOADED = (
    "allauth.account.app_settings", "allauth.account.checks", "allauth.account.signals", "allauth.core.context",
    "allauth.core.internal.adapter", "allauth.core.internal.ratelimit", "babel.numbers",
    "cryptography.hazmat.primitives.asymmetric.ec", "cryptography.hazmat.primitives.asymmetric.ed25519",
    "cryptography.hazmat.primitives.ciphers.aead", "cryptography.hazmat.primitives.kdf.hkdf",
    "cryptography.hazmat.primitives.serialization", "cryptography.hazmat.primitives.twofactor.totp", "csp.apps",
    "csp.checks", "csp.constants", "dj_database_url", "django.contrib.auth.apps", "django.contrib.auth.hashers",
    "django.contrib.auth.password_validation", "django.contrib.contenttypes.apps", "django.contrib.messages.apps",
    "django.contrib.messages.storage.base", "django.contrib.sessions.apps", "django.contrib.sessions.backends.db",
    "django.contrib.staticfiles.apps", "django.contrib.staticfiles.finders", "django.core.mail", "django.core.management",
    "django.core.serializers.json", "django.db.backends.postgresql.base", "django.db.backends.sqlite3.base",
    "django.db.migrations.executor", "django.db.models", "django.forms", "django.http", "django.middleware.csrf",
    "django.shortcuts", "django.template.defaulttags", "django.template.engine", "django.template.loader_tags",
    "django.templatetags.i18n", "django.urls", "django.utils.log", "django.views.debug", "django.views.generic",
    "apprise", "apprise.plugins.custom_json", "django.core.handlers.wsgi", "django_htmx", "granian", "importlib.metadata", "logging.config", "packaging.version", "psycopg", "sqlparse", "unittest.mock",
    "urllib.request",
)  # fmt: skip
ROOMS = (
    "alongside.config.commands", "alongside.config.urls", "alongside.home.demo", "alongside.pay.actions", "alongside.people.actions",
    "alongside.people.adapter", "alongside.roles.actions", "alongside.watch.actions", "alongside.work.actions",
    "allauth.account.middleware", "csp.middleware", "django_htmx.middleware", "whitenoise.middleware",
)  # fmt: skip
"""Of the rooms, and of libraries that ask for settings as they are loaded, what Django does not load by itself and most who are
forked need."""


class _Process:
    """As much of :class:`subprocess.Popen` as tests use of a process: ``returncode`` is ``None`` until the end was seen by
    ``poll`` or ``wait``."""

    def __init__(
        self, arguments: list[str], env: dict[str, str], cwd: Path, streams: list[int], stands: bool = False
    ) -> None:
        self._word, told = os.pipe()
        request = {"arguments": arguments, "env": env, "cwd": str(cwd), "stands": stands}
        with tempfile.TemporaryFile() as asked:
            asked.write(json.dumps(request).encode())
            asked.seek(0)
            mother = _mother(_kind(env) == _kind(dict(os.environ)))
            socket.send_fds(mother, [b"."], [*streams, told, asked.fileno()])
        os.close(told)
        self.pid = self._number()
        self.returncode: int | None = None

    def _number(self) -> int:
        said = b""
        while not said.endswith(b"\n"):
            said += os.read(self._word, 1)
        return int(said)

    def poll(self, patience: float = 0) -> int | None:
        """The exit code, when it has ended, or ends within ``patience`` seconds."""
        if self.returncode is None and select.select([self._word], [], [], patience)[0]:
            self.returncode = self._number()
            os.close(self._word)
        return self.returncode

    def wait(self, timeout: float = 120) -> int:
        """Wait for the end. Raises ``TimeoutExpired``."""
        code = self.poll(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout)
        return code

    def _signal(self, sign: int) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, sign)

    def terminate(self) -> None:
        """SIGTERM."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL."""
        self._signal(signal.SIGKILL)


class Standing(_Process):
    """A process that goes on by itself: it leads a session of its own, and is asked to end when this one dies."""

    def __init__(self, arguments: list[str], *, env: dict[str, str], cwd: Path, log: IO[bytes]) -> None:
        """Run ``python`` with ``arguments`` (``-c CODE ...`` or ``-m MODULE ...``); what it says goes to ``log``."""
        with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - no path, a device
            streams = [nothing.fileno(), log.fileno(), log.fileno()]
            super().__init__(arguments, env, cwd, streams, stands=True)


class Forked(_Process):
    """A process that is talked to: ``stdin`` and ``stdout`` are text, ``communicate`` gives both outputs."""

    def __init__(self, arguments: list[str], *, env: dict[str, str], cwd: Path) -> None:
        """Run ``python`` with ``arguments`` (``-c CODE ...`` or ``-m MODULE ...``)."""
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
        (inside, stdin), (stdout, outside) = os.pipe(), os.pipe()
        self.stdin = os.fdopen(stdin, "w", encoding="utf-8")
        self.stdout = os.fdopen(stdout, encoding="utf-8", errors="replace")
        super().__init__(arguments, env, cwd, [inside, outside, self._errors.fileno()])
        os.close(inside)
        os.close(outside)

    def communicate(self, words: str = "", timeout: float = 120) -> tuple[str, str]:
        """Give it its last ``words`` to read, read all that it says, and wait for its end."""
        with contextlib.suppress(BrokenPipeError):
            self.stdin.write(words)
            self.stdin.close()
        said = self.stdout.read()
        self.wait(timeout)
        self._errors.seek(0)
        wrong = self._errors.read()
        self.stdout.close()
        self._errors.close()
        return said, wrong


def run(arguments: list[str], *, env: dict[str, str], cwd: Path) -> "subprocess.CompletedProcess[str]":
    """As :func:`subprocess.run` with captured text."""
    one = Forked(arguments, env=env, cwd=cwd)
    said, wrong = one.communicate()
    assert one.returncode is not None
    return subprocess.CompletedProcess(arguments, one.returncode, said, wrong)


def _kind(env: dict[str, str]) -> list[str]:
    """Which kinds of databases these settings name."""
    return [urlsplit(env.get(name, "")).scheme for name in ("DATABASE_URL", "KEYS_URL")]


@cache
def _mother(rooms: bool) -> socket.socket:
    here, there = socket.socketpair()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.forks", str(there.fileno()), *(["rooms"] if rooms else [])],
        cwd=ROOT, pass_fds=[there.fileno()], stdin=subprocess.DEVNULL,
    )  # fmt: skip
    there.close()
    atexit.register(process.wait, 15)
    atexit.register(here.close)  # that ends it; what was registered last comes first
    return here


def _load_rooms() -> None:
    """Load Alongside as any command does, with a data folder that nobody else has, and forget the settings that it was loaded
    with: whoever is forked reads its own."""
    import django
    from django.db.migrations.loader import MigrationLoader

    with tempfile.TemporaryDirectory() as nowhere:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "tests.served", "ALONGSIDE_DATA": nowhere}
        django.setup()
        for name in ROOMS:
            importlib.import_module(name)
        MigrationLoader(None)  # each server asks whether its tables are of this version
    from django.conf import empty, settings
    from django.core.cache import caches
    from django.db import connections

    for handler in (connections, caches):
        handler.__dict__.clear()
        handler.__init__()  # type: ignore[misc]
    settings._wrapped = empty
    for name in ("tests.served", "alongside.config.settings"):
        del sys.modules[name]


def _fork(asked: socket.socket, rooms: bool) -> None:
    """Load, then fork for each request until the other side is gone."""
    for name in LOADED:
        importlib.import_module(name)
    if rooms:
        _load_rooms()
    gc.freeze()  # nobody's collection touches, and so copies, what all share
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # those who watch are not waited for
    while True:
        message, files, _flags, _address = socket.recv_fds(asked, 1, 5)
        if not message:
            return
        me = os.getpid()
        if os.fork() == 0:
            asked.close()
            _watch(files, me)
        for file in files:
            os.close(file)


def _watch(files: list[int], mother: int) -> None:
    """In a process of its own: start what is asked for, say its id, wait, say how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    *streams, told, request = files
    asked = json.loads(os.read(request, 1 << 20))
    if asked["stands"]:
        end_with(mother)  # which ends with whoever asked
    watch, pid = os.getpid(), os.fork()
    if pid == 0:
        os.close(told)
        if asked["stands"]:
            os.setsid()
            end_with(watch)
        _live(asked, streams)
    for stream in streams:
        os.close(stream)
    os.write(told, f"{pid}\n".encode())
    os.write(told, f"{os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}\n".encode())
    os._exit(0)


def _live(asked: dict[str, object], streams: list[int]) -> None:
    """Be the process that is asked for, and end as it would: its code, its last words, what it has open closed.

    All but the last step of a Python process: to take apart the memory that it shares with the one it was forked from
    takes longer than most of them live.
    """
    code = 0
    try:
        _be(asked, streams)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]  # as the interpreter does: waits for threads
    atexit._run_exitfuncs()  # type: ignore[attr-defined]
    if "django.db" in sys.modules and sys.modules["django.conf"].settings.configured:
        sys.modules["django.db"].connections.close_all()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BrokenPipeError, ValueError):
            stream.flush()
    os._exit(code)


def _be(asked: dict[str, object], streams: list[int]) -> None:
    """Become the process that is asked for, and do what it does."""
    for place, stream in enumerate(streams):
        os.dup2(stream, place)
        os.close(stream)
    os.environ.clear()
    os.environ.update(asked["env"])  # type: ignore[call-overload]
    time.tzset()
    os.chdir(str(asked["cwd"]))
    random.seed()
    kind, what, *words = asked["arguments"]  # type: ignore[misc]
    sys.argv = [what, *words]
    if kind == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        sys.argv[0] = "-c"
        exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as _asked:
        _fork(_asked, "rooms" in sys.argv)
