"""How Django finds the room."""

from django.apps import AppConfig


class WatchConfig(AppConfig):
    """The room ``watch``."""

    name = "alongside.watch"
    label = "watch"
    default_auto_field = "django.db.models.BigAutoField"
