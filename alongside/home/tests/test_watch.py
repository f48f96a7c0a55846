"""Who is being watched over deletes their account: nobody is left on the way, and nothing is left here."""

import datetime as dt
from collections.abc import Iterator

import pytest

from alongside.home import acts, flows
from alongside.kit import keys
from alongside.kit.models import AuditRow
from alongside.people import actions as people
from alongside.people.models import Account
from alongside.watch import actions, engine
from alongside.watch.models import Call, CheckIn, Watcher
from alongside.watch.tests import parts
from tests.world import account

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


@pytest.fixture(autouse=True)
def everybody_is_reached() -> Iterator[None]:
    with parts.reached():
        yield


@pytest.fixture
def me() -> Account:
    return account("wren")


def run(row: CheckIn, seconds: float) -> CheckIn:
    engine.run_due(now=row.due_at + dt.timedelta(seconds=seconds))
    row.refresh_from_db()
    return row


def test_each_act_of_a_watch_has_words(me: Account) -> None:
    row = run(run(parts.started(me, parts.crew(me, 1)), 60), 400)
    token = parts.token_of(Call.objects.first())
    for act in (actions.coming, actions.cannot, actions.there):
        act(token=token)
    actions.end(person=me, check_in=row.pk)
    done = set(AuditRow.objects.filter(chain=me.pk).values_list("act", flat=True))
    assert len(done) > 6
    assert done <= acts.known()


def test_nobody_is_left_on_the_way_to_an_account_that_is_gone(me: Account) -> None:
    row = run(parts.started(me, parts.crew(me, 1)), 60)
    with pytest.raises(people.Refused):
        flows.delete_account(account=me)
    actions.end(person=me, check_in=row.pk)
    flows.delete_account(account=me)
    assert CheckIn.objects.count() == 0


def test_what_runs_for_a_deleted_account_ends_and_nothing_is_left(me: Account) -> None:
    friend = account("friend")
    contact, near = parts.watcher(me, 1), parts.watcher(me, 1, friend)
    theirs = parts.watcher(friend, 1, me)
    run(parts.started(me, [[contact, near]], shut={"where": "x"}), 60)
    keys.delete(me.pk)  # a process died there, or an older backup was restored
    flows.finish_deletions()
    assert friend.pk in parts.owners("over")
    assert CheckIn.objects.count() == Call.objects.count() == Watcher.objects.count() == 0, theirs
    assert keys.get(contact.owner) is None
