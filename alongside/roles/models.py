"""Roles, their versions, who holds them, and what holders say about them."""

import uuid

from django.db import models

from alongside.kit.fields import ClosedField
from alongside.people.models import Group, Membership


class Kind(models.Model):
    """A kind of work that a group added to the common ones. Its code starts with ``g-``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="kinds")
    code = models.CharField(max_length=40)
    label = models.CharField(max_length=60)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["group", "code"], name="one_kind_a_code"),)

    def __str__(self) -> str:
        return self.label


class Role(models.Model):
    """A role in a group. Its title is its holders' to choose."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="roles")
    title = ClosedField(owner="group")
    chosen = models.BooleanField(default=False, help_text="whether its holders chose the title")

    def __str__(self) -> str:
        return f"role {self.pk}"

    @property
    def place(self) -> str:
        """What the closed title is bound to."""
        return f"roles.Role.title:{self.id}"


class Version(models.Model):
    """The terms of a role. A draft may change; once proposed it never does."""

    class State(models.TextChoices):
        """Where a version stands."""

        DRAFT = "draft"
        PROPOSED = "proposed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    terms = ClosedField(owner="group")
    day = models.DateField(null=True, help_text="when it was proposed")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["role", "number"], name="one_version_a_number"),)

    def __str__(self) -> str:
        return f"version {self.number}"

    @property
    def place(self) -> str:
        """What the closed terms are bound to."""
        return f"roles.Version.terms:{self.id}"


class Holding(models.Model):
    """A member who was asked to hold a role, or holds it. ``wish`` is the title that they would choose."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="holdings")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="holdings")
    wish = ClosedField(owner="group")
    ended = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["role", "membership"], name="one_holding_a_role"),)

    def __str__(self) -> str:
        return f"holding {self.pk}"

    @property
    def place(self) -> str:
        """What the closed wish is bound to."""
        return f"roles.Holding.wish:{self.id}"


class Agreement(models.Model):
    """A holder's yes to one version, on a day. It counts for work up to the day on which they left, if they did."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holding = models.ForeignKey(Holding, on_delete=models.CASCADE, related_name="agreements")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="agreements")
    day = models.DateField()
    until = models.DateField(null=True, help_text="the last day of work that it counts for, once its holder left")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["holding", "version"], name="one_agreement_a_version"),)

    def __str__(self) -> str:
        return f"agreement {self.pk}"


class Change(models.Model):
    """What a holder asks about a version: a change, or a question. The group must answer: by a version, or in words.

    Who asked says that it is settled, or asks again: ``follows`` is what was asked before in the same thread.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holding = models.ForeignKey(Holding, on_delete=models.CASCADE, related_name="changes")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="changes")
    text = ClosedField(owner="group")
    day = models.DateField()
    answer = ClosedField(owner="group")
    answered = models.DateField(null=True)
    by_version = models.ForeignKey(Version, null=True, on_delete=models.SET_NULL, related_name="answers")
    asks = models.CharField(max_length=8, default="change", help_text="change or question")
    resolved = models.DateField(null=True, help_text="when who asked said that it is settled")
    follows = models.OneToOneField("self", null=True, on_delete=models.SET_NULL, related_name="followed")

    def __str__(self) -> str:
        return f"change {self.pk}"

    @property
    def text_place(self) -> str:
        """What the closed text is bound to."""
        return f"roles.Change.text:{self.id}"

    @property
    def answer_place(self) -> str:
        """What the closed answer is bound to."""
        return f"roles.Change.answer:{self.id}"


class Unnamed(models.Model):
    """A kind of work shared under a role which does not name it yet: a question to the role, not to anybody."""

    id = models.BigAutoField(primary_key=True)
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="unnamed")
    kind = models.CharField(max_length=40)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["role", "kind"], name="one_mark_a_kind"),)

    def __str__(self) -> str:
        return self.kind


class Call(models.Model):
    """A call for work. All that it says is in one closed blob, the experience that it seeks too.

    ``opens_at``: from when on it shows to every member, at a full hour; empty when it does at once. ``last_day``: until
    when one can say yes; once it is ``closed``, the day of that.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="calls")
    role = models.ForeignKey(Role, null=True, on_delete=models.SET_NULL, related_name="calls")
    content = ClosedField(owner="group")
    opens_at = models.DateTimeField(null=True)
    last_day = models.DateField()
    closed = models.BooleanField(default=False)
    told = models.BooleanField(default=False, help_text="whether the members got their letter about it")

    class Meta:
        indexes = (models.Index(fields=["last_day"], name="call_last_day"),)

    def __str__(self) -> str:
        return f"call {self.pk}"

    @property
    def place(self) -> str:
        """What the closed content is bound to."""
        return f"roles.Call.content:{self.id}"


class Yes(models.Model):
    """A member's yes to a call, which may be taken back; there is no other answer. ``chosen``: they have the work."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="yeses")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="yeses")
    text = ClosedField(owner="group")
    day = models.DateField()
    chosen = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["call", "membership"], name="one_yes_a_call"),)

    def __str__(self) -> str:
        return f"yes {self.pk}"

    @property
    def place(self) -> str:
        """What the closed text is bound to."""
        return f"roles.Yes.text:{self.id}"
