"""Writes about one person's own account."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alongside.kit import audit, clock, keys
from alongside.outbox import actions as outbox
from alongside.people import rules
from alongside.people.actions.refused import Refused
from alongside.people.models import Account, Token


@transaction.atomic
def make_account(*, handle: str, passphrase: str | None, language: str = "en", demo: bool = False) -> Account:
    """A new account. ``passphrase`` ``None`` makes one that nobody can sign in to with a passphrase.

    Raises :class:`Refused` when the handle is taken or cannot be one.
    """
    wanted = rules.handle(handle)
    if wanted is None:
        raise Refused(_("Use 3 to 30 letters or numbers. You can also use dots, dashes and lines between them."))
    account = Account(handle=wanted, language=language, demo=demo)
    account.set_password(passphrase)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError:
        raise Refused(_("This name is taken. Please choose another one.")) from None
    keys.get_or_make(account.pk)
    audit.append(chain=account.pk, actor=account.pk, act="people.made")
    return account


@transaction.atomic
def make_token(*, account: Account, by_operator: bool = False) -> str:
    """A new API token; returns the secret, kept nowhere. One made by the operator is announced to its person."""
    secret = rules.fresh_secret()
    Token.objects.create(account=account, digest=rules.digest(secret), day=clock.today(), by_operator=by_operator)
    audit.append(chain=account.pk, actor=None if by_operator else account.pk, act="people.token")
    if by_operator and not account.demo:
        outbox.send(owner=account.pk, code="people.token", path="/people/account/")
    return secret


@transaction.atomic
def remove_token(*, account: Account, token: UUID) -> None:
    """Make one of the person's own tokens useless."""
    if Token.objects.filter(pk=token, account=account).delete()[0]:
        audit.append(chain=account.pk, actor=account.pk, act="people.untoken")


@transaction.atomic
def set_language(*, account: Account, language: str) -> None:
    """Remember the language that the person reads."""
    Account.objects.filter(pk=account.pk).update(language=language)
