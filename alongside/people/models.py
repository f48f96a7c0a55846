"""Accounts, groups and what joins them."""

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from alongside.kit.fields import ClosedField


class Accounts(BaseUserManager["Account"]):
    """Finds accounts for signing in."""

    def get_by_natural_key(self, username: str | None) -> "Account":
        """The account with this handle, in whatever case it was typed."""
        return self.get(handle=(username or "").casefold())


class Account(AbstractBaseUser):
    """Somebody who signs in: a handle and a passphrase, no e-mail, no phone, no legal name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    handle = models.CharField(max_length=30, unique=True)
    language = models.CharField(max_length=5, default="en")
    is_active = models.BooleanField(default=True)
    demo = models.BooleanField(default=False)
    last_login = None  # when somebody was here is nobody's business

    objects: ClassVar[Accounts] = Accounts()
    USERNAME_FIELD = "handle"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.handle


class Group(models.Model):
    """Any collective: a union of people who use drugs, a syringe programme, a health authority's project."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    tax_years = models.PositiveSmallIntegerField(default=7)
    closed = models.DateField(null=True)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person in one group, under a name of choice there. Its id is all that the group knows the person by."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="memberships")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships")
    name = ClosedField(owner="group")
    coordinates = models.BooleanField(default=False)
    stewards = models.BooleanField(default=False)
    left = models.DateField(null=True)

    held_back: bool = False
    """Not stored: whether the powers above were taken off for this request, see :mod:`alongside.people.access`."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=["account", "group"], name="one_membership_a_group"),)

    def __str__(self) -> str:
        return f"member {self.pk}"

    @property
    def place(self) -> str:
        """What the closed name is bound to."""
        return f"people.Membership.name:{self.id}"

    @property
    def takes_work(self) -> bool:
        """Whether new work may be shared: neither has the member left, nor is the group closed."""
        return self.left is None and self.group.closed is None


class Invitation(models.Model):
    """A link or QR code that lets one person join. Only a digest of it is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    coordinates = models.BooleanField(default=False)
    stewards = models.BooleanField(default=False)
    last_day = models.DateField()
    used = models.BooleanField(default=False)

    class Meta:
        indexes = (models.Index(fields=["last_day"], name="invitation_last_day"),)

    def __str__(self) -> str:
        return f"invitation to {self.group_id}"


class Token(models.Model):
    """A bearer token for the API. Only a digest of it is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    day = models.DateField()
    by_operator = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"token of {self.day}"


class Recovery(models.Model):
    """The printed code that sets a new passphrase, once. Only a slow hash of it is kept."""

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.CASCADE, related_name="recovery")
    code = models.CharField(max_length=128)

    def __str__(self) -> str:
        return "printed code"


class Device(models.Model):
    """A phone or computer that somebody is signed in on: since when, and nothing about what it is."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="devices")
    session = models.CharField(max_length=40, unique=True)
    day = models.DateField()

    def __str__(self) -> str:
        return f"device since {self.day}"


class Passkey(models.Model):
    """A passkey: a key that the person's phone keeps and opens with its lock. Only its public half is here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="passkeys")
    credential = ClosedField(owner="person")
    day = models.DateField()

    def __str__(self) -> str:
        return f"passkey of {self.day}"

    @property
    def place(self) -> str:
        """What the closed text is bound to."""
        return f"people.Passkey.credential:{self.id}"


class CodeApp(models.Model):
    """An app that shows a new code every half minute: the secret that it shares with the server."""

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.CASCADE, related_name="code_app")
    content = ClosedField(owner="person")
    day = models.DateField()

    def __str__(self) -> str:
        return f"code app of {self.day}"

    @property
    def place(self) -> str:
        """What the closed text is bound to."""
        return f"people.CodeApp.content:{self.account_id}"


class Vault(models.Model):
    """The private vault: one document that only the person's own devices can open, sealed there. The server cannot.

    What is sealed is closed once more, under the person's key, so that deleting the key ends it in every backup too.
    """

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.CASCADE, related_name="vault")
    revision = models.PositiveIntegerField()
    sealed = ClosedField(owner="person")

    def __str__(self) -> str:
        return f"vault, {self.revision}"

    @property
    def place(self) -> str:
        """What the closed bytes are bound to."""
        return f"people.Vault.sealed:{self.account_id}"


class Consent(models.Model):
    """What a member was told and said yes to, once, in one group."""

    id = models.BigAutoField(primary_key=True)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="consents")
    code = models.CharField(max_length=30)
    day = models.DateField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["membership", "code"], name="one_consent_a_thing"),)

    def __str__(self) -> str:
        return self.code
