"""What several files of this room begin with."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

from tests.world import World, world


@pytest.fixture
def march() -> Iterator[None]:
    """It is the ninth of March 2026, at noon, and stays so."""
    with time_machine.travel(dt.datetime(2026, 3, 9, 12, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def here() -> World:
    """A group and its people."""
    return world()
