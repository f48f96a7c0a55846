"""An ``<input>`` that is written without a template is, to the letter, what Django's template of it makes."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget
from django.forms.renderers import DjangoTemplates
from hypothesis import given
from hypothesis import strategies as st

from alongside.kit.forms import _INPUTS, Renderer

WIDGETS = (
    forms.TextInput, forms.NumberInput, forms.HiddenInput, forms.PasswordInput, forms.DateInput, forms.EmailInput,
    forms.URLInput, forms.TimeInput, forms.TelInput, forms.CheckboxInput,
)  # fmt: skip
CHOICES = (forms.RadioSelect, forms.CheckboxSelectMultiple)
TEXT = st.text(max_size=20)
ATTRS = st.dictionaries(
    st.sampled_from(["id", "class", "aria-label", "maxlength", "step", "required", "checked"]),
    TEXT | st.booleans() | st.integers(),
)


def test_each_template_that_is_passed_by_is_of_one_of_these() -> None:
    assert {one.template_name for one in WIDGETS} | {one.option_template_name for one in CHOICES} == _INPUTS


@given(
    widget=st.sampled_from(WIDGETS),
    name=TEXT,
    value=st.none() | TEXT | st.booleans() | st.integers() | st.dates(),
    attrs=ATTRS,
)
def test_an_input(widget: type[forms.Widget], name: str, value: Any, attrs: dict[str, Any]) -> None:
    one = widget()
    theirs = one.render(name, value, attrs, DjangoTemplates())
    assert one.render(name, value, attrs, Renderer()) == theirs.rstrip("\n")


@given(
    widget=st.sampled_from(CHOICES),
    values=st.lists(TEXT | st.booleans() | st.integers(), max_size=4),
    chosen=TEXT,
    attrs=ATTRS,
)
def test_a_choice(widget: type[forms.RadioSelect], values: list[Any], chosen: str, attrs: dict[str, Any]) -> None:
    """Alone, as our pages have it, and with the label that Django puts around it when asked for all."""
    many = widget(choices=[(value, "words") for value in [*values, chosen]])
    assert _boxes(many, chosen, attrs, Renderer()) == _boxes(many, chosen, attrs, DjangoTemplates())


def _boxes(many: forms.RadioSelect, chosen: str, attrs: dict[str, Any], renderer: Any) -> list[str]:
    boxes = [BoundWidget(many, data, renderer) for data in many.subwidgets("name", [chosen], attrs)]
    return [box.tag() for box in boxes] + [many.render("name", [chosen], attrs, renderer)]
