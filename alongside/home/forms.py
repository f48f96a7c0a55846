"""Forms of home."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alongside.people.models import Account


class DeleteForm(forms.Form):
    """The last word before an account goes: the passphrase; a passkey where there is none; a tick where there is neither.

    Whether the phone gave a passkey is for the view to check: ``gave`` says so.
    """

    passphrase = forms.CharField(
        label=_("Your passphrase"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    sure = forms.BooleanField(label=_("Yes, delete my account"))

    answer = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, account: Account, *args: Any, passkey: bool = False, gave: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account, self.gave = account, gave
        wanted = "passphrase" if account.has_usable_password() else "answer" if passkey else "sure"
        for name in {"passphrase", "answer", "sure"} - {wanted}:
            del self.fields[name]

    def clean_answer(self) -> str:
        """The phone must have given a passkey of this account."""
        if not self.gave:
            raise forms.ValidationError(_("Your phone gave no passkey. You can try again."))
        return ""

    def clean_passphrase(self) -> str:
        """It must be the one that signs in."""
        typed: str = self.cleaned_data["passphrase"]
        if not self.account.check_password(typed):
            raise forms.ValidationError(_("This is not the passphrase you use now."))
        return typed
