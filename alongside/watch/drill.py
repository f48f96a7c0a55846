"""A rehearsal: one escalation from end to end, by the engine, the senders and the gateways that are running.

Somebody invented has a check-in that nobody answers; the person whose number or address is given is called, for real. What
happens is told as it happens, in seconds from the deadline. Nothing of it is left in the end.
"""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from alongside.kit import audit, canonical, clock, closed, keys
from alongside.outbox import actions as outbox
from alongside.outbox import dispatch
from alongside.people.models import Account
from alongside.watch import actions, load, queries
from alongside.watch.models import Call, CheckIn

PREFIX = "drill-"
WORDS = {"name": "Alongside", "know": "This is a rehearsal. No one is in danger. Please tap one answer to test it."}
"""What is behind the link, so that nobody sets out."""
_POLL = 0.2
LONGEST = 540
"""At most so many seconds for an answer: a minute later the next round would begin."""
_LONG = 10.0
"""Seconds after the deadline by which the call should have left."""


class NotRunning(Exception):
    """Raised when no engine is alive: nobody would be called."""


@dataclass
class Report:
    """What a rehearsal found: seconds from the deadline until each thing happened; ``None``: it did not."""

    called: float | None = None
    sent: float | None = None
    answered: float | None = None
    told: float | None = None

    def well(self, *, answer: bool) -> bool:
        """Whether the call left in time, who was called heard that it is over, and, where they were to answer, they did."""
        in_time = self.sent is not None and self.sent <= _LONG
        return in_time and self.told is not None and (self.answered is not None or not answer)


def rehearse(
    *, kind: str, address: str, due_in: int, sent_within: int, answer_within: int, say: Callable[[str], None]
) -> Report:
    """Run one rehearsal with a watcher who is reached by this way (``sms`` or ``mail``); lengths are in seconds.

    ``sent_within`` is how long the provider has to take the call, ``answer_within`` how long somebody has to answer by
    the link; 0: nobody is waited for. ``say`` is told each line. Raises :class:`NotRunning`, and
    :class:`alongside.outbox.addresses.NotOne` for what is no address.
    """
    if not queries.beat()[1]:
        raise NotRunning
    due = clock.database_now() + dt.timedelta(seconds=due_in)
    made = load.invented(due, PREFIX)
    made.check_in.shut = closed.close_with(made.keys[0], made.check_in.place, canonical.dumps(WORDS))
    try:
        load.save([made], [(kind, address)])
        return _followed(made.check_in, due, sent_within, answer_within, say)
    finally:
        _forget(made.person)


def _followed(
    row: CheckIn, due: dt.datetime, sent_within: int, answer_within: int, say: Callable[[str], None]
) -> Report:
    report = Report()
    say("The check is set. Nobody will answer it.")
    for now in _until(due, 60):
        call = Call.objects.filter(check_in=row).first()
        if call is not None:
            report.called = now
            break
    else:
        say("No engine called within a minute of the deadline.")
        return report
    say(f"{report.called:.1f} s after the deadline the engine called.")
    report.sent = _sent(call, due, sent_within, say)
    if report.sent is not None and answer_within:
        report.answered = _answered(call, due, answer_within, say)
    actions.end(person=Account.objects.get(pk=row.person_id), check_in=row.pk)
    if report.sent is not None:
        report.told = _told(call, due, say)
    return report


def _sent(call: Call, due: dt.datetime, within: int, say: Callable[[str], None]) -> float | None:
    for now in _until(due, within):
        state = dispatch.states([call.pk]).get(call.pk)
        if state == "sent":
            say(f"{now:.1f} s after the deadline the provider took the call.")
            return now
        if state == "failed":
            break
    say("No provider took the call.")
    return None


def _answered(call: Call, due: dt.datetime, within: int, say: Callable[[str], None]) -> float | None:
    say(f"Open the link in the message and tap an answer. You have {within} seconds.")
    for now in _until(due, (clock.database_now() - due).total_seconds() + within):
        state = Call.objects.filter(pk=call.pk).values_list("state", flat=True).first()
        if state not in {"called", None}:
            say(f"{now:.1f} s after the deadline the answer was here: {state}.")
            return now
    say("Nobody answered in time.")
    return None


def _told(call: Call, due: dt.datetime, say: Callable[[str], None]) -> float | None:
    """Wait until whoever was called was told of the end."""
    for now in _until(due, (clock.database_now() - due).total_seconds() + 60):
        if "sent" in dispatch.states_of(call.owner, code="watch.over"):
            say(f"{now:.1f} s after the deadline they were told that it is over.")
            return now
    say("They were not told that it is over.")
    return None


def _until(due: dt.datetime, seconds: float) -> Iterator[float]:
    """Seconds from ``due``, by the database's clock, again and again until there are more than ``seconds``."""
    while (now := (clock.database_now() - due).total_seconds()) <= seconds:
        yield now
        time.sleep(_POLL)


def _forget(person: Account) -> None:
    """Take away whoever was invented, with all that was theirs."""
    found = Account.objects.filter(pk=person.pk).first()
    if found is not None:
        actions.leave(account=found)
        outbox.forget(owner=found.pk)
        audit.forget(found.pk)
        found.delete()
    keys.delete(person.pk)
