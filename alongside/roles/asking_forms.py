"""Small forms of roles: who holds them, what they are called, what is asked about them."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alongside.roles import queries, rules, words
from alongside.roles.forms import TOO_LONG

_TITLE = _("Please write a title of 1 to 80 letters.")
_LABEL = _("Please write a name of 1 to 60 letters.")


class TitleForm(forms.Form):
    """The title that a holder would choose."""

    title = forms.CharField(
        label=_("Another title"),
        max_length=rules.TITLE_MOST,
        required=False,
        error_messages={"max_length": _TITLE, "null_characters_not_allowed": _TITLE},
    )


class AskingForm(forms.Form):
    """What a holder asks about a version, in a few words: a change, or a question."""

    use_required_attribute = False

    asks = forms.ChoiceField(
        label=_("What is it?"),
        choices=[("change", _("I ask for a change")), ("question", _("I have a question"))],
        initial="change",
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": words.PROBLEMS["unknown"]},
    )
    text = forms.CharField(
        label=_("What do you want to say?"),
        validators=[TOO_LONG],
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Please write a few words.")},
    )

    def __init__(self, *args: Any, again: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if again:
            del self.fields["asks"]

    def clean_asks(self) -> str:
        """A change, unless said otherwise."""
        return self.cleaned_data["asks"] or "change"


class AnswerForm(forms.Form):
    """An answer to a request: reasons, or a newer version, or both."""

    version = forms.ChoiceField(
        label=_("Does a new version answer it?"),
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": words.PROBLEMS["unknown"]},
    )
    text = forms.CharField(
        label=_("Your answer"),
        help_text=_("If nothing changes, say why."),
        required=False,
        validators=[TOO_LONG],
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, versions: Iterable[queries.Shown], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["version"]
        if isinstance(field, forms.ChoiceField):
            rows = [(str(v.id), _("Version %(number)s") % {"number": v.number}) for v in versions]
            field.choices = [("", _("No new version")), *rows]

    def clean(self) -> dict[str, Any]:
        """Something must be answered."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("version") and not (data.get("text") or "").strip() and "text" not in self.errors:
            self.add_error("text", _("Please write why, or choose a new version."))
        return data


class KindForm(forms.Form):
    """A kind of work of the group's own."""

    label = forms.CharField(
        label=_("What do you call this work?"),
        max_length=rules.LABEL_MOST,
        error_messages=dict.fromkeys(("required", "max_length", "null_characters_not_allowed"), _LABEL),
    )


class AskForm(forms.Form):
    """Whom to ask to hold a role."""

    member = forms.ChoiceField(
        label=_("Whom do you ask?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Please choose somebody."),
            "invalid_choice": _("This person was asked already, or is not in the group."),
        },
    )

    def __init__(self, *args: Any, members: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["member"]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(members)
