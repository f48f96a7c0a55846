"""Reads of people."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef

from alongside.kit import clock, closed, keys
from alongside.people import rules
from alongside.people.models import Account, Consent, Group, Invitation, Membership, Token


@dataclass(frozen=True)
class Member:
    """A member as the group sees them."""

    id: UUID
    name: str
    coordinates: bool
    stewards: bool


def by_handle(handle: str) -> Account | None:
    """The account with this handle, in whatever case it is written."""
    return Account.objects.filter(handle=handle.strip().casefold()).first()


def by_token(secret: str) -> Account | None:
    """The account that an API token belongs to."""
    row = Token.objects.select_related("account").filter(digest=rules.digest(secret)).first()
    return row.account if row is not None and row.account.is_active else None


def memberships(account: Account) -> list[Membership]:
    """The person's own memberships with their groups, by group name."""
    return list(Membership.objects.select_related("group").filter(account=account).order_by("group__name", "pk"))


def membership(account: Account, group: UUID) -> Membership | None:
    """The person's membership in a group."""
    return Membership.objects.select_related("group").filter(account=account, group_id=group).first()


def members(group: Group) -> list[Member]:
    """Everybody in a group, by name. One look at the group's key."""
    key = keys.get(group.pk)
    rows = Membership.objects.filter(group=group)
    people = [Member(m.pk, _name(m, key), m.coordinates, m.stewards) for m in rows]
    return sorted(people, key=lambda m: m.name.casefold())


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
    row = Invitation.objects.select_related("group").filter(digest=rules.digest(secret), used=False).first()
    return row if row is not None and row.last_day >= clock.today() else None


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


def only_steward_of(account: Account) -> list[Group]:
    """The groups with other people in them of which this person is the only steward, by name."""
    mine = Group.objects.filter(memberships__account=account, memberships__stewards=True)
    others = Membership.objects.filter(group=OuterRef("pk")).exclude(account=account)
    alone = mine.filter(Exists(others)).exclude(Exists(others.filter(stewards=True)))
    return list(alone.order_by("name", "pk"))


def tokens(account: Account) -> list[Token]:
    """The person's API tokens."""
    return list(account.tokens.order_by("-day", "pk"))


def _name(membership: Membership, key: bytes | None) -> str:
    try:
        return closed.read_with(key, membership.place, membership.name)
    except closed.Gone:
        return ""
