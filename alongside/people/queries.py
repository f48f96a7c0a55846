"""Reads of people."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef

from alongside.kit import clock, closed, keys, lean
from alongside.people import rules
from alongside.people.models import (
    Account,
    CodeApp,
    Consent,
    Device,
    Group,
    Invitation,
    Membership,
    Passkey,
    Recovery,
    Token,
    Vault,
)

_ACCOUNT = tuple(field.attname for field in Account._meta.concrete_fields)


@dataclass(frozen=True)
class Member:
    """A member as the group sees them."""

    id: UUID
    name: str
    coordinates: bool
    stewards: bool


@dataclass(frozen=True)
class Sealed:
    """A vault as a device sealed it, and which revision it is, from 1."""

    revision: int
    sealed: bytes


def by_handle(handle: str) -> Account | None:
    """The account with this handle, in whatever case it is written."""
    return Account.objects.filter(handle=handle.strip().casefold()).first()


def by_id(account: UUID) -> Account | None:
    """The account with this id, while it may sign in."""
    return Account.objects.filter(pk=account, is_active=True).first()


def by_token(secret: str) -> Account | None:
    """The account that an API token belongs to."""
    rows = lean.select_through(Account, _ACCOUNT, (Token, "account"), digest=rules.digest(secret))
    if not rows:
        return None
    account = Account.from_db("default", _ACCOUNT, rows[0])
    return account if account.is_active else None


def has_code(account: Account) -> bool:
    """Whether the person has a printed code."""
    return Recovery.objects.filter(account=account).exists()


def recovery(handle: str, code: str) -> Recovery | None:
    """The printed code of the account with this handle, when ``code`` is it, however it was typed.

    Slow, and as slow for a handle that nobody has: the time says nothing.
    """
    wanted = rules.code(code)
    found = Recovery.objects.select_related("account").filter(account__handle=handle.strip().casefold()).first()
    if found is None or wanted is None or not found.account.is_active:
        make_password(code)
        return None
    return found if check_password(wanted, found.code) else None


def has_second_step(account: Account) -> bool:
    """Whether the person has a passkey or a code app."""
    return Passkey.objects.filter(account=account).exists() or CodeApp.objects.filter(account=account).exists()


def devices(account: Account) -> list[Device]:
    """Where the person is signed in now, newest first."""
    mine = list(account.devices.order_by("-day", "pk"))
    live = Session.objects.filter(session_key__in=[d.session for d in mine], expire_date__gt=clock.now())
    sessions = set(live.values_list("session_key", flat=True))
    return [device for device in mine if device.session in sessions]


def passkeys(account: Account) -> list[Passkey]:
    """The person's passkeys, newest first."""
    return list(account.passkeys.order_by("-day", "pk"))


def credentials(account: Account) -> list[str]:
    """The public halves of the person's passkeys; those whose text cannot be opened are left out."""
    key = keys.get(account.pk)
    opened = [_opened(key, row.place, row.credential) for row in passkeys(account)]
    return [text for text in opened if text]


def code_app_of(account: Account) -> CodeApp | None:
    """The person's code app."""
    return CodeApp.objects.filter(account=account).first()


def code_app(row: CodeApp) -> dict[str, Any] | None:
    """A code app's ``secret`` and ``used`` marks, or ``None`` when its text cannot be opened."""
    text = _opened(keys.get(row.account_id), row.place, row.content)
    found: dict[str, Any] | None = json.loads(text) if text else None
    return found


def vault(account: Account) -> Sealed | None:
    """The person's vault; ``None`` where there is none, or where no key opens what is around it."""
    row = Vault.objects.filter(account=account).first()
    if row is None:
        return None
    try:
        return Sealed(row.revision, closed.read_bytes(keys.get(account.pk), row.place, row.sealed))
    except closed.Gone:
        return None


def memberships(account: Account, *, ended: bool = False) -> list[Membership]:
    """The person's own memberships with their groups, by group name; those that ended too when ``ended``."""
    rows = Membership.objects.select_related("group").filter(account=account).order_by("group__name", "pk")
    return list(rows if ended else rows.filter(left__isnull=True))


def membership(account: Account, group: UUID, *, ended: bool = False) -> Membership | None:
    """The person's membership in a group; one that ended too when ``ended``."""
    rows = Membership.objects.select_related("group", "account").filter(account=account, group_id=group)
    return (rows if ended else rows.filter(left__isnull=True)).first()


def members(group: Group) -> list[Member]:
    """Everybody in a group, by name. One look at the group's key."""
    key = keys.get(group.pk)
    rows = Membership.objects.filter(group=group, left__isnull=True)
    people = [Member(m.pk, _name(m, key), m.coordinates, m.stewards) for m in rows]
    return sorted(people, key=lambda m: m.name.casefold())


def alike(names: Mapping[UUID, str]) -> set[UUID]:
    """Whose of these ``names``, by the ids of memberships, another of them has too, in whatever case.

    Nobody is kept from a name: to be told that it is taken would tell anybody who may join that somebody of that name is
    in the group. Those who see names are told instead.
    """
    found: dict[str, list[UUID]] = {}
    for member, called in names.items():
        found.setdefault(called.casefold(), []).append(member)
    return {member for called, ids in found.items() if called and len(ids) > 1 for member in ids}


def names(group: Group, ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names in ``group`` of the memberships in ``ids``."""
    key = keys.get(group.pk)
    return {m.pk: _name(m, key) for m in Membership.objects.filter(group=group, pk__in=list(ids))}


def name(membership: Membership) -> str:
    """The member's name in the group; empty when the group's key is gone."""
    return _name(membership, keys.get(membership.group_id))


def coordinators(group: Group) -> list[Membership]:
    """The memberships of the group's coordinators."""
    return list(Membership.objects.select_related("account", "group").filter(group=group, coordinates=True))


def invitation(secret: str) -> Invitation | None:
    """The invitation behind a link, if it is still good."""
    row = (
        Invitation.objects.select_related("group")
        .filter(digest=rules.digest(secret), used=False, group__closed__isnull=True)
        .first()
    )
    return row if row is not None and row.last_day >= clock.today() else None


def invited_into(account: Account, secret: str) -> UUID | None:
    """The group behind a link that was used, when the person is in it."""
    rows = Invitation.objects.filter(digest=rules.digest(secret), used=True)
    found = rows.values_list("group_id", flat=True).first()
    return found if found is not None and membership(account, found) is not None else None


def open_invitations(group: Group) -> list[Invitation]:
    """Invitations that somebody could still use."""
    return list(group.invitations.filter(used=False, last_day__gte=clock.today()).order_by("last_day", "pk"))


def consented(membership: Membership, code: str) -> bool:
    """Whether the member was told and said yes."""
    return Consent.objects.filter(membership=membership, code=code).exists()


def consents(account: Account, code: str) -> set[UUID]:
    """The ids of the person's own memberships that were told of ``code``."""
    rows = Consent.objects.filter(membership__account=account, code=code)
    return set(rows.values_list("membership_id", flat=True))


def size(group: Group) -> int:
    """How many people are in the group now."""
    return Membership.objects.filter(group=group, left__isnull=True).count()


def only_steward_of(account: Account) -> list[Group]:
    """The groups with other people in them of which this person is the only steward, by name."""
    own = Membership.objects.filter(account=account, stewards=True, left__isnull=True)
    mine = Group.objects.filter(pk__in=own.values("group"))
    others = Membership.objects.filter(group=OuterRef("pk"), left__isnull=True).exclude(account=account)
    alone = mine.filter(Exists(others)).exclude(Exists(others.filter(stewards=True)))
    return list(alone.order_by("name", "pk"))


def alone_in(account: Account) -> list[Membership]:
    """The person's memberships in groups that nobody else is in any more."""
    others = Membership.objects.filter(group=OuterRef("group"), left__isnull=True).exclude(account=account)
    return list(Membership.objects.select_related("group").filter(~Exists(others), account=account, left__isnull=True))


def phone_name(account: Account) -> str:
    """A stable name of the account for its own phones: not its id, and no way back to it.

    Made with the person's own key: what waits on a phone under this name must still be found after the operator
    changed the installation's secret.
    """
    return hmac.new(keys.get_or_make(account.pk), b"alongside.phone", hashlib.sha256).hexdigest()[:32]


def tokens(account: Account) -> list[Token]:
    """The person's API tokens."""
    return list(account.tokens.order_by("-day", "pk"))


def _name(membership: Membership, key: bytes | None) -> str:
    return _opened(key, membership.place, membership.name)


def _opened(key: bytes | None, place: str, blob: bytes | memoryview) -> str:
    try:
        return closed.read_with(key, place, blob)
    except closed.Gone:
        return ""
