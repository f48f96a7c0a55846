"""The kinds of letter. Rooms register theirs in their ``letters.py``; a letter is rendered when it is read."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

KEEP_SENT = dt.timedelta(days=2)
"""How long it is known of a letter that was to leave what became of it."""
KEEP_DAYS = 90
"""Letters older than this are deleted, read or not; what they speak of stays where it is."""

WAYS = "/letters/ways/"
"""The page on which somebody sees how they can be reached."""
NOWHERE = 15.0
"""Seconds until a letter whose person has no channel that works is looked at again."""
NOWHERE_MOST = dt.timedelta(minutes=2)
"""After so long without one, such a letter has failed."""
REFUSALS = 10
"""So often in a row a provider refuses an address, and its channel is dead."""
ATTEMPTS = 2
"""How often a letter is tried by one channel before the next one's turn."""
_SOON = 1.0
_ROUND = 5.0
_ROUND_MOST = 120.0


@dataclass(frozen=True)
class After:
    """When a letter that did not leave is tried again: ``wait`` seconds from now, and what is counted then."""

    wait: float
    tried: int
    tries: int


def after(what: str, tried: int, tries: int, count: int, *, turn: bool, wanted: float | None) -> After:
    """What follows when a letter did not leave by one of its person's ``count`` channels.

    ``what`` is how it went: ``failed``, ``hung``, ``refused`` or ``gone``. ``tried`` channels were given up for it so far, and
    ``tries`` counts at the present one. It was that one's ``turn``, or another was used because that one's provider was
    shut. ``wanted`` is how long the provider wants to be left alone. A failure is tried again soon, once; after anything
    worse it is the next channel's turn at once; when all had theirs, they have it again after a longer and longer wait.
    """
    if what == "failed" and turn and tries + 1 < ATTEMPTS:
        return After(max(_SOON, min(wanted or 0.0, _ROUND_MOST if count == 1 else _SOON)), tried, tries + 1)
    given_up = tried + 1
    if given_up % count:
        return After(0.0, given_up, 0)
    wait = min(_ROUND * 2.0 ** min(given_up // count - 1, 10), _ROUND_MOST)
    return After(max(wait, min(wanted or 0.0, _ROUND_MOST)), given_up, 0)


@dataclass(frozen=True)
class Kind:
    """A kind of letter: its words (untranslated, with ``{names}`` to fill), and those that may stand on a lock screen.

    ``loud``: a phone shows it until somebody looks.
    """

    code: str
    text: str
    short: str = ""
    loud: bool = False


_kinds: dict[str, Kind] = {}


def register(code: str, text: str, short: str = "", *, loud: bool = False) -> Kind:
    """Make a kind of letter known. ``text`` is marked with ``gettext_noop`` where it is written, and so is ``short``."""
    _kinds[code] = Kind(code, text, short, loud)
    return _kinds[code]


def known(code: str) -> Kind | None:
    """The kind with this code, if a room registered it."""
    return _kinds.get(code)


def is_loud(code: str) -> bool:
    """Whether a phone is to be loud about letters of this kind."""
    return code in _kinds and _kinds[code].loud


def fill(template: str, filling: Mapping[str, str]) -> str:
    """``template`` with its ``{names}`` replaced; a name that is missing is left out, never an error.

    What fills a name is left as it is written, braces too.
    """
    return re.sub(r"{(\w+)}", lambda found: filling.get(found[1], ""), template)


_PLAIN = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "\u00a0": " ", "\u202f": " ", "…": "..."}
)


def plain(text: str) -> str:
    """``text`` with the signs of good print as a typewriter has them.

    A text message whose letters are all in GSM 03.38's table holds 160 of them; one other sign, and it holds 70.
    """
    return text.translate(_PLAIN)
