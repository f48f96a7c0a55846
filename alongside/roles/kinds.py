"""Kinds of work: stable codes and their words. Codes are kept for good; words may change.

Source: the frontline and systems navigation work that the two interview studies describe, and the work of voice
and of running things that their participants did unnamed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from alongside.kit.text import Words


@dataclass(frozen=True)
class Family:
    """A family of kinds; all three stand equal."""

    code: str
    label: Words
    kinds: Mapping[str, Words]


FAMILIES: tuple[Family, ...] = (
    Family(
        "frontline",
        _("On the ground"),
        {
            "outreach": _("Outreach"),
            "supplies": _("Supplies"),
            "emotional_support": _("Emotional support"),
            "safer_use_talk": _("Safer use talk"),
            "keeping_company": _("Keeping company"),
            "overdose_response": _("Overdose response"),
            "naloxone": _("Naloxone kit and how-to"),
            "group": _("Group"),
            "meals": _("Meals"),
            "drug_checking": _("Drug checking help"),
            "returns": _("Returns and tidy-up"),
            "keeping_watch": _("Keeping watch"),
            "crisis_call": _("Crisis call"),
            "remembering": _("Remembering someone who died"),
            "frontline": _("Other work on the ground"),
        },
    ),
    Family(
        "navigation",
        _("Through the system"),
        {
            "forms": _("Forms and applications"),
            "bank_id": _("Bank or ID"),
            "going_along": _("Going along to appointments"),
            "introducing": _("Bringing in someone they trust"),
            "housing": _("Housing"),
            "income": _("Income support"),
            "explaining_letters": _("Explaining letters"),
            "advocacy": _("Speaking up for someone"),
            "court": _("Court"),
            "navigation": _("Other help with the system"),
        },
    ),
    Family(
        "voice",
        _("Voice and running it"),
        {
            "meeting": _("Meeting or committee"),
            "teaching": _("Teaching"),
            "teaching_staff": _("Teaching staff and employers"),
            "being_trained": _("Being trained"),
            "research": _("Research"),
            "planning": _("Planning and admin"),
            "getting_support": _("Getting support"),
            "cleaning": _("Cleaning"),
            "cooking": _("Cooking"),
            "phones": _("Phones"),
            "voice": _("Other work of running it"),
        },
    ),
)

LABELS: dict[str, Words] = {code: label for family in FAMILIES for code, label in family.kinds.items()}
CODES = frozenset(LABELS)

SHARED_AS: dict[str, str] = {"overdose_response": "frontline", "crisis_call": "frontline", "keeping_watch": "frontline"}
"""What a group is shown instead. An overdose response never reaches a group one by one; that it is shown as a kind
that people also choose for other work, and that two more kinds share it, is what keeps it from being read off."""


def shown_to_group(codes: list[str]) -> list[str]:
    """The kinds as a group is shown them: same order, no kind twice."""
    return list(dict.fromkeys(SHARED_AS.get(code, code) for code in codes))
