"""Tables of home: the papers that say what somebody has done, as far as they must be known again."""

import uuid

from django.db import models

from alongside.people.models import Account


class Statement(models.Model):
    """That a statement of experience was made, and counts until a day. Nothing of what it says, and no name.

    ``digest`` is what is kept of the code on the paper.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="statements")
    digest = models.CharField(max_length=64, unique=True)
    until = models.DateField(help_text="the last day on which it checks out")

    class Meta:
        indexes = (models.Index(fields=["until"], name="statement_until"),)

    def __str__(self) -> str:
        return f"statement {self.pk}"
