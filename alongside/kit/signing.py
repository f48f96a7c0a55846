"""The installation's signature (Ed25519) on what it hands out and must know again, such as a statement on paper.

Its keys are numbered from 1 and made when they are first needed; they are kept where all keys are. The newest one
signs. Older ones still check what they signed, until they are forgotten: then nothing that they signed checks out.
"""

from uuid import UUID, uuid5

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from alongside.kit import keys

LENGTH = 64
"""Bytes of a signature."""
_MOST = 200
"""How many keys an installation may ever have: a number is one byte on a paper."""


def owner(number: int) -> UUID:
    """Under which id the key with this number is kept."""
    return uuid5(keys.INSTALLATION, f"signing {number}")


def sign(data: bytes) -> tuple[int, bytes]:
    """The number of the newest key, made when there is none, and its signature of ``data``."""
    number = max(_numbers(), default=0) or _make(1)
    return number, _key(number).sign(data)


def verify(number: int, signature: bytes, data: bytes) -> bool:
    """Whether the key with this number, which is not forgotten, signed ``data``."""
    if number not in _numbers():
        return False
    try:
        _key(number).public_key().verify(signature, data)
    except InvalidSignature:
        return False
    return True


def public() -> dict[int, str]:
    """The public halves of all keys that are not forgotten, as PEM, by their numbers."""
    form = (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return {number: _key(number).public_key().public_bytes(*form).decode() for number in _numbers()}


def renew(*, forget: bool) -> int:
    """Make a new key, which signs from now on, and return its number; ``forget`` the older ones."""
    older = _numbers()
    number = _make(max(older, default=0) + 1)
    for old in older if forget else ():
        keys.delete(owner(old))
    return number


def _numbers() -> list[int]:
    """The numbers of the keys that are there."""
    owners = {owner(number): number for number in range(1, _MOST + 1)}
    return sorted(owners[found] for found in keys.get_many(owners))


def _make(number: int) -> int:
    """Make the key with this number, or the next one where that was forgotten."""
    for free in range(number, _MOST + 1):
        try:
            keys.get_or_make(owner(free))
        except keys.KeyEnded:
            continue
        return free
    raise RuntimeError("no more signing keys")


def _key(number: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(keys.get_or_make(owner(number)))
