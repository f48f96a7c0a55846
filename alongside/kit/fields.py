"""Model fields that the whole project shares."""

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    _Binary = models.BinaryField[bytes | memoryview, bytes]
else:
    _Binary = models.BinaryField


class ClosedField(_Binary):
    """Closed text: AES-GCM ciphertext under the data key of ``owner``.

    ``owner`` names, in words, whose key it is (``"person"``, ``"group"``); ``docs/data.md`` and a test hold the
    two together. The field stores bytes and decrypts nothing by itself: rooms call :mod:`alongside.kit.closed`,
    so that every look into the keys database is a line that can be seen.
    """

    def __init__(self, *args: Any, owner: str, **kwargs: Any) -> None:
        self.owner = owner
        kwargs.setdefault("editable", False)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", b"")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """As Django's, with the owner, so that migrations keep it."""
        name, path, args, kwargs = super().deconstruct()
        kwargs["owner"] = self.owner
        return name, path, list(args), kwargs
