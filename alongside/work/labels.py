"""Words for the codes of entries, and for what can be wrong with one."""

from django.utils.translation import gettext_lazy as _

from alongside.kit.text import Words

ORIGINS: dict[str, Words] = {
    "planned": _("It was planned"),
    "called": _("I was called on"),
    "happened": _("It just happened"),
}
ORIGINS_OF_OTHERS: dict[str, Words] = {"called": _("They were called")}
"""The same about somebody else: of how work came about a group learns no more."""
WEIGHTS: dict[int, Words] = {0: _("Fine"), 1: _("Some"), 2: _("Heavy"), 3: _("Very heavy")}
BARRIERS: dict[str, Words] = {
    "turned_away": _("Turned away"),
    "disrespect": _("No respect"),
    "police": _("Police"),
    "cost_id": _("Cost or ID"),
    "nothing_available": _("Nothing there"),
    "wait": _("Long wait"),
    "transport": _("Getting there"),
    "paperwork": _("Forms or language"),
    "closed": _("Closed"),
    "needs_device": _("Needs a phone or computer"),
}
SUPPLIES: dict[str, Words] = {
    "syringes": _("Syringes"),
    "cookers": _("Cookers"),
    "filters": _("Filters"),
    "water": _("Water"),
    "tourniquets": _("Ties"),
    "wipes": _("Wipes"),
    "pipes": _("Pipes"),
    "foil": _("Foil"),
    "naloxone": _("Naloxone kits"),
    "condoms": _("Condoms"),
    "test_strips": _("Test strips"),
    "sharps_box": _("Sharps boxes"),
    "snacks": _("Snacks"),
    "other": _("Other things"),
}
_UNKNOWN: Words = _("I do not know")
RESPONSE_DONE: dict[str, Words] = {
    "naloxone": _("Naloxone"),
    "breathing": _("Breaths given"),
    "recovery": _("Put on their side"),
    "oxygen": _("Oxygen"),
    "stayed": _("Stayed with them"),
    "other": _("Something else"),
    "unknown": _UNKNOWN,
}
_BREATHING: dict[str, Words] = {
    "yes": _("Yes"),
    "slow": _("Too slowly"),
    "no": _("No"),
    "unknown": _UNKNOWN,
}
RESPONSE_CHOICES: dict[str, dict[str, Words]] = {
    "doses": {"1": "1", "2": "2", "3": "3", "more": _("4 or more"), "unknown": _UNKNOWN},
    "form": {"nasal": _("In the nose"), "injected": _("By needle"), "both": _("Both"), "unknown": _UNKNOWN},
    "before": _BREATHING,
    "after": _BREATHING,
    "ambulance": {"called": _("Yes"), "not_called": _("No"), "unknown": _UNKNOWN},
    "end": {
        "stayed": _("They came round"),
        "ambulance": _("They went with the ambulance"),
        "left": _("They left"),
        "died": _("They died"),
        "unknown": _UNKNOWN,
    },
}
ERRORS: dict[str, Words] = {
    "not_an_entry": _("This is not an entry."),
    "unknown_field": _("This field is not known here."),
    "folded": _("Only a part of this is kept here now. Change it on a phone that has all of it."),
    "unknown_kind": _("One of these kinds of work is not known here."),
    "kind_elsewhere": _("One of these kinds was added by another of your groups. Choose another one to share this."),
    "nobody_to_share_with": _("Choose a group to share this with."),
    "day_to_come": _("This day is still to come. Is the date on your phone right?"),
    "day_long_ago": _("This day is too long ago. Is the date on your phone right?"),
    "not_an_id": _("This id cannot be read."),
    "bad_revision": _("The revision must be a whole number, 1 or more."),
    "not_first": _("The first revision of an entry is 1."),
    "taken": _("This id cannot be used."),
    "bad_day": _("Write the day as year, month, day: 2026-03-09."),
    "bad_part": _("The part of the day must be morning, afternoon, evening or night."),
    "bad_minutes": _("Minutes must be a whole number from 0 to 1440."),
    "bad_extra": _("Extra minutes must be whole numbers from 0 to 1440."),
    "unknown_extra": _("One of these kinds of extra time is not known here."),
    "bad_expenses": _("Each expense needs a kind, an amount above 0 and a currency."),
    "unknown_expense": _("One of these kinds of expense is not known here."),
    "bad_currency": _("Write the currency as three big letters: CAD."),
    "unknown_currency": _("This currency is not known here."),
    "too_many_expenses": _("An entry can have up to 20 expenses."),
    "bad_kinds": _("Choose 1 to 4 kinds of work."),
    "bad_origin": _("Say if it was planned, called or happened."),
    "bad_weight": _("How heavy it was must be 0, 1, 2 or 3."),
    "bad_people": _("How many people must be a whole number from 0 to 10000."),
    "bad_supplies": _("Supplies must be whole numbers from 0 to 100000."),
    "unknown_supply": _("One of these supplies is not known here."),
    "bad_barriers": _("One of these barriers is not known here."),
    "bad_note": _("The note must be text."),
    "note_too_long": _("The note is too long. Keep it under 4000 letters."),
    "note_unreadable": _("The note has a mark in it that cannot be kept. Please take it out."),
    "not_yes_or_no": _("This must be yes or no."),
    "no_such_group": _("You are not in this group."),
    "group_closed": _("This group is closed. You can keep this for yourself."),
    "unknown_choice": _("One of these answers is not known here."),
    "bad_month": _("Write the month as year and month: 2026-03."),
    "too_large": _("This photo is too large. Take a smaller one, up to 10 MB."),
    "not_a_picture": _("This is not a photo that we can read. Send a JPEG, PNG or WebP picture."),
    "no_expense": _("Write down the sum that you spent first. Then add its receipt."),
    "no_entry": _("This entry is not here any more."),
    "too_many_receipts": _("An entry can have up to 10 photos."),
    "no_such_role": _("You do not hold this role in this group."),
}
