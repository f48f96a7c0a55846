"""Forms of watch."""

import uuid
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from alongside.people.forms import clean_name
from alongside.watch import queries, rules

MINUTES = (1, 2, 3, 5, 10, 15, 20, 30, 60)
GRACES = (1, 2, 3, 5)
WAITS = (1, 2, 3, 5, 10, 15)
MORE = (5, 10, 30)
"""Choices, in minutes: the first check; how long there is to answer; the wait before a step; more time."""
AMBULANCE = {
    "": _("I do not say"),
    "at_once": _("Call one at once"),
    "after": _("Not before somebody came and looked"),
    "not": _("Not if I can say no"),
}
_WANT = {
    "at_once": _("Ambulance: call one at once."),
    "after": _("Ambulance: not before somebody came and looked."),
    "not": _("Ambulance: not if they can say no."),
}


def lengths(minutes: Iterable[int]) -> list[tuple[str, str]]:
    """Choices of times: seconds, and words. Where drills may be shorter than people's, the shortest is there too."""
    shortest = queries.shortest()
    short = [(str(shortest), _now("%(n)s s") % {"n": shortest})] if shortest < rules.SHORTEST else []
    return short + [(str(60 * n), _now("%(n)s min") % {"n": n}) for n in minutes]


class StartForm(forms.Form):
    """A timed check-in. ``steps`` is how many steps the crew has; ``groups`` are the person's, as id and name."""

    def __init__(self, data: Any = None, *, steps: int = 1, groups: Iterable[tuple[UUID, str]] = ()) -> None:
        start = {"check_in": uuid.uuid4(), "repeat": "again", "grace": str(rules.GRACE), "shut_from": "1"}
        super().__init__(data, initial=start | {"ambulance": "", "stewards": ""}, use_required_attribute=False)
        self.fields["check_in"] = forms.UUIDField(widget=forms.HiddenInput)
        self.fields["first"] = _radios(_("First check in"), lengths(MINUTES), required=True)
        self.fields["first"].error_messages["required"] = _("Choose one of the times.")
        again = [("again", _("Again and again")), ("once", _("Just once"))]
        self.fields["repeat"] = _radios(_("How often"), again, required=True)
        self.fields["where"] = _text(_("Where I am"), "where", _("Street, door, floor."))
        self.fields["know"] = _text(_("What to know"), "know", _("A door code, a dog, bring naloxone."))
        self.fields["contact"] = _text(_("Who to phone"), "contact", _("My number, or that of somebody close."), rows=1)
        self.fields["ambulance"] = _radios(_("An ambulance"), AMBULANCE.items())
        self.fields["want"] = _text(_("What I want done, and not done"), "want")
        self.fields["name"] = _text(_("The name to ask for"), "name", rows=1)
        froms: list[tuple[str, Any]] = [("1", _("Everybody who is called"))]
        froms += [(str(n), _now("Who is called from step %(n)s on") % {"n": n}) for n in range(2, steps + 1)]
        self.fields["shut_from"] = _radios(_("Who may see this"), froms)
        self.fields["grace"] = _radios(_("Time to answer a check"), lengths(GRACES))
        nobody: list[tuple[str, Any]] = [("", _("No"))]
        who = [(str(pk), name) for pk, name in groups]
        self.fields["stewards"] = _radios(_("When nobody comes, tell who runs a group too"), nobody + who)

    @property
    def shut_fields(self) -> list[forms.BoundField]:
        """What stays shut until people are called."""
        return [self[name] for name in ("where", "know", "contact", "want", "name")]

    def given(self) -> dict[str, Any]:
        """The valid form as ``actions.start`` takes it, without the steps."""
        data = self.cleaned_data
        first = int(data["first"])
        want = "\n".join(str(part) for part in (_WANT.get(data["ambulance"], ""), data["want"]) if part)
        shut = {name: data[name] for name in ("where", "know", "contact", "name")} | {"want": want}
        return {
            "check_in": data["check_in"],
            "first": first,
            "every": first if data["repeat"] == "again" else None,
            "grace": int(data["grace"] or rules.GRACE),
            "shut": shut,
            "shut_from": int(data["shut_from"] or 1),
            "stewards": UUID(data["stewards"]) if data["stewards"] else None,
        }


class MateForm(forms.Form):
    """Somebody who is to watch over a person: both names."""

    name = forms.CharField(
        label=_("What do you call them?"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    known_as = forms.CharField(
        label=_("What do they call you?"),
        help_text=_("They see this name when they are called."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_name(self) -> str:
        """The name in the form that is kept."""
        return clean_name(self.cleaned_data["name"])

    def clean_known_as(self) -> str:
        """The name in the form that is kept."""
        return clean_name(self.cleaned_data["known_as"])


class KnownForm(forms.Form):
    """What a rota calls a person."""

    known_as = MateForm.base_fields["known_as"]

    def clean_known_as(self) -> str:
        """The name in the form that is kept."""
        return clean_name(self.cleaned_data["known_as"])


class RotaForm(forms.Form):
    """A rota's name."""

    name = forms.CharField(
        label=_("What is the list called?"),
        help_text=_("Such as: night line."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_name(self) -> str:
        """The name in the form that is kept."""
        return clean_name(self.cleaned_data["name"])


def long(seconds: int) -> str:
    """So many seconds in words."""
    if seconds < 60 or seconds % 60:
        return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
    return ngettext("%(n)s minute", "%(n)s minutes", seconds // 60) % {"n": seconds // 60}


def _radios(label: Any, options: Iterable[tuple[str, Any]], *, required: bool = False) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=required, choices=list(options), widget=forms.RadioSelect)


def _text(label: Any, name: str, help_text: Any = "", rows: int = 2) -> forms.CharField:
    attrs = {"autocomplete": "off", "maxlength": rules.SHUT[name]}
    widget = forms.TextInput(attrs=attrs) if rows == 1 else forms.Textarea(attrs=attrs | {"rows": rows})
    most = rules.SHUT[name] - (60 if name == "want" else 0)
    widget.attrs["maxlength"] = most
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=most, widget=widget)
