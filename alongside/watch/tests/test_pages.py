"""Pages of the watch: what they refuse, what they show to whom, and that what is shut is on none of them before its step."""

import datetime as dt
import io
import re
import zipfile
from collections import Counter
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import resolve

from alongside.kit import clock, jobs
from alongside.kit.models import AuditRow
from alongside.outbox.models import Dispatch, Letter
from alongside.people.models import Account
from alongside.watch import actions, crew, engine, queries, words
from alongside.watch.models import Call, CheckIn
from alongside.watch.tests import parts
from tests.databases import WHERE
from tests.world import World

pytestmark = [pytest.mark.django_db(databases=["default", "keys"]), pytest.mark.usefixtures("dead")]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def phone(account: Account) -> Client:
    browser = Client()
    browser.force_login(account, backend=BACKEND)
    return browser


def invited(person: Account, mate: Account, name: str) -> UUID:
    row, secret = crew.invite(person=person, name=name, known_as="Wren")
    crew.agree(secret=secret, account=mate)
    return row.pk


def form(**more: str) -> dict[str, str]:
    return {"check_in": str(uuid4()), "first": "600", "repeat": "again", "grace": "60", **more}


def test_no_clock_starts_where_nobody_could_be_called(me: Account, w: World, dead: set[UUID]) -> None:
    mine = phone(me)
    assert mine.post("/watch/start/", form()).status_code == 409
    invited(me, w.other.account, "Olive")
    dead.add(w.other.account_id)
    page = mine.post("/watch/start/", form())
    assert page.status_code == 409
    assert b"So we do not start a clock" in page.content
    assert not CheckIn.objects.exists()


def test_the_same_form_twice_starts_once(me: Account, w: World) -> None:
    invited(me, w.other.account, "Olive")
    mine, sent = phone(me), form()
    first, second = mine.post("/watch/start/", sent), mine.post("/watch/start/", sent)
    assert first["Location"] == second["Location"]
    assert CheckIn.objects.count() == 1
    assert mine.get("/watch/")["Location"] == first["Location"]


@pytest.mark.parametrize(
    "wrong", [{"first": "7"}, {"repeat": "x"}, {"grace": "1"}, {"where": "x" * 501}, {"stewards": str(uuid4())}]
)
def test_what_cannot_be_is_not_started(me: Account, w: World, wrong: dict[str, str]) -> None:
    invited(me, w.other.account, "Olive")
    assert phone(me).post("/watch/start/", form(**wrong)).status_code == 422
    assert not CheckIn.objects.exists()


def test_the_page_says_that_it_is_watched_only_while_that_is_so(me: Account, w: World, dead: set[UUID]) -> None:
    invited(me, w.other.account, "Olive")
    mine = phone(me)
    page = mine.post("/watch/start/", form())["Location"]
    watched = b"<h1 data-head>You are being watched over."
    assert watched not in mine.get(page).content, "no engine runs here"
    jobs.beat(queries.BEAT, at=clock.database_now())
    assert watched in mine.get(page).content
    jobs.beat(queries.BEAT, at=clock.database_now() - dt.timedelta(seconds=0.6))
    assert b"The server looked 1 second ago." in mine.get(page).content
    dead.add(w.other.account_id)
    assert watched not in mine.get(page).content
    seen = mine.get(page + "state/")
    assert (seen.json()["by"], seen.json()["lost"], seen.json()["well"]) == ([], ["Olive"], True)
    assert len(seen.content) < 400
    jobs.beat(queries.BEAT, at=clock.database_now() - dt.timedelta(seconds=11))
    assert mine.get(page + "state/").json()["well"] is False


def test_scripts_ask_only_for_words_that_the_page_brings() -> None:
    folder = Path(words.__file__).parent / "static" / "watch"
    text = "".join(path.read_text() for path in folder.glob("*.js"))
    asked = set(re.findall(r"\bt\('(\w+)'", text)) | set(re.findall(r"words\.(\w+)", text))
    assert asked <= words.watching().keys()
    assert {name for name, one in words.watching().items() if isinstance(one, list) and len(set(one)) != 2} == set()


def test_the_page_that_a_phone_keeps_is_of_nobody(me: Account, w: World) -> None:
    invited(me, w.other.account, "Olive")
    mine = phone(me)
    mine.post("/watch/start/", form(where="the blue door"))
    kept = mine.get("/watch/shell/").content.decode()
    for word in ("Olive", "Wren", "blue door", str(CheckIn.objects.get().pk), str(me.pk), "data-signed-in"):
        assert word not in kept
    assert 'id="watching" data-shell hidden' in kept


LIKE = 3
"""How many pages of a kind are looked at: of what is owed there is one for each month, say."""


def everything(browsers: dict[str, Client], group: UUID, check_in: str) -> dict[str, str]:
    """What each of these sees: pages of every kind that links lead to from where they begin, their letters, their export."""
    found = {}
    for who, browser in browsers.items():
        left = ["/", "/watch/", "/watch/mine/", "/watch/crew/", "/letters/", "/account/history/"]
        left += [f"/people/groups/{group}/", f"/groups/{group}/history/", f"/watch/groups/{group}/rotas/", check_in]
        seen, like = set[str](), Counter[str]()
        while left:
            path = left.pop()
            kind = resolve(path).route
            if path in seen or like[kind] == LIKE or len(seen) > 80:
                continue
            seen.add(path)
            like[kind] += 1
            answer = browser.get(path)
            if answer.status_code == 200 and not answer.streaming:
                text = answer.content.decode("utf-8", "replace")
                found[f"{who} {path}"] = text
                left += [one for one in re.findall(r'href="(/[^"#?]*)', text) if not re.search(r"\.\w+$", one)]
        taken = browser.get("/account/alongside.zip")
        with zipfile.ZipFile(io.BytesIO(taken.content)) as files:
            found |= {f"{who} {name}": files.read(name).decode("utf-8", "replace") for name in files.namelist()}
    return found


@pytest.mark.skipif(WHERE != "sqlite", reason="what is said of a check-in is the same on either database")
def test_before_its_step_nothing_of_what_is_shut_is_anywhere(
    me: Account, w: World, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = invited(me, w.other.account, "Olive"), invited(me, w.second.account, "Sol")
    crew.move(person=me, watcher=second, later=True)
    shut = {name: f"unique-{name}-{uuid4().hex}" for name in ("where", "know", "contact", "want", "name")}
    mine, olive, sol = phone(me), phone(w.other.account), phone(w.second.account)
    browsers = {"me": mine, "olive": olive, "sol": sol, "steward": phone(w.steward.account)}
    page = mine.post("/watch/start/", form(**shut, shut_from="2", stewards=str(w.group.pk)))["Location"]
    row = CheckIn.objects.get()

    def leaks() -> list[str]:
        seen = everything(browsers, w.group.pk, page)
        seen |= {f"audit {r.pk}": f"{r.act} {r.detail}" for r in AuditRow.objects.all()}
        seen |= {f"letter {d.pk}": f"{d.code} {parts.filling(d)}" for d in Dispatch.objects.all()}
        seen |= {f"letter {one.pk}": one.code for one in Letter.objects.all()}
        seen["log"] = caplog.text
        return [where for where, text in seen.items() for word in shut.values() if word in text]

    assert leaks() == []
    engine.run_due(now=row.due_at + dt.timedelta(seconds=61))
    call = Call.objects.get()
    assert (call.watcher, leaks()) == (first, [])
    token = parts.token_of(call)
    behind = Client().get(f"/watch/c/{token}/").content.decode()
    assert "Wren" not in behind, "the step is not theirs: not even the name"
    assert not [word for word in shut.values() if word in behind]
    olive.post(f"/watch/calls/{call.pk}/cannot/")
    row.refresh_from_db()
    engine.run_due(now=clock.database_now())
    opened = Call.objects.get(step=2)
    behind = Client().get(f"/watch/c/{parts.token_of(opened)}/").content.decode()
    assert [word for word in shut.values() if word not in behind] == []
    assert {where.split()[0] for where in leaks()} == {"sol"}
    actions.end(person=me, check_in=row.pk)
    assert leaks() == []


def test_what_was_tapped_late_reaches_the_page_by_script(me: Account, w: World) -> None:
    invited(me, w.other.account, "Olive")
    mine = phone(me)
    page = mine.post("/watch/start/", form())["Location"]
    seen = mine.get(page + "state/").json()
    told = {"due": seen["due"], "ago": "30", "seconds": ""}
    after = mine.post(page + "ok/", told, headers={"X-Alongside-Watch": "1"}).json()
    assert 560 < after["left"] <= 571
    again = mine.post(page + "ok/", told, headers={"X-Alongside-Watch": "1"}).json()
    assert again["due"] == after["due"]
    assert mine.post(page + "ok/", {"due": "nonsense", "ago": "x"}).status_code == 302
    assert mine.post(page + "more/", {"seconds": "1"}, headers={"X-Alongside-Watch": "1"}).status_code == 422
    assert mine.post(page + "end/", headers={"X-Alongside-Watch": "1"}).json()["state"] == "ended"
    assert mine.get(page)["Location"] == page + "after/"


def test_a_call_in_the_app_asks_for_the_forms_own_mark_and_a_link_for_none(me: Account, w: World) -> None:
    invited(me, w.other.account, "Olive")
    phone(me).post("/watch/start/", form())
    row = CheckIn.objects.get()
    engine.run_due(now=row.due_at + dt.timedelta(seconds=61))
    call = Call.objects.get()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(w.other.account, backend=BACKEND)
    assert strict.post(f"/watch/calls/{call.pk}/coming/").status_code == 403
    link = f"/watch/c/{parts.token_of(call)}/"
    answer = Client(enforce_csrf_checks=True).post(link + "coming/")
    assert answer.status_code == 302
    headers = Client().get(link).headers
    assert (headers["Referrer-Policy"], headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert Client().post(link + "nothing/").status_code == 404
    assert Client().post(link + "ended/", {"outcome": "lost"}).status_code == 404
    row.refresh_from_db()
    assert row.state == "coming"
