"""Passkeys: what the server asks of a phone, and how it checks the answer. The cryptography is fido2's."""

import base64
import binascii
import json
import struct
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

NAME = "Alongside"
_HELD = UserVerificationRequirement.REQUIRED  # the phone makes sure who holds it: one passkey is two steps
_UNREADABLE = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    IndexError,
    RecursionError,
    struct.error,
    binascii.Error,
)

Asked = tuple[dict[str, Any], dict[str, Any]]
"""What the page hands to the phone, and what the session keeps until the answer comes."""


class Wrong(Exception):
    """Raised when an answer is not one to the question, or not of this passkey."""


def ask_to_make(account: UUID, handle: str, known: Sequence[str]) -> Asked:
    """Ask the phone to make a passkey for ``account``; it makes none where one of ``known`` is."""
    user = PublicKeyCredentialUserEntity(id=account.bytes, name=handle, display_name=handle)
    options, state = _server().register_begin(user, _read(known), ResidentKeyRequirement.REQUIRED, _HELD)
    return dict(options), dict(state)


def made(state: dict[str, Any], answer: str) -> str:
    """The new passkey's public half, as text. Raises :class:`Wrong`."""
    try:
        found = _server().register_complete(state, json.loads(answer)).credential_data
    except _UNREADABLE as error:
        raise Wrong from error
    if found is None:
        raise Wrong
    return base64.b64encode(bytes(found)).decode()


def ask(known: Sequence[str] = ()) -> Asked:
    """Ask the phone for one of ``known``, or for whichever passkey it has for this place."""
    options, state = _server().authenticate_begin(_read(known), _HELD)
    return dict(options), dict(state)


def owner(answer: str) -> UUID | None:
    """The account that an answer says it is for; not checked yet."""
    try:
        return UUID(bytes=websafe_decode(json.loads(answer)["response"]["userHandle"]))
    except _UNREADABLE:
        return None


def check(state: dict[str, Any], known: Sequence[str], answer: str) -> None:
    """Hold that an answer is one to ``state`` by one of ``known``. Raises :class:`Wrong`."""
    try:
        _server().authenticate_complete(state, _read(known), json.loads(answer))
    except _UNREADABLE as error:
        raise Wrong from error


def _server() -> Fido2Server:
    place = PublicKeyCredentialRpEntity(name=NAME, id=urlsplit(settings.ORIGIN).hostname or "localhost")
    return Fido2Server(place, verify_origin=lambda origin: origin == settings.ORIGIN)


def _read(known: Sequence[str]) -> list[AttestedCredentialData]:
    return [AttestedCredentialData(base64.b64decode(text)) for text in known]


def ids(known: Sequence[str]) -> list[str]:
    """What the phone calls these passkeys."""
    return [websafe_encode(one.credential_id) for one in _read(known)]
