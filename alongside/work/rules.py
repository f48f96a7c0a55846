"""Pure decisions about entries: what one may hold, what becomes of a revision that arrives, what a group is shown."""

import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, NoReturn
from uuid import UUID

from alongside.kit.money import is_currency
from alongside.roles.rules import EXPENSES, EXTRAS, PARTS

ORIGINS = ("planned", "called", "happened")
WEIGHTS = (0, 1, 2, 3)
"""How heavy it was: fine, some, heavy, very heavy. Never with a name to anybody but the person."""
BARRIERS = (
    "turned_away", "disrespect", "police", "cost_id", "nothing_available", "wait", "transport", "paperwork",
    "closed", "needs_device",
)  # fmt: skip
SUPPLIES = (
    "syringes", "cookers", "filters", "water", "tourniquets", "wipes", "pipes", "foil", "naloxone", "condoms",
    "test_strips", "sharps_box", "snacks", "other",
)  # fmt: skip
KINDS_MOST = 4
NOTE_MOST = 4000
"""The longest note, in code points."""
MINUTES_MOST = 24 * 60
PEOPLE_MOST = 10_000
SUPPLIES_MOST = 100_000
"""Of each thing."""
EXPENSES_MOST = 20
AMOUNT_MOST = 10**9
BATCH_MOST = 500
"""Entries that one call may send."""
YEARS_BACK = 10
TOMBSTONE_DAYS = 400
"""A deleted entry stays, without content, this long: no phone that was away comes back with it."""

FOLD_DAYS = 90
"""An entry stays whole this many days after the work, and after it was last stored."""

RECEIPTS_MOST = 10
"""Photos of receipts that one entry may have."""
RECEIPT_DAYS = 90
"""A group keeps its copy of a receipt's photo so many days after nothing is open on the claim any more."""
PAPER_DAYS = 30
"""What was copied from paper waits this many days for the worker's yes."""

Entry = dict[str, Any]
Errors = dict[str, str]

OWN_TO_SAY: Entry = {"weight": None, "barriers": [], "note": None, "share_note": False}
"""What nobody writes down for somebody else."""

_CODE = re.compile(r"[a-z0-9_-]{1,40}")
_CANONICAL_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Bad(Exception):
    """Raised inside this module with the code of what is wrong; :func:`checked` collects these."""


def checked(raw: object, *, today: dt.date, kinds: Collection[str]) -> tuple[Entry, Errors]:
    """The entry that ``raw`` means, whole and in canonical form, and what is wrong with it by field.

    ``kinds`` are the codes that are known. Errors are codes that :mod:`alongside.work.labels` puts into words; when
    there are any, the entry is not to be stored. Fields that were left out get their empty value. Fields that are
    not known are an error, so that nothing is lost unseen.
    """
    if not isinstance(raw, dict):
        return {}, {"entry": "not_an_entry"}
    if raw.get("folded") and raw.get("deleted") is not True:
        return {}, {"entry": "folded"}
    entry, errors = _read(raw)
    if raw.get("deleted") is True:
        return entry, {k: v for k, v in errors.items() if k in {"id", "revision", "deleted", "entry"}}
    if "kinds" not in errors and not frozenset(kinds).issuperset(entry["kinds"]):
        errors["kinds"] = "unknown_kind"
    if "day" not in errors:
        errors.update(_day_error(entry["day"], today))
    if "shared" not in errors and "group" not in errors and entry["shared"] and entry["group"] is None:
        errors["shared"] = "nobody_to_share_with"
    return entry, errors


def content(entry: Entry) -> Entry:
    """What is kept of an entry: everything but its id and revision; of a deleted one, nothing."""
    if entry["deleted"]:
        return {}
    kept = entry.copy()
    del kept["id"], kept["revision"], kept["deleted"]
    return kept


def folds(day: dt.date, stored: dt.date, today: dt.date) -> bool:
    """Whether an entry folds: more than ``FOLD_DAYS`` days after the work, and after somebody last wrote in it."""
    return today - max(day, stored) > dt.timedelta(days=FOLD_DAYS)


def folded(content: Entry) -> Entry:
    """What stays of an entry's content, or of a group's copy, once it folds; of what folded before, the same."""
    if not content or "month" in content:
        return content
    return {"kinds": content["kinds"], "minutes": content["minutes"], "month": content["day"][:7]}


def verdict(stored_revision: int | None, same: bool, revision: int) -> str:
    """What becomes of a revision: ``store``, ``unchanged``, ``conflict`` or ``not_first``.

    ``stored_revision`` is ``None`` when there is no such entry; ``same`` says whether the content is equal.
    """
    if stored_revision is None:
        return "store" if revision == 1 else "not_first"
    if revision == stored_revision and same:
        return "unchanged"
    return "store" if revision == stored_revision + 1 else "conflict"


def group_copy(entry: Entry, shown_kinds: list[str]) -> Entry:
    """What a group is given: never how heavy it was, never barriers, the note only when ticked.

    Of how the work came about it is told one thing, and only because pay needs it: that somebody was called on.
    """
    return {
        "kinds": shown_kinds,
        "day": entry["day"],
        "part": entry["part"],
        "minutes": entry["minutes"],
        "extra": entry["extra"],
        "expenses": entry["expenses"],
        "origin": "called" if entry["origin"] == "called" else None,
        "people": entry["people"],
        "supplies": entry["supplies"],
        "note": entry["note"] if entry["share_note"] else None,
    }


def receipt(code: str, picture: bytes) -> bytes:
    """What is kept of a receipt: the code of its expense, and the picture."""
    return code.encode() + b"\x00" + picture


def receipt_parts(content: bytes) -> tuple[str, bytes]:
    """The code and the picture that :func:`receipt` took."""
    code, _mark, picture = content.partition(b"\x00")
    return code.decode(), picture


def _read(raw: Mapping[str, object]) -> tuple[Entry, Errors]:
    """The fields of ``raw``, each by its own rule; what was left out, is null or is wrong has its empty value."""
    entry, errors = _empty(), Errors()
    for name, value in {**_NEEDED, **raw}.items():
        read = _FIELDS.get(name)
        if read is None:
            errors[name] = "unknown_field"
        elif value is not None or name in _NEEDED:
            try:
                entry[name] = read(value)
            except Bad as bad:
                errors[name] = str(bad)
    return entry, errors


def _empty() -> Entry:
    """An entry that says nothing."""
    return {
        "id": None, "revision": None, "day": None, "part": None, "minutes": None, "extra": {}, "expenses": [],
        "kinds": [], "origin": None, "group": None, "role": None, "weight": None, "people": None, "supplies": {},
        "barriers": [], "note": None, "share_note": False, "shared": False, "deleted": False,
    }  # fmt: skip


def _day_error(day: str, today: dt.date) -> Errors:
    given = dt.date.fromisoformat(day)
    if given > today + dt.timedelta(days=1):
        return {"day": "day_to_come"}
    if given.year < today.year - YEARS_BACK:
        return {"day": "day_long_ago"}
    return {}


def _id(value: object) -> str:
    if isinstance(value, str) and _CANONICAL_ID.fullmatch(value):
        return value
    try:
        return str(UUID(value)) if isinstance(value, str) else _bad("not_an_id")
    except ValueError:
        return _bad("not_an_id")


def _bad(code: str) -> NoReturn:
    raise Bad(code)


def _whole(least: int, most: int, code: str) -> Callable[[object], int]:
    def read(value: object) -> int:
        if type(value) is not int or not least <= value <= most:  # True is an int of another type
            raise Bad(code)
        return value

    return read


def _one_of(choices: Collection[object], code: str) -> Callable[[object], Any]:
    def read(value: object) -> Any:
        if type(value) not in {str, int} or value not in choices:
            raise Bad(code)
        return value

    return read


def _codes(choices: Collection[str] | None, most: int, code: str, least: int = 0) -> Callable[[object], list[str]]:
    def read(value: object) -> list[str]:
        if not isinstance(value, list):
            raise Bad(code)
        for one in value:
            if not isinstance(one, str) or not _CODE.fullmatch(one) or (choices is not None and one not in choices):
                raise Bad(code)
        unique = list(dict.fromkeys(value))
        if not least <= len(unique) <= most:
            raise Bad(code)
        return unique

    return read


def _numbers(choices: Collection[str], most: int, code: str, unknown: str) -> Callable[[object], dict[str, int]]:
    whole, known = _whole(0, most, code), frozenset(choices)

    def read(value: object) -> dict[str, int]:
        if not isinstance(value, dict):
            raise Bad(code)
        if not known.issuperset(value):
            raise Bad(unknown)
        return {k: n for k, v in sorted(value.items()) if (n := whole(v))}

    return read


def _expenses(value: object) -> list[Entry]:
    if not isinstance(value, list):
        raise Bad("bad_expenses")
    if len(value) > EXPENSES_MOST:
        raise Bad("too_many_expenses")
    return [_expense(item) for item in value]


def _expense(item: object) -> Entry:
    if not isinstance(item, dict) or set(item) != {"code", "amount", "currency"}:
        raise Bad("bad_expenses")
    currency = item["currency"]
    if item["code"] not in EXPENSES:
        raise Bad("unknown_expense")
    if not (isinstance(currency, str) and re.fullmatch("[A-Z]{3}", currency)):
        raise Bad("bad_currency")
    if not is_currency(currency):
        raise Bad("unknown_currency")
    return {
        "code": item["code"],
        "amount": _whole(1, AMOUNT_MOST, "bad_expenses")(item["amount"]),
        "currency": currency,
    }


def _day(value: object) -> str:
    try:
        return dt.date.fromisoformat(value).isoformat() if isinstance(value, str) else _bad("bad_day")
    except ValueError:
        return _bad("bad_day")


def _note(value: object) -> str | None:
    if not isinstance(value, str):
        raise Bad("bad_note")
    if len(value) > NOTE_MOST:
        raise Bad("note_too_long")
    if "\x00" in value or any("\ud800" <= c <= "\udfff" for c in value):
        raise Bad("note_unreadable")
    return value or None


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise Bad("not_yes_or_no")
    return value


_NEEDED: dict[str, None] = dict.fromkeys(("id", "revision", "day", "kinds"))
_FIELDS: dict[str, Callable[[object], Any]] = {
    "id": _id,
    "revision": _whole(1, 2**31 - 1, "bad_revision"),
    "day": _day,
    "part": _one_of(PARTS, "bad_part"),
    "minutes": _whole(0, MINUTES_MOST, "bad_minutes"),
    "extra": _numbers(EXTRAS, MINUTES_MOST, "bad_extra", "unknown_extra"),
    "expenses": _expenses,
    "kinds": _codes(None, KINDS_MOST, "bad_kinds", least=1),
    "origin": _one_of(ORIGINS, "bad_origin"),
    "group": _id,
    "role": _id,
    "weight": _one_of(WEIGHTS, "bad_weight"),
    "people": _whole(0, PEOPLE_MOST, "bad_people"),
    "supplies": _numbers(SUPPLIES, SUPPLIES_MOST, "bad_supplies", "unknown_supply"),
    "barriers": _codes(BARRIERS, len(BARRIERS), "bad_barriers"),
    "note": _note,
    "share_note": _truth,
    "shared": _truth,
    "deleted": _truth,
}
