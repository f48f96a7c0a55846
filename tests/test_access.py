"""Every address of the project by every kind of person: who gets what, and that nobody learns what is not theirs.

An address that :data:`MATRIX` does not know fails the test: whoever adds one says here who may see it.
"""

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver

from alongside.kit import clock
from alongside.outbox import channels
from alongside.outbox.tests.parts import Browser
from alongside.pay import actions as pay
from alongside.pay import queries as ledger
from alongside.people import actions as people
from alongside.people.models import Account, Device, Invitation, Membership, Token
from alongside.roles import actions as roles
from alongside.roles import call_rules, calling
from alongside.roles import queries as role_queries
from alongside.roles.rules import Rate
from alongside.roles.tests.parts import again, other, proposed
from alongside.watch import crew as mates
from alongside.watch import engine, looking, rotas
from alongside.watch import queries as queries_of_watch
from alongside.watch.models import Call as WatchCall
from alongside.watch.models import RotaTurn
from alongside.watch.tests.parts import crew, reached, started, token_of, watcher
from alongside.work import actions as work
from alongside.work import papers, receipts, stock
from alongside.work.models import ReceiptCopy, Share
from alongside.work.tests.pictures import png
from tests.databases import WHERE
from tests.world import World, account, join, world

pytestmark = [
    pytest.mark.django_db(databases=["default", "keys"]),
    pytest.mark.skipif(WHERE != "sqlite", reason="who may see what is decided in views, the same on either database"),
]

PEOPLE = ("out", "stranger", "member", "holder", "owner", "coordinator", "steward", "foreign")
"""Signed out; no group; a member without a role; another holder of the role; the holder whose entry, share, claim,
payment and token it is; a coordinator; a steward who does not coordinate; a coordinator of another group."""
JSON = "application/json"


@dataclasses.dataclass
class Place:
    """A world with one of everything in it: what stands in addresses, and a browser for each person."""

    ids: dict[str, Any]
    browsers: dict[str, Client]
    who: dict[str, Any]
    data: dict[str, dict[str, Any]]


def entry(w: World, role: Any, **fields: Any) -> dict[str, Any]:
    shared = {"group": str(w.group.pk), "role": str(role.pk), "shared": True}
    return {
        "id": str(uuid4()),
        "revision": 1,
        "day": clock.today().isoformat(),
        "kinds": ["outreach"],
        "minutes": 60,
        **shared,
        **fields,
    }


def build() -> Place:
    w, elsewhere = world(), world("far-")
    bare = join(w.group, w.coordinator, "bare", "Bo")
    rate = Rate(start="2026-01-01", amount=2500, unit="hour", currency="CAD")
    role, _version, held = proposed(w.coordinator, w.worker, w.other, terms=other(rate=rate))
    for holding in held:
        roles.agree(holding=holding, version=role_queries.newest(role))  # type: ignore[arg-type]
    change = roles.request_change(holding=held[0], version=_version, text="More light")
    asked = again(w.coordinator, role, other(rate=rate, training="A day"))
    roles.new_draft(by=w.coordinator, role=role)
    van = stock.add_place(by=w.coordinator, name="Van")
    water = stock.keep(by=w.coordinator, code="water", unit="one", by_lot=False)
    spent = [{"code": "travel", "amount": 350, "currency": "CAD"}]
    kept = entry(w, role, kinds=["outreach", "forms"], supplies={"water": 1}, expenses=spent)
    back, paid = entry(w, role), entry(w, role)
    me = w.worker.account
    work.sync(account=me, entries=[paid])
    payee = pay.payee(membership=w.worker).payee
    payment = pay.pay(by=w.coordinator, payee=payee, currency="CAD", expected=2500, key=uuid4())
    work.sync(account=me, entries=[kept, back])
    work.sync(account=me, entries=[{**back, "revision": 2, "shared": False}])
    share, question = Share.objects.get(entry=kept["id"]), Share.objects.get(entry=back["id"])
    photo = uuid4()
    receipts.add(account=me, entry=UUID(kept["id"]), receipt=photo, code="travel", data=png())
    paper = papers.write(by=w.coordinator, member=w.worker.pk, entry={**kept, "day": clock.today().isoformat()})
    called = calling.call(by=w.coordinator, content=call_rules.Call(("outreach",), 6000, "shift", "CAD"))
    secret = people.invite(by=w.coordinator)
    people.make_token(account=me)
    passkey = people.add_passkey(account=me, credential="")
    beside = watching(w, me)
    check_in, link = watched(me)
    people.note_device(account=me, session="elsewhere")
    ids = {
        "group": w.group.pk, "role": role.pk, "number": 1, "change": change.pk, "entry": UUID(kept["id"]),
        "share": share.pk, "claim": share.claim, "payment": payment.pk, "payee": payee, "currency": "CAD", "month": "2026-03",
        "invitation": Invitation.objects.get(group=w.group, used=False).pk, "member_id": w.other.pk,
        "check_in": check_in, "token_of_call": link, "token": Token.objects.get(account=me).pk, "secret": secret, "signed": "x", "question": question.pk,
        "passkey": passkey.pk, "device": Device.objects.get().pk,
        "response": uuid4(), "paper": paper.pk, "supply": water.pk, "act": "in",
        "call": called.pk,
        **beside,
        "kind": "sms", "code": "x", "channel": channels.add(owner=me.pk, kind="push", address=Browser().address, language="en").pk,
        "receipt": photo, "statement": uuid4(), "copy": ReceiptCopy.objects.get().pk,
    }  # fmt: skip
    who: dict[str, Any] = {
        "stranger": account("stranger"), "member": bare.account, "holder": w.other.account, "owner": me,
        "coordinator": w.coordinator.account, "steward": w.steward.account, "foreign": elsewhere.coordinator.account,
    }  # fmt: skip
    who |= {"far member": elsewhere.worker.account, "far steward": elsewhere.steward.account}
    browsers = {"out": Client()}
    for name, one in who.items():
        browsers[name] = Client()
        browsers[name].force_login(one, backend="allauth.account.auth_backends.AuthenticationBackend")
    return Place(ids, browsers, who, _forms(w, ids, kept, asked.pk, bare, van.pk))


def watched(me: Account) -> tuple[UUID, str]:
    """A check-in of ``me``, and the secret in the link that somebody got who was called for another one."""
    else_ = account("watched")
    with reached():
        row = started(else_, crew(else_, 1))
        engine.run_due(now=row.due_at + dt.timedelta(hours=1))
        return started(me, crew(me, 1)).pk, token_of(WatchCall.objects.exclude(owner=me.pk).get())


def watching(w: World, me: Account) -> dict[str, Any]:
    """A crew of ``me``, whom ``me`` watches over, a list of the group, and links that nobody has used."""
    friend, contact = account("friend"), uuid4().hex
    mine, theirs = watcher(me, account=friend), watcher(friend, account=me)
    known = watcher(me)
    known.digest = queries_of_watch.digest(contact)
    known.save()
    looking.ask(person=friend, watchers=[theirs.pk])
    rota = rotas.make(by=w.coordinator, name="Night line")
    rotas.ask(by=w.coordinator, rota=rota.pk, member=w.worker.pk)
    with reached():
        row = started(friend, [[theirs]])
        engine.run_due(now=row.due_at + dt.timedelta(hours=1))
    return {
        "watcher": mine.pk, "theirs": theirs.pk, "look": friend.look_in.pk, "rota": rota.pk, "step": 1,
        "turn": RotaTurn.objects.get().pk, "call_to_me": WatchCall.objects.get(owner=me.pk).pk,
        "invited": mates.invite(person=me, name="Max", known_as="Wren")[1], "contact": contact,
    }  # fmt: skip


def _forms(
    w: World, ids: dict[str, Any], kept: dict[str, Any], version: UUID, bare: Membership, van: UUID
) -> dict[str, dict[str, Any]]:
    """What is posted to each address, such that it is taken from whoever may send it."""
    form = {"id": str(uuid4()), "revision": "1", "kinds": "outreach", "minutes": "60", "day": "today"}
    return {
        "people/make-account/": {"handle": "newcomer", "passphrase": "a long enough phrase"},
        "people/sign-in/": {"login": "stranger", "password": "a long enough phrase"},
        "people/language/": {"language": "fr", "next": "/about/"},
        "people/account/passphrase/": {"oldpassword": "a long enough phrase", "password1": "another long phrase", "password2": "another long phrase"},
        "people/account/code/": {"passphrase": "a long enough phrase"},
        "people/account/passkeys/add/": {"passphrase": "a long enough phrase"},
        "people/account/passkeys/<uuid:passkey>/remove/": {"passphrase": "a long enough phrase"},
        "people/account/code-app/add/": {"passphrase": "a long enough phrase"},
        "people/account/code-app/remove/": {"passphrase": "a long enough phrase"},
        "account/delete/sure/": {"passphrase": "a long enough phrase"},
        "people/groups/make/": {"name": "New", "own_name": "Me", "currency": "CAD", "tax_years": "7"},
        "people/groups/<uuid:group>/name/": {"name": "Robin"},
        "people/groups/<uuid:group>/change/": {"name": "Other", "currency": "EUR", "tax_years": "3"},
        "people/groups/<uuid:group>/members/<uuid:member_id>/part/": {"coordinates": "yes"},
        "people/join/<str:secret>/": {"name": "Nia"},
        "roles/groups/<uuid:group>/calls/write/": {"kinds": "outreach", "amount": "60", "currency": "CAD", "unit": "shift"},
        "roles/groups/<uuid:group>/kinds/": {"label": "Hair cuts"},
        "roles/<uuid:role>/title/": {"title": "Guide"},
        "roles/<uuid:role>/agree/": {"version": str(version)},
        "roles/<uuid:role>/change/": {"text": "More time"},
        "roles/<uuid:role>/changes/<uuid:change>/": {"text": "Yes", "version": ""},
        "roles/<uuid:role>/changes/<uuid:change>/again/": {"text": "Why?"},
        "roles/<uuid:role>/ask/": {"member": str(bare.pk)},
        "roles/<uuid:role>/widen/": {"kinds": "forms"},
        "roles/<uuid:role>/name-it/": {"kinds": "forms"},
        "pay/claims/<uuid:claim>/dispute/": {"reason": "Twice?", "offer": ""},
        "pay/claims/<uuid:claim>/offer/": {"offer": "10"},
        "pay/claims/<uuid:claim>/answer/": {"offer": "10"},
        "pay/groups/<uuid:group>/method/": {"method": "card"},
        "pay/groups/<uuid:group>/ahead/<uuid:member_id>/<str:currency>/": {"amount": "10", "method": "cash"},
        "watch/start/": {"check_in": str(uuid4()), "first": "600", "repeat": "once"},
        "watch/crew/ask/": {"name": "Max", "known_as": "Wren"},
        "watch/crew/<uuid:watcher>/": {"name": "Max", "known_as": "Wren"},
        "watch/crew/rotas/<uuid:rota>/": {"known_as": "Wren"},
        "watch/crew/steps/<int:step>/": {"seconds": "300"},
        "watch/groups/<uuid:group>/rotas/": {"name": "Day line"},
        "watch/groups/<uuid:group>/rotas/<uuid:rota>/ask/": {"member": str(bare.pk)},
        "watch/<uuid:check_in>/more/": {"seconds": "600"},
        "work/new/": form,
        "work/response/": {"id": str(uuid4()), "done": "stayed", "month": "0"},
        "work/<uuid:entry>/edit/": form | {"id": kept["id"], "revision": "2"},
        "work/<uuid:entry>/share/": {"shared": "no"},
        "work/papers/<uuid:paper>/": {"answer": "no"},
        "work/papers/<uuid:paper>/change/": form,
        "work/groups/<uuid:group>/papers/for/<uuid:member_id>/": {"kinds": "outreach", "minutes": "60", "day": "today"},
        "work/shares/<uuid:share>/keep-or-drop/": {"claim": "drop"},
        "work/groups/<uuid:group>/shared/<uuid:share>/stock/": {"supply": str(ids["supply"]), "spot": f"{van}."},
        "work/groups/<uuid:group>/months/count/": {"count": "yes"},
        "work/groups/<uuid:group>/stock/things/": {"code": "foil", "unit": "a roll"},
        "work/groups/<uuid:group>/stock/places/": {"name": "Back room"},
        "work/groups/<uuid:group>/stock/<uuid:supply>/<str:act>/": {"key": str(uuid4()), "amount": "3", "place": str(van)},
    }  # fmt: skip


def addresses() -> Iterator[str]:
    """The route of every address that the project answers."""

    def walk(items: list[Any], before: str) -> Iterator[str]:
        for item in items:
            route = before + str(item.pattern)
            if isinstance(item, URLResolver):
                yield from walk(item.url_patterns, route)
            elif isinstance(item, URLPattern):
                yield route

    return walk(get_resolver().url_patterns, "")


def path(route: str, ids: dict[str, Any]) -> str:
    wanted = {**ids, "share": ids["question"]} if "keep-or-drop" in route else ids
    if "watch/" in route:
        secret = ids["contact" if "kind" in route or "channel" in route else "invited"]
        wanted = {**ids, "token": ids["token_of_call"], "call": ids["call_to_me"], "act": "coming", "secret": secret}
        wanted["watcher"] = ids["theirs" if "mine/" in route else "watcher"]
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(wanted[found[1]]), route)


OTHERS = ("PUT", "PATCH", "DELETE")
PUT = "api/v1/vault"
"""The one address that does something by another method than GET and POST."""


SHOWN_BY_ANY = {"api/v1/openapi.json", "api/v1/docs", "people/sign-in/", "people/account/passphrase/"}
"""What shows the same page, or its empty form, by any method."""


def ask(browser: Client, method: str, where: str, data: dict[str, Any]) -> HttpResponse:
    """One request, undone afterwards."""
    with transaction.atomic(), transaction.atomic(using="keys"):
        cookies = browser.cookies.copy()
        if method in OTHERS:
            answer = browser.generic(method, where, b"{}", content_type=JSON)
        elif "/api/" in where and method == "POST":
            answer = browser.post(where, b'{"entries": [], "responses": []}', content_type=JSON)
        else:
            answer = browser.get(where) if method == "GET" else browser.post(where, data)
        browser.cookies = cookies
        transaction.set_rollback(True)
        transaction.set_rollback(True, using="keys")
    return answer  # type: ignore[return-value]


def said(answer: HttpResponse) -> str:
    """The status; ``in`` when the answer is a way to sign in."""
    to_sign_in = answer.status_code == 302 and answer["Location"].startswith("/people/sign-in/?next=")
    return "in" if to_sign_in else str(answer.status_code)


MEMBERS = ("member", "holder", "owner", "coordinator", "steward")
HOLDERS, OWNER, INVITERS = ("holder", "owner"), ("owner",), ("coordinator", "steward")
COORDINATOR, STEWARD = ("coordinator",), ("steward",)
Row = dict[str, str]


def only(allowed: tuple[str, ...], ok: str, *, inside: str = "403", outside: str = "404") -> Row:
    """``ok`` for ``allowed``; ``inside`` for other members, ``outside`` for everybody else who is signed in."""
    row = {name: inside if name in MEMBERS else outside for name in PEOPLE} | {"out": "in"}
    return row | dict.fromkeys(allowed, ok)


def all_get(status: str, out: str | None = None) -> Row:
    """The same for everybody; ``out`` for whoever is signed out."""
    return dict.fromkeys(PEOPLE, status) | {"out": out or status}


PAGE, NO, ASKED = all_get("200"), all_get("405"), all_get("405", "in")
MINE, DONE, NOTHING = all_get("200", "in"), all_get("302", "in"), all_get("404")
GROUP, COORDINATORS = only(MEMBERS, "200"), only(COORDINATOR, "200")
PRIVATE_PAGE = only(OWNER, "200", inside="404")
OWN_CHECK_IN = PRIVATE_PAGE | {"out": "401"}

MATRIX: dict[str, tuple[Row, Row]] = {
    "api/v1/openapi.json": (PAGE, PAGE),
    "api/v1/docs": (PAGE, PAGE),
    "api/v1/": (NOTHING, NOTHING),
    "api/v1/vault": (all_get("200", "401"), NO),
    "api/v1/work/owed": (all_get("422", "401"), NO),
    "api/v1/work/owed/would": (NO, all_get("200", "401")),
    "api/v1/work/entries": (all_get("200", "401"), NO),
    "api/v1/work/entries/sync": (NO, all_get("200", "401")),
    "api/v1/calls": (all_get("200", "401"), NO),
    "api/v1/work/responses": (NO, all_get("200", "401")),
    "api/v1/watch": (NO, all_get("422", "401")),
    "api/v1/watch/<uuidstr:check_in>/ok": (NO, OWN_CHECK_IN),
    "api/v1/watch/<uuidstr:check_in>/extend": (NO, OWN_CHECK_IN),
    "api/v1/watch/<uuidstr:check_in>/help": (NO, OWN_CHECK_IN),
    "api/v1/watch/<uuidstr:check_in>/end": (NO, OWN_CHECK_IN),
    "api/v1/watch/calls/<token>/coming": (NO, PAGE),
    "api/v1/watch/calls/<token>/there": (NO, PAGE),
    "api/v1/watch/calls/<token>/ended": (NO, PAGE),
    "api/v1/watch/calls/<token>/cannot": (NO, PAGE),
    "people/sign-in/": (all_get("302", "200"), all_get("302")),
    "people/make-account/": (PAGE, all_get("302")),
    "people/sign-out/": (NO, all_get("302")),
    "people/language/": (NO, all_get("302")),
    "people/account/": (MINE, ASKED),
    "people/account/passphrase/": (MINE, DONE),
    "people/account/code/": (MINE, MINE),
    "people/forgot/": (PAGE, PAGE),
    "people/second-step/": (all_get("302"), all_get("302")),
    "people/passkey/": (NO, all_get("302")),
    "people/passkey/ask/": (NO, PAGE),
    "people/account/second-step/": (MINE, ASKED),
    "people/account/phones/<uuid:device>/sign-out/": (ASKED, DONE),
    "people/account/phones/sign-out/": (ASKED, DONE),
    "people/account/passkeys/add/": (MINE, MINE),
    "people/account/passkeys/added/": (ASKED, DONE),
    "people/account/passkeys/<uuid:passkey>/remove/": (PRIVATE_PAGE, only(OWNER, "302", inside="404")),
    "people/account/code-app/add/": (MINE, MINE),
    "people/account/code-app/added/": (ASKED, DONE),
    "people/account/code-app/remove/": (MINE, DONE),
    "people/account/keys/make/": (ASKED, MINE),
    "people/account/keys/<uuid:token>/remove/": (ASKED, DONE),
    "people/groups/": (MINE, ASKED),
    "people/groups/make/": (MINE, DONE),
    "people/groups/<uuid:group>/": (GROUP, ASKED),
    "people/groups/<uuid:group>/name/": (GROUP, only(MEMBERS, "302")),
    "people/groups/<uuid:group>/change/": (only(STEWARD, "200"), only(STEWARD, "302")),
    "people/groups/<uuid:group>/invite/": (ASKED, only(INVITERS, "200")),
    "people/groups/<uuid:group>/invitations/<uuid:invitation>/withdraw/": (ASKED, only(INVITERS, "302")),
    "people/groups/<uuid:group>/members/<uuid:member_id>/part/": (ASKED, only(STEWARD, "302")),
    "people/groups/<uuid:group>/close/": (only(STEWARD, "200"), only(STEWARD, "302")),
    "groups/<uuid:group>/leave/": (GROUP, only(MEMBERS, "302")),
    "people/join/<str:secret>/": (PAGE, PAGE | {"stranger": "302", "foreign": "302"}),
    "letters/": (MINE, ASKED),
    "letters/read/": (ASKED, DONE),
    "letters/ways/": (MINE, ASKED),
    "letters/ways/renew/": (NO, NOTHING),
    "letters/ways/add/push/": (ASKED, all_get("400", "in")),
    "letters/ways/add/<str:kind>/": (all_get("404", "in"), all_get("404", "in")),  # no gateway in a test
    "letters/ways/<uuid:channel>/": (PRIVATE_PAGE, PRIVATE_PAGE),
    "letters/ways/<uuid:channel>/again/": (ASKED, only(OWNER, "302", inside="404")),
    "letters/ways/<uuid:channel>/move/": (ASKED, only(OWNER, "302", inside="404")),
    "letters/ways/<uuid:channel>/remove/": (ASKED, only(OWNER, "302", inside="404")),
    "letters/ways/<uuid:channel>/<str:code>/": (only(OWNER, "302", inside="404"), ASKED),
    "sms/in/": (NOTHING, NOTHING),
    "watch/": (
        DONE
        | {
            "stranger": "200",
            "member": "200",
            "holder": "200",
            "coordinator": "200",
            "steward": "200",
            "foreign": "200",
        },
        ASKED,
    ),
    "watch/start/": (ASKED, all_get("409", "in")),  # nobody can be reached in a test
    "watch/alone/": (MINE, ASKED),
    "watch/look/": (MINE, DONE),
    "watch/look/<uuid:look>/nudge/": (ASKED, DONE),
    "watch/crew/": (MINE, ASKED),
    "watch/crew/ask/": (MINE, MINE),
    "watch/crew/rotas/<uuid:rota>/": (only(MEMBERS, "200"), only(MEMBERS, "302")),
    "watch/crew/steps/<int:step>/": (ASKED, DONE),
    "watch/crew/<uuid:watcher>/": (PRIVATE_PAGE, only(OWNER, "302", inside="404")),
    "watch/crew/<uuid:watcher>/move/": (ASKED, DONE),
    "watch/crew/<uuid:watcher>/remove/": (ASKED, DONE),
    "watch/mine/": (MINE, ASKED),
    "watch/mine/<uuid:watcher>/stop/": (ASKED, only(OWNER, "302", inside="404")),
    "watch/mine/lists/<uuid:turn>/": (ASKED, only(OWNER, "302", inside="404")),
    "watch/w/<str:secret>/": (PAGE, all_get("302") | {"owner": "409"}),
    "watch/w/<str:secret>/add/<str:kind>/": (NOTHING, NOTHING),  # no gateway in a test
    "watch/w/<str:secret>/<uuid:channel>/": (NOTHING, NOTHING),
    "watch/w/<str:secret>/<uuid:channel>/again/": (NO, all_get("302")),
    "watch/w/<str:secret>/<uuid:channel>/remove/": (NO, all_get("302")),
    "watch/groups/<uuid:group>/rotas/": (only(INVITERS, "200"), only(INVITERS, "302")),
    "watch/groups/<uuid:group>/rotas/<uuid:rota>/": (only(INVITERS, "200"), ASKED),
    "watch/groups/<uuid:group>/rotas/<uuid:rota>/ask/": (ASKED, only(INVITERS, "302")),
    "watch/groups/<uuid:group>/rotas/<uuid:rota>/<uuid:turn>/off/": (ASKED, only(INVITERS, "302")),
    "watch/groups/<uuid:group>/rotas/<uuid:rota>/end/": (ASKED, only(INVITERS, "302")),
    "watch/c/<str:token>/": (PAGE, NO),
    "watch/c/<str:token>/state/": (PAGE, NO),
    "watch/c/<str:token>/stop/": (PAGE, PAGE),
    "watch/c/<str:token>/<str:act>/": (NO, all_get("302")),
    "watch/calls/<uuid:call>/": (PRIVATE_PAGE, ASKED),
    "watch/calls/<uuid:call>/state/": (PRIVATE_PAGE, ASKED),
    "watch/calls/<uuid:call>/stop/": (PRIVATE_PAGE, PRIVATE_PAGE),
    "watch/calls/<uuid:call>/<str:act>/": (ASKED, only(OWNER, "302", inside="404")),
    "watch/shell/": (PAGE, NO),
    "watch/<uuid:check_in>/": (PRIVATE_PAGE, ASKED),
    "watch/<uuid:check_in>/state/": (PRIVATE_PAGE, ASKED),
    "watch/<uuid:check_in>/ok/": (ASKED, only(OWNER, "302", inside="404")),
    "watch/<uuid:check_in>/more/": (ASKED, only(OWNER, "302", inside="404")),
    "watch/<uuid:check_in>/help/": (PRIVATE_PAGE, only(OWNER, "302", inside="404")),
    "watch/<uuid:check_in>/end/": (ASKED, only(OWNER, "302", inside="404")),
    "watch/<uuid:check_in>/after/": (only(OWNER, "302", inside="404"), only(OWNER, "302", inside="404")),
    "watched/": (DONE, ASKED),
    "roles/groups/<uuid:group>/": (GROUP, ASKED),
    "roles/groups/<uuid:group>/write/": (COORDINATORS, COORDINATORS),
    "roles/calls/": (MINE, ASKED),
    "roles/calls/<uuid:call>/": (COORDINATORS, ASKED),
    "roles/calls/<uuid:call>/yes/": (ASKED, only(MEMBERS, "302")),
    "roles/calls/<uuid:call>/take-back/": (ASKED, only(MEMBERS, "302")),
    "roles/calls/<uuid:call>/choose/": (ASKED, only(COORDINATOR, "302")),
    "roles/calls/<uuid:call>/close/": (ASKED, only(COORDINATOR, "302")),
    "roles/groups/<uuid:group>/calls/": (COORDINATORS, ASKED),
    "roles/groups/<uuid:group>/calls/write/": (COORDINATORS, only(COORDINATOR, "302")),
    "roles/groups/<uuid:group>/kinds/": (GROUP, only(COORDINATOR, "302")),
    "roles/<uuid:role>/": (GROUP, ASKED),
    "roles/<uuid:role>/draft/": (COORDINATORS, COORDINATORS),
    "roles/<uuid:role>/draft/start/": (ASKED, only(COORDINATOR, "302")),
    "roles/<uuid:role>/draft/propose/": (ASKED, only(COORDINATOR, "302")),
    "roles/<uuid:role>/versions/<int:number>/": (GROUP, ASKED),
    "roles/<uuid:role>/compare/": (GROUP, ASKED),
    "roles/<uuid:role>/agreed/": (only(HOLDERS, "200", inside="404"), ASKED),
    "roles/<uuid:role>/title/": (ASKED, only(HOLDERS, "302")),
    "roles/<uuid:role>/agree/": (ASKED, only(HOLDERS, "302")),
    "roles/<uuid:role>/change/": (only(HOLDERS, "200"), only(HOLDERS, "302")),
    "roles/<uuid:role>/changes/<uuid:change>/": (COORDINATORS, only(COORDINATOR, "302")),
    "roles/<uuid:role>/changes/<uuid:change>/again/": (PRIVATE_PAGE, PRIVATE_PAGE),
    "roles/<uuid:role>/changes/<uuid:change>/settle/": (ASKED, only(OWNER, "302", inside="404")),
    "roles/<uuid:role>/ask/": (COORDINATORS, only(COORDINATOR, "302")),
    "roles/<uuid:role>/leave/": (only(HOLDERS, "200"), only(HOLDERS, "302")),
    "roles/<uuid:role>/widen/": (ASKED, only(COORDINATOR, "302")),
    "roles/<uuid:role>/name-it/": (ASKED, only(HOLDERS, "302")),
    "pay/": (MINE, ASKED),
    "pay/payments/<uuid:payment>/": (only(("owner", "coordinator"), "200"), ASKED),
    "pay/payments/<uuid:payment>/reverse/": (ASKED, only(COORDINATOR, "302")),
    "pay/payments/<uuid:payment>/received/": (ASKED, only(OWNER, "302", inside="404")),
    "pay/payments/<uuid:payment>/missing/": (ASKED, only(OWNER, "302", inside="404")),
    "pay/claims/<uuid:claim>/": (only(("owner", "coordinator"), "200"), ASKED),
    "pay/claims/<uuid:claim>/dispute/": (COORDINATORS, only(COORDINATOR, "302")),
    "pay/claims/<uuid:claim>/offer/": (ASKED, COORDINATORS),
    "pay/claims/<uuid:claim>/answer/": (ASKED, only(OWNER, "200")),
    "pay/claims/<uuid:claim>/agree/": (ASKED, only(COORDINATOR, "302")),
    "pay/claims/<uuid:claim>/withdraw/": (ASKED, only(COORDINATOR, "302")),
    "pay/claims/<uuid:claim>/accept/": (ASKED, only(OWNER, "302")),
    "pay/claims/<uuid:claim>/decline/": (ASKED, only(OWNER, "302")),
    "pay/groups/<uuid:group>/": (COORDINATORS, ASKED),
    "pay/groups/<uuid:group>/method/": (ASKED, only(MEMBERS, "302")),
    "pay/payments/<uuid:payment>/receipt.pdf": (only(("owner", "coordinator"), "200"), ASKED),
    "pay/groups/<uuid:group>/wait/": (GROUP, ASKED),
    "pay/groups/<uuid:group>/payroll/": (COORDINATORS, ASKED),
    "pay/groups/<uuid:group>/payroll/<str:month>.csv": (COORDINATORS, ASKED),
    "pay/groups/<uuid:group>/statements/<str:month>/": (GROUP, ASKED),
    "pay/groups/<uuid:group>/statements/<str:month>.pdf": (GROUP, ASKED),
    "pay/groups/<uuid:group>/ahead/": (COORDINATORS, ASKED),
    "pay/groups/<uuid:group>/ahead/<uuid:member_id>/<str:currency>/": (COORDINATORS, only(COORDINATOR, "302")),
    "pay/groups/<uuid:group>/to/<uuid:payee>/<str:currency>/off/": (ASKED, only(COORDINATOR, "302")),
    "pay/groups/<uuid:group>/to/<uuid:payee>/<str:currency>/": (COORDINATORS, only(COORDINATOR, "302")),
    "work/new/": (MINE, DONE),
    "work/tally/": (MINE, ASKED),
    "work/response/": (MINE, DONE),
    "work/response/kept/": (MINE, ASKED),
    "work/responses/": (MINE, ASKED),
    "work/responses/<uuid:response>/delete/": (ASKED, DONE),
    "work/told/<uuid:group>/": (ASKED, only(MEMBERS, "204")),
    "work/<uuid:entry>/": (PRIVATE_PAGE, ASKED),
    "work/<uuid:entry>/edit/": (PRIVATE_PAGE, only(OWNER, "302", inside="404")),
    "work/<uuid:entry>/delete/": (PRIVATE_PAGE, only(OWNER, "302", inside="404")),
    "work/<uuid:entry>/share/": (ASKED, only(OWNER, "302", inside="404")),
    "work/shares/<uuid:share>/keep-or-drop/": (DONE | {"owner": "200"}, DONE),
    "work/<uuid:entry>/receipts/": (ASKED, only(OWNER, "302", inside="404")),
    "work/<uuid:entry>/receipts/<uuid:receipt>/delete/": (ASKED, DONE),
    "work/receipts/<uuid:receipt>.jpg": (PRIVATE_PAGE, ASKED),
    "work/groups/<uuid:group>/shared/<uuid:share>/receipts/<uuid:copy>.jpg": (COORDINATORS, ASKED),
    "work/claims/<uuid:claim>/": (only(("owner", "coordinator"), "302"), ASKED),
    "work/claims/<uuid:claim>/correct/": (only(("owner", "coordinator"), "302"), only(("owner", "coordinator"), "302")),
    "work/papers/<uuid:paper>/": (DONE | {"owner": "200"}, DONE),
    "work/papers/<uuid:paper>/change/": (DONE | {"owner": "200"}, DONE),
    "work/groups/<uuid:group>/papers/": (COORDINATORS, ASKED),
    "work/groups/<uuid:group>/papers/for/<uuid:member_id>/": (COORDINATORS, only(COORDINATOR, "302")),
    "work/groups/<uuid:group>/papers/<uuid:paper>/withdraw/": (ASKED, only(COORDINATOR, "302")),
    "work/groups/<uuid:group>/shared/": (COORDINATORS, ASKED),
    "work/groups/<uuid:group>/shared/<uuid:share>/": (COORDINATORS, ASKED),
    "work/groups/<uuid:group>/shared/<uuid:share>/thanks/": (ASKED, only(COORDINATOR, "302")),
    "work/groups/<uuid:group>/shared/<uuid:share>/stock/": (COORDINATORS, only(COORDINATOR, "302")),
    "work/groups/<uuid:group>/months/": (GROUP, ASKED),
    "work/groups/<uuid:group>/months/count/": (ASKED, only(MEMBERS, "302")),
    "work/groups/<uuid:group>/months.csv": (GROUP, ASKED),
    "work/groups/<uuid:group>/stock/": (GROUP, ASKED),
    "work/groups/<uuid:group>/stock/things/": (COORDINATORS, only(COORDINATOR, "302")),
    "work/groups/<uuid:group>/stock/places/": (COORDINATORS, only(COORDINATOR, "302")),
    "work/groups/<uuid:group>/stock/<uuid:supply>/": (GROUP, ASKED),
    "work/groups/<uuid:group>/stock/<uuid:supply>/<str:act>/": (COORDINATORS, only(COORDINATOR, "302")),
    "": (PAGE, NO),
    "record/": (MINE, ASKED),
    "record/record.csv": (MINE, ASKED),
    "record/record.json": (MINE, ASKED),
    "private/": (MINE, ASKED),
    "record/experience/": (MINE, MINE),
    "record/experience/<uuid:statement>/take-back/": (ASKED, DONE),
    "check/": (PAGE, PAGE),
    "check/key.txt": (PAGE, NO),
    "account/alongside.zip": (MINE, ASKED),
    "account/owed/": (MINE, ASKED),
    "account/history/": (MINE, ASKED),
    "account/delete/": (MINE, ASKED),
    "account/delete/sure/": (MINE | {"steward": "302"}, MINE | {"steward": "302"}),
    "groups/<uuid:group>/history/": (only(STEWARD, "200"), ASKED),
    "about/": (PAGE, NO),
    "healthz": (all_get("503"), NO),  # no job process runs in a test
    "demo/in/<str:signed>/": (NOTHING, NO),
    "exit/": (NO, PAGE),
    "shell/": (PAGE, NO),
    "sw.js": (PAGE, NO),
    "manifest.webmanifest": (PAGE, NO),
    "phone.json": (all_get("200", "401"), NO),
}


def test_the_matrix_names_every_address() -> None:
    there = set(addresses())
    assert there - MATRIX.keys() == set(), "say in MATRIX who may see these"
    assert MATRIX.keys() - there == set(), "these are no longer there"


def test_every_address_by_every_kind_of_person() -> None:
    place, wrong = build(), []
    for route, rows in MATRIX.items():
        for method, row in zip(("GET", "POST"), rows, strict=True):
            for who in PEOPLE:
                answer = ask(place.browsers[who], method, path(route, place.ids), place.data.get(route, {}))
                if said(answer) != row[who]:
                    wrong.append(f"{method} {route} by {who}: {said(answer)}, not {row[who]}")
                kept = answer.get("Cache-Control")
                if said(answer) == "200" and who != "out" and route not in PUBLIC and kept != "no-store":
                    wrong.append(f"{method} {route} by {who} may be kept: {kept}")
    assert wrong == []


def test_another_group_is_as_shut_to_its_members_and_stewards_as_to_its_coordinators() -> None:
    """Wherever an address names something, whoever has another part in another group gets what its coordinator gets."""
    place, asked = build(), 0
    for route, rows in MATRIX.items():
        for method, row in zip(("GET", "POST"), rows, strict=True):
            for who in ("far member", "far steward") if "<" in route else ():
                answer = ask(place.browsers[who], method, path(route, place.ids), place.data.get(route, {}))
                assert said(answer) == row["foreign"], (method, route, who)
                asked += 1
    assert asked > 400


def test_no_other_method_does_more_than_those() -> None:
    """Not even for the person whose things they are."""
    place = build()
    for route in MATRIX:
        for method in OTHERS:
            given = said(ask(place.browsers["owner"], method, path(route, place.ids), {}))
            if (route, method) == (PUT, "PUT"):
                assert given == "422"
                assert said(ask(place.browsers["out"], method, path(route, place.ids), {})) == "401"
            elif given not in {"403", "404", "405"}:
                assert (route in SHOWN_BY_ANY, given) == (True, "200"), (method, route, given)


PUBLIC = {"sw.js", "manifest.webmanifest"}
"""What is the same for everybody and may be asked for again only when it changed."""
VARIES = {"Set-Cookie", "Content-Length"}


def bare(answer: HttpResponse) -> tuple[int, dict[str, str], str]:
    """All of an answer but what differs between two that are the same page."""
    headers = {name: value for name, value in answer.items() if name not in VARIES}
    body = re.sub(r'(csrfmiddlewaretoken" value=")[^"]*', r"\1", answer.content.decode())
    return answer.status_code, headers, body


def without_ids(found: tuple[int, dict[str, str], str], ids: dict[str, Any]) -> str:
    """The answer with its own address taken out: a page may repeat what was asked for."""
    text = repr(found)
    for value in ids.values():
        text = text.replace(str(value), "ID") if isinstance(value, UUID) else text
    return text


def test_nobody_learns_whether_what_is_not_theirs_exists() -> None:
    """Whoever gets 404 gets the very same answer for ids that exist and for ids that were never given."""
    place, compared = build(), 0
    made_up: dict[str, Callable[[], Any]] = {name: uuid4 for name in place.ids if name not in {"currency", "number"}}
    for route, rows in MATRIX.items():
        names = [name for name in re.findall(r"<uuid:(\w+)>", route) if name in made_up]
        for method, row in zip(("GET", "POST"), rows, strict=True):
            for who in [
                name
                for name in PEOPLE
                if names and (row[name] == "404" or ("keep-or-drop" in route and name != "owner"))
            ]:
                data, browser = place.data.get(route, {}), place.browsers[who]
                if who == "out":
                    continue
                real = ask(browser, method, path(route, place.ids), data)
                for changed in [[name] for name in names] + ([names] if len(names) > 1 else []):
                    others = {**place.ids, **{name: made_up[name]() for name in changed}}
                    if "keep-or-drop" in route:
                        others["question"] = uuid4()
                    never = ask(browser, method, path(route, others), data)
                    assert without_ids(bare(real), place.ids) == without_ids(bare(never), others), (method, route, who)
                    compared += 1
    assert compared > 200


NO_POWER = {"account/delete/sure/"}
"""Where a steward gets another answer than a member without using a steward's powers: they are to name another first."""


@override_settings(REQUIRE_SECOND_STEP=True)
def test_without_a_second_step_who_runs_a_group_is_a_member_and_is_led_to_add_one() -> None:
    """No page gives a coordinator or steward more than a member, and none of their own is shut; with one, all is there."""
    place = build()

    def answer(who: str, method: str, route: str) -> str:
        given = ask(place.browsers[who], method, path(route, place.ids), place.data.get(route, {}))
        to_steps = given.status_code == 302 and given["Location"] == "/people/account/second-step/"
        return "steps" if to_steps else said(given)

    asked = [
        (who, method, route, row)
        for route, rows in MATRIX.items()
        for method, row in zip(("GET", "POST"), rows, strict=True)
        for who in ("coordinator", "steward")
    ]
    led = list[tuple[str, str, str, Row]]()
    for who, method, route, row in asked:
        same = row[who] == row["member"] != "403" or route in NO_POWER
        assert answer(who, method, route) == (row[who] if same else "steps"), (method, route, who)
        led += [] if same else [(who, method, route, row)]
    assert len(led) > 30
    for who in ("coordinator", "steward"):
        people.add_passkey(account=place.who[who], credential="")
    for who, method, route, row in led:
        assert answer(who, method, route) == row[who], (method, route, who)


def test_the_worlds_own_objects_are_what_the_matrix_says_they_are() -> None:
    """The claim is open, the payment waits for its receipt, and the taken-back share for an answer."""
    place = build()
    found = ledger.state([place.ids["claim"]])[place.ids["claim"]]
    assert (found.state, found.owed) == ("open", 2500)
    assert not Share.objects.get(pk=place.ids["question"]).answered
