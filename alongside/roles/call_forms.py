"""The forms of calls for work."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alongside.kit import clock, money
from alongside.people.models import Group
from alongside.people.rules import without_controls
from alongside.roles import call_rules, queries, rules, words
from alongside.roles.forms import TOO_LONG, families


def _ticks(label: Any, choices: Sequence[tuple[str, Any]] = (), hint: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        help_text=hint,
        choices=choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": words.PROBLEMS["unknown"]},
    )


def _one_of(label: Any, choices: Sequence[tuple[str, Any]], hint: Any = "", initial: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        help_text=hint,
        choices=choices,
        initial=initial,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": words.PROBLEMS["unknown"]},
    )


class CallForm(forms.Form):
    """What a call for work says. ``roles``: id, title and rate of each role that it can be under."""

    use_required_attribute = False

    kinds = _ticks(_("What is the work?"))
    day = forms.DateField(
        label=_("On which day?"),
        help_text=_("Leave it empty if the day is not set yet."),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": words.PROBLEMS["day"]},
    )
    part = _one_of(_("In which part of the day?"), [("", _("Not set yet")), *words.PARTS.items()])
    minutes = forms.IntegerField(
        label=_("About how many minutes?"),
        required=False,
        min_value=0,
        max_value=rules.MINUTES_MOST,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "invalid": _("Please write a whole number."),
            "min_value": words.PROBLEMS["low"],
            "max_value": words.PROBLEMS["high"],
        },
    )
    role = _one_of(_("Under which role?"), [])
    amount = forms.CharField(
        label=_("What does it pay?"),
        help_text=_("Leave it empty to pay by the rate of the role."),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    currency = forms.CharField(label=_("In which money?"), required=False, max_length=10)
    unit = _one_of(_("For what?"), list(words.UNITS.items()), initial="honorarium")
    experience = _ticks(
        words.FIELDS["experience"],
        list(words.EXPERIENCE.items()),
        _(
            "Only what the work calls for. One of these is enough. Phones that fit show the call first; after a day it shows to all."
        ),
    )
    why = forms.CharField(
        label=words.FIELDS["experience_why"],
        help_text=_("Nobody is asked to prove it or to tell of it."),
        required=False,
        validators=[TOO_LONG],
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    text = forms.CharField(
        label=_("What else should people know?"),
        required=False,
        validators=[TOO_LONG],
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, group: Group, roles: Sequence[tuple[str, str, rules.Rate]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.labels = queries.labels(group.pk)
        self.rates = {pk: rate for pk, _title, rate in roles}
        kinds, role = self.fields["kinds"], self.fields["role"]
        if isinstance(kinds, forms.ChoiceField) and isinstance(role, forms.ChoiceField):
            kinds.choices = list(self.labels.items())
            role.choices = [("", _("Under no role")), *((pk, title) for pk, title, _rate in roles)]
        self.fields["currency"].initial = group.currency

    def clean(self) -> dict[str, Any]:
        """Read the amount; an empty one is the role's rate. What is missing is said beside its field."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        self._read_pay(data)
        for name, code in call_rules.problems(self.content(), clock.today()).items():
            unread = name == "amount" and "currency" in self.errors
            if name not in self.errors and not unread:
                self.add_error(name, words.problem(code, name))
        return data

    def _read_pay(self, data: dict[str, Any]) -> None:
        rate = self.rates.get(data.get("role") or "")
        typed = (data.pop("amount", "") or "").strip()
        code = data["currency"] = (data.get("currency") or "").strip().upper()
        if not typed and rate:
            data |= {"amount": rate.amount, "currency": rate.currency, "unit": rate.unit}
            return
        data["unit"] = data.get("unit") or "honorarium"
        if not money.is_currency(code):
            self.add_error("currency", str(words.PROBLEMS["currency"]))
            return
        try:
            data["amount"] = money.read(typed, code)
        except money.BadAmount:
            self.add_error("amount", str(words.PROBLEMS["amount"]))

    def content(self) -> call_rules.Call:
        """What the form says; empty where something could not be read."""
        data = self.cleaned_data
        day = data.get("day")
        return call_rules.Call(
            kinds=tuple(data.get("kinds", ())),
            amount=data.get("amount") or 0,
            unit=data.get("unit", ""),
            currency=data.get("currency", ""),
            day=day.isoformat() if day else "",
            part=data.get("part", ""),
            minutes=data.get("minutes") or 0,
            text=without_controls(data.get("text", "")).strip(),
            experience=tuple(data.get("experience", ())),
            why=without_controls(data.get("why", "")).strip(),
        )

    @property
    def families(self) -> list[dict[str, Any]]:
        """The kinds to choose from, by family."""
        return families(self.labels, [str(code) for code in self["kinds"].value() or []])


class YesForm(forms.Form):
    """A few words with a yes, if one likes."""

    text = forms.CharField(required=False, validators=[TOO_LONG])
