"""SQLite as Django has it, but whoever waits to write looks again soon.

SQLite's own waiting sleeps longer each time, up to a tenth of a second. A process that writes again and again then finds
the file free each time, and one that waits finds it taken: with two servers and an engine, answers took seconds while the
file was free for most of them. Here each of them looks some times a millisecond at first, so that turns go round.
"""

import random
import sqlite3
import time

from django.db.backends.sqlite3 import base

SOON = 0.0001
"""Seconds between two looks, at the least."""
LATER = 0.003
"""Seconds between two looks, at the most, of one that has waited for long."""
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_SNAPSHOT, sqlite3.SQLITE_BUSY_RECOVERY})


class DatabaseWrapper(base.DatabaseWrapper):
    """As Django's; begins a transaction as soon as it is this connection's turn, or fails as Django's does, after ``timeout``."""

    def _start_transaction_under_autocommit(self) -> None:
        patience = self.settings_dict["OPTIONS"].get("timeout", 5)
        end, pause = time.monotonic() + patience, SOON
        self.connection.execute("PRAGMA busy_timeout=0")
        try:
            while not self._begun(last=time.monotonic() > end):
                time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - keeps two from looking in step, guards nothing
                pause = min(pause * 1.05, LATER)
        finally:
            self.connection.execute(f"PRAGMA busy_timeout={int(patience * 1000)}")

    def _begun(self, *, last: bool) -> bool:
        """Try to begin; whether it did. At the last try what stands in the way is raised."""
        with self.wrap_database_errors:
            try:
                self.connection.execute(f"BEGIN {self.transaction_mode or ''}")  # type: ignore[attr-defined]  # stubs of an older Django
            except sqlite3.OperationalError as wrong:
                if last or wrong.sqlite_errorcode not in _BUSY:
                    raise
                return False
        return True
