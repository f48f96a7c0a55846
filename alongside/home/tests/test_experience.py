"""The statement of experience: what it says and never says, who can check it, and what is kept of it."""

import datetime as dt
import io
import json
import re
import zipfile
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client, override_settings
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from alongside.home import experience, flows, jobs
from alongside.home import experience_rules as rules
from alongside.home.experience_words import KINDS, SKILLS
from alongside.home.models import Statement
from alongside.kit import clock, signing
from alongside.people.models import Account
from alongside.people.rules import grouped
from alongside.roles import actions as roles
from alongside.roles import kinds
from alongside.roles.tests.parts import other, proposed
from alongside.work import actions as work
from tests.world import World, account, world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

NAME = "Robin Q. Canary-Name"
NEVER = re.compile(
    r"\b(client|patient|drug|drogue|overdose|surdose|naloxone|opioid|methadone|heroin|fentanyl|syringe|seringue|needle|"
    r"hepatitis|hiv|diagnos\w*|disorder|addict\w*|recovery|crisis|keeping watch|support for me|died)\b",
    re.IGNORECASE,
)


@pytest.fixture(autouse=True)
def _march() -> Any:
    cache.clear()
    with time_machine.travel(dt.datetime(2026, 3, 9, 12, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def w() -> World:
    made = world()
    role, version, (held,) = proposed(made.coordinator, made.worker, terms=other())
    roles.agree(holding=held, version=version)
    own = roles.add_kind(by=made.coordinator, label="Canary kind of heroin")
    given = {"group": str(made.group.pk), "role": str(role.pk)}
    rows: list[dict[str, Any]] = [
        {"kinds": ["outreach", "drug_checking"], "minutes": 120, **given},
        {"kinds": ["overdose_response", "crisis_call"], "minutes": 60, **given},
        {"kinds": ["being_trained"], "minutes": 180},
        {"kinds": ["getting_support", "remembering"], "minutes": 600, "note": "canary note of a client"},
        {"kinds": [own.code], "minutes": 30, **given},
        {"kinds": ["outreach"], "minutes": 90, "day": "2025-11-02"},
    ]
    sent = [{"id": str(uuid4()), "revision": 1, "day": "2026-03-02", **row} for row in rows]
    assert [a.status for a in work.sync(account=made.worker.account, entries=sent)] == ["stored"] * len(sent)
    return made


def browser(who: Any) -> Client:
    made = Client()
    made.force_login(getattr(who, "account", who), backend="allauth.account.auth_backends.AuthenticationBackend")
    return made


def fields(w: World, **changed: Any) -> dict[str, Any]:
    every = {
        "name": NAME, "start": "2025-11", "end": "2026-03", "groups": ["nobody", str(w.group.pk)],
        "kinds": ["outreach", "drug_checking", "frontline", "being_trained", "other"], "roles": ["0"], "skills": ["meet"],
    }  # fmt: skip
    return {**every, **changed}


def text(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode().split("<main", 1)[1]))


def paper(w: World, **changed: Any) -> str:
    """The words of a paper that was made."""
    answer = browser(w.worker).post("/record/experience/", {**fields(w, **changed), "make": "1"})
    assert answer["Content-Type"] == "application/pdf", text(answer)
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)


def made(w: World) -> experience.Made:
    material = experience.material(w.worker.account)
    wanted = rules.Wanted(
        dt.date(2025, 11, 1), dt.date(2026, 3, 1), {"", str(w.group.pk)}, set(material.kinds), material.roles
    )
    return experience.make(account=w.worker.account, said=rules.said(material.entries, wanted), name=NAME)


def check(**data: str) -> str:
    return text(Client().post("/check/", data))


def test_it_names_work_hours_training_roles_and_skills(w: World) -> None:
    words = paper(w)
    for said in (
        NAME,
        "Outreach",
        "4 hours",
        "Training taken",
        "3 hours",
        "Street guide",
        "Meeting people where they are",
    ):
        assert said in words
    assert "8 hours" in words, "all of it but what is private: 120, 60, 180, 30 and 90 minutes"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_it_never_says_what_it_must_not(w: World, language: str) -> None:
    with translation.override(language):
        shown = [str(words) for words in KINDS.values()] + [str(words) for words, _of in SKILLS.values()]
        codes = {code for code in kinds.CODES if rules.kinds_of({"kinds": [code]}) == [code]}
        shown = [str(KINDS[code]) for code in codes] + [str(words) for words, _of in SKILLS.values()]
    assert not [words for words in shown if NEVER.search(words) or rules.tells(words)]
    client = browser(w.worker)
    client.cookies["django_language"] = language
    page = client.post("/record/experience/", fields(w)).content.decode()
    assert 'name="make"' in page
    assert not NEVER.findall(re.sub(r"<[^>]+>", " ", page.split('id="look"')[1].split("<details")[0]))
    assert "anary" not in page.replace(NAME, ""), "no note, and no group's own word for its work"


def test_a_title_or_a_group_whose_name_tells_is_not_offered(w: World) -> None:
    _role, version, (held,) = proposed(w.coordinator, w.worker, terms=other())
    roles.wish(holding=held, title="Drug user peer")
    roles.agree(holding=held, version=version)
    assert rules.tells("Drug-user peer")
    assert rules.tells("Aide, RÉTABLISSEMENT")
    assert not rules.tells("Street guide")
    assert not [title for title, _start, _end in experience.material(w.worker.account).roles if rules.tells(title)]


def test_the_person_chooses_what_goes_in(w: World) -> None:
    words = paper(w, kinds=["outreach"], roles=[], skills=[], start="2026-01", groups=[str(w.group.pk)])
    assert "2 hours" in words
    assert "Training" not in words
    assert "Street guide" not in words
    assert "Union" not in words
    assert "Union" in paper(w, named=[str(w.group.pk)])


def test_what_is_wrong_is_said_and_nothing_is_made(w: World) -> None:
    client = browser(w.worker)
    for wrong in (
        {"name": ""},
        {"kinds": []},
        {"start": "2026-13"},
        {"start": "2026-03", "end": "2026-01"},
        {"kinds": ["getting_support"]},
    ):
        answer = client.post("/record/experience/", {**fields(w, **wrong), "make": "1"})
        assert answer["Content-Type"].startswith("text/html")
        assert 'class="errors' in answer.content.decode()
    assert not Statement.objects.exists()
    assert "Your record is empty" in text(browser(account("newcomer")).get("/record/experience/"))


def test_a_paper_checks_out_by_its_square_and_by_its_code(w: World) -> None:
    one = made(w)
    found = check(paper=one.square)
    assert "It checks out" in found
    assert "Outreach" in found
    assert "Street guide" in found
    assert NAME not in found
    assert "was made out to this name" in check(paper=one.square, name="robin q.  canary-NAME")
    assert "made out to another name" in check(paper=one.square, name="Somebody else")
    found = check(code=grouped(one.said.code).lower().replace("0", "o"))
    assert "It checks out" in found
    assert "Outreach" not in found, "the installation does not know what it said"


def test_a_changed_paper_does_not_check_out(w: World) -> None:
    one = made(w)
    changed = rules.packed(replace(one.said, minutes=60_000))
    number, signature, content = rules.parts(one.square, signing.LENGTH)  # type: ignore[misc]
    for square in (
        rules.square(number, signature, changed),
        rules.square(number + 1, signature, content),
        rules.square(number, signature[::-1], content),
        one.square[:-6],
        one.square + "AAAA",
        "",
        "A" * 400,
        "%" * 90,
        "A" * 4000,
    ):
        assert "It checks out" not in check(paper=square)
    assert "does not check out" in check(paper=rules.square(number, signature, changed))


def test_a_wrong_code_or_one_too_old_does_not_check_out(w: World) -> None:
    one = made(w)
    other_ = ("1" if one.said.code[0] != "1" else "2") + one.said.code[1:]
    assert "does not check out" in check(code=other_)
    assert "not a whole code" in check(code="ABC")
    with time_machine.travel(clock.now() + dt.timedelta(days=rules.DAYS), tick=False):
        assert "It checks out" in check(code=one.said.code)
    with time_machine.travel(clock.now() + dt.timedelta(days=rules.DAYS + 1), tick=False):
        assert "does not check out" in check(code=one.said.code)
        assert "does not check out" in check(paper=one.square)
        jobs.old_statements()
        assert not Statement.objects.exists()


def test_a_paper_that_was_taken_back_does_not_check_out(w: World) -> None:
    one, theirs = made(w), Statement.objects.get()
    browser(w.other).post(f"/record/experience/{theirs.pk}/take-back/")
    assert "It checks out" in check(paper=one.square), "nobody takes back what is not theirs"
    page = browser(w.worker).post(f"/record/experience/{theirs.pk}/take-back/", follow=True)
    assert "does not check out any more" in text(page)
    for how in ({"paper": one.square}, {"code": one.said.code}):
        assert "does not check out" in check(**how)


def test_deleting_the_account_takes_its_papers_back(w: World) -> None:
    one = made(w)
    flows.delete_account(account=w.worker.account)
    assert not Statement.objects.exists()
    assert "does not check out" in check(paper=one.square)


def test_what_is_kept_is_a_digest_and_a_day(w: World) -> None:
    one = made(w)
    (row,) = Statement.objects.values()
    assert row.keys() == {"id", "account_id", "digest", "until"}
    assert one.said.code not in json.dumps(row, default=str)
    assert row["digest"] == rules.digest(one.said.code)
    found = zipfile.ZipFile(io.BytesIO(browser(w.worker).get("/account/alongside.zip").content))
    assert json.loads(found.read("statements.json")) == [{"made": "2026-03-09", "until": row["until"].isoformat()}]


@override_settings(ACCOUNT_RATE_LIMITS={"check": "30/m/ip"})
def test_guessing_is_limited() -> None:
    client = Client()
    answers = [client.post("/check/", {"code": "0" * 16}).status_code for _ in range(32)]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_so_many_papers_and_no_more(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST", 1)
    made(w)
    assert "take one back first" in text(browser(w.worker).post("/record/experience/", {**fields(w), "make": "1"}))


def test_anybody_can_check_the_signature_with_the_public_key(w: World) -> None:
    number, _signature, _content = rules.parts(made(w).square, signing.LENGTH)  # type: ignore[misc]
    page = Client().get("/check/key.txt").content.decode()
    assert page.startswith(f"{number}\n-----BEGIN PUBLIC KEY-----")
    assert page.count("BEGIN") == 1


def test_a_key_that_was_forgotten_checks_nothing_any_more(w: World) -> None:
    one = made(w)
    signing.renew(forget=False)
    assert "It checks out" in check(paper=one.square)
    signing.renew(forget=True)
    assert "does not check out" in check(paper=one.square)
    assert Account.objects.filter(pk=w.worker.account_id).exists()


WORDS = st.text(max_size=20)


@given(
    kinds_=st.dictionaries(st.sampled_from(sorted(kinds.CODES)), st.integers(0, 10**7), max_size=8),
    titles=st.lists(st.tuples(WORDS, st.just("2026-01"), st.just("")), max_size=3),
    code=st.text(min_size=1, max_size=20),
    name=WORDS,
)
def test_what_is_packed_is_unpacked(kinds_: Any, titles: Any, code: str, name: str) -> None:
    held = [list(title) for title in titles]
    one = rules.Said("2026-01", "2026-02", 60, kinds=kinds_, roles=held, skills=[], groups=[], code=code)
    one = replace(one, who=rules.stands_for(code, name))
    assert rules.unpacked(rules.packed(one)) == one
    assert rules.is_name(one, f" {name} ")
    assert rules.parts(rules.square(7, b"s" * 64, rules.packed(one)), 64) == (7, b"s" * 64, rules.packed(one))
