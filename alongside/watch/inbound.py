"""What people can do by text message, without data and without the app: start, say that they are well, ask for help, stop.

Answers fit one message, in letters that every phone has, and tell nobody what it is about. A number may be of several
people: what runs is found among all of them, and of several check-ins the one that is due first is meant. What each word
does, and why, is in ``docs/watch.md``.
"""

import re

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from alongside.kit import audit, clock
from alongside.outbox import inbound
from alongside.outbox.inbound import Message
from alongside.people.models import Account
from alongside.watch import actions, crew, queries, rules
from alongside.watch.models import CheckIn

MINUTES = 10
"""Until the first check, where no number follows the word."""
GRACE = 120
"""Seconds from a check to the first call: a text message takes longer to and fro than a tap."""


@transaction.atomic
def start(message: Message) -> str:
    """START: a check every so many minutes. What follows the number is shut until people are called."""
    persons = _persons(message)
    if not persons:
        return _("START does not work from this number.")
    for person in persons:
        audit.lock(person.pk)  # a phone that sends twice starts once
    if running := _running(message):
        return _how(running[0])
    minutes, rest = _asked(message.rest)
    if not rules.SHORTEST <= minutes * 60 <= rules.LONGEST:
        return _("It did not start. Give minutes from 1 to %(most)d, as in START 20.") % {"most": rules.LONGEST // 60}
    if not queries.beat()[1]:
        return _("It did not start: we cannot keep time now. Please tell someone near you.")
    row = _started(message, persons, minutes * 60, minutes * 60, rest)
    if row is None:
        return _("It did not start: no one stands by for you now. Please tell someone near you.")
    return _("It runs. Next check in %(minutes)d min. We text you then: answer OK. HELP and STOP work at any time.") % {
        "minutes": minutes
    }


def ok(message: Message) -> str:
    """OK: the person is well."""
    running = _running(message)
    if not running:
        return _no_check(message)
    before = running[0]
    after = actions.ok(person=before.person, check_in=before.pk)
    told = before.state in rules.RAISED
    if after.state == rules.ENDED:
        return _("OK. It has ended, and who was called is told.") if told else _("OK. It has ended.")
    left = {"minutes": _minutes(after)}
    if told:
        return _("OK. Who was called is told. Next check in %(minutes)d min.") % left
    return _("OK. Next check in %(minutes)d min.") % left


@transaction.atomic
def help_now(message: Message) -> str:
    """HELP: people are called at once, for the check-in that runs or for one that begins with this."""
    persons = _persons(message)
    running = _running(message)
    if not persons:
        return _("We text you when someone who chose you needs you. Use the link in that text. STOP ends these texts.")
    row = running[0] if running else _started(message, persons, queries.shortest(), None, message.rest)
    if row is None:
        return _("No one can be called from here now. Please phone someone.")
    actions.help_now(person=row.person, check_in=row.pk)
    if not queries.beat()[1]:
        return _("It may take longer to call your people. Please phone someone too.")
    return _("Your people are called now. Text OK if you are well.")


@transaction.atomic
def stop(message: Message) -> str:
    """STOP: what runs ends. Where nothing runs, nothing is sent to this number any more, and its watchers stop."""
    running = _running(message)
    if running:
        row = running[0]
        actions.end(person=row.person, check_in=row.pk)
        return _("It has ended. To get no more texts from us, text STOP again.")
    inbound.drop(message)
    for owner in message.owners:
        crew.stopped_by_text(owner=owner)
    return _("You get no more texts from us.")


def _persons(message: Message) -> list[Account]:
    """The accounts whose number this is, who proved it last coming first."""
    found = Account.objects.in_bulk(list(message.owners))
    return [found[owner] for owner in message.owners if owner in found]


def _running(message: Message) -> list[CheckIn]:
    rows = CheckIn.objects.select_related("person").filter(person__in=message.owners, next_at__isnull=False)
    return list(rows.order_by("due_at", "pk"))


def _asked(rest: str) -> tuple[int, str]:
    """Minutes, and what else was written: ``20 min blue door``."""
    found = re.match(r"(\d{1,6})\s*(?:minutes?|mins?|m)?\b[\s.,:;]*", rest, re.IGNORECASE | re.ASCII)
    return (int(found[1]), rest[found.end() :]) if found else (MINUTES, rest)


def _started(message: Message, persons: list[Account], first: int, every: int | None, rest: str) -> CheckIn | None:
    """A check-in of the first of these people for whom somebody stands by; ``None`` when there is nobody.

    Who is called sees the number, and what was written besides.
    """
    shut = {"contact": message.number[: rules.SHUT["contact"]], "know": rest[: rules.SHUT["know"]]}
    for person in persons:
        steps = queries.usual_steps(person)
        if queries.stands_by(person, [(wait, map(str, some)) for wait, some in steps]):
            return actions.start(
                person=person, first=first, every=every, grace=max(GRACE, queries.shortest()), steps=steps, shut=shut
            )
    return None


def _how(row: CheckIn) -> str:
    if row.state == rules.WATCHING:
        left = {"minutes": _minutes(row)}
        return _("It runs already. Next check in %(minutes)d min. You can text OK, HELP or STOP.") % left
    return _("It runs already, and waits for you. Text OK if you are well, or HELP.")


def _minutes(row: CheckIn) -> int:
    """Whole minutes until the check, 1 at least."""
    left = (row.due_at - clock.database_now()).total_seconds()
    return max(1, round(left / 60))


def _no_check(message: Message) -> str:
    if _persons(message):
        return _("Nothing runs now. Text START to begin.")
    return _("Thank you. Please use the link in our text.")


inbound.register(
    ("START", "GO", "DEBUT", "COMMENCER"),
    start,
    gettext_noop("START"),
    gettext_lazy("We ask you every 10 minutes if you are well. START 20: every 20. Who is called sees your number."),
)
inbound.register(("OK", "OKAY"), ok, gettext_noop("OK"), gettext_lazy("You are well."))
inbound.register(
    ("HELP", "SOS", "AIDE"), help_now, gettext_noop("HELP"), gettext_lazy("Your people are called at once.")
)
inbound.register(
    ("STOP", "DONE", "END", "FIN", "ARRET"),
    stop,
    gettext_noop("STOP"),
    gettext_lazy("It ends. When nothing runs: we text you no more."),
)
