"""Messages for people: gather them from code and templates, merge them into each ``.po``, compile each ``.mo``.

English is the language of the source and needs no file. ``make messages`` runs :func:`main`; ``make check`` calls
the same functions and fails when something is missing.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import polib
from babel.messages.extract import extract
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "alongside"
LANGUAGES = {"fr": "nplurals=2; plural=(n > 1);"}
"""The languages that have a file, and how each forms its plurals (as Unicode's rules for whole numbers say)."""
KEYWORDS = {
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
TEXT_MESSAGES = "/inbound.py"
"""Where answers by text message are written: plain signs there, so that they fit one message."""
_PRINT = {"fr": re.compile(r"\w'\w|(?<!\u00a0)([?;»](?!\w)|:(?=\s|$))|«(?!\u00a0)")}
"""What good print in a language does not have: in French a straight apostrophe, and signs without their fixed space."""
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
_CALL = re.compile(r"(?<!\w)(_|n?p?gettext)\(")


class Key(NamedTuple):
    """What tells two messages apart."""

    context: str
    text: str
    plural: str = ""


@dataclass
class Message:
    """A message and the files that say it."""

    key: Key
    files: set[str] = field(default_factory=set)


def po_path(language: str) -> Path:
    """Where the translations into ``language`` are."""
    return SOURCE / "locale" / language / "LC_MESSAGES" / "django.po"


def mo_path(language: str) -> Path:
    """Where the compiled translations into ``language`` are."""
    return po_path(language).with_suffix(".mo")


def gather() -> dict[Key, Message]:
    """Every message of the source, in the order of its text."""
    found: dict[Key, Message] = {}
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix not in {".py", ".html", ".txt"} or {"tests", "migrations", "static"} & set(path.parts):
            continue
        reader = _from_python if path.suffix == ".py" else _from_template
        for key in reader(path):
            found.setdefault(key, Message(key)).files.add(path.relative_to(ROOT).as_posix())
    return dict(sorted(found.items(), key=lambda item: (item[0].text, item[0].context)))


def placeholders(text: str) -> list[str]:
    """What is filled in when the message is shown (``%(name)s``, ``%d``, ``{name}``), sorted."""
    return sorted(_PLACEHOLDER.findall(text.replace("%%", "")))


def merge(language: str) -> polib.POFile:
    """The language's file with every message of the source: translations kept, messages that are gone put aside."""
    path = po_path(language)
    old = polib.pofile(str(path)) if path.exists() else polib.POFile()
    known = {_key(entry): entry for entry in old}
    new = polib.POFile(wrapwidth=100)
    new.metadata = {
        "Project-Id-Version": "Alongside",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": LANGUAGES[language],
    }
    messages = gather()
    for key, message in messages.items():
        new.append(_entry(key, message, known.get(key)))
    for key, entry in sorted(known.items()):
        if key not in messages and (entry.msgstr or any(entry.msgstr_plural.values())):
            entry.obsolete, entry.occurrences = True, []
            new.append(entry)
    return new


def faults(language: str) -> Iterator[str]:
    """What is wrong with the language's files, a line for each: missing, untranslated, fuzzy, out of date."""
    path = po_path(language)
    if not path.exists():
        yield f"{path.relative_to(ROOT)} is missing: run `make messages`"
        return
    po = polib.pofile(str(path))
    known = {_key(entry): entry for entry in po if not entry.obsolete}
    wanted = gather()
    for key in wanted.keys() - known.keys():
        yield f"not in the file, run `make messages`: {key.text!r}"
    for key in known.keys() - wanted.keys():
        yield f"no longer said, run `make messages`: {key.text!r}"
    for key, entry in known.items():
        yield from _faults(key, entry)
        yield from _misprints(language, entry)
    if not mo_path(language).exists() or mo_path(language).read_bytes() != po.to_binary():
        yield f"{mo_path(language).relative_to(ROOT)} is not what the .po compiles to: run `make messages`"


def main() -> None:
    """Gather, merge and compile, and say how many messages wait for a translation."""
    for language in LANGUAGES:
        po = merge(language)
        po_path(language).parent.mkdir(parents=True, exist_ok=True)
        po.save(str(po_path(language)))
        mo_path(language).write_bytes(polib.pofile(str(po_path(language))).to_binary())
        live = [entry for entry in po if not entry.obsolete]
        print(f"{language}: {len(live)} messages, {sum(not e.translated() for e in live)} to translate.")


def _from_python(path: Path) -> Iterator[Key]:
    source = path.read_bytes()
    words = _aliases(source)
    if words:
        for _line, found, _comments, context in extract("python", BytesIO(source), keywords=words):
            yield _as_key(found, context)


def _aliases(source: bytes) -> dict[str, object]:
    """How this file calls Django's functions: ``from django.utils.translation import gettext as _`` and the like."""
    words: dict[str, object] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            for name in node.names:
                kind = name.name.removesuffix("_lazy").removesuffix("_noop")
                if kind in KEYWORDS:
                    words[name.asname or name.name] = KEYWORDS[kind]
    return words


def _from_template(path: Path) -> Iterator[Key]:
    """Django turns a template into calls among crossed-out text; each call is read by itself."""
    code = templatize(path.read_text(), origin=str(path))
    for call in _CALL.finditer(code):
        for end in (m.end() for m in re.finditer(r"\)", code[call.end() :])):
            try:
                tree = ast.parse(code[call.start() : call.end() + end].strip(), mode="eval")
            except SyntaxError:
                continue
            yield _from_call(tree.body)
            break


def _from_call(node: ast.expr) -> Key:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        raise TypeError("a template's message is always a call")
    words = [str(ast.literal_eval(a)) for a in node.args if isinstance(a, ast.Constant)]
    context = words.pop(0) if node.func.id.startswith(("pgettext", "npgettext")) else ""
    return Key(context, *words[: 2 if "ngettext" in node.func.id or "npgettext" in node.func.id else 1])


def _as_key(found: str | tuple[str, ...], context: str | None) -> Key:
    return Key(context or "", *([found] if isinstance(found, str) else found))


def _entry(key: Key, message: Message, old: polib.POEntry | None) -> polib.POEntry:
    entry = polib.POEntry(msgid=key.text, msgctxt=key.context or None, msgid_plural=key.plural)
    entry.occurrences = [(name, "") for name in sorted(message.files)]
    if key.plural:
        entry.msgstr_plural = dict(old.msgstr_plural) if old is not None else {0: "", 1: ""}
    else:
        entry.msgstr = old.msgstr if old is not None else ""
    if old is not None:
        entry.flags, entry.tcomment = [f for f in old.flags if f == "fuzzy"], old.tcomment
    if "%" in "".join(placeholders(key.text + key.plural)):
        entry.flags.append("python-format")
    return entry


def _faults(key: Key, entry: polib.POEntry) -> Iterator[str]:
    if entry.fuzzy:
        yield f"fuzzy: {key.text!r}"
    elif not entry.translated():
        yield f"not translated: {key.text!r}"
    else:
        one, many = placeholders(key.text), placeholders(key.plural or key.text)
        forms = entry.msgstr_plural if key.plural else {0: entry.msgstr}
        for number, text in forms.items():
            if placeholders(text) != many and not (number == 0 and placeholders(text) == one):
                yield f"fills {placeholders(text)}, not {many}: {text!r}"


def _misprints(language: str, entry: polib.POEntry) -> Iterator[str]:
    if any(name.endswith(TEXT_MESSAGES) for name, _line in entry.occurrences):
        return
    for text in (entry.msgstr, *entry.msgstr_plural.values()):
        if language in _PRINT and (found := _PRINT[language].search(text)):
            yield f"write it as it is printed, at {found[0]!r}: {text!r}"


def _key(entry: polib.POEntry) -> Key:
    return Key(entry.msgctxt or "", entry.msgid, entry.msgid_plural or "")


if __name__ == "__main__":
    main()
