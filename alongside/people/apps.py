"""How Django finds the room."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """The room ``people``."""

    name = "alongside.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
