"""The statement of experience: what may go in, making it, taking it back, and whether a paper checks out."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from alongside.home import experience_rules as rules
from alongside.home.models import Statement
from alongside.kit import audit, clock, signing
from alongside.people import queries as people
from alongside.people import rules as codes
from alongside.people.actions import Refused
from alongside.people.models import Account
from alongside.roles import queries as roles
from alongside.work import queries as work


@dataclass(frozen=True)
class Material:
    """What the person may choose from. Groups by id; ``roles`` by their place: title, first and last month."""

    entries: list[dict[str, Any]]
    months: tuple[str, str]
    kinds: list[str]
    groups: dict[str, str]
    roles: list[tuple[str, str, str]]


@dataclass(frozen=True)
class Made:
    """A statement that was made: what it says, what its square holds, and the code to type."""

    said: rules.Said
    square: str


def material(account: Account) -> Material:
    """All of it, of the person's own record and roles, those of groups that they left too."""
    entries = work.record(account)
    memberships = people.memberships(account, ended=True)
    days = [entry["day"] for entry in entries] or [clock.today().isoformat()]
    kinds = list(dict.fromkeys(code for entry in entries for code in rules.kinds_of(entry)))
    used = {entry.get("group") or "" for entry in entries}
    groups = {str(m.group_id): m.group.name for m in memberships if str(m.group_id) in used}
    held = [(one.title, one.start, one.end) for m in memberships for one in roles.terms_held(m)]
    ordered = sorted((one for one in held if not rules.tells(one[0])), key=lambda one: (one[1], one[0]))
    return Material(entries, (min(days)[:7], max(days)[:7]), kinds, groups, ordered)


@transaction.atomic
def make(*, account: Account, said: rules.Said, name: str) -> Made:
    """Sign a statement and keep that it was made: the digest of its code and until when it counts.

    ``name`` is kept nowhere. Raises :class:`Refused` where too many count already.
    """
    audit.lock(account.pk)
    if Statement.objects.filter(account=account).count() >= rules.MOST:
        raise Refused(_("You have many of these papers. Please take one back first."))
    code, until = codes.fresh_code(), clock.today() + dt.timedelta(days=rules.DAYS)
    whole = replace(said, code=code, until=until.isoformat(), who=rules.stands_for(code, name))
    content = rules.packed(whole)
    number, signature = signing.sign(content)
    row = Statement.objects.create(account=account, digest=rules.digest(code), until=until)
    audit.append(chain=account.pk, actor=account.pk, act="home.statement", detail={"statement": str(row.pk)})
    return Made(whole, rules.square(number, signature, content))


@transaction.atomic
def take_back(*, account: Account, statement: UUID) -> None:
    """From now on the paper does not check out. Twice is once."""
    audit.lock(account.pk)
    gone, _by_table = Statement.objects.filter(pk=statement, account=account).delete()
    if gone:
        audit.append(
            chain=account.pk, actor=account.pk, act="home.statement_gone", detail={"statement": str(statement)}
        )


def own(account: Account) -> list[tuple[Statement, dt.date]]:
    """The person's statements that count, newest first, each with the day on which it was made."""
    rows = Statement.objects.filter(account=account, until__gte=clock.today()).order_by("-until", "pk")
    return [(row, row.until - dt.timedelta(days=rules.DAYS)) for row in rows]


def known(code: str) -> dt.date | None:
    """Until when the statement with this code counts; ``None`` when there is none, or none any more."""
    row = Statement.objects.filter(digest=rules.digest(code), until__gte=clock.today()).first()
    return row.until if row is not None else None


def checked(square: str) -> rules.Said | None:
    """What a paper with this square says, when it is genuine and counts; ``None`` otherwise."""
    found = rules.parts(square, signing.LENGTH)
    if found is None or not signing.verify(*found):
        return None
    said = rules.unpacked(found[2])
    return said if said is not None and known(said.code) else None


def delete_old() -> None:
    """Delete what does not count any more."""
    Statement.objects.filter(until__lt=clock.today()).delete()
