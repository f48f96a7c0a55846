import datetime as dt
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from alongside.kit import keys
from alongside.outbox import actions, jobs, queries, rules
from alongside.outbox.models import Letter
from tests.world import account

db = pytest.mark.django_db(databases=["default", "keys"])
CODES = ("people.joined", "people.part", "people.token", "work.thanks", "work.keep_or_drop")


def send(owner: object, name: str = "Nia") -> None:
    actions.send(owner=owner, code="people.joined", path="/people/", name=name, group="Union")  # type: ignore[arg-type]


@given(st.text(), st.text())
def test_what_fills_a_letter_is_left_as_it_is_written(name: str, group: str) -> None:
    assert rules.fill("{name} joined {group}.", {"name": name, "group": group}) == f"{name} joined {group}."


def test_a_name_that_is_missing_is_left_out() -> None:
    assert rules.fill("{name} joined {group}.", {"name": "Nia"}) == "Nia joined ."
    assert rules.fill("{name} {name}", {"name": "{group}", "group": "no"}) == "{group} {group}"


@pytest.mark.parametrize("code", CODES)
def test_each_kind_of_letter_is_known(code: str) -> None:
    kind = rules.known(code)
    assert kind is not None
    assert kind.text.endswith((".", "?"))


@db
def test_a_letter_is_there_when_it_is_written_and_is_its_owners_alone() -> None:
    wren, ash = uuid4(), uuid4()
    send(wren)
    [letter] = queries.letters(wren)
    assert (letter.text, letter.path, letter.read) == ("Nia joined Union.", "/people/", False)
    assert queries.letters(ash) == []
    assert (queries.unread(wren), queries.unread(ash)) == (1, 0)
    assert b"Nia" not in bytes(Letter.objects.get().filling)


@db
def test_a_letter_that_nobody_could_read_is_never_written() -> None:
    with pytest.raises(KeyError):
        actions.send(owner=uuid4(), code="nobody.knows")
    assert not Letter.objects.exists()


@db
def test_letters_of_one_day_come_in_the_order_in_which_they_were_written() -> None:
    wren = uuid4()
    names = [f"N{number}" for number in range(8)]
    for name in names:
        send(wren, name)
        send(uuid4(), name)
    assert [letter.text.split()[0] for letter in queries.letters(wren)] == names[::-1]
    assert set(Letter.objects.filter(owner=wren).values_list("number", flat=True)) == set(range(1, 9))


@db
def test_only_the_owner_marks_letters_as_read_and_unread_ones_come_first() -> None:
    wren = uuid4()
    for name in ("Ann", "Ben", "Cy"):
        send(wren, name)
    first = next(letter for letter in queries.letters(wren) if letter.text.startswith("Ben"))
    actions.mark_read(owner=uuid4(), ids=[first.id])
    assert queries.unread(wren) == 3
    actions.mark_read(owner=wren, ids=[first.id, uuid4()])
    assert queries.unread(wren) == 2
    assert [letter.read for letter in queries.letters(wren)] == [False, False, True]
    assert queries.letters(wren)[-1].id == first.id


@db
def test_pages_of_letters_have_no_gaps() -> None:
    wren = uuid4()
    for number in range(queries.PAGE + 5):
        send(wren, f"N{number}")
    pages = queries.letters(wren) + queries.letters(wren, skip=queries.PAGE)
    assert len(pages) == len({letter.id for letter in pages}) == queries.PAGE + 5


@db
def test_letters_past_their_term_go_read_or_not() -> None:
    wren = uuid4()
    with time_machine.travel(dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC), tick=False) as travel:
        send(wren)
        travel.shift(dt.timedelta(days=rules.KEEP_DAYS))
        jobs.forget()
        assert queries.unread(wren) == 1
        travel.shift(dt.timedelta(days=1))
        send(wren, "Young")
        jobs.forget()
        assert [letter.text for letter in queries.letters(wren)] == ["Young joined Union."]


@db
def test_a_letter_whose_key_is_gone_shows_no_holes() -> None:
    wren = uuid4()
    send(wren)
    keys.delete(wren)
    [letter] = queries.letters(wren)
    assert "{" not in letter.text
    assert "Nia" not in letter.text
    assert letter.path == ""


@db
def test_words_are_chosen_when_a_letter_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same letter in the language in use: it was written in none."""
    wren = uuid4()
    send(wren)
    monkeypatch.setattr(
        queries, "gettext", lambda text: "{name} a rejoint {group}." if translation.get_language() == "fr" else text
    )
    with translation.override("fr"):
        assert queries.letters(wren)[0].text == "Nia a rejoint Union."
    with translation.override("en"):
        assert queries.letters(wren)[0].text == "Nia joined Union."


@db
def test_the_page_shows_letters_and_marks_those_that_were_on_it(client: Client) -> None:
    wren = account("wren")
    send(wren.pk, "<b>Nia</b>")
    client.force_login(wren, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get("/letters/").content.decode()
    assert "&lt;b&gt;Nia&lt;/b&gt; joined Union." in page
    assert queries.unread(wren.pk) == 1
    mine = Letter.objects.get().pk
    assert client.post("/letters/read/", {"letter": ["no", "\x00", str(mine), str(uuid4())]}).status_code == 302
    assert queries.unread(wren.pk) == 0


@db
@pytest.mark.parametrize(
    ("language", "said"), [("en", "CA$56.00 on March 9, 2026"), ("fr", "56,00\xa0$CA on 9 mars 2026")]
)
def test_sums_and_days_are_said_in_the_readers_language(
    monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    owner = account("reader").pk
    monkeypatch.setitem(rules._kinds, "test.sum", rules.Kind("test.sum", "{sum} on {day}"))
    actions.send(owner=owner, code="test.sum", sum="56.00 CAD", day="2026-03-09")
    with translation.override(language):
        assert queries.letters(owner)[0].text == said
