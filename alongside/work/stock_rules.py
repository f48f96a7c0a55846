"""Pure decisions about stock: from which lot things are taken, how long they last, what is about to expire."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

WEEKS = 6
"""How many weeks back the hand-outs count for how long a supply lasts."""
LEAST_DAYS = 7
"""What was handed out in fewer days than these is taken for a week's: two busy days say little."""
SOON_DAYS = 14
"""A supply that lasts fewer days than these runs out soon."""
EXPIRES_DAYS = 60
"""A lot that is good for fewer days than these expires soon."""
LINE_DAYS = 400
"""Lines older than this become one, of their sum."""
AMOUNT_MOST = 1_000_000
OWN = "own-"
"""What the code of a group's own thing begins with: no thing that entries name has such a code."""
OWN_MOST = 60
"""How many things of its own a group may keep count of."""

Spot = tuple[Any, Any]
"""Where something is: a place and a lot; the lot is ``None`` for what is not kept by lot."""


@dataclass(frozen=True)
class Bin:
    """A lot at one place: which, until when it is good (``None``: for ever), and how much should be there."""

    lot: Any
    expires: dt.date | None
    there: int


def is_own(code: str) -> bool:
    """Whether a code is of a group's own thing."""
    return code.startswith(OWN)


def good(expires: dt.date | None, today: dt.date) -> bool:
    """Whether it may still be handed out: it is good on its last day too."""
    return expires is None or expires >= today


def in_order(bins: Iterable[Bin], today: dt.date) -> list[Bin]:
    """What may be handed out, the oldest first."""
    return sorted((b for b in bins if good(b.expires, today)), key=lambda b: (b.expires or dt.date.max, str(b.lot)))


def take(amount: int, bins: Iterable[Bin], today: dt.date) -> dict[Any, int]:
    """From which lots ``amount`` things are taken: the oldest good one first, each as far as it goes.

    People hand out what they have, whatever was counted: what goes beyond is taken from the newest good lot that
    was there, and from no lot (``None``) where there was none.
    """
    found: dict[Any, int] = {}
    had = [b for b in in_order(bins, today) if b.there > 0]
    for one in had:
        taken = min(amount, one.there)
        if taken:
            found[one.lot] = found.get(one.lot, 0) + taken
            amount -= taken
    if amount:
        last = had[-1].lot if had else None
        found[last] = found.get(last, 0) + amount
    return found


def put_back(amount: int, taken: Sequence[tuple[Spot, int]]) -> dict[Spot, int]:
    """To where ``amount`` of what was ``taken`` goes back: what was taken last first. Never more than was taken."""
    found: dict[Spot, int] = {}
    for spot, n in reversed(taken):
        back = min(amount, n)
        if back:
            found[spot] = found.get(spot, 0) + back
            amount -= back
    return found


def days_left(there: int, handed_out: int, *, since: dt.date, today: dt.date) -> int | None:
    """For how many days ``there`` things last, at the pace of the last weeks; ``None`` when nobody can say.

    ``handed_out`` is how many were handed out since :func:`first_day`; ``since`` the day from which they are counted.
    """
    if handed_out <= 0:
        return None
    days = max(LEAST_DAYS, (today - first_day(since, today)).days + 1)
    return max(there, 0) * days // handed_out


def a_week(handed_out: int, *, since: dt.date, today: dt.date) -> int:
    """How many are handed out in a week, rounded to a whole number; what is put back counts as never handed out."""
    days = max(LEAST_DAYS, (today - first_day(since, today)).days + 1)
    return (max(handed_out, 0) * 14 + days) // (2 * days)


def first_day(since: dt.date, today: dt.date) -> dt.date:
    """The first of the days whose hand-outs count for how long a supply lasts."""
    return max(since, today - dt.timedelta(days=7 * WEEKS - 1))


def runs_out_soon(there: int, left: int | None) -> bool:
    """Whether somebody should think of getting more."""
    return there <= 0 or (left is not None and left < SOON_DAYS)


def expiry(expires: dt.date | None, today: dt.date) -> str:
    """``expired``, ``soon`` or ``good``."""
    if not good(expires, today):
        return "expired"
    return "soon" if expires is not None and (expires - today).days < EXPIRES_DAYS else "good"
