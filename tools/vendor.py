"""Fetch third-party browser files as pinned in ``tools/vendor.toml`` and put them into kit's static files.

Exits with a plain sentence when npm fails or when a package is not the one that was pinned.
"""

import base64
import hashlib
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PINS = ROOT / "tools" / "vendor.toml"
TARGET = ROOT / "alongside" / "kit" / "static" / "kit" / "vendor"


def pins() -> list[dict[str, Any]]:
    """The packages that ``vendor.toml`` names."""
    packages: list[dict[str, Any]] = tomllib.loads(PINS.read_text())["package"]
    return packages


def integrity(data: bytes) -> str:
    """The hash of ``data`` as the npm registry writes it (Subresource Integrity, SHA-512)."""
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()


def fetch(package: dict[str, Any], folder: Path) -> bytes:
    """The package's archive, as it was pinned. Raises :class:`SystemExit` with what is wrong."""
    wanted = f"{package['name']}@{package['version']}"
    done = subprocess.run(
        ["npm", "pack", "--silent", wanted, "--pack-destination", str(folder)],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"npm could not fetch {wanted}:\n{done.stderr.strip()}")
    data = next(folder.glob("*.tgz")).read_bytes()
    if integrity(data) != package["integrity"]:
        sys.exit(f"{wanted} is not what tools/vendor.toml pins: its hash is {integrity(data)}. Nothing was changed.")
    return data


def unpack(archive: Path, files: dict[str, str]) -> dict[str, bytes]:
    """The wanted files of an archive, by the names that they get here."""
    found = {}
    with tarfile.open(archive) as tar:
        for inside, name in files.items():
            member = tar.extractfile(inside)
            if member is None:
                sys.exit(f"{inside} is not a file in {archive.name}")
            found[name] = member.read()
    return found


def main() -> None:
    """Fetch every package, then write all files."""
    written: dict[str, bytes] = {}
    for package in pins():
        with tempfile.TemporaryDirectory() as folder:
            data = fetch(package, Path(folder))
            archive = Path(folder) / "whole.tar"
            archive.write_bytes(data)
            written |= unpack(archive, package["files"])
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, content in written.items():
        (TARGET / name).write_bytes(content)
    print(f"Fetched {', '.join(sorted(written))}.")


if __name__ == "__main__":
    main()
