"""What state machines share that walk in a small world of people (``tests/world.py``): its clock, its end, its chains."""

import datetime as dt
import sys
from uuid import UUID

import time_machine
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from alongside.kit import audit
from tests.databases import examples
from tests.world import world

STEPS = 25


class Walk(RuleBasedStateMachine):
    """A walk that begins in the world ``w`` at noon of a Monday, on a clock that ``travel`` shifts, and leaves nothing behind."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = time_machine.travel(dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC), tick=False)
        self.travel = self.clock.start()
        self.outer = [transaction.atomic(using=using) for using in ("default", "keys")]
        for atomic in self.outer:
            atomic.__enter__()
        self.w = world()

    @property
    def chains(self) -> list[UUID]:
        """Whose audit chains must hold in the end: no step takes a row out, so what was wrong after any step still is."""
        return [self.w.group.pk]

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:  # no step failed: the database can be asked
                assert {owner: audit.verify(owner) for owner in self.chains} == dict.fromkeys(self.chains)
        finally:
            for using, atomic in zip(("keys", "default"), reversed(self.outer), strict=True):
                transaction.set_rollback(True, using=using)
                atomic.__exit__(None, None, None)
            self.clock.stop()


def walk(machine: type[Walk], times: int) -> None:
    """Walk so many times, each :data:`STEPS` steps; half as many times on PostgreSQL."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples(times),
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
