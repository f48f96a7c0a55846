"""Canonical JSON: what hashes and closed text are made over. Loads nothing of Django."""

import json
from typing import Any

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def dumps(value: Any) -> str:
    """Canonical JSON: sorted keys, no spaces, so that equal values have equal texts."""
    return _encode(value)
