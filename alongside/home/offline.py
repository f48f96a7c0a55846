"""What the phone needs without a connection: the shell, its service worker, who it belongs to; and the quick exit.

The shell is one page that holds nothing private. The service worker keeps it and its files, and while a check-in runs the
empty page of one; never a private page and never an answer of the API.
"""

import hashlib
import json
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from alongside import __version__
from alongside.kit import clock
from alongside.people import auth
from alongside.people.models import Account
from alongside.people.queries import phone_name
from alongside.work import queries as work
from alongside.work.forms import EntryForm
from alongside.work.response_forms import ResponseForm
from alongside.work.words import words

__all__ = ["leave", "manifest", "phone", "phone_data", "service_worker", "shell", "words"]

STATICS = (
    "kit/base.css",
    "kit/icons.svg",
    "kit/mark.svg",
    "kit/gate.js",
    "kit/page.js",
    "work/work.css",
    "work/record.js",
    "work/another.js",
    "work/code.js",
    "work/fields.js",
    "work/waiting.js",
    "work/values.js",
    "people/store.js",
    "people/alone.js",
    "work/sync.js",
    "work/tally.js",
    "work/favourites.js",
    "work/begun.js",
    "work/response.js",
    "work/threshold.js",
    "people/vault.js",
    "work/receipt.js",
    "work/say.js",
    "outbox/push.js",
)
"""What the shell shows and runs; each file's address changes with its content."""
OF_A_CHECK_IN = (
    "watch/watch.css",
    "watch/watching.js",
    "watch/kept.js",
    "watch/numbers.js",
    "watch/sound.js",
)
"""What the page of a check-in needs besides. Fetched when one runs, so that nobody's first visit pays for it."""


def phone_data(account: Account, choices: dict[str, Any] | None = None) -> dict[str, Any]:
    """Whose phone this is, in which language, the server's day, and what may be chosen when recording.

    ``choices`` is what ``work.choices(account)`` gave, when the caller has it already.
    """
    return {
        "owner": phone_name(account),
        "language": get_language(),
        "today": clock.today().isoformat(),
        "csrf": True,
        "choices": work.choices(account) if choices is None else choices,
    }


@require_safe
def phone(request: HttpRequest) -> HttpResponse:
    """:func:`phone_data` as JSON; 401 when nobody is signed in. Makes sure of the cookie that POSTs need."""
    get_token(request)
    if not isinstance(request.user, Account):
        return JsonResponse({"detail": _("Please sign in.")}, status=401)
    return JsonResponse(phone_data(request.user))


@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    """The page that opens without a connection: the form, what waits, and nothing private."""
    request.user = AnonymousUser()
    # No messages: what the last page had to say to this person would be kept with the shell, for whoever opens it.
    context = {
        "form": EntryForm(),
        "response_form": ResponseForm(),
        "words": words(),
        "action": reverse("work:new"),
        "shell": True,
        "messages": (),
    }
    return render(request, "home/shell.html", context)


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker, which is another one whenever a file, the version or the language is another one."""
    files, more = ([static(name) for name in names] for names in (STATICS, OF_A_CHECK_IN))
    version = hashlib.sha256(json.dumps([files, more, __version__, get_language()]).encode()).hexdigest()[:16]
    body = render_to_string(
        "home/sw.js",
        {
            "version": version,
            "files": json.dumps(files),
            "shell": reverse("home:shell"),
            "watch_files": json.dumps(more),
            "watch_shell": reverse("watch:shell"),
            "watch": reverse("watch:home"),
            "exit": reverse("home:exit"),
            "renew": reverse("outbox:renew"),
            "mark": static("kit/mark.svg"),
            "text": json.dumps(_("Please open the app.")),
            "patient": json.dumps(
                [reverse(f"work:{name}") for name in ("new", "tally", "response")] + [reverse("home:home")]
            ),
        },
        request,
    )
    response = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = "/"
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the app beside its others, under a neutral name and picture."""
    del request
    body = {
        "name": "Alongside",
        "short_name": "Alongside",
        "lang": get_language(),
        "start_url": reverse("home:home"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#fbf5ec",
        "theme_color": "#fbf5ec",
        "icons": [{"src": static("kit/mark.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    response = JsonResponse(body, content_type="application/manifest+json")
    response["Cache-Control"] = "no-cache"
    return response


@csrf_exempt
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Quick exit: sign out, have the browser drop its copies, and go to another site.

    Nothing may hold this up, not a form that was open for too long and not a database that is full: the worst that
    a forged call does is to sign somebody out. A script that called is told when the server could not end the
    session, so that it tries again. Whoever is signed out already keeps their cookies: a late second call must not
    upset the next sign-in. The way out is a refresh, not a redirect: the page's own policy lets no form lead to
    another site.
    """
    by_script = bool(request.headers.get("X-Alongside-Exit"))
    try:
        signed_in = request.user.is_authenticated
        auth.leave(request)
    except Error:
        signed_in = True
        request.session = SessionStore()  # the middleware then takes the cookie away and asks no database
        request.session.modified = True  # by this very request
        if by_script:
            return HttpResponse(status=503)
    if by_script:
        response = HttpResponse(status=204)
    else:
        page = '<!doctype html><meta charset="utf-8"><title>{}</title><meta http-equiv="refresh" content="0;url={}">'
        response = HttpResponse(format_html(page, _("New tab"), settings.EXIT_URL))
    if signed_in:
        response["Clear-Site-Data"] = '"cache", "cookies"'
    response["Cache-Control"] = "no-store"
    return response
