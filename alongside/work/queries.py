"""Reads of work."""

import datetime as dt
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from alongside.kit import clock, closed, keys, lean
from alongside.kit.money import is_currency
from alongside.pay import queries as ledger
from alongside.people import queries as people
from alongside.people.models import Account, Group, Membership
from alongside.people.rules import TAX_TERM
from alongside.roles import kinds as kinds_
from alongside.roles import queries as roles
from alongside.roles import rules as role_rules
from alongside.roles import words as role_words
from alongside.roles.models import Kind, Version
from alongside.work import response_rules, rules
from alongside.work.models import Entry, Paper, Receipt, ReceiptCopy, Response, ResponseCount, Share, Thanks

PAGE = 30
COLUMNS = tuple(f.attname for f in Entry._meta.concrete_fields)
LEFT_DAYS = 90
"""For so many days after somebody left a role, work of before is still written down under it."""
TOLD = TAX_TERM
"""The consent code: this member was told how long the group keeps pay lines."""


def rows(ids: Sequence[UUID]) -> list[Entry]:
    """The entries with these ids, anybody's: a sync has to know which ids are taken."""
    found = lean.select(Entry, COLUMNS, id=ids[0]) if len(ids) == 1 else lean.select_among(Entry, COLUMNS, "id", ids)
    return [Entry.from_db("default", COLUMNS, row) for row in found]


def there(ids: Sequence[UUID]) -> dict[Account, list[tuple[UUID, int]]]:
    """Those of these entries that are not deleted, by whose they are: each with its revision."""
    found: dict[Account, list[tuple[UUID, int]]] = {}
    for row in Entry.objects.select_related("account").filter(pk__in=list(ids), gone=None).order_by("pk"):
        found.setdefault(row.account, []).append((row.pk, row.revision))
    return found


def content_of(row: Entry, key: bytes | None) -> rules.Entry:
    """What an entry holds; empty for a tombstone and where the key is gone."""
    return _opened(key, row.place, row.content)


def _opened(key: bytes | None, place: str, blob: bytes | memoryview) -> rules.Entry:
    try:
        text = closed.read_with(key, place, blob)
    except closed.Gone:
        return {}
    value: rules.Entry = json.loads(text) if text else {}
    return value


def as_entry(row: Entry, content: rules.Entry) -> rules.Entry:
    """An entry as the API gives it.

    A folded one has ``folded`` and its ``month``; its day is then the month's first, for who knows no folding.
    """
    if row.folded and content:
        content = {**content, "folded": True, "day": f"{content['month']}-01"}
    return {"id": str(row.pk), "revision": row.revision, **content, "deleted": row.gone is not None}


def known_kinds(account: Account, entries: Sequence[object]) -> frozenset[str]:
    """The common kinds; with those of the person's groups when an entry names one that is not common."""
    given = {k for e in entries if isinstance(e, dict) for k in _list(e.get("kinds")) if isinstance(k, str)}
    if given <= kinds_.CODES:
        return kinds_.CODES
    own = Kind.objects.filter(group__memberships__account=account).values_list("code", flat=True)
    return kinds_.CODES | frozenset(own)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def owed_in(account: Account, year: int) -> list[dict[str, Any]]:
    """What the person's shared work of a year is owed by its claims: entry, day, minor units and currency, paid or not.

    Work that was taken back counts for as long as its claim stands. JSON can hold it.
    """
    days = (dt.date(year, 1, 1), dt.date(year, 12, 31))
    rows = Share.objects.filter(membership__account=account, day__range=days, claim__isnull=False)
    shares = {claim: (entry, day) for claim, entry, day in rows.values_list("claim", "entry_id", "day") if claim}
    owed = [
        {
            "entry": str(shares[pk][0]),
            "day": shares[pk][1].isoformat(),
            "amount": state.owed,
            "currency": state.currency,
        }
        for pk, state in ledger.state(shares).items()
        if state.state != "dropped"
    ]
    return sorted(owed, key=lambda one: (one["day"], one["entry"]))


@dataclass(frozen=True)
class Changes:
    """Entries in the order in which they were last stored, and the cursor after them; ``more`` when there are more."""

    entries: list[rules.Entry]
    cursor: str
    more: bool


class BadCursor(ValueError):
    """Raised for a cursor that this installation did not give."""


def changes(account: Account, since: str, limit: int = rules.BATCH_MOST) -> Changes:
    """The person's own entries stored after the cursor ``since`` (empty: all), deletions too. Raises BadCursor."""
    rows = Entry.objects.filter(account=account).order_by("changed", "id")
    if since:
        changed, pk = _cursor(since)
        rows = rows.filter(Q(changed__gt=changed) | Q(changed=changed, id__gt=pk))
    found = list(rows[: limit + 1])
    key = keys.get(account.pk)
    page = found[:limit]
    cursor = f"{page[-1].changed}.{page[-1].pk}" if page else since
    return Changes([as_entry(row, content_of(row, key)) for row in page], cursor, len(found) > limit)


def _cursor(text: str) -> tuple[int, UUID]:
    number, _dot, pk = text.partition(".")
    try:
        changed = int(number)
        found = UUID(pk) if pk else UUID(int=2**128 - 1)
    except ValueError as exc:
        raise BadCursor(text) from exc
    if not 0 <= changed < 2**63:
        raise BadCursor(text)
    return changed, found


def entry(account: Account, pk: UUID) -> rules.Entry | None:
    """One of the person's own entries that is not deleted."""
    row = Entry.objects.filter(account=account, pk=pk, gone__isnull=True).first()
    return as_entry(row, content_of(row, keys.get(account.pk))) if row is not None else None


def record(account: Account) -> list[rules.Entry]:
    """All of the person's own entries, newest day first, then what folded in the same month.

    The days are closed, so the order is made here.
    """
    key = keys.get(account.pk)
    rows = Entry.objects.filter(account=account, gone__isnull=True)
    entries = [as_entry(row, content_of(row, key)) for row in rows.iterator()]
    return sorted((e for e in entries if "day" in e), key=_newest, reverse=True)


def _newest(entry: rules.Entry) -> tuple[str, str]:
    return entry["month"] if entry.get("folded") else entry["day"], entry["id"]


@dataclass(frozen=True)
class SharedState:
    """What became of one entry that its owner shared: with whom, what is owed, who said thanks."""

    share: Share
    group: Group
    state: ledger.ClaimState | None
    thanks: list[str] = field(default_factory=list)

    @property
    def role_unsaid(self) -> bool:
        """As :func:`role_unsaid`; asked when a page wants to know, for it takes a look at the roles."""
        return role_unsaid(self.share)


def shared_states(account: Account, ids: Sequence[UUID]) -> dict[UUID, SharedState]:
    """What became of the person's own shared entries among ``ids``."""
    rows = Share.objects.select_related("group").filter(entry_id__in=list(ids), entry__account=account)
    return {row.entry_id: state for row, state in _states(list(rows)).items()}


def role_unsaid(share: Share) -> bool:
    """Whether work was shared under no role by somebody with an agreed rate for its day: was it left out by mistake?

    Of somebody who left the group it is not asked: they can choose no role any more.
    """
    if share.role_id is not None or share.membership.left is not None:
        return False
    held = roles.agreed_by([share.membership]).values()
    return any(role_rules.binding(one.agreed, share.day) is not None for one in held)


def open_questions(account: Account) -> list[Share]:
    """Shares that were taken back and whose claim nobody said to keep or drop."""
    rows = Share.objects.select_related("group").filter(membership__account=account, withdrawn=True, answered=False)
    return list(rows.order_by("day", "pk"))


def question(account: Account, share: UUID) -> Share | None:
    """One of :func:`open_questions`."""
    return next((row for row in open_questions(account) if row.pk == share), None)


@dataclass(frozen=True)
class Photo:
    """A photo of a receipt, without the picture: its id, or that of a group's copy, and the code of its expense."""

    id: UUID
    code: str


def receipts(account: Account, entry: UUID) -> list[Photo]:
    """The photos of one of the person's own entries."""
    rows = list(Receipt.objects.filter(entry=entry, entry__account=account).order_by("pk"))
    return _photos(rows, keys.get(account.pk) if rows else None)


def receipt(account: Account, pk: UUID) -> bytes | None:
    """The picture of one's own receipt, a JPEG; ``None`` where there is none."""
    row = Receipt.objects.filter(pk=pk, entry__account=account).first()
    return _picture(row, keys.get(account.pk)) if row is not None else None


def receipt_copies(share: Share) -> list[Photo]:
    """The photos that a group has of a shared piece of work."""
    rows = list(ReceiptCopy.objects.filter(share=share).order_by("receipt"))
    return _photos(rows, keys.get(share.group_id) if rows else None)


def receipt_copy(me: Membership, share: UUID, pk: UUID) -> bytes | None:
    """The picture of a group's copy, a JPEG; ``None`` where there is none."""
    row = ReceiptCopy.objects.filter(pk=pk, share=share, share__group=me.group, share__withdrawn=False).first()
    return _picture(row, keys.get(me.group_id)) if row is not None else None


def _photos(rows: Sequence[Receipt | ReceiptCopy], key: bytes | None) -> list[Photo]:
    found = []
    for row in rows:
        try:
            found.append(Photo(row.pk, rules.receipt_parts(closed.read_bytes(key, row.place, row.content))[0]))
        except closed.Gone:
            continue
    return found


def _picture(row: Receipt | ReceiptCopy, key: bytes | None) -> bytes | None:
    try:
        return rules.receipt_parts(closed.read_bytes(key, row.place, row.content))[1]
    except closed.Gone:
        return None


def share_of(claim: UUID) -> Share | None:
    """The shared piece of work that a claim is for, while its group has a copy."""
    return Share.objects.select_related("version").filter(claim=claim, withdrawn=False).first()


def copied(claims: Collection[UUID]) -> set[UUID]:
    """Those of ``claims`` that :func:`share_of` has something for."""
    found = Share.objects.filter(claim__in=claims, withdrawn=False).values_list("claim", flat=True)
    return {claim for claim in found if claim is not None}


@dataclass(frozen=True)
class Shown:
    """A shared piece of work as a coordinator sees it."""

    share: Share
    name: str
    copy: rules.Entry
    state: ledger.ClaimState | None
    thanked: bool
    own: bool

    @property
    def role_unsaid(self) -> bool:
        """As :func:`role_unsaid`; asked when a page wants to know, for it takes a look at the roles."""
        return role_unsaid(self.share)


def inbox(me: Membership, *, before: tuple[dt.date, UUID] | None = None) -> list[Shown]:
    """What was shared with the group, newest day first, ``PAGE`` and one more at a time."""
    rows = Share.objects.filter(group=me.group, withdrawn=False).order_by("-day", "pk")
    if before is not None:
        rows = rows.filter(Q(day__lt=before[0]) | Q(day=before[0], pk__gt=before[1]))
    return _shown(me, list(rows[: PAGE + 1]))


def shared(me: Membership, share: UUID) -> Shown | None:
    """One piece of work that was shared with the group."""
    return next(iter(_shown(me, list(Share.objects.filter(group=me.group, withdrawn=False, pk=share)))), None)


def _shown(me: Membership, rows: list[Share]) -> list[Shown]:
    key = keys.get(me.group_id)
    names = people.names(me.group, {row.membership_id for row in rows})
    states = ledger.state([row.claim for row in rows if row.claim])
    mine = Thanks.objects.filter(membership=me, share__in=[row.pk for row in rows])
    thanked = set(mine.values_list("share_id", flat=True))
    return [
        Shown(
            share=row,
            name=names.get(row.membership_id, ""),
            copy=_opened(key, row.place, row.copy),
            state=states.get(row.claim) if row.claim else None,
            thanked=row.pk in thanked,
            own=row.membership_id == me.pk,
        )
        for row in rows
    ]


def _states(rows: list[Share]) -> dict[Share, SharedState]:
    claims = ledger.state([row.claim for row in rows if row.claim])
    thanks: dict[UUID, list[UUID]] = {}
    for share_id, membership_id in Thanks.objects.filter(share__in=[r.pk for r in rows]).values_list(
        "share_id", "membership_id"
    ):
        thanks.setdefault(share_id, []).append(membership_id)
    names: dict[UUID, str] = {}
    for group in {row.group for row in rows}:
        names |= people.names(group, {m for r in rows if r.group_id == group.pk for m in thanks.get(r.pk, [])})
    return {
        row: SharedState(
            row,
            row.group,
            claims.get(row.claim) if row.claim else None,
            sorted(names.get(m, "") for m in thanks.get(row.pk, [])),
        )
        for row in rows
    }


def choices(account: Account, *, also: str | None = None) -> dict[str, Any]:
    """What the person may choose when recording: groups, roles, group-made kinds, currencies. JSON can hold it.

    A group that closed, or that the person left, is among them only when an entry names it already: ``also``. What was
    done under a role up to the day on which they left it may still be written down for ``LEFT_DAYS`` days: such a role
    is offered as one that is agreed, with that day as ``until`` and in its title.
    """
    every = people.memberships(account, ended=True)
    memberships = [m for m in every if m.takes_work or str(m.group_id) == also]
    held = roles.agreed_by(memberships)
    labels = roles.kind_labels([m.group_id for m in memberships])
    told = people.consents(account, TOLD)
    groups = [
        {
            "id": str(m.group_id),
            "name": m.group.name,
            "currency": m.group.currency,
            "tax_years": m.group.tax_years,
            "told": m.pk in told,
            "kinds": [{"code": c, "label": str(text)} for c, text in labels.get(m.group_id, {}).items()],
            "roles": [_role_choice(h, m) for h in held.values() if h.membership_id == m.pk],
        }
        for m in memberships
    ]
    currencies = list(dict.fromkeys(m.group.currency for m in memberships if is_currency(m.group.currency)))
    return {"groups": groups, "currencies": currencies or ["CAD", "EUR", "USD"]}


def _role_choice(held: roles.HeldRole, member: Membership) -> dict[str, Any]:
    last = None if held.current or member.left else max((one.until for one in held.agreed if one.until), default=None)
    if last is None or clock.today() - last > dt.timedelta(days=LEFT_DAYS):
        return {"id": str(held.id), "title": held.title, "agreed": held.current}
    title = _("%(role)s (until %(day)s)") % {"role": held.title, "day": role_words.show_day(last)}
    return {"id": str(held.id), "title": title, "agreed": True, "until": last.isoformat()}


def responses(account: Account) -> list[response_rules.Response]:
    """The person's own overdose responses that have not folded yet, newest month first."""
    key = keys.get(account.pk)
    if key is None:
        return []
    rows = Response.objects.filter(whose=response_rules.whose(key)).order_by("-month", "pk")
    return [{"id": str(row.pk), **found} for row in rows if (found := response_of(row, key))]


def response_of(row: Response, key: bytes | None) -> response_rules.Response:
    """What an overdose response holds; empty where no key opens it."""
    return _opened(key, row.place, row.content)


def counts_of(row: ResponseCount, key: bytes | None) -> dict[str, list[int]]:
    """The cells of a month's counts; see :data:`alongside.work.response_rules.Cells`."""
    return _opened(key, row.place, row.cells)


@dataclass(frozen=True)
class Waiting:
    """Work copied from paper that waits for the worker's yes: what it says, whose it is, the last day it waits."""

    row: Paper
    name: str
    entry: rules.Entry

    @property
    def until(self) -> dt.date:
        """The last day on which it can be answered."""
        return self.row.made + dt.timedelta(days=rules.PAPER_DAYS)


def paper_content(row: Paper, key: bytes | None) -> rules.Entry:
    """What was copied, as an entry without id and revision; empty where the group's key is gone."""
    return _opened(key, row.place, row.content)


def papers_of_group(group: Group) -> list[Waiting]:
    """What waits for somebody's yes in a group, the oldest first."""
    key = keys.get(group.pk)
    rows = list(Paper.objects.select_related("group", "membership").filter(group=group).order_by("made", "pk"))
    names = people.names(group, {row.membership_id for row in rows})
    return [Waiting(row, names.get(row.membership_id, ""), paper_content(row, key)) for row in rows]


def papers(account: Account) -> list[Paper]:
    """What was copied from paper for this person and waits for their yes."""
    return list(Paper.objects.select_related("group").filter(membership__account=account).order_by("made", "pk"))


def paper(account: Account, pk: UUID) -> Waiting | None:
    """One of :func:`papers`, with the name of whoever copied it."""
    rows = Paper.objects.select_related("group", "membership", "by")
    row = rows.filter(pk=pk, membership__account=account).first()
    content = paper_content(row, keys.get(row.group_id)) if row is not None else {}
    if row is None or not content:
        return None
    return Waiting(row, people.name(row.by) if row.by is not None else "", content)


def terms_of(waiting: Waiting) -> tuple[str, Version | None]:
    """The title of the role that the work would be under, and the terms by which it would be owed."""
    held = roles.agreed_by([waiting.row.membership]).get(UUID(waiting.entry["role"] or str(UUID(int=0))))
    if held is None:
        return "", None
    bound = role_rules.binding(held.agreed, dt.date.fromisoformat(waiting.entry["day"]))
    return held.title, Version.objects.filter(pk=bound.version).first() if bound is not None else None
