"""How Django finds the room."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    """The room ``home``."""

    name = "alongside.home"
    label = "home"
    default_auto_field = "django.db.models.BigAutoField"
