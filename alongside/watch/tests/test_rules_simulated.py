"""Very many check-ins in simulated time, with outages: nobody who stopped answering is forgotten.

``ALONGSIDE_WATCH_SIMULATED`` makes it larger: a million is what a release is tried with.
"""

import datetime as dt
import heapq
import os
import random
from dataclasses import dataclass, field

from alongside.watch import rules

COUNT = int(os.environ.get("ALONGSIDE_WATCH_SIMULATED", "5000"))
START = dt.datetime(2026, 3, 9, tzinfo=dt.UTC)
GAP = 60
DAY = dt.timedelta(days=1)
OUTAGES = (
    (START + dt.timedelta(hours=6), dt.timedelta(hours=1)),
    (START + dt.timedelta(hours=15), dt.timedelta(minutes=4)),
)
"""When no engine runs, and for how long."""


def looked_at(moment: dt.datetime) -> dt.datetime:
    """The first instant from ``moment`` on at which an engine runs."""
    return next((at + long for at, long in OUTAGES if at <= moment < at + long), moment)


@dataclass
class One:
    """A check-in, and what its person does: answers so many checks, then stops; who is called comes at a call of a number."""

    state: rules.State
    answers: int
    comes_at: int
    arrives: bool
    silent_since: dt.datetime | None = None
    called_at: list[dt.datetime] = field(default_factory=list)
    ended_by: str = ""


def made(chance: random.Random) -> One:
    waits = tuple(chance.choice((0, 60, 180, 600)) for _ in range(chance.randint(1, 4)))
    state = rules.start(
        now=START + dt.timedelta(seconds=chance.randrange(86_400)),
        first=60 * chance.choice((1, 2, 3, 5, 10, 15, 20, 30, 60)),
        every=chance.choice((None, 300, 1800)),
        waits=waits,
        grace=chance.choice((60, 120)),
    )
    return One(state, chance.choice((0, 0, 1, 3)), chance.randint(1, 6), chance.random() < 0.8)


class World:
    """Everybody's check-ins and one clock. Each turn is the engine's look at what is due first, or what people do then."""

    def __init__(self, count: int, seed: int) -> None:
        chance = random.Random(seed)
        self.all = [made(chance) for _ in range(count)]
        self.chance = chance
        self.queue = [(self._when(one), n) for n, one in enumerate(self.all)]
        heapq.heapify(self.queue)
        self.looks = 0

    def _when(self, one: One) -> dt.datetime:
        assert one.state.next is not None
        return looked_at(one.state.next)

    def run(self) -> None:
        """Until everybody's has ended."""
        while self.queue:
            now, number = heapq.heappop(self.queue)
            one = self.all[number]
            self.looks += 1
            self.look(one, now)
            if one.state.next is not None:
                assert one.state.next - now < DAY, "nothing is put off for ever"
                heapq.heappush(self.queue, (self._when(one), number))

    def look(self, one: One, now: dt.datetime) -> None:
        """The engine's look at ``now``, and what people do right after."""
        due, before = one.state.due, one.state.state
        move = rules.tick(one.state, now, [True] * len(one.state.waits), GAP)
        one.state = move.state
        calls = sum(effect.what == "call" for effect in move.effects)
        one.called_at += [now] * calls
        if before == rules.WATCHING and one.silent_since is None:
            if one.answers and not calls:
                one.answers -= 1
                return self.answer(one, now)
            one.silent_since = due
        if calls and len(one.called_at) >= one.comes_at:
            self.come(one, now)
        if one.state.state == rules.ENDED and not one.ended_by:
            one.ended_by = "nobody said"
        return None

    def answer(self, one: One, now: dt.datetime) -> None:
        one.state = rules.ok(one.state, now).state
        if one.state.state == rules.ENDED:
            one.ended_by = "the person"

    def come(self, one: One, now: dt.datetime) -> None:
        """Somebody says that they come; and most do. Who does not is waited for, then the next are called."""
        one.state = rules.coming(one.state, now).state
        one.comes_at = len(one.called_at) + 1
        if one.arrives or self.chance.random() < 0.5:
            one.state = rules.there(one.state, now).state
            if self.chance.random() < 0.9:
                one.state = rules.end(one.state, "ok").state
                one.ended_by = "who came"


def test_nobody_is_forgotten() -> None:
    seed = random.randrange(10**6)
    world = World(COUNT, seed)
    world.run()
    late = 0
    for one in world.all:
        assert one.state.state == rules.ENDED, seed
        if one.silent_since is None:
            assert (one.ended_by, one.called_at) == ("the person", []), seed
            continue
        promised = one.silent_since + dt.timedelta(seconds=one.state.grace)
        assert one.called_at, f"nobody was called: {seed}"
        assert one.called_at[0] == looked_at(promised), seed
        late += one.called_at[0] > promised
        longest = dt.timedelta(seconds=max(*one.state.waits, GAP, one.state.arrive))
        for before, after in zip(one.called_at, one.called_at[1:], strict=False):
            assert after <= looked_at(before + longest), f"the chain stood still: {seed}"
    silent = [one for one in world.all if one.silent_since is not None]
    assert late, "some fell due while no engine ran, or this proves nothing about outages"
    print(
        f"{COUNT} check-ins, {world.looks} looks, {len(silent)} stopped answering, {late} called late, none forgotten"
    )
