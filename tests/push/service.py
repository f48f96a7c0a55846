"""A push service of somebody else's making (npm: ``web-push-testing``), for tests that send to it.

It checks the signature of who sends (VAPID), opens what was encrypted (RFC 8291) with keys of its own, and tells what it
read. ``make test`` installs it as ``package-lock.json`` pins it; the Node.js that comes with Playwright runs it.
"""

import contextlib
import json
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright._impl._driver import compute_driver_executable

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Phone:
    """What a browser would hand over after it subscribed, and the service's own name for it."""

    endpoint: str
    p256dh: str
    auth: str
    name: str

    @property
    def address(self) -> dict[str, Any]:
        """As ``PushSubscription.toJSON()`` has it."""
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": {"p256dh": self.p256dh, "auth": self.auth}}


@dataclass(frozen=True)
class PushService:
    """A service that runs: ``url`` is its origin."""

    url: str

    def subscribe(self, key: str) -> Phone:
        """A new phone that takes letters of the sender with this public key (base64url) alone."""
        data = self._ask("/subscribe", {"userVisibleOnly": "true", "applicationServerKey": key})["data"]
        return Phone(data["endpoint"], data["keys"]["p256dh"], data["keys"]["auth"], data["clientHash"])

    def opened(self, phone: Phone) -> list[Any]:
        """What came for this phone, opened and read as JSON, in order."""
        found = self._ask("/get-notifications", {"clientHash": phone.name})["data"]["messages"]
        return [json.loads(text) for text in found]

    def expire(self, phone: Phone) -> None:
        """From now on the service answers that this phone is gone (410)."""
        self._ask(f"/expire-subscription/{phone.name}", {})

    def _ask(self, path: str, form: dict[str, str]) -> Any:
        request = urllib.request.Request(self.url + path, data=urlencode(form).encode(), method="POST")
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:
                said = answer.read()
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from error
        return json.loads(said) if said.startswith(b"{") else None


@contextlib.contextmanager
def push_service() -> Iterator[PushService]:
    """A push service that runs until the end of the block."""
    if not (HERE / "node_modules").exists():
        raise AssertionError("the push service is not installed: make tests/push/node_modules/.stamp")
    node = compute_driver_executable()[0]
    command = [str(node), str(HERE / "serve.cjs")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            assert port, "the push service did not start"
            yield PushService(f"http://localhost:{port}")
        finally:
            process.terminate()
