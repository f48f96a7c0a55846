"""How Django finds the room."""

from django.apps import AppConfig


class PayConfig(AppConfig):
    """The room ``pay``."""

    name = "alongside.pay"
    label = "pay"
    default_auto_field = "django.db.models.BigAutoField"
