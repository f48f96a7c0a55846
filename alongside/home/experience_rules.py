"""Pure decisions about a statement of experience: what of a record goes in, what its square holds, what it never says.

The square on the paper holds all that the paper says but the name, signed; so whoever checks a paper sees what it said
when it was made, and this installation need not keep it.
"""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import json
import re
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from alongside.roles.kinds import CODES, shown_to_group

DAYS = 730
"""How long a statement checks out."""
MOST = 50
"""How many statements of one person count at a time."""
TRAINING = ("being_trained", "teaching", "teaching_staff")
"""Kinds that stand under training, and not under work."""
PRIVATE = frozenset({"getting_support", "remembering"})
"""Kinds that say something of the person's own life, and no experience: they never go in."""
OTHER = "other"
"""What a kind is called that a group added: its own word for it could name anything."""
TITLE_MOST = 60
_VERSION = 1
_SQUARE_MOST = 3000
_OPENED_MOST = 20_000
_NEVER = frozenset(
    [
        "client",
        "clients",
        "patient",
        "patients",
        "case",
        "cases",
        "caseload",
        "addict",
        "addicts",
        "addiction",
        "addictions",
        "junkie",
        "user",
        "users",
        "drug",
        "drugs",
        "substance",
        "substances",
        "opioid",
        "opioids",
        "opiate",
        "opiates",
        "heroin",
        "fentanyl",
        "morphine",
        "methadone",
        "suboxone",
        "buprenorphine",
        "kadian",
        "naloxone",
        "narcan",
        "overdose",
        "overdoses",
        "cocaine",
        "crack",
        "meth",
        "methamphetamine",
        "amphetamine",
        "amphetamines",
        "speed",
        "crystal",
        "ketamine",
        "mdma",
        "ecstasy",
        "ghb",
        "benzo",
        "benzos",
        "benzodiazepine",
        "benzodiazepines",
        "xanax",
        "alcohol",
        "alcoholic",
        "cannabis",
        "weed",
        "injection",
        "inject",
        "injecting",
        "needle",
        "needles",
        "syringe",
        "syringes",
        "pipe",
        "pipes",
        "detox",
        "rehab",
        "recovery",
        "sober",
        "withdrawal",
        "oat",
        "ost",
        "pwud",
        "pwid",
        "diagnosis",
        "diagnoses",
        "diagnosed",
        "disorder",
        "disorders",
        "disease",
        "illness",
        "hepatitis",
        "hep",
        "hiv",
        "aids",
        "hcv",
        "psychiatric",
        "schizophrenia",
        "bipolar",
        "depression",
        "ptsd",
        "adhd",
        "prison",
        "jail",
        "inmate",
        "homeless",
        "sex",
        "cliente",
        "clientes",
        "clients",
        "patiente",
        "patientes",
        "cas",
        "toxicomane",
        "toxicomanes",
        "toxicomanie",
        "usager",
        "usagers",
        "usagère",
        "usagères",
        "drogue",
        "drogues",
        "substance",
        "opioïde",
        "opioïdes",
        "opiacé",
        "opiacés",
        "héroïne",
        "méthadone",
        "buprénorphine",
        "surdose",
        "surdoses",
        "cocaïne",
        "méthamphétamine",
        "amphétamine",
        "kétamine",
        "ecstasy",
        "alcool",
        "alcoolique",
        "injecter",
        "aiguille",
        "aiguilles",
        "seringue",
        "seringues",
        "pipe",
        "désintoxication",
        "rétablissement",
        "sevrage",
        "diagnostic",
        "diagnostics",
        "trouble",
        "troubles",
        "maladie",
        "hépatite",
        "vih",
        "sida",
        "schizophrénie",
        "bipolaire",
        "dépression",
        "détenu",
        "prison",
        "itinérant",
        "itinérante",
        "sexe",
    ]
)
"""Words that a statement never says: they would tell of clients, of what somebody takes, or of an illness."""


@dataclass(frozen=True)
class Wanted:
    """What the person chose: months (first days), groups by id (empty: for nobody), codes of kinds, roles, skills."""

    start: dt.date
    end: dt.date
    groups: Collection[str]
    kinds: Collection[str]
    roles: Sequence[tuple[str, str, str]] = ()
    skills: Sequence[str] = ()
    named: Sequence[str] = ()


@dataclass(frozen=True)
class Said:
    """All that a statement says but the name. Months as ``2026-03``; minutes; codes of kinds and skills.

    ``roles`` are titles with the month in which each began and ended (empty while it goes on). ``until`` is the last day
    on which the statement checks out, ``code`` what it is checked by, and ``who`` stands for the name.
    """

    start: str
    end: str
    minutes: int
    kinds: Mapping[str, int] = field(default_factory=dict)
    training: Mapping[str, int] = field(default_factory=dict)
    roles: Sequence[Sequence[str]] = ()
    skills: Sequence[str] = ()
    groups: Sequence[str] = ()
    until: str = ""
    code: str = ""
    who: str = ""


def kinds_of(entry: Mapping[str, Any]) -> list[str]:
    """The kinds of a piece of work as a statement names them: no overdose response, nothing private, no group's own."""
    shown = [code if code in CODES else OTHER for code in shown_to_group(list(entry["kinds"]))]
    return [code for code in dict.fromkeys(shown) if code not in PRIVATE]


def tells(text: str) -> bool:
    """Whether words that somebody chose, such as a title, say what a statement never says."""
    return bool(set(re.findall(r"[^\W\d_]+", text.casefold())) & _NEVER)


def said(entries: Iterable[Mapping[str, Any]], wanted: Wanted) -> Said:
    """What a statement of these entries says. Minutes of a kind are those of all work that it was a part of."""
    first, last = wanted.start.isoformat()[:7], wanted.end.isoformat()[:7]
    total, found = 0, dict[str, int]()
    for entry in entries:
        kinds = [code for code in kinds_of(entry) if code in wanted.kinds]
        inside = first <= entry["day"][:7] <= last and (entry.get("group") or "") in wanted.groups
        if not inside or not kinds:
            continue
        minutes = entry.get("minutes") or 0
        total += minutes
        for code in kinds:
            found[code] = found.get(code, 0) + minutes
    ordered = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    return Said(
        start=first,
        end=last,
        minutes=total,
        kinds={code: minutes for code, minutes in ordered if code not in TRAINING},
        training={code: minutes for code, minutes in ordered if code in TRAINING},
        roles=[list(role) for role in wanted.roles if not tells(role[0])],
        skills=list(wanted.skills),
        groups=[name for name in wanted.named if not tells(name)],
    )


def digest(code: str) -> str:
    """What is kept of a code: its SHA-256. The code has 80 random bits, so nobody finds it from that."""
    return hashlib.sha256(b"alongside statement " + code.encode()).hexdigest()


def stands_for(code: str, name: str) -> str:
    """What stands for the name in the square: only who has the paper's code can tell whether a name is the one."""
    plain = " ".join(name.casefold().split())
    return hmac.new(code.encode(), plain.encode(), hashlib.sha256).hexdigest()[:24]


def is_name(one: Said, name: str) -> bool:
    """Whether the statement was made out to ``name``, large and small letters and spaces apart."""
    return hmac.compare_digest(one.who, stands_for(one.code, name))


def packed(one: Said) -> bytes:
    """What is signed."""
    text = json.dumps([_VERSION, vars(one)], ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return zlib.compress(text.encode(), 9)


def square(number: int, signature: bytes, content: bytes) -> str:
    """What stands in the square: the key's number, its signature, and what it signed."""
    return base64.urlsafe_b64encode(bytes([number]) + signature + content).decode().rstrip("=")


def parts(text: str, signature: int) -> tuple[int, bytes, bytes] | None:
    """The three parts of :func:`square`, or ``None`` for what cannot be one. ``signature`` is how many bytes that has."""
    if len(text) > _SQUARE_MOST:
        return None
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return (data[0], data[1 : 1 + signature], data[1 + signature :]) if len(data) > 1 + signature else None


def unpacked(content: bytes) -> Said | None:
    """What :func:`packed` took; ``None`` for another version of it. Only for what this installation signed."""
    opened = zlib.decompressobj().decompress(content, _OPENED_MOST)
    version, values = json.loads(opened)
    return Said(**values) if version == _VERSION else None
