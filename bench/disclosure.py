"""How long does it take to decide what a year's table of a group may show?"""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from alongside.kit.bounds import Sum
from alongside.kit.disclosure import Cell, Table, protect
from bench import report

RUNS = int(os.environ.get("BENCH_RUNS", "3"))
MONTHS, KINDS, PEOPLE = 12, 30, 12


def year(seed: int, *, busy: int) -> Table:
    """Twelve months of thirty kinds of work by twelve people, with both margins; ``busy``: at most so much each."""
    chance = random.Random(seed)
    gave: dict[str, list[int]] = {}
    for month in range(MONTHS):
        for kind in range(KINDS):
            # Some kinds are rare and some are what everybody does: a table with both is the hard one.
            top = busy if kind % 3 else 1
            each = [chance.randint(0, top) if chance.random() < 0.4 else 0 for _ in range(PEOPLE)]
            for name in (f"{month},{kind}", f"{month},all", f"all,{kind}", "all,all"):
                sums = gave.setdefault(name, [0] * PEOPLE)
                gave[name] = [a + b for a, b in zip(sums, each, strict=True)]
    cells = {name: Cell(sum(each), sum(1 for n in each if n), max(each)) for name, each in gave.items()}
    months, kinds = [*map(str, range(MONTHS)), "all"], [*map(str, range(KINDS)), "all"]
    sums: list[Sum] = [(f"{m},all", tuple(f"{m},{k}" for k in kinds[:-1])) for m in months]
    sums += [(f"all,{k}", tuple(f"{m},{k}" for m in months[:-1])) for k in kinds]
    return Table(cells, sums)


def once(table: Table) -> tuple[float, int]:
    """Seconds, and how many cells are hidden."""
    begun = time.monotonic()
    shown = protect(table)
    return time.monotonic() - begun, sum(1 for value in shown.values() if value is None)


def held() -> int:
    """Megabytes that this process has held at the most."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


def memory() -> int:
    """Megabytes that a process has more once the solver is loaded."""
    sizes = []
    for loading in ("", "import highspy; "):
        code = f"{loading}from bench.disclosure import held; print(held())"
        found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        sizes.append(int(found.stdout.split()[-1]))
    return sizes[1] - sizes[0]


def measure() -> dict[str, dict[str, float]]:
    """The cells of the table: seconds for a quiet and for a busy group."""
    out = {}
    for name, busy in (("a quiet group", 1), ("a busy group", 6)):
        found = [once(year(seed, busy=busy)) for seed in range(RUNS)]
        out[name] = {
            **report.spread([took for took, _hidden in found]),
            "hidden": max(hidden for _took, hidden in found),
        }
    return out


def table(cells: dict[str, dict[str, float]], more: int) -> str:
    """The cells as a table."""
    lines = [
        "## What figures may show",
        "",
        f"Seconds to decide what a table of {MONTHS} months by {KINDS} kinds, with both margins, may show, median (least to most) of",
        f"{RUNS} tables. The solver takes {more} MB more memory where it is loaded, {held()} MB in all at the most. Made by",
        "`bench/disclosure.py`.",
        "",
        f"| | seconds | hidden, of {(MONTHS + 1) * (KINDS + 1)} cells |",
        "|---|---|---|",
    ]
    lines += [
        f"| {k} | {v['median']:.2f} ({v['least']:.2f} to {v['most']:.2f}) | {v['hidden']:.0f} |"
        for k, v in cells.items()
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    result, more = measure(), memory()
    report.keep("disclosure", {"cells": result, "megabytes": more}, table(result, more))
