"""Writes of watch: what the person does, and what who was called does.

Each reads the check-in, locked where rows can be, asks the rules, and writes what they say by compare-and-swap, in one
transaction, by the database's clock. An OK to a check that nobody was called for leaves no audit row: there is nothing to
account for, and a trail of them would say when somebody was alone.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID, uuid4, uuid5

from django.db import connection, transaction

from alongside.kit import audit, clock, closed, keys
from alongside.outbox import actions as outbox
from alongside.outbox import dispatch
from alongside.people.models import Account, Membership
from alongside.watch import queries, rules
from alongside.watch.models import Call, CheckIn, Watcher
from alongside.watch.writing import Change, Lost, Writer, state_of

_Decide = Callable[[rules.State, dt.datetime], rules.Move]


class Unknown(Exception):
    """Raised for a check-in or a link that is not there, or not this person's."""


class Wrong(Exception):
    """Raised for a request to start that cannot be; ``where`` says which parts of it."""

    def __init__(self, where: list[str]) -> None:
        super().__init__(", ".join(where))
        self.where = where


@dataclass(frozen=True)
class Said:
    """What became of what somebody said who was called: how the check-in stands, and how their call does.

    ``mine`` is ``ended`` when it was over before they said it.
    """

    state: str
    mine: str


@transaction.atomic
def start(
    *,
    person: Account,
    first: int,
    every: int | None = None,
    grace: int = rules.GRACE,
    arrive: int = rules.ARRIVE,
    steps: Sequence[tuple[int, Sequence[UUID]]],
    shut: dict[str, str] | None = None,
    shut_from: int = 1,
    stewards: UUID | None = None,
    check_in: UUID | None = None,
) -> CheckIn:
    """Start a check-in. ``steps`` holds (seconds before it, ids of own watchers who agreed); lengths are in seconds.

    ``check_in`` is an id that the phone made: the same one again is the same check-in, so that a lost answer can be asked
    for again. ``stewards`` is a group of the person's. Raises :class:`Wrong`.
    """
    audit.lock(person.pk)  # two starts of one person come one after the other
    if check_in is not None:
        known = CheckIn.objects.filter(pk=check_in).first()
        if known is not None and known.person_id == person.pk:
            return known
        if known is not None:
            raise Wrong(["id"])
    shut = {name: text.strip() for name, text in (shut or {}).items() if text.strip()}
    counts = [(wait, len(watchers)) for wait, watchers in steps]
    bad = rules.wrong(
        first=first, every=every, grace=grace, arrive=arrive, steps=counts, shut=shut, shut_from=shut_from,
        shortest=queries.shortest(),
    )  # fmt: skip
    if bad or (bad := _not_own(person, steps, stewards)):
        raise Wrong(bad)
    state = rules.start(
        now=clock.database_now(), first=first, every=every, waits=[w for w, _ids in steps], grace=grace, arrive=arrive
    )
    row = CheckIn(
        id=check_in or uuid4(), person=person, state=state.state, due_at=state.due, next_at=state.next, every=every,
        grace=grace, arrive=arrive, plan=[[wait, [str(pk) for pk in ids]] for wait, ids in steps],
        shut_from=shut_from, stewards=stewards, day=clock.today(),
    )  # fmt: skip
    row.shut = closed.close_json(person.pk, row.place, shut) if shut else b""
    row.save(force_insert=True)
    audit.append(chain=person.pk, actor=person.pk, act="watch.started", detail={"check_in": str(row.pk)})
    return row


def _not_own(person: Account, steps: Sequence[tuple[int, Sequence[UUID]]], stewards: UUID | None) -> list[str]:
    wanted = {pk for _wait, ids in steps for pk in ids}
    own = Watcher.objects.filter(pk__in=wanted, person=person, agreed=True, off=False).count()
    bad = [] if own == len(wanted) else ["steps"]
    if stewards and not Membership.objects.filter(account=person, group=stewards, left=None).exists():
        bad.append("stewards")
    return bad


def ok(*, person: Account, check_in: UUID, due: dt.datetime | None = None, ago: int = 0) -> CheckIn:
    """The person is well. The check-in as it stands then. Raises :class:`Unknown`.

    A phone without signal says later that it was pressed ``ago`` seconds before, for the check of ``due``: the next check
    is then set from when it was pressed, and an answer to a check that is not the present one changes nothing.
    """
    return _own(person, check_in, _pressed(due, ago, rules.ok), "watch.answered")


def extend(*, person: Account, check_in: UUID, seconds: int, due: dt.datetime | None = None, ago: int = 0) -> CheckIn:
    """The person asks for more time, in seconds. ``due`` and ``ago`` are as with :func:`ok`.

    Raises :class:`Unknown`, or :class:`Wrong` for too short or long a time.
    """
    if not queries.shortest() <= seconds <= rules.LONGEST:
        raise Wrong(["seconds"])
    pressed = _pressed(due, ago, lambda state, now: rules.extend(state, now, seconds))
    return _own(person, check_in, pressed, "watch.answered")


def help_now(*, person: Account, check_in: UUID) -> CheckIn:
    """The person asks for help: the engine calls at once. Raises :class:`Unknown`."""
    return _own(person, check_in, rules.help_now, "watch.help", always=True)


def end(*, person: Account, check_in: UUID) -> CheckIn:
    """The person ends it, safe. Raises :class:`Unknown`."""
    return _own(person, check_in, lambda state, _now: rules.end(state), "watch.ended", always=True)


def _pressed(due: dt.datetime | None, ago: int, decide: _Decide) -> _Decide:
    """``decide`` for a button that was pressed ``ago`` seconds before now, for the check of ``due``."""
    back = dt.timedelta(seconds=min(max(ago, 0), rules.LONGEST))

    def pressed(state: rules.State, now: dt.datetime) -> rules.Move:
        return rules.Move(state) if due is not None and due != state.due else decide(state, now - back)

    return pressed


def _own(person: Account, check_in: UUID, decide: _Decide, act: str, *, always: bool = False) -> CheckIn:
    """Where rows can be locked, the row is from when it is read. Where there is one writer, all is decided before its turn.

    What is written is written only where the row is still as it was read; else it is read again as the one writer.
    """
    if not connection.features.has_select_for_update:
        with suppress(Lost):
            return _moved(person, check_in, decide, act, always=always)
    with transaction.atomic():
        return _moved(person, check_in, decide, act, always=always)


def _moved(person: Account, check_in: UUID, decide: _Decide, act: str, *, always: bool) -> CheckIn:
    found = queries.held(person, check_in)
    if found is None:
        raise Unknown
    row, now = found
    before = state_of(row)
    move = decide(before, now)
    if move.state != before:
        ended = move.state.state == rules.ENDED
        said = ("watch.ended" if ended else act) if always or move.effects or ended else ""
        with transaction.atomic(savepoint=False):
            Writer(now, {}, {}).write([Change(row, move, said, person.pk)])
            if before.state == rules.ASKED:
                dispatch.withdraw([uuid5(row.pk, f"ask:{before.due.isoformat()}")])
    return row


@transaction.atomic
def say(*, person: Account, check_in: UUID, outcome: str) -> None:
    """The person says how it ended, in one word, once it is over. Raises :class:`Unknown`, :class:`Wrong`."""
    if outcome not in rules.OUTCOMES:
        raise Wrong(["outcome"])
    if not CheckIn.objects.filter(pk=check_in, person=person, state=rules.ENDED).update(outcome=outcome):
        raise Unknown


@transaction.atomic
def coming(*, token: queries.Link) -> Said:
    """Who was called is on the way. Raises :class:`Unknown`."""
    return _called(token, "coming", lambda call, state, now: rules.coming(state, now))


@transaction.atomic
def there(*, token: queries.Link) -> Said:
    """Who was called is there. Raises :class:`Unknown`."""
    return _called(token, "there", lambda call, state, now: rules.there(state, now))


@transaction.atomic
def cannot(*, token: queries.Link) -> Said:
    """Who was called cannot come. Raises :class:`Unknown`."""

    def decide(call: Call, state: rules.State, now: dt.datetime) -> rules.Move:
        rest = Call.objects.filter(check_in=call.check_in_id).exclude(owner=call.owner)
        others = rest.filter(state__in=("coming", "there")).exists()
        left = rest.filter(step=state.step, state="called").exists()
        return rules.cannot(state, now, others=others, open_in_step=left)

    return _called(token, "cannot", decide)


@transaction.atomic
def they_are_ok(*, token: queries.Link, outcome: str = "ok") -> Said:
    """Who was called says that it is over, and how it ended. Raises :class:`Unknown`, :class:`Wrong`."""
    if outcome not in rules.OUTCOMES:
        raise Wrong(["outcome"])
    return _called(token, "ended", lambda call, state, now: rules.end(state, outcome))


def _called(link: queries.Link, said: str, decide: Callable[[Call, rules.State, dt.datetime], rules.Move]) -> Said:
    """What somebody said through a link: it stands for all calls of theirs in this check-in, from any round."""
    found = queries.calls(link).values_list("check_in", flat=True).first()
    row = CheckIn.objects.select_for_update().defer("shut").filter(pk=found).first() if found else None
    if row is None:
        raise Unknown
    call = queries.calls(link).get()  # again, now that nobody else changes it
    if call.state == "ended" or row.state not in rules.RAISED:
        return Said(row.state, "ended")
    before, now = state_of(row), clock.database_now()
    same = Call.objects.filter(check_in=row, owner=call.owner).exclude(state="ended")
    news = same.exclude(state=said).exists()
    if said != "ended":
        same.update(state=said)
    move = decide(call, before, now)
    if move.state != before:
        act = f"watch.{said}" if news else ""
        Writer(now, {}, {}).write([Change(row, move, act, call.owner, by=call)])
    elif news:
        detail = {"check_in": str(row.pk)}
        audit.append_many([(row.person_id, call.owner, f"watch.{said}", detail)])
    return Said(row.state, said)


@transaction.atomic
def hold(*, account: Account) -> None:
    """Lock what runs for somebody until the caller's transaction ends: before their chains, as the engine does."""
    list(CheckIn.objects.select_for_update().filter(person=account).order_by("pk").values_list("pk"))


@transaction.atomic
def leave(*, account: Account) -> None:
    """Somebody deletes their account: what runs for them ends, who was called is told, and their crew goes.

    In the crews of others they are a watcher with nobody behind.
    """
    rows = CheckIn.objects.select_for_update().filter(person=account, next_at__isnull=False).order_by("pk")
    for row in rows.defer("shut"):
        Writer(clock.database_now(), {}, {}).write([Change(row, rules.end(state_of(row), "unsaid"), "")])
    for owner in Watcher.objects.filter(person=account, account=None, rota=None).values_list("owner", flat=True):
        outbox.forget(owner=owner)
        keys.delete(owner)
    Watcher.objects.filter(person=account).delete()
    Watcher.objects.filter(account=account).delete()
    Call.objects.filter(owner=account.pk).exclude(state="ended").update(state="ended")
    CheckIn.objects.filter(person=account).delete()


@transaction.atomic
def forget_old(*, today: dt.date) -> int:
    """Delete what is past its term; return how many check-ins went."""
    gone = 0
    for missed in (False, True):
        last = today - dt.timedelta(days=rules.days_kept(int(missed)))
        rows = CheckIn.objects.filter(next_at__isnull=True, day__lt=last)
        rows = rows.filter(round__gt=0) if missed else rows.filter(round=0)
        gone += rows.delete()[1].get("watch.CheckIn", 0)
    return gone
