"""Fixtures that several files share: a world, one of its people, and whom letters do not reach."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from alongside.people.models import Account
from alongside.watch.tests import parts
from tests.world import World, world


@pytest.fixture
def dead() -> Iterator[set[UUID]]:
    """Everybody can be reached, but those who are put in this set."""
    with parts.reached() as dead:
        yield dead


@pytest.fixture
def w() -> World:
    """A whole world."""
    return world()


@pytest.fixture
def me(w: World) -> Account:
    """Who is watched over."""
    return w.worker.account
