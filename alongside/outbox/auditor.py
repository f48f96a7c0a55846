"""A second pair of eyes on the senders: whether one lives, and whether letters wait for too long. Plain SQL on purpose."""

from django.db import connection

BEHIND = 30
"""Seconds that a letter may wait."""
STALE = 10
"""Seconds after which a sender that did not beat is not heard of."""

_PAST = {
    "postgresql": "clock_timestamp() - interval '{} seconds'",
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', 'now', '-{} seconds')",
}


def waiting() -> int:
    """How many letters wait for longer than they may. Those that test a channel, which may be wrong, do not count."""
    past = _PAST[connection.vendor].format(BEHIND)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM outbox_dispatch "  # noqa: S608 - our own words
            f"WHERE next_at IS NOT NULL AND channel IS NULL AND due_at < {past}"
        )
        return int(cursor.fetchone()[0])


def word() -> str | None:
    """``None`` when all is well; else what is not, in a few words."""
    past = _PAST[connection.vendor].format(STALE)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT at > {past} FROM kit_beat WHERE name = 'outbox.send'")  # noqa: S608 - our own words
        row = cursor.fetchone()
    wrong = [] if row and row[0] else ["sender has not been heard of" if row else "sender has never run"]
    if count := waiting():
        wrong.append(f"{count} letters wait for more than {BEHIND} seconds")
    return "; ".join(wrong) or None
