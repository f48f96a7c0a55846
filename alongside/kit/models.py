"""Tables of kit: data keys and those that ended, the audit chain, the job rows and the runner's beat."""

import uuid

from django.db import models


class DataKey(models.Model):
    """A person's or a group's data key. In the keys database."""

    owner = models.UUIDField(primary_key=True, editable=False)
    key = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return "data key"


class Ended(models.Model):
    """The owner of a key that was deleted: no key is made for it again, and a restored backup forgets it.

    In the keys database, without a day: a random id that leads to nothing else.
    """

    owner = models.UUIDField(primary_key=True, editable=False)

    def __str__(self) -> str:
        return "ended"


class Erased(models.Model):
    """A row that somebody deleted while their key lives on: a restored backup deletes it again.

    In the keys database, without a day: a random id that leads to nothing else.
    """

    row = models.UUIDField(primary_key=True, editable=False)

    def __str__(self) -> str:
        return "erased"


class AuditHead(models.Model):
    """The end of one audit chain: locked to add a row, so that a chain has one order."""

    chain = models.UUIDField(primary_key=True, editable=False)
    seq = models.BigIntegerField(default=0)
    hash = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"audit chain, {self.seq} rows"


class AuditCheckpoint(models.Model):
    """Where a chain begins now: the last row that was pruned, signed by the installation."""

    chain = models.UUIDField(primary_key=True, editable=False)
    seq = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)
    signature = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"pruned up to {self.seq}"


class AuditRow(models.Model):
    """One act in one chain. No foreign keys: it outlives what it speaks of."""

    id = models.BigAutoField(primary_key=True)
    chain = models.UUIDField()
    seq = models.BigIntegerField()
    day = models.DateField()
    act = models.CharField(max_length=40)
    actor = models.CharField(max_length=16)
    detail = models.JSONField(default=dict)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["chain", "seq"], name="audit_chain_order"),)
        indexes = (models.Index(fields=["day"], name="audit_day"),)

    def __str__(self) -> str:
        return f"{self.act} ({self.seq})"


class Job(models.Model):
    """A recurring piece of due work. The row is the queue: leased, done, then marked."""

    name = models.CharField(max_length=60, primary_key=True)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    lease = models.UUIDField(default=uuid.uuid4)
    failures = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["due_at"], name="job_due"),)

    def __str__(self) -> str:
        return self.name


class Beat(models.Model):
    """When a job process last said that it is alive."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Guess(models.Model):
    """How often something was tried, until it may be tried again (:mod:`alongside.kit.guesses`)."""

    place = models.CharField(max_length=64, primary_key=True)
    until = models.DateTimeField()
    value = models.JSONField()

    class Meta:
        indexes = (models.Index(fields=["until"], name="guess_until"),)

    def __str__(self) -> str:
        return "tries"
