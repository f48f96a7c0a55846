"""The wheel carries everything: built, installed into an empty environment from the lock, served in an empty folder."""

import os
import re
import sqlite3
import stat
import subprocess
import sys
import urllib.request
import zipfile
from contextlib import closing
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.databases import WHERE
from tests.server import PROGRAMS, serving

ROOT = Path(__file__).resolve().parent.parent
pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(WHERE != "sqlite", reason="the wheel is the same whatever database it is served from"),
]


def run(*words: str | Path, **more: str) -> None:
    """Run a command; fail with what it said when it fails."""
    env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | more
    done = subprocess.run([str(w) for w in words], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder)
    return next(folder.glob("alongside-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that holds the locked packages and the wheel, and nothing else."""
    home = tmp_path_factory.mktemp("fresh") / "venv"
    uv = PROGRAMS / "uv"
    run(uv, "venv", "--quiet", "--python", sys.executable, home)
    run(uv, "pip", "install", "--quiet", "--require-hashes", "-r", "requirements.lock", VIRTUAL_ENV=str(home))
    run(uv, "pip", "install", "--quiet", "--offline", "--no-deps", wheel, VIRTUAL_ENV=str(home))
    return home / "bin"


def test_the_wheel_holds_what_the_tree_holds(wheel: Path) -> None:
    """Templates, static files, migrations, translations: all that is not a test."""
    held = set(zipfile.ZipFile(wheel).namelist())
    tree = {
        p.relative_to(ROOT).as_posix()
        for p in (ROOT / "alongside").rglob("*")
        if p.is_file() and not {"tests", "__pycache__"} & set(p.parts[len(ROOT.parts) :])
    }
    assert tree - held == set()
    assert not [name for name in held if "/tests/" in name]


def test_serves_from_an_empty_folder(installed: Path) -> None:
    """As a newcomer would: the demo answers, and its secrets are readable by the owner alone."""
    with serving(programs=installed) as server:
        assert server.health() == 200
        assert not (server.data / "static").is_symlink(), (
            "it writes over what other servers of this run lend each other"
        )
        assert stat.S_IMODE((server.data / "demo.json").stat().st_mode) == 0o600
        assert {p["part"] for p in server.people} == {"worker", "coordinator", "steward"}
        with urllib.request.urlopen(server.url, timeout=10) as page:
            assert b"<h1" in page.read()
        assert passphrase_of("robin", made_at=server.url, kept_in=server.data).startswith("argon2$argon2id$")


def passphrase_of(handle: str, *, made_at: str, kept_in: Path) -> str:
    """How the passphrase of an account is kept that somebody makes on this server, whose settings are an installation's own."""
    phone = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    address = f"{made_at}/people/make-account/"
    token = re.findall(r'csrfmiddlewaretoken" value="([^"]+)', phone.open(address, timeout=10).read().decode())[-1]
    typed = {"handle": handle, "passphrase": "seven odd kettles hum", "csrfmiddlewaretoken": token}
    assert phone.open(address, urlencode(typed).encode(), timeout=10).status == 200
    with closing(sqlite3.connect(kept_in / "alongside.sqlite3")) as connection:
        return str(connection.execute("SELECT password FROM people_account WHERE handle = ?", [handle]).fetchone()[0])
