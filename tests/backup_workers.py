"""What tests of backups run in processes of their own."""

import itertools
import os
import sys
from pathlib import Path
from uuid import uuid4

from alongside.home import flows
from alongside.kit import audit, clock, dump, keys
from alongside.kit.models import AuditHead, AuditRow
from alongside.people import actions as people
from alongside.people import queries
from alongside.people.models import Account, Membership
from alongside.work import actions as work
from alongside.work import queries as record
from alongside.work.models import Entry, Share


def make(handle: str) -> None:
    """A group with two stewards, one of them ``handle``, who shares a piece of work; prints the account's id."""
    one, two = (people.make_account(handle=name, passphrase=None) for name in (handle, f"{handle}-other"))
    me = people.make_group(by=one, name="Union", own_name="Wren", currency="CAD")
    people.join(account=two, secret=people.invite(by=me, stewards=True), name="Sol")
    work.sync(account=one, entries=[entry(note="quiet night", group=str(me.group_id), shared=True, share_note=True)])
    print(one.pk)


def write(handle: str, until: str = "") -> None:
    """Sync batches of one to seven entries, once or until there is a file ``until``; says so after the first."""
    account = queries.by_handle(handle)
    assert account is not None
    for number in itertools.count():
        work.sync(account=account, entries=[entry() for _ in range(number % 7 + 1)])
        if number == 0:
            print("writing", flush=True)
        if not until or Path(until).exists():
            return


def entry(**fields: object) -> dict[str, object]:
    return {"id": str(uuid4()), "revision": 1, "day": clock.today().isoformat(), "kinds": ["outreach"], **fields}


def look(handle: str) -> None:
    """Print how many entries the person can read, and fail where the database is not of one moment."""
    account = queries.by_handle(handle)
    assert account is not None
    assert [h.chain for h in AuditHead.objects.all() if audit.verify(h.chain) is not None] == []
    synced = AuditRow.objects.filter(chain=account.pk, act="work.sync")
    assert sum(row.detail["entries"] for row in synced) == Entry.objects.filter(account=account).count()
    print(len(record.record(account)))


def drop(handle: str) -> None:
    """Delete the person's entries as their phone would, the last one for a while only; say which are gone."""
    account = queries.by_handle(handle)
    assert account is not None
    rows = list(Entry.objects.filter(account=account).order_by("changed", "pk"))
    gone = [{"id": str(row.pk), "revision": row.revision + 1, "deleted": True} for row in rows]
    assert {one.status for one in work.sync(account=account, entries=gone)} == {"stored"}
    back = entry(id=str(rows[-1].pk), revision=rows[-1].revision + 2)
    assert [one.status for one in work.sync(account=account, entries=[back])] == ["stored"]
    print(len(record.record(account)), sum(len(ids) for ids in keys.erased()))


def copies(handle: str) -> None:
    """Print how many entries the person has, and how many copies of them groups can read."""
    account = queries.by_handle(handle)
    assert account is not None
    shares = Share.objects.filter(membership__account=account, withdrawn=False)
    print(len(record.record(account)), sum(bool(bytes(row.copy)) for row in shares))


def delete(handle: str) -> None:
    """Delete the account as its person would."""
    account = queries.by_handle(handle)
    assert account is not None
    flows.delete_account(account=account)


def traces(account: str) -> None:
    """Fail where anything of the account is here; the group and the other person must be."""
    assert not Account.objects.filter(pk=account).exists()
    assert not Entry.objects.exists()
    assert not Share.objects.exists()
    assert not AuditHead.objects.filter(chain=account).exists()
    assert keys.get(Account(pk=account).pk) is None
    assert Membership.objects.count() == 1
    assert [h.chain for h in AuditHead.objects.all() if audit.verify(h.chain) is not None] == []


def hang(path: str) -> None:
    """A backup that is stopped in the middle of a table."""
    rows = dump._rows

    def slow(model: type) -> object:
        yield from rows(model)  # type: ignore[arg-type]
        if model is Entry:
            print("half", flush=True)
            sys.stdin.read()
            os._exit(9)

    dump._rows = slow  # type: ignore[assignment]
    dump.write(Path(path))
