"""How Django finds the room."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class OutboxConfig(AppConfig):
    """The room ``outbox``."""

    name = "alongside.outbox"
    label = "outbox"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let each room make its letters known, and the words of messages that come in."""
        from alongside.outbox import checks  # noqa: F401 - registers itself

        autodiscover_modules("letters", "inbound")
