"""A small world for tests: people, a group, and what they need, made by the rooms' own actions."""

from dataclasses import dataclass

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


def world(prefix: str = "") -> World:
    """A whole world; ``prefix`` keeps the handles of two worlds apart."""
    steward = people.make_group(
        by=account(f"{prefix}steward"), name=f"{prefix}Union", own_name="Sam", currency="CAD", coordinates=False
    )
    group = steward.group
    coordinator = join(group, steward, f"{prefix}coordinator", "Cleo", coordinates=True)
    second = join(group, steward, f"{prefix}second", "Sol", coordinates=True)
    worker = join(group, coordinator, f"{prefix}worker", "Wren")
    other = join(group, coordinator, f"{prefix}other", "Olive")
    return World(group, steward, coordinator, second, worker, other)
