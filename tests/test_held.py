"""A form that could not be taken goes back to whoever sent it, whole, and can be sent again from there."""

from html.parser import HTMLParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.kit.held import form_of
from alongside.people import queries
from alongside.people.models import Membership
from tests.databases import examples
from tests.world import World, world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])
SEEN = {"Accept": "text/html,application/xhtml+xml"}
OURS = SEEN | {"Sec-Fetch-Site": "same-origin"}


class _Fields(HTMLParser):
    """The fields of the form that leads to ``where``."""

    def __init__(self, where: str) -> None:
        super().__init__()
        self.where, self.inside, self.found = where, False, dict[str, list[str]]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "form":
            self.inside = said.get("action") == self.where
        if tag == "input" and self.inside:
            self.found.setdefault(str(said["name"]), []).append(said.get("value") or "")


def fields(answer: HttpResponse, where: str) -> dict[str, list[str]]:
    reader = _Fields(where)
    reader.feed(answer.content.decode())
    return reader.found


@pytest.fixture
def w() -> World:
    return world()


def name_page(w: World) -> str:
    return f"/people/groups/{w.group.id}/name/"


def called(who: Membership) -> str:
    return queries.name(Membership.objects.get(pk=who.pk))


def test_who_was_signed_out_signs_in_and_sends_it_again(w: World) -> None:
    browser, where = Client(enforce_csrf_checks=True, headers=OURS), name_page(w)
    browser.force_login(w.worker.account)
    browser.get(where)
    token = browser.cookies["csrftoken"].value
    del browser.cookies["sessionid"]
    answer = browser.post(where, {"name": "Robin", "csrfmiddlewaretoken": token})
    assert answer.status_code == 401
    kept = fields(answer, where)
    assert kept["name"] == ["Robin"]
    assert 'href="/people/sign-in/" target="_blank"' in answer.content.decode()
    assert called(w.worker) == "Wren"
    browser.force_login(w.worker.account)
    assert browser.post(where, kept).status_code == 302
    assert called(w.worker) == "Robin"


def test_a_page_that_was_open_too_long_sends_it_again(w: World) -> None:
    """The token in the page is from before somebody signed in anew: that may be somebody else, so the page says who."""
    browser, where = Client(enforce_csrf_checks=True, headers=OURS), name_page(w)
    browser.force_login(w.worker.account)
    answer = browser.post(where, {"name": "Robin", "csrfmiddlewaretoken": "of another time"})
    assert answer.status_code == 403
    assert "signed in as <strong>worker</strong>" in answer.content.decode()
    assert browser.post(where, fields(answer, where)).status_code == 302
    assert called(w.worker) == "Robin"


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://elsewhere.example"}, {}],
)
def test_a_form_of_another_site_gets_no_token_of_ours(w: World, headers: dict[str, str]) -> None:
    browser, where = Client(enforce_csrf_checks=True, headers=SEEN | headers), name_page(w)
    browser.force_login(w.worker.account)
    answer = browser.post(where, {"name": "Robin"})
    assert answer.status_code == 403
    assert not fields(answer, where)
    assert "Robin" not in answer.content.decode()


def test_a_browser_that_names_no_site_names_the_origin(w: World) -> None:
    browser, where = Client(enforce_csrf_checks=True, headers=SEEN | {"Origin": "http://testserver"}), name_page(w)
    browser.force_login(w.worker.account)
    assert fields(browser.post(where, {"name": "Robin"}), where)["name"] == ["Robin"]


def test_what_could_not_be_saved_is_sent_again(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, where = Client(headers=OURS), name_page(w)
    browser.force_login(w.worker.account)

    def full(**_kwargs: object) -> None:
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("alongside.people.actions.rename", full)
        answer = browser.post(where, {"name": "Robin"})
    assert answer.status_code == 503
    assert browser.post(where, fields(answer, where)).status_code == 302
    assert called(w.worker) == "Robin"


def test_files_are_said_to_be_chosen_once_more(w: World) -> None:
    photo = SimpleUploadedFile("receipt.jpg", b"...", "image/jpeg")
    answer = Client(headers=OURS).post(name_page(w), {"name": "Robin", "photo": photo})
    assert fields(answer, name_page(w))["name"] == ["Robin"]
    assert "chosen once more" in answer.content.decode()


@pytest.mark.parametrize("name", ["passphrase", "passphrase2", "new_passphrase", "password1", "code", "secret"])
def test_what_is_secret_is_not_sent_back(w: World, name: str) -> None:
    answer = Client(headers=OURS).post(name_page(w), {"name": "Robin", name: "seven odd kettles hum"})
    assert (answer.status_code, answer["Location"]) == (302, f"/people/sign-in/?next={name_page(w)}")


@pytest.mark.parametrize("headers", [{}, {"Accept": "application/json"}, OURS | {"HX-Request": "true"}])
def test_a_script_that_asks_is_led_to_sign_in_as_before(w: World, headers: dict[str, str]) -> None:
    answer = Client(headers=headers).post(name_page(w), {"name": "Robin"})
    assert (answer.status_code, answer["Location"]) == (302, f"/people/sign-in/?next={name_page(w)}")


def test_who_only_looks_is_led_to_sign_in(w: World) -> None:
    assert Client(headers=OURS).get(name_page(w)).status_code == 302


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"--x\r\nno form at all", "multipart/form-data; boundary="),
        (b"&".join(b"f%d=x" % n for n in range(601)), "application/x-www-form-urlencoded"),
        (b"a=" + b"x" * (12 * 1024 * 1024), "application/x-www-form-urlencoded"),
    ],
)
def test_what_cannot_be_read_is_not_held(body: bytes, kind: str) -> None:
    """The answer about another fault comes all the same."""
    assert form_of(RequestFactory(headers=OURS).post("/somewhere/", body, content_type=kind)) is None


def test_a_page_is_never_led_elsewhere() -> None:
    form = form_of(RequestFactory(headers=OURS).post("/", {"name": "Robin"}, PATH_INFO="//elsewhere.example/"))
    assert form is not None
    assert form.where.startswith("/%2F")


NAMES = st.text("abfgh_", min_size=1, max_size=8)
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)


@settings(max_examples=examples(50))
@given(st.dictionaries(NAMES, st.lists(WORDS, min_size=1, max_size=3), max_size=6))
def test_everything_typed_is_held_in_its_order(typed: dict[str, list[str]]) -> None:
    request = RequestFactory(headers=OURS).post("/somewhere/?at=1", typed)
    form = form_of(request)
    assert form is not None
    assert form.where == "/somewhere/?at=1"
    assert form.fields == tuple((name, value) for name, values in typed.items() for value in values)
