"""Strings that nobody else writes, planted wherever people can write, and later deleted: for test_canary.py."""

import datetime as dt
import io
import json
import zipfile
from unittest.mock import patch
from uuid import uuid4

import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.test.utils import override_settings

from alongside.home import flows
from alongside.home.models import Statement
from alongside.kit import clock, jobs, keys, retention, signing
from alongside.kit.models import DataKey
from alongside.outbox import channels
from alongside.outbox import queries as letters
from alongside.pay import disputes
from alongside.pay import queries as ledger
from alongside.people import actions as people
from alongside.people.models import Account, Membership
from alongside.roles import actions as roles
from alongside.roles import call_rules, calling
from alongside.roles import queries as role_queries
from alongside.roles.rules import Rate
from alongside.roles.tests.parts import again, other, proposed
from alongside.watch import actions as watch
from alongside.watch import engine, rotas
from alongside.watch.models import Call, LookIn
from alongside.watch.tests import parts
from alongside.work import actions as work
from alongside.work import stock
from alongside.work.models import ReceiptCopy, Release, Share
from alongside.work.tests.pictures import photo

PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
STAY = {
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "kit_job",
    "kit_beat",
    "kit_ended",
    "kit_erased",
    "kit_datakey",
}
"""Tables that hold nobody: which tables there are, what jobs are due, random ids of who is gone, the installation's own key."""
TERM = {"pay_claim", "pay_line", "pay_payment", "kit_auditrow", "kit_audithead", "kit_auditcheckpoint"}
"""Tables whose rows stay for a term of their own: sums without a person, and acts by pseudonym."""


def plant() -> None:
    """Plant and print the canaries as JSON: ``open`` (stored as they are), ``shut`` (closed text) and ``keys`` (hex)."""
    opened = {name: f"canary-{name}-{uuid4().hex[:12]}" for name in ("wren", "sam", "kind")}
    opened["group"] = f"canary group {uuid4().hex[:12]}"
    shut = {
        name: f"canary {name} {uuid4().hex[:12]}"
        for name in (
            "name",
            "renamed",
            "wish",
            "terms",
            "draft",
            "change",
            "answer",
            "note",
            "shared",
            "reason",
            "vault",
            "old",
            "call",
            "yes",
            "said",
            "replied",
            "photo",
            "paper",
            "watcher",
            "known",
            "rota",
            "door",
        )
    }
    sam, wren = (people.make_account(handle=opened[who], passphrase="a long enough phrase") for who in ("sam", "wren"))
    me = people.make_group(by=sam, name=opened["group"], own_name=shut["name"], currency="CAD", tax_years=0)
    worker = people.join(account=wren, secret=people.invite(by=me), name=shut["name"])
    people.rename(membership=worker, name=shut["renamed"])
    people.invite(by=me)
    people.make_token(account=wren)
    people.consent(membership=worker, code="work.tax_term")
    rate = Rate(start="2026-01-01", amount=2500, unit="hour", currency="CAD")
    role, version, held = proposed(me, worker, terms=other(rate=rate, purpose=shut["terms"]))
    roles.add_kind(by=me, label=opened["kind"])
    roles.wish(holding=held[0], title=shut["wish"])
    roles.agree(holding=held[0], version=version)
    change = roles.request_change(holding=held[0], version=version, text=shut["change"])
    roles.answer(by=me, change=change, text=shut["answer"])
    again(me, role, other(rate=rate, purpose=shut["draft"]))
    call = calling.call(by=me, content=call_rules.Call(("outreach",), 6000, "shift", "CAD", text=shut["call"]))
    calling.say_yes(by=worker, call=call, text=shut["yes"])
    entry = {"id": str(uuid4()), "revision": 1, "day": clock.today().isoformat(), "kinds": ["outreach"], "minutes": 60}
    entry["expenses"] = [{"code": "travel", "amount": 350, "currency": "CAD"}]
    shared = {
        "group": str(me.group_id),
        "role": str(role.pk),
        "shared": True,
        "share_note": True,
        "note": shut["shared"],
    }
    gone = {**entry, "id": str(uuid4()), "note": shut["note"]}
    work.sync(account=wren, entries=[entry | shared, gone])
    work.sync(account=wren, entries=[{**gone, "revision": 2, "deleted": True}])
    disputes.dispute(by=me, claim=ledger.claims(worker)[0].id, reason=shut["reason"], offer=100)
    people.keep_vault(account=wren, base=0, revision=1, sealed=shut["vault"].encode())
    disputes.answer(membership=worker, claim=ledger.claims(worker)[0].id, text=shut["said"], wish=200)
    disputes.reply(by=me, claim=ledger.claims(worker)[0].id, text=shut["replied"])
    watch_over(wren, shut["watcher"], shut["known"], shut["door"])
    rotas.make(by=me, name=shut["rota"][:40])
    shut = {"mail": f"canary-mail-{uuid4().hex[:12]}@example.org", **shut}
    with override_settings(MAIL_URL="json://127.0.0.1:9/"):
        channels.add(owner=wren.pk, kind="mail", address=shut["mail"], language="en")
    send_photo(wren, entry["id"], shut["photo"])
    role_queries.title(role)
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": {"BACKEND": PLAIN}}):
        make_paper(wren, shut["paper"])
        look(wren, me)
    old = long_ago(wren, me, shut["old"])
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": {"BACKEND": PLAIN}}):
        assert shut["old"] in taken(wren), "the export would tell"
    people_s = DataKey.objects.exclude(owner__in=[keys.INSTALLATION, signing.owner(1), letters.DIGESTS])
    found = [bytes(key).hex() for key in people_s.values_list("key", flat=True)]
    print(json.dumps({"open": list(opened.values()), "shut": list(shut.values()), "keys": found, "old": old}))


def watch_over(who: Account, name: str, known: str, door: str) -> None:
    """A check-in that called somebody, and was ended; one that runs; and one of the gentle kind."""
    with parts.reached():
        crew = [[parts.watcher(who, name=name, known_as=known)]]
        missed = parts.started(who, crew, shut={"where": door})
        engine.run_due(now=missed.due_at + dt.timedelta(hours=1))
        watch.coming(token=parts.token_of(Call.objects.get()))
        watch.end(person=who, check_in=missed.pk)
        parts.started(who, crew, shut={"where": door})
    LookIn.objects.create(person=who, day=clock.today())


def long_ago(wren: Account, me: Membership, note: str) -> list[str]:
    """Share an entry of 91 days ago, and give what is stored of it, closed, as hex: of it, its copy, where it took from."""
    with time_machine.travel(clock.now() - dt.timedelta(days=91)):
        stock.add_place(by=me, name="canary van")
        stock.keep(by=me, code="water", unit="one", by_lot=False)
        entry = {"id": str(uuid4()), "revision": 1, "day": clock.today().isoformat(), "kinds": ["outreach"]}
        given = {"group": str(me.group_id), "shared": True, "share_note": True, "note": note, "supplies": {"water": 2}}
        work.sync(account=wren, entries=[entry | given])
    share = Share.objects.get(entry=entry["id"])
    return [bytes(blob).hex() for blob in (share.entry.content, share.copy, share.drawn.content)]


def taken(wren: Account) -> str:
    """All that the person takes along, as text."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(wren, backend=BACKEND)
    packed = zipfile.ZipFile(io.BytesIO(client.get("/account/alongside.zip").content))
    found = [client.get(path).content.decode() for path in ("/record/record.csv", "/record/record.json")]
    return "".join([*found, *(packed.read(name).decode(errors="replace") for name in packed.namelist())])


def fold() -> None:
    """All jobs run; print what the person takes along then, as JSON."""
    for item in jobs.registered():
        item.run()
    assert Release.objects.exists(), "a month is there to be deleted"
    retention.wipe()
    print(json.dumps(taken(Account.objects.get(handle__startswith="canary-wren"))))


def send_photo(who: Account, entry: object, words: str) -> None:
    """A photo with words beside its picture, by the form: nothing of it may be left, not even in a file of an upload."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(who, backend=BACKEND)
    made = SimpleUploadedFile("a.jpg", photo((2000, 1500), noise=True, words=words))
    assert client.post(f"/work/{entry}/receipts/", {"code": "travel", "photo": made}).status_code == 302
    assert ReceiptCopy.objects.count() == 1


def make_paper(who: Account, name: str) -> None:
    """A statement of experience made out to a name: the name is on the paper, and is kept nowhere."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(who, backend=BACKEND)
    month = clock.today().isoformat()[:7]
    chosen = {"name": name, "start": month, "end": month, "kinds": ["outreach"], "groups": ["nobody"]}
    for more in ({}, {"make": "1"}):
        assert client.post("/record/experience/", chosen | more).status_code == 200
    assert Statement.objects.count() == 1


def look(wren: Account, me: Membership) -> None:
    """Both look at their pages, take files along, and run into a fault that is logged."""
    for one, paths in (
        (
            wren,
            ("/", "/record/", "/account/alongside.zip", "/record/record.csv", "/pay/", "/letters/", "/account/owed/"),
        ),
        (me.account, (f"/people/groups/{me.group_id}/", f"/pay/groups/{me.group_id}/", "/nowhere/")),
    ):
        client = Client(raise_request_exception=False, SERVER_NAME="localhost")
        client.force_login(one, backend=BACKEND)
        for path in paths:
            client.get(path)
        with patch("alongside.outbox.queries.letters", side_effect=ValueError(one.handle)):
            assert client.get("/letters/").status_code == 500


def forget() -> None:
    """All delete their accounts, time goes by, all jobs run; print which tables still have rows."""
    for account in Account.objects.order_by("handle"):  # the steward last: nobody else could be
        if account.memberships.filter(stewards=True).exists():
            continue
        flows.delete_account(account=account)
    for account in Account.objects.all():
        flows.delete_account(account=account)
    with time_machine.travel(clock.now() + dt.timedelta(days=401)):
        for item in jobs.registered():
            item.run()
    retention.wipe()
    left = []
    for name in ("default", "keys"):
        connection = connections[name]
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names():
                cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")
                if cursor.fetchone()[0] and table not in STAY:
                    left.append(table)
    print(json.dumps(left))
