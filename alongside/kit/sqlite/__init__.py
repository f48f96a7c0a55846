"""Django's backend for SQLite, with a better way to wait for the one writer's turn (Django finds ``base`` in here)."""
