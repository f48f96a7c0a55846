"""The page of what only its person can open. The server sends words and labels; what they are for never comes here."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from alongside.people import queries as people
from alongside.people.access import SignedIn, signed_in
from alongside.people.models import Account
from alongside.roles import kinds
from alongside.roles import queries as roles
from alongside.roles import words as role_words
from alongside.work import labels
from alongside.work import queries as work
from alongside.work.forms import PART_WORDS


@signed_in
@require_safe
def private(request: SignedIn) -> HttpResponse:
    """The page, the same for whoever has a vault and whoever has none."""
    context = {
        "words": words(request.user),
        "experience": role_words.EXPERIENCE.items(),
        "weights": labels.WEIGHTS.items(),
        "currencies": work.choices(request.user)["currencies"],
    }
    return render(request, "home/private.html", context)


def words(account: Account) -> dict[str, Any]:
    """The words that the page's scripts show, in the language in use. A pair is for one and for more."""
    own = [m.group_id for m in people.memberships(account, ended=True)]
    labels_of = {code: str(text) for code, text in kinds.LABELS.items()}
    labels_of |= {code: text for found in roles.kind_labels(own).values() for code, text in found.items()}
    return {
        "kinds": labels_of,
        "weights": [str(labels.WEIGHTS[code]) for code in sorted(labels.WEIGHTS)],
        "parts": {code: str(text) for code, text in PART_WORDS.items()},
        "minutes": _("%(n)s min"),
        "hours": [ngettext("%(n)s hour", "%(n)s hours", n) % {"n": "%(n)s"} for n in (1, 2)],
        "saved": _("Saved. Only your own phones can open it."),
        "elsewhere": _("Somebody else is signed in here now. Nothing was changed, and what you typed is still here."),
        "unsent": _("No connection. Nothing was changed, and what you typed is still here. Please try again."),
        "full": _("Your private notes are full. Please delete some of them."),
        "change": _("Change"),
        "delete": _("Delete"),
        "no_notes": _("No notes yet."),
        "no_weights": _("Nothing yet. It fills from the work you record, and from what you mark here."),
        "no_history": _("No work yet. It fills each time your work is sent."),
        "history": [ngettext("%(n)s piece of work", "%(n)s pieces of work", n) % {"n": "%(n)s"} for n in (1, 2)],
        "bad_amount": _("Write an amount like 12.50."),
        "so_far": _("%(total)s for work in %(year)s so far, shared with all your groups."),
        "so_far_of": _("%(total)s of %(limit)s for work in %(year)s so far, shared with all your groups."),
        "week": _("The week of %(day)s"),
        "wrong_half": _("This does not open your private notes. Please look at the paper again."),
        "wrong_passkey": _("This passkey does not open your private notes. Try one of the others, or the paper."),
        "wrong_code": _("That is not the code. Please try again."),
    }
