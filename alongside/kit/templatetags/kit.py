"""Template helpers of the design system."""

from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from alongside.kit import money as money_

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A picture from the sprite ``kit/icons.svg``; always beside words, so hidden from screen readers."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        static("kit/icons.svg"),
        name,
    )


@register.simple_tag
def money(amount: int, currency: str) -> str:
    """An amount in minor units as a person reads it."""
    return money_.show(amount, currency)


@register.simple_tag
def digits() -> str:
    """What scripts need to know of money: each currency whose minor unit has not two digits, as ``JPY0 KWD3``."""
    return " ".join(f"{code}{n}" for code, n in money_.EXPONENTS.items())


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """``mapping[key]``, or ``None``."""
    return mapping.get(key) if hasattr(mapping, "get") else None
