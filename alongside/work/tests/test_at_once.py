"""A worker and a coordinator at once, for real: whoever comes second waits, and nobody is answered with an error."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from alongside.kit import clock
from alongside.pay.tests.test_at_once import shared, threads  # noqa: F401 - the fixture gives threads files on SQLite
from alongside.people.models import Membership
from alongside.work import actions, stock, stock_queries
from alongside.work.models import Share, Thanks
from alongside.work.tests.test_sharing import agreed, entry
from tests.world import world

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "keys"])

ROUNDS = 8


def test_thanks_and_a_change_of_the_same_work_wait_for_each_other() -> None:
    def prepare() -> tuple[Membership, Membership, dict[str, Any], UUID]:
        here = world()
        sent = entry(agreed(here.worker, here.coordinator), shared=True)
        actions.sync(account=here.worker.account, entries=[sent])
        return here.worker, here.coordinator, sent, Share.objects.get().pk

    (made,) = threads(prepare)
    assert not isinstance(made, str)
    worker, coordinator, sent, share = made
    for revision in range(2, 2 + ROUNDS):
        changed = {**sent, "revision": revision, "minutes": 60 + revision}
        answers, said = threads(
            lambda changed=changed: actions.sync(account=worker.account, entries=[changed]),  # type: ignore[misc]
            lambda: actions.thank(by=coordinator, share=share),
        )
        assert said is None
        assert isinstance(answers, list)
        assert answers[0].status == "stored"

        def forget() -> None:
            Thanks.objects.all().delete()

        threads(forget)


def test_what_a_copy_took_and_what_coordinators_write_of_the_stock_wait_for_each_other() -> None:
    def prepare() -> tuple[Membership, Membership, dict[str, Any], list[UUID], UUID]:
        here = world()
        places = [stock.add_place(by=here.coordinator, name=name).pk for name in ("Van", "Room")]
        water = stock.keep(by=here.coordinator, code="water", unit="one", by_lot=False)
        group = {"group": str(here.group.pk), "day": clock.today().isoformat()}
        sent = entry(shared=True, supplies={"water": 1}, **group)
        actions.sync(account=here.worker.account, entries=[sent])
        return here.worker, here.coordinator, sent, places, water.pk

    (made,) = threads(prepare)
    assert not isinstance(made, str)
    worker, coordinator, sent, places, water = made

    def look() -> tuple[list[int], list[int]]:
        """By place: what should be there; what the copy says it took from there."""
        ((_supply, parts),) = stock_queries.taken_by(Share.objects.get())
        there = stock_queries.sums([water])[water]
        taken = [sum(n for spot, n in parts if spot.at == place) for place in places]
        return [there.get((place, None), 0) for place in places], taken

    def write(turn: int) -> None:
        share = Share.objects.get().pk
        stock.take_in(by=coordinator, supply=water, place=places[0], amount=1, key=uuid4())
        stock.redraw(by=coordinator, share=share, supply=water, place=places[turn % 2], lot=None)

    for turn in range(1, 1 + ROUNDS):
        changed = {**sent, "revision": 1 + turn, "supplies": {"water": 1 + turn * 3 % 5}}
        answers, said = threads(
            lambda changed=changed: actions.sync(account=worker.account, entries=[changed]),  # type: ignore[misc]
            lambda turn=turn: write(turn),  # type: ignore[misc]
        )
        assert said is None
        assert isinstance(answers, list)
        assert answers[0].status == "stored"
        (seen,) = threads(look)
        assert not isinstance(seen, str)
        there, taken = seen
        assert sum(taken) == changed["supplies"]["water"]
        assert there == [turn - taken[0], -taken[1]]
