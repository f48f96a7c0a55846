"""The link by which somebody says yes to watching over a person; and, for whoever has no account, how they are reached.

A yes without an account gives a new secret that the person never saw: by it alone the watcher adds a way and stops.
"""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alongside.outbox import channels
from alongside.outbox import forms as ways
from alongside.outbox import queries as outbox
from alongside.outbox import words as outbox_words
from alongside.people.actions import Refused
from alongside.people.models import Account
from alongside.watch import crew, crew_queries
from alongside.watch.models import Watcher

_KINDS = ("sms", "mail")
"""How somebody without an account can be reached: a browser that nobody signs in on is reached by neither."""


@require_http_methods(["GET", "POST"])
def invited(request: HttpRequest, secret: str) -> HttpResponse:
    """The link by which somebody says yes or no; after a yes without an account, by which they change and stop it."""
    row = crew_queries.invited(secret)
    if row is None:
        known = crew_queries.contact(secret)
        return _contact(request, known, secret) if known else render(request, "watch/no_link.html", status=410)
    account = request.user if isinstance(request.user, Account) else None
    if request.method == "POST":
        return _answer(request, secret, account)
    own = account is not None and account.pk == row.person_id
    context = {
        "name": crew_queries.known_as(row),
        "here": request.path,
        "own": own,
        "can_without": any(kind in outbox.offered() for kind in _KINDS),
    }
    return render(request, "watch/invited.html", context)


def _answer(request: HttpRequest, secret: str, account: Account | None) -> HttpResponse:
    try:
        if "no" in request.POST:
            crew.decline(secret=secret)
            return render(request, "watch/declined.html")
        fresh = crew.agree(secret=secret, account=account)
    except Refused as refused:
        return render(request, "watch/no_link.html", {"why": str(refused)}, status=409)
    return redirect("watch:invited", fresh) if fresh else redirect("watch:mine")


def _contact(request: HttpRequest, row: Watcher, secret: str) -> HttpResponse:
    if request.method == "POST" and "stop" in request.POST:
        crew.stop(watcher=row.pk, secret=secret)
        return render(request, "watch/declined.html", {"stopped": "contact"})
    offered = outbox.offered()
    context = {
        "name": crew_queries.known_as(row),
        "reachable": crew_queries.reachable(row.owner),
        "ways": [(way, outbox_words.KINDS[way.kind], outbox_words.STATES[way.state]) for way in outbox.ways(row.owner)],
        "kinds": [(kind, outbox_words.KINDS[kind]) for kind in _KINDS if kind in offered],
        "secret": secret,
    }
    return render(request, "watch/contact.html", context)


@require_http_methods(["GET", "POST"])
def add_way(request: HttpRequest, secret: str, kind: str) -> HttpResponse:
    """Add a number or an address, to which a code is then sent."""
    row = _known(secret)
    if kind not in _KINDS or kind not in outbox.offered():
        raise Http404
    form = ways.AddForm(request.POST if request.method == "POST" else None, kind=kind)
    if request.method == "POST" and (channel := form.add(row.owner)):
        return redirect("watch:contact_way", secret, channel.pk)
    context = {"form": form, "kind": kind, "secret": secret, "action": request.path}
    return render(request, "watch/contact_add.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def way(request: HttpRequest, secret: str, channel: UUID) -> HttpResponse:
    """Type the code that was sent there."""
    row = _known(secret)
    found = next((one for one in outbox.ways(row.owner) if one.id == channel), None)
    if found is None:
        raise Http404
    form = ways.CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.prove(row.owner, channel):
        messages.success(request, _("It works. Messages reach you there."))
        return redirect("watch:invited", secret)
    context = {
        "form": form, "way": found, "secret": secret, "action": request.path,
        "again": reverse("watch:contact_again", args=[secret, channel]),
    }  # fmt: skip
    return render(request, "watch/contact_way.html", context, status=422 if form.is_bound else 200)


@require_POST
def again(request: HttpRequest, secret: str, channel: UUID) -> HttpResponse:
    """Send a new code."""
    row = _known(secret)
    try:
        channels.again(owner=row.owner, channel=channel)
    except channels.Wrong as wrong:
        messages.error(request, str(wrong))
    except channels.NotOffered:
        messages.error(request, _("This place cannot send such messages now."))
    else:
        messages.success(request, _("We sent a new message."))
    return redirect("watch:contact_way", secret, channel)


@require_POST
def remove_way(request: HttpRequest, secret: str, channel: UUID) -> HttpResponse:
    """Take a number or an address away."""
    channels.remove(owner=_known(secret).owner, channel=channel)
    return redirect("watch:invited", secret)


def _known(secret: str) -> Watcher:
    row = crew_queries.contact(secret)
    if row is None:
        raise Http404
    return row
