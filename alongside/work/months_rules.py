"""Pure decisions about a group's months: what of a month's work is counted, and which of the counts are shown."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from alongside.kit.bounds import Sum
from alongside.kit.disclosure import Cell, Table, protect
from alongside.work import response_rules, rules

COUNTED = "work.months"
"""The consent code: this member said that their shared work counts in the group's months."""
DAYS = 40
"""A month is counted once it has been over for this many days.

Overdose responses have folded by then, ten days before, and a phone that was away has had more than a month to send. No
entry of the month has folded yet: how heavy it was is still known.
"""
GROUP_LEAST = 5
"""About a group of fewer people no counts are shown."""
SHOWN_AT_ONCE = 6
"""Months that a page shows."""
UNSAID = "unsaid"
ALL = "all"
WEIGHTS = tuple(f"weight.{code}" for code in (*rules.WEIGHTS, UNSAID))
BARRIERS = tuple(f"barrier.{code}" for code in rules.BARRIERS)
AMBULANCE = tuple(f"ambulance.{code}" for code in (*response_rules.FIELDS["ambulance"], response_rules.UNKNOWN))
END = tuple(f"end.{code}" for code in (*response_rules.FIELDS["end"], response_rules.UNKNOWN))
NALOXONE = "done.naloxone"

Shown = dict[str, int]
"""What is shown of a month, by ``part.code``: what is nought, or may not be shown, is not there. ``all`` is how many in all."""


def last_due(today: dt.date) -> dt.date:
    """The first day of the newest month that is counted now."""
    return response_rules.first_of(today - dt.timedelta(days=DAYS), 1)


def in_time(month: dt.date, today: dt.date) -> bool:
    """Whether no entry of the month can have folded yet."""
    return (today - month).days <= rules.FOLD_DAYS


class Tally:
    """A month's work of a group, counted one piece after the other."""

    def __init__(self) -> None:
        self.by_cell: dict[str, Counter[object]] = {}
        self.with_kinds: Counter[int] = Counter()
        """How many pieces have so many kinds, or more."""

    def add(self, who: object, kinds: Iterable[str], entry: Mapping[str, Any]) -> None:
        """Count a piece of work of ``who``; ``kinds`` as the group is shown them, the rest as in the entry."""
        kinds = list(kinds)
        weight = UNSAID if entry.get("weight") is None else entry["weight"]
        cells = [ALL, f"weight.{weight}", *(f"kind.{k}" for k in kinds), *(f"barrier.{b}" for b in entry["barriers"])]
        for cell in cells:
            self.by_cell.setdefault(cell, Counter())[who] += 1
        self.with_kinds.update(range(1, len(kinds) + 1))

    @property
    def pieces(self) -> int:
        """How many were counted."""
        return self.with_kinds[1]

    def table(self) -> Table:
        """The counts, and all that ties them to each other.

        How heavy the pieces were adds up to how many there are, because who did not say counts as a part. Kinds and barriers do
        not: a piece has one kind to four, and any number of barriers. So each is at most all of them, and kinds are together
        at least as many, and four times as many at most.
        """
        cells = {name: Cell(sum(n.values()), len(n), max(n.values())) for name, n in self.by_cell.items()}
        if not cells:
            return Table({})
        of = {
            part: tuple(name for name in cells if name.startswith(f"{part}.")) for part in ("weight", "kind", "barrier")
        }
        pieces = self.pieces
        latent = {f"without {name}": pieces - cells[name].count for part in ("kind", "barrier") for name in of[part]}
        sums: list[Sum] = [(ALL, of["weight"])]
        sums += [(ALL, (name.removeprefix("without "), name)) for name in latent]
        latent["kinds"] = sum(cells[name].count for name in of["kind"])
        sums += [("kinds", of["kind"]), ("kinds", (ALL, *(f"{n} kinds" for n in range(2, rules.KINDS_MOST + 1))))]
        fewer, count = ALL, pieces
        for n in range(2, rules.KINDS_MOST + 1):
            latent[f"{n} kinds"], latent[f"fewer than {n}"] = self.with_kinds[n], count - self.with_kinds[n]
            sums.append((fewer, (f"{n} kinds", f"fewer than {n}")))
            fewer, count = f"{n} kinds", self.with_kinds[n]
        return Table(cells, sums, latent)


def of_work(table: Table, threshold: int) -> Shown:
    """What is shown of a month's work.

    How heavy it was, or a barrier, that is that of every piece would tell it of each person of whom somebody knows that they
    worked: it is not shown either.
    """
    shown = _safe(table, threshold)
    alike = {name for name in (*WEIGHTS, *BARRIERS) if name in shown and shown[name] == table.cells[ALL].count}
    return {name: n for name, n in shown.items() if name not in alike}


def of_responses(counts: Mapping[str, Iterable[int]], threshold: int) -> Shown:
    """What is shown of a month's overdose responses: how many, naloxone, ambulance, how they ended."""
    found = {name: Cell(*three) for name, three in counts.items()}
    if ALL not in found:
        return {}
    cells, sums = {ALL: found[ALL]}, []
    for parts in (AMBULANCE, END):
        said = {name: found[name] for name in parts if name in found}
        cells |= _whole(said, found[ALL], parts[-1])
        sums.append((ALL, tuple(name for name in parts if name in cells)))
    latent = {}
    if NALOXONE in found:
        cells[NALOXONE], latent["without"] = found[NALOXONE], found[ALL].count - found[NALOXONE].count
        sums.append((ALL, (NALOXONE, "without")))
    return _safe(Table(cells, sums, latent), threshold)


def _whole(said: Mapping[str, Cell], everything: Cell, unknown: str) -> dict[str, Cell]:
    """The answers to one question, with those who gave none beside those who did not know, so that they are all.

    Of how many people these are nobody knows any more: of one at least, and all of one at most.
    """
    rest = everything.count - sum(cell.count for cell in said.values())
    if not rest:
        return dict(said)
    had = said.get(unknown, Cell(0, 1, 0))
    return {**said, unknown: Cell(had.count + rest, had.people, had.most + rest)}


def _safe(table: Table, threshold: int) -> Shown:
    return {name: n for name, n in protect(table, threshold).items() if n}
