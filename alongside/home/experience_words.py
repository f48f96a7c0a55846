"""The words of a statement of experience: kinds of work and skills as an employer reads them."""

from django.utils.translation import gettext_lazy as _

from alongside.kit.text import Words
from alongside.roles.kinds import LABELS

_PLAIN: dict[str, Words] = {
    "safer_use_talk": _("Health talks"),
    "naloxone": _("First aid kits and how to use them"),
    "drug_checking": _("Help with a testing service"),
    "returns": _("Pick-up and safe disposal"),
    "income": _("Help with income forms"),
    "housing": _("Help to find housing"),
    "bank_id": _("Help with banks and ID"),
    "court": _("Going along to hearings"),
    "being_trained": _("Training taken"),
    "teaching": _("Teaching given"),
    "teaching_staff": _("Teaching given to staff"),
    "other": _("Other work of a group"),
}
"""What is said in other words than in the record, where those would tell of more than the work."""

KINDS: dict[str, Words] = {**LABELS, **_PLAIN}

SKILLS: dict[str, tuple[Words, tuple[str, ...]]] = {
    "meet": (_("Meeting people where they are"), ("outreach", "keeping_company")),
    "listen": (_("Listening and support"), ("emotional_support", "keeping_company", "frontline")),
    "calm": (_("Staying calm when it is urgent"), ("frontline", "naloxone")),
    "groups": (_("Leading groups"), ("group", "meeting")),
    "explain": (_("Explaining things in plain words"), ("safer_use_talk", "explaining_letters", "teaching")),
    "stock": (_("Keeping and handing out supplies"), ("supplies", "returns", "naloxone")),
    "cook": (_("Cooking for many"), ("meals", "cooking")),
    "forms": (_("Forms and applications"), ("forms", "bank_id", "income", "housing")),
    "along": (_("Going along and speaking up"), ("going_along", "advocacy", "court", "introducing")),
    "teach": (_("Teaching others"), ("teaching", "teaching_staff")),
    "plan": (_("Planning and admin"), ("planning", "phones", "meeting")),
    "research": (_("Research with people"), ("research",)),
}
"""Skills to tick, each with the kinds of work that it may be drawn from."""


def skills(kinds: set[str]) -> dict[str, Words]:
    """The skills that may be ticked by who did these kinds of work."""
    return {code: words for code, (words, of) in SKILLS.items() if kinds & set(of)}
