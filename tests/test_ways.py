"""The pages about how somebody can be reached: theirs alone, without scripts, and a phone that leaves with its sign-in."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from alongside.outbox import channels, dispatch, phones, queries
from alongside.outbox.models import Channel, Dispatch
from alongside.outbox.tests import parts
from alongside.people import actions as people
from alongside.people.models import Account, Device
from tests.world import account

pytestmark = pytest.mark.django_db(databases=["default", "keys"])
JSON = "application/json"
PAGE = "/letters/ways/"


@pytest.fixture(autouse=True)
def gateways(settings: Any) -> None:
    settings.SMS_URL = settings.MAIL_URL = "json://127.0.0.1:9099/"


@pytest.fixture
def wren() -> Account:
    return account("wren")


@pytest.fixture
def phone(wren: Account) -> Client:
    return signed_in(wren)


def signed_in(who: Account) -> Client:
    browser = Client()
    browser.post("/people/sign-in/", {"login": who.handle, "password": "a long enough phrase"})
    return browser


def text_of(browser: Client, path: str = PAGE) -> str:
    return str(browser.get(path).content.decode())


def add(browser: Client, kind: str, address: str, language: str = "en") -> Any:
    return browser.post(f"{PAGE}add/{kind}/", {"address": address, "language": language}, follow=True)


def push(browser: Client, at: parts.Browser) -> Any:
    body = {"address": json.loads(at.address), "language": "fr"}
    return browser.post(f"{PAGE}add/push/", json.dumps(body), content_type=JSON)


@pytest.mark.parametrize(("kind", "address"), [("sms", "+1 604 555 0142"), ("mail", "wren@example.org")])
def test_a_number_and_an_address_are_proven_by_the_code_that_was_sent(
    wren: Account, phone: Client, kind: str, address: str
) -> None:
    page = add(phone, kind, address, "fr")
    row = Channel.objects.get(owner=wren.pk)
    assert page.redirect_chain[-1][0] == f"{PAGE}{row.pk}/"
    assert (row.kind, row.language, row.state) == (kind, "fr", "new")
    assert "not the code" in phone.post(f"{PAGE}{row.pk}/", {"code": "000"}).content.decode()
    assert dispatch.reachable([wren.pk]) == {wren.pk: False}
    code = parts.code_of(row)
    assert "Works" in phone.post(f"{PAGE}{row.pk}/", {"code": f" {code[:3]} {code[3:]} "}, follow=True).content.decode()
    assert dispatch.reachable([wren.pk]) == {wren.pk: True}


def test_an_address_that_cannot_be_stays_in_the_form_with_why(wren: Account, phone: Client) -> None:
    said = add(phone, "sms", "604 555 0142").content.decode()
    assert "Begin with + and the country code." in said
    assert 'value="604 555 0142"' in said
    assert not Channel.objects.exists()


def test_what_the_installation_does_not_send_is_said_and_not_there(settings: Any, phone: Client, wren: Account) -> None:
    row = parts.working(wren.pk)
    settings.SMS_URL = settings.MAIL_URL = ""
    page = text_of(phone)
    assert "This place sends no text messages." in page
    assert "This place sends no e-mail." in page
    assert "Not sent by this place" in page
    assert "No way works yet." in page
    assert "cannot send such messages now" in text_of(phone, f"{PAGE}{row.pk}/")
    for kind in ("sms", "mail", "fax", "push/x"):
        assert phone.get(f"{PAGE}add/{kind}/").status_code == 404
    assert 'href="/letters/ways/add/' not in page


def test_a_tap_on_the_test_message_proves_a_phone_and_an_old_one_does_not(wren: Account, phone: Client) -> None:
    answer = push(phone, parts.Browser()).json()
    row = Channel.objects.get(pk=answer["way"])
    assert (row.owner, row.kind, row.language, row.state) == (wren.pk, "push", "fr", "new")
    assert answer["next"] == f"{PAGE}{row.pk}/"
    assert phone.get(f"{PAGE}{row.pk}/{'x' * 16}/")["Location"] == f"{PAGE}{row.pk}/"
    link = parts.filled(Dispatch.objects.get(channel=row.pk))["link"]
    path = link.removeprefix("http://localhost:8000")
    assert Client().get(path)["Location"].startswith("/people/sign-in/")
    assert signed_in(account("ash")).get(path).status_code == 404
    row.refresh_from_db()
    assert row.state == "new"
    for _twice in range(2):
        assert phone.get(path)["Location"] == PAGE
    row.refresh_from_db()
    assert row.state == "works"


@pytest.mark.parametrize("body", ["", "[]", "no", '{"address": 3}', '{"address": {"endpoint": "http://10.0.0.1/"}}'])
def test_what_no_browser_said_is_refused(phone: Client, body: str) -> None:
    assert phone.post(f"{PAGE}add/push/", body, content_type=JSON).status_code == 400
    assert phone.post(f"{PAGE}renew/", body, content_type=JSON).status_code == 404
    assert not Channel.objects.exists()


def test_ways_are_put_in_order_and_taken_away(wren: Account, phone: Client) -> None:
    made = [parts.working(wren.pk, "mail", f"w{n}@example.org").pk for n in range(3)]

    def order() -> list[UUID]:
        return [way.id for way in queries.ways(wren.pk)]

    assert order() == made
    phone.post(f"{PAGE}{made[0]}/move/", {"to": "up"})
    phone.post(f"{PAGE}{made[2]}/move/", {"to": "down"})
    assert order() == made
    phone.post(f"{PAGE}{made[2]}/move/", {"to": "up"})
    assert order() == [made[0], made[2], made[1]]
    phone.post(f"{PAGE}{made[0]}/move/", {"to": "down"})
    assert order() == [made[2], made[0], made[1]]
    assert phone.post(f"{PAGE}{uuid4()}/move/", {"to": "up"}).status_code == 404
    phone.post(f"{PAGE}{made[2]}/remove/")
    assert order() == made[:2]


def test_a_new_code_is_sent_and_not_twice_at_once(wren: Account, phone: Client) -> None:
    add(phone, "sms", "+16045550142")
    row = Channel.objects.get()
    said = phone.post(f"{PAGE}{row.pk}/again/", follow=True).content.decode()
    assert "Please wait a minute." in said
    Channel.objects.update(until=None)
    said = phone.post(f"{PAGE}{row.pk}/again/", follow=True).content.decode()
    assert "We sent a new message." in said
    assert Dispatch.objects.filter(channel=row.pk).count() == 2


def test_a_way_that_works_is_tried_again_and_goes_on_to_work(wren: Account, phone: Client) -> None:
    row = parts.working(wren.pk)
    assert "Send a test message" in text_of(phone, f"{PAGE}{row.pk}/")
    assert "We sent a new message." in phone.post(f"{PAGE}{row.pk}/again/", follow=True).content.decode()
    assert Dispatch.objects.filter(channel=row.pk, code="outbox.code").count() == 1
    assert dispatch.reachable([wren.pk]) == {wren.pk: True}


def test_nobody_touches_the_ways_of_others(wren: Account) -> None:
    row = parts.working(wren.pk)
    ash = signed_in(account("ash"))
    assert ash.get(f"{PAGE}{row.pk}/").status_code == 404
    for act in ("again", "move", "remove"):
        assert ash.post(f"{PAGE}{row.pk}/{act}/").status_code == 404
    assert [way.id for way in queries.ways(wren.pk)] == [row.pk]
    assert str(row.pk) not in text_of(ash)


@pytest.mark.parametrize("way_out", ["/people/sign-out/", "/exit/"])
def test_a_phone_goes_with_its_sign_in_and_other_ways_stay(wren: Account, phone: Client, way_out: str) -> None:
    number = parts.working(wren.pk)
    push(phone, parts.Browser())
    elsewhere = signed_in(wren)
    there = push(elsewhere, parts.Browser("https://fcm.googleapis.com/fcm/send/other")).json()["way"]
    phone.post(way_out)
    assert {way.id for way in queries.ways(wren.pk)} == {number.pk, UUID(there)}


def test_a_phone_that_is_signed_out_from_elsewhere_goes_too(wren: Account, phone: Client) -> None:
    lost = signed_in(wren)
    push(lost, parts.Browser())
    device = Device.objects.get(session=lost.session.session_key)
    phone.post(f"/people/account/phones/{device.pk}/sign-out/")
    assert queries.ways(wren.pk) == []
    other = signed_in(wren)
    push(other, parts.Browser())
    phone.post("/people/account/phones/sign-out/")
    assert queries.ways(wren.pk) == []


def test_a_phone_stays_when_its_session_gets_another_key(wren: Account, phone: Client) -> None:
    push(phone, parts.Browser())
    elsewhere = signed_in(wren)
    push(elsewhere, parts.Browser("https://fcm.googleapis.com/fcm/send/other"))
    form = {
        "oldpassword": "a long enough phrase",
        "password1": "another long phrase",
        "password2": "another long phrase",
    }
    assert phone.post("/people/account/passphrase/", form).status_code == 302
    assert len(queries.ways(wren.pk)) == 1
    phone.post("/people/sign-out/")
    assert queries.ways(wren.pk) == []


def test_who_comes_back_with_the_code_on_paper_is_reached_on_no_phone_of_before(wren: Account, phone: Client) -> None:
    push(phone, parts.Browser())
    code = people.make_code(account=wren)
    form = {"handle": "wren", "code": code, "passphrase": "another long phrase"}
    assert Client().post("/people/forgot/", form).status_code == 302
    assert queries.ways(wren.pk) == []


def test_a_browser_tells_its_new_address_with_the_whole_of_the_old_one(wren: Account, phone: Client) -> None:
    old, new = parts.Browser(), parts.Browser("https://fcm.googleapis.com/fcm/send/new")
    way = UUID(push(phone, old).json()["way"])
    channels.prove(owner=wren.pk, channel=way, code=parts.code_of(Channel.objects.get()))

    def renew(before: parts.Browser, after: parts.Browser) -> int:
        body = {"old": json.loads(before.address), "address": json.loads(after.address)}
        browser = Client(enforce_csrf_checks=True)
        return browser.post(f"{PAGE}renew/", json.dumps(body), content_type=JSON).status_code

    guessed = parts.Browser(old.endpoint, old.secret)
    assert renew(guessed, new) == 404
    assert renew(parts.Browser(old.endpoint, auth=old.auth), new) == 404
    assert renew(old, new) == 200
    row = Channel.objects.get()
    assert (row.pk, row.state) == (way, "works")
    assert json.loads(queries.taken_along(wren.pk)[0]["address"])["endpoint"] == new.endpoint
    assert renew(old, new) == 404
    Channel.objects.update(state="dead")
    assert renew(new, old) == 200
    row.refresh_from_db()
    assert (row.state, bool(row.proof)) == ("dead", True)
    assert Dispatch.objects.filter(channel=way, code="outbox.tap").count() == 2


def test_a_new_address_that_was_added_meanwhile_is_one_way(wren: Account, phone: Client) -> None:
    old, new = parts.Browser(), parts.Browser("https://fcm.googleapis.com/fcm/send/new")
    push(phone, old)
    push(phone, new)
    assert phones.renewed(before=old.address, after=new.address)
    assert Channel.objects.count() == 1


def test_the_account_page_leads_there(phone: Client) -> None:
    assert f'href="{PAGE}"' in text_of(phone, "/people/account/")
