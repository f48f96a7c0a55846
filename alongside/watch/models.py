"""Who watches over whom, check-ins, and the calls that they make. No clock time but what a check-in runs by."""

import uuid

from django.db import models

from alongside.kit.fields import ClosedField
from alongside.people.models import Account, Group, Membership


class Watcher(models.Model):
    """Somebody whom ``person`` chose to be called: an account, somebody without one, or a group's rota.

    ``owner`` is whom the outbox writes to: the account's id, or an own id with an own data key. The rota is an id
    and no key, since this row is the person's and the rota is the group's: one that is gone is a watcher with nobody.
    ``known_as`` is what the watcher calls the person. ``wait`` is the step's: seconds before it, the same in all its rows.
    ``digest`` is of the secret in the invitation, good until ``last_day``; after a yes without an account, of the secret
    by which they change or stop it (``last_day`` is then empty).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="watchers")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, related_name="watches")
    owner = models.UUIDField(default=uuid.uuid4)
    rota = models.UUIDField(null=True)
    name = ClosedField(owner="person")
    known_as = ClosedField(owner="person")
    step = models.PositiveSmallIntegerField(default=1)
    wait = models.PositiveSmallIntegerField(default=180)
    agreed = models.BooleanField(default=False)
    off = models.BooleanField(default=False)
    digest = models.CharField(max_length=64, blank=True)
    last_day = models.DateField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["digest"], name="watcher_digest"),
            models.Index(fields=["owner"], name="watcher_owner"),
        )

    def __str__(self) -> str:
        return f"watcher {self.pk}"

    @property
    def place(self) -> str:
        """What the closed name is bound to."""
        return f"watch.Watcher.name:{self.id}"

    @property
    def place_of_known_as(self) -> str:
        """What the closed name of the person is bound to."""
        return f"watch.Watcher.known_as:{self.id}"


class Rota(models.Model):
    """A group's responders, as one choice for its members."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="rotas")
    name = ClosedField(owner="group")

    def __str__(self) -> str:
        return f"rota {self.pk}"

    @property
    def place(self) -> str:
        """What the closed name is bound to."""
        return f"watch.Rota.name:{self.id}"


class RotaTurn(models.Model):
    """A member who was asked to be in a rota, and whether they said yes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="turns")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="rota_turns")
    agreed = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["rota", "membership"], name="one_turn_a_member"),)

    def __str__(self) -> str:
        return f"turn {self.pk}"


class LookIn(models.Model):
    """The gentle kind: friends see that somebody asked, and nudge. No timer; the row goes when it ends."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="look_in")
    watchers = models.JSONField(default=list)
    nudged = models.JSONField(default=list)
    answered = models.BooleanField(default=False)
    day = models.DateField()

    class Meta:
        indexes = (models.Index(fields=["day"], name="look_in_day"),)

    def __str__(self) -> str:
        return f"look in {self.pk}"


class CheckIn(models.Model):
    """One timed check-in. ``next_at`` is when the engine must look at it again; null once nothing more is due.

    The states and what leads from one to the other are in :mod:`alongside.watch.rules`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="check_ins")
    state = models.CharField(max_length=10)
    due_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    every = models.PositiveIntegerField(null=True)
    grace = models.PositiveIntegerField()
    arrive = models.PositiveIntegerField()
    plan = models.JSONField()
    step = models.PositiveSmallIntegerField(default=0)
    round = models.PositiveIntegerField(default=0)
    called_for = models.CharField(max_length=10, blank=True)
    loud = models.BooleanField(default=False)
    late = models.BooleanField(default=False)
    shut = ClosedField(owner="person")
    shut_from = models.PositiveSmallIntegerField(default=1)
    stewards = models.UUIDField(null=True)
    outcome = models.CharField(max_length=10, blank=True)
    day = models.DateField()
    version = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(fields=["next_at"], name="check_in_next", condition=models.Q(next_at__isnull=False)),
            models.Index(fields=["day"], name="check_in_over", condition=models.Q(next_at__isnull=True)),
            models.Index(fields=["id"], name="check_in_loud", condition=models.Q(loud=True)),
        )

    def __str__(self) -> str:
        return f"check-in {self.pk}"

    @property
    def place(self) -> str:
        """What the shut text is bound to."""
        return f"watch.CheckIn.shut:{self.id}"


class Call(models.Model):
    """One person called, once, for one check-in. Its id is the id of the letter that went out, and never changes."""

    id = models.UUIDField(primary_key=True, editable=False)
    check_in = models.ForeignKey(CheckIn, on_delete=models.CASCADE, related_name="calls")
    owner = models.UUIDField()
    watcher = models.UUIDField()
    step = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=10)

    class Meta:
        indexes = (models.Index(fields=["owner"], name="call_owner"),)

    def __str__(self) -> str:
        return f"call {self.pk}"
