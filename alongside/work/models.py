"""Entries and the copies that groups see."""

import uuid

from django.db import models

from alongside.kit.fields import ClosedField
from alongside.people.models import Account, Group, Membership
from alongside.roles.models import Role, Version


class Entry(models.Model):
    """One piece of work, in its owner's record. Its id is made on the phone; its content only the owner reads.

    ``changed`` is the place in the owner's audit chain of the sync that last stored it: a cursor for "what is new
    since". A deleted entry is a tombstone without content, kept until ``gone``.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="entries")
    revision = models.PositiveIntegerField()
    changed = models.BigIntegerField()
    content = ClosedField(owner="person")
    gone = models.DateField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["account", "changed", "id"], name="entry_cursor"),
            models.Index(fields=["gone"], name="entry_gone"),
        )

    def __str__(self) -> str:
        return f"entry {self.pk}"

    @property
    def place(self) -> str:
        """What the closed content is bound to."""
        return f"work.Entry.content:{self.id}"


class Share(models.Model):
    """A copy of one revision of an entry, given to one group: a field that is not shared is not in it.

    ``claim`` is the ledger's claim for it, when something is owed; ``version`` the terms by which it is owed. A share
    that was taken back keeps no copy, but keeps the claim, so that sharing again can never be owed twice; until its
    owner ``answered`` whether to keep or drop the claim, the claim stands.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, related_name="share")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="shares")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="shares")
    role = models.ForeignKey(Role, null=True, on_delete=models.SET_NULL, related_name="shares")
    version = models.ForeignKey(Version, null=True, on_delete=models.SET_NULL, related_name="shares")
    claim = models.UUIDField(null=True)
    revision = models.PositiveIntegerField()
    copy = ClosedField(owner="group")
    day = models.DateField(help_text="the day of the work")
    withdrawn = models.BooleanField(default=False)
    answered = models.BooleanField(default=True)

    class Meta:
        indexes = (
            models.Index(fields=["group", "withdrawn", "-day", "id"], name="share_inbox"),
            models.Index(fields=["claim"], name="share_claim"),
        )

    def __str__(self) -> str:
        return f"share {self.pk}"

    @property
    def place(self) -> str:
        """What the closed copy is bound to."""
        return f"work.Share.copy:{self.id}"


class Receipt(models.Model):
    """A photo of a receipt for what was spent at a piece of work. Its id is made on the phone.

    What it holds is the code of the expense and the picture; only the entry's owner reads it.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="receipts")
    content = ClosedField(owner="person")

    def __str__(self) -> str:
        return f"receipt {self.pk}"

    @property
    def place(self) -> str:
        """What the closed content is bound to."""
        return f"work.Receipt.content:{self.id}"


class ReceiptCopy(models.Model):
    """A group's copy of a photo, while the work that it belongs to is shared, and for a while after it is paid."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    receipt = models.OneToOneField(Receipt, on_delete=models.CASCADE, related_name="copy")
    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="receipts")
    content = ClosedField(owner="group")

    def __str__(self) -> str:
        return f"receipt copy {self.pk}"

    @property
    def place(self) -> str:
        """What the closed content is bound to."""
        return f"work.ReceiptCopy.content:{self.id}"


class Thanks(models.Model):
    """A coordinator's thanks for shared work: worth nothing but thanks."""

    id = models.BigAutoField(primary_key=True)
    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="thanks")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="thanked")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["share", "membership"], name="one_thanks_each"),)

    def __str__(self) -> str:
        return f"thanks {self.pk}"


class Response(models.Model):
    """An overdose response, for a month or two: then it is a part of :class:`ResponseCount` and nothing else.

    No account, group, entry or day stands in the row. ``whose`` is made with the person's own data key, so that with
    this database alone nobody can tell whose it is; see ADR 0006.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    whose = models.CharField(max_length=32)
    month = models.DateField(help_text="the first day of the month")
    content = ClosedField(owner="person")

    class Meta:
        indexes = (
            models.Index(fields=["whose"], name="response_whose"),
            models.Index(fields=["month"], name="response_month"),
        )

    def __str__(self) -> str:
        return f"response {self.pk}"

    @property
    def place(self) -> str:
        """What the closed content is bound to."""
        return f"work.Response.content:{self.id}"


class ResponseCount(models.Model):
    """What a month of overdose responses came to for a group: counts, of nobody."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="response_counts")
    month = models.DateField(help_text="the first day of the month")
    cells = ClosedField(owner="group")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["group", "month"], name="one_count_a_month"),)

    def __str__(self) -> str:
        return f"response count {self.pk}"

    @property
    def place(self) -> str:
        """What the closed counts are bound to."""
        return f"work.ResponseCount.cells:{self.id}"


class Paper(models.Model):
    """Work that a coordinator copied from a paper sheet and that waits for the worker's yes. Until then it is nothing.

    ``made`` is the day from which it waits.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="papers")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="papers")
    by = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="papers_written")
    content = ClosedField(owner="group")
    made = models.DateField()

    class Meta:
        indexes = (models.Index(fields=["made"], name="paper_made"),)

    def __str__(self) -> str:
        return f"paper {self.pk}"

    @property
    def place(self) -> str:
        """What the closed content is bound to."""
        return f"work.Paper.content:{self.id}"
