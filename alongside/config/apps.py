"""How Django finds config: it has no tables, only commands for developers."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The entry points."""

    name = "alongside.config"
    label = "config"
