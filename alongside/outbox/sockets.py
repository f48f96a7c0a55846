"""Connections to gateways and push services: kept open between letters, with a bound on every wait.

What a person gave never chooses where a connection goes: a host is one that the operator named, or one of a known push
service, and then every address that it stands for must be a public one.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

CONNECT = 4.0
"""Seconds to make a connection in."""
READ = 8.0
"""Seconds to wait for any part of an answer."""
_IDLE = 4.0
_MOST = 64 * 1024


class NotPublic(OSError):
    """Raised for a host that stands for an address on a private network."""


@dataclass(frozen=True)
class Answer:
    """What a server said: the status, and after how many seconds it wants to be asked again (if it said so)."""

    status: int
    after: float | None = None


class Session:
    """One worker's connection: to one server at a time, and made anew when that changes or the connection is gone.

    ``guarded`` sessions go to public addresses alone.
    """

    def __init__(self) -> None:
        self._at: tuple[str, bool, bool] | None = None
        self._open: http.client.HTTPConnection | None = None
        self._used = 0.0
        self._lock = threading.Lock()

    def ask(
        self,
        method: str,
        url: str,
        body: bytes,
        headers: dict[str, str],
        *,
        guarded: bool,
        verify: bool = True,
        timeouts: tuple[float, float] = (CONNECT, READ),
    ) -> Answer:
        """Send one request and read its answer. Raises ``TimeoutError``, ``OSError`` and ``http.client.HTTPException``.

        A connection that the server closed while nobody used it is made anew, once.
        """
        parts = urlsplit(url)
        at = (f"{parts.scheme}://{parts.netloc}", guarded, verify)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        kept = self._open is not None and self._at == at and time.monotonic() - self._used < _IDLE
        for fresh in (False, True) if kept else (True,):
            if fresh:
                self.close()
                self._connect(at, timeouts)
            try:
                return self._exchange(method, path, body, headers)
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                self.close()
                if fresh:
                    raise
            except BaseException:
                self.close()
                raise
        raise AssertionError("the second turn returns or raises")

    def close(self) -> None:
        """Close the connection, if there is one."""
        with self._lock:
            if self._open is not None:
                self._open.close()
            self._open = None

    def abort(self) -> None:
        """From another thread: end whatever is being waited for."""
        with self._lock:
            sock = self._open.sock if self._open is not None else None
            if sock is not None:
                try:
                    sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    return  # closed by itself meanwhile

    def _connect(self, at: tuple[str, bool, bool], timeouts: tuple[float, float]) -> None:
        base, guarded, verify = at
        parts = urlsplit(base)
        secure = parts.scheme == "https"
        host, port = parts.hostname or "", parts.port or (443 if secure else 80)
        context = _context(verify) if secure else None
        opened = _Connection(host, port, guarded, context, timeouts)
        opened.connect()
        with self._lock:
            self._open, self._at = opened, at

    def _exchange(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        opened = self._open
        if opened is None:
            raise http.client.NotConnected
        opened.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers.items():
            opened.putheader(name, value)
        opened.putheader("Content-Length", str(len(body)))
        opened.endheaders(body)
        answer = opened.getresponse()
        said = Answer(answer.status, _seconds(answer.getheader("Retry-After")))
        if answer.read(_MOST) and not answer.isclosed():
            self.close()  # so long an answer is not read to its end
        self._used = time.monotonic()
        return said


class _Connection(http.client.HTTPConnection):
    """A connection with its own time to connect, to public addresses alone where that is asked."""

    def __init__(
        self, host: str, port: int, guarded: bool, context: ssl.SSLContext | None, timeouts: tuple[float, float]
    ) -> None:
        super().__init__(host, port, timeout=timeouts[1])
        self._guarded, self._secure, self._times = guarded, context, timeouts
        self.default_port = 443 if context else 80  # what the Host header leaves out

    def connect(self) -> None:
        """Connect; raise :class:`NotPublic` before a byte is sent to a private address."""
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        if self._guarded and not all(is_public(str(one[4][0])) for one in found):
            raise NotPublic("not a public address")
        sock = _first(found, self._times[0])
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.sock = self._secure.wrap_socket(sock, server_hostname=self.host) if self._secure else sock
        except BaseException:
            sock.close()
            raise
        self.sock.settimeout(self._times[1])


def is_public(address: str) -> bool:
    """Whether an address is one of the internet's, also where one of IPv4 is written within one of IPv6."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = [found.ipv4_mapped, found.sixtofour, *(found.teredo or ())]
        if found in _NAT64:
            inner.append(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF))
        if any(one is not None and not one.is_global for one in inner):
            return False
        if found.ipv4_mapped is not None:
            return True
    return found.is_global and not found.is_multicast


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def _first(found: Sequence[tuple[int, int, int, str, Any]], patience: float) -> socket.socket:
    """The first of these addresses that a connection can be made to, all within ``patience``."""
    end, wrong = time.monotonic() + patience, OSError("no address")
    for family, kind, proto, _name, address in found:
        sock = socket.socket(family, kind, proto)
        try:
            sock.settimeout(max(0.05, min(patience / 2, end - time.monotonic()) if len(found) > 1 else patience))
            sock.connect(address)
        except OSError as failed:
            sock.close()
            wrong = failed
        else:
            return sock
    raise wrong


def _context(verify: bool) -> ssl.SSLContext:
    if not verify:
        loose = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        loose.check_hostname, loose.verify_mode = False, ssl.CERT_NONE
        return loose
    return _strict()


def _strict() -> ssl.SSLContext:
    with _contexts_lock:
        if not _contexts:
            _contexts.append(ssl.create_default_context())
        return _contexts[0]


_contexts: list[ssl.SSLContext] = []
_contexts_lock = threading.Lock()


def _seconds(text: str | None) -> float | None:
    return float(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else None
