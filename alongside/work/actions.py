"""Writes of work: sync, keep or drop, thanks."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alongside.kit import audit, canonical, clock, closed, keys, lean
from alongside.outbox import actions as outbox
from alongside.pay import actions as pay
from alongside.people import queries as people
from alongside.people.actions import Refused
from alongside.people.models import Account, Membership
from alongside.work import drawing, queries, rules, sharing
from alongside.work.models import Entry, Share, Thanks, place_of_entry

TRIES = 3
"""How often at most a sync is decided anew, when others came in its way at the same instant."""


@dataclass(slots=True)
class Answer:
    """What became of one entry of a sync: ``stored``, ``unchanged``, ``conflict`` or ``rejected``.

    ``id`` is what was sent when that is text, else ``None``; ``errors`` holds codes by field; ``theirs`` the stored
    entry on a conflict.
    """

    id: str | None
    status: str = "rejected"
    revision: int | None = None
    theirs: rules.Entry | None = None
    errors: rules.Errors = field(default_factory=dict)


def sync(*, account: Account, entries: Sequence[object]) -> list[Answer]:
    """Store what a phone sends; answer each entry in the order given. One bad entry never holds up the rest.

    Everything that is stored is stored in one transaction, with its shares, claims and one row in the person's own
    audit chain; calls of one person come one after another, so the same entry sent many times is stored once. What can
    be made of what was sent without asking what is stored is made before: on SQLite all others wait meanwhile.
    """
    known, today = queries.known_kinds(account, entries), clock.today()
    key = keys.get_or_make(account.pk)
    sent = [_ready(raw, key, today=today, kinds=known) for raw in entries]
    for _again in range(TRIES):
        try:
            return _store(account, key, sent)
        except (IntegrityError, sharing.Overtaken):
            # Two people made the same id in the same instant: now one of them has it, and the other is told so. Or this
            # person has deleted everything meanwhile: then the key is gone. Or a group was closed meanwhile: that is known now.
            keys.get_or_make(account.pk)
    return _store(account, key, sent)


@transaction.atomic
def keep_or_drop(*, account: Account, share: UUID, keep: bool) -> None:
    """Answer what taking a share back left open: the claim stays owed, or is dropped."""
    audit.lock(account.pk)  # as a sync does: the person's own chain first, then the group's
    row = Share.objects.filter(pk=share, membership__account=account, withdrawn=True, answered=False).first()
    if row is None:
        raise Refused(_("This was answered already."))
    if not keep and row.claim is not None:
        pay.drop(claim=row.claim)
    row.answered = True
    row.save(update_fields=["answered"])
    audit.append(
        chain=row.group_id, actor=account.pk, act="work.kept" if keep else "work.dropped", detail={"share": str(row.pk)}
    )


@transaction.atomic
def take_back(*, account: Account, entry: UUID) -> None:
    """Take the group's copy of a folded entry back; a whole one is taken back by a sync. Raises :class:`Refused`.

    It counts as a new revision: a phone that holds the one before, in which it is shared, is asked about it.
    """
    head = audit.lock(account.pk)
    rows = Share.objects.select_related("membership", "group", "entry")
    row = rows.filter(entry=entry, entry__account=account, entry__folded=True, withdrawn=False).first()
    if row is None:
        raise Refused(_("This is not shared any more."))
    audit.lock(row.group_id)
    mine = row.entry
    mine.revision, mine.changed = mine.revision + 1, head.seq + 1
    mine.save(update_fields=["revision", "changed"])
    detail = {"entry": str(mine.pk)}
    audit.append(chain=account.pk, actor=account.pk, act="work.taken_back", detail=detail, head=head)
    sharing.take_back(row)


@transaction.atomic
def thank(*, by: Membership, share: UUID) -> None:
    """A coordinator's thanks, once each; the worker gets a letter."""
    audit.lock(by.group_id)  # before the share is read: its owner may be taking it back
    shared = Share.objects.select_related("membership", "entry").filter(group=by.group, withdrawn=False)
    row = shared.filter(pk=share).first()
    if not by.coordinates:
        raise Refused(_("Please ask a coordinator to do this."))
    if row is None:
        raise Refused(_("This work is not shared any more."))
    if row.membership_id == by.pk:
        raise Refused(_("This work is your own."))
    made = Thanks.objects.get_or_create(share=row, membership=by)[1]
    if made:
        audit.append(chain=by.group_id, actor=by.account_id, act="work.thanks", detail={"share": str(row.pk)})
        outbox.send(
            owner=row.membership.account_id,
            code="work.thanks",
            path=f"/work/{row.entry_id}/",
            name=people.name(by),
            group=by.group.name,
            day=f"{row.day:%Y-%m}" if row.entry.folded else row.day.isoformat(),
        )


_columns = attrgetter(*queries.COLUMNS)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


@dataclass(slots=True)
class _Sent:
    """One entry of a sync, read and closed before anybody waits for the turn to write.

    ``id`` is what was sent when that is text; ``content`` and its ciphertext ``blob`` are what is kept if it is stored.
    """

    id: str | None
    entry: rules.Entry
    wrong: rules.Errors
    content: rules.Entry = field(default_factory=dict)
    blob: bytes = b""


def _ready(raw: object, key: bytes, *, today: dt.date, kinds: Collection[str]) -> _Sent:
    entry, wrong = rules.checked(raw, today=today, kinds=kinds)
    sent = _Sent(_text(raw.get("id") if isinstance(raw, dict) else None), entry, wrong)
    if not wrong and (content := rules.content(entry)):
        sent.content = content
        sent.blob = closed.close_with(key, place_of_entry(entry["id"]), canonical.dumps(content))
    return sent


@transaction.atomic
def _store(account: Account, key: bytes, sent: Sequence[_Sent]) -> list[Answer]:
    head = audit.lock(account.pk)
    ids = {one.entry["id"]: UUID(one.entry["id"]) for one in sent if one.entry.get("id")}
    rows = queries.rows(list(ids.values()))
    ctx = sharing.context(account, [one.entry for one in sent if not one.wrong], [row.pk for row in rows])
    batch = _Batch(account, key, head, ids=ids, rows=rows, ctx=ctx)
    answers = [batch.take(one) for one in sent]
    batch.write()
    return answers


@dataclass(slots=True)
class _New:
    """What will be a row of :class:`Entry`, by the same names: a model's instance costs more than all else of it."""

    id: UUID
    account_id: UUID
    revision: int
    changed: int
    content: bytes = b""
    gone: dt.date | None = None
    folded: bool = False

    @property
    def pk(self) -> UUID:
        """The id, as a model's instance names it."""
        return self.id


class _Batch:
    """The entries of one sync: decides about each of them, then writes all that is to be stored.

    Entries go by their ids as text, as they were sent: of some hundred at once, none is looked up by more.
    """

    def __init__(
        self,
        account: Account,
        key: bytes,
        head: audit.Head,
        *,
        ids: Mapping[str, UUID],
        rows: Iterable[Entry],
        ctx: sharing.Context,
    ) -> None:
        self.account, self.key, self.head, self.ids, self.ctx = account, key, head, ids, ctx
        self.seq = head.seq + 1
        there = {str(row.pk): row for row in rows}
        mine = [(pk, row) for pk, row in there.items() if row.account_id == account.pk]
        self.contents = {pk: queries.content_of(row, key) for pk, row in mine}
        self.rows: dict[str, Entry | _New] = dict(there)
        self.new: dict[str, _New] = {}
        self.changed: dict[str, Entry] = {}
        self.entries: dict[str, rules.Entry] = {}
        self.erased: set[UUID] = set()
        self.back: set[UUID] = set()

    def take(self, sent: _Sent) -> Answer:
        """Decide about one entry."""
        answer = Answer(id=sent.id)
        if sent.wrong:
            answer.errors = sent.wrong
            return answer
        row = self.rows.get(sent.entry["id"])
        if row is not None and row.account_id != self.account.pk:
            answer.errors = {"id": "taken"}
            return answer
        return self._decide(answer, row, sent)

    def _decide(self, answer: Answer, row: Entry | _New | None, sent: _Sent) -> Answer:
        entry, pk = sent.entry, sent.entry["id"]
        same = row is not None and self._same(pk, row, sent)
        verdict = rules.verdict(row.revision if row else None, same, entry["revision"])
        answer.revision = row.revision if row else None
        if verdict == "not_first":
            answer.errors = {"revision": "not_first"}
        elif verdict == "conflict" and row is not None:
            answer.status, answer.theirs = "conflict", queries.as_entry(self._row(pk), self.contents[pk])
        elif verdict == "unchanged":
            answer.status = "unchanged"
            if entry["deleted"]:
                self.erased.add(self.ids[pk])  # noted again: the process may have ended before it was
        elif wrong := self._elsewhere(pk, row, entry):
            answer.errors = wrong
        else:
            self._keep(row, sent)
            answer.status, answer.revision = "stored", entry["revision"]
        return answer

    def _same(self, pk: str, row: Entry | _New, sent: _Sent) -> bool:
        """Whether what was sent is what is stored; of a folded entry, also that what says it is shared still is."""
        if not row.folded:
            return self.contents[pk] == sent.content
        share = self.ctx.existing.get(row.pk)
        there = share is not None and not share.withdrawn
        return self.contents[pk] == rules.folded(sent.content) and (there or not sent.entry.get("shared"))

    def _elsewhere(self, pk: str, row: Entry | _New | None, entry: rules.Entry) -> rules.Errors:
        """What is wrong with the group or the role that an entry names; one that is deleted names none."""
        if entry["deleted"] or (entry["group"] is None and entry["role"] is None):
            return {}
        return sharing.errors(self.ctx, entry, self._before(pk, row, entry))

    def _before(self, pk: str, row: Entry | _New | None, entry: rules.Entry) -> rules.Entry | None:
        """What is stored; of a folded entry that is shared, with whom is what its share says."""
        share = self.ctx.existing.get(row.pk) if row is not None else None
        if row is None or not row.folded:
            return self.contents.get(pk)
        if share is None:  # for whom it was is gone: a group that the person was in may be said again
            return {"group": entry["group"] if entry["group"] in self.ctx.memberships else None, "shared": False}
        role = str(share.role_id) if share.role_id else None
        return {"group": str(share.group_id), "role": role, "shared": not share.withdrawn}

    def _keep(self, row: Entry | _New | None, sent: _Sent) -> None:
        entry, pk = sent.entry, sent.entry["id"]
        if row is None:
            row = self.rows[pk] = self.new[pk] = _New(self.ids[pk], self.account.pk, 1, self.seq)
        elif isinstance(row, Entry):
            self.changed[pk] = row
        if entry["deleted"]:
            self.erased.add(row.pk)
        elif row.gone is not None:
            self.back.add(row.pk)
            self.erased.discard(row.pk)
        row.revision, row.changed, row.folded = entry["revision"], self.seq, False
        row.gone = clock.today() + dt.timedelta(days=rules.TOMBSTONE_DAYS) if entry["deleted"] else None
        row.content = sent.blob
        self.contents[pk] = sent.content
        self.entries[pk] = entry

    def _row(self, pk: str) -> Entry:
        """The entry as a model's instance, once it is written."""
        row = self.rows[pk]
        return row if isinstance(row, Entry) else Entry.from_db("default", queries.COLUMNS, _columns(row))

    def write(self) -> None:
        """Write what was kept, then settle shares and claims.

        What was deleted is noted beside the keys, for a restore of an older backup: once that is on disk, and what is
        there again is taken off that list before, so that no restore ever deletes what should be there.
        """
        if self.back:
            keys.keep(self.back)
        if self.erased:
            transaction.on_commit(partial(keys.erase, sorted(self.erased)))
        if not self.entries:
            return
        sharing.lock(self.ctx, self.entries)
        sharing.still(self.ctx, self.entries)
        new = map(_columns, self.new.values())
        detail = {"entries": len(self.entries)}
        me = self.account.pk
        with lean.together(Entry):
            audit.append(chain=me, actor=me, act="work.sync", detail=detail, head=self.head, key=self.key)
            lean.insert(Entry, queries.COLUMNS, new)
        for row in self.changed.values():
            row.save(update_fields=["revision", "changed", "content", "gone", "folded"])
        for pk, entry in self.entries.items():
            if entry["shared"] or entry["revision"] > 1:  # else it is new and its owner's alone
                sharing.settle(self.ctx, self._row(pk), entry)
        drawing.write(self.ctx.stocks)
