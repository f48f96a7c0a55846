"""Writes about the private vault, which only the person's own devices can open."""

from django.db import IntegrityError, transaction

from alongside.kit import closed, keys
from alongside.people.models import Account, Vault


@transaction.atomic
def keep_vault(*, account: Account, base: int, revision: int, sealed: bytes) -> bool:
    """Keep what a device sealed anew over the revision ``base`` (0: there is none yet), as ``revision``.

    Whether it was kept: not when another device was first, and then nothing is written. No row is left in any audit
    chain: the vault is written at every sync, and rows would tell when and how often, for nothing that its person does
    not know.
    """
    row = Vault(account=account, revision=revision)
    row.sealed = closed.close_bytes(keys.get_or_make(account.pk), row.place, sealed)
    if base:
        rows = Vault.objects.filter(account=account, revision=base)
        return bool(rows.update(revision=revision, sealed=row.sealed))
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # there is one, perhaps from the same instant
        return False
    return True
