"""Data keys: one an owner, in a database of their own, gone when deleted."""

from uuid import uuid4

import pytest
from django.db import connections, transaction

from alongside.kit import keys
from alongside.kit.models import DataKey
from alongside.kit.routers import KeysRouter

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def test_an_owner_keeps_one_key() -> None:
    owner = uuid4()
    assert keys.get(owner) is None
    first = keys.get_or_make(owner)
    assert len(first) == 32
    assert keys.get_or_make(owner) == first == keys.get(owner)
    assert keys.get_or_make(uuid4()) != first


def test_many_are_fetched_in_one_look(django_assert_num_queries: object) -> None:
    owners = [uuid4() for _ in range(3)]
    made = {owner: keys.get_or_make(owner) for owner in owners}
    with django_assert_num_queries(1, using="keys"):  # type: ignore[operator]
        assert keys.get_many([*owners, uuid4()]) == made


def test_a_key_that_lost_the_race_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between looking and writing, another process wrote: its key is the key."""
    owner, theirs = uuid4(), b"t" * 32
    looks = iter([None])
    real = keys.get

    def get(of: object) -> bytes | None:
        for found in looks:
            DataKey.objects.create(owner=owner, key=theirs)
            return found
        return real(owner)

    monkeypatch.setattr(keys, "get", get)
    assert keys.get_or_make(owner) == theirs
    assert DataKey.objects.filter(owner=owner).count() == 1


def test_a_deleted_key_is_gone_and_no_other_is_made() -> None:
    owner, never = uuid4(), uuid4()
    keys.get_or_make(owner)
    for who in (owner, owner, never):
        keys.delete(who)
    assert keys.get(owner) is None
    for who in (owner, never):
        with pytest.raises(keys.KeyEnded):
            keys.get_or_make(who)
    assert sorted(o for found in keys.ended() for o in found) == sorted([owner, never])


def test_keys_are_in_a_database_of_their_own() -> None:
    assert DataKey.objects.db == "keys"
    tables = set(connections["keys"].introspection.table_names())
    assert tables - {"django_migrations"} == {"kit_datakey", "kit_ended", "kit_erased"}
    assert "kit_datakey" not in connections["default"].introspection.table_names()


def test_a_key_stays_when_the_other_transaction_ends_badly() -> None:
    """A text can then still be closed by it; a key without text harms nobody."""
    owner = uuid4()
    with transaction.atomic():
        key = keys.get_or_make(owner)
        transaction.set_rollback(True)
    assert keys.get(owner) == key


def test_nothing_else_is_made_beside_the_keys() -> None:
    router = KeysRouter()
    assert router.allow_migrate("keys", "people", "account") is False
    assert router.allow_migrate("keys", "people") is False
    assert router.allow_migrate("default", "kit", "datakey") is False
    assert router.allow_migrate("default", "kit", "auditrow") is True
