"""A statement of experience in words: for the page that shows it before it is made, for the paper, and for its check."""

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from alongside.home import experience
from alongside.home import experience_rules as rules
from alongside.home.experience_words import KINDS, SKILLS
from alongside.pay.present import STILL
from alongside.people.rules import grouped

_PAPER = Path(__file__).parent / "papers" / "experience.typ"


@dataclass(frozen=True)
class Section:
    """A heading and rows of two cells, the second of which may be empty."""

    head: str
    rows: list[tuple[str, str]]


def facts(said: rules.Said) -> list[tuple[str, str]]:
    """When, and how much in all."""
    span = month(said.start) if said.start == said.end else f"{month(said.start)} \u2013 {month(said.end)}"
    found = [(_("When"), span), (_("Time in all"), hours(said.minutes))]
    return [*found, (_("For"), ", ".join(said.groups))] if said.groups else found


def sections(said: rules.Said) -> list[Section]:
    """Kinds of work, training, roles and skills, those that there are."""
    every = [
        Section(_("Kinds of work"), [(str(KINDS[c]), hours(n)) for c, n in said.kinds.items() if c in KINDS]),
        Section(_("Training"), [(str(KINDS[c]), hours(n)) for c, n in said.training.items() if c in KINDS]),
        Section(_("Roles"), [(title, _months(start, end)) for title, start, end in said.roles]),
        Section(_("Skills"), [(str(SKILLS[c][0]), "") for c in said.skills if c in SKILLS]),
    ]
    return [one for one in every if one.rows]


def notes(said: rules.Said) -> list[str]:
    """What a reader has to know of the figures."""
    found = [_("This comes from the record that the person keeps.")]
    if len(said.kinds) + len(said.training) > 1:
        found.append(
            _("One piece of work can be of more than one kind. So the kinds can add up to more than all of it.")
        )
    return found


def pdf(made: experience.Made, name: str) -> bytes:
    """The paper, in the language in use."""
    said, address = made.said, settings.ORIGIN + reverse("home:check")
    link = f"{address}#{made.square}"
    import segno

    square = segno.make(link, error="l", boost_error=False)
    data = {
        "title": _("Statement of experience"),
        "lang": (get_language() or "en")[:2],
        "name": name,
        "facts": facts(said),
        "sections": [vars(one) for one in sections(said)],
        "notes": notes(said),
        "square": square.svg_inline(border=2, dark="#000", light="#fff", omitsize=True),
        "check": _("To check this paper, scan the square, or type this code at:"),
        "link": link,
        "address": address,
        "code": grouped(said.code),
        "until": _("It checks out until %(day)s, unless its owner takes it back.")
        % {"day": date_format(dt.date.fromisoformat(said.until))},
    }
    import typst

    made_ = typst.compile(
        str(_PAPER),
        root=str(_PAPER.parent),
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        ignore_system_fonts=True,
        timestamp=STILL,
    )
    if not isinstance(made_, bytes):
        raise TypeError("a PDF is one file")
    return made_


def hours(minutes: int) -> str:
    """A length of time in whole hours, or in minutes when it is less than one."""
    if minutes < 60:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    whole = (minutes + 30) // 60
    return ngettext("%(n)s hour", "%(n)s hours", whole) % {"n": whole}


def month(text: str) -> str:
    """A month that is written as ``2026-03``, in words."""
    day = parse_date(f"{text}-01")
    return date_format(day, "YEAR_MONTH_FORMAT") if day else text


def _months(start: str, end: str) -> str:
    return f"{month(start)} \u2013 {month(end)}" if end else _("since %(month)s") % {"month": month(start)}
