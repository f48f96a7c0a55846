"""Forms of home."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alongside.people.models import Account


class DeleteForm(forms.Form):
    """The last word before an account goes: the passphrase, or a tick where there is none."""

    passphrase = forms.CharField(
        label=_("Your passphrase"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    sure = forms.BooleanField(label=_("Yes, delete my account"))

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        self.fields.pop("sure" if account.has_usable_password() else "passphrase")

    def clean_passphrase(self) -> str:
        """It must be the one that signs in."""
        typed: str = self.cleaned_data["passphrase"]
        if not self.account.check_password(typed):
            raise forms.ValidationError(_("This is not the passphrase you use now."))
        return typed
