"""Forms of pay."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alongside.kit import money

REASON_MOST = 2000
"""The longest reason, in code points."""


class OfferForm(forms.Form):
    """What is owed instead, in the claim's currency."""

    offer = forms.CharField(
        label=_("What sum would be right?"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.fields["offer"].help_text = _("In %(currency)s, for the whole claim.") % {"currency": currency}

    def clean_offer(self) -> int | None:
        """The sum in minor units; ``None`` when it was left empty."""
        text: str = self.cleaned_data["offer"].strip()
        if not text:
            return None
        try:
            amount = money.read(text, self.currency)
        except money.BadAmount:
            raise forms.ValidationError(_("We could not read this sum. Write it like 12.50.")) from None
        if amount < 0:
            raise forms.ValidationError(_("A sum cannot be less than nothing."))
        return amount


class DisputeForm(OfferForm):
    """Why a claim does not look right, and what would be right."""

    reason = forms.CharField(
        label=_("What does not look right?"),
        help_text=_("Say it as you would face to face. The worker reads this. It is erased when this is settled."),
        max_length=REASON_MOST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    field_order = ("reason", "offer")

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, currency=currency, **kwargs)
        self.fields["offer"].required = False
