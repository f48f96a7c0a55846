"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """The host's name and contact, where quick exit goes, and whether this is the demo."""
    return {
        "host_name": settings.HOST_NAME,
        "host_contact": settings.HOST_CONTACT,
        "exit_url": settings.EXIT_URL,
        "is_demo": settings.DEMO,
    }
