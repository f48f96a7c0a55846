"""Forms of people."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from alongside.kit import money
from alongside.kit.forms import WHOLE_NUMBER
from alongside.kit.text import Words
from alongside.people import queries, rules
from alongside.people.auth import was_shown
from alongside.people.models import Account, Recovery

_HANDLE = {"autocapitalize": "none", "autocomplete": "username", "autocorrect": "off", "spellcheck": "false"}


def _new_passphrase(label: Words) -> forms.CharField:
    """A field for a passphrase that is to be. What was typed stays when something else is wrong."""
    return forms.CharField(
        label=label,
        help_text=_("Ten letters or more. A few odd words in a row work well. Write it down: we cannot look it up."),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(render_value=True, attrs={"autocomplete": "new-password"}),
    )


def _good_passphrase(passphrase: str) -> str:
    validate_password(passphrase)
    return passphrase


class SignInForm(LoginForm):  # type: ignore[misc]
    """Handle and passphrase, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Your sign-in name")
        self.fields["login"].widget = forms.TextInput(attrs=_HANDLE)
        self.fields["password"].label = _("Your passphrase")
        self.fields["password"].help_text = ""
        self.fields["password"].widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
        self.fields.pop("remember", None)


class PassphraseForm(ChangePasswordForm):  # type: ignore[misc]
    """The old passphrase and a new one, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "oldpassword": _("The passphrase you use now"),
            "password1": _("A new one"),
            "password2": _("The new one again"),
        }
        for name, label in labels.items():
            completes = "current-password" if name == "oldpassword" else "new-password"
            self.fields[name].label = label
            self.fields[name].help_text = ""
            self.fields[name].widget = forms.PasswordInput(attrs={"autocomplete": completes})


class AccountForm(forms.Form):
    """A new account: nothing but a sign-in name and a passphrase."""

    handle = forms.CharField(
        label=_("Choose a sign-in name"),
        help_text=_("Not your legal name. Only you see it. Letters and numbers."),
        max_length=30,
        widget=forms.TextInput(attrs=_HANDLE),
    )
    passphrase = _new_passphrase(_("Choose a passphrase"))

    def clean_handle(self) -> str:
        """The sign-in name in the form that is kept."""
        wanted = rules.handle(self.cleaned_data["handle"])
        if wanted is None:
            raise forms.ValidationError(
                _("Use 3 to 30 letters or numbers. You can also use dots, dashes and lines between them.")
            )
        return wanted

    def clean_passphrase(self) -> str:
        """A passphrase that is long enough and not a common one."""
        return _good_passphrase(self.cleaned_data["passphrase"])


class RecoverForm(forms.Form):
    """A sign-in name, its printed code, and a new passphrase."""

    handle = forms.CharField(label=_("Your sign-in name"), max_length=30, widget=forms.TextInput(attrs=_HANDLE))
    code = forms.CharField(
        label=_("The code that you wrote down"),
        help_text=_("Type all of it, with or without spaces. The second part stays on this phone."),
        max_length=80,
        widget=forms.TextInput(attrs=_HANDLE | {"autocomplete": "off"}),
    )
    passphrase = _new_passphrase(_("Choose a new passphrase"))
    recovery: Recovery

    def clean_code(self) -> str:
        """The first part: a script takes the second part off. Without scripts a person has to."""
        code: str = self.cleaned_data["code"]
        if rules.holds_second_half(code):
            raise forms.ValidationError(_("Type only the first part of the code here: the first 16 letters."))
        return code

    def clean_passphrase(self) -> str:
        """A passphrase that is long enough and not a common one."""
        return _good_passphrase(self.cleaned_data["passphrase"])

    def clean(self) -> dict[str, Any]:
        """Look the code up only when all else is well: that takes long, on purpose."""
        cleaned = super().clean() or {}
        if not self.errors:
            found = queries.recovery(cleaned["handle"], cleaned["code"])
            if found is None:
                raise forms.ValidationError(_("This name and code do not go together. Please look again."))
            self.recovery = found
        return cleaned


class StepForm(forms.Form):
    """The code that a code app shows now."""

    code = forms.CharField(
        label=_("The six numbers that your app shows"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autocapitalize": "none"}
        ),
    )


class ConfirmForm(forms.Form):
    """The passphrase once more, before something that opens the account; not asked of who has just shown it."""

    shown = forms.CharField(required=False, widget=forms.HiddenInput)
    passphrase = forms.CharField(
        label=_("Your passphrase"),
        help_text=_("We ask again in case somebody else holds your phone."),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, account: Account, shown: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account, self.initial = account, {**self.initial, "shown": shown}
        proof = shown or (self.data.get("shown", "") if self.is_bound else "")
        if not account.has_usable_password() or was_shown(account, proof):
            del self.fields["passphrase"]

    def clean_passphrase(self) -> str:
        """The account's own passphrase."""
        passphrase: str = self.cleaned_data["passphrase"]
        if not self.account.check_password(passphrase):
            raise forms.ValidationError(_("This is not the passphrase you use now."))
        return passphrase


class NameForm(forms.Form):
    """A name in one group."""

    name = forms.CharField(
        label=_("What should people in this group call you?"),
        help_text=_("Any name you like. Other groups never see it."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_name(self) -> str:
        """The name in the form that is kept."""
        return clean_name(self.cleaned_data["name"])


class GroupForm(forms.Form):
    """A group."""

    name = forms.CharField(label=_("What is the group called?"), max_length=80)
    currency = forms.CharField(
        label=_("Which money do you pay in?"), help_text=_("Three letters, like CAD or EUR."), max_length=3
    )
    tax_years = forms.IntegerField(
        label=_("How many years must you keep pay records?"),
        help_text=_("The tax rules where you are say this. People see it before they share work."),
        min_value=0,
        max_value=30,
        error_messages=WHOLE_NUMBER,
        initial=7,
    )

    def clean_name(self) -> str:
        """The name without what cannot be seen, when anything is left of it."""
        name = rules.one_line(self.cleaned_data["name"])
        if not rules.is_visible(name):
            raise forms.ValidationError(_("Please write a name that people can see."))
        return name

    def clean_currency(self) -> str:
        """A currency that exists."""
        code: str = self.cleaned_data["currency"].strip().upper()
        if not money.is_currency(code):
            raise forms.ValidationError(_("We do not know this money. Use three letters, like CAD or EUR."))
        return code


class NewGroupForm(GroupForm):
    """A new group, and its maker's place in it."""

    own_name = forms.CharField(label=_("What should people in this group call you?"), max_length=200)
    coordinates = forms.BooleanField(
        label=_("I also coordinate: I invite people, write roles and pay"), required=False, initial=True
    )
    field_order = ("name", "own_name", "coordinates", "currency", "tax_years")

    def clean_own_name(self) -> str:
        """The name in the form that is kept."""
        return clean_name(self.cleaned_data["own_name"])


def clean_name(text: str) -> str:
    """``text`` as a name in a group. Raises ``ValidationError`` in plain words."""
    wanted = rules.name(text)
    if wanted is None:
        raise forms.ValidationError(_("Please write a name of 1 to 40 letters."))
    return wanted
