import datetime as dt
from dataclasses import replace

import pytest
import time_machine
from django.urls import reverse

from alongside.kit import clock
from alongside.people import actions as people
from alongside.roles import actions, present
from alongside.roles.tests.parts import RATE, again, other, proposed
from alongside.roles.tests.test_views import said, signed_in
from tests.world import world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def test_any_two_versions_side_by_side() -> None:
    w = world()
    role, _version, _held = proposed(w.coordinator, w.worker)
    again(w.coordinator, role, other(training="A day", rate=replace(RATE, amount=2750)))
    again(w.coordinator, role, other(training="Two days", rate=replace(RATE, amount=2750)))
    client, address = signed_in(w.worker), reverse("roles:compare", args=[role.pk])
    page = said(client.get(f"{address}?before=1&now=3"))
    for words in (
        "Before, in version 1",
        "Now, in version 3",
        "$25.00 for each hour.",
        "$27.50 for each hour.",
        "Two days",
    ):
        assert words in page
    assert "Two walks a week" not in page, "what did not change is not there"
    assert "A day" not in page
    assert said(client.get(f"{address}?before=3&now=1")) == page, "the older one is always before"
    last = said(client.get(address))
    assert "A day" in last
    assert "Two days" in last
    assert "27.50" not in last
    assert "Nothing changed in the words." in said(client.get(f"{address}?before=2&now=2"))
    assert client.get(f"{address}?before=x&now=99").status_code == 200


def test_a_draft_is_compared_by_its_own_sides_alone() -> None:
    w = world()
    role, _version, _held = proposed(w.coordinator, w.worker)
    draft = actions.new_draft(by=w.coordinator, role=role)
    actions.save_draft(by=w.coordinator, version=draft, title="Street guide", terms=other(training="Secret"))
    address = reverse("roles:compare", args=[role.pk]) + "?before=1&now=2"
    assert "Secret" in said(signed_in(w.coordinator).get(address))
    assert "Secret" not in said(signed_in(w.other).get(address))


def test_the_paper_says_what_was_agreed_when_and_what_changed_later() -> None:
    w = world()
    role, first, (held,) = proposed(w.coordinator, w.worker)
    actions.agree(holding=held, version=first)
    with time_machine.travel(clock.now() + dt.timedelta(days=10)):
        again(w.coordinator, role, other(training="A day"))
        third = again(w.coordinator, role, other(training="Two days"))
        actions.agree(holding=held, version=third)
        fourth = again(w.coordinator, role, other(training="None"))
        newest, oldest = present.papers(role, w.worker)
    assert [(one.number, one.agreed) for one in (newest, oldest)] == [
        (3, clock.today() + dt.timedelta(days=10)),
        (1, clock.today()),
    ]
    assert [(one.number, one.before, one.agreed is None) for one in oldest.later] == [(2, 1, True), (3, 2, False)]
    assert [(one.number, one.differences[0].come) for one in newest.later] == [(fourth.number, ("None",))]
    page = said(signed_in(w.worker).get(reverse("roles:agreed", args=[role.pk])))
    for words in (
        "Wren agreed on",
        "Union sent it out on",
        "Two days",
        "Wren did not agree to this one.",
        "Two walks a week",
    ):
        assert words in page


def test_the_paper_is_for_its_own_person_and_stays_theirs() -> None:
    w = world()
    role, first, (held, also) = proposed(w.coordinator, w.worker, w.other)
    actions.agree(holding=held, version=first)
    address = reverse("roles:agreed", args=[role.pk])
    for somebody in (w.coordinator, w.steward, w.other):
        assert signed_in(somebody).get(address).status_code == 404
    actions.leave(holding=also)
    actions.leave(holding=held)
    people.leave(membership=w.worker, settled=True)
    page = said(signed_in(w.worker).get(address))
    assert "It counts for work up to" in page
    assert "Olive" not in page
