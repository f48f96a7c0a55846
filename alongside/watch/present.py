"""How a check-in looks to its person: the same for the page and for the script that asks again and again."""

from typing import Any

from alongside.kit import clock
from alongside.people.models import Account
from alongside.watch import crew_queries, queries
from alongside.watch.models import CheckIn


def seen(person: Account, row: CheckIn) -> dict[str, Any]:
    """A few hundred bytes: state, seconds to what comes, who stands by, and whether it can be relied on.

    ``left``: seconds to the check (less than 0: past). ``next``: to what the engine does next. ``beat``: since an engine
    last looked, or none. ``by`` and ``lost``: names of who in this check-in can be reached now, and of who cannot.
    """
    now = clock.database_now()
    at, well = queries.beat()
    by, lost = crew_queries.standing(person, row)
    return {
        "state": row.state,
        "due": row.due_at.isoformat(),
        "left": round((row.due_at - now).total_seconds(), 1),
        "next": round((row.next_at - now).total_seconds(), 1) if row.next_at else None,
        "grace": row.grace,
        "every": row.every,
        "beat": round((now - at).total_seconds()) if at else None,
        "well": well,
        "by": by,
        "lost": lost,
        "loud": row.loud,
        "for": row.called_for,
    }
