"""Pure decisions about people."""

import base64
import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Sequence

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

HANDLE = re.compile(r"[a-z0-9][a-z0-9._-]{2,29}")
INVITATION_DAYS = 14
"""Days that an invitation stays good, counting from the day after it was made."""
TAX_TERM = "people.tax_term"
"""The consent code: this member was told how many years the group keeps pay lines."""
CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""What a printed code is made of: Crockford's 32, without letters that look like others."""
CODE_LENGTH = 16
"""Letters in a printed code: 80 random bits, kept as a slow hash."""
_CODE_LOOKS = str.maketrans("OILU", "011V")
STEP_SECONDS = 30
"""How long a code app shows one code; the one before and the one after are taken too."""
VAULT_SLOTS = 10
"""For how many keys a vault is sealed, always: eight for passkeys, one for a code on paper, one for the own devices."""
VAULT_SLOTS_BEFORE = 3
"""As phones sealed it that know of one passkey alone."""
_HEAD, _SLOT, _CHUNK, _TAG = 86, 98, 64 * 1024, 16
"""Bytes of an age file's header without slots, with its nonce; of a slot; of a chunk of text; of what each chunk adds."""
_TEXTS = [size + -(-size // _CHUNK) * _TAG for size in (16 * 1024 << step for step in range(9))]
VAULT_LENGTHS = {
    slots: frozenset(_HEAD + slots * _SLOT + text for text in _TEXTS) for slots in (VAULT_SLOTS, VAULT_SLOTS_BEFORE)
}
"""By the number of slots, the lengths that a vault can have, in bytes: 16 KiB of padded text, or twice that, and so on
up to 4 MiB."""
VAULT_MOST = max(VAULT_LENGTHS[VAULT_SLOTS])
TURNS = frozenset(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]))
"""Characters that nobody sees and that turn the direction of writing until they are ended."""
NAME_MOST = 40
"""The longest name in a group, in code points."""


def handle(text: str) -> str | None:
    """``text`` as a handle (lower case, 3 to 30 of a-z 0-9 . _ -), or ``None`` when it cannot be one."""
    candidate = unicodedata.normalize("NFKC", text).strip().casefold()
    return candidate if HANDLE.fullmatch(candidate) else None


def name(text: str) -> str | None:
    """``text`` as a name in a group: 1 to 40 code points of visible text, or ``None``."""
    candidate = one_line(text)
    return candidate if is_visible(candidate) and len(candidate) <= NAME_MOST else None


def is_sealed(data: bytes) -> bool:
    """Whether ``data`` has the outside of a vault: an age file with as many slots as all have, of one of the lengths that there are.

    Nobody but a device can tell more. What is open, or of a length that says something, is not taken.
    """
    head, found, _rest = data.partition(b"\n--- ")
    lines = head.split(b"\n")
    shape = lines[0] == b"age-encryption.org/v1" and len(lines) % 2 == 1
    slots = all(line.startswith(b"-> X25519 ") for line in lines[1::2])
    return bool(found) and shape and slots and len(data) in VAULT_LENGTHS.get(len(lines) // 2, ())


def one_line(text: str) -> str:
    """``text`` as a name that stands among other words: one line, spaces made plain, no control characters.

    Nor those that turn the direction of what comes after them: it would reach the words beside the name.
    """
    return " ".join("".join(c for c in without_controls(text) if c not in TURNS).split())


def is_visible(text: str) -> bool:
    """Whether there is anything to see in ``text``."""
    return any(unicodedata.category(c)[0] in "LMNPS" for c in text)


def without_controls(text: str) -> str:
    """``text`` without control characters, except line ends and tabs."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")


def fresh_secret() -> str:
    """A new unguessable word for a link or a token: 256 bits, URL-safe."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is kept of a secret of :func:`fresh_secret`: its SHA-256 (256 random bits need no salt)."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def fresh_code() -> str:
    """A new printed code, in the form that :func:`code` reads into."""
    return "".join(secrets.choice(CODE_LETTERS) for _place in range(CODE_LENGTH))


def code(text: str) -> str | None:
    """``text`` as a printed code, read with patience (case, spaces, dashes, O for 0, I or L for 1, U for V), or ``None``."""
    typed = unicodedata.normalize("NFKC", text).upper()
    letters = "".join(c for c in typed if c.isalnum()).translate(_CODE_LOOKS)
    return letters if len(letters) == CODE_LENGTH and set(letters) <= set(CODE_LETTERS) else None


def holds_second_half(text: str) -> bool:
    """Whether more was typed than a printed code: its second half too, which is not for the server."""
    return sum(c.isalnum() for c in unicodedata.normalize("NFKC", text)) > CODE_LENGTH


def grouped(code: str) -> str:
    """A code as it is written down: four letters at a time."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def fresh_step_secret() -> str:
    """A new secret for a code app: 160 bits in base32, as such apps read it."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def step_address(secret: str, handle: str, issuer: str) -> str:
    """The ``otpauth:`` address that a code app scans."""
    return _codes(secret).get_provisioning_uri(handle, issuer)


def step_code(secret: str, code: str, now: float, used: Sequence[str]) -> list[str] | None:
    """Check ``code`` of a code app at ``now`` (Unix seconds). ``None`` when it is wrong or was used.

    Else what to keep as ``used``: marks of this code's step and of those before it that a code could still be of.
    They are made with the secret, so that they tell nobody else when somebody signed in.
    """
    typed = "".join(c for c in unicodedata.normalize("NFKC", code) if not c.isspace())
    if not re.fullmatch(r"[0-9]{6}", typed):
        return None
    here = int(now // STEP_SECONDS)
    for step in (here, here - 1, here + 1):
        right = hmac.compare_digest(_codes(secret).generate(step * STEP_SECONDS), typed.encode())
        if right and _mark(secret, step) not in used:
            return [_mark(secret, past) for past in range(step - 2, step + 1)]
    return None


def _codes(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), 6, SHA1(), STEP_SECONDS)  # noqa: S303 - what code apps speak


def _mark(secret: str, step: int) -> str:
    return hmac.new(secret.encode(), str(step).encode(), hashlib.sha256).hexdigest()[:16]
