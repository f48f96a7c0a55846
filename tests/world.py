"""A small world for tests: people, a group, and what they need, made by the rooms' own actions.

Hundreds of tests begin with one, and to make it takes two hundred statements. Each process makes it once for a day, as its
clock has it; after that it writes again what was written then: some sixty statements, as rules need not be asked again.
"""

import pickle
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.utils.translation import get_language

from alongside.kit import clock
from alongside.people import actions as people
from alongside.people.models import Account, Group, Membership


def account(handle: str) -> Account:
    """An account that signs in with the passphrase ``a long enough phrase``."""
    return people.make_account(handle=handle, passphrase="a long enough phrase")


@dataclass
class World:
    """A group with a steward, two coordinators and two members."""

    group: Group
    steward: Membership
    coordinator: Membership
    second: Membership
    worker: Membership
    other: Membership


def join(group: Group, by: Membership, handle: str, name: str, *, coordinates: bool = False) -> Membership:
    """A new account that joined ``group`` by invitation."""
    secret = people.invite(by=by, coordinates=coordinates)
    return people.join(account=account(handle), secret=secret, name=name)


Written = list[tuple[str, str, Any]]
"""What was written: in which database, by which statement, with which values; no statement with many rows of values."""
_made: dict[tuple[object, ...], tuple[Written, bytes]] = {}


def world(prefix: str = "") -> World:
    """A whole world; ``prefix`` keeps the handles of two worlds apart."""
    key = (prefix, clock.today(), get_language())
    if key not in _made:
        with _writes() as written:
            one = _world(prefix)
        _made[key] = (written, pickle.dumps(one))
        return one
    written, pickled = _made[key]
    for alias, sql, values in written:
        with connections[alias].cursor() as cursor:
            cursor.execute(sql, values)
    copy: World = pickle.loads(pickled)
    return copy


@contextmanager
def _writes() -> Iterator[Written]:
    """What is written to any database meanwhile."""
    written: Written = []

    def keep(alias: str) -> Callable[..., Any]:
        def execute(do: Callable[..., Any], sql: str, values: Any, many: bool, context: Any) -> Any:
            assert not many
            if sql.startswith(("INSERT", "UPDATE", "DELETE")):
                written.append((alias, sql, values))
            return do(sql, values, many, context)

        return execute

    with ExitStack() as stack:
        for alias in connections:
            stack.enter_context(connections[alias].execute_wrapper(keep(alias)))
        yield written


def _world(prefix: str) -> World:
    steward = people.make_group(
        by=account(f"{prefix}steward"), name=f"{prefix}Union", own_name="Sam", currency="CAD", coordinates=False
    )
    group = steward.group
    coordinator = join(group, steward, f"{prefix}coordinator", "Cleo", coordinates=True)
    second = join(group, steward, f"{prefix}second", "Sol", coordinates=True)
    worker = join(group, coordinator, f"{prefix}worker", "Wren")
    other = join(group, coordinator, f"{prefix}other", "Olive")
    return World(group, steward, coordinator, second, worker, other)
