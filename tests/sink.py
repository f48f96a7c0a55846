"""A gateway or push service of a test's own on 127.0.0.1: keeps what it is sent, and answers as it is told.

``python -m tests.sink PORT FILE`` runs one as a process: a line of JSON in the file for each request, and 204 for all.
"""

import asyncio
import json
import ssl
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HANG = 10**6


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def key(self) -> str:
        """The letter's key."""
        return self.headers.get("idempotency-key", "")

    @property
    def said(self) -> dict[str, Any]:
        """The body, as JSON."""
        found: dict[str, Any] = json.loads(self.body)
        return found


Said = tuple[int, float]
"""A status, and after how many seconds it is given."""


class Sink:
    """Serves in a thread while it is entered; ``answer`` may be changed at any time."""

    def __init__(
        self,
        answer: Callable[[Asked], Said] = lambda asked: (204, 0.0),
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.answer = answer
        self.port = port
        self.tls = tls
        self.got: list[Asked] = []
        self.connections = 0
        self.more = ""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._up = threading.Event()
        self._open: set[asyncio.StreamWriter] = set()

    def __enter__(self) -> "Sink":
        self._thread.start()
        self._up.wait(10)
        return self

    def __exit__(self, *wrong: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    @property
    def url(self) -> str:
        """As an Apprise URL."""
        return f"json://127.0.0.1:{self.port}/"

    def counted(self) -> Counter[str]:
        """How often each key came."""
        return Counter(one.key for one in list(self.got))

    def to(self) -> list[str]:
        """Whom it was sent to, in order."""
        return [one.said["to"] for one in list(self.got)]

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._one, "127.0.0.1", self.port, ssl=self.tls))
        self.port = server.sockets[0].getsockname()[1]
        self._up.set()
        self._loop.run_forever()
        server.close()
        for writer in list(self._open):
            writer.transport.abort()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.02))

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open.add(writer)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                method, path, _version = head[0].split(" ")
                headers = {k.strip().lower(): v.strip() for k, v in (line.split(":", 1) for line in head[1:] if line)}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                asked = Asked(method, path, headers, body, time.time())
                status, wait = self.answer(asked)
                self.got.append(asked)
                if wait:
                    await asyncio.sleep(wait)
                length = "" if status == 204 else "Content-Length: 0\r\n"
                writer.write(f"HTTP/1.1 {status} x\r\n{length}{self.more}\r\n".encode())
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()


class _Quick(asyncio.Protocol):
    """As little as keeps a sink out of the way of what is measured."""

    def __init__(self, out: Any) -> None:
        self.out, self.rest = out, b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.rest += data
        while (end := self.rest.find(b"\r\n\r\n")) >= 0:
            head = self.rest[:end].decode("latin-1")
            fields = {k.lower(): v.strip() for k, v in (line.split(":", 1) for line in head.split("\r\n")[1:])}
            whole = end + 4 + int(fields.get("content-length", "0"))
            if len(self.rest) < whole:
                return
            body, self.rest = self.rest[end + 4 : whole], self.rest[whole:]
            line = {"at": time.time(), "key": fields.get("idempotency-key"), "to": json.loads(body).get("to")}
            self.out.write(json.dumps(line) + "\n")
            self.out.flush()
            self.transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")


def main(port: str, path: str) -> None:
    """Serve until it is ended."""

    async def serve() -> None:
        with Path(path).open("a") as out:
            server = await asyncio.get_running_loop().create_server(lambda: _Quick(out), "127.0.0.1", int(port))
            print("ready", flush=True)
            await server.serve_forever()

    asyncio.run(serve())


if __name__ == "__main__":
    main(*sys.argv[1:])
