"""What the layers around every request answer, whatever goes wrong in between."""

import pytest
from csp.decorators import csp
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from django.views.decorators.clickjacking import xframe_options_exempt

from alongside.config import urls
from alongside.config.urls import handler400, handler403, handler404, handler500
from alongside.people import actions as people
from tests.world import account

__all__ = ["handler400", "handler403", "handler404", "handler500"]
pytestmark = [
    pytest.mark.django_db(databases=["default", "keys"]),
    pytest.mark.urls("tests.test_middleware"),
]
HEADERS = "alongside.kit.short.headers"
TOO_LARGE = 12 * 1024 * 1024 + 1


def full(request: HttpRequest) -> HttpResponse:
    raise OperationalError("database or disk is full")


def gone(request: HttpRequest) -> HttpResponse:
    raise InterfaceError("connection already closed")


def bug(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{len(request.POST)} fields, {len(request.body)} bytes")


def seen(request: HttpRequest) -> HttpResponse:
    request.session["seen"] = 1
    return HttpResponse("seen")


def ends(request: HttpRequest) -> HttpResponse:
    request.session.flush()
    return HttpResponse("ended")


def who(request: HttpRequest) -> HttpResponse:
    return HttpResponse("somebody" if request.user.is_authenticated else "nobody")


@csp({"sandbox": True})
def strict(request: HttpRequest) -> HttpResponse:
    return HttpResponse("alone")


@xframe_options_exempt
def framed(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in a frame")


def cached(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ours to keep", headers={"Cache-Control": "max-age=60"})


urlpatterns = [
    *(
        path(f"{at}t/{view.__name__}", view)
        for at in ("", "api/")
        for view in (full, gone, bug, page, seen, cached, ends, who, strict, framed)
    ),
    *urls.urlpatterns,
]


@pytest.fixture
def quiet() -> Client:
    """A browser that gets the answer where a test would get the exception."""
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("view", ["full", "gone"])
def test_a_database_that_fails_gets_a_plain_page(quiet: Client, view: str) -> None:
    answer = quiet.get(f"/t/{view}")
    assert answer.status_code == 503
    assert "Nothing was lost" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"


def test_a_client_of_the_api_gets_it_as_json(quiet: Client) -> None:
    answer = quiet.get("/api/t/full")
    assert answer.status_code == 503
    assert "Nothing was lost" in answer.json()["detail"]


def test_the_page_about_a_failing_database_asks_it_nothing(quiet: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody is signed in, and the table that says so cannot be read any more."""
    quiet.force_login(account("wren"))

    def down(*args: object, **kwargs: object) -> None:
        raise OperationalError("disk I/O error")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", down)
    assert quiet.get("/t/full").status_code == 503
    assert quiet.get("/").status_code == 503


def test_a_session_that_cannot_be_saved_gets_a_plain_page(quiet: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """This happens outside of any view."""

    def down(*args: object, **kwargs: object) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.save", down)
    answer = quiet.get("/t/seen")
    assert answer.status_code == 503
    assert "Nothing was lost" in answer.content.decode()


def test_a_fault_of_ours_is_a_500_with_words(quiet: Client) -> None:
    answer = quiet.get("/t/bug")
    assert answer.status_code == 500
    assert "our side" in answer.content.decode()


@pytest.mark.parametrize("at", ["", "api/"])
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", "text/plain"])
def test_too_large_a_body_is_413(quiet: Client, at: str, kind: str) -> None:
    answer = quiet.post(f"/{at}t/page", b"a" * TOO_LARGE, content_type=kind)
    assert answer.status_code == 413
    assert "too much" in (answer.json()["detail"] if at else answer.content.decode())


def test_the_largest_body_is_taken(quiet: Client) -> None:
    answer = quiet.post("/t/page", b"a" * (TOO_LARGE - 1), content_type="application/json")
    assert answer.content == b"0 fields, %d bytes" % (TOO_LARGE - 1)


def test_too_many_fields_are_413(quiet: Client) -> None:
    assert quiet.post("/t/page", {f"f{n}": "x" for n in range(601)}).status_code == 413


def test_too_large_a_form_with_the_form_check_on() -> None:
    """The form check (CSRF) reads the body first; the answer is still ours."""
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    answer = strict.post("/t/page", b"a" * TOO_LARGE, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413


def test_pages_are_kept_out_of_caches(quiet: Client) -> None:
    assert quiet.get("/t/page")["Cache-Control"] == "no-store"
    assert quiet.get("/t/bug")["Cache-Control"] == "no-store"
    assert quiet.get("/t/nothing-here")["Cache-Control"] == "no-store"
    assert quiet.get("/t/cached")["Cache-Control"] == "max-age=60"


def test_a_late_answer_to_an_old_session_leaves_the_new_sign_in_alone() -> None:
    """A session that ended elsewhere opens nothing; only the request that ends a session has the browser forget it."""
    browser, me = Client(), account("wren")
    browser.force_login(me, backend="allauth.account.auth_backends.AuthenticationBackend")
    old = browser.cookies["sessionid"].value
    browser.get("/t/ends")
    assert browser.cookies["sessionid"].value == ""
    browser.cookies["sessionid"] = old
    late = browser.get("/t/who")
    assert late.content == b"nobody"
    assert "sessionid" not in late.cookies


def bearer(**headers: str) -> dict[str, str]:
    secret = people.make_token(account=account("short"))
    return {"Authorization": f"Bearer {secret}", **headers}


def test_a_token_alone_goes_the_short_way_with_every_header() -> None:
    whole, short = Client().get("/api/v1/work/entries"), Client().get("/api/v1/work/entries", headers=bearer())
    assert (whole.status_code, short.status_code) == (401, 200)
    kept = {
        "Cache-Control", "Content-Language", "Content-Security-Policy", "Cross-Origin-Opener-Policy",
        "Referrer-Policy", "X-Content-Type-Options", "X-Frame-Options",
    }  # fmt: skip
    for name in kept:
        assert short[name] == whole[name], name
    assert not short.cookies
    assert not hasattr(short.wsgi_request, "session")


@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.parametrize("view", ["page", "cached", "strict", "framed", "bug", "nothing"])
@override_settings(SECURE_HSTS_SECONDS=60)
def test_headers_written_once_are_those_of_the_layers(view: str, secure: bool) -> None:
    """Twice, so that it is once by asking the layers and once from what is written."""
    layers = [*settings.SHORT_HEADERS, *(path for path in settings.SHORT_WAY if path != HEADERS)]
    said = []
    for way, times in ((settings.SHORT_WAY, 2), (layers, 1)):
        with override_settings(SHORT_WAY=way):
            client = Client(raise_request_exception=False, headers={"Authorization": "Bearer x"})
            said += [client.get(f"/api/t/{view}", secure=secure) for _ in range(times)]
    assert said[0].headers["X-Content-Type-Options"] == "nosniff"
    assert [dict(answer.items()) for answer in said] == [dict(said[0].items())] * 3


@override_settings(SECURE_SSL_REDIRECT=True)
def test_without_tls_the_short_way_leads_to_it_where_it_is_a_must() -> None:
    client = Client(headers={"Authorization": "Bearer x"})
    answer = client.get("/api/t/page?a=b")
    assert (answer.status_code, answer["Location"]) == (301, "https://testserver/api/t/page?a=b")
    assert client.get("/api/t/page", secure=True).status_code == 200


def test_a_wrong_token_is_told_so_on_the_short_way_too() -> None:
    answer = Client().get("/api/v1/work/entries", headers={"Authorization": "Bearer nothing"})
    assert (answer.status_code, answer.json()) == (401, {"detail": "Please sign in."})
    french = Client().get("/api/v1/work/entries", headers={"Authorization": "Bearer nothing", "Accept-Language": "fr"})
    assert french["Content-Language"] == "fr"
    assert french.json() != answer.json()


def test_with_a_cookie_or_elsewhere_it_is_the_whole_way() -> None:
    person = Client()
    person.cookies["alongside"] = "x"
    assert hasattr(person.get("/api/v1/work/entries", headers=bearer()).wsgi_request, "session")
    assert hasattr(Client().get("/t/page", headers={"Authorization": "Bearer x"}).wsgi_request, "session")


def test_faults_on_the_short_way_are_plain_answers(quiet: Client) -> None:
    token = {"Authorization": "Bearer x"}
    assert quiet.get("/api/t/full", headers=token).status_code == 503
    assert quiet.get("/api/nothing-here", headers=token).status_code == 404
    broken = quiet.get("/api/t/bug", headers=token)
    assert (broken.status_code, broken["Cache-Control"]) == (500, "no-store")
    much = quiet.post("/api/t/page", b"x" * TOO_LARGE, content_type="application/json", headers=token)
    assert much.status_code == 413


def test_an_answer_may_ask_for_a_policy_of_its_own() -> None:
    other = Client().get("/t/strict")
    assert "sandbox" in other["Content-Security-Policy"]
    assert "sandbox" not in Client().get("/t/page")["Content-Security-Policy"]
