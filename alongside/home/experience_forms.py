"""Forms of the statement of experience, and of the page that checks one."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alongside.home import experience, experience_rules, experience_words
from alongside.pay.rules import month
from alongside.people import rules as codes

_NOBODY = "nobody"


class ExperienceForm(forms.Form):
    """What goes into a statement: by default all work, and nothing that names a group."""

    name = forms.CharField(
        label=_("Which name should stand on it?"),
        help_text=_("It goes on this paper alone. We do not keep it."),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    start = forms.CharField(label=_("From which month?"), max_length=7, widget=forms.TextInput(attrs={"type": "month"}))
    end = forms.CharField(label=_("To which month?"), max_length=7, widget=forms.TextInput(attrs={"type": "month"}))

    def __init__(self, data: Any, material: experience.Material) -> None:
        every = list(material.kinds)
        groups = [(_NOBODY, _("For nobody, just for me")), *material.groups.items()]
        super().__init__(
            data,
            initial={
                "start": material.months[0],
                "end": material.months[1],
                "kinds": every,
                "groups": [code for code, _label in groups],
                "roles": [str(place) for place in range(len(material.roles))],
            },
            use_required_attribute=False,
        )
        self.material = material
        self.fields["kinds"] = _several(_("Which kinds of work?"), [(c, experience_words.KINDS[c]) for c in every])
        self.fields["kinds"].required = True
        self.fields["groups"] = _several(_("Work for whom?"), groups)
        self.fields["roles"] = _several(_("Which roles?"), [(str(n), r[0]) for n, r in enumerate(material.roles)])
        skills = experience_words.skills(set(every))
        self.fields["skills"] = _several(_("What are you good at?"), list(skills.items()))
        named = [(g, name) for g, name in material.groups.items() if not experience_rules.tells(name)]
        self.fields["named"] = _several(_("Name these groups on the paper?"), named)
        self.fields["named"].help_text = _(
            "A group's name may tell more than you want to. None is named unless you tick it."
        )
        for name in ("groups", "roles", "skills", "named"):
            if not self.fields[name].choices:  # type: ignore[attr-defined]
                del self.fields[name]

    def clean_start(self) -> dt.date:
        """The first day of the month."""
        return _month(self.cleaned_data["start"])

    def clean_end(self) -> dt.date:
        """The first day of the month."""
        return _month(self.cleaned_data["end"])

    def clean(self) -> dict[str, Any]:
        """A span of months goes forwards."""
        data = super().clean() or {}
        if data.get("start") and data.get("end") and data["end"] < data["start"]:
            self.add_error("end", _("This month is before the first one."))
        return data

    def wanted(self) -> experience_rules.Wanted:
        """What was chosen, once the form is valid."""
        data, material = self.cleaned_data, self.material
        return experience_rules.Wanted(
            start=data["start"],
            end=data["end"],
            groups={"" if code == _NOBODY else code for code in data.get("groups", ())},
            kinds=set(data["kinds"]),
            roles=[material.roles[int(place)] for place in data.get("roles", ())],
            skills=data.get("skills", []),
            named=[material.groups[group] for group in data.get("named", ())],
        )


class CheckForm(forms.Form):
    """The code on a paper; or what its square held, which a script fills in."""

    code = forms.CharField(
        label=_("The code on the paper"),
        help_text=_("Sixteen letters and digits."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    paper = forms.CharField(required=False, max_length=3000, widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("The name on the paper"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, use_required_attribute=False)
        self.fields["code"].required = not (data or {}).get("paper")

    def clean_code(self) -> str:
        """The code, read with patience; empty when none was typed."""
        typed: str = self.cleaned_data["code"]
        if not typed:
            return ""
        found = codes.code(typed)
        if found is None:
            raise forms.ValidationError(_("This is not a whole code. It has sixteen letters and digits."))
        return found


def _several(label: Any, choices: list[tuple[str, Any]]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, required=False, choices=choices, widget=forms.CheckboxSelectMultiple)


def _month(text: str) -> dt.date:
    found = month(text.strip())
    if found is None:
        raise forms.ValidationError(_("Write the month as year and month: 2026-03."))
    return found
