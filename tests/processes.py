"""Several processes on one installation at once, on a file of SQLite or on PostgreSQL: what threads cannot show."""

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.server import Server

ROOT = Path(__file__).resolve().parent.parent
_START = """
import sys, django
django.setup()
print("ready", flush=True)
sys.stdin.readline()
from importlib import import_module
getattr(import_module(sys.argv[1]), sys.argv[2])(*sys.argv[3:])
"""


@contextlib.contextmanager
def installation() -> Iterator[Server]:
    """An empty installation with its tables made, not served."""
    with tempfile.TemporaryDirectory(prefix="alongside-processes-", ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder), demo=False)
        try:
            for database in ("default", "keys"):
                words = [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity=0", f"--database={database}"]
                done = subprocess.run(words, env=_env(server), capture_output=True, text=True, check=False)
                assert done.returncode == 0, done.stderr
            yield server
        finally:
            server.remove()


def started(server: Server, module: str, function: str, *words: str) -> subprocess.Popen[str]:
    """A process that has Django ready and waits for a line before it calls ``module.function(*words)``."""
    return _ready(_begun(server, module, function, *words))


def _begun(server: Server, module: str, function: str, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _START, module, function, *words],
        env=_env(server), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def _ready(one: subprocess.Popen[str]) -> subprocess.Popen[str]:
    assert one.stdout is not None
    assert one.stdout.readline() == "ready\n", one.communicate()[1]
    return one


def at_once(server: Server, module: str, function: str, *words: str, count: int = 4) -> list[list[str]]:
    """Call ``module.function(*words)`` in ``count`` processes at once; the lines that each printed. All must succeed."""
    running = [_begun(server, module, function, *words) for _ in range(count)]
    for one in [_ready(one) for one in running]:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    told = [one.communicate(timeout=120) for one in running]
    assert [one.returncode for one in running] == [0] * count, "\n".join(err for _out, err in told)
    return [out.splitlines() for out, _err in told]


def _env(server: Server) -> dict[str, str]:
    return server.env | {"DJANGO_SETTINGS_MODULE": "alongside.config.settings", "ALONGSIDE_DATA": str(server.data)}
