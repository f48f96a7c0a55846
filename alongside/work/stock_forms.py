"""Forms of stock."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from alongside.kit.forms import WHOLE_NUMBER
from alongside.kit.text import Words
from alongside.work import labels, stock_rules
from alongside.work.stock import NAME_MOST

Option = tuple[str, Words]


def spot_value(place: UUID, lot: UUID | None) -> str:
    """A place and a lot as the value of a choice."""
    return f"{place}.{lot or ''}"


def _number(label: Words, *, least: int, needed: bool = True) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=needed,
        min_value=least,
        max_value=stock_rules.AMOUNT_MOST,
        error_messages=WHOLE_NUMBER,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


def _choice(label: Words, options: Iterable[Option]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=list(options), widget=forms.RadioSelect)


def _words(label: Words, hint: Words) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, max_length=NAME_MOST, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class PlaceForm(forms.Form):
    """A place where supplies are kept."""

    name = _words(_("What do you call the place?"), _("Such as Van or Back room. No address is needed."))


class OwnForm(forms.Form):
    """A thing of the group's own to keep count of."""

    name = _words(_("What is it called?"), _("Such as: socks, or tents."))
    unit = _words(_("What is one of it?"), _("Such as: a pair, or one piece."))
    by_lot = forms.BooleanField(label=_("It has a lot number and a last good day."), required=False)


class SupplyForm(forms.Form):
    """A thing to keep count of."""

    code = _choice(_("Which thing?"), labels.SUPPLIES.items())
    unit = _words(_("What is one of it?"), _("Such as: a box of 2, or one piece. Count it the same way in your work."))
    by_lot = forms.BooleanField(label=_("It has a lot number and a last good day."), required=False)


class _Once(forms.Form):
    """A form that is taken once: sent twice, it writes the same lines."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"key": uuid.uuid4()}, use_required_attribute=False)


class InForm(_Once):
    """What came in: ``places`` to choose from; with ``by_lot`` also of which lot."""

    def __init__(self, data: Any, places: Sequence[Option], *, by_lot: bool) -> None:
        super().__init__(data)
        self.fields["amount"] = _number(_("How many came in?"), least=1)
        self.fields["place"] = _choice(_("Where are they now?"), places)
        self.initial["place"] = places[0][0] if places else None
        if by_lot:
            self.fields["number"] = _words(_("Lot number"), _("It stands on the box."))
            self.fields["expires"] = forms.DateField(
                label=_("Last good day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            )


class FromForm(_Once):
    """How many of what is at one of ``spots``."""

    def __init__(self, data: Any, spots: Sequence[Option], how_many: Words, which: Words) -> None:
        super().__init__(data)
        self.fields["spot"] = _choice(which, spots)
        if len(spots) == 1:
            self.initial["spot"] = spots[0][0]
        self.fields["amount"] = _number(how_many, least=1)

    def spot(self) -> tuple[UUID, UUID | None]:
        """The place and the lot that were chosen."""
        return read_spot(self.cleaned_data["spot"])


class LostForm(FromForm):
    """What is gone without being handed out; of a thing of the group's ``own``, also what was."""

    def __init__(self, data: Any, spots: Sequence[Option], *, own: bool = False) -> None:
        super().__init__(data, spots, _("How many are gone?"), _("From where?"))
        why = [("lost", _("Lost or broken")), ("expired", _("Out of date, put away for good"))]
        self.fields["why"] = _choice(_("Why?"), [*([("out", _("Handed out"))] if own else []), *why])
        self.initial["why"] = "out" if own else "lost"


class MoveForm(FromForm):
    """What was brought from one place to another."""

    def __init__(self, data: Any, spots: Sequence[Option], places: Sequence[Option]) -> None:
        super().__init__(data, spots, _("How many?"), _("From where?"))
        self.fields["to"] = _choice(_("To where?"), places)


class CountForm(forms.Form):
    """What is there: one number a spot; those left empty were not counted."""

    def __init__(self, data: Any, spots: Sequence[tuple[str, Words, Words]]) -> None:
        super().__init__(data, use_required_attribute=False)
        self.spots = [value for value, _label, _hint in spots]
        for n, (_value, label, hint) in enumerate(spots):
            self.fields[f"spot_{n}"] = field = _number(label, least=0, needed=False)
            field.help_text = hint

    def counted(self) -> dict[tuple[UUID, UUID | None], int]:
        """What was counted, by place and lot."""
        given = {value: self.cleaned_data[f"spot_{n}"] for n, value in enumerate(self.spots)}
        return {read_spot(value): n for value, n in given.items() if n is not None}


class WhereForm(forms.Form):
    """From which of ``spots`` shared work took its things."""

    def __init__(self, data: Any, spots: Sequence[Option]) -> None:
        super().__init__(data, use_required_attribute=False)
        self.fields["spot"] = _choice(_("Where did they come from?"), spots)

    def spot(self) -> tuple[UUID, UUID | None]:
        """The place and the lot that were chosen."""
        return read_spot(self.cleaned_data["spot"])


def read_spot(value: str) -> tuple[UUID, UUID | None]:
    """What :func:`spot_value` wrote."""
    place, _dot, lot = value.partition(".")
    return UUID(place), UUID(lot) if lot else None
