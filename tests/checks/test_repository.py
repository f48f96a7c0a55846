"""What the files of the repository must not name, and what the locks must agree on."""

import re
from pathlib import Path

import pytest

from tests.checks.source import ROOT, short

SKIP = {".git", ".venv", "var", "node_modules", "dist", "__pycache__", ".hypothesis", "vendor"}
HOSTS = (
    "registry.npm" + "js.org",
    "pypi" + ".org",
    "python" + "hosted.org",
    "registry.yarn" + "pkg.com",
    "npm" + "mirror",
)
PLACES = (
    "/opt/" + "wheels",
    "/opt/" + "pypi",
    "/work/" + "main",
    "/work/" + "shared",
    "/ro" + "ot/",
    "/home/" + "[a-z]",
    ".py" + "env",
)
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-uv.lock")


def texts() -> list[Path]:
    """Every text file of the repository; caches and what is installed or fetched are none of it."""
    found = []
    for path in ROOT.rglob("*"):
        parts = set(path.relative_to(ROOT).parts)
        if path.is_file() and not parts & SKIP and not any(p.endswith("_cache") for p in parts):
            found.append(path)
    return [p for p in found if b"\0" not in p.read_bytes()[:4096]]


def test_no_file_names_a_registry_or_a_machine() -> None:
    places = "|".join(p if "[" in p else re.escape(p) for p in PLACES)
    # A path of a machine begins there; the same words further in are a path of the project (alongside/home/...).
    pattern = re.compile("|".join([*map(re.escape, HOSTS), rf"(?<!\w)(?:{places})"]))
    found = [
        f"{short(path)}:{number}: {match.group()}"
        for path in texts()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if (match := pattern.search(line))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", LOCKS)
def test_locks_pin_hashes_and_name_no_source(name: str) -> None:
    text = (ROOT / name).read_text()
    pins = re.findall(r"^(\S+)==(\S+)", text, re.MULTILINE)
    assert pins
    assert text.count("--hash=sha256:") >= len(pins)
    assert not re.search(r"https?:|file:|--index|--find-links| @ ", text)


def test_what_runs_is_what_was_tested() -> None:
    """The lock for running is a part of the lock for tests, version by version."""
    run, dev = (dict(re.findall(r"^(\S+?)==(\S+)", (ROOT / n).read_text(), re.MULTILINE)) for n in LOCKS[:2])
    assert {name: version for name, version in run.items() if dev.get(name) != version} == {}
