"""The vault on the server: kept by compare-and-swap, in lengths that say nothing, and never looked into."""

import base64
import os
from typing import Any

import pytest
from django.test import Client

from alongside.kit import closed, keys
from alongside.kit.models import AuditRow
from alongside.people import actions, leaving, queries, rules
from alongside.people.models import Account, Vault

pytestmark = pytest.mark.django_db(databases=["default", "keys"])
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def wren() -> Account:
    return actions.make_account(handle="wren", passphrase="a long enough phrase")


@pytest.fixture
def phone(wren: Account) -> Client:
    client = Client()
    client.force_login(wren, backend=BACKEND)
    return client


def sealed(size: int = 16 * 1024, slots: int = rules.VAULT_SLOTS) -> bytes:
    """What looks from outside as a device would seal it; tests/e2e/test_vault.py looks inside real ones."""
    word = [base64.b64encode(os.urandom(32)).rstrip(b"=") for _word in range(2 * slots + 1)]
    stanzas = b"".join(b"-> X25519 %s\n%s\n" % (word[2 * at], word[2 * at + 1]) for at in range(slots))
    chunks = size + -(-size // (64 * 1024)) * 16
    return b"age-encryption.org/v1\n" + stanzas + b"--- " + word[-1] + b"\n" + os.urandom(16 + chunks)


def put(client: Client, base: int, revision: int, data: bytes) -> Any:
    body = {"base": base, "revision": revision, "sealed": base64.b64encode(data).decode()}
    return client.put("/api/v1/vault", body, content_type="application/json")


def test_there_is_none_until_a_device_makes_one(phone: Client) -> None:
    assert phone.get("/api/v1/vault").json() == {"revision": 0, "sealed": ""}
    first = sealed()
    assert put(phone, 0, 1, first).status_code == 200
    answer = phone.get("/api/v1/vault").json()
    assert (answer["revision"], base64.b64decode(answer["sealed"])) == (1, first)


def test_who_was_second_gets_what_the_first_one_sealed(phone: Client) -> None:
    put(phone, 0, 1, sealed())
    newer = sealed()
    assert put(phone, 1, 2, newer).status_code == 200
    for base, revision in ((1, 2), (0, 1), (5, 6)):
        answer = put(phone, base, revision, sealed())
        assert (answer.status_code, answer.json()["revision"]) == (409, 2)
        assert base64.b64decode(answer.json()["sealed"]) == newer
    put(phone, 2, 9, sealed(32 * 1024))
    assert phone.get("/api/v1/vault").json()["revision"] == 9


def test_a_phone_of_an_older_version_seals_for_three(phone: Client) -> None:
    older = sealed(32 * 1024, slots=rules.VAULT_SLOTS_BEFORE)
    assert put(phone, 0, 1, older).status_code == 200
    assert put(phone, 1, 2, sealed(32 * 1024)).status_code == 200


def test_over_one_that_is_gone_nothing_is_kept(phone: Client) -> None:
    answer = put(phone, 3, 4, sealed())
    assert (answer.status_code, answer.json()) == (409, {"revision": 0, "sealed": ""})
    assert not Vault.objects.exists()


def test_what_would_tell_something_is_not_taken(phone: Client) -> None:
    other = bytearray(sealed())
    other[0:3] = b"AGE"
    for data in (
        b"",
        b"my notes",
        sealed(16 * 1024 - 1),
        sealed(20 * 1024),
        sealed(slots=2),
        sealed(slots=4),
        bytes(other),
    ):
        assert put(phone, 0, 1, data).status_code == 422
    assert put(phone, 2, 2, sealed()).status_code == 422
    assert put(phone, 0, 1, os.urandom(rules.VAULT_MOST + 1)).status_code == 413
    assert not Vault.objects.exists()


def test_every_length_that_there_is_is_taken(phone: Client) -> None:
    for step in range(9):
        assert rules.is_sealed(sealed(16 * 1024 << step))


def test_it_is_closed_under_its_persons_key_and_leaves_no_act(wren: Account, phone: Client) -> None:
    acts = AuditRow.objects.count()
    data = sealed()
    put(phone, 0, 1, data)
    row = Vault.objects.get()
    assert data[-64:] not in bytes(row.sealed)
    assert AuditRow.objects.count() == acts
    keys.delete(wren.pk)
    with pytest.raises(closed.Gone):
        closed.read_bytes(keys.get(wren.pk), row.place, row.sealed)
    assert queries.vault(wren) is None


def test_everybody_has_their_own(phone: Client) -> None:
    put(phone, 0, 1, sealed())
    other = Client()
    other.force_login(actions.make_account(handle="sam", passphrase=None), backend=BACKEND)
    assert other.get("/api/v1/vault").json()["revision"] == 0
    assert Client().get("/api/v1/vault").status_code == 401
    assert Client().put("/api/v1/vault", {}, content_type="application/json").status_code == 401


def test_it_goes_with_the_account(wren: Account, phone: Client) -> None:
    put(phone, 0, 1, sealed())
    leaving.remove(account=wren, key=keys.get(wren.pk))
    assert not Vault.objects.exists()
