"""Writes of roles. Each locks the group's audit chain first, so that two at once follow each other."""

from collections.abc import Iterable
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from alongside.kit import audit, clock, closed
from alongside.outbox import actions as outbox
from alongside.people import queries as people
from alongside.people.actions import Refused
from alongside.people.models import Membership
from alongside.people.rules import is_visible, one_line, without_controls
from alongside.roles import agreed, queries, rules
from alongside.roles import kinds as common
from alongside.roles.models import Agreement, Change, Holding, Kind, Role, Unnamed, Version


@transaction.atomic
def draft(*, by: Membership, title: str, terms: rules.Terms) -> Role:
    """A new role with its first version as a draft. ``by`` must coordinate. Raises :class:`Refused`."""
    _coordinator(by)
    wanted = _title(title)
    audit.lock(by.group_id)
    role = Role(group=by.group)
    role.title = closed.close(by.group_id, role.place, wanted)
    role.save(force_insert=True)
    version = Version(role=role, number=1)
    _write(version, terms)
    version.save(force_insert=True)
    _audit(by, "roles.drafted", role, version=version.pk)
    return role


@transaction.atomic
def save_draft(*, by: Membership, version: Version, title: str, terms: rules.Terms) -> None:
    """Write a draft anew. A title that its holders chose stays theirs. Raises :class:`Refused`."""
    role, version = _own_version(by, version)
    wanted = _title(title)
    if version.state != Version.State.DRAFT:
        raise Refused(_("This version is out already. Please start a new one."))
    if wanted != queries.title(role):
        if role.chosen:
            raise Refused(_("The people who hold this role chose its title. Only they can change it."))
        role.title = closed.close(role.group_id, role.place, wanted)
        role.save(update_fields=["title"])
    _write(version, terms)
    version.save(update_fields=["terms"])
    _audit(by, "roles.saved", role, version=version.pk)


@transaction.atomic
def propose(*, by: Membership, version: Version) -> None:
    """Put a draft to the role's holders. It never changes from here on, and binds nobody who does not say yes.

    Raises :class:`Refused` while something in it is missing.
    """
    role, version = _own_version(by, version)
    if version.state != Version.State.DRAFT:
        raise Refused(_("This version is out already. Please start a new one."))
    if queries.problems(version):
        raise Refused(_("Something is still missing. Please look at the draft again."))
    version.state, version.day = Version.State.PROPOSED, clock.today()
    version.save(update_fields=["state", "day"])
    _proposed(by, role, version)


@transaction.atomic
def new_draft(*, by: Membership, role: Role) -> Version:
    """A copy of the newest terms as a draft, one number on. Raises :class:`Refused` when there is a draft."""
    role = _own_role(by, role)
    newest = queries.newest(role)
    if queries.draft(role) or newest is None:
        raise Refused(_("There is a draft already. Please go on with that one."))
    version = Version(role=role, number=newest.number + 1)
    _write(version, queries.terms(newest))
    version.save(force_insert=True)
    _audit(by, "roles.drafted", role, version=version.pk)
    return version


@transaction.atomic
def ask(*, by: Membership, role: Role, membership: Membership) -> Holding:
    """Ask a member to hold the role. Nothing counts until they agree; somebody who left agrees anew.

    Raises :class:`Refused`.
    """
    role = _own_role(by, role)
    if membership.group_id != role.group_id:
        raise Refused(_("This person is not in the group."))
    row = Holding.objects.filter(role=role, membership=membership).first()
    if row is None:
        row = Holding.objects.create(role=role, membership=membership)
    elif row.ended:
        row.ended, row.wish = False, b""
        row.save(update_fields=["ended", "wish"])
    else:
        raise Refused(_("This person was asked already."))
    _audit(by, "roles.asked", role, member=membership.pk)
    _tell(membership, "roles.asked", role)
    return row


@transaction.atomic
def wish(*, holding: Holding, title: str) -> None:
    """Keep which title a holder would choose. When all holders wish for the same, it becomes the role's title.

    Raises :class:`Refused`.
    """
    role, holding = _own_holding(holding)
    holding.wish = closed.close(role.group_id, holding.place, _title(title))
    holding.save(update_fields=["wish"])
    _audit(holding.membership, "roles.wished", role, holding=holding.pk)
    _settle(role, holding.membership)


@transaction.atomic
def agree(*, holding: Holding, version: Version) -> None:
    """A holder's yes to the newest proposed version. Saying it twice changes nothing. Raises :class:`Refused`.

    Who left the role and agrees to the same version again agreed on the day of the first yes: what binds work done
    before they left stays as it was.
    """
    audit.lock(holding.membership.account_id)  # as a sync does: the person's own chain first, then the group's
    role, holding = _own_holding(holding)
    newest = queries.newest(role)
    if newest is None or newest.pk != version.pk:
        raise Refused(_("There is a newer version now. Please read that one first."))
    row, new = Agreement.objects.get_or_create(holding=holding, version=newest, defaults={"day": clock.today()})
    if not new:
        if row.until is None:
            return
        row.until = None
        row.save(update_fields=["until"])
    _audit(holding.membership, "roles.agreed", role, holding=holding.pk, version=newest.pk)
    _tell_coordinators(holding.membership, "roles.agreed", role)
    agreed.tell(holding.membership, role)


@transaction.atomic
def request_change(
    *, holding: Holding, version: Version, text: str, asks: str = "change", follows: Change | None = None
) -> Change:
    """Ask for a change in a version, or a question about it (``asks``); the group must answer.

    ``follows``: an answer in the same thread that did not settle it. Raises :class:`Refused`.
    """
    return _ask(holding, version, _text(text), asks, follows)


def _ask(holding: Holding, version: Version, text: str, asks: str = "change", follows: Change | None = None) -> Change:
    """As :func:`request_change`, of what is to be kept as it is."""
    role, holding = _own_holding(holding)
    found = queries.version(role, version.pk)
    if found is None or asks not in rules.ASKS:
        raise Refused(_("This version is not part of the role."))
    if follows is not None:
        follows = _own_change(holding, follows)
        if follows.answered is None:
            raise Refused(_("The group has not answered yet."))
        asks = follows.asks
    row = Change(holding=holding, version=found, day=clock.today(), asks=asks, follows=follows)
    row.text = closed.close(role.group_id, row.text_place, text)
    row.save(force_insert=True)
    _audit(holding.membership, f"roles.{asks}", role, holding=holding.pk, change=row.pk)
    _tell_coordinators(holding.membership, f"roles.{asks}", role)
    return row


@transaction.atomic
def resolve(*, holding: Holding, change: Change) -> None:
    """Who asked says that it is settled, answered or not: the group owes no answer then. Raises :class:`Refused`."""
    role, holding = _own_holding(holding)
    row = _own_change(holding, change)
    row.resolved = clock.today()
    row.save(update_fields=["resolved"])
    _audit(holding.membership, "roles.resolved", role, holding=holding.pk, change=row.pk)
    _tell_coordinators(holding.membership, "roles.resolved", role)


@transaction.atomic
def answer(*, by: Membership, change: Change, text: str, version: Version | None = None) -> None:
    """Answer a request: with reasons, or by a version proposed after the one it was about, or both.

    Raises :class:`Refused`.
    """
    role = _own_role(by, change.holding.role)
    change = Change.objects.select_related("version", "holding__membership").get(pk=change.pk)
    if change.answered:
        raise Refused(_("This was answered already."))
    if change.resolved:
        raise Refused(_("This is settled already."))
    if version is not None:
        newer = queries.version(role, version.pk)
        if newer is None or newer.state != Version.State.PROPOSED or newer.number <= change.version.number:
            raise Refused(_("Please choose a version that came after this request."))
        change.by_version = newer
    if text.strip() or version is None:
        change.answer = closed.close(role.group_id, change.answer_place, _text(text))
    change.answered = clock.today()
    change.save(update_fields=["answer", "answered", "by_version"])
    _audit(by, "roles.answered", role, change=change.pk)
    _tell(change.holding.membership, "roles.answered", role)


@transaction.atomic
def leave(*, holding: Holding) -> None:
    """Say no to a role, or hold it no longer. Work shared before stays owed. Raises :class:`Refused`."""
    role, holding = _own_holding(holding)
    holding.ended, holding.wish = True, b""
    holding.save(update_fields=["ended", "wish"])
    holding.agreements.filter(until__isnull=True).update(until=clock.today())
    _audit(holding.membership, "roles.left", role, holding=holding.pk)
    _tell_coordinators(holding.membership, "roles.left", role)
    _settle(role, holding.membership)


@transaction.atomic
def widen(*, by: Membership, role: Role, kinds: Iterable[str]) -> Version:
    """A new proposed version that names ``kinds``; holders agree anew. An open draft names them too.

    Raises :class:`Refused`.
    """
    role = _own_role(by, role)
    wanted = list(dict.fromkeys(kinds))
    if not wanted or not set(wanted) <= queries.codes(role.group_id):
        raise Refused(_("Please choose at least one kind of work."))
    newest = queries.newest(role)
    if newest is None:
        raise Refused(_("Please finish the draft first."))
    terms = queries.terms(newest)
    if set(wanted) <= set(terms.scope_in):
        raise Refused(_("The role names this work already."))
    number = newest.number + 1
    waiting = queries.draft(role)
    if waiting is not None:
        number = waiting.number
        _write(waiting, rules.widened(queries.terms(waiting), wanted))
        waiting.number += 1
        waiting.save(update_fields=["terms", "number"])
    version = Version(role=role, number=number, state=Version.State.PROPOSED, day=clock.today())
    _write(version, rules.widened(terms, wanted))
    version.save(force_insert=True)
    _proposed(by, role, version)
    return version


@transaction.atomic
def ask_to_name(*, holding: Holding, kinds: Iterable[str]) -> Change:
    """Ask, in ready words, that the role names kinds of work that are done under it. Raises :class:`Refused`.

    Their codes are kept: whoever reads it has a language of their own. Asked again while the group owes an answer to
    just this, it is the question that was asked.
    """
    role, holding = _own_holding(holding)
    newest = queries.newest(role)
    known = queries.codes(role.group_id)
    named = [code for code in dict.fromkeys(kinds) if code in known]
    if not named or newest is None:
        raise Refused(_("Please choose at least one kind of work."))
    for row in holding.changes.filter(answered=None, resolved=None):
        if set(rules.to_name(closed.read(role.group_id, row.text_place, row.text))) == set(named):
            return row
    return _ask(holding, newest, rules.naming(named))


@transaction.atomic
def note_unnamed(*, role_id: UUID, kinds: Iterable[str]) -> None:
    """Mark kinds that were shared under a role which does not name them. No audit row: the share leaves its own.

    A mark says which kind, never whose work or when. Kinds that a group is not shown one by one are marked as what
    it is shown instead.
    """
    marks = [Unnamed(role_id=role_id, kind=code) for code in common.shown_to_group(list(kinds))]
    Unnamed.objects.bulk_create(marks, ignore_conflicts=True)


@transaction.atomic
def add_kind(*, by: Membership, label: str) -> Kind:
    """A kind of work of the group's own. Its code is kept for good. Raises :class:`Refused`."""
    _coordinator(by)
    words = one_line(label)
    if not is_visible(words) or len(words) > rules.LABEL_MOST:
        raise Refused(_("Please write a name of 1 to 60 letters."))
    audit.lock(by.group_id)
    known = queries.labels(by.group_id)
    if words.casefold() in {name.casefold() for name in known.values()}:
        raise Refused(_("There is a kind with this name already."))
    code = f"g-{slugify(words)[:30].strip('-') or uuid4().hex[:12]}"
    if code in known:
        code = f"{code}-{uuid4().hex[:6]}"
    kind = Kind.objects.create(group=by.group, code=code, label=words)
    audit.append(chain=by.group_id, actor=by.account_id, act="roles.kind", detail={"kind": str(kind.pk)})
    return kind


def _coordinator(by: Membership) -> None:
    if not by.coordinates:
        raise Refused(_("This is for coordinators."))


def _own_role(by: Membership, role: Role) -> Role:
    """The role as it is now, locked; refused to anybody but a coordinator of its group."""
    _coordinator(by)
    if role.group_id != by.group_id:
        raise Refused(_("This role is not in your group."))
    audit.lock(role.group_id)
    return Role.objects.select_related("group").get(pk=role.pk)


def _own_version(by: Membership, version: Version) -> tuple[Role, Version]:
    role = _own_role(by, version.role)
    return role, Version.objects.select_related("role__group").get(pk=version.pk, role=role)


def _own_holding(holding: Holding) -> tuple[Role, Holding]:
    """The holding and its role as they are now, locked; refused to somebody who holds the role no longer."""
    audit.lock(holding.membership.group_id)
    rows = Holding.objects.select_related("role__group", "membership__account")
    found = rows.filter(pk=holding.pk, ended=False).first()
    if found is None:
        raise Refused(_("You do not hold this role now."))
    return found.role, found


def _own_change(holding: Holding, change: Change) -> Change:
    """What the holder asked, as it is now; refused when it is not theirs, settled, or was asked on."""
    row = Change.objects.filter(pk=change.pk, holding=holding).first()
    if row is None:
        raise Refused(_("Somebody else asked this."))
    if row.resolved or Change.objects.filter(follows=row).exists():
        raise Refused(_("This is settled already."))
    return row


def _title(text: str) -> str:
    wanted = rules.title(text)
    if wanted is None:
        raise Refused(_("Please write a title of 1 to 80 letters."))
    return wanted


def _text(text: str) -> str:
    wanted = without_controls(text).strip()
    if not wanted:
        raise Refused(_("Please write a few words."))
    if len(wanted) > rules.TEXT_MOST:
        raise Refused(_("This is too long. Please write less."))
    return wanted


def _write(version: Version, terms: rules.Terms) -> None:
    version.terms = closed.close_json(version.role.group_id, version.place, terms.as_json())


def _settle(role: Role, last: Membership) -> None:
    """Make the title that all current holders wish for the role's own."""
    wishes = [closed.read(role.group_id, h.place, h.wish) for h in Holding.objects.filter(role=role, ended=False)]
    chosen = rules.settled_title(wishes) if wishes else None
    if chosen is None or (role.chosen and chosen == queries.title(role)):
        return
    role.title, role.chosen = closed.close(role.group_id, role.place, chosen), True
    role.save(update_fields=["title", "chosen"])
    _audit(last, "roles.titled", role)
    _tell_coordinators(last, "roles.titled", role)


def _proposed(by: Membership, role: Role, version: Version) -> None:
    """Take away marks that the new version answers, leave the audit row, and ask every holder."""
    terms = queries.terms(version)
    Unnamed.objects.filter(role=role, kind__in=[*terms.scope_in, *terms.scope_out]).delete()
    _audit(by, "roles.proposed", role, version=version.pk)
    for row in queries.holdings(role):
        _tell(row.membership, "roles.proposed", role)


def _audit(by: Membership, act: str, role: Role, **ids: UUID) -> None:
    detail = {"role": str(role.pk)} | {name: str(value) for name, value in ids.items()}
    audit.append(chain=role.group_id, actor=by.account_id, act=act, detail=detail)


def _tell(membership: Membership, code: str, role: Role) -> None:
    outbox.send(
        owner=membership.account_id,
        code=code,
        path=f"/roles/{role.pk}/",
        title=queries.title(role),
        group=role.group.name,
    )


def _tell_coordinators(about: Membership, code: str, role: Role) -> None:
    name, title = people.name(about), queries.title(role)
    for other in people.coordinators(role.group):
        if other.pk != about.pk:
            outbox.send(
                owner=other.account_id,
                code=code,
                path=f"/roles/{role.pk}/",
                title=title,
                group=role.group.name,
                name=name,
            )
