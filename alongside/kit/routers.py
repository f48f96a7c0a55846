"""Which database a table lives in: data keys apart from all else."""

from typing import Any

from django.db.models import Model

KEYS = "keys"
_APART = {("kit", "datakey"), ("kit", "ended"), ("kit", "erased")}


class KeysRouter:
    """Data keys, and the lists of what ended, live in ``keys``; everything else in ``default``."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        """The database that ``model`` is read from."""
        return KEYS if _apart(model._meta.app_label, model._meta.model_name) else None

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool | None:
        """Whether a table may be made in ``db``. Operations without a model run in ``default`` alone."""
        return (db == KEYS) == _apart(app_label, model_name)


def _apart(app_label: str, model_name: str | None) -> bool:
    return (app_label, model_name or "") in _APART
