"""The operator's gateways for SMS and e-mail: Apprise URLs, and what is sent through them.

Only the operator writes these URLs. A person's address fills the place ``{to}`` in one, quoted, or goes into the body of a
``json://``, ``form://`` or ``xml://`` request; it is never a URL, a host or a header.

Apprise makes a client anew for each letter and opens a connection for it. For ``json://`` and ``jsons://`` the same request,
made from what Apprise understood of the URL, goes over a connection that is kept open; a test compares the two.
"""

import base64
import functools
import json
import re
import threading
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from alongside.outbox.sockets import Answer, Session

BODY = ("json", "jsons", "form", "forms", "xml", "xmls")
"""Kinds of URL whose request says in its body to whom it goes."""
LEAN = ("json", "jsons")
_SCHEME = re.compile(r"([a-z][a-z0-9]*)://")
_LONGEST = 15.0
_loading = threading.Lock()


@dataclass(frozen=True)
class Outcome:
    """What became of a letter, and after how many seconds the provider wants to be asked again, if it said so.

    ``sent``; ``gone`` (the channel is no more); ``refused`` (for this address); ``failed`` (try again); ``hung`` (nothing
    was heard in time); ``back`` (it was not begun with).
    """

    what: str
    after: float | None = None


SENT = Outcome("sent")


def fault(url: str) -> str | None:
    """What is wrong with a gateway's URL, in words for the operator; ``None`` when nothing is. Loads nothing."""
    found = _SCHEME.match(url)
    if not found:
        return "is not an Apprise URL, such as json://127.0.0.1:9099/ or mailtos://user:password@example.org?to={to}"
    if url.count("{to}") > 1:
        return "holds {to} more than once"
    if "{to}" not in url and found[1] not in BODY:
        return "must hold {to}, where the number or the address goes"
    if "{to}" in re.split(r"[/?#]", url[found.end() :], maxsplit=1)[0]:
        return "must not hold {to} in its host"
    return None


def understood(url: str) -> bool:
    """Whether Apprise knows what to do with this URL. Loads all of Apprise, which takes seconds."""
    try:
        return _made(url, "+15550100") is not None
    except Exception:  # whatever Apprise raises for a URL, it was not understood
        return False


@dataclass(frozen=True)
class Gateway:
    """A gateway by its URL."""

    url: str

    def load(self) -> None:
        """Load what sending needs, so that the first letter need not wait for it."""
        if _lean(self.url) is None:
            _made(self.url, "+15550100")

    def send(self, session: Session, to: str, title: str, text: str, key: str) -> Outcome:
        """Hand one letter over; ``key`` is the same whenever this letter is sent again."""
        lean = _lean(self.url)
        if lean is not None:
            answer = lean.ask(session, to, title, text, key)
            if not (300 <= answer.status < 400 and lean.made.redirects):
                return _outcome(answer)
        return _through_apprise(self.url, to, title, text, key)


@dataclass(frozen=True)
class Lean:
    """What Apprise understood of a ``json://`` URL, and the same request made from it."""

    made: Any

    def ask(self, session: Session, to: str, title: str, text: str, key: str) -> Answer:
        """Send it. Raises as :meth:`Session.ask`."""
        made = self.made
        body = json.dumps(self._payload(to, title, text)).encode()
        connect, read = made.request_timeout
        return session.ask(
            made.method, self._url(), body, self._headers(key), guarded=False, verify=made.verify_certificate,
            timeouts=(min(connect, _LONGEST), min(read, _LONGEST)),
        )  # fmt: skip

    def _payload(self, to: str, title: str, text: str) -> dict[str, Any]:
        payload = {
            "version": self.made.json_version,
            "title": title,
            "message": text,
            "attachments": [],
            "type": "info",
        }
        for name, value in {**self.made.payload_extras, "to": to}.items():
            if name not in payload:
                payload[name] = value
            elif value:
                payload[value] = payload.pop(name)
            else:
                del payload[name]
        return payload

    def _url(self) -> str:
        made = self.made
        port = f":{made.port}" if isinstance(made.port, int) else ""
        query = f"?{urlencode(made.params)}" if made.params else ""
        path = quote(made.fullpath or "/", safe="!#$%&'()*+,/:;=?@[]~")
        return f"{'https' if made.secure else 'http'}://{made.host}{port}{path}{query}"

    def _headers(self, key: str) -> dict[str, str]:
        made = self.made
        headers = {
            "User-Agent": made.app_id,
            "Accept-Encoding": "identity",
            "Accept": "*/*",
            "Connection": "keep-alive",
            "Content-Type": "application/json",
            **made.headers,
            "Idempotency-Key": key,
        }
        if made.user:
            pair = f"{made.user}:{made.password}".encode("latin-1", "replace")
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        return headers


@functools.lru_cache(maxsize=8)
def _lean(url: str) -> Lean | None:
    """The lean way for a URL that has one: ``json://`` with nothing to fill in, and no proxy to go through."""
    if not url.startswith(tuple(f"{scheme}://" for scheme in LEAN)) or "{to}" in url or urllib.request.getproxies():
        return None
    with _loading:
        from apprise.plugins import custom_json

        plugin: Any = custom_json.NotifyJSON
        found = plugin.parse_url(url)
        made = plugin(**found) if found else None
    if made is None or (made.user and made.password is None):  # then requests sends a password of its own
        return None
    return Lean(made)


def _made(url: str, to: str) -> Any:
    """Apprise's client for this URL, made for one recipient."""
    with _loading:
        import apprise
    made: Any = apprise.Apprise.instantiate(url.replace("{to}", quote(to, safe="")), suppress_exceptions=False)
    if "{to}" not in url and isinstance(getattr(made, "payload_extras", None), dict):
        made.payload_extras["to"] = to
    return made


def _through_apprise(url: str, to: str, title: str, text: str, key: str) -> Outcome:
    from apprise import NotifyFormat

    made = _made(url, to)
    if made is None:
        return Outcome("failed")
    if isinstance(getattr(made, "headers", None), dict):
        made.headers["Idempotency-Key"] = key
    made.socket_connect_timeout = min(made.socket_connect_timeout, _LONGEST)
    made.socket_read_timeout = min(made.socket_read_timeout, _LONGEST)
    return SENT if made.notify(body=text, title=title, body_format=NotifyFormat.TEXT) else Outcome("failed")


def _outcome(answer: Answer) -> Outcome:
    if 200 <= answer.status < 300:
        return SENT
    return Outcome("refused" if answer.status in {400, 422} else "failed", answer.after)


def guarded(send: Callable[[], Outcome]) -> Outcome:
    """Do it, and say as an outcome what went wrong on the way."""
    try:
        return send()
    except TimeoutError:
        return Outcome("hung")
    except OSError:
        return Outcome("failed")
