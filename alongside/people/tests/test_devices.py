import datetime as dt
import importlib
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory

from alongside.people import actions, auth, jobs, queries
from alongside.people.models import Account, Device
from tests.world import account

pytestmark = pytest.mark.django_db(databases=["default", "keys"])
PHRASE = "a long enough phrase"
HERE: Any = {"HTTP_USER_AGENT": "Nokia-3310", "REMOTE_ADDR": "203.0.113.7"}


def sign_in(handle: str) -> Client:
    client = Client(**HERE)
    client.post("/people/sign-in/", {"login": handle, "password": PHRASE})
    return client


def inside(client: Client) -> bool:
    return client.get("/people/account/").status_code == 200


def others(client: Client) -> int:
    return client.get("/people/account/").content.decode().count("Another phone or computer")


def device(client: Client) -> Device:
    return Device.objects.get(session=client.session.session_key)


def test_each_phone_is_listed_and_signed_out_one_by_one() -> None:
    account("wren")
    first, second, third = (sign_in("wren") for _time in range(3))
    assert others(first) == others(second) == 2
    first.post(f"/people/account/phones/{device(second).pk}/sign-out/")
    assert [inside(one) for one in (first, second, third)] == [True, False, True]
    assert others(first) == 1
    third.post("/people/sign-out/")
    assert others(first) == 0


def test_all_others_at_once_and_nobody_elses() -> None:
    account("wren")
    account("olive")
    first, second, third, hers = (sign_in(name) for name in ("wren", "wren", "wren", "olive"))
    first.post("/people/account/phones/sign-out/")
    assert [inside(one) for one in (first, second, third, hers)] == [True, False, False, True]
    first.post(f"/people/account/phones/{device(hers).pk}/sign-out/")
    first.post(f"/people/account/phones/{device(first).pk}/sign-out/")
    assert inside(hers)
    assert inside(first), "this phone signs out by its own button"


def test_a_changed_passphrase_leaves_this_phone_alone_in_the_list() -> None:
    account("wren")
    first, second = sign_in("wren"), sign_in("wren")
    since = device(first).day
    new = {"password1": "quite another phrase", "password2": "quite another phrase"}
    first.post("/people/account/passphrase/", {"oldpassword": PHRASE, **new})
    assert inside(first)
    assert not inside(second)
    assert [(d.session, d.day) for d in Device.objects.all()] == [(first.session.session_key, since)]


def test_the_paper_signs_out_everywhere() -> None:
    wren = account("wren")
    first = sign_in("wren")
    code = actions.make_code(account=wren)
    phone = Client()
    phone.post("/people/forgot/", {"handle": "wren", "code": code, "passphrase": "quite another phrase"})
    assert not inside(first)
    assert [d.session for d in queries.devices(wren)] == [phone.session.session_key]


def test_nothing_is_kept_of_what_the_phone_is() -> None:
    account("wren")
    client = sign_in("wren")
    kept = [vars(row) for row in [*Device.objects.all(), *Session.objects.all()]]
    kept.append(dict(client.session))
    assert not [row for row in kept if "Nokia" in str(row) or "203.0.113" in str(row)]
    assert {f.name for f in Device._meta.get_fields()} == {"id", "account", "session", "day"}


def test_what_ran_out_is_not_listed_and_is_forgotten() -> None:
    wren = account("wren")
    sign_in("wren")
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=31)):
        assert queries.devices(wren) == []
        here = sign_in("wren")
        jobs.sessions()
        assert [d.session for d in Device.objects.all()] == [here.session.session_key]


def test_who_was_signed_in_before_the_list_was_there_is_in_it() -> None:
    wren = account("wren")
    first, second = sign_in("wren"), sign_in("wren")
    Client().get("/people/sign-in/")
    Device.objects.all().delete()
    importlib.import_module("alongside.people.migrations.0005_devices_there").note(apps, None)
    assert {d.session for d in queries.devices(wren)} == {one.session.session_key for one in (first, second)}
    assert others(first) == 1


def test_leaving_fast_takes_the_phone_off_the_list() -> None:
    wren: Account = account("wren")
    client = sign_in("wren")
    client.post("/exit/")
    assert queries.devices(wren) == []


def test_a_link_that_is_opened_where_one_is_signed_in_already_is_the_same_phone(rf: RequestFactory) -> None:
    wren, request = account("wren"), rf.get("/")
    request.session = SessionStore()
    request.user = AnonymousUser()
    for _time in range(2):
        auth.enter(request, wren)
    assert Device.objects.get().session == request.session.session_key
