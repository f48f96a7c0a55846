import base64
import datetime as dt
import json
import re
from typing import Any

import pytest
import time_machine
from django.test import Client, override_settings

from alongside.outbox import queries as letters
from alongside.people import actions, queries, rules
from alongside.people.models import Account, CodeApp, Passkey
from alongside.people.tests.softkey import HELD, PRESENT, SoftKey
from tests.world import account

pytestmark = pytest.mark.django_db(databases=["default", "keys"])
PHRASE = "a long enough phrase"
SESSION = {"_auth_user_id", "_auth_user_backend", "_auth_user_hash", "_session_expiry"}
"""Who is signed in, a mark of the passphrase, and how many days the session lasts: no time, no name, no way."""
NOON = dt.datetime(2026, 3, 4, 12, 0, 10, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _here() -> Any:
    with override_settings(ORIGIN="http://localhost:8000"):
        yield


def browse(who: Account) -> Client:
    client = Client()
    client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def asked_in(page: str) -> dict[str, Any]:
    found = re.search(r'<script id="passkey-options"[^>]*>(.*?)</script>', page)
    assert found is not None
    options: dict[str, Any] = json.loads(found[1])
    return options


def add(who: Account, key: SoftKey) -> Client:
    client = browse(who)
    page = client.post("/people/account/passkeys/add/", {"passphrase": PHRASE}).content.decode()
    client.post("/people/account/passkeys/added/", {"answer": key.make(asked_in(page))})
    return client


def sign_in(key: SoftKey, client: Client | None = None) -> Client:
    client = client or Client()
    options = client.post("/people/passkey/ask/").json()
    assert options["publicKey"].get("allowCredentials", []) == [], "whoever asks learns of nobody's passkey"
    client.post("/people/passkey/", {"answer": key.use(options)})
    return client


def inside(client: Client) -> bool:
    return client.get("/people/account/").status_code == 200


def phrase(client: Client, handle: str = "wren") -> Client:
    client.post("/people/sign-in/", {"login": handle, "password": PHRASE, "next": "/about/"})
    return client


def codes(secret: str, when: dt.datetime = NOON) -> str:
    return rules._codes(secret).generate(when.timestamp()).decode()


def test_a_passkey_signs_in_with_no_name_typed() -> None:
    wren, key = account("wren"), SoftKey()
    add(wren, key)
    assert inside(sign_in(key))
    kept = Passkey.objects.get()
    assert key.id not in bytes(kept.credential)
    assert base64.b64encode(key.id) not in bytes(kept.credential)
    assert len(queries.credentials(wren)) == 1
    assert [letter.text for letter in letters.letters(wren.pk)] == [
        "You have a new way to sign in. If you did not add it, remove it and change your passphrase."
    ]


@pytest.mark.parametrize(
    "lie",
    [{"origin": "https://evil.example"}, {"place": "evil.example"}, {"flags": PRESENT}, {"flags": HELD}, {"flags": 0}],
)
def test_an_answer_from_elsewhere_or_of_nobody_adds_and_opens_nothing(lie: dict[str, Any]) -> None:
    wren, key = account("wren"), SoftKey()
    add(wren, SoftKey(**lie))
    assert not Passkey.objects.exists()
    add(wren, key)
    for name, value in lie.items():
        setattr(key, name, value)
    assert not inside(sign_in(key))


def test_an_answer_works_once_and_for_its_own_account() -> None:
    wren, olive, key, other = account("wren"), account("olive"), SoftKey(), SoftKey()
    add(wren, key)
    add(olive, other)
    client = Client()
    said = key.use(client.post("/people/passkey/ask/").json())
    assert not inside(phrase_less(Client(), said)), "another browser asked nothing"
    assert inside(phrase_less(client, said))
    client.post("/people/sign-out/")
    assert not inside(phrase_less(client, said))
    other.user = key.user
    assert not inside(sign_in(other)), "a passkey of Olive says that it is Wren's"
    key.key = other.key
    assert not inside(sign_in(key))


def phrase_less(client: Client, said: str) -> Client:
    client.post("/people/passkey/", {"answer": said})
    return client


@pytest.mark.parametrize("said", ["", "null", "[]", "{}", "x", '{"response": {"userHandle": "AAAA"}}', '{"response": 1}', "[" * 2000])  # fmt: skip
def test_what_is_no_answer_is_told_so(said: str) -> None:
    wren = account("wren")
    client = browse(wren)
    for path in ("/people/passkey/", "/people/account/passkeys/added/"):
        assert client.post(path, {"answer": said}).status_code == 302
    assert not Passkey.objects.exists()


def test_a_phone_that_lies_open_adds_and_removes_nothing() -> None:
    wren, key = account("wren"), SoftKey()
    add(wren, key)
    found, row = browse(wren), Passkey.objects.get()
    for path in ("passkeys/add/", "code-app/add/", f"passkeys/{row.pk}/remove/"):
        page = found.post(f"/people/account/{path}", {"passphrase": "not this one"}).content.decode()
        assert "passkey-options" not in page
        assert "secret" not in page
    found.post("/people/account/passkeys/added/", {"answer": SoftKey().use({"publicKey": {"challenge": "x"}})})
    assert Passkey.objects.get() == row
    browse(account("olive")).post(f"/people/account/passkeys/{row.pk}/remove/", {"passphrase": PHRASE})
    assert Passkey.objects.get() == row
    found.post(f"/people/account/passkeys/{row.pk}/remove/", {"passphrase": PHRASE})
    assert not inside(sign_in(key))


def code_app(who: Account) -> str:
    client = browse(who)
    with time_machine.travel(NOON, tick=False):
        page = client.post("/people/account/code-app/add/", {"passphrase": PHRASE}).content.decode()
        secret = re.search(r'id="secret">(\w+)<', page)
        assert secret is not None
        assert not CodeApp.objects.exists(), "nothing is kept before the app has shown a right code"
        assert secret[1] not in str(dict(client.session))
        client.post("/people/account/code-app/added/", {"code": "000000"})
        assert not CodeApp.objects.exists()
        client.post("/people/account/code-app/added/", {"code": codes(secret[1])})
    assert secret[1].encode() not in bytes(CodeApp.objects.get().content)
    return secret[1]


def test_a_code_app_is_a_second_step_and_a_code_works_once() -> None:
    wren = account("wren")
    secret = code_app(wren)
    later = NOON + dt.timedelta(minutes=2)
    with time_machine.travel(later, tick=False):
        client = phrase(Client())
        assert not inside(client), "the passphrase alone opens nothing"
        assert client.get("/people/second-step/").status_code == 200
        for wrong in ("", "123", "abcdef", "٠٠٠٠٠٠", codes(secret, later - dt.timedelta(minutes=5))):
            client.post("/people/second-step/", {"code": wrong})
            assert not inside(client)
        code = codes(secret, later)
        answer = client.post("/people/second-step/", {"code": f"{code[:3]} {code[3:]}"})
        assert answer["Location"] == "/about/"
        assert inside(client)
        again = phrase(Client())
        again.post("/people/second-step/", {"code": code})
        assert not inside(again)
        again.post("/people/second-step/", {"code": codes(secret, later - dt.timedelta(seconds=30))})
        assert not inside(again), "nor do the codes before it"
        again.post("/people/second-step/", {"code": codes(secret, later + dt.timedelta(seconds=30))})
        assert inside(again)


def test_a_passkey_is_a_second_step_too() -> None:
    wren, key = account("wren"), SoftKey()
    add(wren, key)
    client = phrase(Client())
    assert not inside(client)
    options = asked_in(client.get("/people/second-step/").content.decode())
    assert len(options["publicKey"]["allowCredentials"]) == 1
    client.post("/people/second-step/", {"answer": SoftKey(user=key.user).use(options)})
    assert not inside(client)
    options = asked_in(client.get("/people/second-step/").content.decode())
    client.post("/people/second-step/", {"answer": key.use(options)})
    assert inside(client)


def test_the_second_step_is_nobodys_without_the_first() -> None:
    code_app(account("wren"))
    assert Client().get("/people/second-step/")["Location"] == "/people/sign-in/"
    wrong = Client()
    wrong.post("/people/sign-in/", {"login": "wren", "password": "not this one"})
    assert wrong.get("/people/second-step/")["Location"] == "/people/sign-in/"


@override_settings(ACCOUNT_RATE_LIMITS={"second_step": "100/m/ip,3/5m/key"})
def test_guesses_at_a_code_run_out() -> None:
    secret = code_app(account("wren"))
    with time_machine.travel(NOON + dt.timedelta(minutes=2), tick=False):
        client = phrase(Client())
        tries = [client.post("/people/second-step/", {"code": "000000"}).status_code for _time in range(3)]
        assert tries == [200] * 3
        code = codes(secret, NOON + dt.timedelta(minutes=2))
        assert client.post("/people/second-step/", {"code": code}).status_code == 429


def test_who_lost_the_phone_comes_back_with_the_paper_alone() -> None:
    wren = account("wren")
    code_app(wren)
    add(wren, SoftKey())
    code = actions.make_code(account=wren)
    client = Client()
    client.post("/people/forgot/", {"handle": "wren", "code": code, "passphrase": "quite another phrase"})
    assert inside(client)
    assert not queries.has_second_step(wren)


def test_the_session_says_who_is_signed_in_and_not_when_or_how() -> None:
    wren = account("wren")
    client = phrase(Client())
    assert set(client.session.keys()) == SESSION
    secret = code_app(wren)
    with time_machine.travel(NOON + dt.timedelta(minutes=2), tick=False):
        client = phrase(Client())
        client.get("/people/second-step/")
        assert 0 < client.session.get_expiry_age() <= 900, "what allauth notes until the second step goes soon"
        client.post("/people/second-step/", {"code": codes(secret, NOON + dt.timedelta(minutes=2))})
        assert "_auth_user_id" in client.session
        assert set(client.session.keys()) <= SESSION
        assert client.session.get_expiry_age() > 900
    made = Client()
    made.post("/people/make-account/", {"handle": "new", "passphrase": PHRASE})
    made.get("/people/account/code/")
    assert set(made.session.keys()) <= SESSION


def test_where_a_passkey_leads_stays_here() -> None:
    key = SoftKey()
    add(account("wren"), key)
    for where, wanted in (("/about/", "/about/"), ("https://evil.example/", "/"), ("", "/")):
        client = Client()
        said = key.use(client.post("/people/passkey/ask/").json())
        assert client.post("/people/passkey/", {"answer": said, "next": where})["Location"] == wanted
