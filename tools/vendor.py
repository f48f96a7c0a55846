"""Fetch third-party browser files as pinned in ``tools/vendor.toml`` and put them into kit's static files.

Two things are changed in scripts, and nothing else: an import by a name becomes one by a path, since browsers find no
names without an import map and our content security policy allows none; and the line that names a source map goes.
Exits with a plain sentence when npm fails or when a package is not the one that was pinned.
"""

import base64
import hashlib
import os
import re
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


def pins() -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The packages that ``vendor.toml`` names, and the file here behind each name that scripts import."""
    found = tomllib.loads(PINS.read_text())
    return found["package"], found["imports"]


def by_path(name: str, script: bytes, imports: dict[str, str]) -> bytes:
    """The file ``name`` with its imports by paths. Exits when it imports a name that ``imports`` does not have."""

    def path(found: re.Match[str]) -> str:
        if found[1] not in imports:
            sys.exit(f"{name} imports {found[1]}, which tools/vendor.toml does not name under [imports]")
        target = os.path.relpath(imports[found[1]], Path(name).parent)
        return f'from "./{target}"'

    text = re.sub(r'\bfrom "([@\w][^"]*)"', path, script.decode())
    return re.sub(r"\n//# sourceMappingURL=\S+\s*$", "\n", text).encode()


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
    packages, imports = pins()
    for package in packages:
        with tempfile.TemporaryDirectory() as folder:
            data = fetch(package, Path(folder))
            archive = Path(folder) / "whole.tar"
            archive.write_bytes(data)
            written |= unpack(archive, package["files"])
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, content in written.items():
        (TARGET / name).parent.mkdir(parents=True, exist_ok=True)
        named = name.endswith(".js") and not name.endswith(".min.js")
        (TARGET / name).write_bytes(by_path(name, content, imports) if named else content)
    print(f"Fetched {', '.join(sorted(written))}.")


if __name__ == "__main__":
    main()
