"""Forms about a claim that is disputed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from alongside.work.rules import MINUTES_MOST


class MinutesForm(forms.Form):
    """How many minutes are right, and what one would like to say about it."""

    minutes = forms.IntegerField(
        label=_("How many minutes are right?"),
        min_value=0,
        max_value=MINUTES_MOST,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    text = forms.CharField(
        label=_("What do you want to say?"),
        help_text=_("The other side reads this. It is erased when this is settled."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
