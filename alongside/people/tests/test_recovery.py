import re

import pytest
from django.test import Client, override_settings

from alongside.kit.models import AuditRow
from alongside.outbox import queries as letters
from alongside.people import actions, queries
from alongside.people.models import Account, Recovery
from tests.world import account

pytestmark = pytest.mark.django_db(databases=["default", "keys"])
PHRASE = "a long enough phrase"
NEW = "quite another long phrase"
WRONG = "do not go together"


def browse(who: Account) -> Client:
    client = Client()
    client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def forgot(client: Client, handle: str, code: str, passphrase: str = NEW) -> str:
    answer = client.post("/people/forgot/", {"handle": handle, "code": code, "passphrase": passphrase}, follow=True)
    return answer.content.decode()


def test_a_code_sets_a_new_passphrase_once_on_another_phone() -> None:
    wren = account("wren")
    old, program = browse(wren), actions.make_token(account=wren)
    code = actions.make_code(account=wren)
    phone = Client()
    assert "A code on paper" in forgot(phone, " WREN ", code.lower().replace(" ", "-"))
    assert phone.get("/people/account/").status_code == 200
    assert old.get("/people/account/").status_code == 302, "whoever was signed in no longer is"
    assert queries.by_token(program) is None
    assert phone.login(username="wren", password=NEW)
    assert not phone.login(username="wren", password=PHRASE)
    assert ["printed code" in letter.text for letter in letters.letters(wren.pk)] == [True]
    assert not queries.has_code(wren)
    assert WRONG in forgot(Client(), "wren", code, "a third long phrase")
    assert Client().login(username="wren", password=NEW)


def test_only_a_slow_hash_of_the_code_is_kept() -> None:
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.Argon2PasswordHasher"]):
        code = actions.make_code(account=account("wren"))
        kept = Recovery.objects.get().code
    assert kept.startswith("argon2$argon2id$")
    assert code.replace(" ", "") not in kept
    assert {row.act for row in AuditRow.objects.all()} == {"people.made", "people.code"}
    assert not [row for row in AuditRow.objects.all() if row.detail]


def test_a_new_code_makes_the_old_one_useless() -> None:
    wren = account("wren")
    old, new = actions.make_code(account=wren), actions.make_code(account=wren)
    assert WRONG in forgot(Client(), "wren", old)
    assert WRONG not in forgot(Client(), "wren", new)


def test_a_wrong_name_a_wrong_code_and_no_code_get_the_same_answer() -> None:
    account("wren")
    code = actions.make_code(account=account("olive"))
    tries = [("wren", code), ("nobody", code), ("olive", "0" * 16), ("olive", "x"), ("olive", code[:-1])]
    pages = [forgot(Client(), handle, typed) for handle, typed in tries]
    bare = {re.sub(r'csrfmiddlewaretoken" value="\w+|value="[^"]*"', "", page) for page in pages}
    assert len(bare) == 1
    assert WRONG in bare.pop()


def test_a_bad_passphrase_does_not_use_the_code_up() -> None:
    wren = account("wren")
    code = actions.make_code(account=wren)
    page = forgot(Client(), "wren", code, "short")
    assert "too short" in page
    assert code in page, "what was typed stays"
    assert queries.has_code(wren)


def test_two_at_once_use_a_code_once() -> None:
    wren = account("wren")
    code = actions.make_code(account=wren)
    first, second = queries.recovery("wren", code), queries.recovery("wren", code)
    assert first is not None
    assert second is not None
    actions.recover(recovery=first, passphrase=NEW)
    with pytest.raises(actions.Refused):
        actions.recover(recovery=second, passphrase="a third long phrase")
    assert Client().login(username="wren", password=NEW)


@override_settings(ACCOUNT_RATE_LIMITS={"recover": "100/m/ip,3/5m/key"})
def test_guesses_run_out_for_one_name_and_not_for_another() -> None:
    code = actions.make_code(account=account("wren"))
    actions.make_code(account=account("olive"))
    for _time in range(3):
        forgot(Client(), "wren", "0" * 16)
    data = {"handle": "wren", "code": code, "passphrase": NEW}
    assert Client().post("/people/forgot/", data).status_code == 429
    assert Client().post("/people/forgot/", {**data, "handle": "olive"}).status_code == 200


def test_a_phone_that_lies_open_gives_nobody_a_code() -> None:
    wren = account("wren")
    found = browse(wren)
    for data in ({}, {"passphrase": "not this"}, {"shown": "x"}):
        assert 'id="code"' not in found.post("/people/account/code/", data).content.decode()
    assert not queries.has_code(wren)
    assert 'id="code"' in found.post("/people/account/code/", {"passphrase": PHRASE}).content.decode()


def test_who_has_just_joined_is_not_asked_again_and_only_then() -> None:
    client = Client()
    client.post("/people/make-account/", {"handle": "wren", "passphrase": PHRASE})
    page = client.get("/people/account/code/").content.decode()
    proof = re.search(r'name="shown" value="([^"]+)"', page)
    assert proof is not None
    assert 'name="passphrase"' not in page
    assert 'name="passphrase"' in client.get("/people/account/code/").content.decode()
    other = browse(account("olive"))
    assert 'id="code"' not in other.post("/people/account/code/", {"shown": proof[1]}).content.decode()
    made = client.post("/people/account/code/", {"shown": proof[1], "next": "/about/"}).content.decode()
    code = re.search(r'id="code">([^<]+)<', made)
    assert code is not None
    assert 'href="/about/"' in made
    assert queries.recovery("wren", code[1]) is not None
    assert code[1] not in client.get("/people/account/code/").content.decode()
