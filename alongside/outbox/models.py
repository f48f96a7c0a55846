"""Letters, and the channels by which some of them leave."""

import uuid

from django.db import models

from alongside.kit.fields import ClosedField


class Letter(models.Model):
    """One letter to one person. Its words come from its code; what fills them is closed by the person's key.

    ``number`` is its place among the person's letters of that day: no time of day is kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.UUIDField()
    code = models.CharField(max_length=40)
    filling = ClosedField(owner="person")
    day = models.DateField()
    number = models.PositiveIntegerField(default=0, db_default=0)
    read = models.BooleanField(default=False)

    class Meta:
        indexes = (models.Index(fields=["owner", "read", "-day"], name="letter_owner"),)

    def __str__(self) -> str:
        return self.code

    @property
    def place(self) -> str:
        """What the closed text is bound to."""
        return f"outbox.Letter.filling:{self.id}"


class Channel(models.Model):
    """A way to reach somebody outside the app. Whoever has the first database alone cannot read where it leads.

    ``digest`` is made with a key of the installation's, so that a message that comes in finds its owner. ``proof`` is
    of the code that was sent to prove the channel, which counts until ``until``; ``tries`` are guesses at it.
    ``fails`` counts how often in a row the provider refused the address. ``phone`` is a keyed digest of the sign-in on
    which a browser was added: it goes with it. ``proven`` stays when a channel that worked is dead: what comes in from
    there is still its owner's.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.UUIDField()
    kind = models.CharField(max_length=4)
    address = ClosedField(owner="person")
    digest = models.CharField(max_length=64)
    language = models.CharField(max_length=5)
    state = models.CharField(max_length=5, default="new")
    place = models.PositiveSmallIntegerField(default=0)
    proven = models.BooleanField(default=False, db_default=False)
    proof = models.CharField(max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    until = models.DateTimeField(null=True)
    fails = models.PositiveSmallIntegerField(default=0)
    phone = models.CharField(max_length=64, default="", db_default="", blank=True)
    day = models.DateField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["owner", "digest"], name="one_channel_an_address"),)
        indexes = (models.Index(fields=["digest"], name="channel_digest"),)

    def __str__(self) -> str:
        return f"channel {self.pk}"

    @property
    def at(self) -> str:
        """What the closed address is bound to."""
        return f"outbox.Channel.address:{self.id}"


class Dispatch(models.Model):
    """A letter that is to leave by a channel. Its id is given by who writes it, and is the key that makes it one letter.

    ``next_at`` is when a sender may take it; null once nothing more is to be done. A sender that takes it sets a
    ``lease`` and moves ``next_at`` ahead: one that dies leaves it to others from then on. ``tries`` counts what failed,
    ``tried`` the channels that were given up since; ``channel`` is the only one to use, for a letter that tests it;
    ``lane`` is the kind of channel that it was last seen to wait for.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.UUIDField()
    code = models.CharField(max_length=40)
    filling = ClosedField(owner="person")
    due_at = models.DateTimeField()
    good_until = models.DateTimeField()
    state = models.CharField(max_length=10, default="waiting")
    next_at = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    channel = models.UUIDField(null=True)
    lane = models.CharField(max_length=4, default="", db_default="", blank=True)
    tried = models.PositiveSmallIntegerField(default=0, db_default=0)
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        indexes = (
            models.Index(fields=["next_at"], name="dispatch_next", condition=models.Q(next_at__isnull=False)),
            models.Index(fields=["owner"], name="dispatch_test", condition=models.Q(channel__isnull=False)),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def place(self) -> str:
        """What the closed text is bound to."""
        return f"outbox.Dispatch.filling:{self.id}"


class Came(models.Model):
    """A text message that came in and was done, so that it is done once. Leads to nobody: a keyed digest, and the answer.

    The answer is closed by a key of the installation's own.
    """

    id = models.CharField(max_length=64, primary_key=True, editable=False)
    answer = ClosedField(owner="installation")
    day = models.DateField()

    class Meta:
        indexes = (models.Index(fields=["day"], name="came_day"),)

    def __str__(self) -> str:
        return "a message that came in"

    @property
    def place(self) -> str:
        """What the closed answer is bound to."""
        return f"outbox.Came.answer:{self.id}"
