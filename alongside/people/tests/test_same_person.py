"""A page acts for one person: where the cookies are another's by now, it is told so and nothing happens."""

import json

import pytest
from django.test import Client

from alongside.people.access import PHONE
from alongside.people.queries import phone_name
from tests.world import account

pytestmark = pytest.mark.django_db(databases=["default", "keys"])
SYNC, SEEN = "/api/v1/work/entries/sync", "/api/v1/work/entries"


def test_only_for_whom_the_page_acts() -> None:
    anna, bea, client = account("anna"), account("bea"), Client()
    client.force_login(bea, backend="allauth.account.auth_backends.AuthenticationBackend")
    for path in (SEEN, "/api/v1/vault", "/phone.json"):
        assert client.get(path, headers={PHONE: phone_name(anna)}).status_code == 403
        assert client.get(path, headers={PHONE: phone_name(bea)}).status_code == 200
        assert client.get(path).status_code == 200, "another program says nothing of a phone"
    refused = client.post(SYNC, json.dumps({"entries": []}), "application/json", headers={PHONE: phone_name(anna)})
    assert (refused.status_code, refused.json()) == (403, {"detail": "Somebody else is signed in here now."})


def test_nobody_is_told_who_is_signed_in() -> None:
    anna = account("anna")
    assert Client().get(SEEN, headers={PHONE: phone_name(anna)}).status_code == 401
