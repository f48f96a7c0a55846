"""Work of long ago, for the browser test of folding: written in a process of its own whose clock is set back."""

import datetime as dt
from uuid import uuid4

import time_machine

from alongside.kit import clock
from alongside.people.models import Account
from alongside.work import actions, folding


def long_ago(handle: str, group: str) -> None:
    """Have somebody write and share a piece of work 100 days ago; then fold what is due today."""
    account = Account.objects.get(handle=handle)
    with time_machine.travel(clock.now() - dt.timedelta(days=100)):
        entry = {
            "id": str(uuid4()),
            "revision": 1,
            "day": clock.today().isoformat(),
            "kinds": ["outreach"],
            "minutes": 50,
        }
        given = {"group": group, "shared": True, "note": "a word of long ago", "share_note": True, "part": "night"}
        actions.sync(account=account, entries=[entry | given])
    folding.fold()
