"""The kinds of letter. Rooms register theirs in their ``letters.py``; a letter is rendered when it is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

KEEP_DAYS = 90
"""Letters older than this are deleted, read or not; what they speak of stays where it is."""


@dataclass(frozen=True)
class Kind:
    """A kind of letter: its words (untranslated, with ``{names}`` to fill) and whether it opens a page."""

    code: str
    text: str
    short: str = ""


_kinds: dict[str, Kind] = {}


def register(code: str, text: str, short: str = "") -> Kind:
    """Make a kind of letter known. ``text`` is marked with ``gettext_noop`` where it is written, and so is ``short``."""
    _kinds[code] = Kind(code, text, short)
    return _kinds[code]


def known(code: str) -> Kind | None:
    """The kind with this code, if a room registered it."""
    return _kinds.get(code)


def fill(template: str, filling: Mapping[str, str]) -> str:
    """``template`` with its ``{names}`` replaced; a name that is missing is left out, never an error.

    What fills a name is left as it is written, braces too.
    """
    return re.sub(r"{(\w+)}", lambda found: filling.get(found[1], ""), template)
