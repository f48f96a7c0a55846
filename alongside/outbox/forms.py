"""Forms to add a channel and to prove it. Whose channel it is, is handed in: its owner may have no account."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from alongside.outbox import channels
from alongside.outbox.models import Channel

_NUMBER = {"type": "tel", "inputmode": "tel", "autocomplete": "tel"}
_MAILBOX = {"type": "email", "inputmode": "email", "autocomplete": "email", "autocapitalize": "none"}
_CODE = {"inputmode": "numeric", "autocomplete": "one-time-code"}


class AddForm(forms.Form):
    """A number (``kind="sms"``) or an e-mail address (``kind="mail"``), and the language in which to write there."""

    address = forms.CharField(max_length=200)
    language = forms.ChoiceField(
        label=_("In which language shall we write?"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        field = self.fields["address"]
        if kind == "sms":
            field.label, field.help_text = (
                _("Phone number"),
                _("Begin with + and the country code, as in +1 604 555 0142."),
            )
        else:
            field.label, field.help_text = _("E-mail address"), _("Pick one that you look at often.")
        field.widget = forms.TextInput(attrs=_NUMBER if kind == "sms" else _MAILBOX)
        self.fields["language"].initial = get_language()

    def add(self, owner: UUID) -> Channel | None:
        """The channel, and its test letter is on the way; ``None`` when it could not be, with why in the form."""
        if not self.is_valid():
            return None
        try:
            return channels.add(
                owner=owner,
                kind=self.kind,
                address=self.cleaned_data["address"],
                language=self.cleaned_data["language"],
            )
        except channels.Wrong as wrong:
            self.add_error("address", str(wrong))
        return None


class CodeForm(forms.Form):
    """The code that was sent to a channel."""

    code = forms.CharField(label=_("The code that we sent"), max_length=20, widget=forms.TextInput(attrs=_CODE))

    def prove(self, owner: UUID, channel: UUID) -> bool:
        """Whether the channel is proven now; when it is not, the form says so."""
        if not self.is_valid():
            return False
        if channels.prove(owner=owner, channel=channel, code=self.cleaned_data["code"]):
            return True
        self.add_error("code", _("This is not the code, or it is too old. Look again, or have a new one sent."))
        return False
