"""Letters."""

import uuid

from django.db import models

from alongside.kit.fields import ClosedField


class Letter(models.Model):
    """One letter to one person. Its words come from its code; what fills them is closed by the person's key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.UUIDField()
    code = models.CharField(max_length=40)
    filling = ClosedField(owner="person")
    day = models.DateField()
    read = models.BooleanField(default=False)

    class Meta:
        indexes = (models.Index(fields=["owner", "read", "-day"], name="letter_owner"),)

    def __str__(self) -> str:
        return self.code

    @property
    def place(self) -> str:
        """What the closed text is bound to."""
        return f"outbox.Letter.filling:{self.id}"


class Dispatch(models.Model):
    """A letter that is to leave by a channel. Its id is given by who writes it, and is the key that makes it one letter."""

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.UUIDField()
    code = models.CharField(max_length=40)
    filling = ClosedField(owner="person")
    due_at = models.DateTimeField()
    good_until = models.DateTimeField()
    state = models.CharField(max_length=10, default="waiting")

    class Meta:
        indexes = (models.Index(fields=["state", "due_at"], name="dispatch_due"),)

    def __str__(self) -> str:
        return self.code

    @property
    def place(self) -> str:
        """What the closed text is bound to."""
        return f"outbox.Dispatch.filling:{self.id}"
