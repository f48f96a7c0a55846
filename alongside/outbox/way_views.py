"""Pages about how a person can be reached outside the app."""

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alongside.outbox import channels, forms, inbound, phones, push, queries, words
from alongside.outbox.views import owner_of

_MOST = 4000
"""Bytes of what a browser says of itself."""


@login_required
@require_safe
def ways(request: HttpRequest) -> HttpResponse:
    """The person's ways in their order, and what this installation offers."""
    found = queries.ways(owner_of(request))
    offered = queries.offered()
    context = {
        "ways": [_shown(way, offered) for way in found],
        "offered": offered,
        "works": any(way.state == "works" and way.kind in offered for way in found),
        "key": push.application_server_key(),
        "languages": settings.LANGUAGES,
        "words": inbound.described() if settings.SMS_SECRET and _texts(found) else (),
    }
    return render(request, "outbox/ways.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, kind: str) -> HttpResponse:
    """Add a number or an e-mail address."""
    if kind not in queries.offered():
        raise Http404
    form = forms.AddForm(request.POST if request.method == "POST" else None, kind=kind)
    if request.method == "POST" and (channel := form.add(owner_of(request))):
        return redirect("outbox:way", channel.pk)
    return render(request, "outbox/add.html", {"form": form, "kind": kind})


@login_required
@require_POST
def add_push(request: HttpRequest) -> HttpResponse:
    """Add the browser that asks: its own script sends what it was given as an address."""
    given = _json(request)
    language = given.get("language") or get_language() or ""
    try:
        channel = channels.add(
            owner=owner_of(request), kind="push", address=json.dumps(given.get("address")), language=str(language)
        )
    except channels.Wrong as wrong:
        return JsonResponse({"detail": str(wrong)}, status=400)
    phones.belongs(channel=channel.pk, session=request.session.session_key or "")
    return JsonResponse({"way": str(channel.pk), "next": reverse("outbox:way", args=[channel.pk])})


@csrf_exempt
@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    """A browser's own worker tells its new address, by day or night, whoever is signed in.

    No form check: no cookie counts here. Only who has the whole of the old address, secrets and all, changes anything.
    """
    given = _json(request)
    try:
        known = phones.renewed(before=json.dumps(given.get("old")), after=json.dumps(given.get("address")))
    except channels.Wrong:
        known = False
    return JsonResponse({"known": known}, status=200 if known else 404)


@login_required
@require_http_methods(["GET", "POST"])
def way(request: HttpRequest, channel: UUID) -> HttpResponse:
    """One way: type the code that was sent there, or have it sent again."""
    owner = owner_of(request)
    found = _own(owner, channel)
    form = forms.CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.prove(owner, channel):
        messages.success(request, _("It works. Messages reach you there."))
        return redirect("outbox:ways")
    context = {"way": _shown(found, queries.offered()), "form": form, "renew": reverse("outbox:renew")}
    return render(request, "outbox/way.html", context)


@login_required
@require_safe
def tapped(request: HttpRequest, channel: UUID, code: str) -> HttpResponse:
    """The person tapped the test message on a phone, which shows that it arrives there.

    A link that changes something: whoever opens it has got the message, and that is all that is to be shown.
    """
    owner = owner_of(request)
    found = _own(owner, channel)
    if channels.prove(owner=owner, channel=channel, code=code):
        messages.success(request, _("It works. Messages reach you on this phone."))
    elif found.state != "works":
        messages.error(request, _("That message was too old. Please have a new one sent."))
        return redirect("outbox:way", channel)
    return redirect("outbox:ways")


@login_required
@require_POST
def again(request: HttpRequest, channel: UUID) -> HttpResponse:
    """Send a new test message."""
    owner = owner_of(request)
    _own(owner, channel)
    try:
        channels.again(owner=owner, channel=channel)
    except channels.Wrong as wrong:
        messages.error(request, str(wrong))
    except channels.NotOffered:
        messages.error(request, _("This place cannot send such messages now."))
    else:
        messages.success(request, _("We sent a new message."))
    return redirect("outbox:way", channel)


@login_required
@require_POST
def move(request: HttpRequest, channel: UUID) -> HttpResponse:
    """Try this way sooner or later than it was."""
    owner = owner_of(request)
    found = [one.id for one in queries.ways(owner)]
    if channel not in found:
        raise Http404
    at = found.index(channel)
    to = max(0, min(len(found) - 1, at + (1 if request.POST.get("to") == "down" else -1)))
    found.insert(to, found.pop(at))
    channels.order(owner=owner, channels=found)
    return redirect("outbox:ways")


@login_required
@require_POST
def remove(request: HttpRequest, channel: UUID) -> HttpResponse:
    """Take a way away."""
    owner = owner_of(request)
    _own(owner, channel)
    channels.remove(owner=owner, channel=channel)
    messages.success(request, _("It is gone. We send nothing there any more."))
    return redirect("outbox:ways")


def _texts(found: list[queries.Way]) -> bool:
    return any(way.kind == "sms" and way.state == "works" for way in found)


def _own(owner: UUID, channel: UUID) -> queries.Way:
    found = next((one for one in queries.ways(owner) if one.id == channel), None)
    if found is None:
        raise Http404
    return found


def _shown(found: queries.Way, offered: tuple[str, ...]) -> dict[str, Any]:
    """What a page says of a way. One that this installation cannot send by (any more) says that, whatever it was."""
    can = found.kind in offered
    return {
        "id": found.id,
        "kind": found.kind,
        "label": words.KINDS[found.kind],
        "hint": found.hint,
        "day": found.day,
        "language": dict(settings.LANGUAGES).get(found.language, ""),
        "code": found.language,
        "state": found.state if can else "off",
        "said": words.STATES[found.state if can else "off"],
        "tone": words.TONES[found.state if can else "off"],
    }


def _json(request: HttpRequest) -> dict[str, Any]:
    """What a script sent; empty for what is none of it."""
    body = request.read(_MOST)
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
