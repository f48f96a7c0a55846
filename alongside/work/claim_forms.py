"""Forms about a claim that is disputed."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alongside.kit import money
from alongside.kit.forms import WHOLE_NUMBER
from alongside.pay.forms import unread
from alongside.work.forms import EXPENSE_WORDS, EXTRA_WORDS
from alongside.work.rules import AMOUNT_MOST, MINUTES_MOST


class CorrectionForm(forms.Form):
    """What is right of a piece of work, and what one would like to say about it.

    ``values`` is what its sum comes of, as it was shared (:class:`alongside.pay.rules.Reckoning`): a field each.
    """

    text = forms.CharField(
        label=_("What do you want to say?"),
        help_text=_("The other side reads this. It is erased when this is settled."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any, *, values: Mapping[str, int], currency: str) -> None:
        super().__init__(data)
        self.values, self.currency = values, currency
        for what, value in values.items():
            kind, _mark, code = what.partition("_")
            if kind == "expense":
                label = gettext("%(what)s, in %(currency)s") % {"what": EXPENSE_WORDS[code], "currency": currency}
                self.fields[what] = _sum(label, money.plain(value, currency) if value else "")
            elif kind == "extra":
                label = gettext("%(what)s, in minutes") % {"what": EXTRA_WORDS[code]}
                self.fields[what] = _minutes(label, value or None, required=False)
            else:
                self.fields[what] = _minutes(gettext("How many minutes are right?"), value, required=True)
        self.order_fields([*values, "text"])

    def clean(self) -> dict[str, Any]:
        """Sums in minor units; what was left empty is nothing."""
        data = super().clean() or {}
        for what in self.values:
            if what in data and what.startswith("expense_"):
                data[what] = self._amount(what, data[what])
            elif what in data:
                data[what] = data[what] or 0
        return data

    @property
    def put_right(self) -> dict[str, int]:
        """What was read, once the form is valid."""
        return {what: self.cleaned_data[what] for what in self.values}

    def _amount(self, what: str, text: str) -> int:
        try:
            amount = money.read(text, self.currency) if text.strip() else 0
        except money.BadAmount:
            amount = -1
        if not 0 <= amount <= AMOUNT_MOST:
            self.add_error(what, unread(self.currency))
        return amount


def _minutes(label: str, initial: int | None, *, required: bool) -> forms.IntegerField:
    attrs = {"inputmode": "numeric", "autocomplete": "off"}
    widget = forms.NumberInput(attrs=attrs)
    return forms.IntegerField(
        label=label, initial=initial, min_value=0, max_value=MINUTES_MOST, required=required, widget=widget,
        error_messages=WHOLE_NUMBER,
    )  # fmt: skip


def _sum(label: str, initial: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.CharField(label=label, initial=initial, max_length=20, required=False, widget=widget)
