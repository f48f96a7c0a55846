"""Which cells of a table of counts may be shown: disclosure control, with no Django.

What is hidden first: a count below the threshold that is not nought, of fewer than three people, or of which one person
is more than 70 %. Then as many others as it takes that nobody reckons the first ones out again. A hidden cell is hidden for
either reason and does not say for which. Why it is done so is in ``docs/adr/0020-what-figures-show.md``.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

from alongside.kit.bounds import LEAST_HIDDEN, Bounds, Sum

THRESHOLD = 5
"""Smaller counts are not shown. Some who fund ask for 10."""
PEOPLE_LEAST = 3
"""A count that is shown is of so many people at least."""
SHARE_MOST = 70
"""Nobody is more than so many percent of a count that is shown."""


@dataclass(frozen=True)
class Cell:
    """A count, of how many people it is at least, and how much of it is one person's at most."""

    count: int
    people: int
    most: int


@dataclass(frozen=True)
class Table:
    """Cells by name, and which of them add up to which. A name may be in any number of sums, and a total in another.

    The sums are all that may tie one cell to another. Where one count is at most another, or several overlap, what makes a
    sum of them is ``latent``: a count by its name that is on no page. It may be known to a reader and need not be hidden.

    Raises :class:`ValueError` for a count below nought, a sum that does not come out, a total that is its own part, or
    a name that is both.
    """

    cells: Mapping[str, Cell]
    sums: Sequence[Sum] = ()
    latent: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.cells.keys() & self.latent.keys():
            raise ValueError("a cell is on a page and on none")
        counts = {name: cell.count for name, cell in self.cells.items()} | dict(self.latent)
        if any(count < 0 for count in counts.values()):
            raise ValueError("a count is below nought")
        for total, parts in self.sums:
            if total in parts or len(set(parts)) != len(parts):
                raise ValueError(f"{total} counts something twice")
            if counts[total] != sum(counts[part] for part in parts):
                raise ValueError(f"{total} is not the sum of its parts")


def sensitive(cell: Cell, threshold: int = THRESHOLD) -> bool:
    """Whether a count must not be shown, or known in another way, on its own account. Nought never is."""
    if cell.count == 0:
        return False
    too_much = cell.most * 100 > cell.count * SHARE_MOST
    return cell.count < threshold or cell.people < PEOPLE_LEAST or too_much


def protect(table: Table, threshold: int = THRESHOLD) -> dict[str, int | None]:
    """What may be shown of each cell: its count, or ``None`` where it is hidden.

    From what is shown no hidden cell is bounded closer than ``threshold``, and what the cells that one sum hides come to
    together is nothing :func:`sensitive` either. No cell could be shown again alone without breaking one of the two.
    """
    hidden = {name for name, cell in table.cells.items() if sensitive(cell, threshold)}
    if hidden:
        _Choice(table, threshold).complete(hidden)
    return {name: None if name in hidden else cell.count for name, cell in table.cells.items()}


class _Choice:
    """The search for what else to hide in one table."""

    def __init__(self, table: Table, threshold: int) -> None:
        # In an order of their own: what is shown must not hang on the order in which somebody wrote the table down.
        self.cells, self.sums, self.threshold = dict(sorted(table.cells.items())), sorted(table.sums), threshold
        self.counts = {name: cell.count for name, cell in self.cells.items()} | dict(sorted(table.latent.items()))
        most = sum(self.counts.values()) + (threshold + LEAST_HIDDEN) * len(self.counts)
        self.bounds = Bounds(list(self.counts), self.sums, most, latent=table.latent)

    def complete(self, hidden: set[str]) -> None:
        """Add to ``hidden`` until nothing is given away, then leave out again what was not needed after all.

        This comes to an end: when all but the noughts are hidden, nothing bounds anything.
        """
        first = frozenset(hidden)
        while self._one_more(hidden):
            pass
        for name in sorted(hidden - first, key=lambda name: (-self.cells[name].count, name)):
            hidden.discard(name)
            if self._given_away(hidden):
                hidden.add(name)

    def _one_more(self, hidden: set[str]) -> bool:
        """Hide one more cell where something is given away; ``False`` when nothing is."""
        line = next(self._open_lines(hidden), None)
        if line is not None:
            hidden.add(self._smallest([line], hidden))
            return True
        loose = self._loose(hidden)
        if loose is None:
            return False
        lines = sorted(
            (line for line in self.sums if loose in (line[0], *line[1])), key=lambda s: self._room(s, hidden)
        )
        hidden.add(self._smallest(lines, hidden))
        return True

    def _given_away(self, hidden: Set[str]) -> bool:
        return next(self._open_lines(hidden), None) is not None or self._loose(hidden) is not None

    def _loose(self, hidden: Set[str]) -> str | None:
        shown = {name: cell.count for name, cell in self.cells.items() if name not in hidden}
        return next(iter(self.bounds.too_close(shown, width=self.threshold, first=True)), None)

    def _open_lines(self, hidden: Set[str]) -> Iterator[Sum]:
        """Sums that show their total, and so tell what their hidden parts come to together, where that is sensitive.

        Where all its parts are hidden that is the total itself, which may be shown; and what a latent part leaves over
        nobody knows.
        """
        for total, parts in self.sums:
            if total in hidden or any(name not in self.cells for name in (total, *parts)):
                continue
            inside = [self.cells[part] for part in parts if part in hidden]
            whole = len(inside) == sum(1 for part in parts if self.counts[part])
            if inside and not whole and sensitive(_together(inside), self.threshold):
                yield total, parts

    def _room(self, line: Sum, hidden: Set[str]) -> int:
        """How far a hidden cell of the line can be off by this line alone."""
        total, parts = line
        inside = [self.counts[part] - LEAST_HIDDEN for part in parts if part in hidden]
        inside += [self.counts[part] for part in parts if part not in self.cells]
        if total not in hidden and total in self.cells:
            return sum(inside)
        return self.counts[total] + self.threshold if inside else 0

    def _smallest(self, lines: Sequence[Sum], hidden: Set[str]) -> str:
        """The smallest cell to hide in the first of the lines that has one; a total after a part as large as it is."""
        for total, parts in [*lines, ("", tuple(self.cells))]:
            free = [name for name in (*parts, total) if name in self.cells and name not in hidden]
            free = [name for name in free if self.cells[name].count]
            if free:
                return min(free, key=lambda name: (self.cells[name].count, name == total, name))
        raise RuntimeError("all is hidden, and something is given away")


def _together(cells: Sequence[Cell]) -> Cell:
    """Some cells as one. Whether two of them are of the same people nobody knows, so the worst is taken."""
    return Cell(sum(c.count for c in cells), max(c.people for c in cells), sum(c.most for c in cells))
