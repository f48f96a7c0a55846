import re
from collections.abc import Callable
from urllib.parse import urlparse

import pytest
from django.test import Client

from alongside.people import actions, queries
from alongside.people.models import Account
from tests.world import account, world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])
PHRASE = "a long enough phrase"


@pytest.fixture
def browse() -> Callable[[Account], Client]:
    def make(who: Account) -> Client:
        client = Client()
        client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make


def test_an_account_takes_a_handle_and_a_passphrase_and_nothing_else(client: Client) -> None:
    answer = client.post("/people/make-account/", {"handle": "Wren", "passphrase": PHRASE})
    assert answer.status_code == 302
    made = Account.objects.get()
    assert made.handle == "wren"
    assert client.get("/people/account/").status_code == 200
    client.post("/people/sign-out/")
    assert client.get("/people/account/").status_code == 302
    answer = client.post("/people/sign-in/", {"login": " WREN ", "password": PHRASE})
    assert answer.status_code == 302
    assert client.get("/people/account/").status_code == 200


@pytest.mark.parametrize(
    ("handle", "passphrase", "said"),
    [
        ("ab", PHRASE, "3 to 30"), ("wren\x00x", PHRASE, "Null"), ("taken", PHRASE, "is taken"), ("wren", "short", "too short"),
        ("wren", "", "required"), ("", PHRASE, "required"), ("wren", "password12", "easy to guess"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_beside_it_and_nothing_typed_is_lost(
    client: Client, handle: str, passphrase: str, said: str
) -> None:
    account("taken")
    answer = client.post("/people/make-account/", {"handle": handle, "passphrase": passphrase})
    text = answer.content.decode()
    assert answer.status_code in {200, 422}
    assert said in text
    assert Account.objects.count() == 1
    assert f'value="{handle}"' in text or not handle or "\x00" in handle


def test_a_wrong_passphrase_and_a_wrong_name_get_the_same_answer(client: Client) -> None:
    account("wren")
    pages = [
        client.post("/people/sign-in/", {"login": login, "password": "not the right one"}).content.decode()
        for login in ("wren", "nobody")
    ]
    bare = [re.sub(r'csrfmiddlewaretoken" value="\w+|wren|nobody', "", page) for page in pages]
    assert bare[0] == bare[1]


@pytest.mark.parametrize("where", ["abc", "home", "//evil.example", "https://evil.example/", "javascript:alert(1)", "\\\\evil.example", "/\\evil.example"])  # fmt: skip
def test_going_on_stays_here(client: Client, where: str) -> None:
    answer = client.post("/people/language/", {"language": "fr", "next": where})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.cookies["django_language"].value == "fr"
    answer = client.post("/people/make-account/", {"handle": "wren", "passphrase": PHRASE, "next": where})
    assert (answer.status_code, answer["Location"]) == (302, "/people/account/code/?next=%2F")
    page = client.get("/people/account/code/", {"next": where}).content.decode()
    assert 'name="next" value="/people/account/"' in page
    assert f'"{where}"' not in page


def test_going_on_leads_back(client: Client) -> None:
    answer = client.post("/people/language/", {"language": "xx", "next": "/about/?a=1"})
    assert answer["Location"] == "/about/?a=1"
    assert "django_language" not in client.cookies


def test_a_link_is_shown_once_and_lets_one_person_in(browse: Callable[[Account], Client]) -> None:
    w = world()
    page = browse(w.coordinator.account).post(f"/people/groups/{w.group.pk}/invite/").content.decode()
    link = re.search(r'https?://[^"<\s]+/people/join/[^"<\s]+', page)
    assert link is not None
    assert "<svg" in page
    path = urlparse(link[0]).path
    assert path not in browse(w.coordinator.account).get(f"/people/groups/{w.group.pk}/").content.decode()
    newcomer = browse(account("newcomer"))
    assert "Union" in newcomer.get(path).content.decode()
    assert newcomer.post(path, {"name": "Nia"}).status_code == 302
    assert browse(account("late")).get(path).status_code == 410
    assert "Nia" in {m.name for m in queries.members(w.group)}


def test_who_is_in_already_is_sent_from_the_link_to_the_group(browse: Callable[[Account], Client]) -> None:
    w, home = world(), "/people/groups/{}/"
    newcomer, path = browse(account("newcomer")), f"/people/join/{actions.invite(by=w.coordinator)}/"
    for answer in (newcomer.post(path, {"name": "Nia"}), newcomer.post(path, {"name": "Nia"}), newcomer.get(path)):
        assert (answer.status_code, answer["Location"]) == (302, home.format(w.group.pk))
    assert [m.name for m in queries.members(w.group)].count("Nia") == 1
    fresh = actions.invite(by=w.coordinator)
    assert "You are in this group already." in newcomer.post(f"/people/join/{fresh}/", {"name": "Nia"}).content.decode()
    assert queries.invitation(fresh) is not None, "it is for somebody else"
    membership = queries.membership(Account.objects.get(handle="newcomer"), w.group.pk)
    assert membership is not None
    actions.leave(membership=membership, settled=False)
    assert newcomer.get(path).status_code == 410


def test_taking_a_link_back_that_somebody_used_says_so(browse: Callable[[Account], Client]) -> None:
    w = world()
    cleo, secret = browse(w.coordinator.account), actions.invite(by=w.coordinator)
    [row] = queries.open_invitations(w.group)
    path = f"/people/groups/{w.group.pk}/invitations/{row.pk}/withdraw/"
    actions.join(account=account("newcomer"), secret=secret, name="Nia")
    page = cleo.post(path, follow=True).content.decode()
    assert "Somebody used this link, or took it back. Look who is here." in page
    assert "The link no longer works." not in page
    actions.invite(by=w.coordinator)
    [row] = queries.open_invitations(w.group)
    page = cleo.post(path.replace(path.split("/")[5], str(row.pk)), follow=True).content.decode()
    assert "The link no longer works." in page


def test_an_old_page_changes_the_part_that_was_tapped_alone(browse: Callable[[Account], Client]) -> None:
    """Each button sends what it says; meanwhile another steward gave or took the other part."""
    w = world()
    sam, where = browse(w.steward.account), f"/people/groups/{w.group.pk}/members/{w.worker.pk}/part/"
    page = sam.get(f"/people/groups/{w.group.pk}/").content.decode()
    (form, *_more) = re.findall(rf'<form[^>]*action="{where}".*?</form>', page, re.DOTALL)
    sent = dict(re.findall(r'name="(coordinates|stewards)" value="(yes|no)"', form))
    assert sent == {"coordinates": "yes"}
    actions.set_part(by=w.steward, member=w.worker.pk, stewards=True)
    sam.post(where, sent)
    [member] = [m for m in queries.members(w.group) if m.id == w.worker.pk]
    assert (member.coordinates, member.stewards) == (True, True)
    sam.post(where, {"stewards": "no"})
    [member] = [m for m in queries.members(w.group) if m.id == w.worker.pk]
    assert (member.coordinates, member.stewards) == (True, False)


@pytest.mark.parametrize("name", ["\u202e", "\u200b\u2060", " \u2066\u2069 "])
def test_a_group_needs_a_name_that_can_be_seen(browse: Callable[[Account], Client], name: str) -> None:
    w = world()
    sam, path = browse(w.steward.account), f"/people/groups/{w.group.pk}/change/"
    rest = {"currency": "CAD", "tax_years": "7"}
    assert "Please write a name that people can see." in sam.post(path, {"name": name, **rest}).content.decode()
    sam.post(path, {"name": " The\u202e  Union\u2069", **rest})
    w.group.refresh_from_db()
    assert w.group.name == "The Union"


def test_an_invitation_says_no_more_of_a_group_than_its_name(client: Client) -> None:
    w = world()
    page = client.get(f"/people/join/{actions.invite(by=w.coordinator)}/").content.decode()
    assert "Union" in page
    assert not any(name in page for name in ("Wren", "Cleo", "Olive", str(w.group.pk)))


def test_members_see_whom_to_ask_and_not_who_else_is_there(browse: Callable[[Account], Client]) -> None:
    w = world()
    page = browse(w.worker.account).get(f"/people/groups/{w.group.pk}/").content.decode()
    assert "Cleo" in page
    assert "Olive" not in page
    assert "Olive" in browse(w.coordinator.account).get(f"/people/groups/{w.group.pk}/").content.decode()


def test_who_runs_a_group_is_told_of_two_who_go_by_one_name_and_nobody_else_is(
    browse: Callable[[Account], Client],
) -> None:
    """Nobody is kept from a name either: whoever may join could ask who is there, name by name."""
    w, here = world(), "More than one person here goes by this name."
    actions.join(account=account("jay"), secret=actions.invite(by=w.coordinator), name="wren")
    address = f"/people/groups/{w.group.pk}/"
    for who in (w.coordinator, w.steward):
        assert browse(who.account).get(address).content.decode().count(here) == 2
    assert here not in browse(w.worker.account).get(address).content.decode()
    actions.rename(membership=w.worker, name="Robin")
    assert here not in browse(w.coordinator.account).get(address).content.decode()


def test_nothing_on_a_groups_pages_leads_to_the_persons_other_group(browse: Callable[[Account], Client]) -> None:
    """A person is in two groups. What each group's coordinator and steward can open holds nothing of the other."""
    w, far = world(), world("far-")
    me = w.worker.account
    actions.change_group(by=w.steward, name="Riverbend", currency="CAD", tax_years=7)
    there = actions.join(account=me, secret=actions.invite(by=far.coordinator), name="Jay")
    secrets = [str(me.pk), me.handle + "<", "Riverbend", str(w.worker.pk), str(w.group.pk)]
    pages = ["/", "/letters/", "/people/groups/"]
    pages += [f"/{where}/groups/{far.group.pk}/" for where in ("people", "roles", "pay")]
    pages += [f"/work/groups/{far.group.pk}/shared/"]
    for who in (far.coordinator, far.steward, far.worker):
        browser = browse(who.account)
        for path in pages:
            page = browser.get(path).content.decode()
            assert [s for s in secrets if s in page] == [], path
    own_groups = browse(me).get("/people/groups/").content.decode()
    assert "Wren" in own_groups
    assert "Jay" in own_groups
    assert str(there.group_id) in own_groups
    assert str(w.group.pk) in own_groups


def test_a_key_is_shown_once_and_can_be_removed(browse: Callable[[Account], Client]) -> None:
    wren = account("wren")
    browser = browse(wren)
    page = browser.post("/people/account/keys/make/").content.decode()
    [row] = queries.tokens(wren)
    secret = next(word for word in re.findall(r"[\w-]{43}", page) if queries.by_token(word))
    assert secret not in browser.get("/people/account/").content.decode()
    browse(account("ash")).post(f"/people/account/keys/{row.pk}/remove/")
    assert queries.by_token(secret) == wren
    browser.post(f"/people/account/keys/{row.pk}/remove/")
    assert queries.by_token(secret) is None


def test_a_bad_token_is_told_to_sign_in_before_anything_else() -> None:
    strict = Client(enforce_csrf_checks=True)
    for headers in ({}, {"HTTP_AUTHORIZATION": "Bearer nothing"}):
        answer = strict.post("/api/v1/work/entries/sync", "{", content_type="application/json", **headers)
        assert (answer.status_code, answer.json()) == (401, {"detail": "Please sign in."})


def test_a_session_needs_its_form_token_to_write() -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(account("wren"), backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = strict.post("/api/v1/work/entries/sync", '{"entries": []}', content_type="application/json")
    assert answer.status_code == 403
    assert "load it again" in answer.json()["detail"]
    strict.get("/phone.json")
    answer = strict.post("/api/v1/work/entries/sync", '{"entries": []}', content_type="application/json",
                         HTTP_X_CSRFTOKEN=strict.cookies["csrftoken"].value)  # fmt: skip
    assert answer.status_code == 200


def test_answers_of_the_api_are_in_the_persons_language() -> None:
    wren = account("wren")
    actions.set_language(account=wren, language="fr")
    secret = actions.make_token(account=wren)
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    french = client.get("/api/v1/work/entries?since=x").json()["detail"]
    english = client.get("/api/v1/work/entries?since=x", headers={"Accept-Language": "en"}).json()["detail"]
    assert english == "This place in the list is not known."
    assert french == english or "liste" in french
