"""A world that is written again is the one that was made."""

import pytest
from django.core import serializers
from django.db import transaction
from django.test import Client
from django.utils import translation

from alongside.kit import audit
from alongside.people import actions as people
from alongside.people import queries
from alongside.people.models import Account, Group, Invitation, Membership
from tests.world import World, join, world

pytestmark = pytest.mark.django_db(databases="__all__")
TABLES = (Account, Group, Membership, Invitation)


def _read() -> list[str]:
    return [serializers.serialize("json", table.objects.order_by("pk")) for table in TABLES]


def _made_and_undone() -> tuple[World, list[str]]:
    with transaction.atomic(), transaction.atomic("keys"):
        made = world("twice-")
        read = _read()
        transaction.set_rollback(True)
        transaction.set_rollback(True, "keys")
    return made, read


def test_what_is_written_again_is_what_was_made() -> None:
    made, read = _made_and_undone()
    assert not Account.objects.exists()
    again = world("twice-")
    assert again == made
    assert again.worker is not made.worker
    assert _read() == read


def test_its_people_and_chains_go_on() -> None:
    _made_and_undone()
    again = world("twice-")
    people.leave(membership=again.other, settled=True)
    join(again.group, again.coordinator, "one-more", "Pip")
    assert queries.name(again.worker) == "Wren"
    assert audit.verify(again.group.pk) is None


@pytest.mark.parametrize("_nth", [1, 2, 3])
def test_no_test_speaks_as_the_one_before(client: Client, _nth: int) -> None:
    """Three: so two of them follow one another in a process, wherever the others go."""
    assert translation.get_language() == "en"
    client.get("/about/", headers={"accept-language": "fr"})
    assert translation.get_language() == "fr"
