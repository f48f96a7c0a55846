"""Template helpers of the design system."""

from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from alongside.kit import money as money_
from alongside.kit.modules import imported

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
def modules(*names: str) -> SafeString:
    """Scripts that are ES modules, with all that they import, which the browser then fetches beside them."""
    needed = dict.fromkeys(one for name in names for one in imported(name) if one not in (*names, "kit/page.js"))
    hints = format_html_join("", '<link rel="modulepreload" href="{}">', ((static(one),) for one in needed))
    return hints + format_html_join("", '<script type="module" src="{}"></script>', ((static(one),) for one in names))


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
