"""Connections to gateways and push services: kept open between letters, with a bound on every wait.

What a person gave never chooses where a connection goes: a host is one that the operator named, or one of a known push
service, and then every address that it stands for must be a public one.
"""

import contextlib
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

CONNECT = 4.0
"""Seconds to make a connection in."""
READ = 8.0
"""Seconds to wait for any part of an answer."""
_IDLE = 4.0
_MOST = 64 * 1024
_STATUS = re.compile(r"HTTP/1\.([01]) ([1-9]\d\d)(?: |$)")


class NotPublic(OSError):
    """Raised for a host that stands for an address on a private network."""


@dataclass(frozen=True)
class Answer:
    """What a server said: the status, and after how many seconds it wants to be asked again (if it said so)."""

    status: int
    after: float | None = None


class Broken(OSError):
    """Raised for an answer that is none of HTTP's, or that never comes: the connection was closed before it."""


class Session:
    """One worker's connection: to one server at a time, and made anew when that changes or the connection is gone.

    HTTP/1.1, written and read here: of an answer a sender needs the status alone, and a client that reads all of it costs
    four times as much as all the rest of sending a letter.
    """

    def __init__(self) -> None:
        self._at: tuple[str, bool, bool] | None = None
        self._open: socket.socket | None = None
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
        """Send one request and read its answer. ``guarded`` goes to public addresses alone.

        A connection that the server closed while nobody used it is made anew, once. Raises ``TimeoutError``, and
        ``OSError`` for all else.
        """
        parts = urlsplit(url)
        at = (f"{parts.scheme}://{parts.netloc}", guarded, verify)
        said = _request(method, parts, body, headers)
        if self._open is not None and self._at == at and time.monotonic() - self._used < _IDLE:
            try:
                return self._exchange(self._open, said, timeouts[1])
            except TimeoutError:
                raise
            except OSError:
                self.close()
        self.close()
        return self._exchange(self._connect(at, timeouts[0]), said, timeouts[1])

    def close(self) -> None:
        """Close the connection, if there is one."""
        with self._lock:
            if self._open is not None:
                self._open.close()
            self._open = None

    def abort(self) -> None:
        """From another thread: end whatever is being waited for."""
        with self._lock:
            if self._open is not None:
                with contextlib.suppress(OSError):  # closed by itself meanwhile
                    self._open.shutdown(socket.SHUT_RDWR)

    def _connect(self, at: tuple[str, bool, bool], patience: float) -> socket.socket:
        base, guarded, verify = at
        parts = urlsplit(base)
        secure, host = parts.scheme == "https", parts.hostname or ""
        found = socket.getaddrinfo(host, parts.port or (443 if secure else 80), type=socket.SOCK_STREAM)
        if guarded and not all(is_public(str(one[4][0])) for one in found):
            raise NotPublic("not a public address")
        sock = _first(found, patience)
        with self._lock:
            self._open, self._at = sock, at
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if secure:
            sock = _context(verify).wrap_socket(sock, server_hostname=host)
            with self._lock:
                self._open = sock
        return sock

    def _exchange(self, sock: socket.socket, said: bytes, patience: float) -> Answer:
        try:
            sock.settimeout(patience)
            sock.sendall(said)
            answer, keep = _read(sock)
        except BaseException:
            self.close()
            raise
        if not keep:
            self.close()
        self._used = time.monotonic()
        return answer


def _request(method: str, parts: SplitResult, body: bytes, headers: dict[str, str]) -> bytes:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = parts.netloc.rpartition("@")[2]
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", *(f"{name}: {value}" for name, value in headers.items())]
    head = "\r\n".join([*lines, f"Content-Length: {len(body)}"])
    if head.count("\r") != len(lines) or head.count("\n") != len(lines) or " " in path:
        raise ValueError("a line break in a header")
    return f"{head}\r\n\r\n".encode("latin-1") + body


def _read(sock: socket.socket) -> tuple[Answer, bool]:
    """The final answer on a connection, and whether the connection is good for another request."""
    data = b""
    while True:
        while (end := data.find(b"\r\n\r\n")) < 0:
            more = sock.recv(_MOST)
            if not more or len(data) > _MOST:
                raise Broken("no answer")
            data += more
        first, *rest = data[:end].decode("latin-1").split("\r\n")
        data = data[end + 4 :]
        found = _STATUS.match(first)
        if not found:
            raise Broken("not an answer of HTTP")
        status = int(found[2])
        if status >= 200:
            break
    fields = {name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in rest)}
    answer = Answer(status, _seconds(fields.get("retry-after")))
    keep = found[1] == "1" and fields.get("connection", "").lower() != "close" and "transfer-encoding" not in fields
    length = "0" if status in {204, 304} else fields.get("content-length", "")
    if not (keep and length.isascii() and length.isdigit() and int(length) <= _MOST):
        return answer, False  # the status is known; the rest of such an answer is not waited for
    left = int(length) - len(data)
    while left > 0 and (more := sock.recv(left)):
        left -= len(more)
    return answer, left == 0


def is_public(address: str) -> bool:
    """Whether an address is one of the internet's, also where one of IPv4 is written within one of IPv6."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = [found.ipv4_mapped, found.sixtofour, *(found.teredo or ())]
        if found in _NAT64:
            inner.append(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF))
        written = [one for one in inner if one is not None]
        if written:
            return all(is_public(str(one)) for one in written)
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
