"""ES modules and what they import, so that a page can name all of it.

A browser learns of an import once it has read the module that wants it: each step of a chain is a way to the server and
back, which takes a phone on a slow network half a second. A page that names them all has them asked for at once.
"""

import posixpath
import re
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders

_IMPORT = re.compile(r"""^(?:im|ex)port\b[^'"(;]*['"](\.[^'"\n]+)['"];""", re.MULTILINE)


@cache
def imported(name: str) -> tuple[str, ...]:
    """The static files that the module ``name`` needs before it runs, directly or through others, each once.

    What it asks for later on, by ``import()``, is not among them. Raises :class:`LookupError` for a file that is not there.
    """
    found, left = dict[str, None](), [name]
    while left:
        fresh = [one for one in _named_in(left.pop()) if one not in found and one != name]
        found |= dict.fromkeys(fresh)
        left += fresh
    return tuple(found)


def _named_in(name: str) -> list[str]:
    path = finders.find(name)
    if path is None:
        raise LookupError(name)
    text = Path(str(path)).read_text(encoding="utf-8")
    return [posixpath.normpath(posixpath.join(posixpath.dirname(name), near)) for near in _IMPORT.findall(text)]
