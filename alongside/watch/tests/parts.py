"""Parts for tests of watch: a person with a crew that can be reached, and what letters went out."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch
from uuid import UUID, uuid4

from alongside.kit import closed, keys
from alongside.outbox.models import Dispatch
from alongside.people.models import Account
from alongside.watch import actions, queries
from alongside.watch.models import Call, CheckIn, Watcher


@contextmanager
def reached(but: set[UUID] | None = None) -> Iterator[set[UUID]]:
    """Everybody has a channel that works, but those in the set, which may change meanwhile."""
    dead = but if but is not None else set()
    with patch("alongside.outbox.dispatch.reachable", lambda owners: {one: one not in dead for one in owners}):
        yield dead


def watcher(
    person: Account, step: int = 1, account: Account | None = None, name: str = "", known_as: str = ""
) -> Watcher:
    """Somebody who agreed to be called: an account, or else a contact with a key of their own."""
    row = Watcher(id=uuid4(), person=person, account=account, step=step, agreed=True)
    row.owner = account.pk if account else uuid4()
    keys.get_or_make(row.owner)
    row.name = closed.close(person.pk, row.place, name)
    row.known_as = closed.close(person.pk, row.place_of_known_as, known_as)
    row.save()
    return row


def crew(person: Account, *sizes: int) -> list[list[Watcher]]:
    """Contacts in steps of these sizes."""
    return [[watcher(person, number) for _ in range(size)] for number, size in enumerate(sizes, start=1)]


def started(person: Account, steps: list[list[Watcher]], wait: int = 180, **other: object) -> CheckIn:
    """A check-in in ten minutes, with what else is wanted."""
    plan = [(wait, [one.pk for one in some]) for some in steps]
    return actions.start(person=person, **({"first": 600, "steps": plan} | other))  # type: ignore[arg-type]


def letters(code: str = "") -> list[Dispatch]:
    """Letters that were written, of this kind or of all."""
    rows = Dispatch.objects.order_by("code", "pk")
    return list(rows.filter(code=f"watch.{code}") if code else rows)


def owners(code: str) -> set[UUID]:
    """To whom letters of this kind were written."""
    return {row.owner for row in letters(code)}


def filling(row: Dispatch) -> dict[str, str]:
    found: dict[str, str] = json.loads(closed.read_with(keys.get(row.owner), row.place, row.filling))
    return found


def token_of(call: Call | None = None, owner: UUID | None = None) -> str:
    """The secret in the link of a call."""
    row = Call.objects.get(owner=owner) if call is None else call
    link = filling(Dispatch.objects.get(pk=row.pk))["link"]
    token = link.rstrip("/").rsplit("/", 1)[1]
    assert queries.digest(token) == row.digest
    return token
