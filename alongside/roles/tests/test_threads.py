import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from alongside.kit import clock
from alongside.people.actions import Refused
from alongside.roles import actions, queries, rules, threads
from alongside.roles.models import Change
from alongside.roles.tests.parts import again, codes, other, proposed
from alongside.roles.tests.test_views import said, signed_in
from tests.world import world

days = st.dates(dt.date(2020, 1, 1), dt.date(2040, 1, 1))


@given(asked=days, today=days)
def test_the_group_is_late_by_the_days_since(asked: dt.date, today: dt.date) -> None:
    waited = rules.days_waiting(asked, today)
    assert waited == ((today - asked).days if today > asked else 0)


@given(answered=st.none() | days, resolved=st.none() | days)
def test_who_asked_has_the_last_word(answered: dt.date | None, resolved: dt.date | None) -> None:
    state = rules.thread_state(answered, resolved)
    assert state in rules.STATES
    assert (state == "resolved") == (resolved is not None)
    assert (state == "asked") == (answered is None and resolved is None)


def later(n: int) -> time_machine.travel:
    return time_machine.travel(clock.now() + dt.timedelta(days=n))


@pytest.mark.django_db(databases=["default", "keys"])
class TestAThread:
    def test_it_is_asked_answered_asked_again_and_settled(self) -> None:
        w = world()
        role, version, (held, _also) = proposed(w.coordinator, w.worker, w.other)
        ask = actions.request_change(holding=held, version=version, text="Who pays the bus?", asks="question")
        assert "roles.question" in codes(w.coordinator)
        with later(3):
            (waiting,) = queries.to_answer(w.group)
            assert (waiting.why, waiting.days, waiting.change_id) == ("question", 3, ask.pk)
            actions.answer(by=w.coordinator, change=ask, text="You do")
            assert queries.to_answer(w.group) == []
            ask.refresh_from_db()
            more = actions.request_change(holding=held, version=version, text="Why?", follows=ask)
            assert more.asks == "question", "a thread stays what it began as"
        with later(4):
            assert [t.days for t in queries.to_answer(w.group)] == [1], "counted from what was asked last"
            actions.answer(by=w.coordinator, change=more, text="We do now")
            actions.resolve(holding=held, change=more)
        assert codes(w.coordinator).count("roles.resolved") == 1
        page = queries.page(role, w.other)
        assert page is not None
        (thread,) = threads.threads(page.requests)
        assert [(p.text, p.answer) for p in thread.parts] == [("Who pays the bus?", "You do"), ("Why?", "We do now")]
        assert (thread.last.state, thread.last.mine) == ("resolved", False)

    def test_what_is_refused(self) -> None:
        w = world()
        _role, version, (held, also) = proposed(w.coordinator, w.worker, w.other)
        ask = actions.request_change(holding=held, version=version, text="Why?")
        with pytest.raises(Refused):
            actions.request_change(holding=held, version=version, text="And?", follows=ask)  # not answered yet
        with pytest.raises(Refused):
            actions.request_change(holding=held, version=version, text="And?", asks="order")
        for act in (
            lambda: actions.resolve(holding=also, change=ask),
            lambda: actions.request_change(holding=also, version=version, text="And?", follows=ask),
        ):
            with pytest.raises(Refused):
                act()
        actions.answer(by=w.coordinator, change=ask, text="So")
        more = actions.request_change(holding=held, version=version, text="And?", follows=Change.objects.get(pk=ask.pk))
        for old in (ask, Change.objects.get(pk=ask.pk)):
            with pytest.raises(Refused):
                actions.request_change(holding=held, version=version, text="Twice", follows=old)
        actions.resolve(holding=held, change=more)
        with pytest.raises(Refused):
            actions.resolve(holding=held, change=more)
        with pytest.raises(Refused):
            actions.answer(by=w.coordinator, change=more, text="Late")
        assert queries.to_answer(w.group) == [], "what its asker settled is owed no answer"

    def test_the_pages_of_both_sides(self) -> None:
        w = world()
        role, version, (held, _also) = proposed(w.coordinator, w.worker, w.other)
        again(w.coordinator, role, other(training="A day"))
        worker, coordinator = signed_in(w.worker), signed_in(w.coordinator)
        address = reverse("roles:change", args=[role.pk])
        assert "This is about version 1." in said(worker.get(f"{address}?version=1"))
        worker.post(f"{address}?version=1", {"text": "Who pays the bus?", "asks": "question"})
        row = Change.objects.get()
        assert (row.asks, row.version, row.holding) == ("question", version, held)
        with later(2):
            for page in (reverse("roles:role", args=[role.pk]), reverse("roles:group", args=[role.group_id])):
                assert "The group has owed an answer for 2 days" in said(coordinator.get(page))
        assert "owed" not in said(worker.get(reverse("roles:group", args=[role.group_id])))
        coordinator.post(reverse("roles:answer", args=[role.pk, row.pk]), {"text": "We do", "version": ""})
        page = said(worker.get(reverse("roles:role", args=[role.pk])))
        for words in ("Answered", "We do", "This settles it", "Ask again"):
            assert words in page
        for name in ("again", "settle"):
            where = reverse(f"roles:{name}", args=[role.pk, row.pk])
            assert signed_in(w.other).post(where, {"text": "Mine"}).status_code == 404
            assert coordinator.post(where, {"text": "Mine"}).status_code == 404
        where = reverse("roles:again", args=[role.pk, row.pk])
        assert "We do" in said(worker.get(where))
        worker.post(where, {"text": "From when on?"})
        last = Change.objects.get(follows=row)
        worker.post(reverse("roles:settle", args=[role.pk, last.pk]))
        assert "Settled on" in said(coordinator.get(reverse("roles:role", args=[role.pk])))


@pytest.mark.django_db(databases=["default", "keys"])
def test_a_request_to_name_work_is_read_in_the_readers_language_and_asked_once_in_any() -> None:
    w = world()
    role, first, (held,) = proposed(w.coordinator, w.worker)
    actions.agree(holding=held, version=first)
    kind = actions.add_kind(by=w.coordinator, label="Foot care")
    with translation.override("fr"):
        one = actions.ask_to_name(holding=held, kinds=["forms", kind.code])
    assert actions.ask_to_name(holding=held, kinds=[kind.code, "forms", "nonsense"]) == one
    assert Change.objects.count() == 1
    english = "Please name this work in the role: Forms and applications, Foot care."
    page = queries.page(role, w.coordinator)
    assert page is not None
    assert [request.text for request in page.requests] == [queries.change_text(one)] == [english]
    with translation.override("fr"):
        french = queries.change_text(one)
        page = queries.page(role, w.coordinator)
    assert page is not None
    assert french == page.requests[0].text != english
    assert "Foot care" in french


@pytest.mark.django_db(databases=["default", "keys"])
def test_what_people_write_is_never_taken_for_ready_words() -> None:
    w = world()
    _role, first, (held,) = proposed(w.coordinator, w.worker)
    typed = rules.naming(["forms"])
    row = actions.request_change(holding=held, version=first, text=typed)
    assert queries.change_text(row) == "name:forms"
    assert actions.ask_to_name(holding=held, kinds=["forms"]) != row
