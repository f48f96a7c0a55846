"""A group's months: counted once and late, of what people shared and said may count; later nothing changes them."""

import datetime as dt
import re
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client

from alongside.kit import audit, keys
from alongside.kit.models import AuditRow
from alongside.people import actions as people
from alongside.people import leaving
from alongside.people.models import Account, Consent, Group, Membership
from alongside.work import actions, jobs, months, months_queries, responses
from alongside.work import months_rules as rules
from alongside.work.models import Release, ResponseCount
from tests.world import World, join, world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

MARCH = dt.date(2026, 3, 1)
DONE = time_machine.travel("2026-03-20T12:00:00Z", tick=False)
BEFORE = "2026-05-10T12:00:00Z"
COUNTED = "2026-05-11T12:00:00Z"
LATER = "2026-05-20T12:00:00Z"


@pytest.fixture
def w() -> World:
    return world()


def everybody(w: World) -> list[Membership]:
    return [w.steward, w.coordinator, w.second, w.worker, w.other]


def entry(group: Group) -> dict[str, Any]:
    what = {"day": "2026-03-09", "kinds": ["outreach"], "group": str(group.pk), "shared": True}
    return {"id": str(uuid4()), "revision": 1, **what}


def share(who: Membership, many: int = 1, **fields: Any) -> list[dict[str, Any]]:
    sent = [{**entry(who.group), **fields} for _ in range(many)]
    assert {answer.status for answer in actions.sync(account=who.account, entries=sent)} == {"stored"}
    return sent


def all_work(w: World, **fields: Any) -> None:
    """Everybody says yes and shares two pieces of work, one of them heavy."""
    for one in everybody(w):
        months.count(membership=one, yes=True)
        share(one, weight=0, **fields)
        share(one, weight=2, barriers=["wait"], **fields)


def leave(one: Membership) -> None:
    months.leave(membership=one)
    people.leave(membership=one, settled=True)


def delete(account: Account) -> None:
    pk, key = account.pk, keys.get(account.pk)
    keys.delete(pk)
    leaving.remove(account=account, key=key)


def shown(group: Group) -> months_queries.Month:
    (found,) = months_queries.months(group)
    return found


def released(at: str = COUNTED) -> int:
    with time_machine.travel(at, tick=False):
        return months.release()


def test_a_month_is_counted_when_it_has_been_over_for_forty_days_and_not_before(w: World) -> None:
    with DONE:
        all_work(w)
    assert released(BEFORE) == 1
    assert shown(w.group).month == dt.date(2026, 2, 1), "February, in which nobody worked"
    Release.objects.all().delete()
    with time_machine.travel(COUNTED, tick=False):
        jobs.release_months()
    assert shown(w.group) == months_queries.Month(
        MARCH, work={"all": 10, "kind.outreach": 10, "weight.0": 5, "weight.2": 5, "barrier.wait": 5}
    )


def test_the_days_of_a_month_are_its_first_to_its_last(w: World) -> None:
    with DONE:
        all_work(w, day="2026-03-01")
    with time_machine.travel("2026-04-02T12:00:00Z", tick=False):
        all_work(w, day="2026-03-31")
        all_work(w, day="2026-04-01")
    with DONE:
        all_work(w, day="2026-02-28")
    released()
    assert (shown(w.group).work or {})["all"] == 20


def test_only_what_people_let_go_is_counted(w: World) -> None:
    with DONE:
        all_work(w)
        months.count(membership=w.other, yes=False)
        share(w.worker, 7, shared=False)
        share(w.worker, 7, group=None, shared=False)
        back, gone = share(w.worker), share(w.worker)
        actions.sync(account=w.worker.account, entries=[{**back[0], "revision": 2, "shared": False}])
        actions.sync(account=w.worker.account, entries=[{**gone[0], "revision": 2, "deleted": True}])
    released()
    assert (shown(w.group).work or {})["all"] == 8


def test_nobody_counts_who_was_not_asked(w: World) -> None:
    with DONE:
        for one in everybody(w):
            share(one, 3)
    released()
    assert shown(w.group).work == {}


def test_who_left_or_deleted_the_account_is_not_in_it(w: World) -> None:
    with DONE:
        leaver = join(w.group, w.coordinator, "leaver", "Lee")
        goer = join(w.group, w.coordinator, "goer", "Gus")
        for one in (leaver, goer):
            months.count(membership=one, yes=True)
            share(one, 4)
        all_work(w)
        leave(leaver)
        delete(goer.account)
        assert not Consent.objects.filter(membership=leaver).exists(), "should they come back, they are asked again"
    released()
    assert (shown(w.group).work or {})["all"] == 10


def test_nothing_that_comes_later_changes_a_month(w: World) -> None:
    with DONE:
        all_work(w)
        late = share(w.worker)[0]
    released()
    before = Release.objects.values().get()
    with time_machine.travel(LATER, tick=False):
        all_work(w)
        actions.sync(account=w.worker.account, entries=[{**late, "revision": 2, "deleted": True}])
        delete(w.other.account)
        assert months.release() == 0
    assert Release.objects.values().get() == before


def test_months_do_not_tell_each_other(w: World) -> None:
    """Each piece of work is of one month, and a month is counted once: there is nothing to take from one another."""
    with DONE:
        all_work(w)
    released()
    with time_machine.travel("2026-04-10T12:00:00Z", tick=False):
        all_work(w, day="2026-04-09")
        share(w.worker, kinds=["court"], weight=0, day="2026-04-09")
        share(w.worker, kinds=["court"])  # of March, late
    released("2026-06-12T12:00:00Z")
    april, march = months_queries.months(w.group)
    assert (march.work or {})["all"] == 10
    assert april.work == {"all": 11, "kind.outreach": 10, "weight.0": 6, "weight.2": 5, "barrier.wait": 5}


def test_heavy_kinds_count_as_the_group_is_shown_them(w: World) -> None:
    with DONE:
        all_work(w, kinds=["overdose_response", "crisis_call"])
    released()
    assert (shown(w.group).work or {})["kind.frontline"] == 10
    assert "overdose" not in str(shown(w.group).work)


def test_of_fewer_than_five_people_nothing_is_counted(w: World) -> None:
    with DONE:
        all_work(w)
        answered(w)
        leave(w.other)
    released()
    assert shown(w.group) == months_queries.Month(MARCH, few=True)
    assert not ResponseCount.objects.exists()


def answered(w: World) -> None:
    for one in everybody(w):
        sent = {
            "month": "2026-03",
            "group": str(w.group.pk),
            "done": ["naloxone"],
            "ambulance": "called",
            "end": "stayed",
        }
        both = [{**sent, "id": str(uuid4())}, {"id": str(uuid4()), "month": "2026-03", "group": str(w.group.pk)}]
        responses.store(account=one.account, responses=both)


ANSWERS = {
    "all": 10, "done.naloxone": 5, "ambulance.called": 5, "ambulance.unknown": 5, "end.stayed": 5, "end.unknown": 5,
}  # fmt: skip


def test_overdose_responses_are_in_it_and_their_counts_go(w: World) -> None:
    with DONE:
        answered(w)
    released()
    assert shown(w.group) == months_queries.Month(MARCH, responses=ANSWERS)
    assert not ResponseCount.objects.exists()


def test_an_answer_that_comes_after_its_month_is_counted_nowhere(w: World) -> None:
    with DONE:
        answered(w)
    released()
    with time_machine.travel(LATER, tick=False):
        answered(w)
        jobs.fold_responses()
    assert not ResponseCount.objects.exists()
    assert shown(w.group).responses == ANSWERS


def test_what_waited_for_too_long_is_said_to_be_too_late(w: World) -> None:
    """After 90 days entries fold, and how heavy they were is not known any more; counts of answers wait."""
    with DONE:
        all_work(w)
        answered(w)
    released("2026-07-20T12:00:00Z")
    may, march = months_queries.months(w.group)
    assert (may.month, may.work) == (dt.date(2026, 5, 1), {})
    assert march == months_queries.Month(MARCH, work=None, responses=ANSWERS)


def test_a_fault_on_the_way_leaves_everything_to_the_next_run(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with DONE:
        all_work(w)
        answered(w)
    with monkeypatch.context() as broken:
        broken.setattr("alongside.work.months.audit.append", lambda **_given: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            released()
    assert not Release.objects.exists()
    assert ResponseCount.objects.count() == 1
    assert released() == 1
    assert shown(w.group).responses == ANSWERS


def test_answers_that_come_while_a_month_is_counted_are_not_lost(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with DONE:
        answered(w)
    held = rules.of_responses

    def meanwhile(*given: Any) -> Any:
        monkeypatch.setattr("alongside.work.months.rules.of_responses", held)
        answered(w)
        responses.fold()
        return held(*given)

    monkeypatch.setattr("alongside.work.months.rules.of_responses", meanwhile)
    assert released() == 0
    assert released() == 1
    assert shown(w.group).responses["all"] == 20


def test_two_at_once_release_a_month_once(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with DONE:
        all_work(w)
    held = months_queries.pieces

    def meanwhile(*given: Any) -> Any:
        monkeypatch.setattr("alongside.work.months.months_queries.pieces", held)
        assert months.release() == 1
        return held(*given)

    monkeypatch.setattr("alongside.work.months.months_queries.pieces", meanwhile)
    assert released() == 0
    assert Release.objects.count() == 1


def test_a_run_ends_after_enough_work_and_the_next_goes_on(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    second = world("far-")
    with DONE:
        all_work(w)
        all_work(second)
    monkeypatch.setattr(months, "MOST", 5)
    assert [released(), released(), released()] == [1, 1, 0]


def test_a_row_in_the_groups_chain_says_that_a_month_was_counted(w: World) -> None:
    with DONE:
        all_work(w)
    released()
    row = AuditRow.objects.get(act="work.month")
    assert (row.chain, row.actor, UUID(row.detail["release"])) == (w.group.pk, "operator", Release.objects.get().pk)
    assert audit.verify(w.group.pk) is None


def test_the_row_is_closed_and_holds_only_what_is_shown(w: World) -> None:
    with DONE:
        all_work(w)
        share(w.worker, kinds=["court"], barriers=["police"])
    released()
    assert b"outreach" not in bytes(Release.objects.get().content)
    assert "court" not in str(shown(w.group))
    assert "police" not in str(shown(w.group))
    keys.delete(w.group.pk)
    assert shown(w.group) == months_queries.Month(MARCH, few=True)


def test_the_months_work_is_found_by_group_and_days(w: World) -> None:
    with DONE:
        all_work(w)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # a table of ten rows is read whole otherwise
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
        plan = months_queries.shared(w.group.pk, MARCH).explain()
    assert re.search(r"share_inbox\b.*\n?.*day", plan), plan


# Pages.


def browser(who: Membership) -> Client:
    client = Client()
    client.force_login(who.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def root(w: World) -> str:
    return f"/work/groups/{w.group.pk}/months"


def test_members_and_coordinators_see_the_same_months(w: World) -> None:
    with DONE:
        all_work(w)
        share(w.worker, kinds=["court"], weight=0)
    released()
    pages = [browser(one).get(f"{root(w)}/").content.decode() for one in (w.worker, w.coordinator)]
    for page in pages:
        assert "March 2026" in page
        assert "Court" not in page
        assert ">10<" in page
        assert ">not shown<" in page


def test_the_file_holds_what_the_page_shows(w: World) -> None:
    with DONE:
        all_work(w)
    released()
    text = browser(w.worker).get(f"{root(w)}.csv").content.decode("utf-8-sig")
    assert text.splitlines() == [
        "month,about,code,what,count",
        "2026-03,work,all,Pieces of work,10",
        "2026-03,kinds,kind.outreach,Outreach,10",
        "2026-03,weight,weight.0,Fine,5",
        "2026-03,weight,weight.1,Some,",
        "2026-03,weight,weight.2,Heavy,5",
        "2026-03,weight,weight.3,Very heavy,",
        "2026-03,weight,weight.unsaid,Not said,",
        "2026-03,barriers,barrier.wait,Long wait,5",
    ]


def test_once_there_are_fewer_than_five_older_months_are_not_shown(w: World) -> None:
    with DONE:
        all_work(w)
    released()
    leave(w.other)
    assert "March 2026" not in browser(w.worker).get(f"{root(w)}/").content.decode()
    assert browser(w.worker).get(f"{root(w)}.csv").content.decode("utf-8-sig").splitlines() == [
        "month,about,code,what,count"
    ]


def test_a_member_says_yes_and_no_and_nobody_else_is_told(w: World) -> None:
    mine, chain = browser(w.worker), AuditRow.objects.filter(chain=w.group.pk).count()
    assert "Now: no" in mine.get(f"{root(w)}/").content.decode()
    mine.post(f"{root(w)}/count/", {"count": "yes"})
    mine.post(f"{root(w)}/count/", {"count": "yes"})
    assert "Now: yes" in mine.get(f"{root(w)}/").content.decode()
    assert "Now: no" in browser(w.coordinator).get(f"{root(w)}/").content.decode()
    mine.post(f"{root(w)}/count/", {"count": "no"})
    assert "Now: no" in mine.get(f"{root(w)}/").content.decode()
    assert AuditRow.objects.filter(chain=w.group.pk).count() == chain


def test_older_months_are_one_tap_away(w: World) -> None:
    with DONE:
        for back in range(8):
            month = dt.date(2025, 12 - back, 1)
            Release.objects.create(group=w.group, month=month)
    page = browser(w.worker).get(f"{root(w)}/").content.decode()
    assert "December 2025" in page
    assert "June 2025" not in page
    assert "?before=2025-07" in page
    older = browser(w.worker).get(f"{root(w)}/?before=2025-07").content.decode()
    assert "June 2025" in older
    assert "July 2025" not in older
    assert browser(w.worker).get(f"{root(w)}/?before=nonsense").status_code == 200


def test_a_person_who_comes_back_is_asked_again(w: World) -> None:
    months.count(membership=w.other, yes=True)
    account = w.other.account
    leave(w.other)
    back = people.join(account=account, secret=people.invite(by=w.coordinator), name="Olive")
    assert not Consent.objects.filter(membership=back, code=rules.COUNTED).exists()
