"""Backup, restore, and moving from one database to another.

Data keys are in no backup of the first database. They go into a file of their own, which replaces the one before it:
a key that was deleted must not lie about in an older copy.
"""

import base64
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

Tables = Mapping[str, list[Any]]

LOUD = (
    "{path} holds the data keys: with a backup beside it, it opens every record. Keep it away from all backups, "
    "keep only this newest copy, and delete the one before: a copy of a deleted key brings the deleted text back."
)


class Unfit(Exception):
    """Raised when a file cannot be written or read; its text says why in plain words."""


def write(path: Path) -> Tables:
    """Write a backup of the first database to ``path``. Raises :class:`Unfit`."""
    from alongside.kit import dump

    try:
        return dump.write(path)
    except FileExistsError as there:
        raise Unfit(f"{path} is there already; a backup never takes another's place") from there
    except OSError as wrong:
        raise Unfit(f"{path} could not be written: {wrong.strerror}") from wrong


def read(path: Path, finish: Callable[[], None]) -> Tables:
    """Read a backup into the empty first database, then call ``finish``, all or nothing. Raises :class:`Unfit`."""
    from alongside.kit import dump

    try:
        return dump.read(path, finish)
    except dump.NotWhole as wrong:
        raise Unfit(f"{path} was not restored, and nothing was changed: {wrong}") from wrong
    except OSError as wrong:
        raise Unfit(f"{path} cannot be read: {wrong.strerror}") from wrong


def write_keys(path: Path, data: Path) -> int:
    """Write data keys, the lists of what ended and the installation's secret to ``path``, in place of an older copy.

    Returns how many keys there are.
    """
    from alongside.kit import clock
    from alongside.kit import keys as data_keys
    from alongside.kit.models import DataKey, Ended, Erased

    secret = data / "secret"
    rows = DataKey.objects.exclude(owner__in=data_keys.days(clock.today())).order_by("owner")
    keys = {str(row.owner): base64.b64encode(row.key).decode() for row in rows}
    content = {
        "alongside-keys": 1,
        "secret": secret.read_text().strip() if secret.exists() else "",
        "ended": sorted(str(owner) for owner in Ended.objects.values_list("owner", flat=True)),
        "erased": sorted(str(row) for row in Erased.objects.values_list("row", flat=True)),
        "keys": keys,
    }
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as wrong:
        raise Unfit(f"{path} could not be written: {wrong.strerror}") from wrong
    finally:
        part.unlink(missing_ok=True)
    return len(keys)


def read_keys(path: Path, data: Path) -> int:
    """Take up the keys in ``path``, but none that ended since, here or there; return how many were taken up.

    The secret is taken up when this installation holds nobody yet.
    """
    from django.db import transaction

    from alongside.kit.models import DataKey, Ended, Erased
    from alongside.kit.routers import KEYS
    from alongside.people.models import Account

    try:
        content = json.loads(path.read_text())
        keys = {UUID(owner): base64.b64decode(key, validate=True) for owner, key in content["keys"].items()}
        ended = [UUID(owner) for owner in content["ended"]]
        erased = [UUID(row) for row in content.get("erased", ())]  # copies of older versions know of none
        secret = str(content["secret"])
    except OSError as wrong:
        raise Unfit(f"{path} cannot be read: {wrong.strerror}") from wrong
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise Unfit(f"{path} is no whole copy of keys") from wrong
    with transaction.atomic(using=KEYS):
        Ended.objects.bulk_create([Ended(owner=owner) for owner in ended], ignore_conflicts=True, batch_size=500)
        Erased.objects.bulk_create([Erased(row=row) for row in erased], ignore_conflicts=True, batch_size=500)
        gone = set(Ended.objects.values_list("owner", flat=True))
        for start in range(0, len(ended), 500):
            DataKey.objects.filter(owner__in=ended[start : start + 500]).delete()
        wanted = [DataKey(owner=owner, key=key) for owner, key in keys.items() if owner not in gone]
        DataKey.objects.bulk_create(wanted, ignore_conflicts=True, batch_size=500)
    if secret and not Account.objects.exists():
        (data / "secret").write_text(secret)
    return len(wanted)


def move(url: str, data: Path) -> str:
    """Copy the first database into the empty one at ``url``; return what the copying said. Raises :class:`Unfit`.

    A process of its own reads the copy in, because a process knows one first database. It compares counts and hashes.
    """
    with tempfile.TemporaryDirectory(prefix="move-", dir=data) as folder:
        path = Path(folder) / "moved"
        write(path)
        done = subprocess.run(  # noqa: S603 - our own command, no shell
            [sys.executable, "-m", "alongside.config.cli", "restore", str(path), "--data", str(data)],
            env={**os.environ, "DATABASE_URL": url}, capture_output=True, text=True, check=False,
        )  # fmt: skip
    if done.returncode:
        raise Unfit(f"nothing was moved: {done.stderr.strip()}")
    return done.stdout
