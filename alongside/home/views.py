"""Pages of home: the first page, home, my record, about; and answers to what goes wrong."""

import sys
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alongside.home import demo, export, flows, health, offline
from alongside.kit.held import form_of
from alongside.kit.middleware import answer, named
from alongside.outbox import queries as outbox
from alongside.people import queries as people
from alongside.people.access import SignedIn, signed_in
from alongside.people.auth import enter
from alongside.people.models import Account
from alongside.roles import queries as roles
from alongside.watch import crew_queries as watching
from alongside.watch import queries as watch
from alongside.work import present, rules
from alongside.work import queries as work
from alongside.work.forms import EntryForm

PAGE = 50


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Recording at once, what asks for an answer, what waits; for whoever is not signed in, what this is."""
    if not isinstance(request.user, Account):
        return render(request, "home/first.html")
    account = request.user
    choices = work.choices(account)
    context: dict[str, Any] = {
        "form": EntryForm(None, choices),
        "action": reverse("work:new"),
        "words": offline.words(),
        "phone": offline.phone_data(account, choices),
        "letters": outbox.unread(account.pk),
        "asked": roles.asked_of(account),
        "questions": work.open_questions(account),
        "papers": work.papers(account),
        "coordinates": [m for m in people.memberships(account) if m.coordinates],
        "calls": watch.called(account),
        "looks": watching.looks_for(account),
        "running": watch.running(account)[:1],
    }
    return render(request, "home/home.html", context)


@signed_in
@require_safe
def after_watch(request: SignedIn) -> HttpResponse:
    """Write down as work that one was called: a blank entry."""
    del request
    return redirect(flows.record_after_watch())


@signed_in
@require_safe
def record(request: SignedIn) -> HttpResponse:
    """My record: all of it, newest day first."""
    entries = work.record(request.user)
    start = _number(request.GET.get("from", ""))
    page = entries[start : start + PAGE]
    states = work.shared_states(request.user, [_uuid(e) for e in page])
    labels = _own_labels(request.user)
    rows = [
        {
            "id": e["id"],
            "heading": present.heading(e, labels),
            "when": present.when(e),
            "long": present.long(e["minutes"]) if e.get("minutes") is not None else "",
            "shared": states.get(_uuid(e)),
            "folded": e.get("folded", False),
        }
        for e in page
    ]
    more = start + PAGE if len(entries) > start + PAGE else None
    context = {"rows": rows, "count": len(entries), "more": more, "start": start}
    context["folded"] = next((row["id"] for row in rows if row["folded"]), None)  # before it stands what that means
    return render(request, "home/record.html", context)


@signed_in
@require_safe
def record_csv(request: SignedIn) -> HttpResponse:
    """My record as a table that any spreadsheet opens."""
    table = export.record_table(work.record(request.user), people.memberships(request.user, ended=True))
    response = HttpResponse(table, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="record.csv"'
    return response


@signed_in
@require_safe
def record_json(request: SignedIn) -> HttpResponse:
    """My record as the API gives entries, whole."""
    response = JsonResponse(
        {"entries": export.record_list(work.record(request.user)), "responses": work.responses(request.user)},
        json_dumps_params={"ensure_ascii": False, "indent": 1},
    )
    response["Content-Disposition"] = 'attachment; filename="record.json"'
    return response


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Who hosts this, what is kept, who can read it, and when it goes."""
    return render(request, "home/about.html")


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the database, the job runner and the outbox are well; 503 with what is not."""
    del request
    report = health.report()
    well = not any(report.values())
    body = {name: text or "well" for name, text in report.items()}
    return JsonResponse(body, status=200 if well else 503)


@require_safe
def demo_in(request: HttpRequest, signed: str) -> HttpResponse:
    """Sign in as a demo person, while the demo is served; nobody else has such a link."""
    account = demo.account_of(signed)
    if account is None:
        raise Http404
    enter(request, account)
    return redirect("home:home")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long, or not ours."""
    del reason
    form = form_of(request)
    if form is not None:
        return answer(request, 403, _("This page was open for too long, so this is not saved yet."), form)
    return answer(request, 403, _("This page was open for too long. Please go back, load it again, and try once more."))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A request that cannot be read."""
    del exception
    return answer(request, 400, _("We could not read that. Please go back and try again."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A page that is for another part in the group."""
    del exception
    return answer(request, 403, _("This page is not for your part in the group."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Nothing is there, or nothing that this person may know of."""
    del exception
    return answer(request, 404, _("There is nothing here."))


def broken(request: HttpRequest) -> HttpResponse:
    """A fault of ours."""
    plain = named(request, sys.exc_info()[1])
    text = _("Something broke on our side. What you saved before is still there.")
    return plain or answer(request, 500, text, form_of(request))


def _own_labels(account: Account) -> dict[str, str]:
    groups = [m.group_id for m in people.memberships(account, ended=True)]
    return {code: text for found in roles.kind_labels(groups).values() for code, text in found.items()}


def _uuid(entry: rules.Entry) -> UUID:
    return UUID(entry["id"])


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
