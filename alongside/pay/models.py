"""The ledger's tables."""

import uuid

from django.db import models

from alongside.kit.fields import ClosedField
from alongside.people.models import Membership

METHODS = ("cash", "transfer", "card", "cheque", "voucher")
"""How somebody can be paid; cash first."""


class Payee(models.Model):
    """The one link between a member and the random id on ledger lines, and how they choose to be paid."""

    membership = models.OneToOneField(Membership, primary_key=True, on_delete=models.CASCADE, related_name="payee")
    payee = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    method = models.CharField(max_length=10, default=METHODS[0])

    def __str__(self) -> str:
        return f"payee {self.payee}"


class Claim(models.Model):
    """What one piece of shared work is owed; one that payments alone wrote to holds what was paid ahead.

    No text but an open dispute's, no kind of work, no person. While a dispute is open, ``offer`` and ``wish`` are what
    each side says is right, ``sure`` is what the group itself does not question, and ``waits`` the day since which the
    group owes an answer.

    All but the dispute, and the day when the work's is put right, is written once; triggers in the database hold that.
    """

    class Dispute(models.TextChoices):
        """Where a dispute stands."""

        NONE = "none"
        OPEN = "open"
        CLOSED = "closed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.UUIDField()
    payee = models.UUIDField()
    currency = models.CharField(max_length=3)
    day = models.DateField(help_text="the day of the work")
    opened = models.DateField()
    dispute = models.CharField(max_length=6, choices=Dispute.choices, default=Dispute.NONE)
    reason = ClosedField(owner="group", help_text="why it is disputed; erased when the dispute closes")
    offer = models.BigIntegerField(null=True, help_text="what the group says is owed instead, in minor units")
    sure = models.BigIntegerField(null=True, help_text="what the group says is owed in any case, in minor units")
    wish = models.BigIntegerField(null=True, help_text="what the worker says is owed instead, in minor units")
    asked = models.DateField(null=True, help_text="when the dispute was opened")
    waits = models.DateField(null=True, help_text="since when the worker waits for the group's answer")
    keep_until = models.DateField()

    class Meta:
        indexes = (
            models.Index(fields=["group", "payee"], name="claim_payee"),
            models.Index(fields=["keep_until"], name="claim_keep"),
        )

    def __str__(self) -> str:
        return f"claim {self.pk}"

    @property
    def place(self) -> str:
        """What the closed reason is bound to."""
        return f"pay.Claim.reason:{self.id}"


class Message(models.Model):
    """What one side of an open dispute wrote, or proposed. It goes when the dispute closes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="messages")
    number = models.PositiveSmallIntegerField()
    by_group = models.BooleanField(help_text="whether the group wrote it; else the worker did")
    content = ClosedField(owner="group")
    day = models.DateField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["claim", "number"], name="one_message_a_place"),)

    def __str__(self) -> str:
        return f"message {self.number}"

    @property
    def place(self) -> str:
        """What the closed content is bound to."""
        return f"pay.Message.content:{self.id}"


class Payment(models.Model):
    """Money that was handed over once, by one method; confirmed by whoever received it.

    Only ``received``, ``missing`` and ``reversed`` are ever set later, once each, and never the first and the last of
    them both; triggers in the database hold that.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.UUIDField()
    payee = models.UUIDField()
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    method = models.CharField(max_length=10)
    day = models.DateField()
    received = models.DateField(null=True, help_text="when the payee said that it came")
    missing = models.DateField(null=True, help_text="when the payee said that it had not come yet")
    reversed = models.DateField(null=True, help_text="when a coordinator took it back: it did not come")
    keep_until = models.DateField()

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(amount__gt=0), name="payment_above_zero"),)
        indexes = (
            models.Index(fields=["group", "payee"], name="payment_payee"),
            models.Index(fields=["keep_until"], name="payment_keep"),
        )

    def __str__(self) -> str:
        return f"payment {self.pk}"


class Line(models.Model):
    """One line of the ledger: written once, held by triggers in the database (migration ``0002_written_once``).

    Positive: owed to the payee. Negative: paid, or taken back. A payment that is taken back has positive lines too.
    The sum of a claim's lines is what is still open.
    """

    class Part(models.TextChoices):
        """What a line is for; never a kind of work."""

        TIME = "time"
        PREMIUM = "premium"
        CALLOUT = "callout"
        EXPENSES = "expenses"
        CORRECTION = "correction"
        AGREED = "agreed"
        DROPPED = "dropped"
        PAID = "paid"

    id = models.BigAutoField(primary_key=True)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="lines")
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="lines")
    payee = models.UUIDField()
    part = models.CharField(max_length=10, choices=Part.choices)
    amount = models.BigIntegerField(help_text="minor units of the claim's currency")
    day = models.DateField(help_text="when the line was written")
    keep_until = models.DateField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(part="paid", payment__isnull=False)
                | ~models.Q(part="paid") & models.Q(payment=None),
                name="line_paid_by_payment",
            ),
            models.CheckConstraint(condition=~models.Q(amount=0) | models.Q(part="dropped"), name="line_not_nothing"),
        )
        indexes = (models.Index(fields=["payee", "day"], name="line_month"),)

    def __str__(self) -> str:
        return f"{self.part} {self.amount}"
