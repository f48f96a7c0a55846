"""How Django finds the room."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class KitConfig(AppConfig):
    """The room ``kit``."""

    name = "alongside.kit"
    label = "kit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let each room make its jobs known."""
        autodiscover_modules("jobs", "retention")
