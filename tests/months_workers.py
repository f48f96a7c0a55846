"""A month of a group, for the browser test of months: worked, and counted, in a process whose clock is set back."""

import datetime as dt
from typing import Any
from uuid import uuid4

import time_machine

from alongside.kit import clock
from alongside.people.models import Membership
from alongside.work import actions, months, months_rules, response_rules, responses
from tests.world import join


def worked(group_id: str) -> None:
    """Four more people join; everybody who said yes works, in the newest month that is due, and it is counted."""
    here = list(
        Membership.objects.filter(group_id=group_id).select_related("group", "account").order_by("-coordinates")
    )
    newest = months_rules.last_due(clock.today())
    with time_machine.travel(noon(newest, 19)):
        for name in ("Ada", "Bea", "Cal", "Dot"):
            one = join(here[0].group, here[0], f"{name.lower()}{uuid4().hex[:8]}", name)
            months.count(membership=one, yes=True)
            here.append(one)
        for one in here:
            work(one, newest)
    with time_machine.travel(noon(response_rules.first_of(newest, -1), months_rules.DAYS)):
        months.release()


def work(one: Membership, month: dt.date) -> None:
    what: dict[str, Any] = {
        "revision": 1,
        "day": month.replace(day=9).isoformat(),
        "group": str(one.group_id),
        "shared": True,
    }
    light = {"kinds": ["outreach"], "weight": 0}
    heavy = {"kinds": ["outreach", "forms"], "weight": 2, "barriers": ["wait"]}
    entries = [{"id": str(uuid4()), **what, **more} for more in (light, light, heavy)]
    answers = [
        {
            "id": str(uuid4()),
            "month": f"{month:%Y-%m}",
            "group": str(one.group_id),
            "done": ["naloxone"],
            "end": "stayed",
        },
        {"id": str(uuid4()), "month": f"{month:%Y-%m}", "group": str(one.group_id), "ambulance": "called"},
    ]
    actions.sync(account=one.account, entries=entries)
    responses.store(account=one.account, responses=answers)


def noon(day: dt.date, later: int) -> dt.datetime:
    return dt.datetime.combine(day + dt.timedelta(days=later), dt.time(12), dt.UTC)
