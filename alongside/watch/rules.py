"""The life of a check-in, as plain functions of a state and an instant. ``docs/watch.md`` says it in words.

Each function takes a :class:`State` and gives a :class:`Move`: the state after, and what must be written in the same
transaction. Times are aware instants, lengths are whole seconds.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

WATCHING, ASKED, CALLING, COMING, THERE, ENDED = "watching", "asked", "calling", "coming", "there", "ended"
RAISED = frozenset({CALLING, COMING, THERE})
"""States in which people were called and have not been told that it is over."""
FOR_SILENCE, FOR_HELP = "silence", "help"
OUTCOMES = ("safe", "ok", "helped", "care", "unsaid")
"""How it ended: the person said so; found well; helped on the spot; went along to care; nobody said."""

SHORTEST = 60
"""The shortest first check, repeat and grace, unless the operator's setting says otherwise."""
LONGEST = 12 * 60 * 60
GRACE, ARRIVE = 60, 8 * 60
"""Defaults: from a check without an answer to the first call; from "on my way" to the chain going on."""
THERE_FOR = 2 * 60 * 60
"""So long after somebody came, with no word how it ended, it ends by itself."""
LONGEST_WAIT = 60 * 60
STEPS, WATCHERS = 10, 20
"""At most so many steps, and so many watchers in one step."""
CREW, ROTAS = 30, 10
"""At most so many watchers of one person, and rotas of one group."""
WAIT = 180
"""The wait before a step, unless the person chose another one."""
INVITATION_DAYS = 14
"""For so many days the link that asks somebody to be a watcher is good."""
LATE = 10
"""More than so long after its time, what goes out is marked as late."""
SAFE_DAYS, MISSED_DAYS = 2, 30
SHUT = {"name": 60, "where": 500, "know": 500, "want": 500, "contact": 200}
"""What may be in the shut text, and how many characters of it."""


@dataclass(frozen=True)
class State:
    """A check-in. ``waits`` holds one number a step: seconds before it. ``step`` is the last that was called, from 1.

    ``round`` counts how often the chain began, over the whole life, so that each call of a round is one of a kind.
    """

    state: str
    due: dt.datetime
    next: dt.datetime | None
    every: int | None
    grace: int
    arrive: int
    waits: tuple[int, ...]
    step: int = 0
    round: int = 0
    called_for: str = ""
    loud: bool = False
    late: bool = False
    outcome: str = ""


@dataclass(frozen=True)
class Effect:
    """What is written with the new state.

    ``what``: ``ask`` (a reminder to the person), ``call`` (step ``step`` of round ``round``), ``loud`` (the chain is used up), ``expired`` (who came did not arrive), ``coming`` and ``there`` (tell the
    person and who was called), ``answered`` and ``over`` (tell who was called).
    """

    what: str
    step: int = 0
    round: int = 0


@dataclass(frozen=True)
class Move:
    """The state after, and its effects in order."""

    state: State
    effects: tuple[Effect, ...] = ()


def start(
    *,
    now: dt.datetime,
    first: int,
    every: int | None,
    waits: Sequence[int],
    grace: int = GRACE,
    arrive: int = ARRIVE,
) -> State:
    """A new check-in, whose first check is ``first`` seconds from ``now``."""
    due = now + dt.timedelta(seconds=first)
    return State(WATCHING, due, due, every, grace, arrive, tuple(waits))


def tick(state: State, now: dt.datetime, able: Sequence[bool], gap: int) -> Move:
    """What the engine does with a check-in whose time has come; nothing when it has not.

    ``able`` says of each step whether there is somebody to call by now; ``gap`` is the least time between two rounds.
    """
    effects: list[Effect] = []
    if state.next is None or state.next > now:
        return Move(state)
    if state.state == WATCHING:
        effects.append(Effect("ask"))
        state = replace(state, state=ASKED, next=state.due + dt.timedelta(seconds=state.grace), called_for=FOR_SILENCE)
        if state.next is None or state.next > now:
            return Move(state, tuple(effects))
    if state.state == THERE:
        return Move(_ended(state, "unsaid"), (Effect("over"),))
    if state.state == COMING:
        effects.append(Effect("expired"))
    return _call(state, now, able, gap, effects)


def _call(state: State, now: dt.datetime, able: Sequence[bool], gap: int, effects: list[Effect]) -> Move:
    count = len(state.waits)
    late = state.late or (state.next is not None and now - state.next > dt.timedelta(seconds=LATE))
    step, used_up = _next_step(state.step, able)
    number = state.round + (state.step == 0 or used_up)
    loud = state.loud or used_up
    if step:
        effects.append(Effect("call", step, number))
    if loud and not state.loud:
        effects.append(Effect("loud"))
    wait = gap if not step else state.waits[step] if step < count else max(state.waits[0], gap)
    after = now + dt.timedelta(seconds=wait)
    moved = replace(state, state=CALLING, next=after, step=step, round=number, loud=loud, late=late)
    return Move(moved, tuple(effects))


def _next_step(last: int, able: Sequence[bool]) -> tuple[int, bool]:
    """The step to call after ``last`` (0: nobody can be called), and whether the chain was used up before it."""
    later = next((n for n in range(last + 1, len(able) + 1) if able[n - 1]), 0)
    if later:
        return later, False
    return next((n for n in range(1, len(able) + 1) if able[n - 1]), 0), True


def ok(state: State, now: dt.datetime) -> Move:
    """The person says that they are well: the next check is set, or, for one check alone, it ends safe."""
    if state.state == ENDED:
        return Move(state)
    if state.every is None:
        return end(state)
    return _again(state, now + dt.timedelta(seconds=state.every))


def extend(state: State, now: dt.datetime, seconds: int) -> Move:
    """The person asks for more time: the check is so much later, or so long from now when its time has come."""
    if state.state == ENDED:
        return Move(state)
    base = state.due if state.state == WATCHING and state.due > now else now
    most = now + dt.timedelta(seconds=LONGEST)
    return _again(state, min(base + dt.timedelta(seconds=seconds), max(most, base)))


def _again(state: State, due: dt.datetime) -> Move:
    told = (Effect("answered"),) if state.state in RAISED else ()
    after = replace(state, state=WATCHING, due=due, next=due, step=0, called_for="", loud=False, late=False)
    return Move(after, told)


def help_now(state: State, now: dt.datetime) -> Move:
    """The person asks for help: the first step is called at once. While people are being called, they learn why."""
    if state.state == ENDED:
        return Move(state)
    if state.state in RAISED:
        return Move(replace(state, called_for=FOR_HELP))
    return Move(replace(state, state=CALLING, next=now, step=0, called_for=FOR_HELP))


def end(state: State, outcome: str = "safe") -> Move:
    """It ends, by the person or by somebody who was called. Whoever was called is told."""
    if state.state == ENDED:
        return Move(state)
    return Move(_ended(state, outcome), (Effect("over"),) if state.state in RAISED else ())


def _ended(state: State, outcome: str) -> State:
    return replace(state, state=ENDED, next=None, loud=False, outcome=outcome)


def coming(state: State, now: dt.datetime) -> Move:
    """Somebody who was called is on the way: the chain waits for them. Where it does not run, nothing happens."""
    until = now + dt.timedelta(seconds=state.arrive)
    if state.state == CALLING and state.round:
        return Move(replace(state, state=COMING, next=until, loud=False), (Effect("coming"),))
    if state.state == COMING:
        return Move(replace(state, next=max(until, state.next or until)))
    return Move(state)


def there(state: State, now: dt.datetime) -> Move:
    """Somebody who was called is there."""
    if state.state not in {CALLING, COMING} or not state.round:
        return Move(state)
    until = now + dt.timedelta(seconds=THERE_FOR)
    return Move(replace(state, state=THERE, next=until, loud=False), (Effect("there"),))


def cannot(state: State, now: dt.datetime, *, others: bool, open_in_step: bool) -> Move:
    """Somebody who was called cannot come. Where nobody else is coming, or left in this step, the chain goes on at once.

    ``others``: somebody else is coming or there. ``open_in_step``: somebody else in the step that was called last has not
    said anything yet.
    """
    if state.state in {COMING, THERE} and not others:
        return Move(replace(state, state=CALLING, next=now))
    if state.state == CALLING and state.step and not open_in_step:
        return Move(replace(state, next=min(now, state.next or now)))
    return Move(state)


def days_kept(round_: int) -> int:
    """For how many days an ended check-in is kept: longer when people were called."""
    return MISSED_DAYS if round_ else SAFE_DAYS


def wrong(
    *,
    first: int,
    every: int | None,
    grace: int,
    arrive: int,
    steps: Sequence[tuple[int, int]],
    shut: dict[str, str],
    shut_from: int,
    shortest: int,
) -> list[str]:
    """Which parts of a request to start cannot be. ``steps`` holds (wait, number of watchers)."""
    bad = [] if shortest <= first <= LONGEST else ["first"]
    bad += [] if every is None or shortest <= every <= LONGEST else ["every"]
    bad += [] if shortest <= grace <= LONGEST_WAIT else ["grace"]
    bad += [] if shortest <= arrive <= LONGEST_WAIT else ["arrive"]
    fits = all(0 <= wait <= LONGEST_WAIT and 1 <= count <= WATCHERS for wait, count in steps)
    bad += [] if 1 <= len(steps) <= STEPS and fits else ["steps"]
    known = all(len(text) <= SHUT.get(name, -1) for name, text in shut.items())
    bad += [] if known else ["shut"]
    bad += [] if 1 <= shut_from <= max(1, len(steps)) else ["shut_from"]
    return bad


def moved(steps: dict[Any, int], one: Any, *, later: bool) -> dict[Any, int]:
    """The steps of everybody once ``one`` is called a step later or sooner; no step is left out.

    Who shares the last step (or the first) and is to go further gets a step of their own.
    """
    doubled = {who: 2 * step for who, step in steps.items()}
    mine = doubled[one]
    others = {step for who, step in doubled.items() if who != one}
    beyond = [step for step in others if (step > mine if later else step < mine)]
    if beyond:
        doubled[one] = min(beyond) if later else max(beyond)
    else:
        doubled[one] = mine + (1 if later else -1)
    return close_gaps(doubled)


def close_gaps(steps: dict[Any, int]) -> dict[Any, int]:
    """The same order with steps 1, 2, 3 and so on."""
    places = {step: number for number, step in enumerate(sorted(set(steps.values())), start=1)}
    return {who: places[step] for who, step in steps.items()}
