"""Taking everything along, and deleting it: what is gone, what stays, and who is told what."""

import csv
import io
import json
import re
import zipfile
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import translation

from alongside.home import acts, flows
from alongside.kit import audit, clock, keys
from alongside.kit.models import AuditHead, AuditRow, DataKey, Ended
from alongside.outbox.models import Letter
from alongside.pay import actions as pay
from alongside.pay import disputes
from alongside.pay import queries as ledger
from alongside.pay.models import Claim, Line, Message, Payee
from alongside.people import actions as people
from alongside.people.models import Account, Group, Membership
from alongside.people.tests.softkey import SoftKey
from alongside.roles import actions as roles
from alongside.roles.models import Holding
from alongside.roles.rules import Rate
from alongside.roles.tests.parts import other, proposed
from alongside.work import actions as work
from alongside.work.models import Entry, Share
from tests.checks.source import PACKAGE
from tests.world import World, account, world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])
RATE = Rate(start="2026-01-01", amount=2500, unit="hour", currency="CAD")
SURE = "/account/delete/sure/"


def signed_in(who: Membership | Account) -> Client:
    client = Client()
    one = who.account if isinstance(who, Membership) else who
    client.force_login(one, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def w() -> World:
    """A world whose worker holds a role, shared two pieces of work, and was paid for none."""
    made = world()
    role, version, held = proposed(made.coordinator, made.worker, terms=other(rate=RATE))
    roles.agree(holding=held[0], version=version)
    roles.request_change(holding=held[0], version=version, text="More light")
    for note in ("=quiet night", "long day"):
        entry = {
            "id": str(uuid4()),
            "revision": 1,
            "day": clock.today().isoformat(),
            "kinds": ["outreach"],
            "minutes": 60,
        }
        shared = {"group": str(made.group.pk), "role": str(role.pk), "shared": True, "share_note": True, "note": note}
        assert work.sync(account=made.worker.account, entries=[entry | shared])[0].status == "stored"
    return made


def test_everything_of_one_s_own_comes_along_and_nothing_of_another_s(w: World) -> None:
    work.sync(
        account=w.other.account,
        entries=[
            {
                "id": str(uuid4()),
                "revision": 1,
                "day": clock.today().isoformat(),
                "kinds": ["outreach"],
                "note": "not yours",
            }
        ],
    )
    roles.ask_to_name(holding=w.worker.holdings.get(), kinds=["forms"])
    answer = signed_in(w.worker).get("/account/alongside.zip")
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    files = {name: packed.read(name).decode("utf-8-sig") for name in packed.namelist()}
    assert {entry["note"] for entry in json.loads(files["record.json"])["entries"]} == {"=quiet night", "long day"}
    assert json.loads(files["groups.json"])[0]["my_name_there"] == "Wren"
    asked = {row["text"] for row in json.loads(files["roles.json"])[0]["asked_for"]}
    assert asked == {"More light", "Please name this work in the role: Forms and applications."}
    assert json.loads(files["roles.json"])[0]["agreed"][0]["terms"]["rate"]["amount"] == 2500
    assert sum(len(c["lines"]) for c in json.loads(files["pay.json"])[0]["claims"]) == Line.objects.count()
    assert {row["amount"] for row in csv.DictReader(io.StringIO(files["pay.csv"]))} == {"25.00"}
    assert "'=quiet night" in files["record.csv"], "no spreadsheet takes it for a formula"
    assert len(json.loads(files["shared.json"])) == 2
    assert json.loads(files["history.json"])[0]["code"] == "people.made"
    assert len(json.loads(files["letters.json"])) == Letter.objects.filter(owner=w.worker.account_id).count()
    whole = "".join(files.values())
    assert "not yours" not in whole
    assert str(w.worker.account_id) not in whole


def test_the_vault_comes_along_as_its_devices_sealed_it(w: World) -> None:
    sealed = b"age-encryption.org/v1\nwhatever a device wrote\xff"
    people.keep_vault(account=w.worker.account, base=0, revision=1, sealed=sealed)
    names = {}
    for who in (w.worker, w.other):
        answer = signed_in(who).get("/account/alongside.zip")
        packed = zipfile.ZipFile(io.BytesIO(answer.content))
        names[who.pk] = set(packed.namelist())
        if who is w.worker:
            assert packed.read("private.age") == sealed
    assert "private.age" not in names[w.other.pk]


def test_deleting_takes_two_steps_and_the_passphrase(w: World) -> None:
    mine = signed_in(w.worker)
    first = mine.get("/account/delete/").content.decode()
    assert SURE in first
    assert "/account/owed/" in first
    assert mine.post(SURE, {"passphrase": "not this one"}).status_code == 200
    assert Account.objects.filter(pk=w.worker.account_id).exists()
    elsewhere = signed_in(w.worker)
    secret = people.make_token(account=w.worker.account)
    done = mine.post(SURE, {"passphrase": "a long enough phrase"})
    assert done.status_code == 200
    assert "storage" in done["Clear-Site-Data"]
    assert mine.get("/account/delete/").status_code == 302
    assert elsewhere.get("/record/").status_code == 302
    assert Client().get("/api/v1/work/entries", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    assert not [s for s in Session.objects.all() if s.get_decoded().get("_auth_user_id") == str(w.worker.account_id)]


def test_a_demo_account_without_a_passphrase_or_a_passkey_ticks_a_box() -> None:
    one = people.make_account(handle="ash", passphrase=None)
    mine = signed_in(one)
    assert mine.post(SURE, {}).status_code == 200
    assert Account.objects.filter(pk=one.pk).exists()
    mine.post(SURE, {"sure": "on"})
    assert not Account.objects.filter(pk=one.pk).exists()


def options_in(page: str) -> dict[str, Any]:
    found = re.search(r'passkey-options" type="application/json">(.*?)</script>', page)
    assert found is not None
    options: dict[str, Any] = json.loads(found[1])
    return options


def test_who_has_a_passkey_alone_shows_it_and_ticks_no_box() -> None:
    one, key = people.make_account(handle="ash", passphrase=None), SoftKey()
    mine = signed_in(one)
    page = mine.post("/people/account/passkeys/add/", {"shown": ""}).content.decode()
    mine.post("/people/account/passkeys/added/", {"answer": key.make(options_in(page))})

    def asked() -> dict[str, Any]:
        page = mine.get(SURE).content.decode()
        assert 'name="sure"' not in page
        return options_in(page)

    for wrong in ({}, {"sure": "on"}, {"answer": ""}, {"answer": SoftKey(user=key.user).use(asked())}):
        assert mine.post(SURE, wrong).status_code == 200
        assert Account.objects.filter(pk=one.pk).exists()
    old = key.use(asked())
    asked()
    assert mine.post(SURE, {"answer": old}).status_code == 200, "an answer to another question"
    mine.post(SURE, {"answer": key.use(asked())})
    assert not Account.objects.filter(pk=one.pk).exists()


def test_the_ledger_stays_without_the_person_and_can_be_paid_by_its_number(w: World) -> None:
    payee, claim = Payee.objects.get(membership=w.worker).payee, Claim.objects.order_by("pk")[0]
    disputes.dispute(by=w.coordinator, claim=claim.pk, reason="Wren was not there", offer=100)
    disputes.answer(membership=w.worker, claim=claim.pk, text="I was there", wish=9000)
    page = signed_in(w.worker).get("/account/owed/").content.decode()
    assert str(payee) in page
    assert "50.00" in page
    assert "Wren" in page
    before = list(Line.objects.order_by("pk").values())
    flows.delete_account(account=w.worker.account)
    assert list(Line.objects.order_by("pk").values()) == before
    assert not Payee.objects.filter(payee=payee).exists()
    assert not any(bytes(c.reason) for c in Claim.objects.all()), "no words about somebody who is gone"
    assert not Message.objects.exists(), "and none by them"
    claim.refresh_from_db()
    assert (claim.dispute, claim.offer, claim.sure, claim.wish, claim.asked, claim.waits) == ("closed", *[None] * 5)
    shown = signed_in(w.coordinator).get(f"/pay/groups/{w.group.pk}/").content.decode()
    assert "Someone who left" in shown
    assert str(payee) in shown
    assert "Wren" not in shown
    pay.pay(by=w.coordinator, payee=payee, currency="CAD", expected=5000, key=uuid4())
    assert ledger.to_pay(w.group) == []


def test_nothing_else_of_the_person_stays(w: World) -> None:
    gone = w.worker.account_id
    flows.delete_account(account=w.worker.account)
    assert keys.get(gone) is None
    for model, rows in (
        (Account, Account.objects.filter(pk=gone)), (Membership, Membership.objects.filter(pk=w.worker.pk)),
        (Entry, Entry.objects.all()), (Share, Share.objects.all()), (Holding, Holding.objects.all()),
        (Letter, Letter.objects.filter(owner=gone)), (AuditRow, AuditRow.objects.filter(chain=gone)),
    ):  # fmt: skip
        assert not rows.exists(), model
    assert audit.verify(w.group.pk) is None
    last = AuditRow.objects.filter(chain=w.group.pk, act="people.deleted").get()
    assert last.actor != "operator"
    assert str(gone) not in str(list(AuditRow.objects.values_list("detail", flat=True)))


def test_the_last_steward_hands_over_first_and_the_last_person_closes_the_group(w: World) -> None:
    page = signed_in(w.steward).get("/account/delete/").content.decode()
    assert SURE not in page
    assert f"/people/groups/{w.group.pk}/" in page
    signed_in(w.steward).post(SURE, {"passphrase": "a long enough phrase"})
    with pytest.raises(people.Refused):
        flows.delete_account(account=w.steward.account)
    assert keys.get(w.steward.account_id) is not None
    people.set_part(by=w.steward, member=w.coordinator.pk, coordinates=True, stewards=True)
    lines = Line.objects.count()
    for who in (w.steward, w.worker, w.other, w.second, w.coordinator):
        assert Group.objects.exists()
        flows.delete_account(account=who.account)
    assert not Group.objects.exists()
    assert not DataKey.objects.exists()
    assert Line.objects.count() == lines > 0


def test_a_deletion_that_was_cut_short_is_finished(w: World) -> None:
    keys.delete(w.worker.account_id)
    assert flows.finish_deletions() == 1
    assert not Account.objects.filter(pk=w.worker.account_id).exists()
    assert flows.finish_deletions() == 0
    assert flows.without_key() == 0
    keys.delete(w.group.pk)
    assert flows.finish_deletions() == 1
    assert not Group.objects.exists()
    assert Ended.objects.count() == 2


def test_one_s_own_history_and_the_group_s_name_nobody(w: World) -> None:
    pay.choose_method(membership=w.worker, method="card")
    own = signed_in(w.worker).get("/account/history/").content.decode()
    assert "The account was made." in own
    assert "card" not in own
    group = signed_in(w.steward).get(f"/groups/{w.group.pk}/history/").content.decode()
    assert "Someone chose how to be paid." in group
    assert "by you" in group
    assert audit.pseudonym(w.worker.account_id, w.group.pk)[:6] in group
    for name in ("Wren", "Cleo", "worker", str(w.worker.account_id)):
        assert name not in group
    for _ in range(60):
        audit.append(chain=w.group.pk, actor=None, act="from.another.version")
    first = signed_in(w.steward).get(f"/groups/{w.group.pk}/history/").content.decode()
    assert "Something else was done." in first
    older = re.search(r"\?before=(\d+)", first)
    assert older is not None
    assert (
        "The group was made." in signed_in(w.steward).get(f"/groups/{w.group.pk}/history/{older[0]}").content.decode()
    )
    assert signed_in(w.steward).get(f"/groups/{w.group.pk}/history/?before=x").status_code == 200


def test_every_act_has_words() -> None:
    """Acts as the rooms write them: ``act="..."``, and the shorter words that pay and roles give to their helpers."""
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        if "tests" in path.parts or path.parent.name == "home":
            continue
        text = path.read_text()
        found |= set(re.findall(r'\bact=(?:"(\w+\.\w+)")', text))
        found |= set(re.findall(r'\bact = "(\w+\.\w+)"', text))
        found |= set(re.findall(r'_(?:audit|note)\([^")]*"(\w+\.\w+)"', text))
        if path.parent.name == "pay":
            found |= {f"pay.{what}" for what in re.findall(r'\bnote\([^"]*?"(\w+)"', text)}
    assert len(found) > 50
    assert found <= acts.known()
    with translation.override("fr"):
        assert all(str(acts.words(act)) for act in found)


def test_an_account_that_ended_gets_no_new_key() -> None:
    one = account("robin")
    another_request = Account.objects.get(pk=one.pk)
    entry = {"id": str(uuid4()), "revision": 1, "day": clock.today().isoformat(), "kinds": ["outreach"]}
    flows.delete_account(account=one)
    with pytest.raises(keys.KeyEnded):
        work.sync(account=another_request, entries=[entry])


@pytest.mark.django_db(transaction=True, databases=["default", "keys"])
def test_what_comes_while_an_account_ends_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The entry was read and closed before the turn to write; when that came, all was deleted."""
    one, store = account("robin"), work._store
    entry = {"id": str(uuid4()), "revision": 1, "day": clock.today().isoformat(), "kinds": ["outreach"]}

    def late(*args: Any) -> Any:
        if Account.objects.filter(pk=one.pk).exists():
            flows.delete_account(account=Account.objects.get(pk=one.pk))
        return store(*args)

    monkeypatch.setattr(work, "_store", late)
    with pytest.raises(keys.KeyEnded):
        work.sync(account=one, entries=[entry])
    assert not Entry.objects.exists()
    assert not AuditHead.objects.filter(chain=one.pk).exists()
