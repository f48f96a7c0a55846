"""How Django finds the room."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PayConfig(AppConfig):
    """The room ``pay``."""

    name = "alongside.pay"
    label = "pay"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let rooms above make known what they show beside a claim."""
        autodiscover_modules("beside")
