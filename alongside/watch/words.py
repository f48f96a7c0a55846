"""The words that the scripts of watch show: they come with the page, so that scripts hold none."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def watching() -> dict[str, Any]:
    """What the page of a running check-in says; ``%(n)s`` and the like are filled by the script.

    A pair is for one and for more.
    """
    return {
        "watching": _("You are being watched over."),
        "shaky": _("Do not count on this now."),
        "asked": _("It is time. Are you OK?"),
        "calling": _("We are calling your people."),
        "coming": _("Someone is on the way to you."),
        "there": _("Someone says that they are with you."),
        "alone": _("Your phone will ring. Nobody else is told."),
        "to_check": _("until your next check"),
        "to_call": _("until your people are called"),
        "to_next": _("until the next people are called"),
        "to_arrive": _("until others are called again"),
        "beat": _both(lambda n: ngettext("The server looked %(n)s second ago.", "The server looked %(n)s seconds ago.", n)),
        "no_beat": _("The server has not looked yet."),
        "silent_seconds": _both(lambda n: ngettext("No word from the server for %(n)s second.", "No word from the server for %(n)s seconds.", n)),
        "silent_minutes": _both(lambda n: ngettext("No word from the server for %(n)s minute.", "No word from the server for %(n)s minutes.", n)),
        "check_at": _("Your next check is at %(time)s."),
        "check_was": _("Your check was at %(time)s."),
        "no_signal": _("No signal. What you tap here does not reach the server now."),
        "no_signal_then": _("This page rings when it is time. Without an answer the server calls your people."),
        "no_engine": _("The part of the server that calls people has stopped. They may not be called."),
        "none_reached": _("None of your people can be reached now."),
        "some_lost": _("We cannot reach %(who)s now."),
        "signed_out": _("You are signed out on this phone. Sign in again to answer."),
        "missing": _("The server knows nothing of this any more. It will call nobody."),
        "loud": _("We called all of your people. Nobody has said yet that they come."),
        "sending": _("Sending..."),
        "sent": _("The server has it."),
        "slipped": _("The page moved. Please tap again."),
        "queued_ok": _("Your OK has not reached the server yet. We keep trying. Until then, people may be called."),
        "queued_more": _("Your wish for more time has not reached the server yet. We keep trying."),
        "queued_help": _("Your call for help has not reached the server yet. We keep trying. Phone somebody now if you can."),
        "queued_end": _("The server does not know yet that you ended it. We keep trying. Until then, people may be called."),
        "helping": _both(lambda n: ngettext("Your people are called in %(n)s second.", "Your people are called in %(n)s seconds.", n)),
        "stopped": _("Stopped. Nobody was called."),
        "no_numbers": _("You have no phone numbers here yet."),
        "call": _("Phone %(who)s"),
        "text": _("Text %(who)s"),
        "text_body": _("Please look in on me now."),
        "away": _("Take away"),
        "bad_number": _("Write a phone number, such as 555 0142."),
        "no_store": _("This browser cannot keep phone numbers."),
        "locked": _("Your phone code is set. Open the home page and give it to see your numbers."),
        "sound_on": _("Sound is on."),
        "wrong_code": _("That is not the code. Please try again."),
    }  # fmt: skip


def _both(words_for: Callable[[int], str]) -> list[str]:
    """The words for one and for more, as the language in use has them."""
    return [words_for(1), words_for(2)]
