"""How Django finds the room."""

from django.apps import AppConfig


class RolesConfig(AppConfig):
    """The room ``roles``."""

    name = "alongside.roles"
    label = "roles"
    default_auto_field = "django.db.models.BigAutoField"
