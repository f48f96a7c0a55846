"""The life of a check-in against a model that is simpler than the rules: properties, and a state machine of it all."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from alongside.watch import rules
from tests.databases import examples

NOW = dt.datetime(2026, 3, 9, 12, tzinfo=dt.UTC)
GAP = 60


def after(seconds: float) -> dt.datetime:
    return NOW + dt.timedelta(seconds=seconds)


def begun(waits: tuple[int, ...] = (0, 180), every: int | None = None, **other: int) -> rules.State:
    return rules.start(now=NOW, first=600, every=every, waits=waits, **other)


def tick(state: rules.State, at: float, able: list[bool] | None = None) -> rules.Move:
    return rules.tick(state, after(at), [True] * len(state.waits) if able is None else able, GAP)


def raised() -> rules.State:
    return tick(tick(begun(), 600).state, 660).state


def said(move: rules.Move) -> list[str]:
    return [e.what for e in move.effects]


def test_asked_at_the_check_and_called_after_the_grace() -> None:
    assert tick(begun(), 599.9).effects == ()
    asked = tick(begun(), 600)
    assert (asked.state.state, said(asked), asked.state.next) == ("asked", ["ask"], after(660))
    assert tick(asked.state, 659.9).effects == ()
    called = tick(asked.state, 660)
    assert (called.state.state, called.effects) == ("calling", (rules.Effect("call", 1, 1),))
    assert called.state.next == after(660 + 180), "each later step after its own wait"


def test_the_chain_repeats_and_is_loud_once() -> None:
    second = tick(raised(), 840)
    assert second.effects == (rules.Effect("call", 2, 1),)
    assert second.state.next == after(840 + GAP), "a round never follows a round at once"
    again = tick(second.state, 900)
    assert again.effects == (rules.Effect("call", 1, 2), rules.Effect("loud"))
    assert again.state.loud
    third = tick(tick(again.state, 1080).state, 1140)
    assert said(third) == ["call"], "loud once"
    assert third.state.round == 3


def test_steps_with_nobody_are_skipped_at_once() -> None:
    state = tick(begun((0, 180, 300)), 600).state
    called = tick(state, 660, [False, False, True])
    assert called.effects == (rules.Effect("call", 3, 1),)
    assert not called.state.loud


def test_nobody_at_all_is_loud_and_asked_for_again() -> None:
    called = tick(tick(begun(), 600).state, 660, [False, False])
    assert said(called) == ["loud"]
    assert called.state.next == after(660 + GAP)
    assert tick(called.state, 720).effects[0].what == "call", "somebody can be called again by now"


def test_after_an_outage_it_goes_out_at_once_and_is_marked_late() -> None:
    called = tick(begun(), 600 + 3600)
    assert said(called) == ["ask", "call"]
    assert called.state.late
    assert called.state.next == after(4200 + 180), "the later steps still wait their time"
    assert not tick(begun(grace=60), 661).state.late


def test_an_acknowledgement_pauses_and_expires() -> None:
    coming = rules.coming(raised(), after(670))
    assert (coming.state.state, coming.state.next, said(coming)) == ("coming", after(670 + 480), ["coming"])
    twice = rules.coming(coming.state, after(680))
    assert (twice.state.next, twice.effects) == (after(680 + 480), ())
    gone_on = tick(coming.state, 670 + 480)
    assert said(gone_on) == ["expired", "call"]
    assert gone_on.state.step == 2


def test_there_ends_by_itself_in_the_end() -> None:
    there = rules.there(raised(), after(700)).state
    assert tick(there, 700 + rules.THERE_FOR - 1).effects == ()
    ended = tick(there, 700 + rules.THERE_FOR)
    assert (ended.state.state, ended.state.outcome, ended.state.next) == ("ended", "unsaid", None)


def test_a_late_ok_stops_the_chain_and_tells() -> None:
    once = rules.ok(raised(), after(700))
    assert (once.state.state, said(once), once.state.outcome) == ("ended", ["over"], "safe")
    again = rules.ok(replace(raised(), every=300), after(700))
    assert (again.state.state, said(again), again.state.due) == ("watching", ["answered"], after(1000))
    assert again.state.round == 1, "so that the calls of a later round are their own"


def test_help_calls_at_once() -> None:
    asked = rules.help_now(begun(), after(5))
    assert asked.state.next == after(5)
    assert tick(asked.state, 5).effects == (rules.Effect("call", 1, 1),)
    assert rules.help_now(raised(), after(670)).state == replace(raised(), called_for="help"), "twice is once"


def test_who_cannot_come_lets_the_chain_go_on() -> None:
    state = raised()
    assert rules.cannot(state, after(670), others=False, open_in_step=True).state == state
    assert rules.cannot(state, after(670), others=False, open_in_step=False).state.next == after(670)
    coming = rules.coming(state, after(670)).state
    assert rules.cannot(coming, after(680), others=True, open_in_step=False).state == coming
    back = rules.cannot(coming, after(680), others=False, open_in_step=True).state
    assert (back.state, back.next) == ("calling", after(680))


def test_more_time() -> None:
    assert rules.extend(begun(), after(10), 300).state.due == after(900)
    asked = tick(begun(), 600).state
    assert rules.extend(asked, after(610), 300).state.due == after(910)
    assert said(rules.extend(raised(), after(700), 300)) == ["answered"]
    far = rules.extend(begun(), after(0), rules.LONGEST)
    assert far.state.due <= after(rules.LONGEST), "nobody puts a check off for ever"


@given(
    st.integers(-10, 100_000), st.integers(-10, 100_000), st.lists(st.tuples(st.integers(-5, 9000), st.integers(0, 30)))
)
def test_what_cannot_be_is_refused(first: int, every: int, steps: list[tuple[int, int]]) -> None:
    bad = rules.wrong(
        first=first, every=every, grace=60, arrive=480, steps=steps, shut={"where": "x"}, shut_from=1, shortest=60
    )
    assert ("first" in bad) == (not 60 <= first <= rules.LONGEST)
    assert ("every" in bad) == (not 60 <= every <= rules.LONGEST)
    fine = 1 <= len(steps) <= 10 and all(0 <= w <= 3600 and 1 <= n <= 20 for w, n in steps)
    assert ("steps" in bad) == (not fine)


@pytest.mark.parametrize("act", [rules.ok, rules.help_now, rules.coming, rules.there])
def test_nothing_moves_what_has_ended(act: "object") -> None:
    ended = rules.end(raised()).state
    assert act(ended, after(900)) == rules.Move(ended)  # type: ignore[operator]
    assert tick(ended, 10_000) == rules.Move(ended)


class Life(RuleBasedStateMachine):
    """A check-in under everything that can happen to it, beside a model that knows only this:

    while nobody said that they are well, coming, there or that it ended, the person's deadline plus grace is a promise: at
    the first tick from then on somebody who can be called has been called, and no wait from there to the next look is
    longer than the plan's longest, or the time that somebody who is coming has.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.promise: dt.datetime | None = None
        self.calls: set[tuple[int, int]] = set()
        self.open_calls = 0
        self.told = 0

    @initialize(
        waits=st.lists(st.integers(0, 300), min_size=1, max_size=4),
        every=st.none() | st.integers(60, 900),
        grace=st.integers(60, 300),
    )
    def begin(self, waits: list[int], every: int | None, grace: int) -> None:
        self.able = [True] * len(waits)
        self.state = rules.start(now=self.now, first=600, every=every, waits=waits, grace=grace)
        self.promise = self.now + dt.timedelta(seconds=600 + grace)

    def take(self, move: rules.Move) -> None:
        self.state = move.state
        for effect in move.effects:
            if effect.what == "call":
                assert (effect.round, effect.step) not in self.calls, "no call goes out twice"
                assert self.able[effect.step - 1], "nobody is called who cannot be"
                self.calls.add((effect.round, effect.step))
                self.open_calls += 1
            elif effect.what in {"over", "answered"}:
                self.open_calls = 0

    @rule(seconds=st.integers(0, 4000))
    def time_goes_by_and_engines_look(self, seconds: int) -> None:
        self.now += dt.timedelta(seconds=seconds)
        before = len(self.calls)
        due = self.state.next is not None and self.state.next <= self.now
        self.take(rules.tick(self.state, self.now, self.able, GAP))
        if self.promise is not None and self.now >= self.promise and any(self.able):
            assert due
            assert len(self.calls) > before, "the promise is kept at the first look after it"
        if self.promise is not None and due and self.state.state != rules.ASKED:
            assert self.state.state == rules.ENDED or len(self.calls) > before or not any(self.able)
            self._promised_next()
        second = rules.tick(self.state, self.now, self.able, GAP)
        at_once = self.state.step < len(self.able) and self.state.waits[self.state.step] == 0
        assert at_once or all(e.what != "call" for e in second.effects), "a second engine does no more"

    def _promised_next(self) -> None:
        if self.state.state == rules.ENDED:
            self.promise = None
        else:
            self.promise = self.now + dt.timedelta(seconds=max(*self.state.waits, GAP))

    @rule(step=st.integers(0, 3), can=st.booleans())
    def somebody_can_be_reached_or_not(self, step: int, can: bool) -> None:
        self.able[step % len(self.able)] = can

    @rule()
    def well(self) -> None:
        self.take(rules.ok(self.state, self.now))
        self._settled()

    @rule(seconds=st.integers(60, 900))
    def more_time(self, seconds: int) -> None:
        self.take(rules.extend(self.state, self.now, seconds))
        self._settled()

    def _settled(self) -> None:
        assert self.open_calls == 0, "who was called was told"
        ended = self.state.state == rules.ENDED
        self.promise = None if ended else self.state.due + dt.timedelta(seconds=self.state.grace)

    @rule()
    def help_is_asked_for(self) -> None:
        before = self.state.state
        self.take(rules.help_now(self.state, self.now))
        if before in {rules.WATCHING, rules.ASKED}:
            self.promise = self.now

    @precondition(lambda self: self.open_calls)
    @rule()
    def on_the_way(self) -> None:
        self.take(rules.coming(self.state, self.now))
        if self.state.state == rules.COMING:
            self.promise = self.now + dt.timedelta(seconds=self.state.arrive)

    @precondition(lambda self: self.open_calls)
    @rule()
    def is_there(self) -> None:
        self.take(rules.there(self.state, self.now))
        if self.state.state == rules.THERE:
            self.promise = None

    @precondition(lambda self: self.open_calls)
    @rule(others=st.booleans(), left=st.booleans())
    def cannot_come(self, others: bool, left: bool) -> None:
        before = self.state
        self.take(rules.cannot(self.state, self.now, others=others, open_in_step=left))
        if before.state in {rules.COMING, rules.THERE} and self.state.state == rules.CALLING:
            self.promise = self.now

    @rule()
    def it_ends(self) -> None:
        self.take(rules.end(self.state))
        self.promise = None
        assert self.open_calls == 0

    @invariant()
    def engines_look_again_until_it_ended(self) -> None:
        if hasattr(self, "state"):
            assert (self.state.next is None) == (self.state.state == rules.ENDED)

    @invariant()
    def nobody_waits_for_a_chain_that_stands_still(self) -> None:
        if hasattr(self, "state") and self.promise is not None:
            assert self.state.next is not None
            assert self.state.next <= self.promise, "the engine looks in time for what was promised"


Life.TestCase.settings = settings(max_examples=examples(100), stateful_step_count=30, deadline=None)
TestLife = Life.TestCase
