"""A second pair of eyes: looks for check-ins that should have moved and did not. Shares no code with the engine.

Plain SQL on purpose: a fault in the engine's rules or in its queries must not hide itself here.
"""

from django.db import connection

from alongside.kit.jobs import loop

EVERY = 5.0
"""Seconds between two looks."""
BEHIND = 10
"""Seconds past its time from which on a check-in is overdue."""
STALE = 30
"""An auditor that has not looked for so many seconds says nothing that counts."""

_PAST = {
    "postgresql": "clock_timestamp() - interval '{} seconds'",
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', 'now', '-{} seconds')",
}


@loop("watch.auditor", every=EVERY)
def look() -> float | None:
    """Look; the loop's own beat says that it did. What it finds is asked for when it is needed, by :func:`word`."""
    overdue()
    return EVERY


def overdue() -> int:
    """How many check-ins are past their time by more than an engine may take, or stand in a state without a time."""
    past = _PAST[connection.vendor].format(BEHIND)
    return _count(
        f"SELECT count(*) FROM watch_checkin WHERE next_at < {past}"  # noqa: S608 - our own words
    ) + _count("SELECT count(*) FROM watch_checkin WHERE next_at IS NULL AND state <> 'ended'")


def used_up() -> int:
    """How many check-ins called everybody, and nobody said that they come."""
    return _count("SELECT count(*) FROM watch_checkin WHERE loud AND next_at IS NOT NULL")


def word() -> str | None:
    """``None`` when all is well; else what is not, in a few words."""
    wrong = []
    if found := _beat_is_old("watch.engine", 10):
        wrong.append(f"engine {found}")
    if found := _beat_is_old("watch.auditor", STALE):
        wrong.append(f"auditor {found}")
    if count := overdue():
        wrong.append(f"{count} overdue")
    if count := used_up():
        wrong.append(f"{count} with everybody called and nobody coming")
    return "; ".join(wrong) or None


def _beat_is_old(name: str, seconds: int) -> str:
    past = _PAST[connection.vendor].format(seconds)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT at > {past} FROM kit_beat WHERE name = %s", [name])  # noqa: S608 - our own words
        row = cursor.fetchone()
    if row is None:
        return "has never run"
    return "" if row[0] else "has not been heard of"


def _count(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])
