"""Where the operator's SMS gateway brings messages that came in."""

import json

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from alongside.kit import clock
from alongside.outbox import inbound

MOST = 8192
"""Bytes of one call."""


@csrf_exempt
def come_in(request: HttpRequest) -> HttpResponse:
    """Take one message, and give the answer to send back. Nothing is here unless the operator set a secret.

    No form check: no cookie counts here, and what is not signed with the secret is refused.
    """
    if not settings.SMS_SECRET:
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    body = request.read(MOST + 1) if request.content_type == "application/json" else b""
    given = [request.headers.get(f"X-Alongside-{name}", "") for name in ("Timestamp", "Signature")]
    if not body or len(body) > MOST:
        return _no(f"Send JSON, {MOST} bytes of it at most.", 413 if body else 415)
    if not inbound.signed(settings.SMS_SECRET, given[0], body, given[1], clock.now()):
        return _no("The signature is not right, or the time is off by more than 5 minutes.", 403)
    message = _read(body)
    if message is None:
        return _no("Send id, from and text, each of them text.", 400)
    key, number, text = message
    return JsonResponse({"answer": inbound.take(number=number, text=text, key=key) or None})


def _read(body: bytes) -> tuple[str, str, str] | None:
    """Id, number and text of a message; ``None`` for what is none."""
    try:
        found = json.loads(body)
        key, number, text = (found[name] for name in ("id", "from", "text"))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return (key, number, text) if key and all(isinstance(one, str) for one in (key, number, text)) else None


def _no(why: str, status: int) -> JsonResponse:
    return JsonResponse({"detail": why}, status=status)
