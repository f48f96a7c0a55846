"""Keeps results as JSON and writes them into docs/benchmarks.md, each table between two marks of its own."""

import json
import os
import platform
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
RESULTS = ROOT / "docs" / "benchmarks"


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, least and most of repeated measurements."""
    return {"median": statistics.median(values), "least": min(values), "most": max(values), "runs": len(values)}


def machine() -> dict[str, Any]:
    """What the figures depend on most."""
    return {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()}


def keep(name: str, result: dict[str, Any], table: str) -> None:
    """Write ``result`` to docs/benchmarks/NAME.json and ``table`` into the page, in place of the last one."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps({"machine": machine(), **result}, indent=1) + "\n")
    start, end = f"<!-- {name} -->", f"<!-- end {name} -->"
    text = PAGE.read_text() if PAGE.exists() else "# Benchmarks\n"
    block = f"{start}\n{table.rstrip()}\n{end}"
    if start in text:
        head, rest = text.split(start, 1)
        text = head + block + rest.split(end, 1)[1]
    else:
        text = f"{text.rstrip()}\n\n{block}\n"
    PAGE.write_text(text)
    print(table)


def rate(values: dict[str, float]) -> str:
    """A spread as a table's cell: median (least to most)."""
    return f"{values['median']:,.0f} ({values['least']:,.0f} to {values['most']:,.0f})"
