"""The project as text: rooms, modules, templates, and the words that people read."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import polib

from tools import messages

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "alongside"
ROOMS = ("kit", "outbox", "people", "roles", "pay", "watch", "work", "home", "config")
"""The rooms, lowest first; watch and work are blind to each other."""
NAMES = {"alongside"}
"""What is called the same in every language."""
_SKIP = {"tests", "migrations", "__pycache__"}
_SPOKEN_TAG = re.compile(r"{%\s*(blocktrans(?:late)?)\b.*?%}.*?{%\s*end\1\s*%}", re.DOTALL)
_COMMENT = re.compile(r"{%\s*comment.*?endcomment\s*%}|{#.*?#}|<!--.*?-->", re.DOTALL)
_NOT_SHOWN = re.compile(r"<(script|style|svg)\b.*?</\1>", re.DOTALL)
_ATTRIBUTE = re.compile(r'\b(?:alt|title|placeholder|aria-label|aria-description)="([^"]*)"')


def modules(room: str | None = None) -> list[Path]:
    """The Python files of a room (or of all), without its tests and migrations."""
    start = PACKAGE / room if room else PACKAGE
    return sorted(p for p in start.rglob("*.py") if not _SKIP & set(p.relative_to(PACKAGE).parts))


def tree(path: Path) -> ast.Module:
    """The file as Python reads it."""
    return ast.parse(path.read_text())


def short(path: Path) -> str:
    """The path from the project's root."""
    return path.relative_to(ROOT).as_posix()


def templates() -> list[Path]:
    """Every template that people read."""
    return sorted(p for p in PACKAGE.rglob("templates/**/*") if p.suffix in {".html", ".txt"})


def bare_words(path: Path) -> list[str]:
    """What a template would say in the same words in every language: text and named attributes outside any tag."""
    text = _NOT_SHOWN.sub(" ", _SPOKEN_TAG.sub(" ", _COMMENT.sub(" ", path.read_text())))
    text = re.sub(r"{{.*?}}|{%.*?%}", " ", text, flags=re.DOTALL)
    found = _ATTRIBUTE.findall(text) + re.sub(r"<[^>]*>", "\n", text, flags=re.DOTALL).split("\n")
    spoken = [" ".join(part.split()) for part in found if re.search(r"[^\W\d_]{2}", part)]
    return [part for part in spoken if part.strip(" ·|,.").casefold() not in NAMES]


@cache
def said() -> dict[str, list[str]]:
    """Every text that a person may read, by language: messages in English, their translations."""
    texts = {"en": sorted({t for key in messages.gather() for t in (key.text, key.plural) if t})}
    for language in messages.LANGUAGES:
        path = messages.po_path(language)
        entries = [e for e in polib.pofile(str(path)) if not e.obsolete] if path.exists() else []
        texts[language] = sorted({t for e in entries for t in (e.msgstr, *e.msgstr_plural.values()) if t})
    return texts


def filled(text: str) -> str:
    """``text`` as a reader would meet it: each placeholder a short name, no HTML tags."""
    text = re.sub(r"<[^>]*>", "", text)
    return re.sub(r"%\(\w+\)[sd]|%[sd]|\{\w*\}", "Sam", text).replace("%%", "%")


def imports(module: ast.Module) -> Iterator[str]:
    """The dotted names that a module imports, wherever in the file."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)
