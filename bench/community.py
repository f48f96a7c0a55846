"""A community for `bench/growth.py`: one group that really worked, copied under other names until there are many.

The first group is made by the same actions as anybody's. Each further one is its rows with other ids, written with the
bare driver: a copy's text is closed by a key that is not its owner's, and nobody reads it here. So what one person and one
group have is the same in a small community and in a large one; only how much lies beside it differs.
"""

import datetime as dt
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connections, transaction
from django.db.models import AutoField, BigAutoField, Field, ForeignKey, Model, UUIDField

from alongside.kit import clock
from alongside.pay import actions as pay
from alongside.pay import queries as ledger
from alongside.people import actions as people
from alongside.people.models import Membership
from alongside.roles import actions as roles
from alongside.roles import queries as role_queries
from alongside.roles.rules import Rate, Terms
from alongside.work import actions as work
from alongside.work import months

WORKERS, DAYS = 49, 80
ROOMS = ("kit", "outbox", "people", "roles", "pay", "work")
_ALONE = {"kit.Job", "kit.Beat", "people.Token", "people.Invitation", "people.Device"}
"""Tables that are of the installation, or hold secrets that must differ."""


@dataclass
class Worked:
    """The group that really worked: its ids, a worker's token, and how many entries it has."""

    group: UUID
    coordinator: UUID
    worker: UUID
    role: UUID
    token: str
    entries: int


def group(entries: int) -> Worked:
    """Make a group of 51 people whose workers recorded ``entries`` pieces of work, shared each fifth, and were paid half."""
    steward = people.make_group(by=_account("sam"), name="Union", own_name="Sam", currency="CAD")
    coordinator = _joined(steward, "cleo", coordinates=True)
    workers = [_joined(coordinator, f"worker-{n}") for n in range(WORKERS)]
    rate = Rate(start="2020-01-01", amount=2500, unit="hour", currency="CAD", minimum=60, rounding=15)
    terms = Terms(purpose="Walk", scope_in=("outreach", "supplies"), we_expect="Come", you_expect="Pay", rate=rate)
    role = roles.draft(by=coordinator, title="Guide", terms=terms)
    holdings = [roles.ask(by=coordinator, role=role, membership=one) for one in workers]
    draft = role_queries.draft(role)
    assert draft is not None
    roles.propose(by=coordinator, version=draft)
    newest = role_queries.newest(role)
    assert newest is not None
    for holding in holdings:
        roles.agree(holding=holding, version=newest)
        months.count(membership=holding.membership, yes=True)
    each = entries // WORKERS
    for older in (True, False):
        for one in workers:
            _record(one, role.pk, each // 2 if older else each - each // 2, older)
        if older:
            _pay(coordinator)
    token = people.make_token(account=workers[0].account)
    return Worked(steward.group_id, coordinator.account_id, workers[0].account_id, role.pk, token, each * WORKERS)


def _account(handle: str) -> Any:
    return people.make_account(handle=handle, passphrase="a long enough phrase")


def _joined(by: Membership, handle: str, *, coordinates: bool = False) -> Membership:
    secret = people.invite(by=by, coordinates=coordinates)
    return people.join(account=_account(handle), secret=secret, name=handle.title())


def entry(day: dt.date, **fields: Any) -> dict[str, Any]:
    """One piece of work as a phone sends it."""
    return {
        "id": str(uuid.uuid4()), "revision": 1, "day": day.isoformat(), "part": "evening", "minutes": 45,
        "kinds": ["outreach", "supplies"], "origin": "planned", "people": 6, "supplies": {"naloxone": 2}, "weight": 1,
        **fields,
    }  # fmt: skip


def _record(worker: Membership, role: UUID, count: int, older: bool) -> None:
    given = {"group": str(worker.group_id), "role": str(role), "shared": True}
    half = DAYS // 2
    made = [
        entry(clock.today() - dt.timedelta(days=n % half + (half if older else 0)), **(given if n % 5 == 0 else {}))
        for n in range(count)
    ]
    for start in range(0, count, 100):
        work.sync(account=worker.account, entries=made[start : start + 100])


def _pay(coordinator: Membership) -> None:
    for due in ledger.to_pay(coordinator.group):
        pay.pay(by=coordinator, payee=due.payee, currency=due.currency, expected=due.amount, key=uuid.uuid4())


# --- copies ----------------------------------------------------------------------------------------------------------------


def copy(times: int) -> None:
    """Write the rows of all that is there ``times`` more, each time with other ids."""
    for alias in ("default", "keys"):
        with transaction.atomic(using=alias):
            for model in _models(alias):
                _copy(alias, model, times)
        with connections[alias].cursor() as cursor:
            cursor.execute("ANALYZE")  # as PostgreSQL does by itself after so many rows


def _models(alias: str) -> list[type[Model]]:
    from django.db import router

    found = [m for m in apps.get_models() if m._meta.app_label in ROOMS and m._meta.label not in _ALONE]
    return [model for model in found if router.allow_migrate_model(alias, model)]


def _copy(alias: str, model: type[Model], times: int) -> None:
    fields = [one for one in model._meta.local_fields if not isinstance(one, AutoField | BigAutoField)]
    names = ", ".join(f'"{one.column}"' for one in fields)
    with connections[alias].cursor() as cursor:
        cursor.execute(f'SELECT {names} FROM "{model._meta.db_table}"')
        rows = cursor.fetchall()
        insert = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({", ".join(["%s"] * len(fields))})'
        for mask in _masks(times):
            cursor.executemany(insert, [_renamed(fields, row, mask) for row in rows])


def _masks(times: int) -> Iterator[int]:
    """The same for each table, so that a copy's keys lead to its own rows."""
    chance = random.Random(7)
    return (chance.getrandbits(128) for _ in range(times))


def _renamed(fields: "list[Field[Any, Any]]", row: tuple[Any, ...], mask: int) -> list[Any]:
    return [_other(field, value, mask) for field, value in zip(fields, row, strict=True)]


def _other(field: "Field[Any, Any]", value: Any, mask: int) -> Any:
    if value is None:
        return None
    if _is_id(field):
        return UUID(int=value.int ^ mask) if isinstance(value, UUID) else f"{int(value, 16) ^ mask:032x}"
    if field.name == "handle":
        return f"{value}-{mask:x}"[:30]
    return value


def _is_id(field: "Field[Any, Any]") -> bool:
    while isinstance(field, ForeignKey):
        field = field.target_field
    return isinstance(field, UUIDField)
