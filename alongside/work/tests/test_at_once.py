"""A worker and a coordinator at once, for real: whoever comes second waits, and nobody is answered with an error."""

from typing import Any
from uuid import UUID

import pytest

from alongside.pay.tests.test_at_once import shared, threads  # noqa: F401 - the fixture gives threads files on SQLite
from alongside.people.models import Membership
from alongside.work import actions
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
