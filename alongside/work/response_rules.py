"""Pure decisions about overdose responses: what one may hold, when one folds, what a month's counts are."""

import datetime as dt
import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

UNKNOWN = "unknown"
DONE = ("naloxone", "breathing", "recovery", "oxygen", "stayed", "other")
BREATHING = ("yes", "slow", "no")
FIELDS: dict[str, tuple[str, ...]] = {
    "doses": ("1", "2", "3", "more"),
    "form": ("nasal", "injected", "both"),
    "before": BREATHING,
    "after": BREATHING,
    "ambulance": ("called", "not_called"),
    "end": ("stayed", "ambulance", "left", "died"),
}
"""What may be said, one choice each; to every one of these ``unknown`` is an answer too, and none is needed."""
DAYS = 30
"""A response folds once its month has been over for this many days."""
BATCH_MOST = 100
MONTHS_BACK = 12

Response = dict[str, Any]
Cells = dict[str, tuple[int, int, int]]
"""A month's counts, by ``field.value``: how many; of how many people at least; of one person at most."""


def checked(raw: object, *, today: dt.date) -> tuple[Response, dict[str, str]]:
    """The response that ``raw`` means, in canonical form, and what is wrong with it by field.

    The month is the only time that it holds. One that is still to come, by a phone whose date is wrong, is the
    present one; one from long ago is the oldest that is taken.
    """
    if not isinstance(raw, Mapping):
        return {}, {"response": "not_an_entry"}
    errors = {name: "unknown_field" for name in raw if name not in {"id", "month", "group", "done", *FIELDS}}
    found: Response = {"done": _done(raw.get("done"), errors)}
    for name in ("id", "group"):
        found[name] = _id(raw.get(name), name, errors)
    if found["id"] is None:
        errors["id"] = "not_an_id"
    found["month"] = _month(raw.get("month"), today, errors)
    for name, choices in FIELDS.items():
        value = raw.get(name)
        if value is not None and (not isinstance(value, str) or value not in {*choices, UNKNOWN}):
            errors[name] = "unknown_choice"
        found[name] = value
    return found, errors


def first_of(day: dt.date, back: int = 0) -> dt.date:
    """The first day of the month of ``day``, or of the month ``back`` months before."""
    count = day.year * 12 + day.month - 1 - back
    return dt.date(count // 12, count % 12 + 1, 1)


def last_due(today: dt.date) -> dt.date:
    """The first day of the newest month whose responses fold now."""
    return first_of(today - dt.timedelta(days=DAYS), 1)


def whose(key: bytes) -> str:
    """Who a response is of, as 32 hexadecimal digits that only the person's own data key makes."""
    return hmac.new(key, b"alongside overdose responses", hashlib.sha256).hexdigest()[:32]


def cells(response: Response) -> list[str]:
    """What one response counts as. A question that was passed over counts as one whose answer is not known."""
    said = [f"{name}.{response.get(name) or UNKNOWN}" for name in FIELDS]
    return ["all", *(f"done.{code}" for code in response.get("done") or []), *said]


def counted(responses: Iterable[tuple[str, Response]]) -> Cells:
    """The counts of responses, each given with whose it is."""
    by_cell: dict[str, Counter[str]] = {}
    for who, response in responses:
        for cell in cells(response):
            by_cell.setdefault(cell, Counter())[who] += 1
    return {cell: (sum(n.values()), len(n), max(n.values())) for cell, n in sorted(by_cell.items())}


def added(before: Mapping[str, Iterable[int]], new: Cells) -> Cells:
    """A month's counts with late ones.

    Who was counted before is not known any more: of people the least number that is sure stays, of one person the
    most that can be.
    """
    out: Cells = {cell: tuple(three) for cell, three in before.items()}  # type: ignore[misc]
    for cell, (n, people, most) in new.items():
        had = out.get(cell, (0, 0, 0))
        out[cell] = (had[0] + n, max(had[1], people), had[2] + most)
    return dict(sorted(out.items()))


def _done(value: object, errors: dict[str, str]) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(v, str) and v in {*DONE, UNKNOWN} for v in value):
        errors["done"] = "unknown_choice"
        return []
    return [code for code in (*DONE, UNKNOWN) if code in value]


def _id(value: object, name: str, errors: dict[str, str]) -> str | None:
    if value is None:
        return None
    try:
        return str(UUID(value if isinstance(value, str) else ""))
    except ValueError:
        errors[name] = "not_an_id"
        return None


def _month(value: object, today: dt.date, errors: dict[str, str]) -> str | None:
    if value is None:
        return f"{today:%Y-%m}"
    if not isinstance(value, str) or not re.fullmatch(r"[12]\d{3}-(0[1-9]|1[0-2])", value, re.ASCII):
        errors["month"] = "bad_month"
        return None
    return max(min(value, f"{today:%Y-%m}"), f"{first_of(today, MONTHS_BACK):%Y-%m}")
