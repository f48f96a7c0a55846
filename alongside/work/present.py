"""An entry, or a group's copy of one, in words for a page."""

from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alongside.pay import rules as pay_rules
from alongside.pay import words as pay_words
from alongside.pay.queries import ClaimState
from alongside.roles import queries as roles
from alongside.roles import rules as role_rules
from alongside.roles import words as role_words
from alongside.roles.kinds import shown_to_group
from alongside.roles.models import Version
from alongside.work import labels, rules, sharing
from alongside.work.forms import EXTRA_WORDS, PART_WORDS, expense_said, said_of
from alongside.work.response_forms import QUESTIONS


@dataclass(frozen=True)
class Sum:
    """What is owed by the agreed rate: how it comes about, and the rate's own rules, in words.

    ``excluded``: the role left this work out beforehand; there are no steps then.
    """

    steps: list[pay_words.Said]
    rules: list[str]
    excluded: bool = False


def heading(entry: rules.Entry, kinds: dict[str, str] | None = None) -> str:
    """The kinds of work, in words."""
    own = kinds or {}
    return ", ".join(own.get(code) or roles.label(code) for code in entry.get("kinds", []))


def when(entry: rules.Entry) -> str:
    """The day, and the part of it when there is one; of what has folded, the month."""
    month = parse_date(f"{entry['month']}-01") if entry.get("month") else None
    if month is not None:
        return date_format(month, "YEAR_MONTH_FORMAT")
    parsed = parse_date(entry.get("day") or "")
    day = date_format(parsed, "DATE_FORMAT") if parsed else ""
    part = PART_WORDS.get(entry.get("part") or "")
    return f"{day}, {str(part).lower()}" if part else day


def long(minutes: int) -> str:
    """A length of time in words."""
    hours, rest = divmod(minutes, 60)
    words = [ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}] if hours else []
    if rest or not hours:
        words.append(ngettext("%(n)s minute", "%(n)s minutes", rest) % {"n": rest})
    return " ".join(words)


def facts(entry: rules.Entry) -> list[tuple[str, str]]:
    """Everything else that the entry holds, as pairs of words; what was left out is not there.

    A group's copy, which has no weight, is about somebody else than its reader.
    """
    origins = labels.ORIGINS if "weight" in entry else labels.ORIGINS_OF_OTHERS
    pairs: list[tuple[str, Any]] = [
        (_("How long"), long(entry["minutes"]) if entry.get("minutes") is not None else ""),
        (_("More time"), _join(said_of(EXTRA_WORDS[k], long(n)) for k, n in (entry.get("extra") or {}).items())),
        (_("How it came about"), origins.get(entry.get("origin") or "", "")),
        (_("People"), entry.get("people")),
        (_("Handed out"), _join(said_of(labels.SUPPLIES[k], n) for k, n in (entry.get("supplies") or {}).items())),
        (_("Spent"), _join(expense_said(e) for e in entry.get("expenses") or [])),
        (_("How heavy it was"), labels.WEIGHTS.get(entry["weight"], "") if entry.get("weight") is not None else ""),
        (_("What got in the way"), _join(labels.BARRIERS[b] for b in entry.get("barriers") or [])),
        (_("Note"), entry.get("note")),
    ]
    return [(name, str(value)) for name, value in pairs if value not in (None, "")]


def response(one: dict[str, Any]) -> dict[str, Any]:
    """An overdose response for a page: its month in words, and what was said as pairs of words."""
    done = _join(labels.RESPONSE_DONE[code] for code in one["done"])
    pairs = [(_("What was done?"), done)]
    pairs += [(str(QUESTIONS[k]), str(c[one[k]])) for k, c in labels.RESPONSE_CHOICES.items() if one.get(k)]
    month = parse_date(f"{one['month']}-01")
    return {"month": date_format(month, "YEAR_MONTH_FORMAT") if month else "", "facts": [p for p in pairs if p[1]]}


def sum_of(entry: rules.Entry, version: Version | None, state: ClaimState | None) -> Sum | None:
    """How what is owed comes about by the terms of ``version``; ``None`` when nothing was agreed for that day.

    The amounts of the steps add up to what ``state`` says is owed.
    """
    terms = roles.terms(version) if version is not None else None
    if terms is None or terms.rate is None or not entry or "month" in entry:
        return None
    measure, written = sharing.measure(entry), role_words.rate(terms.rate)
    steps = pay_words.explain(terms.rate, measure)
    if state is None or state.state == "dropped" or state.currency != terms.rate.currency:
        return Sum(steps, written)
    later = state.owed - pay_rules.total(pay_rules.owed(terms.rate, measure))
    if later and not state.owed and role_rules.excluded(terms, shown_to_group(entry["kinds"])):
        return Sum([], written, excluded=True)
    return Sum([*steps, pay_words.agreed(later, state.currency)] if later else steps, written)


def _join(words: Any) -> str:
    return ", ".join(str(word) for word in words)
