"""Reads about who watches over whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q

from alongside.kit import clock, closed, keys
from alongside.outbox import dispatch
from alongside.people import queries as people
from alongside.people.models import Account, Group
from alongside.watch import queries, rules
from alongside.watch.models import CheckIn, LookIn, Rota, RotaTurn, Watcher


@dataclass(frozen=True)
class Mate:
    """A watcher as their person sees them: never how they are reached, only whether they are.

    ``kind``: ``account``, ``contact`` or ``rota``. ``state``: ``asked``, ``agreed`` or ``off``.
    """

    id: UUID
    name: str
    known_as: str
    kind: str
    state: str
    reachable: bool
    step: int
    last_day: object = None

    @property
    def stands(self) -> bool:
        """Whether a call to them would reach somebody now."""
        return self.state == "agreed" and self.reachable


@dataclass(frozen=True)
class Step:
    """Who is called together; ``wait`` is the seconds before it, of no use for the first."""

    number: int
    wait: int
    mates: list[Mate]

    @property
    def minutes(self) -> int:
        """The wait in whole minutes."""
        return self.wait // 60


@dataclass(frozen=True)
class Watched:
    """Somebody for whom an account is a watcher, by the name that they gave."""

    id: UUID
    name: str
    off: bool


@dataclass(frozen=True)
class RotaSeen:
    """A rota as a member of its group sees it; ``reachable``: whether somebody in it can be reached now."""

    id: UUID
    group: Group
    name: str
    reachable: bool
    chosen: bool


@dataclass(frozen=True)
class Turn:
    """One member in a rota; ``rota`` and ``group`` are names."""

    id: UUID
    member: UUID
    name: str
    agreed: bool
    reachable: bool
    rota: str = ""
    group: str = ""


def crew_of(person: Account) -> list[Step]:
    """The person's crew, step by step."""
    rows = list(Watcher.objects.filter(person=person).order_by("step", "pk"))
    stand, _reach = queries.crew([row.pk for row in rows])
    key = keys.get(person.pk)
    steps: dict[int, Step] = {}
    for row in rows:
        reached = any(one.reachable for one in stand.get(row.pk, ()) if one.owner != person.pk)
        step = steps.setdefault(row.step, Step(row.step, row.wait, []))
        step.mates.append(_mate(row, key, reached))
    return list(steps.values())


def mates(steps: Iterable[Step]) -> list[Mate]:
    """Everybody in these steps."""
    return [mate for step in steps for mate in step.mates]


def mate(person: Account, watcher: UUID) -> Mate | None:
    """One watcher of the person's."""
    return next((one for one in mates(crew_of(person)) if one.id == watcher), None)


def _mate(row: Watcher, key: bytes | None, reached: bool) -> Mate:
    state = "off" if row.off else "agreed" if row.agreed else "asked"
    known = _opened(key, row.place_of_known_as, row.known_as)
    name = _opened(key, row.place, row.name)
    return Mate(row.pk, name, known, kind(row), state, reached, row.step, row.last_day)


def kind(row: Watcher) -> str:
    """What a watcher is to their person: ``account``, ``contact`` or ``rota``."""
    return "rota" if row.rota else "account" if row.account_id else "contact"


def called_as(link: queries.Link) -> str:
    """As what somebody is called by this link (:func:`kind`); empty when the person has taken that watcher off."""
    row = Watcher.objects.filter(pk__in=queries.calls(link).values("watcher")).first()
    return kind(row) if row is not None else ""


def invited(secret: str) -> Watcher | None:
    """The invitation behind a link, not answered yet and still good."""
    row = Watcher.objects.filter(digest=queries.digest(secret), agreed=False).first()
    return row if row is not None and row.last_day is not None and row.last_day >= clock.today() else None


def contact(secret: str) -> Watcher | None:
    """The watcher without an account who got this secret when they said yes."""
    return Watcher.objects.filter(digest=queries.digest(secret), agreed=True, account=None, rota=None).first()


def known_as(row: Watcher) -> str:
    """What the watcher calls the person."""
    return _opened(keys.get(row.person_id), row.place_of_known_as, row.known_as)


def name(row: Watcher) -> str:
    """What the person calls the watcher."""
    return _opened(keys.get(row.person_id), row.place, row.name)


def watched_by(account: Account) -> list[Watched]:
    """For whom the account is a watcher, by name."""
    rows = list(Watcher.objects.filter(account=account, agreed=True))
    held = keys.get_many({row.person_id for row in rows})
    found = [
        Watched(row.pk, _opened(held.get(row.person_id), row.place_of_known_as, row.known_as), row.off) for row in rows
    ]
    return sorted(found, key=lambda one: (one.name.casefold(), one.id))


def reachable(owner: UUID) -> bool:
    """Whether a letter would reach this one now."""
    return dispatch.reachable([owner]).get(owner, False)


def rotas_for(person: Account) -> list[RotaSeen]:
    """The rotas of the person's own groups, and which of them the person chose."""
    groups = {m.group_id: m.group for m in people.memberships(person) if m.group.closed is None}
    rows = list(Rota.objects.filter(group__in=groups).order_by("group__name", "pk"))
    chosen = set(Watcher.objects.filter(person=person).exclude(rota=None).values_list("rota", flat=True))
    held, reach = keys.get_many(groups), _reach_of(row.pk for row in rows)
    return [
        RotaSeen(
            row.pk, groups[row.group_id], rota_name(row, held.get(row.group_id)),
            any(ok for owner, ok in reach.get(row.pk, {}).items() if owner != person.pk), row.pk in chosen,
        )
        for row in rows
    ]  # fmt: skip


def rota(group: Group, rota: UUID) -> Rota | None:
    """A rota of the group."""
    return Rota.objects.filter(pk=rota, group=group).first()


def rotas_of(group: Group) -> list[tuple[Rota, str, int]]:
    """The group's rotas: each with its name and how many said yes."""
    key = keys.get(group.pk)
    said_yes = Count("turns", filter=Q(turns__agreed=True))
    rows = Rota.objects.filter(group=group).annotate(said_yes=said_yes).order_by("pk")
    return [(row, rota_name(row, key), row.said_yes) for row in rows]


def turns(row: Rota) -> list[Turn]:
    """Who is in a rota or was asked, by name, and whether they can be reached now."""
    rows = list(row.turns.select_related("membership"))
    names = people.names(row.group, [one.membership_id for one in rows])
    reach = dispatch.reachable({one.membership.account_id for one in rows})
    found = [
        Turn(one.pk, one.membership_id, names[one.membership_id], one.agreed, reach[one.membership.account_id])
        for one in rows
    ]
    return sorted(found, key=lambda one: one.name.casefold())


def turns_of(account: Account) -> list[Turn]:
    """The rotas that the account is in or was asked to be in."""
    held = Q(membership__account=account, membership__left=None, membership__group__closed=None)
    rows = list(RotaTurn.objects.filter(held).select_related("rota__group").order_by("agreed", "pk"))
    opened = keys.get_many({row.rota.group_id for row in rows})
    return [
        Turn(
            row.pk, row.membership_id, "", row.agreed, True,
            rota_name(row.rota, opened.get(row.rota.group_id)), row.rota.group.name,
        )
        for row in rows
    ]  # fmt: skip


def rota_name(row: Rota, key: bytes | None) -> str:
    """The rota's name; empty when the group's key is gone."""
    return _opened(key, row.place, row.name)


def full(person: Account) -> bool:
    """Whether the crew is as large as it may be."""
    return Watcher.objects.filter(person=person).count() >= rules.CREW


def _reach_of(rotas: Iterable[UUID]) -> dict[UUID, dict[UUID, bool]]:
    """Who said yes to each rota, and whether a letter would reach them."""
    held = Q(agreed=True, membership__left=None)
    rows = list(RotaTurn.objects.filter(held, rota__in=list(rotas)).values_list("rota_id", "membership__account_id"))
    reach = dispatch.reachable({owner for _rota, owner in rows})
    found: dict[UUID, dict[UUID, bool]] = {}
    for one, owner in rows:
        found.setdefault(one, {})[owner] = reach.get(owner, False)
    return found


def _opened(key: bytes | None, place: str, blob: bytes | memoryview) -> str:
    try:
        return closed.read_with(key, place, blob)
    except closed.Gone:
        return ""


@dataclass(frozen=True)
class Look:
    """The gentle kind, as the person sees it: who was asked, who nudged since the last answer."""

    asked: list[str]
    nudged: list[str]
    answered: bool


@dataclass(frozen=True)
class Looked:
    """The gentle kind, as a friend sees it."""

    id: UUID
    name: str
    nudged: bool
    answered: bool


def look(person: Account) -> Look | None:
    """The person's own, if they asked."""
    row = LookIn.objects.filter(person=person).first()
    if row is None:
        return None
    named = {str(one.id): one.name for one in mates(crew_of(person))}
    return Look(
        [named[pk] for pk in row.watchers if pk in named],
        [named[pk] for pk in row.nudged if pk in named],
        row.answered,
    )


def looks_for(account: Account) -> list[Looked]:
    """Friends who asked this account to look in."""
    own = list(Watcher.objects.filter(account=account, agreed=True, off=False, person__look_in__isnull=False))
    held = keys.get_many({one.person_id for one in own})
    rows = {row.person_id: row for row in LookIn.objects.filter(person__in=[one.person_id for one in own])}
    found = []
    for one in own:
        row = rows.get(one.person_id)
        if row is not None and str(one.pk) in row.watchers:
            nudged = str(one.pk) in row.nudged
            name = _opened(held.get(one.person_id), one.place_of_known_as, one.known_as)
            found.append(Looked(row.pk, name, nudged, nudged and row.answered))
    return found


def standing(person: Account, row: CheckIn) -> tuple[list[str], list[str]]:
    """Names of who in a check-in's plan can be reached now, and of who cannot, in the order of its steps."""
    ids = [UUID(one) for _wait, some in row.plan for one in some]
    stand, _reach = queries.crew(ids)
    rows = {one.pk: one for one in Watcher.objects.filter(pk__in=ids, person=person)}
    key = keys.get(person.pk)
    by, lost = list[str](), list[str]()
    for pk in ids:
        if pk in rows:
            reached = any(one.reachable for one in stand.get(pk, ()) if one.owner != person.pk)
            (by if reached else lost).append(_opened(key, rows[pk].place, rows[pk].name))
    return by, lost


def name_of(row: Rota) -> str:
    """The rota's name, for one rota."""
    return rota_name(row, keys.get(row.group_id))


def name_in(person: Account, group: Group) -> str:
    """What the person goes by in a group."""
    found = people.membership(person, group.pk)
    return people.name(found) if found else ""
