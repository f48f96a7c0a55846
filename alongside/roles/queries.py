"""Reads of roles. One look at a group's key opens all that a page shows of it."""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from alongside.kit import clock, closed, keys, money
from alongside.people import queries as people
from alongside.people.models import Account, Group, Membership
from alongside.roles import kinds, rules, threads
from alongside.roles.models import Agreement, Change, Holding, Kind, Role, Unnamed, Version


@dataclass(frozen=True)
class HeldRole:
    """A role that somebody agreed to, with every version that they said yes to, in the versions' order.

    ``Agreed.version`` is the :class:`~alongside.roles.models.Version`'s id. ``current``: whether they hold the role
    now; what they agreed to before they left still binds for the work of that time, and is here for it.
    """

    id: UUID
    group_id: UUID
    membership_id: UUID
    title: str
    agreed: list[rules.Agreed]
    current: bool


@dataclass(frozen=True)
class Asked:
    """Something that a role asks of its holder: ``agree``, ``new version`` or ``choose title``."""

    role_id: UUID
    title: str
    group: str
    why: str


@dataclass(frozen=True)
class ToAnswer:
    """Something that a role asks of the group: a ``change``, a ``question``, or kinds not named yet (``unnamed``).

    ``days``: for how many days the group has owed the answer; 0 for ``unnamed``, which has no day.
    """

    role_id: UUID
    title: str
    why: str
    change_id: UUID | None
    kinds: tuple[str, ...]
    days: int = 0


@dataclass(frozen=True)
class Listed:
    """A role in the list of a group's roles. ``owes``: for how many days an answer is owed (to coordinators alone)."""

    id: UUID
    title: str
    purpose: str
    proposed: bool
    draft: bool
    mine: bool
    asks: bool
    holders: tuple[str, ...]
    owes: int | None


@dataclass(frozen=True)
class Holder:
    """Who holds a role, by their name in the group; ``agreed`` is the newest version number they said yes to."""

    id: UUID
    membership_id: UUID
    name: str
    wish: str
    agreed: int | None


@dataclass(frozen=True)
class Shown:
    """One version as a page shows it; ``changed`` names the fields that differ from the version before."""

    id: UUID
    number: int
    proposed: bool
    day: dt.date | None
    terms: rules.Terms
    changed: tuple[str, ...]
    agreed: tuple[tuple[str, dt.date], ...]


@dataclass(frozen=True)
class Page:
    """All that the page of one role shows to one member.

    Names, drafts, wishes, requests and marks are for the role's own two sides: its holders and coordinators.
    """

    id: UUID
    group_id: UUID
    group: str
    title: str
    chosen: bool
    bare: bool
    coordinates: bool
    mine: Holding | None
    my_wish: str
    my_agreed: int | None
    ever_agreed: bool
    holders: tuple[Holder, ...]
    versions: tuple[Shown, ...]
    newest: Shown | None
    draft: Shown | None
    requests: tuple[threads.Request, ...]
    unnamed: tuple[tuple[str, str], ...]
    labels: dict[str, str]

    @property
    def inside(self) -> bool:
        """Whether the reader is of the role's own two sides: a holder or a coordinator."""
        return self.coordinates or self.mine is not None

    @property
    def to_agree(self) -> bool:
        """Whether the newest proposed version waits for the reader's yes."""
        return bool(self.mine and self.newest and self.newest.number != self.my_agreed)


def get(role: UUID) -> Role | None:
    """The role with its group."""
    return Role.objects.select_related("group").filter(pk=role).first()


def title(role: Role, key: bytes | None = None) -> str:
    """The role's title; empty when the group's key is gone. ``key`` saves a look-up."""
    return _open(key or keys.get(role.group_id), role.place, role.title)


def terms(version: Version, key: bytes | None = None) -> rules.Terms:
    """What a version says; empty terms when the group's key is gone. ``key`` saves a look-up."""
    text = _open(key or keys.get(version.role.group_id), version.place, version.terms)
    return rules.terms_from_json(json.loads(text)) if text else rules.Terms()


def newest(role: Role) -> Version | None:
    """The newest proposed version: the one that can be agreed to."""
    return _versions(role).filter(state=Version.State.PROPOSED).order_by("-number").first()


def draft(role: Role) -> Version | None:
    """The role's draft, if there is one."""
    return _versions(role).filter(state=Version.State.DRAFT).first()


def version(role: Role, pk: UUID) -> Version | None:
    """One of the role's versions."""
    return _versions(role).filter(pk=pk).first()


def holding(account: Account, role: Role) -> Holding | None:
    """The person's own holding of a role, while they were asked to hold it or hold it."""
    rows = Holding.objects.select_related("role__group", "membership")
    return rows.filter(membership__account=account, role=role, ended=False).first()


def held_in(membership: Membership) -> list[Holding]:
    """What a member holds in the group now, or was asked to."""
    return list(Holding.objects.select_related("role__group", "membership").filter(membership=membership, ended=False))


@dataclass(frozen=True)
class TermHeld:
    """A role that somebody agreed to: its title, and the months in which that began and ended (empty: it goes on)."""

    title: str
    start: str
    end: str


def terms_held(membership: Membership) -> list[TermHeld]:
    """The roles that a member agreed to, those that they left too, in no order."""
    rows = Holding.objects.select_related("role").prefetch_related("agreements").filter(membership=membership)
    key, found = keys.get(membership.group_id), []
    for row in rows:
        agreed = sorted(row.agreements.all(), key=lambda one: one.day)
        if agreed:
            last = agreed[-1].until if row.ended else None
            end = (last or agreed[-1].day).isoformat()[:7] if row.ended else ""
            found.append(TermHeld(title(row.role, key), agreed[0].day.isoformat()[:7], end))
    return found


def holdings(role: Role) -> list[Holding]:
    """Who holds the role now, or was asked to."""
    return list(role.holdings.select_related("membership").filter(ended=False).order_by("pk"))


def change(role: Role, pk: UUID) -> Change | None:
    """One of the role's requests for a change."""
    rows = Change.objects.select_related("holding__membership", "holding__role__group", "version")
    return rows.filter(pk=pk, holding__role=role).first()


def open_changes(group: Group) -> QuerySet[Change]:
    """What was asked about the group's roles and waits for the group's answer, oldest first."""
    rows = Change.objects.filter(holding__role__group=group, answered__isnull=True, resolved__isnull=True)
    return rows.select_related("holding__role").order_by("day", "pk")


def change_text(row: Change) -> str:
    """What was asked for."""
    group = row.holding.role.group_id
    return threads.said(_open(keys.get(group), row.text_place, row.text), labels(group))


def problems(version: Version) -> dict[str, str]:
    """What keeps a draft from being proposed, by field, as :func:`rules.problems`.

    Also ``later`` for a rate that would overwrite one that somebody agreed to, and ``unknown`` for kinds and
    currencies that do not exist.
    """
    role, key = version.role, keys.get(version.role.group_id)
    said = terms(version, key)
    found = rules.problems(said, title(role, key), role.chosen)
    for name in ("scope_in", "scope_out"):
        if not set(getattr(said, name)) <= codes(role.group_id):
            found[name] = "unknown"
    if said.post and not money.is_currency(said.post.currency):
        found["post_currency"] = "unknown"
    if said.rate:
        if "rate_currency" not in found and not money.is_currency(said.rate.currency):
            found["rate_currency"] = "unknown"
        past = [terms(v, key).rate for v in _versions(role).filter(agreements__isnull=False).distinct()]
        if "rate_start" not in found and rules.overwrites(said.rate, [r for r in past if r]):
            found["rate_start"] = "later"
    return found


def agreed_by(memberships: Iterable[Membership]) -> dict[UUID, HeldRole]:
    """What the person behind ``memberships`` agreed to, by role id: two queries, whatever the number of roles."""
    by_id = {m.pk: m for m in memberships}
    rows = list(
        Agreement.objects.filter(holding__membership__in=by_id)
        .select_related("holding__role", "version")
        .order_by("version__number")
    )
    opened = keys.get_many({by_id[row.holding.membership_id].group_id for row in rows}) if rows else {}
    held: dict[UUID, HeldRole] = {}
    current = {row.holding_id for row in rows if row.until is None}
    for row in rows:
        role = row.holding.role
        key = opened.get(role.group_id)
        if role.pk not in held:
            name = _open(key, role.place, role.title)
            held[role.pk] = HeldRole(
                role.pk, role.group_id, row.holding.membership_id, name, [], row.holding_id in current
            )
        text = _open(key, row.version.place, row.version.terms)
        said = rules.terms_from_json(json.loads(text)) if text else rules.Terms()
        held[role.pk].agreed.append(rules.Agreed(row.version_id, row.version.number, said, row.day, row.until))
    return held


def codes(group: UUID) -> set[str]:
    """The codes of all kinds that a group can name: the common ones and its own."""
    return set(kinds.CODES) | set(Kind.objects.filter(group_id=group).values_list("code", flat=True))


def group_kinds(group: UUID) -> list[Kind]:
    """The kinds that a group added, by label."""
    return list(Kind.objects.filter(group_id=group).order_by("label", "code"))


def kind_labels(group_ids: Iterable[UUID]) -> dict[UUID, dict[str, str]]:
    """The labels of the kinds that groups added: group id to code to label, in one query."""
    found: dict[UUID, dict[str, str]] = {group: {} for group in group_ids}
    for row in Kind.objects.filter(group_id__in=list(found)).order_by("label", "code"):
        found[row.group_id][row.code] = row.label
    return found


def labels(group: UUID) -> dict[str, str]:
    """Every kind's words in the language in use, a group's own kinds among them."""
    return {code: str(words) for code, words in kinds.LABELS.items()} | kind_labels([group])[group]


def label(code: str, group_id: UUID | None = None) -> str:
    """The words of one kind; the code itself when nothing better is known."""
    if code in kinds.LABELS:
        return str(kinds.LABELS[code])
    row = Kind.objects.filter(group_id=group_id, code=code).first() if group_id else None
    return row.label if row else code


def asked_of(account: Account) -> list[Asked]:
    """What roles ask of their holder, for the home screen; while the first version is a draft, only for a title."""
    rows = list(_current(Q(membership__account=account)))
    opened = keys.get_many({row.role.group_id for row in rows}) if rows else {}
    newest_of = _newest_of([row.role_id for row in rows])
    agreed = set(Agreement.objects.filter(holding__in=rows, until__isnull=True).values_list("holding_id", "version_id"))
    ever = {holding_id for holding_id, _ in agreed}
    found = []
    for row in rows:
        key, latest = opened.get(row.role.group_id), newest_of.get(row.role_id)
        name, group = title(row.role, key), row.role.group.name
        if latest and (row.pk, latest) not in agreed:
            found.append(Asked(row.role_id, name, group, "new version" if row.pk in ever else "agree"))
        if not row.role.chosen and not row.wish:
            found.append(Asked(row.role_id, name, group, "choose title"))
    return found


def to_answer(group: Group) -> list[ToAnswer]:
    """What roles ask of the group, oldest request first: open changes, then kinds that roles do not name."""
    key = keys.get(group.pk)
    found = []
    today = clock.today()
    for row in open_changes(group):
        role, days = row.holding.role, rules.days_waiting(row.day, today)
        found.append(ToAnswer(role.pk, _open(key, role.place, role.title), row.asks, row.pk, (), days))
    words: dict[str, str] | None = None
    for role in Role.objects.filter(group=group, unnamed__isnull=False).distinct().order_by("pk"):
        marks = unnamed(role, key)
        if marks:
            words = words or labels(group.pk)
            names = tuple(words.get(code, code) for code in marks)
            found.append(ToAnswer(role.pk, _open(key, role.place, role.title), "unnamed", None, names))
    return found


def unnamed(role: Role, key: bytes | None = None) -> list[str]:
    """The codes of kinds that were shared under the role while its newest proposed version does not name them."""
    latest = newest(role)
    marks = list(Unnamed.objects.filter(role=role).order_by("pk").values_list("kind", flat=True))
    if latest is None or not marks:
        return marks
    return rules.unnamed(terms(latest, key), marks)


def listed(membership: Membership) -> list[Listed]:
    """The roles of the member's group, by title. Roles that were never proposed show to their own sides alone."""
    group = membership.group
    key, names = keys.get(group.pk), {m.id: m.name for m in people.members(group)}
    roles = list(Role.objects.filter(group=group))
    current: dict[UUID, list[Holding]] = {}
    for row in _current(Q(role__in=roles)):
        current.setdefault(row.role_id, []).append(row)
    waiting = {asked.role_id for asked in asked_of(membership.account)}
    owed = _owed(group) if membership.coordinates else {}
    states: dict[UUID, list[Version]] = {}
    for saved in Version.objects.filter(role__in=roles).select_related("role").order_by("number"):
        states.setdefault(saved.role_id, []).append(saved)
    found = []
    for role in roles:
        said = states.get(role.pk, [])
        proposed = [v for v in said if v.state == Version.State.PROPOSED]
        held = current.get(role.pk, [])
        mine = any(h.membership_id == membership.pk for h in held)
        if not (proposed or mine or membership.coordinates):  # a role being drafted is its own sides' business
            continue
        shown = terms((proposed or said)[-1], key).purpose if said else ""
        inside = mine or membership.coordinates
        who = sorted(names.get(h.membership_id, "") for h in held) if inside else []
        drafted = inside and len(proposed) < len(said)
        asks = role.pk in waiting
        owes = owed.get(role.pk)
        found.append(Listed(role.pk, title(role, key), shown, bool(proposed), drafted, mine, asks, tuple(who), owes))
    return sorted(found, key=lambda r: (r.owes is None, not r.asks, not r.mine, r.title.casefold()))


def _owed(group: Group) -> dict[UUID, int]:
    """For each role with something unanswered, the most days that the group has owed an answer."""
    today = clock.today()
    found: dict[UUID, int] = {}
    for row in open_changes(group):
        found.setdefault(row.holding.role_id, rules.days_waiting(row.day, today))
    return found


def to_ask(role: Role) -> list[people.Member]:
    """Members who do not hold the role and were not asked to."""
    held = {h.membership_id for h in holdings(role)}
    return [m for m in people.members(role.group) if m.id not in held]


def one_to_ask(role: Role, member: UUID) -> Membership:
    """One member of the role's group. Raises ``Membership.DoesNotExist`` for anybody else."""
    return Membership.objects.select_related("account", "group").get(pk=member, group=role.group, left__isnull=True)


def page(role: Role, membership: Membership) -> Page | None:
    """The role's page as ``membership`` may see it, or ``None`` when nothing of it is for them."""
    group = role.group
    key, names = keys.get(group.pk), {m.id: m.name for m in people.members(group)}
    current = holdings(role)
    mine = next((h for h in current if h.membership_id == membership.pk), None)
    inside = membership.coordinates or mine is not None
    versions = _shown(role, key, names if inside else {}, drafts=inside)
    if not versions and not inside:
        return None
    agreed = _agreed_numbers(current)
    holders = tuple(
        Holder(h.pk, h.membership_id, names.get(h.membership_id, ""), _wish(h, key) if inside else "", agreed.get(h.pk))
        for h in (current if inside else ())
    )
    name = title(role, key)
    words = labels(group.pk)
    return Page(
        id=role.pk,
        group_id=group.pk,
        group=group.name,
        title=name,
        chosen=role.chosen,
        bare=rules.is_bare(name) and not role.chosen,
        coordinates=membership.coordinates,
        mine=mine,
        my_wish=_wish(mine, key) if mine else "",
        my_agreed=agreed.get(mine.pk) if mine else None,
        ever_agreed=Agreement.objects.filter(holding__role=role, holding__membership=membership).exists(),
        holders=tuple(sorted(holders, key=lambda h: h.name.casefold())),
        versions=tuple(reversed(versions)),
        newest=next((v for v in reversed(versions) if v.proposed), None),
        draft=next((v for v in versions if not v.proposed), None),
        requests=threads.of_role(role, key, names, membership, words) if inside else (),
        unnamed=tuple((code, words.get(code, code)) for code in unnamed(role, key)) if inside else (),
        labels=words,
    )


def sent_out(role: Role) -> list[Shown]:
    """All proposed versions of a role in order, without who agreed to them."""
    return _shown(role, keys.get(role.group_id), {}, drafts=False)


def _shown(role: Role, key: bytes | None, names: dict[UUID, str], *, drafts: bool) -> list[Shown]:
    yes: dict[UUID, list[tuple[str, dt.date]]] = {}
    rows = Agreement.objects.filter(version__role=role).select_related("holding").order_by("day", "pk")
    for given in rows:
        if given.holding.membership_id in names:
            yes.setdefault(given.version_id, []).append((names[given.holding.membership_id], given.day))
    found: list[Shown] = []
    for row in _versions(role).order_by("number"):
        proposed = row.state == Version.State.PROPOSED
        if not (proposed or drafts):
            continue
        said = terms(row, key)
        differs = tuple(rules.changed(found[-1].terms, said)) if found else ()
        found.append(Shown(row.pk, row.number, proposed, row.day, said, differs, tuple(yes.get(row.pk, ()))))
    return found


def _agreed_numbers(current: Sequence[Holding]) -> dict[UUID, int]:
    rows = Agreement.objects.filter(holding__in=current, until__isnull=True).order_by("version__number")
    return dict(rows.values_list("holding_id", "version__number"))


def _current(which: Q) -> Iterable[Holding]:
    return Holding.objects.filter(which, ended=False).select_related("role__group").order_by("pk")


def _newest_of(roles: Iterable[UUID]) -> dict[UUID, UUID]:
    rows = Version.objects.filter(role__in=list(roles), state=Version.State.PROPOSED).order_by("number")
    return dict(rows.values_list("role_id", "pk"))


def _versions(role: Role) -> QuerySet[Version]:
    return Version.objects.filter(role=role).select_related("role__group")


def _wish(row: Holding, key: bytes | None) -> str:
    return _open(key, row.place, row.wish)


def _open(key: bytes | None, place: str, blob: bytes | memoryview) -> str:
    try:
        return closed.read_with(key, place, blob)
    except closed.Gone:
        return ""
