"""The whole server is killed again and again while phones upload: what was answered is there, and nothing is doubled."""

import contextlib
import http.client
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.client import Client, at_once, entry, shared_with
from tests.faults.conftest import holds
from tests.server import Server

ROUNDS = 3
PHONES = 3


@dataclass
class Phone:
    """Sends entries and edits one after another, each until it was answered; remembers what was."""

    client: Client
    person: dict[str, Any]
    random: random.Random
    answered: dict[str, dict[str, Any]] = field(default_factory=dict)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    again: int = 0

    def next(self) -> list[dict[str, Any]]:
        """New entries, shared and not, and changes to ones that are there: edits, deletions, taking back."""
        new = [
            shared_with(self.person, self.random.randrange(2), note="x" * 500),
            entry(minutes=self.random.randrange(90)),
        ]
        live = [e for e in self.answered.values() if not e.get("deleted")]
        changed = [dict(e) for e in self.random.sample(live, min(3, len(live)))]
        for one in changed:
            one["revision"] += 1
            one.update(
                self.random.choice(({"minutes": self.random.randrange(300)}, {"deleted": True}, {"shared": False}))
            )
        return [*new, *changed]

    def upload(self, ended: Callable[[], bool], count: Callable[[], None]) -> None:
        """Send until the server is gone in the middle of a call."""
        while not ended():
            if not self.waiting:
                self.waiting = self.next()
            with contextlib.suppress(OSError, http.client.HTTPException):
                self.settle(self.client.sync(*self.waiting))
                count()

    def settle(self, answers: list[dict[str, Any]]) -> None:
        """What was answered no longer waits; never is a phone told of a conflict with itself."""
        assert {a["status"] for a in answers} <= {"stored", "unchanged"}, answers
        self.again += sum(a["status"] == "unchanged" for a in answers)
        self.answered |= {e["id"]: e for e in self.waiting}
        self.waiting = []

    def check(self) -> None:
        """All that was answered is there; of what was not, all of a call or nothing."""
        stored = self.client.stored()
        in_flight = {e["id"]: e["revision"] for e in self.waiting}
        arrived = [id_ for id_, revision in in_flight.items() if id_ in stored and stored[id_]["revision"] == revision]
        assert len(arrived) in {0, len(in_flight)}, "half of a call was stored"
        for id_, sent in self.answered.items():
            expected = in_flight[id_] if id_ in arrived else sent["revision"]
            assert stored[id_]["revision"] == expected, (id_, stored[id_], sent)
            if id_ not in arrived:
                assert stored[id_]["deleted"] == sent.get("deleted", False)
                assert stored[id_].get("minutes") == (None if sent.get("deleted") else sent.get("minutes"))


def kill_while_uploading(server: Server, phones: list[Phone], chance: random.Random) -> None:
    """Kill the server some calls in, at a random point of a call."""
    calls, gone, due = [0], threading.Event(), threading.Event()
    wanted = chance.randrange(2, 12)

    def count() -> None:
        calls[0] += 1
        if calls[0] >= wanted:
            due.set()

    def kill() -> None:
        assert due.wait(60), server.output()
        time.sleep(chance.random() / 20)
        server.kill()
        gone.set()

    at_once([kill, *[lambda p=p: p.upload(gone.is_set, count) for p in phones]])  # type: ignore[misc]


def test_nothing_that_was_answered_is_lost_and_nothing_is_doubled(
    started: Callable[..., Server], tmp_path: Path
) -> None:
    server, chance = started(tmp_path), random.Random(7)
    person = server.person("demo-wren")
    phones = [Phone(Client(server.url, person["token"]), person, random.Random(n)) for n in range(PHONES)]
    for _ in range(ROUNDS):
        kill_while_uploading(server, phones, chance)
        server.start()
        for phone in phones:
            phone.check()
    for phone in phones:
        if phone.waiting:
            phone.settle(phone.client.sync(*phone.waiting))
        phone.check()
    known = {id_ for phone in phones for id_ in phone.answered}
    assert len(known) > ROUNDS * PHONES
    assert known <= Client(server.url, person["token"]).stored().keys()
    demo_entries = 4
    assert holds(server)["entries"] == len(known) + demo_entries
