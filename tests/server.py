"""The production server as a subprocess, on a data folder and databases of its own, for tests that need all of it.

On PostgreSQL (``ALONGSIDE_TEST_DATABASE=postgresql``) each server gets two fresh databases beside the tests' own.
"""

import contextlib
import datetime as dt
import fcntl
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from functools import partial
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

import psycopg

from alongside.config.children import end_with
from tests import forks

PATIENCE = 90.0
"""Seconds that a server may take until it is well: two cores may be busy with other tests."""
PROGRAMS = Path(sys.executable).parent
_FILES = {"default": "alongside.sqlite3", "keys": "keys.sqlite3"}
_SETTINGS = {"default": "DATABASE_URL", "keys": "KEYS_URL"}
_PORTS = range(10_240, 32_768)
"""Linux gives those above to connections."""
_NOT_OURS = (
    "DJANGO_SETTINGS_MODULE",
    "DATABASE_URL",
    "KEYS_URL",
    "ALONGSIDE_DATA",
    "ALONGSIDE_ORIGIN",
    "ALONGSIDE_DEMO",
)


class NotWell(AssertionError):
    """Raised when the server ended early or did not become well in time; its text is the server's own output."""


class Server:
    """One installation: ``url`` is its origin, ``data`` its folder, ``people`` what ``demo.json`` says.

    ``start``, ``stop`` (asks it to end), ``kill`` (SIGKILL to all of its processes) and ``restart`` keep the data
    and the port. It is asked to end when the process that started it dies. ``remove`` kills it and deletes its databases.
    A first start with the demo takes the databases of another first start of this run, which costs half the time;
    ``anew`` makes its own. In a run of the tests the settings are those of :mod:`tests.served`, and its first process is forked
    from one that has loaded the rooms (:mod:`tests.forks`); benchmarks, and programs of another folder, are started as they
    are, with the installation's own settings.
    """

    def __init__(
        self,
        folder: Path,
        *,
        demo: bool = True,
        workers: int = 1,
        env: dict[str, str] | None = None,
        programs: Path = PROGRAMS,
        anew: bool = False,
    ) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "server.log"
        self.demo = demo
        self.workers = workers
        self.programs = programs
        in_a_test = "ALONGSIDE_TEST_HOME" in os.environ and programs == PROGRAMS
        self.settings = "tests.served" if in_a_test else "alongside.config.settings"
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self._named = self._missing = _fresh_names()
        self.extra = env or {}
        self.anew = anew or programs != PROGRAMS or not demo
        self.process: subprocess.Popen[bytes] | forks.Standing | None = None
        self._starts = 0

    @property
    def databases(self) -> dict[str, str]:
        """The settings that name its databases; whoever asks finds them made. None on SQLite, whose files are in ``data``."""
        for url in self._missing.values():
            _admin(f'CREATE DATABASE "{_name(url)}"')
        self._missing = {}
        return self._named

    @databases.setter
    def databases(self, settings: dict[str, str]) -> None:
        self._named, self._missing = settings, {}

    def copy_databases(self, others: dict[str, str]) -> None:
        """Have, instead of its own, copies of these, by the names of settings."""
        for setting, url in others.items():
            name = _name(self._named[setting])
            if setting not in self._missing:
                _admin(f'DROP DATABASE "{name}"')
            _copy_database(_name(url), name)
        self._missing = {}

    @property
    def env(self) -> dict[str, str]:
        """The environment of the server, and of any other command on the same installation."""
        inherited = {k: v for k, v in os.environ.items() if k not in _NOT_OURS}
        settings = {"DJANGO_SETTINGS_MODULE": self.settings, "ALONGSIDE_ORIGIN": self.url}
        return inherited | settings | self.databases | self.extra

    @property
    def people(self) -> list[dict[str, Any]]:
        """The demo people: handle, part, token, sign_in, groups."""
        people: list[dict[str, Any]] = json.loads((self.data / "demo.json").read_text())["people"]
        return people

    def person(self, handle: str) -> dict[str, Any]:
        """One demo person, by handle."""
        return next(p for p in self.people if p["handle"] == handle)

    def of_part(self, part: str, number: int = 0) -> dict[str, Any]:
        """The first (or a later) demo person with this part: worker, coordinator, steward."""
        return [p for p in self.people if p["part"] == part][number]

    def with_tables(self) -> "Server":
        """Give it empty tables at once, as the first command would make them: a copy of what this run made before."""
        _copy_template(self, "empty")
        return self

    def command(self, *words: str) -> list[str]:
        """The command ``alongside`` from the folder ``programs`` with ``words`` and this data folder."""
        return [str(self.programs / "alongside"), *words, "--data", str(self.data)]

    @property
    def inside(self) -> dict[str, str]:
        """The environment of Python that works inside the installation."""
        return self.env | {"ALONGSIDE_DATA": str(self.data)}

    def python(self, code: str) -> str:
        """What ``code`` prints inside the installation; fails when it fails."""
        done = forks.run(["-c", f"import django; django.setup()\n{code}"], env=self.inside, cwd=forks.ROOT)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def run(self, *words: str) -> str:
        """Run a command on this installation and return what it printed; fails when it fails."""
        done = self.asked(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def asked(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run a command on this installation, whatever comes of it."""
        words = ("-m", "alongside.config.cli", *words, "--data", str(self.data))
        return forks.run(list(words), env=self.env, cwd=self.folder)

    def start(self) -> "Server":
        """Start and wait until ``/healthz`` answers 200 and the server has said that it serves."""
        words = ["serve", *(["--demo"] if self.demo else []), "--host", "127.0.0.1"]
        words += ["--port", str(self.port), "--workers", str(self.workers)]
        if not self.anew and not self.data.exists():
            _copy_template(self, "demo")
        if self.programs == PROGRAMS:
            _lend_static(self.data)
        self._starts = self._said() + 1
        with self.log.open("ab") as log:
            self.process = self._begin(words, log)
        self.wait()
        if self.programs == PROGRAMS:
            _keep_static(self.data)
        return self

    def _begin(self, words: list[str], log: IO[bytes]) -> "subprocess.Popen[bytes] | forks.Standing":
        if self.settings == "tests.served":
            words = ["-m", "alongside.config.cli", *words, "--data", str(self.data)]
            return forks.Standing(words, env=self.env, cwd=self.folder, log=log)
        return subprocess.Popen(
            self.command(*words), env=self.env, cwd=self.folder, stdin=subprocess.DEVNULL,
            stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            preexec_fn=partial(end_with, os.getpid()),  # noqa: PLW1509 - no thread of a test holds what it needs
        )  # fmt: skip

    def wait(self) -> None:
        """Wait until the server is well. Raises :class:`NotWell`."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self.process is None or self.process.poll() is not None:
                raise NotWell(f"the server ended\n{self.output()}")
            if self._said() >= self._starts and self.health() == 200:
                return
            time.sleep(0.1)
        raise NotWell(f"/healthz says {self.health()}\n{self.output()}")

    def health(self) -> int | None:
        """The status of ``/healthz``, or ``None`` while nothing answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def _said(self) -> int:
        """How many starts ended with the word that it serves: links and ``demo.json`` are new by then."""
        return self.log.read_text(errors="replace").count("Alongside serves on") if self.log.exists() else 0

    def output(self) -> str:
        """The end of what the server printed."""
        return self.log.read_text(errors="replace")[-4000:] if self.log.exists() else ""

    def stop(self) -> None:
        """Ask the server to end and wait until it has."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(15)
        self.kill()

    def kill(self) -> None:
        """SIGKILL to every process of this server at once: nothing gets to tidy up."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(15)
        self.process = None
        end = time.monotonic() + 15
        while not port_is_free(self.port) and time.monotonic() < end:
            time.sleep(0.05)

    def restart(self) -> "Server":
        """Stop and start again on the same data and port."""
        self.stop()
        return self.start()

    def remove(self) -> None:
        """Kill it, and drop the databases made for this server: nothing of it is asked for any more."""
        self.kill()
        for url in self._named.values():
            _admin(f'DROP DATABASE IF EXISTS "{_name(url)}" WITH (FORCE)')


@contextlib.contextmanager
def serving(**options: Any) -> Any:
    """A started :class:`Server` in a new folder, removed in the end."""
    with tempfile.TemporaryDirectory(prefix="alongside-server-", ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder), **options)
        try:
            yield server.start()
        finally:
            server.remove()


def _copy_template(server: Server, kind: str) -> None:
    """Give ``server`` the data and databases of a template: ``demo`` was served once, ``empty`` has its tables."""
    if "ALONGSIDE_TEST_HOME" not in os.environ:
        return
    template = _template(kind)
    shutil.copytree(template / "data", server.data, ignore=shutil.ignore_patterns("static"))
    server.copy_databases(json.loads((template / "databases.json").read_text()))


def _template(kind: str) -> Path:
    """The folder of a template; the first caller of a run makes it."""
    home = Path(os.environ["ALONGSIDE_TEST_HOME"])
    template = home / f"template-{kind}"
    with (home / "template.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not template.exists():
            template.mkdir()
            first = Server(template, anew=True, demo=kind == "demo")
            if kind == "demo":
                first.start().stop()
            else:
                first.run("audit", "verify")
                (first.data / "secret").unlink()  # each installation has its own
            (template / "databases.json").write_text(json.dumps(first.databases))
    return template


def empty_tables(folder: Path) -> dict[str, Path]:
    """SQLite files with empty tables, copied into ``folder``: ``default`` and ``keys``."""
    made = _template("empty") / "data"
    return {alias: Path(shutil.copy(made / name, folder)) for alias, name in _FILES.items()}


def fill_with_tables(connection: Any) -> None:
    """Have this connection of Django be to a test database of its own, as Django names it, with empty tables."""
    from django.conf import settings

    template, alias = _template("empty"), connection.alias
    name = connection.creation._get_test_db_name()
    settings.DATABASES[alias]["NAME"] = connection.settings_dict["NAME"] = name
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with contextlib.closing(sqlite3.connect(template / "data" / _FILES[alias])) as made:
            made.backup(connection.connection)
    else:
        made_as = json.loads((template / "databases.json").read_text())[_SETTINGS[alias]]
        _copy_database(_name(made_as), name)


def _static_cache() -> Path:
    """The compressed files for browsers, the same for every server of a test run: made by the first one.

    Programs of another folder make their own: their files have other times, so that they would write over these while others
    serve them, shorter for a moment than their header says.
    """
    return Path(os.environ.get("ALONGSIDE_TEST_HOME", "/nowhere")) / "static-of-servers"


def _lend_static(data: Path) -> None:
    if _static_cache().exists() and not (data / "static").exists():
        data.mkdir(mode=0o700, exist_ok=True)
        (data / "static").symlink_to(_static_cache())  # they are of this version: a server writes none


def _keep_static(data: Path) -> None:
    cache = _static_cache()
    if cache.exists() or not cache.parent.exists():
        return
    fresh = cache.with_name(uuid.uuid4().hex)
    shutil.copytree(data / "static", fresh)
    with contextlib.suppress(OSError):  # another process was first
        fresh.rename(cache)


def today() -> dt.date:
    """The present day where these servers are: one hour of the day UTC has the next one while tests run."""
    return dt.datetime.now(ZoneInfo(os.environ.get("ALONGSIDE_TIME_ZONE", "UTC"))).date()


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on.

    It is none of those that the system gives to whoever connects: a server that is started again would find its port taken,
    and one that is gone would seem to be there, when another test had been given it meanwhile.
    """
    while True:
        port = random.SystemRandom().choice(_PORTS)
        with socket.socket() as one, contextlib.suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port


def port_is_free(port: int) -> bool:
    """Whether nobody listens on the port of 127.0.0.1."""
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) != 0


def _fresh_names() -> dict[str, str]:
    base = os.environ.get("ALONGSIDE_TEST_POSTGRES")
    if not base:
        return {}
    mark = uuid.uuid4().hex[:12]
    kinds = {"DATABASE_URL": "main", "KEYS_URL": "keys"}
    return {name: base.replace("/postgres?", f"/server_{kind}_{mark}?") for name, kind in kinds.items()}


def _admin(statement: str) -> None:
    """Make or drop a database. PostgreSQL writes all it holds before that, which cannot be while another test has a
    full disk under one of its databases: ask again until there is room."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with psycopg.connect(os.environ["ALONGSIDE_TEST_POSTGRES"], autocommit=True) as connection:
                connection.execute(statement)
        except psycopg.errors.InternalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.5)
        else:
            return


def _copy_database(name: str, new: str) -> None:
    """Make a database that holds what another one does. Its files are copied: they are few, and writing each page of them
    into the log too takes twice as long."""
    _admin(f'CREATE DATABASE "{new}" TEMPLATE "{name}" STRATEGY FILE_COPY')


def _name(url: str) -> str:
    return url.split("?", maxsplit=1)[0].rsplit("/", 1)[1]
