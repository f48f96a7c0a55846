"""Forms of pay."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _

from alongside.kit import money
from alongside.pay.rules import Way
from alongside.pay.words import METHODS

TEXT_MOST = 2000
"""The longest reason or message, in code points."""
_TOO_LONG = MaxLengthValidator(TEXT_MOST, message=_("This is too long. Please write less."))


def _decimal() -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})


def unread(currency: str) -> str:
    """What is said of a sum that cannot be read, with one that is written as its currency and the language have it."""
    example = money.plain(10 ** money.digits(currency) * 25 // 2, currency)
    example = example.replace(".", str(get_format("DECIMAL_SEPARATOR")))
    return _("We could not read this sum. Write it like %(example)s.") % {"example": example}


def _sum(text: str, currency: str) -> int:
    """Minor units of what was typed. Raises ``ValidationError``."""
    try:
        amount = money.read(text, currency)
    except money.BadAmount:
        raise forms.ValidationError(unread(currency)) from None
    if amount < 0:
        raise forms.ValidationError(_("A sum cannot be less than nothing."))
    return amount


class WaysForm(forms.Form):
    """How much is handed over, in one way or in two. ``ways`` is what was read."""

    amount = forms.CharField(label=_("How much do you pay?"), max_length=20, widget=_decimal())
    method = forms.ChoiceField(label=_("In which way?"), choices=list(METHODS.items()))
    more = forms.CharField(
        label=_("How much in another way?"),
        help_text=_("For when you pay some in cash and some by transfer."),
        max_length=20,
        required=False,
        widget=_decimal(),
    )
    other = forms.ChoiceField(label=_("In which other way?"), choices=[("", ""), *METHODS.items()], required=False)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.fields["amount"].help_text = _("In %(currency)s.") % {"currency": currency}

    def clean_amount(self) -> int:
        """The sum in minor units."""
        return _sum(self.cleaned_data["amount"], self.currency)

    def clean_more(self) -> int:
        """The other sum in minor units; 0 when it was left empty."""
        text: str = self.cleaned_data["more"].strip()
        return _sum(text, self.currency) if text else 0

    def clean(self) -> dict[str, Any]:
        """Each sum has its way."""
        data = super().clean() or {}
        if data.get("more") and not data.get("other"):
            self.add_error("other", _("Please say in which way."))
        return data

    @property
    def ways(self) -> list[Way]:
        """What was read, once the form is valid."""
        data = self.cleaned_data
        both = [Way(data["method"], data["amount"]), Way(data["other"], data["more"])]
        return both if data["more"] else both[:1]


class _SumForm(forms.Form):
    """What is owed instead, in the claim's currency."""

    offer = forms.CharField(label=_("What sum would be right?"), max_length=20, required=False, widget=_decimal())

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.fields["offer"].help_text = _("In %(currency)s, for the whole claim.") % {"currency": currency}

    def clean_offer(self) -> int | None:
        """The sum in minor units; ``None`` when it was left empty."""
        text: str = self.cleaned_data["offer"].strip()
        return _sum(text, self.currency) if text else None


class MessageForm(_SumForm):
    """What one side of a dispute says: words, a sum, or both."""

    text = forms.CharField(
        label=_("What do you want to say?"),
        help_text=_("The other side reads this. It is erased when this is settled."),
        validators=[_TOO_LONG],
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ("text", "offer")

    def clean(self) -> dict[str, Any]:
        """Something has to be said."""
        data = super().clean() or {}
        if not self.errors and not data.get("text", "").strip() and data.get("offer") is None:
            self.add_error("text", _("Please write something, or a sum."))
        return data


class DisputeForm(_SumForm):
    """Why a claim does not look right, and what would be right."""

    reason = forms.CharField(
        label=_("What does not look right?"),
        help_text=_("Say it as you would face to face. The worker reads this. It is erased when this is settled."),
        validators=[_TOO_LONG],
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    field_order = ("reason", "offer")
