"""How closely what is shown of a table bounds what is hidden in it: linear programs over the published sums."""

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

Sum = tuple[str, tuple[str, ...]]
"""A total and the parts that add up to it, each by the name of its cell."""

LEAST_HIDDEN = 1
"""A nought is never hidden, so whoever reads the table knows that what is hidden is one at least."""
_SLIP = 1e-6
"""What a solver's sums may be off by."""


class Bounds:
    """The equations of one table, made once and asked for many choices of what is shown.

    Variables are the counts; those that are shown stand fast. For a table of two directions, with totals nested in one
    of them, the ends of what is possible are whole numbers. Elsewhere an end may be a fraction; the next whole number inside
    is taken, because whoever reads the table knows that counts are whole.
    """

    def __init__(self, names: Sequence[str], sums: Sequence[Sum], most: int, latent: Collection[str] = ()) -> None:
        """``most``: no count is tried beyond it. A reader does not know it, so that it only makes us hide more.

        ``latent``: those of ``names`` that are on no page. Nobody asks how closely they are bounded, and they may be nought.
        """
        import highspy  # with numpy: loaded by the call that needs it, so that web workers never hold it

        self._place = {name: place for place, name in enumerate(names)}
        self._most, self._latent = float(most), frozenset(latent)
        self._lp: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        self._ends = (highspy.ObjSense.kMaximize, highspy.ObjSense.kMinimize)
        self._best = highspy.HighsModelStatus.kOptimal
        for option, value in (("output_flag", False), ("presolve", "off"), ("parallel", "off")):
            self._lp.setOptionValue(option, value)
        for _name in names:
            self._lp.addCol(0.0, 0.0, self._most, 0, [], [])
        for total, parts in sums:
            places = [self._place[total], *(self._place[part] for part in parts)]
            self._lp.addRow(0.0, 0.0, len(places), places, [-1.0, *[1.0] * len(parts)])

    def too_close(self, shown: Mapping[str, int], *, width: int, first: bool = False) -> list[str]:
        """The hidden cells between whose ends is less than ``width``; with ``first`` no more than one of them.

        ``shown``: what is shown, by cell; every other cell is hidden. Raises :class:`RuntimeError` when the solver gives no
        answer: then nothing is proven and nothing may be shown.
        """
        low, high = [self._most] * len(self._place), [0.0] * len(self._place)
        hidden = [name for name in self._place if name not in shown and name not in self._latent]
        for name, place in self._place.items():
            fast, least = shown.get(name), 0 if name in self._latent else LEAST_HIDDEN
            ends = (least, self._most) if fast is None else (fast, fast)
            self._lp.changeColBounds(place, float(ends[0]), float(ends[1]))
        found = []
        for name in hidden:
            place = self._place[name]
            for sense in self._ends:
                if high[place] - low[place] >= width - _SLIP:
                    break  # a table seen on the way has shown already that it can be this far off
                self._solve(place, sense, low, high)
            if high[place] - low[place] < width - _SLIP:
                found.append(name)
                if first:
                    break
        return found

    def _solve(self, place: int, sense: object, low: list[float], high: list[float]) -> None:
        self._lp.changeColCost(place, 1.0)
        self._lp.changeObjectiveSense(sense)
        self._lp.run()
        status, values = self._lp.getModelStatus(), list(self._lp.getSolution().col_value)
        self._lp.changeColCost(place, 0.0)
        if status != self._best:
            raise RuntimeError("no bounds were found")
        for at, value in enumerate(values):
            low[at] = min(low[at], math.ceil(value - _SLIP))
            high[at] = max(high[at], math.floor(value + _SLIP))
