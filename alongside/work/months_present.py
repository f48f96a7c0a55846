"""A group's months in words, for a page and for a file."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from alongside.kit.cells import harmless
from alongside.work import labels
from alongside.work import months_rules as rules
from alongside.work.months_queries import Month
from alongside.work.response_forms import QUESTIONS

Row = tuple[str, str, int | None]
"""What is counted, as a code and in words; how many, or ``None`` where that is not shown."""


@dataclass(frozen=True)
class Part:
    """A part of a month: its code, its heading (none for a number that stands alone), and what was counted."""

    code: str
    heading: str
    rows: Sequence[Row]


def work(month: Month, kinds: Mapping[str, str]) -> list[Part]:
    """What a group is shown of a month's work; nothing where nothing of it is shown. ``kinds``: the words of each kind.

    A kind or a barrier that is not shown is not named either: its name alone would say that somebody was there.
    """
    shown = month.work or {}
    if not shown:
        return []
    weights = [(name, str(words), shown.get(name)) for name, words in zip(rules.WEIGHTS, _weights(), strict=True)]
    parts = [
        Part("work", "", [(rules.ALL, _("Pieces of work"), shown.get(rules.ALL))]),
        Part("kinds", _("What was done"), _named(shown, "kind", kinds)),
        Part("weight", _("How heavy it was"), weights if any(n for _name, _words, n in weights) else []),
        Part("barriers", _("What got in the way"), _named(shown, "barrier", labels.BARRIERS)),
    ]
    return [part for part in parts if part.rows]


def responses(month: Month) -> list[Part]:
    """What a group is shown of a month's overdose responses."""
    shown = month.responses
    if not shown:
        return []
    first = [
        (rules.ALL, _("How many"), shown.get(rules.ALL)),
        (rules.NALOXONE, _("Naloxone was given"), shown.get(rules.NALOXONE)),
    ]
    parts = [Part("responses", "", first), _asked(shown, "ambulance", rules.AMBULANCE), _asked(shown, "end", rules.END)]
    return [part for part in parts if part.rows]


def table(months: Iterable[Month], kinds: Mapping[str, str]) -> str:
    """All that is shown, as a table that any spreadsheet opens; the count is empty where it is not shown."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["month", "about", "code", "what", "count"])
    for one in months:
        for part in (*work(one, kinds), *responses(one)):
            for code, words, count in part.rows:
                cells = (f"{one.month:%Y-%m}", part.code, code, words, "" if count is None else str(count))
                writer.writerow([harmless(cell) for cell in cells])
    return "\ufeff" + out.getvalue()


def _weights() -> list[str]:
    return [*(str(words) for words in labels.WEIGHTS.values()), _("Not said")]


def _named(shown: rules.Shown, part: str, words: Mapping[str, object]) -> list[Row]:
    """Those of a part that are shown, in the order of ``words``."""
    found = {name.partition(".")[2]: n for name, n in shown.items() if name.startswith(f"{part}.")}
    codes = [code for code in words if code in found] + sorted(found.keys() - words.keys())
    return [(f"{part}.{code}", str(words.get(code, code)), found[code]) for code in codes]


def _asked(shown: rules.Shown, question: str, cells: Sequence[str]) -> Part:
    said = [*(str(labels.RESPONSE_CHOICES[question][name.partition(".")[2]]) for name in cells[:-1]), _("Not known")]
    rows = [(name, words, shown.get(name)) for name, words in zip(cells, said, strict=True)]
    return Part(question, str(QUESTIONS[question]), rows if any(n for _name, _words, n in rows) else [])
