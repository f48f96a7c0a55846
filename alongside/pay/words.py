"""What pay says: parts, methods and states in words, and how a sum comes about, in short sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alongside.kit import money
from alongside.kit.text import Words
from alongside.pay.rules import Change, Measure, Step, steps
from alongside.roles.rules import Rate

METHODS: dict[str, Words] = {
    "cash": gettext_lazy("Cash"),
    "transfer": gettext_lazy("Bank transfer"),
    "card": gettext_lazy("Prepaid card"),
    "cheque": gettext_lazy("Cheque"),
    "voucher": gettext_lazy("Voucher"),
}
"""How somebody can be paid; in the order of :data:`alongside.pay.models.METHODS`."""

PARTS: dict[str, Words] = {
    "time": gettext_lazy("Work"),
    "premium": gettext_lazy("After hours"),
    "callout": gettext_lazy("Called on"),
    "expenses": gettext_lazy("Money spent"),
    "correction": gettext_lazy("Change"),
    "agreed": gettext_lazy("Agreed by both"),
    "dropped": gettext_lazy("Dropped"),
    "paid": gettext_lazy("Paid"),
}
"""What a line of the ledger is for."""

STATES: dict[str, Words] = {
    "open": gettext_lazy("To be paid"),
    "disputed": gettext_lazy("Not agreed yet"),
    "paid": gettext_lazy("Paid"),
    "ahead": gettext_lazy("Paid ahead"),
    "confirmed": gettext_lazy("Paid, and it came"),
    "dropped": gettext_lazy("Dropped"),
    "nothing": gettext_lazy("Nothing owed"),
}
"""Where a claim stands."""

_EXTRAS: dict[str, Words] = {
    "prep": gettext_lazy("getting ready"),
    "travel": gettext_lazy("travel"),
    "waiting": gettext_lazy("waiting"),
    "debrief": gettext_lazy("debrief"),
}
_EXPENSES: dict[str, Words] = {
    "travel": gettext_lazy("travel"),
    "phone": gettext_lazy("phone"),
    "food": gettext_lazy("food"),
    "supplies": gettext_lazy("supplies"),
    "other": gettext_lazy("other things"),
}
_ONCE: dict[str, Words] = {
    "shift": gettext_lazy("Paid by the shift."),
    "callout": gettext_lazy("Paid by the call-out."),
    "task": gettext_lazy("Paid by the task."),
    "honorarium": gettext_lazy("Paid as one set sum."),
}
_WHEN: dict[str, Words] = {
    "morning": gettext_lazy("It was in the morning."),
    "afternoon": gettext_lazy("It was in the afternoon."),
    "evening": gettext_lazy("It was in the evening."),
    "night": gettext_lazy("It was at night."),
    "date": gettext_lazy("It was on a listed day."),
}


@dataclass(frozen=True)
class Said:
    """One step in words, what it adds as a person reads it (empty when it adds nothing itself), and its part."""

    text: str
    sum: str
    part: str


def explain(rate: Rate, measure: Measure) -> list[Said]:
    """How the sum by ``rate`` comes about, step by step, in the language in use."""
    return said(steps(rate, measure), rate.currency)


def said(found: Sequence[Step], currency: str) -> list[Said]:
    """Steps of :func:`rules.steps` in words. ``currency`` is the rate's."""
    return [Said(_step(s, currency), money.show(s.amount, currency) if s.amount else "", s.part) for s in found]


def agreed(amount: int, currency: str) -> Said:
    """The step for what both sides agreed on after a dispute: minor units, below zero when it is less."""
    return Said(_("You both agreed on this change later."), money.show(amount, currency), "agreed")


def change(one: Change, currency: str) -> str:
    """What was put right about a piece of work, in the language in use."""
    kind, _mark, code = one.what.partition("_")
    new, old = str(one.new), str(one.old)
    if kind == "expense":
        new, old = money.show(one.new, currency), money.show(one.old, currency)
        text = _("Money spent, %(what)s: %(new)s, not %(old)s")
        return text % {"what": _EXPENSES.get(code, code), "new": new, "old": old}
    if kind == "extra":
        text = _("More time, %(what)s: %(new)s minutes, not %(old)s")
        return text % {"what": _EXTRAS.get(code, code), "new": new, "old": old}
    return _("%(new)s minutes, not %(old)s") % {"new": new, "old": old}


def minutes(count: int) -> str:
    """A length of time in words, such as ``90 minutes``."""
    return ngettext("%(n)s minute", "%(n)s minutes", count) % {"n": count}


def _step(step: Step, currency: str) -> str:
    time = minutes(step.minutes)
    if step.code in ("premium", "once"):
        return _premium(step) if step.code == "premium" else str(_ONCE.get(step.what, _ONCE["honorarium"]))
    if step.code in ("extra", "not_extra"):
        text = (
            _("Plus %(time)s: %(what)s.") if step.code == "extra" else _("This role does not pay %(time)s: %(what)s.")
        )
        return text % {"time": time, "what": _EXTRAS.get(step.what, step.what)}
    if step.code in ("expense", "not_covered", "not_currency"):
        return _expense(step)
    texts = {
        "work": _("Work: %(time)s."),
        "minimum": _("The least that is paid is %(time)s."),
        "rounding": _("Rounded up to %(time)s."),
        "hourly": _("%(time)s at %(rate)s an hour."),
        "callout": _("It was a call-out."),
    }
    return texts[step.code] % {"time": time, "rate": money.show(step.per, currency)}


def _premium(step: Step) -> str:
    why = _WHEN.get(step.what)
    if why is None:
        why = _("It was on a %(day)s.") % {"day": WEEKDAYS[int(step.what.removeprefix("weekday"))]}
    return _("%(why)s That adds %(percent)s%%.") % {"why": why, "percent": step.per}


def _expense(step: Step) -> str:
    what = {"what": _EXPENSES.get(step.what, step.what), "sum": money.show(step.per, step.currency or "XXX")}
    if step.code == "expense":
        return _("Money spent: %(what)s.") % what
    if step.code == "not_covered":
        return _("Not in the sum: %(sum)s for %(what)s. This role does not cover it.") % what
    return _("Not in the sum: %(sum)s for %(what)s. It is in other money. Talk to your group about it.") % what
