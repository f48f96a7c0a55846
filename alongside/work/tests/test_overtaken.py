"""A share that is overtaken, between the look at its group and the turn to write, is decided anew."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from alongside.kit import audit, clock
from alongside.pay.tests.test_at_once import alone, shared, threads  # noqa: F401 - the fixture gives threads files on SQLite
from alongside.people import actions as people
from alongside.people.models import Group, Membership
from alongside.work import actions, sharing
from alongside.work.models import Entry, Share
from alongside.work.tests.test_sharing import agreed, entry
from tests.world import World, world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def close(w: World) -> None:
    people.close_group(by=w.steward)


def leave(w: World) -> None:
    people.leave(membership=w.worker, settled=False)


MEANWHILE = pytest.mark.parametrize(("meanwhile", "wrong"), [(close, "group_closed"), (leave, "no_such_group")])


def made() -> tuple[World, dict[str, Any]]:
    """A world, and an hour of Wren's work to share that is not sent yet."""
    w = world()
    return w, entry(agreed(w.worker, w.coordinator), shared=True, day=clock.today().isoformat())


def look(w: World, sent: dict[str, Any]) -> sharing.Context:
    return sharing.context(w.worker.account, [sent], [])


@pytest.mark.parametrize("change", [{"left": True}, {"closed": True}, {"left": True, "closed": True}])
def test_a_group_that_was_closed_or_left_since_the_look_at_it_is_overtaken(change: dict[str, bool]) -> None:
    w, sent = made()
    sent |= {"deleted": False}
    ctx = look(w, sent)
    sharing.still(ctx, {sent["id"]: sent})
    if change.get("left"):
        Membership.objects.filter(pk=w.worker.pk).update(left=clock.today())
    if change.get("closed"):
        Group.objects.filter(pk=w.group.pk).update(closed=clock.today())
    with pytest.raises(sharing.Overtaken):
        sharing.still(ctx, {sent["id"]: sent})
    for mine in ({"shared": False}, {"deleted": True}):
        sharing.still(ctx, {sent["id"]: {**sent, **mine}})
    sharing.still(look(w, sent), {sent["id"]: sent})


@MEANWHILE
def test_a_share_that_is_overtaken_once_is_told_why(
    monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[World], None], wrong: str
) -> None:
    w, sent = made()
    mine = {**entry(), "day": sent["day"]}
    done: list[int] = []
    real, store = sharing.lock, actions._store

    def lock(ctx: sharing.Context, entries: dict[str, Any]) -> None:
        if not done:
            meanwhile(w)
        done.append(len(entries))
        real(ctx, entries)

    def again(*given: Any) -> list[actions.Answer]:
        """Here it is undone with the sync that it overtook; what others write stays."""
        if done:
            meanwhile(w)
        return store(*given)

    monkeypatch.setattr(sharing, "lock", lock)
    monkeypatch.setattr(actions, "_store", again)
    theirs, own = actions.sync(account=w.worker.account, entries=[sent, mine])
    assert (theirs.status, theirs.errors) == ("rejected", {"group": wrong})
    assert own.status == "stored", "what is of nobody else's is stored all the same"
    assert done == [2, 1]
    assert not Share.objects.exists()
    assert [str(row.pk) for row in Entry.objects.all()] == [mine["id"]]
    assert audit.verify(w.worker.account_id) is None


@MEANWHILE
@pytest.mark.django_db(transaction=True, databases=["default", "keys"])
def test_a_group_ends_while_a_share_waits_for_its_turn(
    monkeypatch: pytest.MonkeyPatch,
    shared: None,  # noqa: F811
    meanwhile: Callable[[World], None],
    wrong: str,
) -> None:
    if connections["default"].vendor == "sqlite":
        pytest.skip("one writer")
    w, sent = alone(made)
    reached, go, real = threading.Event(), threading.Event(), sharing.lock

    def late(ctx: sharing.Context, entries: dict[str, Any]) -> None:
        reached.set()
        assert go.wait(20)
        real(ctx, entries)

    def end() -> None:
        assert reached.wait(20)
        try:
            meanwhile(w)
        finally:
            go.set()

    monkeypatch.setattr(sharing, "lock", late)
    answer, _done = threads(lambda: actions.sync(account=w.worker.account, entries=[sent])[0], end)
    assert isinstance(answer, actions.Answer)
    assert (answer.status, answer.errors) == ("rejected", {"group": wrong})
    assert alone(lambda: (Share.objects.count(), Entry.objects.count())) == (0, 0)
