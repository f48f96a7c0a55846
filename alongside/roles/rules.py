"""Pure decisions about roles: what terms are, when they are whole, which of them bind on a day."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from alongside.people.rules import is_visible, one_line

UNITS = ("hour", "shift", "callout", "task", "honorarium")
POST_UNITS = ("hour", "week", "month", "year")
"""What the pay of a staff post is counted by."""
WEEK_HOURS_MOST = 80
"""The most hours a week of a staff post."""
PARTS = ("morning", "afternoon", "evening", "night")
"""Parts of the day. A night belongs to the day it began."""
EXTRAS = ("prep", "travel", "waiting", "debrief")
EXPENSES = ("travel", "phone", "food", "supplies", "other")
SAY = ("informed", "consulted", "involved", "collaborating", "deciding")
"""The ladder of say, lowest first."""
EXPERIENCE = (
    "opioids", "stimulants", "alcohol", "injecting", "overdose", "sex_work", "prison", "homelessness", "hiv",
    "hep_c", "methadone", "parenting", "indigenous", "racialised", "lgbtq", "disability", "migration", "grief",
)  # fmt: skip
TITLE_MOST = 80
"""The longest title, in code points."""
LABEL_MOST = 60
"""The longest name of a kind of work that a group adds, in code points; the column is as wide."""
TEXT_MOST = 4000
"""The longest text of one field of the terms, a request or an answer, in code points."""
AMOUNT_MOST = 10**9
"""The largest amount of a rate, in minor units: far above any pay, and it catches a slip of the thumb."""
MINUTES_MOST = 24 * 60
"""The longest minimum, in minutes: a day."""
ROUNDING_MOST = 4 * 60
"""The longest step that minutes are rounded up to."""
PREMIUM_MOST = 500
"""The highest premium, in per cent."""
NAMING = "\x01name:"
"""How a request to name kinds of work begins, before their codes. Nobody can write it: it begins with a control character."""
DATES_MOST = 60
"""The most single days that a rate can list."""
STATES = ("asked", "answered", "resolved")
"""Where something asked about a version stands: what waits for the group comes first."""
ASKS = ("change", "question")
"""What a holder, or somebody asked to hold a role, may ask about a version."""
NEEDED = ("purpose", "we_expect", "you_expect")
"""The texts that terms must have before they are proposed."""
TEXTS = (
    "purpose", "we_expect", "you_expect", "training", "tools", "supervision", "debrief", "time_to_prepare",
    "experience_why", "say_in", "share", "not_share", "compares_to", "compares_pay", "compares_training", "title_why",
)  # fmt: skip
"""The fields of terms that hold what people wrote."""
READING_ORDER = (
    "purpose", "scope_in", "scope_out", "rate", "we_expect", "you_expect", "training", "tools", "supervision",
    "debrief", "time_to_prepare", "say", "say_in", "experience", "experience_why", "share", "not_share",
    "compares_to", "post", "compares_pay", "compares_training", "title_why",
)  # fmt: skip
"""The fields of terms in the order in which a person reads them."""
BARE_TITLES = frozenset({"peer", "a peer", "the peer", "peers", "pair", "un pair", "pair aidant", "peer worker"})
"""Titles that say who somebody is taken for and nothing of what they do (study of peer worker roles, British
Columbia): they may stay, when somebody says why or the holders chose them."""


@dataclass(frozen=True)
class Rate:
    """What work is paid, from ``start`` on. Amounts are minor units of ``currency``; there are no default amounts.

    ``unit`` is one of :data:`UNITS`; ``minimum`` and ``rounding`` are minutes (0: none; rounding is always up) and
    count for hourly rates alone; ``premium`` is per cent on top after hours; ``callout`` is added when somebody
    was called on. After hours means the parts of the day in ``parts``, the weekdays in ``weekdays`` (0 is Monday)
    and the listed ``dates`` (ISO days). ``counts`` names the extra minutes that are paid, ``expenses`` what is
    covered.
    """

    start: str
    amount: int
    unit: str
    currency: str
    minimum: int = 0
    rounding: int = 0
    premium: int = 0
    callout: int = 0
    parts: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()
    dates: tuple[str, ...] = ()
    counts: tuple[str, ...] = EXTRAS
    expenses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Post:
    """What the staff post that a role compares to is paid, as it was on the day ``start`` (ISO).

    ``amount`` is minor units of ``currency`` for each ``unit``, one of :data:`POST_UNITS`; ``hours`` are those of a
    full week (0: not said), by which pay for longer than an hour can be set beside pay by the hour.
    """

    start: str
    amount: int
    unit: str
    currency: str
    hours: int = 0

    @property
    def hourly(self) -> int | None:
        """Minor units an hour, to the nearest one; ``None`` when that cannot be worked out."""
        if self.unit == "hour":
            return self.amount
        weeks = {"week": 1, "month": 12, "year": 1}.get(self.unit)
        if weeks is None or not self.hours:
            return None
        a_year = self.amount * (52 if self.unit == "week" else weeks)
        return (2 * a_year + 52 * self.hours) // (2 * 52 * self.hours)


@dataclass(frozen=True)
class Terms:
    """All that a version of a role says. Texts are what people wrote; codes are from this module and ``kinds``."""

    purpose: str = ""
    scope_in: tuple[str, ...] = ()
    scope_out: tuple[str, ...] = ()
    we_expect: str = ""
    you_expect: str = ""
    training: str = ""
    tools: str = ""
    supervision: str = ""
    debrief: str = ""
    time_to_prepare: str = ""
    experience: tuple[str, ...] = ()
    experience_why: str = ""
    say: str = ""
    say_in: str = ""
    share: str = ""
    not_share: str = ""
    compares_to: str = ""
    post: Post | None = None
    compares_pay: str = ""
    compares_training: str = ""
    title_why: str = ""
    rate: Rate | None = None

    def as_json(self) -> dict[str, Any]:
        """The terms as a value that JSON can hold."""
        return asdict(self)


def terms_from_json(value: dict[str, Any]) -> Terms:
    """The terms that :meth:`Terms.as_json` gave; fields that are unknown here are left out."""
    known: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) else v for k, v in value.items() if k in Terms.__dataclass_fields__
    }
    rate, post = known.pop("rate", None), known.pop("post", None)
    return Terms(
        **known, rate=Rate(**_known(Rate, rate)) if rate else None, post=Post(**_known(Post, post)) if post else None
    )


def _known(kind: type, value: dict[str, Any]) -> dict[str, Any]:
    names = {f.name for f in fields(kind)}
    return {k: tuple(v) if isinstance(v, list) else v for k, v in value.items() if k in names}


def pay_gap(rate: Rate | None, post: Post | None) -> int | None:
    """By how many minor units an hour a role pays less than the post that it compares to (below 0: more).

    ``None`` when they cannot be set beside each other: other money, or pay that is not counted by the hour.
    """
    if rate is None or post is None or rate.unit != "hour" or rate.currency != post.currency:
        return None
    return None if post.hourly is None else post.hourly - rate.amount


def thread_state(answered: dt.date | None, resolved: dt.date | None) -> str:
    """Where something that was asked stands: ``asked`` (the group owes an answer), ``answered`` or ``resolved``."""
    if resolved:
        return "resolved"
    return "answered" if answered else "asked"


def days_waiting(asked: dt.date, today: dt.date) -> int:
    """For how many days the group has owed an answer; never below 0."""
    return max(0, (today - asked).days)


def is_bare(title: str) -> bool:
    """Whether a title is a bare "peer", which gets a question."""
    return " ".join(title.casefold().replace("-", " ").split()) in BARE_TITLES


def settled_title(wishes: Sequence[str]) -> str | None:
    """The title that all holders chose: every wish the same but for case and spaces; ``None`` while they differ."""
    plain = {" ".join(w.casefold().split()) for w in wishes}
    return " ".join(wishes[0].split()) if len(plain) == 1 and "" not in plain else None


@dataclass(frozen=True)
class Agreed:
    """A version that one holder agreed to: its number, its terms, and the day of the yes.

    ``until`` is the last day that it counts for, once the holder left the role.
    """

    version: Any
    number: int
    terms: Terms
    day: dt.date
    until: dt.date | None = None


def binding(agreed: Iterable[Agreed], day: dt.date) -> Agreed | None:
    """Which agreed version pays for work on ``day``: the newest whose rate has started by then.

    The rate's own first day counts, not the day of the yes, so a yes given late still pays for what was done under
    a rate that was promised from an earlier day. But a late yes never lowers what an earlier one promised: where a
    version agreed to by ``day`` (else the first one ever agreed to) had started, a later yes counts for that day only
    when its rate is :func:`no_worse`. Work done before somebody left stays paid. ``None`` when no agreed rate had
    started, or the holder had left.
    """
    held = [a for a in agreed if a.until is None or day <= a.until]
    started = sorted((a for a in held if _started(a, day)), key=_age)
    if not started:
        return None
    bound = max((a for a in started if a.day <= day), key=_age, default=None)
    bound = bound or min(started, key=lambda a: (a.day, a.number))
    for later in started:
        if _age(later) > _age(bound) and no_worse(later.terms.rate, bound.terms.rate):
            bound = later
    return bound


def no_worse(new: Rate | None, old: Rate | None) -> bool:
    """Whether ``new`` pays at least what ``old`` does for any work: every part of it is as good or better."""
    if new is None or old is None or (new.unit, new.currency) != (old.unit, old.currency):
        return False
    steps = new.rounding == old.rounding or (
        new.rounding > 0 and (not old.rounding or new.rounding % old.rounding == 0)
    )
    sums = all(getattr(new, name) >= getattr(old, name) for name in ("amount", "minimum", "premium", "callout"))
    lists = ("parts", "weekdays", "dates", "counts", "expenses")
    return steps and sums and all(set(getattr(new, name)) >= set(getattr(old, name)) for name in lists)


def _started(agreed: Agreed, day: dt.date) -> bool:
    return agreed.terms.rate is not None and agreed.terms.rate.start <= day.isoformat()


def _age(agreed: Agreed) -> tuple[str, int]:
    return (agreed.terms.rate.start if agreed.terms.rate else "", agreed.number)


def excluded(terms: Terms, kinds: Iterable[str]) -> bool:
    """Whether work of these kinds was excluded beforehand: every one of them is named as out of scope."""
    given = list(kinds)
    return bool(given) and all(kind in terms.scope_out for kind in given)


def excluded_beforehand(agreed: Iterable[Agreed], bound: Agreed, kinds: Iterable[str], day: dt.date) -> bool:
    """Whether work on ``day`` was excluded before it was done (design, section 6, Owed at once).

    ``bound`` is what :func:`binding` gave. A version that its holder agreed to only after ``day`` excludes nothing
    that the newest one agreed to by then did not. A first yes that came late counts for what was done before it.
    """
    given = list(kinds)
    known = [a for a in agreed if a.day <= day and (a.until is None or day <= a.until)]
    then = max(known, key=lambda a: a.number, default=bound)
    return excluded(bound.terms, given) and excluded(then.terms, given)


def unnamed(terms: Terms, kinds: Iterable[str]) -> list[str]:
    """The kinds that the terms neither include nor exclude, in the order given."""
    return [k for k in kinds if k not in terms.scope_in and k not in terms.scope_out]


def title(text: str) -> str | None:
    """``text`` as a title, as :func:`one_line` makes it: 1 to :data:`TITLE_MOST` code points that can be seen, or ``None``."""
    written = all(unicodedata.category(c) not in ("Cc", "Cs") for c in " ".join(text.split()))
    plain = one_line(text)
    return plain if written and is_visible(plain) and len(plain) <= TITLE_MOST else None


def naming(kinds: Iterable[str]) -> str:
    """What is kept of a request that the role names ``kinds``: their codes, for each who reads it has a language."""
    return NAMING + ",".join(kinds)


def to_name(text: str) -> list[str]:
    """The codes in what :func:`naming` made; none in what somebody wrote."""
    return text.removeprefix(NAMING).split(",") if text.startswith(NAMING) else []


def problems(terms: Terms, title: str, chosen: bool) -> dict[str, str]:
    """What keeps ``terms`` under ``title`` from being proposed: field name to code; empty when nothing does.

    ``chosen``: whether the holders chose the title. Fields of the rate are named ``rate_amount`` and so on. Codes:
    ``needed``, ``long``, ``unknown``, ``both`` (a kind is in and out of scope), ``bare`` (a bare "peer" with no
    word on why it should stay), ``low``, ``high``, ``day`` (not an ISO day), ``many``, ``when`` (a premium with no
    hours that it is for). Whether kinds and currencies exist is asked elsewhere.
    """
    found = {name: "needed" for name in NEEDED if not getattr(terms, name).strip()}
    found |= {name: "long" for name in TEXTS if len(getattr(terms, name)) > TEXT_MOST}
    if not title.strip():
        found["title"] = "needed"
    elif len(title) > TITLE_MOST:
        found["title"] = "long"
    elif is_bare(title) and not chosen and not terms.title_why.strip():
        found["title_why"] = "bare"
    if not terms.scope_in:
        found["scope_in"] = "needed"
    if set(terms.scope_in) & set(terms.scope_out):
        found["scope_out"] = "both"
    if not set(terms.experience) <= set(EXPERIENCE):
        found["experience"] = "unknown"
    if terms.experience and not terms.experience_why.strip():
        found["experience_why"] = "needed"
    if terms.say and terms.say not in SAY:
        found["say"] = "unknown"
    found |= post_problems(terms.post) if terms.post else {}
    if terms.post and not terms.compares_to.strip():
        found["compares_to"] = "needed"
    return found | (rate_problems(terms.rate) if terms.rate else {"rate_amount": "needed"})


def post_problems(post: Post) -> dict[str, str]:
    """What is wrong with the pay of the post: field name (``post_amount``...) to code, as :func:`problems`."""
    found: dict[str, str] = {}
    for name, least, most in (("amount", 1, AMOUNT_MOST), ("hours", 0, WEEK_HOURS_MOST)):
        value = getattr(post, name)
        if value < least or value > most:
            found[f"post_{name}"] = "low" if value < least else "high"
    if post.unit not in POST_UNITS:
        found["post_unit"] = "unknown"
    if not re.fullmatch("[A-Z]{3}", post.currency):
        found["post_currency"] = "unknown"
    if iso_day(post.start) is None:
        found["post_start"] = "day"
    return found


def rate_problems(rate: Rate) -> dict[str, str]:
    """What is wrong with a rate: field name (``rate_amount``...) to code, as :func:`problems` gives them."""
    limits = (
        ("amount", 1, AMOUNT_MOST),
        ("minimum", 0, MINUTES_MOST),
        ("rounding", 0, ROUNDING_MOST),
        ("premium", 0, PREMIUM_MOST),
        ("callout", 0, AMOUNT_MOST),
    )
    known: tuple[tuple[str, Iterable[Any]], ...] = (
        ("parts", PARTS), ("weekdays", range(7)), ("counts", EXTRAS), ("expenses", EXPENSES),
    )  # fmt: skip
    found: dict[str, str] = {}
    for name, least, most in limits:
        value = getattr(rate, name)
        if value < least or value > most:
            found[f"rate_{name}"] = "low" if value < least else "high"
    for name, codes in known:
        if not set(getattr(rate, name)) <= set(codes):
            found[f"rate_{name}"] = "unknown"
    if rate.unit not in UNITS:
        found["rate_unit"] = "unknown"
    if not re.fullmatch("[A-Z]{3}", rate.currency):
        found["rate_currency"] = "unknown"
    if iso_day(rate.start) is None:
        found["rate_start"] = "day"
    if any(iso_day(day) is None for day in rate.dates):
        found["rate_dates"] = "day"
    elif len(rate.dates) > DATES_MOST:
        found["rate_dates"] = "many"
    if rate.premium > 0 and not (rate.parts or rate.weekdays or rate.dates):
        found.setdefault("rate_premium", "when")
    return found


def iso_day(text: str) -> dt.date | None:
    """The day that ``text`` names as ``2026-01-31``, from 2000 to 2099; ``None`` for anything else."""
    if not re.fullmatch(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def overwrites(new: Rate, agreed: Iterable[Rate]) -> bool:
    """Whether ``new`` would take the place of another rate that somebody agreed to, for days when that one counted.

    A rate is dated and never overwritten: one that differs must start after every agreed rate that it differs from.
    """
    return any(replace(old, start=new.start) != new and old.start >= new.start for old in agreed)


def changed(old: Terms, new: Terms) -> list[str]:
    """The names of the fields of :class:`Terms` that differ, in the order in which terms are read.

    Codes are sets here: the same kinds in another order are no change.
    """
    return [name for name in READING_ORDER if _plain(getattr(old, name)) != _plain(getattr(new, name))]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return frozenset(value)
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, Rate | Post):
        return tuple(_plain(getattr(value, f.name)) for f in fields(value))
    return value


def widened(terms: Terms, kinds: Iterable[str]) -> Terms:
    """``terms`` with ``kinds`` in scope and no longer out of it; all else as it was."""
    more = tuple(dict.fromkeys(kinds))
    inside = terms.scope_in + tuple(k for k in more if k not in terms.scope_in)
    return replace(terms, scope_in=inside, scope_out=tuple(k for k in terms.scope_out if k not in more))
