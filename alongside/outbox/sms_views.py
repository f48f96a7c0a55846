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
    if request.content_type != "application/json":
        return _no("Send JSON.", 415)
    body = request.read(MOST + 1)
    if len(body) > MOST:
        return _no("That is too long.", 413)
    given = [request.headers.get(f"X-Alongside-{name}", "") for name in ("Timestamp", "Signature")]
    if not inbound.signed(settings.SMS_SECRET, given[0], body, given[1], clock.now()):
        return _no("The signature is not right, or the time is off by more than 5 minutes.", 403)
    try:
        message = json.loads(body)
        key, number, text = (message[name] for name in ("id", "from", "text"))
    except (ValueError, KeyError, TypeError, RecursionError):
        return _no("Send id, from and text.", 400)
    if not all(isinstance(one, str) for one in (key, number, text)) or not key:
        return _no("Send id, from and text, each as text.", 400)
    return JsonResponse({"answer": inbound.take(number=number, text=text, key=key) or None})


def _no(why: str, status: int) -> JsonResponse:
    return JsonResponse({"detail": why}, status=status)
