"""A client of the API as an outsider would write one, and what it sends."""

import contextlib
import http.client
import json
import random
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

from tests.server import today

SYNC = "/api/v1/work/entries/sync"
ENTRIES = "/api/v1/work/entries"
T = TypeVar("T")


@dataclass(frozen=True)
class Reply:
    """What the server answered."""

    status: int
    body: bytes
    kind: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


class Client:
    """Calls ``url``, with ``token`` when there is one; every call is a connection of its own."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url, self.token = url, token

    def call(
        self, method: str, path: str, body: bytes | None = None, kind: str = "application/json", **headers: str
    ) -> Reply:
        """One call. Raises ``OSError`` or ``http.client.HTTPException`` when no whole answer came back."""
        sent = {"Content-Type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if self.token is not None:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        connection = http.client.HTTPConnection("127.0.0.1", urlsplit(self.url).port, timeout=90)
        try:
            connection.connect()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # refused before all of it was sent
                connection.request(method, path, body=body, headers=sent)
            answer = connection.getresponse()
            return Reply(answer.status, answer.read(), answer.headers.get_content_type())
        finally:
            connection.close()

    def get(self, path: str) -> Reply:
        return self.call("GET", path)

    def send(self, entries: Any) -> Reply:
        """POST ``entries`` to sync, whatever they are."""
        return self.call("POST", SYNC, json.dumps({"entries": entries}).encode())

    def sync(self, *entries: Any) -> list[dict[str, Any]]:
        """What became of each entry; the call itself must have been answered with 200."""
        reply = self.send(list(entries))
        assert reply.status == 200, (reply.status, reply.text[:500])
        answers: list[dict[str, Any]] = reply.json["entries"]
        assert len(answers) == len(entries)
        return answers

    def one(self, entry: Any) -> dict[str, Any]:
        """What became of one entry."""
        return self.sync(entry)[0]

    def page(self, since: str = "") -> dict[str, Any]:
        """One page of what changed since a cursor."""
        reply = self.get(f"{ENTRIES}?since={since}")
        assert reply.status == 200, (reply.status, reply.text[:500])
        page: dict[str, Any] = reply.json
        return page

    def changes(self, since: str = "") -> tuple[list[dict[str, Any]], str]:
        """All that changed since a cursor, by following ``next``, and the cursor after it."""
        page = self.page(since)
        found = list(page["entries"])
        while page["next"]:
            page = self.get(page["next"]).json
            found += page["entries"]
        return found, page["cursor"]

    def stored(self) -> dict[str, dict[str, Any]]:
        """Every own entry, by id."""
        found, _cursor = self.changes()
        assert len({e["id"] for e in found}) == len(found)
        return {e["id"]: e for e in found}

    def cursor(self) -> str:
        """The place after everything that is there now."""
        return self.changes()[1]


def entry(**fields: Any) -> dict[str, Any]:
    """An entry that is fine, with a new id; ``fields`` are set on it."""
    day = today().isoformat()
    return {"id": str(uuid4()), "revision": 1, "day": day, "kinds": ["outreach"], **fields}


def shared_with(person: dict[str, Any], number: int = 0, **fields: Any) -> dict[str, Any]:
    """An entry of a demo person that is shared with one of their groups, under their role there."""
    group = person["groups"][number]
    return entry(group=group["id"], role=group["roles"][0], shared=True, minutes=50, **fields)


def at_once(acts: Iterable[Callable[[], T]], threads: int = 12) -> list[T]:
    """Do all of ``acts`` in threads; what each one gave."""
    with ThreadPoolExecutor(threads) as pool:
        return [done.result(300) for done in [pool.submit(act) for act in acts]]


def mixed(items: Iterable[T], seed: int) -> list[T]:
    """``items`` in another order, the same one for the same seed."""
    order = list(items)
    random.Random(seed).shuffle(order)
    return order
