"""Closed text: encrypted at rest under its owner's data key (design, section 8; the word is used exactly).

A ciphertext is one version byte, a 12-byte random nonce and AES-256-GCM output. The place where it is kept (the
field's name and the row's id) is authenticated with it, so that a ciphertext moved to another row does not open.
"""

import json
import os
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from alongside.kit import keys
from alongside.kit.canonical import dumps

_VERSION = b"\x01"
_NONCE = 12


class Gone(Exception):
    """Raised when the text cannot be opened: its key was deleted, or the bytes are not what was written."""


def close(owner: UUID, place: str, text: str) -> bytes:
    """Ciphertext of ``text`` under the key of ``owner``, bound to ``place``; the empty text stays empty."""
    return close_with(keys.get_or_make(owner), place, text) if text else b""


def read(owner: UUID, place: str, blob: bytes | memoryview) -> str:
    """The text that :func:`close` took. Raises :class:`Gone`."""
    if not blob:
        return ""
    return read_with(keys.get(owner), place, blob)


def close_with(key: bytes | None, place: str, text: str) -> bytes:
    """As :func:`close`, with a key already at hand (many rows of one owner). Raises :class:`Gone` without one."""
    return close_bytes(key, place, text.encode("utf-8", "surrogatepass"))


def read_with(key: bytes | None, place: str, blob: bytes | memoryview) -> str:
    """As :func:`read`, with a key already at hand."""
    return read_bytes(key, place, blob).decode("utf-8", "surrogatepass")


def close_bytes(key: bytes | None, place: str, data: bytes) -> bytes:
    """As :func:`close_with`, for what is not text."""
    if not data:
        return b""
    if key is None:
        raise Gone(place)
    nonce = os.urandom(_NONCE)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, data, place.encode())


def read_bytes(key: bytes | None, place: str, blob: bytes | memoryview) -> bytes:
    """The bytes that :func:`close_bytes` took. Raises :class:`Gone`."""
    data = bytes(blob)
    if not data:
        return b""
    if key is None or data[:1] != _VERSION:
        raise Gone(place)
    try:
        return AESGCM(key).decrypt(data[1 : 1 + _NONCE], data[1 + _NONCE :], place.encode())
    except (InvalidTag, ValueError) as exc:  # the latter when even the nonce was cut short
        raise Gone(place) from exc


def close_json(owner: UUID, place: str, value: Any) -> bytes:
    """As :func:`close`, for a value that JSON can hold."""
    return close(owner, place, dumps(value))


def read_json(owner: UUID, place: str, blob: bytes | memoryview) -> Any:
    """As :func:`read`, for what :func:`close_json` took; ``None`` for an empty field."""
    text = read(owner, place, blob)
    return json.loads(text) if text else None
