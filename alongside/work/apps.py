"""How Django finds the room."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """The room ``work``."""

    name = "alongside.work"
    label = "work"
    default_auto_field = "django.db.models.BigAutoField"
