"""Forms that look alike everywhere."""

from html import escape
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

WHOLE_NUMBER = {
    "invalid": _("Please write a whole number."),
    "min_value": _("Please write %(limit_value)s or more."),
    "max_value": _("Please write %(limit_value)s or less."),
}
"""What a field for a number says, in plainer words than Django's own."""

_INPUTS = frozenset(
    f"django/forms/widgets/{name}.html"
    for name in (
        "checkbox", "checkbox_option", "date", "email", "hidden", "number", "password", "radio_option", "tel", "text",
        "time", "url",
    )
)  # fmt: skip
"""Django's templates of what is one ``<input>``: three files each, and a choice among many takes four."""


class Renderer(TemplatesSetting):
    """Renders a form's fields with the design system's template, and an ``<input>`` without one.

    A page to record work has a hundred of those; as templates they were half of what the server did for it (ADR 25).
    """

    form_template_name = "kit/form.html"
    field_template_name = "kit/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """HTML of a widget, to the letter as Django's own templates have it."""
        widget = context.get("widget", {})
        if template_name in _INPUTS and not widget.get("wrap_label"):
            return _input(widget)
        return super().render(template_name, context, request)


def _input(widget: dict[str, Any]) -> SafeString:
    value = {} if widget["value"] is None else {"value": str(widget["value"])}
    attributes = {"type": widget["type"], "name": widget["name"]} | value | widget["attrs"]
    return SafeString(f"<input{''.join(_attribute(*one) for one in attributes.items())}>")


def _attribute(name: str, value: Any) -> str:
    """`` name="value"``. Written out by hand: ``format_html`` was a sixth of what a page with a hundred of them took."""
    if value is True or value is False:
        return f" {escape(name)}" if value else ""
    return f' {escape(name)}="{value if isinstance(value, SafeString) else escape(str(value))}"'
