"""Pure decisions about calls for work: when one shows to all, how long it is open, when it is deleted."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from alongside.roles import rules

HOURS_FIRST = 24
"""For how many hours a call that seeks experience shows only on phones that match it."""
OPEN_DAYS = 30
"""For how many days a call without a day of its own is open."""
KEEP_DAYS = 30
"""How many days after its last day, or after it was closed, a call is deleted with all that was said to it."""
AHEAD_DAYS = 366
"""How far ahead the day of the work may be."""
KINDS_MOST = 4


@dataclass(frozen=True)
class Call:
    """What a call says. ``day`` is ISO or empty, ``part`` a part of the day or empty, ``minutes`` are of the work.

    ``amount`` is minor units of ``currency`` for each ``unit`` (as in :class:`rules.Rate`).
    """

    kinds: tuple[str, ...]
    amount: int
    unit: str
    currency: str
    day: str = ""
    part: str = ""
    minutes: int = 0
    text: str = ""
    experience: tuple[str, ...] = ()
    why: str = ""

    def as_json(self) -> dict[str, Any]:
        """The call as a value that JSON can hold."""
        return asdict(self)


def call_from_json(value: dict[str, Any]) -> Call:
    """The call that :meth:`Call.as_json` gave; fields that are unknown here are left out."""
    known: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) else v for k, v in value.items() if k in Call.__dataclass_fields__
    }
    return Call(**known)


def opens(made: dt.datetime, experience: Iterable[str]) -> dt.datetime | None:
    """When a call shows to all: a day after it was made, at the next full hour; ``None``: at once, it seeks none.

    The full hour keeps the minute at which somebody wrote it out of the table.
    """
    if not list(experience):
        return None
    hour = made.replace(minute=0, second=0, microsecond=0)
    return hour + dt.timedelta(hours=HOURS_FIRST + (hour < made))


def open_to_all(opens_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether a call shows to every member by now."""
    return opens_at is None or opens_at <= now


def shows(opens_at: dt.datetime | None, now: dt.datetime, sought: Iterable[str], lived: Iterable[str]) -> bool:
    """What a phone decides (``roles/static/roles/calls.js`` does it there): open to all, or one of it was lived."""
    return open_to_all(opens_at, now) or not set(sought).isdisjoint(lived)


def last_day(call: Call, made: dt.date) -> dt.date:
    """The last day on which one can say yes: that of the work, else some weeks after it was made."""
    return rules.iso_day(call.day) or made + dt.timedelta(days=OPEN_DAYS)


def deleted_before(today: dt.date) -> dt.date:
    """Calls whose last day is before this one are deleted today."""
    return today - dt.timedelta(days=KEEP_DAYS)


def problems(call: Call, today: dt.date) -> dict[str, str]:
    """What is wrong with a call: field name to code, as :func:`rules.problems` gives them; empty when nothing is."""
    found: dict[str, str] = {}
    if not call.kinds:
        found["kinds"] = "needed"
    elif len(call.kinds) > KINDS_MOST:
        found["kinds"] = "many"
    if not 1 <= call.amount <= rules.AMOUNT_MOST:
        found["amount"] = "low" if call.amount < 1 else "high"
    if call.unit not in rules.UNITS:
        found["unit"] = "unknown"
    day = rules.iso_day(call.day)
    if call.day and (day is None or not today <= day <= today + dt.timedelta(days=AHEAD_DAYS)):
        found["day"] = "ahead"
    if call.part and call.part not in rules.PARTS:
        found["part"] = "unknown"
    if not 0 <= call.minutes <= rules.MINUTES_MOST:
        found["minutes"] = "high" if call.minutes > 0 else "low"
    found |= {name: "long" for name in ("text", "why") if len(getattr(call, name)) > rules.TEXT_MOST}
    if not set(call.experience) <= set(rules.EXPERIENCE):
        found["experience"] = "unknown"
    if call.experience and not call.why.strip():
        found["why"] = "needed"
    return found
