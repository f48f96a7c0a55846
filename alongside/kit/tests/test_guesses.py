"""Tries to sign in are counted for all processes together, and lead to nobody afterwards."""

import datetime as dt
import hashlib

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client, override_settings

from alongside.kit import clock, dump, keys, retention
from alongside.kit.models import DataKey, Guess
from tests.world import account

pytestmark = pytest.mark.django_db(databases=["default", "keys"])
WRONG = {"login": "wren", "password": "not the right phrase"}


def test_as_a_cache_is_used() -> None:
    assert cache.get("a", 5) == 5
    cache.set("a", [1.5, 2], 60)
    assert cache.get("a") == [1.5, 2]
    assert not cache.add("a", True, 60)
    assert cache.add("b", True, 60)
    assert cache.touch("b", 90)
    assert cache.delete("b")
    assert not cache.delete("b")
    assert cache.get("b") is None


def test_it_runs_out() -> None:
    start = clock.now()
    with time_machine.travel(start, tick=False) as time:
        cache.set("a", 1, 60)
        time.shift(61)
        assert cache.get("a") is None
        assert cache.add("a", 2, 60)
        assert cache.get("a") == 2


@override_settings(ACCOUNT_RATE_LIMITS={"login_failed": "100/m/ip,3/5m/key"})
def test_wrong_phrases_run_out_and_name_nobody() -> None:
    account("wren")
    phone = Client()
    for _ in range(3):
        phone.post("/people/sign-in/", WRONG)
    right = {"login": "wren", "password": "a long enough phrase"}
    assert "_auth_user_id" not in phone.session
    phone.post("/people/sign-in/", right)
    assert "_auth_user_id" not in phone.session, "the right one comes too late for now"
    assert Guess.objects.exists()
    text = str(list(Guess.objects.values()))
    assert "127.0.0.1" not in text
    assert "wren" not in text
    for plain in ("127.0.0.1", "wren"):
        assert hashlib.sha256(plain.encode()).hexdigest() not in text


def test_rows_and_the_key_of_the_day_go() -> None:
    noon = clock.now().replace(hour=12)
    with time_machine.travel(noon, tick=False) as time:
        cache.set("a", 1, 60)
        (place,) = Guess.objects.values_list("place", flat=True)
        assert DataKey.objects.count() == 1
        retention.guesses()
        assert Guess.objects.count() == DataKey.objects.count() == 1
        time.shift(dt.timedelta(days=1))
        retention.guesses()
        assert Guess.objects.count() == DataKey.objects.count() == 0
        cache.set("a", 1, 60)
        assert place not in Guess.objects.values_list("place", flat=True), "another key, another name"
    assert not list(keys.ended())


def test_no_backup_holds_them() -> None:
    assert Guess not in dump.tables()
