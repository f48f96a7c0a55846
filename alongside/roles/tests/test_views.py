import re
from dataclasses import replace
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from alongside.kit import money
from alongside.people.models import Account, Membership
from alongside.roles import actions, queries, rules
from alongside.roles.asking_forms import KindForm, TitleForm
from alongside.roles.forms import DraftForm, as_initial, filled
from alongside.roles.models import Agreement, Change, Holding, Kind, Role, Version
from alongside.roles.tests.parts import RATE, TERMS, again, drafted, other, proposed
from tests.world import World, account, join, world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

FULL = other(
    training="Naloxone",
    tools="A phone\nand shoes",
    supervision="Kim",
    debrief="Each week",
    time_to_prepare="Two days",
    experience=("grief", "opioids"),
    experience_why="Trust",
    say="involved",
    say_in="Hours",
    share="Counts",
    not_share="Names",
    compares_to="Outreach worker",
    post=rules.Post(start="2026-02-01", amount=6240000, unit="year", currency="CAD", hours=40),
    compares_pay="30",
    compares_training="Two weeks",
    title_why="Ours",
    rate=replace(
        RATE,
        premium=50,
        callout=1050,
        parts=("evening", "night"),
        weekdays=(5, 6),
        dates=("2026-12-25", "2026-12-26"),
        counts=("travel",),
        expenses=("phone",),
    ),
)


def signed_in(who: Membership | Account | None) -> Client:
    client = Client()
    if who is not None:
        client.force_login(who.account if isinstance(who, Membership) else who)
    return client


def post_data(terms: rules.Terms, title: str = "Street guide", **more: object) -> dict[str, object]:
    return {k: v for k, v in (as_initial(filled(terms, title)) | more).items() if v is not None}


def said(response) -> str:
    """The page's words without tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def pages(role: Role, change: Change) -> dict[str, str]:
    return {
        "group": reverse("roles:group", args=[role.group_id]),
        "write": reverse("roles:write", args=[role.group_id]),
        "kinds": reverse("roles:kinds", args=[role.group_id]),
        "role": reverse("roles:role", args=[role.pk]),
        "draft": reverse("roles:draft", args=[role.pk]),
        "version": reverse("roles:version", args=[role.pk, 1]),
        "draft version": reverse("roles:version", args=[role.pk, 2]),
        "change": reverse("roles:change", args=[role.pk]),
        "answer": reverse("roles:answer", args=[role.pk, change.pk]),
        "ask": reverse("roles:ask", args=[role.pk]),
        "leave": reverse("roles:leave", args=[role.pk]),
    }


POSTS = ("new_draft", "propose", "wish", "agree", "widen", "name_it")


@pytest.fixture
def scene() -> tuple[World, Role, Change, dict[str, Membership | Account | None]]:
    w = world()
    third = join(w.group, w.coordinator, "third", "Tam")
    role, version, (held, _other) = proposed(w.coordinator, w.worker, w.other)
    change = actions.request_change(holding=held, version=version, text="More time")
    actions.new_draft(by=w.coordinator, role=role)
    far = world("far")
    people = {
        "coordinator": w.coordinator,
        "holder": w.worker,
        "member": third,
        "steward": w.steward,
        "outsider": far.coordinator,
        "groupless": account("nobody"),
        "anonymous": None,
    }
    return w, role, change, people


EVERYBODY_INSIDE = {"group", "kinds", "role", "version"}
MAY_SEE = {
    "coordinator": {*EVERYBODY_INSIDE, "write", "draft", "draft version", "answer", "ask"},
    "holder": {*EVERYBODY_INSIDE, "draft version", "change", "leave"},
    "member": EVERYBODY_INSIDE,
    "steward": EVERYBODY_INSIDE,
    "outsider": set(),
    "groupless": set(),
    "anonymous": set(),
}


@pytest.mark.parametrize("who", sorted(MAY_SEE))
def test_each_page_opens_for_whom_it_is(scene, who) -> None:
    _w, role, change, people = scene
    client = signed_in(people[who])
    for name, address in pages(role, change).items():
        status = client.get(address).status_code
        if who == "anonymous":
            assert status == 302, name
        elif who in ("outsider", "groupless"):
            assert status == 404, name
        else:
            assert (status == 200) == (name in MAY_SEE[who]), (name, status)
            assert status in (200, 403, 404), name


@pytest.mark.parametrize("who", sorted(MAY_SEE))
def test_each_write_is_only_for_whom_it_is(scene, who) -> None:
    _w, role, change, people = scene
    client = signed_in(people[who])
    before = (Version.objects.count(), Agreement.objects.count(), Change.objects.count(), Kind.objects.count())
    allowed = {"coordinator": {"new_draft", "propose", "widen"}, "holder": {"wish", "agree", "name_it"}}
    for name in POSTS:
        address = reverse(f"roles:{name}", args=[role.pk])
        assert client.get(address).status_code in (302, 403, 405)
        if name in allowed.get(who, set()):
            continue
        status = client.post(address, {"kinds": "forms", "title": "Mine"}).status_code
        assert status == {"anonymous": 302, "outsider": 404, "groupless": 404}.get(who, 403), name
    for name in ("write", "draft", "kinds", "answer", "ask", "change", "leave"):
        if name not in MAY_SEE[who] or (name == "kinds" and who != "coordinator"):
            client.post(pages(role, change)[name], {"label": "Foot care", "text": "No", "title": "Mine"})
    after = (Version.objects.count(), Agreement.objects.count(), Change.objects.count(), Kind.objects.count())
    assert after == before
    assert Holding.objects.filter(role=role, ended=False).count() == 2
    assert not Change.objects.filter(answered__isnull=False).exists()


def test_what_does_not_exist_is_not_there(scene) -> None:
    w, role, _change, _people = scene
    client = signed_in(w.coordinator)
    for address in (
        reverse("roles:role", args=[uuid4()]),
        reverse("roles:group", args=[uuid4()]),
        reverse("roles:version", args=[role.pk, 9]),
        reverse("roles:answer", args=[role.pk, uuid4()]),
    ):
        assert client.get(address).status_code == 404


def test_no_page_of_the_group_holds_an_account(scene) -> None:
    _w, role, change, people = scene
    inside = [m for m in people.values() if isinstance(m, Membership)]
    hidden = [str(m.account_id) for m in inside] + [f">{m.account.handle}<" for m in inside]
    hidden += [m.account.handle for m in inside if m.account.handle in ("third", "farcoordinator")]
    for who in ("coordinator", "holder", "member"):
        client = signed_in(people[who])
        for address in pages(role, change).values():
            body = client.get(address).content.decode()
            assert not [word for word in hidden if word in body], address


def test_who_is_on_neither_side_sees_the_terms_and_nobody(scene) -> None:
    w, role, _change, people = scene
    (held,) = Holding.objects.filter(role=role, membership=w.worker)
    actions.agree(holding=held, version=queries.newest(role))
    actions.wish(holding=held, title="Night walker")
    actions.note_unnamed(role_id=role.pk, kinds=["forms"])
    addresses = [reverse("roles:role", args=[role.pk]), reverse("roles:group", args=[role.group_id])]
    for address in addresses:
        body = said(signed_in(people["member"]).get(address))
        assert TERMS.purpose in body
        for word in ("Wren", "Olive", "More time", "Night walker", "Forms and applications", "Draft of"):
            assert word not in body
    body = said(signed_in(w.coordinator).get(addresses[0]))
    for word in ("Wren", "Olive", "More time", "Night walker", "Forms and applications"):
        assert word in body


def test_a_role_in_draft_is_its_own_sides_business() -> None:
    w = world()
    role, _version = drafted(w.coordinator)
    actions.ask(by=w.coordinator, role=role, membership=w.worker)
    address, roles = reverse("roles:role", args=[role.pk]), reverse("roles:group", args=[w.group.pk])
    for who, status in ((w.coordinator, 200), (w.worker, 200), (w.other, 404), (w.steward, 404)):
        client = signed_in(who)
        assert client.get(address).status_code == status
        assert ("Street guide" in said(client.get(roles))) == (status == 200)
    assert "I agree" not in said(signed_in(w.worker).get(address))


def test_what_a_form_holds_comes_back_as_the_same_terms() -> None:
    w = world()
    for terms in (FULL, TERMS, rules.Terms(rate=replace(RATE, amount=0, start=""))):
        form = DraftForm(filled(terms, "Guide"), group=w.group)
        assert form.is_valid(), form.errors
        assert rules.changed(form.terms(), terms) == []


def test_writing_saving_and_sending_out_a_role() -> None:
    w = world()
    client = signed_in(w.coordinator)
    response = client.post(reverse("roles:write", args=[w.group.pk]), post_data(FULL))
    role = Role.objects.get()
    assert response.headers["Location"] == reverse("roles:role", args=[role.pk])
    address = reverse("roles:draft", args=[role.pk])
    body = client.get(address).content.decode()
    for text in ("A phone\nand shoes", "2026-12-25", 'value="25.00"', 'value="10.50"'):
        assert text in body
    changed = replace(FULL, purpose="Walk with people")
    client.post(address, post_data(changed, then="propose"))
    newest = queries.newest(role)
    assert queries.terms(newest) == changed
    assert client.get(address).status_code == 404


def test_half_a_draft_is_kept_and_says_what_is_missing() -> None:
    w = world()
    client = signed_in(w.coordinator)
    client.post(reverse("roles:write", args=[w.group.pk]), {"title": "Guide", "rate_minimum": "45", "tools": "A bag"})
    role = Role.objects.get()
    draft = queries.draft(role)
    assert (queries.terms(draft).tools, queries.terms(draft).rate.minimum) == ("A bag", 45)
    response = client.post(reverse("roles:propose", args=[role.pk]))
    assert response.headers["Location"] == reverse("roles:draft", args=[role.pk]) + "?check=1"
    response = client.get(response.headers["Location"])
    form = response.context["form"]
    assert set(form.errors) == {
        "purpose", "scope_in", "we_expect", "you_expect", "rate_amount", "rate_start", "rate_currency",
    }  # fmt: skip
    assert 'value="45"' in response.content.decode()
    assert queries.newest(role) is None


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("title", "a" * 81),
        ("rate_amount", "lots"),
        ("rate_amount", "-5"),
        ("rate_amount", "25.505"),
        ("rate_amount", "99999999999"),
        ("rate_currency", "loonies"),
        ("rate_callout", "ten"),
        ("rate_minimum", "an hour"),
        ("rate_minimum", "-1"),
        ("rate_rounding", "9999"),
        ("rate_premium", "1000"),
        ("rate_start", "soon"),
        ("rate_dates", "2026-12-25\nXmas"),
        ("purpose", "a" * 4001),
        ("tools", "a\x00b"),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field_and_nothing_is_lost(field, typed) -> None:
    w = world()
    role, draft = drafted(w.coordinator, terms=other(purpose="As before"))
    client = signed_in(w.coordinator)
    address = reverse("roles:draft", args=[role.pk])
    for target in (address, reverse("roles:write", args=[w.group.pk])):
        response = client.post(target, post_data(FULL, **{"we_expect": "New words", field: typed}))
        assert response.status_code == 200
        form = response.context["form"]
        assert list(form.errors) == [field]
        assert form[field].value() == typed
        assert "New words" in response.content.decode()
        assert form.errors[field][0] in said(response).replace("&#x27;", "'")
    draft.refresh_from_db()
    assert queries.terms(draft).purpose == "As before"
    assert Role.objects.count() == 1


def test_somebody_elses_words_do_not_vanish_unseen() -> None:
    w = world()
    role, version = drafted(w.coordinator)
    address = reverse("roles:draft", args=[role.pk])
    client = signed_in(w.second)
    seen = client.get(address).context["form"]["seen"].value()
    actions.save_draft(by=w.coordinator, version=version, title="Guide", terms=other(tools="A bag"))
    mine = post_data(other(tools="A phone"), seen=seen)
    response = client.post(address, mine)
    assert "Somebody else saved this draft" in said(response)
    assert "A phone" in response.content.decode()
    assert queries.terms(queries.draft(role)).tools == "A bag"
    again_ = client.post(address, mine | {"seen": response.context["form"]["seen"].value()})
    assert again_.status_code == 302
    assert queries.terms(queries.draft(role)).tools == "A phone"


def test_a_bare_title_gets_its_question_and_may_stay() -> None:
    w = world()
    client = signed_in(w.coordinator)
    client.post(reverse("roles:write", args=[w.group.pk]), post_data(TERMS, "Peer"))
    role = Role.objects.get()
    address = reverse("roles:draft", args=[role.pk])
    assert "Just “peer”?" in said(client.get(reverse("roles:role", args=[role.pk])))
    response = client.post(address, post_data(TERMS, "Peer", then="propose"), follow=True)
    assert list(response.context["form"].errors) == ["title_why"]
    assert "Just “peer”?" in said(response)
    client.post(address, post_data(other(title_why="It is ours"), "Peer", then="propose"))
    assert queries.newest(role) is not None
    assert "Just “peer”?" not in said(client.get(reverse("roles:role", args=[role.pk])))


def test_a_chosen_title_has_no_field_and_stays() -> None:
    w = world()
    role, _version, (held,) = proposed(w.coordinator, w.worker)
    actions.wish(holding=held, title="Night walker")
    client = signed_in(w.coordinator)
    client.post(reverse("roles:new_draft", args=[role.pk]))
    address = reverse("roles:draft", args=[role.pk])
    assert "title" not in client.get(address).context["form"].fields
    assert client.post(address, post_data(FULL, "Boss", then="propose")).status_code == 302
    role.refresh_from_db()
    assert queries.title(role) == "Night walker"
    assert queries.newest(role).number == 2


def test_a_holder_chooses_agrees_asks_and_leaves() -> None:
    w = world()
    role, version, _held = proposed(w.coordinator, w.worker)
    client = signed_in(w.worker)
    address = reverse("roles:role", args=[role.pk])
    page = said(client.get(address))
    for words in ("This role asks for your answer", "Which title would you choose?", "I agree", "Ask about it"):
        assert words in page
    assert [a.why for a in queries.asked_of(w.worker.account)] == ["agree", "choose title"]
    client.post(reverse("roles:wish", args=[role.pk]), {"title": "Night walker"})
    client.post(reverse("roles:agree", args=[role.pk]), {"version": version.pk})
    assert queries.asked_of(w.worker.account) == []
    page = said(client.get(address))
    assert "Night walker" in page
    assert "I agree" not in page
    assert "You agreed" in page
    client.post(reverse("roles:change", args=[role.pk]), {"text": "More time"})
    assert "More time" in said(client.get(address))
    assert client.post(reverse("roles:leave", args=[role.pk])).status_code == 302
    assert client.get(reverse("roles:leave", args=[role.pk])).status_code == 403


@pytest.mark.parametrize("sent", ["", "nonsense", "older", "draft"])
def test_a_yes_to_anything_but_the_newest_version_counts_for_nothing(sent) -> None:
    w = world()
    role, first, _held = proposed(w.coordinator, w.worker)
    again(w.coordinator, role, FULL)
    draft = actions.new_draft(by=w.coordinator, role=role)
    version = {"older": str(first.pk), "draft": str(draft.pk)}.get(sent, sent)
    response = signed_in(w.worker).post(reverse("roles:agree", args=[role.pk]), {"version": version}, follow=True)
    assert "There is a newer version now" in said(response)
    assert not Agreement.objects.exists()


def test_a_title_that_cannot_be_one_is_said_beside_the_field() -> None:
    w = world()
    role, _version, _held = proposed(w.coordinator, w.worker)
    response = signed_in(w.worker).post(reverse("roles:wish", args=[role.pk]), {"title": "b" * 81})
    assert response.status_code == 200
    assert response.context["title_form"].errors
    assert "b" * 81 in response.content.decode()


@pytest.mark.parametrize("typed", ["a" * 81, "a\x00b", "\u202e"])
def test_a_title_that_cannot_be_kept_is_said_in_plain_words(typed) -> None:
    for name, form, wanted in (
        ("title", TitleForm({"title": "a" * 81}), "Please write a title of 1 to 80 letters."),
        ("title", TitleForm({"title": "a\x00b"}), "Please write a title of 1 to 80 letters."),
        ("label", KindForm({"label": "a" * 61}), "Please write a name of 1 to 60 letters."),
    ):
        assert form.errors[name] == [wanted]
    w = world()
    role, _first, _held = proposed(w.coordinator, w.worker)
    page = said(signed_in(w.worker).post(reverse("roles:wish", args=[role.pk]), {"title": typed}))
    assert "Please write a title of 1 to 80 letters." in page


def test_who_leaves_a_role_reads_how_long_work_can_still_be_written_down() -> None:
    w = world()
    role, first, (held,) = proposed(w.coordinator, w.worker)
    actions.agree(holding=held, version=first)
    page = said(signed_in(w.worker).get(reverse("roles:leave", args=[role.pk])))
    assert "For 90 days you can still write it down and share it." in page


def test_a_new_version_says_what_changed_and_that_the_old_one_goes_on() -> None:
    w = world()
    role, first, (held,) = proposed(w.coordinator, w.worker)
    actions.agree(holding=held, version=first)
    raised = other(purpose="Walk by day", rate=replace(RATE, amount=3000, start="2026-06-01"), scope_out=())
    again(w.coordinator, role, raised)
    response = signed_in(w.worker).get(reverse("roles:role", args=[role.pk]))
    page = said(response)
    assert "Until you agree, version 1 goes on for you." in page
    body = response.content.decode()
    for gone in (TERMS.purpose, f"{money.show(2500, 'CAD')} for each hour.", "Cleaning"):
        assert f'<del class="kept">{gone}</del>' in body
    for come in ("Walk by day", f"{money.show(3000, 'CAD')} for each hour."):
        assert f'<ins class="kept">{come}</ins>' in body
    assert "Wren agreed on" in page
    again(w.coordinator, role, replace(raised, tools="A phone"))
    body = signed_in(w.worker).get(reverse("roles:role", args=[role.pk])).content.decode()
    assert "What changed since version 1" in body  # what they agreed to, not the version that they passed over
    assert '<ins class="kept">Walk by day</ins>' in body
    assert '<ins class="kept">A phone</ins>' in body
    assert (
        "What changed since version 2"
        in signed_in(w.coordinator).get(reverse("roles:role", args=[role.pk])).content.decode()
    )


def test_a_coordinator_answers_with_reasons_or_a_version() -> None:
    w = world()
    role, first, (held,) = proposed(w.coordinator, w.worker)
    change = actions.request_change(holding=held, version=first, text="More time")
    client = signed_in(w.coordinator)
    address = reverse("roles:answer", args=[role.pk, change.pk])
    for wrong in ({}, {"version": str(first.pk)}, {"version": "nonsense"}, {"text": "a" * 4001}):
        assert client.post(address, wrong).status_code == 200
    assert queries.to_answer(w.group)
    second = again(w.coordinator, role, other(time_to_prepare="Two days"))
    assert client.post(address, {"version": str(second.pk), "text": ""}).status_code == 302
    assert "See version 2." in said(signed_in(w.worker).get(reverse("roles:role", args=[role.pk])))
    assert "This was answered already." in said(client.get(address))


def test_asking_a_member() -> None:
    w = world()
    role, _version, _held = proposed(w.coordinator, w.worker)
    client = signed_in(w.coordinator)
    address = reverse("roles:ask", args=[role.pk])
    far = world("far")
    for wrong in ("", "nonsense", str(w.worker.pk), str(far.worker.pk)):
        response = client.post(address, {"member": wrong})
        assert response.context["form"].errors["member"]
    assert client.post(address, {"member": str(w.other.pk)}).status_code == 302
    assert {h.membership_id for h in queries.holdings(role)} == {w.worker.pk, w.other.pk}


def test_what_is_not_named_shows_to_both_sides() -> None:
    w = world()
    role, _version, _held = proposed(w.coordinator, w.worker)
    actions.note_unnamed(role_id=role.pk, kinds=["forms"])
    worker, coordinator = signed_in(w.worker), signed_in(w.coordinator)
    address = reverse("roles:role", args=[role.pk])
    for client in (worker, coordinator):
        assert "This role does not name this yet: Forms and applications" in said(client.get(address))
    worker.post(reverse("roles:name_it", args=[role.pk]), {"kinds": ["forms"]})
    assert "Please name this work in the role" in said(coordinator.get(address))
    coordinator.post(reverse("roles:widen", args=[role.pk]), {"kinds": ["forms"]})
    assert "forms" in queries.terms(queries.newest(role)).scope_in
    assert "does not name this yet" not in said(worker.get(address))
    response = coordinator.post(reverse("roles:widen", args=[role.pk]), {}, follow=True)
    assert "Please choose at least one kind of work." in said(response)


def test_adding_a_kind() -> None:
    w = world()
    client = signed_in(w.coordinator)
    address = reverse("roles:kinds", args=[w.group.pk])
    assert client.post(address, {"label": "Outreach"}).context["form"].errors["label"]
    assert client.post(address, {"label": "Foot care"}).status_code == 302
    assert "Foot care" in said(signed_in(w.worker).get(address))
    assert "Foot care" in said(client.get(reverse("roles:write", args=[w.group.pk])))


def test_what_people_write_is_text_and_never_markup() -> None:
    w = world()
    nasty = "<script>alert(1)</script>"
    role, version, (held,) = proposed(w.coordinator, w.worker, terms=other(purpose=nasty, tools=nasty))
    actions.wish(holding=held, title=nasty)
    actions.request_change(holding=held, version=version, text=nasty)
    actions.add_kind(by=w.coordinator, label=nasty)
    draft = actions.new_draft(by=w.coordinator, role=role)
    assert draft.number == 2
    client = signed_in(w.coordinator)
    for address in ("role", "draft", "ask", "version"):
        args = [role.pk, 1] if address == "version" else [role.pk]
        body = client.get(reverse(f"roles:{address}", args=args)).content.decode()
        assert nasty not in body
    assert nasty not in client.get(reverse("roles:group", args=[w.group.pk])).content.decode()
