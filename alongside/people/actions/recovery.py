"""Writes about the printed code that sets a new passphrase."""

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from alongside.kit import audit
from alongside.outbox import actions as outbox
from alongside.people import rules
from alongside.people.actions.devices import end_other_devices
from alongside.people.actions.refused import Refused
from alongside.people.models import Account, CodeApp, Passkey, Recovery, Token


@transaction.atomic
def make_code(*, account: Account) -> str:
    """A new printed code, as it is to be written down. It is kept nowhere, and the one before no longer works."""
    code = rules.fresh_code()
    Recovery.objects.update_or_create(account=account, defaults={"code": make_password(code)})
    audit.append(chain=account.pk, actor=account.pk, act="people.code")
    return rules.grouped(code)


@transaction.atomic
def recover(*, recovery: Recovery, passphrase: str) -> Account:
    """Use a printed code up, as :func:`alongside.people.queries.recovery` found it, and set a new passphrase.

    Whoever was signed in as this person no longer is, on any phone and with any key. Passkeys and the code app go too:
    who needs the paper has often lost the phone that they were on. Raises :class:`Refused` when
    the code was used or replaced in the meantime.
    """
    account = recovery.account
    audit.lock(account.pk)
    if not Recovery.objects.filter(pk=recovery.pk, code=recovery.code).delete()[0]:
        raise Refused(_("This name and code do not go together. Please look again."))
    account.set_password(passphrase)
    account.save(update_fields=["password"])
    for lost in (Token, Passkey, CodeApp):
        lost.objects.filter(account=account).delete()
    end_other_devices(account=account, here="")
    audit.append(chain=account.pk, actor=account.pk, act="people.recovered")
    outbox.send(owner=account.pk, code="people.recovered", path="/people/account/")
    return account
