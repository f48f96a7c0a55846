"""A demo community of plainly invented people, and the links that sign in to them.

It lives in a data folder of its own: it is never put beside real people, and a folder that holds it is never
served as a real installation.
"""

import datetime as dt
import json
import os
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse

from alongside.kit import clock
from alongside.people import actions as people
from alongside.people.models import Account, Group, Membership
from alongside.roles import actions as roles
from alongside.roles.models import Role
from alongside.roles.rules import EXTRAS, Post, Rate, Terms
from alongside.watch import crew, rotas
from alongside.work import actions as work

FILE = "demo.json"
_SALT = "alongside.home.demo"
_CAST = (
    ("demo-wren", "worker", "a peer worker in two groups"),
    ("demo-ash", "worker", "a peer worker with no group"),
    ("demo-cleo", "coordinator", "a coordinator"),
    ("demo-sam", "steward", "a steward"),
)


class Mixed(Exception):
    """Raised when demo people and real people would meet; its text says so in plain words."""


def refuse() -> list[dict[str, str]]:
    """Raise :class:`Mixed` when this installation holds demo people; else there is nobody to sign in for."""
    if Account.objects.filter(demo=True).exists():
        raise Mixed("this data folder holds the demo; serve it with --demo, or name another folder with --data")
    return []


def ensure(data: Path) -> list[dict[str, str]]:
    """Make the demo community when it is not there, write its file, and return who is in it with their links."""
    if Account.objects.filter(demo=False).exists() and not Account.objects.filter(demo=True).exists():
        raise Mixed("this data folder holds real people; use another one for the demo, with --data")
    if not Account.objects.filter(demo=True).exists():
        with transaction.atomic():
            _make()
    found = [_person(handle, part, about, _old_tokens(data)) for handle, part, about in _CAST]
    _write(data / FILE, {"people": [{k: v for k, v in person.items() if k != "about"} for person in found]})
    return [{"about": person["about"], "sign_in": person["sign_in"]} for person in found]


def account_of(signed: str) -> Account | None:
    """The demo account that a sign-in link is for, while the demo is served."""
    if not settings.DEMO:
        return None
    try:
        handle = signing.Signer(salt=_SALT).unsign(signed)
    except signing.BadSignature:
        return None
    return Account.objects.filter(handle=handle, demo=True).first()


def _person(handle: str, part: str, about: str, tokens: dict[str, str]) -> dict[str, Any]:
    account = Account.objects.get(handle=handle, demo=True)
    signed = signing.Signer(salt=_SALT).sign(handle)
    memberships = Membership.objects.filter(account=account).order_by("group__name")
    return {
        "handle": handle,
        "part": part,
        "about": about,
        "token": tokens.get(handle) or people.make_token(account=account),
        "sign_in": settings.ORIGIN + reverse("home:demo_in", args=[signed]),
        "groups": [
            {
                "id": str(m.group_id),
                "roles": [str(pk) for pk in m.holdings.filter(ended=False).values_list("role_id", flat=True)],
            }
            for m in memberships
        ],
    }


def _old_tokens(data: Path) -> dict[str, str]:
    try:
        return {p["handle"]: p["token"] for p in json.loads((data / FILE).read_text())["people"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _write(path: Path, value: dict[str, Any]) -> None:
    """Write the file whole or not at all, readable by its owner alone from its first byte."""
    fresh = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(value, file, indent=1)
    fresh.replace(path)


def _account(handle: str) -> Account:
    return people.make_account(handle=handle, passphrase=None, demo=True)


def _join(by: Membership, account: Account, name: str, *, coordinates: bool = False) -> Membership:
    return people.join(account=account, secret=people.invite(by=by, coordinates=coordinates), name=name)


def _make() -> None:
    wren, ash, cleo, sam = (_account(handle) for handle, _part, _about in _CAST)
    steward = people.make_group(
        by=sam, name="Riverbend Union (demo)", own_name="Sam", currency="CAD", coordinates=False
    )
    coordinator = _join(steward, cleo, "Cleo", coordinates=True)
    second = _join(steward, _account("demo-noor"), "Noor", coordinates=True)
    worker = _join(coordinator, wren, "Wren")
    other = _join(second, _account("demo-olive"), "Olive")
    role = _role(coordinator, [worker, other], "Street outreach worker", _outreach())
    elsewhere = people.make_group(
        by=_account("demo-max"), name="Harbour Exchange (demo)", own_name="Max", currency="CAD", coordinates=True
    )
    helper = _join(elsewhere, wren, "Jay")
    counter = _role(elsewhere, [helper], "Counter worker", _counter())
    _entries(wren, [(steward.group, role), (elsewhere.group, counter)])
    _crew(wren, [(ash, "Ash"), (cleo, "Cleo")])
    line = rotas.make(by=steward, name="Night line (demo)")
    for member in (second, other):
        rotas.ask(by=steward, rota=line.pk, member=member.pk)


def _crew(person: Account, mates: list[tuple[Account, str]]) -> None:
    """People who said yes to being called, each a step later. None of them has a way to be reached: nothing is sent."""
    for place, (account, name) in enumerate(mates):
        row, secret = crew.invite(person=person, name=name, known_as="Wren")
        crew.agree(secret=secret, account=account)
        for _step in range(place):
            crew.move(person=person, watcher=row.pk, later=True)


def _role(by: Membership, holders: list[Membership], title: str, terms: Terms) -> Role:
    role = roles.draft(by=by, title=title, terms=terms)
    version = role.versions.get()
    holdings = [roles.ask(by=by, role=role, membership=holder) for holder in holders]
    roles.propose(by=by, version=version)
    version.refresh_from_db()
    for holding in holdings:
        roles.wish(holding=holding, title=title)
        roles.agree(holding=holding, version=version)
    return role


def _entries(account: Account, roles_: list[tuple[Group, Role]]) -> None:
    today = clock.today()
    (union, outreach), (exchange, counter) = roles_
    days = [
        {"kinds": ["outreach", "supplies"], "minutes": 120, "part": "evening", "group": str(union.pk), "role": str(outreach.pk), "shared": True, "people": 14, "supplies": {"naloxone": 3, "water": 20}, "weight": 1},
        {"kinds": ["going_along", "housing"], "minutes": 90, "part": "morning", "group": str(union.pk), "role": str(outreach.pk), "shared": True, "extra": {"waiting": 45}, "weight": 2},
        {"kinds": ["supplies"], "minutes": 180, "part": "afternoon", "group": str(exchange.pk), "role": str(counter.pk), "shared": True},
        {"kinds": ["emotional_support"], "minutes": 30, "part": "night", "origin": "happened", "weight": 3, "barriers": ["turned_away"]},
    ]  # fmt: skip
    entries = [
        {"id": str(uuid.uuid4()), "revision": 1, "day": (today - dt.timedelta(days=back)).isoformat(), **entry}
        for back, entry in enumerate(days, start=1)
    ]
    answers = work.sync(account=account, entries=entries)
    wrong = [answer.errors for answer in answers if answer.status != "stored"]
    if wrong:
        raise RuntimeError(f"the demo does not hold together: {wrong}")


def _outreach() -> Terms:
    return Terms(
        purpose="Meet people where they are, hand out supplies, and listen.",
        scope_in=("outreach", "supplies", "safer_use_talk", "emotional_support", "naloxone"),
        scope_out=("cleaning", "phones"),
        we_expect="Go out in pairs. Come when you said you would. Say when you cannot.",
        you_expect="Paid every Friday. A charged phone. Somebody to call, day or night.",
        training="Naloxone and first aid, paid, in your first month.",
        tools="A phone, a bag, a warm coat.",
        supervision="An hour with Cleo every second week.",
        debrief="After every hard shift, paid, with whom you choose.",
        time_to_prepare="Half an hour before each shift.",
        experience=("opioids", "homelessness"),
        experience_why="People on these streets trust somebody who has been there.",
        say="collaborating",
        say_in="Where and when we go out, and what we carry.",
        share="How many people, what was handed out, what got in the way.",
        not_share="Names, where people sleep, what they use.",
        compares_to="Outreach worker, health service",
        post=Post(start=clock.today().replace(month=1, day=1).isoformat(), amount=3100, unit="hour", currency="CAD"),
        compares_training="Five paid days a year",
        rate=Rate(
            start=(clock.today() - dt.timedelta(days=60)).isoformat(),
            amount=2800,
            unit="hour",
            currency="CAD",
            minimum=60,
            rounding=15,
            premium=50,
            callout=2000,
            parts=("night",),
            weekdays=(6,),
            counts=EXTRAS,
            expenses=("travel", "phone", "food"),
        ),
    )


def _counter() -> Terms:
    return Terms(
        purpose="Hand out what people need at the counter, with time for a chat.",
        scope_in=("supplies", "returns", "safer_use_talk", "drug_checking"),
        we_expect="Two shifts a week. Keep what you hear to yourself.",
        you_expect="Paid the same day. A lunch. A second person on every shift.",
        say="involved",
        say_in="What we order and when we are open.",
        share="How many people and what was handed out.",
        not_share="Names and faces.",
        rate=Rate(
            start=(clock.today() - dt.timedelta(days=90)).isoformat(),
            amount=9000,
            unit="shift",
            currency="CAD",
            expenses=("travel",),
        ),
    )
