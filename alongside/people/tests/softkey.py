"""A phone's passkey, made of software: answers questions as a browser would, and can be told to lie."""

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode

PRESENT, HELD, NEW = 0x01, 0x04, 0x40


@dataclass
class SoftKey:
    """One passkey. ``flags`` says whether somebody was there and whether the phone made sure who."""

    origin: str = "http://localhost:8000"
    place: str = "localhost"
    flags: int = PRESENT | HELD
    user: str = ""
    id: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: dict[str, Any]) -> str:
        """The answer to a question for a new passkey."""
        self.user = options["publicKey"]["user"]["id"]
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        data = self._data(NEW) + bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        made = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        said = self._said("webauthn.create", options)
        return self._answer(clientDataJSON=said, attestationObject=made)

    def use(self, options: dict[str, Any]) -> str:
        """The answer to a question for a passkey."""
        data, said = self._data(0), self._said("webauthn.get", options)
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        answer = json.loads(self._answer(clientDataJSON=said, authenticatorData=data, signature=signature))
        answer["response"]["userHandle"] = self.user
        return json.dumps(answer)

    def _data(self, more: int) -> bytes:
        return hashlib.sha256(self.place.encode()).digest() + bytes([self.flags | more]) + bytes(4)

    def _said(self, what: str, options: dict[str, Any]) -> bytes:
        told = {"type": what, "challenge": options["publicKey"]["challenge"], "origin": self.origin}
        return json.dumps(told).encode()

    def _answer(self, **response: bytes) -> str:
        mine = websafe_encode(self.id)
        said = {name: websafe_encode(value) for name, value in response.items()}
        return json.dumps({"id": mine, "rawId": mine, "type": "public-key", "response": said})
