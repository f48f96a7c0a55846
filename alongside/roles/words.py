"""Roles in words: terms and rates as short sentences in the language in use.

A rate's sentences say what :mod:`alongside.pay.rules` does with it, no more and no less; they stand beside every sum.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils import dates, formats
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from alongside.kit import money
from alongside.kit.text import Words
from alongside.roles import call_rules, rules

UNITS: Mapping[str, Words] = {
    "hour": lazy("An hour"),
    "shift": lazy("A shift"),
    "callout": lazy("A call-out"),
    "task": lazy("A task"),
    "honorarium": lazy("A set sum each time"),
}
POST_UNITS: Mapping[str, Words] = {
    "hour": lazy("An hour"),
    "week": lazy("A week"),
    "month": lazy("A month"),
    "year": lazy("A year"),
}
PARTS: Mapping[str, Words] = {
    "morning": lazy("Morning"),
    "afternoon": lazy("Afternoon"),
    "evening": lazy("Evening"),
    "night": lazy("Night"),
}
WEEKDAYS: Mapping[int, Words] = dict(dates.WEEKDAYS)
EXTRAS: Mapping[str, Words] = {
    "prep": lazy("Getting ready"),
    "travel": lazy("Travel time"),
    "waiting": lazy("Waiting"),
    "debrief": lazy("Debrief"),
}
EXPENSES: Mapping[str, Words] = {
    "travel": lazy("Fares and fuel"),
    "phone": lazy("Phone"),
    "food": lazy("Food"),
    "supplies": lazy("Supplies"),
    "other": lazy("Other costs"),
}
SAY: Mapping[str, Words] = {
    "informed": lazy("You are told what was decided"),
    "consulted": lazy("You are asked before we decide"),
    "involved": lazy("You help shape what we decide"),
    "collaborating": lazy("We decide together"),
    "deciding": lazy("You decide"),
}
EXPERIENCE: Mapping[str, Words] = {
    "opioids": lazy("Using opioids"),
    "stimulants": lazy("Using stimulants"),
    "alcohol": lazy("Drinking alcohol"),
    "injecting": lazy("Injecting"),
    "overdose": lazy("Living through an overdose"),
    "sex_work": lazy("Sex work"),
    "prison": lazy("Being in prison"),
    "homelessness": lazy("Living without a home"),
    "hiv": lazy("Living with HIV"),
    "hep_c": lazy("Hepatitis C and its care"),
    "methadone": lazy("Methadone and the like, on it or coming off"),
    "parenting": lazy("Being a parent"),
    "indigenous": lazy("Being Indigenous"),
    "racialised": lazy("Living with racism"),
    "lgbtq": lazy("Being LGBTQ+"),
    "disability": lazy("Living with a disability"),
    "migration": lazy("Coming from another country"),
    "grief": lazy("Losing people"),
}
FIELDS: Mapping[str, Words] = {
    "purpose": lazy("What the role is for"),
    "scope_in": lazy("Work that is part of it"),
    "scope_out": lazy("Work that is not part of it"),
    "we_expect": lazy("What we expect of you"),
    "you_expect": lazy("What you can expect of us"),
    "training": lazy("Training"),
    "tools": lazy("Tools"),
    "supervision": lazy("Who supports you in the work"),
    "debrief": lazy("Talking it through after hard work"),
    "time_to_prepare": lazy("Time to get ready"),
    "experience": lazy("Life experience that helps"),
    "experience_why": lazy("Why it helps"),
    "say": lazy("How far your say goes"),
    "say_in": lazy("In which decisions"),
    "share": lazy("What to share"),
    "not_share": lazy("What not to share"),
    "compares_to": lazy("The staff job it is like"),
    "post": lazy("What that job is paid, beside this role"),
    "compares_pay": lazy("More about that pay"),
    "compares_training": lazy("What training that job gets"),
    "title_why": lazy("Why the title stays"),
    "rate": lazy("What it pays"),
}
PROBLEMS: Mapping[str, Words] = {
    "needed": lazy("This is still needed."),
    "long": lazy("This is too long. Please write less."),
    "unknown": lazy("Please choose from the list."),
    "both": lazy("The same work is in and out. Please choose one."),
    "bare": lazy("Please say why this title should stay, or choose another one."),
    "low": lazy("This number is too low."),
    "high": lazy("This number is too high."),
    "day": lazy("Please write each day as year-month-day, like 2026-12-25."),
    "many": lazy("These are too many days."),
    "when": lazy("Please say when the extra pay counts: parts of the day, weekdays or dates."),
    "later": lazy("People agreed to another rate from this day on. A new rate needs a later first day."),
    "amount": lazy("Please write an amount, like 25 or 25.50."),
    "ahead": lazy("Please choose a day from today on, no more than a year ahead."),
    "currency": lazy("We do not know this money. Use three letters, like CAD or EUR."),
}
"""What to mend, by the codes of :func:`alongside.roles.rules.problems` and of the form."""


@dataclass(frozen=True)
class Section:
    """A part of the terms as a page shows it: a heading, what was written, and a list."""

    code: str
    title: str
    text: str = ""
    items: tuple[str, ...] = ()


def problem(code: str, field: str = "") -> str:
    """What to mend, in words."""
    if field in ("rate_currency", "post_currency") and code == "unknown":
        code = "currency"
    if field in ("rate_amount", "post_amount") and code in ("low", "needed"):
        code = "amount"
    return str(PROBLEMS.get(code, PROBLEMS["needed"]))


def day(iso: str) -> str:
    """An ISO day as people write it."""
    found = rules.iso_day(iso)
    return show_day(found) if found else iso


def show_day(value: dt.date) -> str:
    """A day as people write it."""
    return formats.date_format(value, "DATE_FORMAT")


def join(words: Iterable[object]) -> str:
    """Words as a list in a sentence: ``a, b and c``."""
    return str(get_text_list([str(w) for w in words], _("and")))


def rate(value: rules.Rate) -> list[str]:
    """The rate as short sentences, in the order in which a sum is made."""
    said = [_amount(value)] if value.amount else []
    if value.unit == "hour":
        said += _minutes(value)
    else:
        said.append(_("It is the same sum however long it takes."))
    if value.premium and (value.parts or value.weekdays or value.dates):
        said += _premium(value)
    if value.callout:
        said.append(_("%(amount)s more each time you are called on.") % {"amount": _money(value, value.callout)})
    said.append(_expenses(value))
    if value.start:
        said.append(_("This counts for work from %(day)s on.") % {"day": day(value.start)})
    return said


def post(value: rules.Post, beside: rules.Rate | None) -> list[str]:
    """What the staff post is paid, what the role is paid, and the gap: said about the organisation, in short sentences."""
    texts = {
        "hour": _("On %(day)s the staff job was paid %(amount)s for each hour."),
        "week": _("On %(day)s the staff job was paid %(amount)s for each week."),
        "month": _("On %(day)s the staff job was paid %(amount)s for each month."),
        "year": _("On %(day)s the staff job was paid %(amount)s for each year."),
    }
    amount = money.show(value.amount, value.currency)
    said = [texts.get(value.unit, "%(amount)s") % {"day": day(value.start), "amount": amount}]
    hourly = value.hourly
    if value.unit != "hour" and hourly is not None:
        a_week = _("With %(hours)s hours a week, that is %(amount)s for each hour.")
        said.append(a_week % {"hours": value.hours, "amount": money.show(hourly, value.currency)})
    if beside is None or not beside.amount:
        return said
    said.append(_("This role is paid: %(rate)s") % {"rate": _amount(beside)})
    return [*said, _gap(rules.pay_gap(beside, value), value.currency)]


def _gap(gap: int | None, currency: str) -> str:
    if gap is None:
        return _("The two are counted in different ways, so no gap is worked out here.")
    if gap == 0:
        return _("We pay both the same.")
    text = (
        _("We pay this role %(amount)s less for each hour.")
        if gap > 0
        else _("We pay this role %(amount)s more for each hour.")
    )
    return text % {"amount": money.show(abs(gap), currency)}


def _money(value: rules.Rate, amount: int) -> str:
    return money.show(amount, value.currency)


def _amount(value: rules.Rate) -> str:
    texts = {
        "hour": _("%(amount)s for each hour."),
        "shift": _("%(amount)s for each shift."),
        "callout": _("%(amount)s for each time you are called."),
        "task": _("%(amount)s for each task."),
        "honorarium": _("A set sum of %(amount)s each time."),
    }
    return texts.get(value.unit, "%(amount)s") % {"amount": _money(value, value.amount)}


def _minutes(value: rules.Rate) -> list[str]:
    said = []
    if value.minimum:
        said.append(_("At least %(minutes)s minutes are paid each time.") % {"minutes": value.minimum})
    if value.rounding > 1:
        said.append(_("Time is rounded up in steps of %(minutes)s minutes.") % {"minutes": value.rounding})
    counts = [str(EXTRAS[code]).lower() for code in rules.EXTRAS if code in value.counts]
    left = [str(EXTRAS[code]).lower() for code in rules.EXTRAS if code not in value.counts]
    if counts:
        said.append(_("These minutes are paid too: %(list)s.") % {"list": join(counts)})
    if left:
        said.append(_("These minutes are not paid: %(list)s.") % {"list": join(left)})
    return said


def _premium(value: rules.Rate) -> list[str]:
    when = [str(PARTS[code]).lower() for code in rules.PARTS if code in value.parts]
    when += [str(WEEKDAYS[number]) for number in range(7) if number in value.weekdays]
    when += [day(iso) for iso in sorted(value.dates)]
    said = [
        _("%(percent)s%% more on top of that after hours.") % {"percent": value.premium},
        _("After hours means: %(list)s.") % {"list": join(when)},
    ]
    if value.weekdays or value.dates:
        said.append(_("A night belongs to the day it began."))
    return said


def _expenses(value: rules.Rate) -> str:
    covered = [str(EXPENSES[code]).lower() for code in rules.EXPENSES if code in value.expenses]
    if not covered:
        return _("No costs are paid back.")
    return _("These costs are paid back: %(list)s.") % {"list": join(covered)}


def call(value: call_rules.Call) -> list[str]:
    """When the work of a call is, how long it takes and what it pays, in short sentences."""
    said = []
    when = [day(value.day)] if value.day else []
    if value.part:
        when.append(str(PARTS.get(value.part, value.part)).lower() if when else str(PARTS.get(value.part, value.part)))
    said += [", ".join(when)] if when else [_("The day is not set yet.")]
    hours, rest = divmod(value.minutes, 60)
    if hours and not rest:
        said.append(ngettext("About %(n)s hour.", "About %(n)s hours.", hours) % {"n": hours})
    elif value.minutes:
        said.append(ngettext("About %(n)s minute.", "About %(n)s minutes.", value.minutes) % {"n": value.minutes})
    pay = rules.Rate(start="", amount=value.amount, unit=value.unit, currency=value.currency)
    return [*said, _amount(pay)]


def sections(terms: rules.Terms, labels: Mapping[str, str]) -> list[Section]:
    """The terms in reading order, without what was left empty. ``labels`` holds the words of kinds of work."""
    found = []
    for code in rules.READING_ORDER:
        value = getattr(terms, code)
        if not value:
            continue
        name = str(FIELDS[code])
        if isinstance(value, rules.Rate):
            found.append(Section(code, name, items=tuple(rate(value))))
        elif isinstance(value, rules.Post):
            found.append(Section(code, name, items=tuple(post(value, terms.rate))))
        elif isinstance(value, tuple):
            words: Mapping[str, object] = EXPERIENCE if code == "experience" else labels
            found.append(Section(code, name, items=tuple(str(words.get(v, v)) for v in value)))
        else:
            found.append(Section(code, name, text=str(SAY.get(value, value)) if code == "say" else value))
    return found


@dataclass(frozen=True)
class Difference:
    """What changed in one field: what is gone, and what is there now."""

    title: str
    gone: tuple[str, ...]
    come: tuple[str, ...]
    added: bool = False
    """Whether nothing at all was said there before."""


def differences(old: rules.Terms, new: rules.Terms, labels: Mapping[str, str]) -> list[Difference]:
    """What changed from ``old`` to ``new``, in reading order: whole texts, and the lines of lists that differ."""
    before, after = ({s.code: s for s in sections(terms, labels)} for terms in (old, new))
    found = []
    for code in rules.changed(old, new):
        was, now = before.get(code), after.get(code)
        gone, come = _lines(was), _lines(now)
        found.append(
            Difference(
                str(FIELDS[code]),
                tuple(line for line in gone if line not in come),
                tuple(line for line in come if line not in gone),
                added=not gone,
            )
        )
    return found


def _lines(section: Section | None) -> tuple[str, ...]:
    if section is None:
        return ()
    return section.items or (section.text,)
