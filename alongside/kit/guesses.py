"""Counts of tries to sign in, shared by every process: what limits guessing, kept for the minutes that it takes.

The framework counts in a cache, by address and by handle. This cache is a table, so that ten processes do not give ten
times the tries. What is counted for is kept as a keyed hash, with a key that is made anew each day and deleted the day
after: a row that is left over, in a log or on a disk, leads to no address.
"""

import datetime as dt
import hashlib
import hmac
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import IntegrityError, transaction

from alongside.kit import clock, keys
from alongside.kit.models import Guess


class Guesses(BaseCache):
    """Django's interface of a cache over :class:`alongside.kit.models.Guess`. Values are what JSON can hold."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def add(self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep ``value`` where there is none; of several callers at once one gets ``True``."""
        place = self._place(key, version)
        Guess.objects.filter(place=place, until__lte=clock.now()).delete()
        try:
            with transaction.atomic():
                Guess.objects.create(place=place, until=self._until(timeout), value=value)
        except IntegrityError:
            return False
        return True

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """What is kept and has not run out."""
        rows = Guess.objects.filter(place=self._place(key, version), until__gt=clock.now())
        found = list(rows.values_list("value", flat=True))
        return found[0] if found else default

    def set(self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep ``value``, whatever there was."""
        fresh = {"until": self._until(timeout), "value": value}
        Guess.objects.update_or_create(place=self._place(key, version), defaults=fresh)

    def touch(self, key: str, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep what there is for longer."""
        return bool(Guess.objects.filter(place=self._place(key, version)).update(until=self._until(timeout)))

    def delete(self, key: str, version: int | None = None) -> bool:
        """Keep it no longer."""
        return bool(Guess.objects.filter(place=self._place(key, version)).delete()[0])

    def clear(self) -> None:
        """Forget all counts."""
        Guess.objects.all().delete()

    def _place(self, key: str, version: int | None) -> str:
        text = self.make_and_validate_key(key, version=version)
        return hmac.new(keys.of_day(clock.today()), text.encode(), hashlib.sha256).hexdigest()

    def _until(self, timeout: float | None) -> dt.datetime:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return clock.now() + dt.timedelta(seconds=300 if seconds is None else seconds)
