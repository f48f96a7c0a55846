"""The form with which a coordinator copies a paper sheet.

That of an entry, without what only the worker can say, and without the kinds that no group is told of.
"""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from alongside.people.models import Group
from alongside.roles.kinds import SHARED_AS
from alongside.roles.queries import HeldRole
from alongside.work.forms import EntryForm
from alongside.work.labels import ORIGINS_OF_OTHERS

_LEFT_OUT = ("id", "revision", "for", "shared", "told", "weight", "barriers", "note", "share_note")


class PaperForm(EntryForm):
    """One piece of work of a member of ``group``; ``kinds`` are the group's own, ``held`` the member's roles there."""

    def __init__(self, data: Any, group: Group, kinds: dict[str, str], held: list[HeldRole]) -> None:
        own = [{"code": code, "label": label} for code, label in kinds.items()]
        mine = {"id": str(group.pk), "name": group.name, "told": True, "kinds": own, "roles": []}
        super().__init__(data, {"groups": [mine], "currencies": [group.currency]})
        for name in _LEFT_OUT:
            del self.fields[name]
        said: Any = self.fields["kinds"]
        said.choices = [(code, label) for code, label in said.choices if code not in SHARED_AS]
        came: Any = self.fields["origin"]
        came.choices = [(code, ORIGINS_OF_OTHERS.get(code, label)) for code, label in came.choices]
        roles = [(str(role.id), role.title) for role in held]
        self.fields["role"] = forms.ChoiceField(
            label=_("In which role?"), required=False, choices=[("", _("In none")), *roles], widget=forms.RadioSelect
        )

    def entry(self) -> dict[str, Any]:
        """The valid form as the API's entry."""
        nothing = {"for": "", "shared": "no", "weight": "", "barriers": [], "note": "", "share_note": False}
        self.cleaned_data |= {"id": uuid.uuid4(), "revision": 1, **nothing}
        return {**super().entry(), "role": self.cleaned_data["role"] or None}
