"""Entries and the copies that groups see."""

import uuid

from django.db import models

from alongside.kit.fields import ClosedField
from alongside.people.models import Account, Group, Membership
from alongside.roles.models import Role, Version


class Entry(models.Model):
    """One piece of work, in its owner's record. Its id is made on the phone; its content only the owner reads.

    ``changed`` is the place in the owner's audit chain of the sync that last stored it: a cursor for "what is new
    since". A deleted entry is a tombstone without content, kept until ``gone``. Of a ``folded`` one only what kind, how
    long and the month are left (:mod:`alongside.work.folding`); its revision and its place are as they were.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="entries")
    revision = models.PositiveIntegerField()
    changed = models.BigIntegerField()
    content = ClosedField(owner="person")
    gone = models.DateField(null=True)
    folded = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = (
            models.Index(
                fields=["account", "changed"],
                condition=models.Q(folded=False, gone__isnull=True),
                name="entry_whole",
            ),
            models.Index(fields=["account", "changed", "id"], name="entry_cursor"),
            models.Index(fields=["gone"], name="entry_gone"),
        )

    def __str__(self) -> str:
        return f"entry {self.pk}"

    @property
    def place(self) -> str:
        """What the closed content is bound to."""
        return place_of_entry(self.id)


def place_of_entry(entry: uuid.UUID | str) -> str:
    """What the closed content of the entry with this id is bound to."""
    return f"work.Entry.content:{entry}"


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
    """What a month of overdose responses came to for a group, until the month is released: counts, of nobody."""

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


class Release(models.Model):
    """What a group is shown of one month, made once and never changed: see :mod:`alongside.work.months` and ADR 0021.

    ``content`` holds what may be shown and nothing else.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="releases")
    month = models.DateField(help_text="the first day of the month")
    content = ClosedField(owner="group")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["group", "month"], name="one_release_a_month"),)

    def __str__(self) -> str:
        return f"release of {self.month}"

    @property
    def place(self) -> str:
        """What the closed content is bound to."""
        return f"work.Release.content:{self.id}"


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


class Place(models.Model):
    """Somewhere a group keeps supplies: a name, and nothing of where it is. Hand-outs come from the ``first`` one.

    One that is ``closed`` takes nothing more in. Its lines stay, and so does what is still there, until it is moved.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="places")
    name = ClosedField(owner="group")
    first = models.BooleanField(default=False)
    closed = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["group"], condition=models.Q(first=True), name="one_first_place"),
        )

    def __str__(self) -> str:
        return f"place {self.pk}"

    @property
    def place(self) -> str:
        """What the closed name is bound to."""
        return f"work.Place.name:{self.id}"


class Supply(models.Model):
    """Something that a group keeps count of, and what one of it is.

    Either one of the things that entries name, or one of the group's own: that has a ``name``, a code that no entry has,
    and is handed out by a coordinator's line. ``told`` says that coordinators were told that it runs out; it is taken back
    once there is enough. Work of days before ``since`` is not taken off: it was done before anybody counted. ``ended`` says that the group
    no longer keeps count of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="supplies")
    code = models.CharField(max_length=40)
    name = ClosedField(owner="group", db_default=b"")
    unit = ClosedField(owner="group")
    by_lot = models.BooleanField(default=False)
    since = models.DateField()
    ended = models.BooleanField(default=False)
    told = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["group", "code"], name="one_supply_a_thing"),)

    def __str__(self) -> str:
        return f"supply {self.pk}"

    @property
    def place(self) -> str:
        """What the closed unit is bound to."""
        return f"work.Supply.unit:{self.id}"

    @property
    def name_place(self) -> str:
        """What the closed name is bound to."""
        return f"work.Supply.name:{self.id}"


class Lot(models.Model):
    """What was made together: the number on the box, and the last day on which it is good."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    supply = models.ForeignKey(Supply, on_delete=models.CASCADE, related_name="lots")
    number = ClosedField(owner="group")
    expires = models.DateField()

    def __str__(self) -> str:
        return f"lot {self.pk}"

    @property
    def place(self) -> str:
        """What the closed number is bound to."""
        return f"work.Lot.number:{self.id}"


class StockLine(models.Model):
    """One line of the stock: written once, held by a trigger in the database (migration ``0004_stock``).

    It knows no person, entry or copy. The lines of a supply at a place, with what was handed out on days that are
    not written yet (:class:`HandedOut`), add up to what should be there.
    """

    class What(models.TextChoices):
        """Why it changed."""

        IN = "in"
        OUT = "out"
        MOVED = "moved"
        LOST = "lost"
        EXPIRED = "expired"
        COUNTED = "counted"
        BEFORE = "before"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    supply = models.ForeignKey(Supply, on_delete=models.CASCADE, related_name="lines")
    at = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="lines")
    lot = models.ForeignKey(Lot, null=True, on_delete=models.CASCADE, related_name="lines")
    what = models.CharField(max_length=8, choices=What.choices)
    amount = models.IntegerField()
    day = models.DateField(help_text="when it was written")

    class Meta:
        indexes = (models.Index(fields=["supply", "-day", "id"], name="stock_line_newest"),)

    def __str__(self) -> str:
        return f"{self.what} {self.amount}"


class HandedOut(models.Model):
    """What shared work handed out on one day, of all who shared together. It becomes a line once the day is over."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    supply = models.ForeignKey(Supply, on_delete=models.CASCADE, related_name="handed_out")
    at = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="handed_out")
    lot = models.ForeignKey(Lot, null=True, on_delete=models.CASCADE, related_name="handed_out")
    amount = models.IntegerField()
    day = models.DateField()

    class Meta:
        indexes = (models.Index(fields=["day"], name="handed_out_day"),)

    def __str__(self) -> str:
        return f"handed out {self.amount}"


class Drawn(models.Model):
    """Where the things that a shared piece of work handed out were taken from, so that an edit can put them back."""

    share = models.OneToOneField(Share, primary_key=True, on_delete=models.CASCADE, related_name="drawn")
    content = ClosedField(owner="group")

    def __str__(self) -> str:
        return f"drawn for {self.pk}"

    @property
    def place(self) -> str:
        """What the closed content is bound to."""
        return f"work.Drawn.content:{self.share_id}"
