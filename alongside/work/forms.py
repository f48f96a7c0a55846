"""The one form of an entry. It works as a plain form; ``work/record.js`` reads the same fields on the phone."""

import datetime as dt
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alongside.kit import clock, money
from alongside.kit.forms import WHOLE_NUMBER
from alongside.kit.text import Words
from alongside.roles import kinds
from alongside.roles.rules import EXPENSES, EXTRAS
from alongside.work import labels, rules

Choices = Mapping[str, Any]

FIRST_KINDS = ("outreach", "supplies", "emotional_support", "naloxone", "forms", "going_along")
"""The kinds in view at once, from both sides of the work; every other one is one tap away."""
MINUTES = (15, 30, 60, 120, 240)
PART_WORDS: dict[str, Words] = {
    "morning": _("Morning"),
    "afternoon": _("Afternoon"),
    "evening": _("Evening"),
    "night": _("Night"),
}
EXTRA_WORDS: dict[str, Words] = {
    "prep": _("To prepare"),
    "travel": _("To get there and back"),
    "waiting": _("To wait"),
    "debrief": _("To talk it over after"),
}
EXPENSE_WORDS: dict[str, Words] = {
    "travel": _("Travel"),
    "phone": _("Phone"),
    "food": _("Food"),
    "supplies": _("Supplies"),
    "other": _("Other costs"),
}
MINUTE_WORDS: dict[int, Words] = {
    15: _("15 min"),
    30: _("30 min"),
    60: _("1 hour"),
    120: _("2 hours"),
    240: _("4 hours"),
}
BAD_AMOUNT = _("Write an amount like 12.50.")
NO_CHOICES: Choices = {"groups": [], "currencies": []}
_FIELDS_OF = {"group": "for", "role": "for", "minutes": "minutes_other", "day": "day_other", "extra": "extra_prep"}
_IN_SIGHT = {"kinds", "minutes", "minutes_other", "id", "revision"}


@dataclass(frozen=True)
class Fold:
    """Kinds that stand together behind one tap: their name, and their tick boxes."""

    label: Words
    boxes: list[Any]


class EntryForm(forms.Form):
    """An entry as a person fills it in.

    ``data`` is a POST; ``choices`` what ``work.queries.choices`` gave (none in the shell, which holds nothing
    private); ``entry`` one that is to be changed, as the API gives it, with the revision that is stored.
    """

    def __init__(
        self, data: Any = None, choices: Choices = NO_CHOICES, *, entry: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=_initial(entry), use_required_attribute=False)
        self.groups: list[dict[str, Any]] = list(choices["groups"])
        self._other_money = _in_other_money((entry or {}).get("expenses") or [])
        kept = [] if entry is None else list(entry["kinds"])
        self._add_kinds(kept)
        self._add_time()
        self._add_for(choices, entry)
        self._add_rest()

    def _add_kinds(self, kept: list[str]) -> None:
        own = {k["code"]: k["label"] for group in self.groups for k in group["kinds"]}
        every = {**kinds.LABELS, **own}
        every |= {code: code for code in kept if code not in every}
        self._own = [code for code in every if code not in kinds.LABELS]
        self.fields["id"] = forms.UUIDField(widget=forms.HiddenInput, error_messages=_hidden("not_an_id"))
        self.fields["revision"] = forms.IntegerField(
            min_value=1, widget=forms.HiddenInput, error_messages=_hidden("bad_revision")
        )
        self.fields["kinds"] = forms.MultipleChoiceField(
            label=_("What did you do?"),
            help_text=_("Choose 1 to 4."),
            choices=list(every.items()),
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Choose at least one."), "invalid_choice": labels.ERRORS["unknown_kind"]},
        )

    def _add_time(self) -> None:
        self.fields["minutes"] = _radios(_("How long?"), [*MINUTE_WORDS.items(), ("other", _("Other"))])
        self.fields["minutes_other"] = _number(_("Other: how many minutes?"), rules.MINUTES_MOST)
        self.fields["day"] = _radios(
            _("Which day?"), [("today", _("Today")), ("yesterday", _("Yesterday")), ("other", _("Other day"))]
        )
        self.fields["day_other"] = forms.DateField(
            label=_("Other day: which one?"),
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={"invalid": labels.ERRORS["bad_day"]},
        )
        self.fields["part"] = _radios(_("Part of the day"), PART_WORDS.items())
        self.fields["origin"] = _radios(_("How did it come about?"), labels.ORIGINS.items())

    def _add_for(self, choices: Choices, entry: Mapping[str, Any] | None) -> None:
        options: list[tuple[str, Words]] = [("", _("For nobody, just for me"))]
        for group in self.groups:
            options.append((f"group:{group['id']}", group["name"]))
            options += [
                (f"role:{role['id']}", _("%(role)s, %(group)s") % {"role": role["title"], "group": group["name"]})
                for role in group["roles"]
                if role["agreed"] or role["id"] == (entry or {}).get("role")
            ]
        self._kept_for = _for(entry or {})
        if self._kept_for not in dict(options):
            options.append((self._kept_for, _("a group")))  # one that this person has left: the entry may stay theirs
        self.kept_group: str = (entry or {}).get("group") or ""
        self.fields["for"] = _radios(_("Who was it for?"), options, _("You cannot choose this group or role any more."))
        self.fields["shared"] = _radios(
            _("Show it to them?"), [("no", _("No, keep it to me")), ("yes", _("Yes, show it"))]
        )
        self.fields["told"] = forms.BooleanField(label=_("I have read this."), required=False)
        currencies = list(choices["currencies"])
        currencies += sorted({e["currency"] for e in (entry or {}).get("expenses", [])} - set(currencies))
        self.fields["currency"] = forms.ChoiceField(
            label=_("Money"),
            required=False,
            choices=[(code, code) for code in currencies],
            error_messages={"invalid_choice": labels.ERRORS["unknown_choice"]},
        )

    def _add_rest(self) -> None:
        self.fields["weight"] = _radios(_("How heavy was it?"), labels.WEIGHTS.items())
        self.fields["people"] = _number(_("How many people?"), rules.PEOPLE_MOST)
        for code, label in labels.SUPPLIES.items():
            self.fields[f"supplies_{code}"] = _number(label, 100_000)
        self.fields["barriers"] = forms.MultipleChoiceField(
            label=_("What got in the way?"),
            required=False,
            choices=list(labels.BARRIERS.items()),
            widget=forms.CheckboxSelectMultiple,
            error_messages={"invalid_choice": labels.ERRORS["bad_barriers"]},
        )
        for code in EXTRAS:
            self.fields[f"extra_{code}"] = _number(EXTRA_WORDS[code], rules.MINUTES_MOST)
        for code in EXPENSES:
            self.fields[f"expense_{code}"] = forms.CharField(
                label=EXPENSE_WORDS[code],
                required=False,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
                error_messages={"null_characters_not_allowed": BAD_AMOUNT},
            )
        self.fields["note"] = forms.CharField(
            label=_("A note"),
            required=False,
            max_length=rules.NOTE_MOST,
            strip=False,
            widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
            error_messages={
                "max_length": labels.ERRORS["note_too_long"],
                "null_characters_not_allowed": labels.ERRORS["note_unreadable"],
            },
        )
        self.fields["share_note"] = forms.BooleanField(label=_("Show the note to them too."), required=False)

    # What the template shows.

    @property
    def first_kinds(self) -> list[Any]:
        """The tick boxes in view at once."""
        return [self._boxes()[code] for code in FIRST_KINDS]

    @property
    def folds(self) -> list[Fold]:
        """The other tick boxes, by family; a group's own kinds come last."""
        boxes = self._boxes()
        folds = [
            Fold(f.label, [boxes[c] for c in f.kinds if c in boxes and c not in FIRST_KINDS]) for f in kinds.FAMILIES
        ]
        return [*folds, Fold(_("Your groups' own"), [boxes[c] for c in self._own])] if self._own else folds

    @property
    def folded_choice(self) -> bool:
        """Whether a kind that stands behind the tap is chosen."""
        return bool(set(self["kinds"].value() or ()) - set(FIRST_KINDS))

    @property
    def quiet_kinds(self) -> str:
        """The kinds that no group is told of, as codes with spaces: the phone offers none of them again unasked."""
        return " ".join(kinds.SHARED_AS)

    @property
    def supplies(self) -> list[forms.BoundField]:
        """The fields that count what was handed out."""
        return [self[f"supplies_{code}"] for code in labels.SUPPLIES]

    @property
    def extras(self) -> list[forms.BoundField]:
        """The fields of extra minutes."""
        return [self[f"extra_{code}"] for code in EXTRAS]

    @property
    def expenses(self) -> list[forms.BoundField]:
        """The fields of what was spent."""
        return [self[f"expense_{code}"] for code in EXPENSES]

    @property
    def other_money(self) -> str:
        """The expenses in a second currency, for which there are no fields, as JSON: they stay as they are."""
        return json.dumps(self._other_money)

    @property
    def other_money_said(self) -> str:
        """The same in words; empty when there are none."""
        what = ", ".join(expense_said(e) for e in self._other_money)
        return gettext("In other money, kept as it is: %(what)s") % {"what": what} if what else ""

    @property
    def untold(self) -> list[dict[str, Any]]:
        """The groups about which this person was not yet told how long pay lines are kept."""
        return [group for group in self.groups if not group["told"]]

    @property
    def more_open(self) -> bool:
        """Whether the details start open: something in them is wrong, or an entry is being changed."""
        return bool(set(self.errors) - _IN_SIGHT) if self.is_bound else self.initial["revision"] > 1

    def _boxes(self) -> dict[str, Any]:
        return {str(box.data["value"]): box for box in self["kinds"].subwidgets}

    # What it means.

    def clean(self) -> dict[str, Any]:
        """Hold what one field cannot see alone: amounts in their currency, and what must be said before a share."""
        cleaned = dict(super().clean() or {})
        if len(cleaned.get("kinds", ())) > rules.KINDS_MOST:
            self.add_error("kinds", _("Choose up to 4."))
        if cleaned.get("day") == "other" and not cleaned.get("day_other") and "day_other" not in self.errors:
            self.add_error("day_other", _("Choose the day."))
        cleaned["expenses"] = [*self._read_expenses(cleaned), *self._other_money]
        group = self._group(cleaned)
        if cleaned.get("shared") == "yes":
            if group is None:
                self.add_error("shared", _("Choose a group to share this with."))
            elif not group["told"] and not cleaned.get("told"):
                self.add_error("told", _("Please tick this first, or keep the entry to yourself."))
        return cleaned

    def _read_expenses(self, cleaned: dict[str, Any]) -> list[dict[str, Any]]:
        currency, found = cleaned.get("currency", ""), []
        for code in EXPENSES:
            typed = (cleaned.get(f"expense_{code}") or "").strip()
            if not typed:
                continue
            try:
                amount = money.read(typed, currency) if currency else 0
            except money.BadAmount:
                amount = -1
            if not 0 < amount <= rules.AMOUNT_MOST:
                self.add_error(f"expense_{code}", BAD_AMOUNT)
                continue
            found.append({"code": code, "amount": amount, "currency": currency})
        return found

    def _group(self, cleaned: dict[str, Any]) -> dict[str, Any] | None:
        what, _colon, wanted = (cleaned.get("for") or "").partition(":")
        for group in self.groups:
            if what == "group" and group["id"] == wanted:
                return group
            if what == "role" and any(role["id"] == wanted for role in group["roles"]):
                return group
            if what and cleaned["for"] == self._kept_for and group["id"] == self.kept_group:
                return group
        return None

    def entry(self) -> dict[str, Any]:
        """The valid form as the API's entry: every field, the revision that this would become."""
        given = self.cleaned_data
        group = self._group(given)
        what, _colon, wanted = given["for"].partition(":")
        kept = self.kept_group if given["for"] and given["for"] == self._kept_for else None
        minutes = given["minutes_other"] if given["minutes"] in {"", "other"} else int(given["minutes"])
        return {
            "id": str(given["id"]),
            "revision": given["revision"],
            "kinds": list(given["kinds"]),
            "day": self._day().isoformat(),
            "part": given["part"] or None,
            "minutes": minutes,
            "extra": _counts(given, "extra_", EXTRAS),
            "expenses": given["expenses"],
            "origin": given["origin"] or None,
            "group": group["id"] if group else kept,
            "role": wanted if what == "role" else None,
            "weight": int(given["weight"]) if given["weight"] else None,
            "people": given["people"],
            "supplies": _counts(given, "supplies_", labels.SUPPLIES),
            "barriers": list(given["barriers"]),
            "note": given["note"].replace("\r\n", "\n") or None,
            "share_note": given["share_note"],
            "shared": given["shared"] == "yes",
            "deleted": False,
        }

    def told_group(self) -> str | None:
        """The id of the group about which the person has just been told how long pay lines are kept, if any."""
        group = self._group(self.cleaned_data)
        return str(group["id"]) if group and self.cleaned_data["told"] and not group["told"] else None

    def _day(self) -> dt.date:
        chosen, today = self.cleaned_data["day"], clock.today()
        if chosen == "other":
            other: dt.date = self.cleaned_data["day_other"]
            return other
        return today - dt.timedelta(days=1) if chosen == "yesterday" else today

    def refuse(self, errors: Mapping[str, Any]) -> None:
        """Put what the record refused beside its fields: ``errors`` as the API gives them, text by field."""
        for name, text in errors.items():
            where = name if name in self.fields else _FIELDS_OF.get(name)
            self.add_error(where, str(text))


def said_of(what: Words, value: object) -> str:
    """A word and what is said of it: French puts a space before the colon."""
    return gettext("%(what)s: %(value)s") % {"what": what, "value": value}


def expense_said(expense: Mapping[str, Any]) -> str:
    """What one expense was for, and the sum."""
    return said_of(EXPENSE_WORDS[expense["code"]], money.show(expense["amount"], expense["currency"]))


def _radios(label: Words, options: Any, gone: Words = labels.ERRORS["unknown_choice"]) -> forms.ChoiceField:
    """A choice of one; ``gone`` is said of what cannot be chosen."""
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[(str(code), words) for code, words in options],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": gone},
    )


def _hidden(code: str) -> dict[str, Words]:
    """What a field that nobody sees says of whatever is wrong with it."""
    return dict.fromkeys(("required", "invalid", "min_value", "max_value"), labels.ERRORS[code])


def _number(label: Words, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=most,
        error_messages=WHOLE_NUMBER,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


def _counts(given: Mapping[str, Any], prefix: str, codes: Any) -> dict[str, int]:
    return {code: given[prefix + code] for code in codes if given[prefix + code]}


def _initial(entry: Mapping[str, Any] | None) -> dict[str, Any]:
    if entry is None:
        return {"id": uuid.uuid4(), "revision": 1, "day": "today", "for": "", "shared": "no"}
    return dict(_values(entry))


def _values(entry: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from {"id": entry["id"], "revision": entry["revision"] + 1, "kinds": entry["kinds"]}.items()
    # By its date, never as today: it may be another day where the phone is, and when the form comes back. Scripts
    # find the name that the date has there and then.
    yield from {"day": "other", "day_other": dt.date.fromisoformat(entry["day"])}.items()
    minutes = entry.get("minutes")
    if minutes in MINUTES or minutes is None:
        yield "minutes", "" if minutes is None else str(minutes)
    else:
        yield from {"minutes": "other", "minutes_other": minutes}.items()
    for name in ("part", "origin", "people", "note"):
        yield name, entry.get(name)
    yield "weight", "" if entry.get("weight") is None else str(entry["weight"])
    yield from {f"extra_{k}": v for k, v in (entry.get("extra") or {}).items()}.items()
    yield from {f"supplies_{k}": v for k, v in (entry.get("supplies") or {}).items()}.items()
    yield from _expense_values(entry.get("expenses") or [])
    yield "for", _for(entry)
    yield from {"shared": "yes" if entry.get("shared") else "no", "share_note": bool(entry.get("share_note"))}.items()
    yield "barriers", entry.get("barriers") or []


def _for(entry: Mapping[str, Any]) -> str:
    role, group = entry.get("role"), entry.get("group")
    return f"role:{role}" if role else f"group:{group}" if group else ""


def _in_other_money(expenses: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [dict(e) for e in expenses if e["currency"] != expenses[0]["currency"]]


def _expense_values(expenses: list[Mapping[str, Any]]) -> Iterator[tuple[str, Any]]:
    """One amount a code: several of the same code are added up, in the currency of the first."""
    if not expenses:
        return
    currency = expenses[0]["currency"]
    sums: dict[str, int] = {}
    for expense in expenses:
        if expense["currency"] == currency:
            sums[expense["code"]] = sums.get(expense["code"], 0) + expense["amount"]
    yield "currency", currency
    for code, amount in sums.items():
        yield f"expense_{code}", money.plain(amount, currency)
