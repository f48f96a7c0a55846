import datetime as dt
from dataclasses import replace

import pytest
import time_machine
from django.db import connections

from alongside.kit import audit, clock
from alongside.kit.models import AuditRow
from alongside.people.actions import Refused
from alongside.roles import actions, queries, rules
from alongside.roles.models import Agreement, Change, Holding, Role, Unnamed, Version
from alongside.roles.tests.parts import RATE, TERMS, again, codes, drafted, letters, other, proposed
from tests.world import world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def test_a_draft_is_kept_closed_and_can_be_saved_half_done() -> None:
    w = world()
    role, version = drafted(w.coordinator, terms=rules.Terms(purpose="secret purpose"))
    assert b"secret" not in bytes(version.terms)
    assert b"guide" not in bytes(role.title)
    actions.save_draft(by=w.second, version=version, title="Night guide", terms=other(tools="A phone"))
    version.refresh_from_db()
    assert queries.terms(version) == other(tools="A phone")
    assert queries.title(Role.objects.get(pk=role.pk)) == "Night guide"
    assert (version.number, version.state) == (1, Version.State.DRAFT)
    with pytest.raises(Refused):
        actions.draft(by=w.coordinator, title=" ", terms=TERMS)


def test_only_coordinators_of_the_group_write() -> None:
    w, far = world(), world("far")
    role, version, (held, _) = proposed(w.coordinator, w.worker, w.other)
    change = actions.request_change(holding=held, version=version, text="More time")
    second = actions.new_draft(by=w.coordinator, role=role)
    for by in (w.worker, w.steward, far.coordinator):
        for call in (
            lambda by=by: actions.save_draft(by=by, version=second, title="Mine", terms=TERMS),
            lambda by=by: actions.propose(by=by, version=second),
            lambda by=by: actions.new_draft(by=by, role=role),
            lambda by=by: actions.ask(by=by, role=role, membership=w.steward),
            lambda by=by: actions.answer(by=by, change=change, text="No"),
            lambda by=by: actions.widen(by=by, role=role, kinds=["forms"]),
        ):
            with pytest.raises(Refused):
                call()
    for by in (w.worker, w.steward):
        with pytest.raises(Refused):
            actions.draft(by=by, title="Mine", terms=TERMS)
        with pytest.raises(Refused):
            actions.add_kind(by=by, label="Foot care")
    assert queries.draft(role).pk == second.pk
    assert Holding.objects.filter(role=role).count() == 2


def test_proposing_needs_whole_terms_and_is_done_once() -> None:
    w = world()
    _role, version = drafted(w.coordinator, terms=other(purpose=""))
    with pytest.raises(Refused):
        actions.propose(by=w.coordinator, version=version)
    actions.save_draft(by=w.coordinator, version=version, title="Guide", terms=TERMS)
    actions.propose(by=w.coordinator, version=version)
    for call in (
        lambda: actions.propose(by=w.second, version=version),
        lambda: actions.save_draft(by=w.coordinator, version=version, title="Guide", terms=other(tools="None")),
    ):
        with pytest.raises(Refused):
            call()
    version.refresh_from_db()
    assert queries.terms(version) == TERMS


def test_a_bare_title_is_asked_about_unless_somebody_says_why_or_holders_chose_it() -> None:
    w = world()
    _role, version = drafted(w.coordinator, title="Peer")
    assert queries.problems(version) == {"title_why": "bare"}
    actions.save_draft(by=w.coordinator, version=version, title="Peer", terms=other(title_why="It is theirs"))
    version.refresh_from_db()
    assert queries.problems(version) == {}

    role, version = drafted(w.coordinator, title="Peer")
    held = actions.ask(by=w.coordinator, role=role, membership=w.worker)
    actions.wish(holding=held, title="peer")
    assert queries.problems(queries.draft(role)) == {}


def test_unknown_kinds_and_money_are_named() -> None:
    w = world()
    from dataclasses import replace

    terms = other(scope_in=("outreach", "g-far"), scope_out=("nonsense",), rate=replace(RATE, currency="XXQ"))
    _role, version = drafted(w.coordinator, terms=terms)
    assert queries.problems(version) == {"scope_in": "unknown", "scope_out": "unknown", "rate_currency": "unknown"}


def test_holders_agree_and_nobody_is_bound_without_their_yes() -> None:
    w = world()
    role, version, (mine, _theirs) = proposed(w.coordinator, w.worker, w.other)
    assert queries.agreed_by([w.worker]) == {}
    actions.agree(holding=mine, version=version)
    actions.agree(holding=mine, version=version)
    assert Agreement.objects.count() == 1
    held = queries.agreed_by([w.worker])[role.pk]
    assert (held.title, held.group_id, held.membership_id) == ("Street guide", w.group.pk, w.worker.pk)
    assert [(a.version, a.number, a.terms) for a in held.agreed] == [(version.pk, 1, TERMS)]
    assert queries.agreed_by([w.other]) == {}
    assert codes(w.coordinator) == codes(w.second) == ["roles.agreed"]
    assert letters(w.second) == ["Wren agreed to the role Street guide in Union."]


def test_a_new_version_leaves_the_older_yes_in_force() -> None:
    w = world()
    role, first, (held,) = proposed(w.coordinator, w.worker)
    actions.agree(holding=held, version=first)
    from dataclasses import replace

    raised = other(rate=replace(RATE, amount=3000, start="2026-06-01"))
    second = again(w.coordinator, role, raised)
    day = dt.date(2026, 7, 1)
    before = queries.agreed_by([w.worker])[role.pk]
    assert rules.binding(before.agreed, day).version == first.pk
    assert [a.why for a in queries.asked_of(w.worker.account)] == ["new version", "choose title"]
    with pytest.raises(Refused):
        actions.agree(holding=held, version=first)
    actions.agree(holding=held, version=second)
    after = queries.agreed_by([w.worker])[role.pk]
    assert rules.binding(after.agreed, day).version == second.pk
    assert rules.binding(after.agreed, dt.date(2026, 5, 31)).version == first.pk
    assert codes(w.worker) == ["roles.asked", "roles.proposed", "roles.proposed"]


def test_a_rate_that_somebody_agreed_to_is_never_overwritten() -> None:
    w = world()
    from dataclasses import replace

    role, first, (held,) = proposed(w.coordinator, w.worker)
    second = actions.new_draft(by=w.coordinator, role=role)
    cheaper = other(rate=replace(RATE, amount=1000))
    actions.save_draft(by=w.coordinator, version=second, title="Street guide", terms=cheaper)
    assert queries.problems(queries.draft(role)) == {}
    actions.agree(holding=held, version=first)
    assert queries.problems(queries.draft(role)) == {"rate_start": "later"}
    with pytest.raises(Refused):
        actions.propose(by=w.coordinator, version=second)


def test_one_draft_at_a_time() -> None:
    w = world()
    role, version = drafted(w.coordinator)
    with pytest.raises(Refused):
        actions.new_draft(by=w.coordinator, role=role)
    actions.propose(by=w.coordinator, version=version)
    draft = actions.new_draft(by=w.coordinator, role=role)
    assert (draft.number, queries.terms(draft)) == (2, TERMS)
    with pytest.raises(Refused):
        actions.new_draft(by=w.second, role=role)


def test_a_draft_cannot_be_agreed_to() -> None:
    w = world()
    role, version = drafted(w.coordinator)
    held = actions.ask(by=w.coordinator, role=role, membership=w.worker)
    with pytest.raises(Refused):
        actions.agree(holding=held, version=version)
    other_role, theirs, _held = proposed(w.coordinator, w.worker)
    with pytest.raises(Refused):
        actions.agree(holding=held, version=theirs)
    assert other_role.pk != role.pk
    assert not Agreement.objects.exists()


def test_asking_twice_and_asking_strangers_is_refused() -> None:
    w, far = world(), world("far")
    role, _version, (held,) = proposed(w.coordinator, w.worker)
    for member in (w.worker, far.worker):
        with pytest.raises(Refused):
            actions.ask(by=w.coordinator, role=role, membership=member)
    assert codes(far.worker) == []
    assert list(Holding.objects.filter(role=role)) == [held]


def test_who_left_is_bound_no_longer_and_agrees_anew() -> None:
    w = world()
    role, version, (held,) = proposed(w.coordinator, w.worker)
    actions.agree(holding=held, version=version)
    actions.leave(holding=held)
    today = clock.today()
    left = queries.agreed_by([w.worker])[role.pk]
    assert not left.current
    assert rules.binding(left.agreed, today).version == version.pk
    assert rules.binding(left.agreed, today + dt.timedelta(days=1)) is None
    for call in (
        lambda: actions.leave(holding=held),
        lambda: actions.agree(holding=held, version=version),
        lambda: actions.wish(holding=held, title="Mine"),
        lambda: actions.request_change(holding=held, version=version, text="More"),
        lambda: actions.ask_to_name(holding=held, kinds=["forms"]),
    ):
        with pytest.raises(Refused):
            call()
    back = actions.ask(by=w.coordinator, role=role, membership=w.worker)
    assert back.pk == held.pk
    assert not queries.agreed_by([w.worker])[role.pk].current
    assert queries.page(role, w.worker).to_agree
    assert [a.why for a in queries.asked_of(w.worker.account)] == ["agree", "choose title"]
    actions.agree(holding=back, version=version)
    assert queries.agreed_by([w.worker])[role.pk].current
    assert rules.binding(queries.agreed_by([w.worker])[role.pk].agreed, today + dt.timedelta(days=1))
    assert codes(w.second) == ["roles.agreed", "roles.agreed", "roles.left"]


def test_who_agrees_again_to_the_same_version_agreed_on_the_day_of_the_first_yes() -> None:
    w, day = world(), clock.today() + dt.timedelta(days=5)
    role, first, (held,) = proposed(w.coordinator, w.worker, terms=other(rate=replace(RATE, amount=3000)))

    def bound() -> object:
        """The version that binds the work of that day."""
        found = rules.binding(queries.agreed_by([w.worker])[role.pk].agreed, day)
        return found and found.version

    actions.agree(holding=held, version=first)
    with time_machine.travel(clock.now() + dt.timedelta(days=3)):
        second = again(w.coordinator, role, other(rate=replace(RATE, start=clock.today().isoformat(), amount=2000)))
        actions.agree(holding=held, version=second)
        said = clock.today()
    with time_machine.travel(clock.now() + dt.timedelta(days=10)):
        actions.leave(holding=held)
    assert bound() == second.pk
    with time_machine.travel(clock.now() + dt.timedelta(days=20)):
        back = actions.ask(by=w.coordinator, role=role, membership=w.worker)
        actions.agree(holding=back, version=second)
        actions.agree(holding=back, version=second)
    found = queries.agreed_by([w.worker])[role.pk]
    assert found.current
    assert [(a.version, a.day, a.until is None) for a in found.agreed] == [
        (first.pk, clock.today(), False),
        (second.pk, said, True),
    ]
    assert bound() == second.pk, "what bound this work before still does"


def test_holders_choose_the_title_together() -> None:
    w = world()
    role, _version, (mine, theirs) = proposed(w.coordinator, w.worker, w.other)
    actions.wish(holding=mine, title="Street guide")
    assert not Role.objects.get(pk=role.pk).chosen
    actions.wish(holding=theirs, title="Night walker")
    role.refresh_from_db()
    assert (role.chosen, queries.title(role)) == (False, "Street guide")
    actions.wish(holding=mine, title=" night  WALKER")
    role.refresh_from_db()
    assert role.chosen
    assert queries.title(role).casefold() == "night walker"
    draft = actions.new_draft(by=w.coordinator, role=role)
    with pytest.raises(Refused):
        actions.save_draft(by=w.coordinator, version=draft, title="Boss", terms=TERMS)
    assert codes(w.coordinator) == ["roles.titled"]


def test_the_last_one_who_differed_leaving_settles_the_title() -> None:
    w = world()
    role, _version, (mine, theirs) = proposed(w.coordinator, w.worker, w.other)
    actions.wish(holding=mine, title="Guide")
    actions.wish(holding=theirs, title="Walker")
    actions.leave(holding=theirs)
    role.refresh_from_db()
    assert (role.chosen, queries.title(role)) == (True, "Guide")
    actions.leave(holding=mine)
    role.refresh_from_db()
    assert (role.chosen, queries.title(role)) == (True, "Guide")


def test_a_request_is_answered_once_with_reasons_or_a_newer_version() -> None:
    w = world()
    role, first, (held,) = proposed(w.coordinator, w.worker)
    change = actions.request_change(holding=held, version=first, text=" More time ")
    assert b"time" not in bytes(Change.objects.get().text)
    assert codes(w.coordinator) == ["roles.change"]
    assert [(t.why, t.change_id) for t in queries.to_answer(w.group)] == [("change", change.pk)]
    draft = actions.new_draft(by=w.coordinator, role=role)
    for text, version in (("", None), ("  ", None), ("Yes", first), ("Yes", draft)):
        with pytest.raises(Refused):
            actions.answer(by=w.coordinator, change=change, text=text, version=version)
    actions.propose(by=w.coordinator, version=draft)
    actions.answer(by=w.coordinator, change=change, text="", version=draft)
    with pytest.raises(Refused):
        actions.answer(by=w.second, change=change, text="No", version=None)
    (request,) = queries.page(role, w.coordinator).requests
    assert (request.text, request.answer, request.by_number, request.number) == ("More time", "", 2, 1)
    assert queries.to_answer(w.group) == []
    assert "roles.answered" in codes(w.worker)


def test_a_request_needs_words_and_a_version_of_the_role() -> None:
    w = world()
    _role, version, (held,) = proposed(w.coordinator, w.worker)
    _other, elsewhere, _held = proposed(w.coordinator, w.worker)
    for text, about in (("", version), ("\x00", version), ("a" * 4001, version), ("More", elsewhere)):
        with pytest.raises(Refused):
            actions.request_change(holding=held, version=about, text=text)


def test_what_a_role_does_not_name_is_marked_and_widening_answers_it() -> None:
    w = world()
    role, first, (held,) = proposed(w.coordinator, w.worker)
    actions.agree(holding=held, version=first)
    before = AuditRow.objects.count()
    for _ in range(2):
        actions.note_unnamed(role_id=role.pk, kinds=["forms", "cleaning", "outreach", "overdose_response"])
    assert AuditRow.objects.count() == before
    assert queries.unnamed(role) == ["forms", "frontline"]
    assert [(t.why, t.kinds) for t in queries.to_answer(w.group)] == [
        ("unnamed", ("Forms and applications", "Other work on the ground"))
    ]
    wide = actions.widen(by=w.coordinator, role=role, kinds=["forms", "cleaning"])
    assert queries.terms(wide) == other(scope_in=("outreach", "supplies", "forms", "cleaning"), scope_out=())
    assert (wide.number, wide.state) == (2, Version.State.PROPOSED)
    assert queries.unnamed(role) == ["frontline"]
    assert not Unnamed.objects.filter(kind="forms").exists()
    actions.note_unnamed(role_id=role.pk, kinds=["forms"])
    assert queries.unnamed(role) == ["frontline"]
    assert [a.number for a in queries.agreed_by([w.worker])[role.pk].agreed] == [1]
    assert codes(w.worker).count("roles.proposed") == 2
    for kinds in ([], ["nonsense"], ["forms"]):
        with pytest.raises(Refused):
            actions.widen(by=w.coordinator, role=role, kinds=kinds)


def test_widening_keeps_a_draft_newest_and_gives_it_the_kinds() -> None:
    w = world()
    role, _first, _held = proposed(w.coordinator, w.worker)
    draft = actions.new_draft(by=w.coordinator, role=role)
    actions.save_draft(by=w.coordinator, version=draft, title="Street guide", terms=other(tools="A phone"))
    wide = actions.widen(by=w.second, role=role, kinds=["forms"])
    draft.refresh_from_db()
    assert (wide.number, draft.number) == (2, 3)
    assert queries.terms(draft) == rules.widened(other(tools="A phone"), ["forms"])
    assert queries.newest(role).pk == wide.pk


def test_a_holder_asks_that_work_be_named() -> None:
    w = world()
    role, _version, (held,) = proposed(w.coordinator, w.worker)
    actions.ask_to_name(holding=held, kinds=["forms", "bank_id"])
    (request,) = queries.page(role, w.coordinator).requests
    assert request.text == "Please name this work in the role: Forms and applications, Bank or ID."
    for kinds in ([], ["nonsense"]):
        with pytest.raises(Refused):
            actions.ask_to_name(holding=held, kinds=kinds)


def test_a_group_adds_kinds_of_its_own() -> None:
    w, far = world(), world("far")
    kind = actions.add_kind(by=w.coordinator, label="  Foot   care ")
    assert (kind.code, kind.label) == ("g-foot-care", "Foot care")
    signs = actions.add_kind(by=w.coordinator, label="\u0631\u0641\u06cc\u0642")
    assert signs.code.startswith("g-")
    assert len({kind.code, signs.code, actions.add_kind(by=w.coordinator, label="Foot-care").code}) == 3
    for bad in ("", " \x00", "a" * 61, "foot CARE", "Outreach"):
        with pytest.raises(Refused):
            actions.add_kind(by=w.coordinator, label=bad)
    assert queries.kind_labels([w.group.pk, far.group.pk])[far.group.pk] == {}
    assert queries.kind_labels([w.group.pk])[w.group.pk]["g-foot-care"] == "Foot care"
    assert queries.label("g-foot-care", w.group.pk) == "Foot care"
    assert queries.label("g-foot-care", far.group.pk) == queries.label("g-foot-care") == "g-foot-care"
    assert queries.label("outreach") == "Outreach"
    _role, version = drafted(w.coordinator, terms=other(scope_in=("g-foot-care",)))
    assert queries.problems(version) == {}
    _role, version = drafted(far.coordinator, terms=other(scope_in=("g-foot-care",)))
    assert queries.problems(version) == {"scope_in": "unknown"}


def test_reading_agreements_takes_one_look_at_the_keys(django_assert_num_queries) -> None:
    w = world()
    for _ in range(3):
        _role, version, (held,) = proposed(w.coordinator, w.worker)
        actions.agree(holding=held, version=version)
    with (
        django_assert_num_queries(1),
        django_assert_num_queries(1, connection=connections["keys"]),
    ):
        assert len(queries.agreed_by([w.worker])) == 3


def test_the_chain_names_no_account_and_holds() -> None:
    w = world()
    role, version, (held, theirs) = proposed(w.coordinator, w.worker, w.other)
    actions.wish(holding=held, title="Guide")
    actions.agree(holding=held, version=version)
    change = actions.request_change(holding=held, version=version, text="More time")
    actions.answer(by=w.coordinator, change=change, text="Not yet")
    actions.widen(by=w.coordinator, role=role, kinds=["forms"])
    actions.leave(holding=theirs)
    actions.add_kind(by=w.coordinator, label="Foot care")
    assert audit.verify(w.group.pk) is None
    rows = list(AuditRow.objects.filter(chain=w.group.pk, act__startswith="roles."))
    assert {row.act for row in rows} >= {"roles.drafted", "roles.asked", "roles.proposed", "roles.wished"}
    assert {row.act for row in rows} >= {"roles.agreed", "roles.change", "roles.answered", "roles.left", "roles.kind"}
    said = " ".join(f"{row.actor} {row.detail}" for row in rows)
    for member in (w.coordinator, w.worker, w.other):
        assert str(member.account_id) not in said
        assert member.account.handle not in said


def test_when_the_group_key_is_gone_nothing_opens_and_nothing_breaks() -> None:
    from alongside.kit import keys

    w = world()
    role, version, (held,) = proposed(w.coordinator, w.worker)
    actions.agree(holding=held, version=version)
    keys.delete(w.group.pk)
    assert queries.title(role) == ""
    (agreed,) = queries.agreed_by([w.worker])[role.pk].agreed
    assert agreed.terms == rules.Terms()
    assert rules.binding([agreed], dt.date(2026, 5, 1)) is None


def test_the_same_question_is_asked_once_while_it_waits() -> None:
    w = world()
    _role, first, (held,) = proposed(w.coordinator, w.worker)
    actions.agree(holding=held, version=first)
    one = actions.ask_to_name(holding=held, kinds=["forms"])
    assert actions.ask_to_name(holding=held, kinds=["forms"]) == one
    other_one = actions.ask_to_name(holding=held, kinds=["cleaning"])
    assert codes(w.coordinator).count("roles.change") == 2
    actions.answer(by=w.coordinator, change=one, text="We talk about it on Friday.")
    assert actions.ask_to_name(holding=held, kinds=["forms"]) not in {one, other_one}, "answered: it may be asked again"
