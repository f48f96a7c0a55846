"""Writes about passkeys and code apps."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from alongside.kit import audit, clock, closed
from alongside.outbox import actions as outbox
from alongside.people import queries, rules
from alongside.people.actions.refused import Refused
from alongside.people.models import Account, CodeApp, Passkey


@transaction.atomic
def add_passkey(*, account: Account, credential: str) -> Passkey:
    """Keep the public half of a passkey that :func:`alongside.people.passkeys.made` checked."""
    row = Passkey(account=account, day=clock.today())
    row.credential = closed.close(account.pk, row.place, credential)
    row.save(force_insert=True)
    _note(account, "people.passkey", "people.way_added", passkey=str(row.pk))
    return row


@transaction.atomic
def remove_passkey(*, account: Account, passkey: UUID) -> None:
    """Make a passkey useless."""
    if Passkey.objects.filter(pk=passkey, account=account).delete()[0]:
        _note(account, "people.passkey_gone", "people.way_gone", passkey=str(passkey))


@transaction.atomic
def add_code_app(*, account: Account, secret: str, code: str) -> None:
    """Keep a code app's secret (base32) once it has shown a right code; another one is replaced.

    Raises :class:`Refused`.
    """
    used = rules.step_code(secret, code, clock.now().timestamp(), ())
    if used is None:
        raise Refused(_("This code is not right, or it is too old. Please type the one that it shows now."))
    row = CodeApp(account=account, day=clock.today())
    row.content = closed.close_json(account.pk, row.place, {"secret": secret, "used": used})
    CodeApp.objects.filter(account=account).delete()
    row.save(force_insert=True)
    _note(account, "people.code_app", "people.way_added")


@transaction.atomic
def remove_code_app(*, account: Account) -> None:
    """Make the person's code app useless."""
    if CodeApp.objects.filter(account=account).delete()[0]:
        _note(account, "people.code_app_gone", "people.way_gone")


@transaction.atomic
def use_code(*, account: Account, code: str) -> bool:
    """Whether ``code`` is right now. A right one is used up, and with it those before."""
    audit.lock(account.pk)
    row = CodeApp.objects.filter(account=account).first()
    kept = queries.code_app(row) if row is not None else None
    if row is None or kept is None:
        return False
    used = rules.step_code(kept["secret"], code, clock.now().timestamp(), kept["used"])
    if used is None:
        return False
    row.content = closed.close_json(account.pk, row.place, {"secret": kept["secret"], "used": used})
    row.save(update_fields=["content"])
    return True


def _note(account: Account, act: str, letter: str, **ids: str) -> None:
    audit.append(chain=account.pk, actor=account.pk, act=act, detail=ids)
    outbox.send(owner=account.pk, code=letter, path="/people/account/")
