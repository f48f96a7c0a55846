"""The installation's own secret, made once in its data folder."""

import os
import secrets
from pathlib import Path


def secret_key(data: Path) -> str:
    """The secret that signs sessions, kept in ``data/secret`` (readable by the owner alone), made when missing.

    Two processes that start at once agree on one secret: the file appears whole, and only the first one stays.
    """
    path = data / "secret"
    if not path.exists():
        fresh = data / f"secret.{os.getpid()}"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text().strip()
