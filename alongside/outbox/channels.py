"""Channels: how somebody can be reached outside the app. Added, proven by what was sent there, ordered, removed.

Nothing leaves by a channel before its owner has shown that what is sent there reaches them.
"""

import datetime as dt
import hmac
import secrets
from collections.abc import Sequence
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from alongside.kit import audit, clock, closed, keys
from alongside.outbox import addresses, dispatch, push, queries
from alongside.outbox.models import Channel, Dispatch

MOST = 8
"""Channels that one owner may have."""
PROOF_GOOD = dt.timedelta(minutes=30)
"""How long a code counts."""
GUESSES = 5
"""Guesses at one code."""
AGAIN = dt.timedelta(minutes=1)
"""The time between two test letters to one channel."""
HOURLY = 10
"""Test letters that one owner can have sent in an hour, to whatever channels."""
OPEN = 3
"""Codes for one address that may be open at once, whoever asked for them: nobody's phone is flooded by strangers."""
TAP = "/letters/ways/{channel}/{code}/"
"""The page that a tap on a test notification opens: it proves the channel."""


class Wrong(Exception):
    """Raised for what cannot be; its text says why in plain words."""


class NotOffered(Exception):
    """Raised for a kind of channel that this installation cannot send by."""


offered = queries.offered


@transaction.atomic
def add(*, owner: UUID, kind: str, address: str, language: str) -> Channel:
    """Add a channel, not proven yet, and send a test letter there. The same address again is the same channel.

    ``language`` is the one in which its letters are written. Raises :class:`Wrong` and :class:`NotOffered`.
    """
    if kind not in offered():
        raise NotOffered(kind)
    kept = read(kind, address)
    digest = queries.digest(kind, kept)
    language = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    audit.lock(owner)  # two at once would both count the channels before either was there
    row = Channel.objects.filter(owner=owner, digest=digest).first()
    if row is None:
        row = _made(owner, kind, kept, digest, language)
    elif row.language != language or kind == "push":
        row.language, row.address = language, closed.close(owner, row.at, kept)
        row.save(update_fields=["language", "address"])
    if row.state != "works" and not _just_sent(row):
        _test(row)
    return row


@transaction.atomic
def prove(*, owner: UUID, channel: UUID, code: str) -> bool:
    """Whether ``code`` is the one that was sent there: then the channel works. A code bears few guesses."""
    row = _locked(owner, channel)
    if row is None or not row.proof or row.until is None or row.until <= clock.database_now() or row.tries >= GUESSES:
        return False
    row.tries += 1
    won = hmac.compare_digest(row.proof, _proof(row.pk, "".join(code.split())))
    if won:
        row.state, row.proven, row.proof, row.until, row.tries, row.fails = "works", True, "", None, 0, 0
        _act(row, "outbox.proven")
    row.save(update_fields=["state", "proven", "proof", "until", "tries", "fails"])
    return won


@transaction.atomic
def again(*, owner: UUID, channel: UUID) -> None:
    """Send a new test letter; one that works goes on to work meanwhile. Raises :class:`Wrong` when it is too soon."""
    row = _locked(owner, channel)
    if row is None:
        return
    if row.kind not in offered():
        raise NotOffered(row.kind)
    if _just_sent(row):
        raise Wrong(_("We sent a message a moment ago. Please wait a minute."))
    _test(row)


@transaction.atomic
def remove(*, owner: UUID, channel: UUID) -> None:
    """Take a channel away: nothing is sent there any more, no test letter either. Twice is once."""
    waiting = Dispatch.objects.filter(owner=owner, channel=channel, next_at__isnull=False)
    dispatch.withdraw(waiting.values_list("pk", flat=True))
    row = _locked(owner, channel)
    if row is not None:
        _act(row, "outbox.unchannel")
        row.delete()


@transaction.atomic
def order(*, owner: UUID, channels: Sequence[UUID]) -> None:
    """Put the owner's channels in this order of trying; those that are not named follow as they were."""
    rows = list(Channel.objects.select_for_update().filter(owner=owner).order_by("place", "pk"))
    wanted = {pk: place for place, pk in enumerate(channels)}
    rows.sort(key=lambda row: wanted.get(row.pk, len(wanted)))
    for place, row in enumerate(rows):
        row.place = place
    Channel.objects.bulk_update(rows, ["place"])


def read(kind: str, address: str) -> str:
    """The one form of an address. Raises :class:`Wrong`."""
    try:
        kept = addresses.normal(kind, address, settings.PUSH_HOSTS)
        if kind == "push":
            push.public_key(addresses.browser(kept).p256dh)
    except addresses.NotOne as wrong:
        said = {
            "sms": _("This is not a phone number that we can use. Begin with + and the country code."),
            "mail": _("This is not an e-mail address that we can use."),
            "host": _("We do not know the push service of this browser."),
        }
        raise Wrong(said.get(wrong.why, _("This browser did not say how it can be reached."))) from wrong
    return kept


def _made(owner: UUID, kind: str, kept: str, digest: str, language: str) -> Channel:
    mine = Channel.objects.filter(owner=owner)
    if mine.count() >= MOST:
        raise Wrong(_("You have all the ways that there can be. Take one away first."))
    last: int | None = mine.aggregate(last=Max("place"))["last"]
    row = Channel(
        id=uuid4(), owner=owner, kind=kind, digest=digest, language=language, place=0 if last is None else last + 1,
        day=clock.today(),
    )  # fmt: skip
    row.address = closed.close(owner, row.at, kept)
    row.save(force_insert=True)
    _act(row, "outbox.channel")
    return row


def _just_sent(row: Channel) -> bool:
    return row.until is not None and row.until - PROOF_GOOD + AGAIN > clock.database_now()


def _test(row: Channel) -> None:
    """Send what proves the channel: a code to type, or for a browser a page to tap."""
    now = clock.database_now()
    sent = Dispatch.objects.filter(owner=row.owner, channel__isnull=False, due_at__gt=now - dt.timedelta(hours=1))
    waiting = Channel.objects.filter(digest=row.digest, until__gt=now).exclude(pk=row.pk)
    if sent.count() >= HOURLY or waiting.count() >= OPEN:
        raise Wrong(_("We sent many messages there. Please wait an hour."))
    code = secrets.token_urlsafe(12) if row.kind == "push" else f"{secrets.randbelow(10**6):06}"
    row.proof, row.tries, row.until = _proof(row.pk, code), 0, now + PROOF_GOOD
    row.save(update_fields=["proof", "tries", "until"])
    if row.kind == "push":
        kind, filling = "outbox.tap", {"link": settings.ORIGIN + TAP.format(channel=row.pk, code=code)}
    else:
        kind, filling = "outbox.code", {"code": code}
    dispatch.post([dispatch.Note(uuid4(), row.owner, kind, filling, row.until, row.pk)])


def _proof(channel: UUID, code: str) -> str:
    """What is kept of a code. Made with a key: six digits are soon guessed from a plain digest."""
    return hmac.digest(keys.get_or_make(queries.DIGESTS), f"proof:{channel}:{code}".encode(), "sha256").hex()


def _locked(owner: UUID, channel: UUID) -> Channel | None:
    """The owner's channel. Letters, chain, channel: locked in this order everywhere."""
    audit.lock(owner)
    return Channel.objects.select_for_update().filter(owner=owner, pk=channel).first()


def _act(row: Channel, act: str) -> None:
    audit.append(chain=row.owner, actor=row.owner, act=act, detail={"channel": str(row.pk)})
