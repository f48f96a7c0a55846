"""The short form after an overdose. Every answer is optional; ``work/response.js`` reads the same fields on the phone."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alongside.kit import clock
from alongside.kit.text import Words
from alongside.work import labels
from alongside.work import response_rules as rules

QUESTIONS: dict[str, Words] = {
    "before": _("Were they breathing before?"),
    "doses": _("How many doses were given?"),
    "form": _("Which kind of naloxone?"),
    "after": _("Were they breathing after?"),
    "ambulance": _("Was an ambulance called?"),
    "end": _("How did it end?"),
}


class ResponseForm(forms.Form):
    """An overdose response as a person fills it in. ``groups`` are those that it may count for, as id and name."""

    def __init__(self, data: Any = None, groups: Any = ()) -> None:
        start = {"id": uuid.uuid4(), "month": "0", "group": ""}
        # The offline shell holds this form and that of an entry: no two fields share an id.
        super().__init__(data, initial=start, auto_id="response_%s", use_required_attribute=False)
        self.fields["id"] = forms.UUIDField(widget=forms.HiddenInput)
        self.fields["done"] = forms.MultipleChoiceField(
            label=_("What was done?"),
            required=False,
            choices=list(labels.RESPONSE_DONE.items()),
            widget=forms.CheckboxSelectMultiple,
        )
        for name, question in QUESTIONS.items():
            self.fields[name] = _radios(question, labels.RESPONSE_CHOICES[name].items())
        self.fields["month"] = _radios(_("Which month?"), [("0", _("This month")), ("1", _("Last month"))])
        nobody = ("", _("For nobody"))
        self.fields["group"] = _radios(_("Who may count it?"), [nobody, *((str(g["id"]), g["name"]) for g in groups)])

    @property
    def questions(self) -> list[forms.BoundField]:
        """The questions with one answer each."""
        return [self[name] for name in QUESTIONS]

    def response(self) -> dict[str, Any]:
        """The valid form as the API's response."""
        given = self.cleaned_data
        month = rules.first_of(clock.today(), int(given["month"] or 0))
        said = {name: given[name] or None for name in (*QUESTIONS, "group")}
        return {"id": str(given["id"]), "month": f"{month:%Y-%m}", "done": list(given["done"]), **said}


def _radios(label: Words, options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=list(options), widget=forms.RadioSelect)
