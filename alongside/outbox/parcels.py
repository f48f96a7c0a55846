"""A letter made ready for one channel, and how it is handed over. Called by workers; touches no database."""

import datetime as dt
import functools
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from alongside.outbox import addresses, gateways, push, rules
from alongside.outbox.gateways import Gateway, Outcome
from alongside.outbox.sockets import Session


@dataclass(frozen=True)
class Parcel:
    """One letter for one channel. ``secret`` is what the installation's push key is made from; ``now`` the present instant."""

    key: UUID
    kind: str
    address: str
    code: str
    language: str
    filling: dict[str, str]
    good_until: dt.datetime
    now: dt.datetime
    secret: bytes

    def hand_over(self, session: Session) -> Outcome:
        """Send it, and say what became of it. Raises only for what is a fault of ours."""
        return gateways.guarded(functools.partial(self._pushed if self.kind == "push" else self._sent, session))

    def _sent(self, session: Session) -> Outcome:
        short, title = words(self.code, self.language)
        text, key = rules.fill(short, self.filling), str(self.key)
        if self.kind == "mail":
            return Gateway(settings.MAIL_URL).send(session, self.address, title, text, key)
        return Gateway(settings.SMS_URL).send(session, self.address, "", rules.plain(text), key)

    def _pushed(self, session: Session) -> Outcome:
        short, _title = words(self.code, self.language)
        text = rules.fill(short, {**self.filling, "link": ""}).rstrip(" :\u00a0\u202f")
        browser = addresses.browser(self.address)
        known = addresses.lane_of(browser.endpoint, settings.PUSH_HOSTS) in addresses.SERVICES
        body = push.body(browser, text, self.filling.get("link", ""), self.key, loud=rules.is_loud(self.code))
        left = (self.good_until - self.now).total_seconds()
        headers = push.headers(browser, self.key, left, self.secret, self.now)
        return push.outcome(session.ask("POST", browser.endpoint, body, headers, guarded=known))


@functools.lru_cache(maxsize=256)
def words(code: str, language: str) -> tuple[str, str]:
    """What a lock screen shows of this kind of letter, not filled, and the subject of an e-mail. Raises ``KeyError``."""
    kind = rules.known(code)
    if kind is None or not kind.short:
        raise KeyError(code)
    with translation.override(language):
        return gettext(kind.short), gettext("A message for you")
