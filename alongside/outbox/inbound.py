"""Text messages that come in, each from a number that somebody proved, each with a word that a room registered.

A number that nobody proved gets no answer and leaves no trace. One that several proved is theirs together: the word's
own room chooses among them, who proved it last coming first. What is done for one message is done once, whatever a
gateway repeats; the answer is then the same.
"""

import datetime as dt
import hmac
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from alongside.kit import clock, closed, keys
from alongside.kit.text import Words
from alongside.outbox import channels, queries
from alongside.outbox.models import Came, Channel

LONGEST = 1000
"""Characters of a message; the rest is of no use to any word."""
ANSWERS, WITHIN = 12, 600
"""So many answers to one number in so many seconds: two machines that answer each other must stop."""
KEPT = dt.timedelta(days=2)
"""How long a message is known again."""
_FIRST = re.compile(r"[\W_\d]*([^\W_\d]+)[\W_]*")
_INITIALS = re.compile(r"(?<!\w)(?:\w\.)+\w\b")
SKEW = 300
"""Seconds that a gateway's clock may be off."""


@dataclass(frozen=True)
class Message:
    """What came: the number, whose it is (who proved it last comes first), and what follows the word."""

    number: str
    owners: tuple[UUID, ...]
    rest: str


Handler = Callable[[Message], str]


@dataclass(frozen=True)
class _Word:
    name: str
    says: Words
    handler: Handler


_words: dict[str, _Word] = {}


def register(words: Iterable[str], handler: Handler, name: str, says: Words) -> None:
    """Make words known that mean one thing. ``handler`` gives the answer, in the language in use; empty for none.

    ``name`` is the word to tell people, marked with ``gettext_noop``; ``says`` is what it does.
    """
    for word in words:
        _words[word.casefold()] = _Word(name, says, handler)


def described() -> list[tuple[str, Words]]:
    """Each word that people are told of, in the language in use, with what it does."""
    found = dict.fromkeys(_words.values())
    return [(_(word.name), word.says) for word in found]


def signed(secret: str, timestamp: str, body: bytes, signature: str, now: dt.datetime) -> bool:
    """Whether a gateway that knows ``secret`` sent ``body`` just now: HMAC-SHA256 of ``timestamp`` (seconds), "." and it."""
    wanted = hmac.digest(secret.encode(), timestamp.encode() + b"." + body, "sha256").hex()
    given = signature.strip().lower().removeprefix("sha256=")
    known = hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace"))
    fresh = timestamp.isascii() and timestamp.isdigit() and abs(int(timestamp[:12]) - now.timestamp()) <= SKEW
    return known and fresh


def parts(text: str) -> tuple[str, str]:
    """The first word of a message, without capitals, accents and marks, and what follows it."""
    whole = unicodedata.normalize("NFKC", text[:LONGEST])[:LONGEST]
    whole = _INITIALS.sub(lambda found: found[0].replace(".", ""), whole)
    found = _FIRST.match(whole)
    if found is None:
        return "", ""
    plain = "".join(c for c in unicodedata.normalize("NFKD", found[1]) if not unicodedata.combining(c))
    return plain.casefold(), whole[found.end() :].strip()


@transaction.atomic
def take(*, number: str, text: str, key: str) -> str:
    """Do what a message says, once for each ``key`` that the gateway gives it. The answer; empty for none."""
    rows = _channels(number)
    if not rows:
        return ""
    row = Came(id=_digest(f"came:{key}"), day=clock.today())
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        before = Came.objects.get(pk=row.pk)
        return closed.read(queries.DIGESTS, before.place, before.answer)
    with translation.override(rows[0].language):
        said = _answer(Message(number, tuple(one.owner for one in rows), ""), text)
    if not _may_answer(rows[0].digest):
        said = ""
    row.answer = closed.close(queries.DIGESTS, row.place, said)
    row.save(update_fields=["answer"])
    return said


def drop(message: Message) -> None:
    """Nothing is sent to this number any more, for whoever it was."""
    for row in _channels(message.number):
        channels.remove(owner=row.owner, channel=row.pk)


def _answer(message: Message, text: str) -> str:
    first, rest = parts(text)
    word = _words.get(first)
    if word is None:
        return _("We did not get that. You can text: %(words)s.") % {"words": ", ".join(n for n, _s in described())}
    return word.handler(Message(message.number, message.owners, rest))


def _channels(number: str) -> list[Channel]:
    return queries.proven("sms", number if number.startswith(("+", "00")) else f"+{number}")


def _may_answer(digest: str) -> bool:
    name = f"outbox.inbound:{digest}:{int(clock.now().timestamp()) // WITHIN}"
    count = int(cache.get(name, 0)) + 1
    cache.set(name, count, WITHIN)
    return count <= ANSWERS


def _digest(text: str) -> str:
    return hmac.digest(keys.get_or_make(queries.DIGESTS), text.encode("utf-8", "surrogatepass"), "sha256").hex()
