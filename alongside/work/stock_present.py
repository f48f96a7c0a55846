"""Stock in words for a page."""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alongside.kit.text import Words
from alongside.work import labels
from alongside.work.models import Supply
from alongside.work.stock_queries import Level, There, Written

WHAT: dict[str, Words] = {
    "in": gettext_lazy("Came in"),
    "out": gettext_lazy("Handed out"),
    "moved": gettext_lazy("Moved"),
    "lost": gettext_lazy("Lost or broken"),
    "expired": gettext_lazy("Out of date"),
    "counted": gettext_lazy("Counted"),
    "before": gettext_lazy("All before that"),
}
_DAYS_SHOWN = 60
_DAYS_MOST = 365


@dataclass(frozen=True)
class Line:
    """A line of the stock: the day, what happened where, and by how much it changed, with its sign."""

    day: str
    what: str
    amount: str


def label(supply: Supply, name: str = "") -> str:
    """What it is; ``name`` is what a group calls a thing of its own."""
    return name or str(labels.SUPPLIES.get(supply.code, supply.code))


def lasting(level: Level) -> str:
    """For how long it lasts, or why nobody can say."""
    if level.there < 0:
        return _("More went out than we counted.")
    if level.there == 0:
        return _("By our count there is none left.")
    if level.left is None:
        return _("None were handed out lately, so we cannot say how long it lasts.")
    return _long(level.left)


def _long(days: int) -> str:
    if days < 1:
        return _("It may run out today.")
    if days > _DAYS_MOST:
        return _("More than a year left")
    if days > _DAYS_SHOWN:
        return ngettext("About %(n)s week left", "About %(n)s weeks left", days // 7) % {"n": days // 7}
    return ngettext("About %(n)s day left", "About %(n)s days left", days) % {"n": days}


def spot(one: There) -> str:
    """A place, with its lot and until when that is good."""
    if one.lot is None or one.expires is None:
        return one.place
    day = date_format(one.expires, "DATE_FORMAT")
    return _("%(place)s, lot %(number)s, good until %(day)s") % {"place": one.place, "number": one.number, "day": day}


def line(one: Written) -> Line:
    """A line of the stock."""
    where = _("%(place)s, lot %(number)s") % {"place": one.place, "number": one.number} if one.number else one.place
    return Line(
        date_format(one.line.day, "DATE_FORMAT"),
        f"{WHAT[one.line.what]}: {where}",
        f"{'+' if one.line.amount > 0 else '−'}{abs(one.line.amount)}",
    )
