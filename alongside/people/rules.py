"""Pure decisions about people."""

import hashlib
import re
import secrets
import unicodedata

HANDLE = re.compile(r"[a-z0-9][a-z0-9._-]{2,29}")
INVITATION_DAYS = 14
"""Days that an invitation stays good, counting from the day after it was made."""
TAX_TERM = "people.tax_term"
"""The consent code: this member was told how many years the group keeps pay lines."""
NAME_MOST = 40
"""The longest name in a group, in code points."""


def handle(text: str) -> str | None:
    """``text`` as a handle (lower case, 3 to 30 of a-z 0-9 . _ -), or ``None`` when it cannot be one."""
    candidate = unicodedata.normalize("NFKC", text).strip().casefold()
    return candidate if HANDLE.fullmatch(candidate) else None


def name(text: str) -> str | None:
    """``text`` as a name in a group: 1 to 40 code points of visible text, or ``None``."""
    candidate = " ".join(without_controls(text).split())
    seen = any(unicodedata.category(c)[0] in "LMNPS" for c in candidate)
    return candidate if seen and len(candidate) <= NAME_MOST else None


def without_controls(text: str) -> str:
    """``text`` without control characters, except line ends and tabs."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")


def fresh_secret() -> str:
    """A new unguessable word for a link or a token: 256 bits, URL-safe."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is kept of a secret of :func:`fresh_secret`: its SHA-256 (256 random bits need no salt)."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
