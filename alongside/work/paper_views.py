"""Pages of work copied from paper: what a coordinator writes, and the worker's yes, change or no."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alongside.people import actions as people
from alongside.people import queries as members
from alongside.people.access import SignedIn, coordinator, signed_in
from alongside.people.models import Membership
from alongside.roles import queries as roles
from alongside.work import labels, papers, present, queries
from alongside.work.forms import EntryForm
from alongside.work.paper_forms import PaperForm


@signed_in
@require_safe
def waiting(request: SignedIn, group: UUID) -> HttpResponse:
    """For a coordinator: what waits for somebody's yes, and for whom more can be written."""
    me = coordinator(request, group)
    own = roles.kind_labels([group]).get(group, {})
    rows = [
        {"id": one.row.pk, "name": one.name, "until": one.until, **_words(one.entry, own)}
        for one in queries.papers_of_group(me.group)
    ]
    others = [one for one in members.members(me.group) if one.id != me.pk]
    return render(request, "work/papers.html", {"group": me.group, "rows": rows, "members": others})


@signed_in
@require_http_methods(["GET", "POST"])
def write(request: SignedIn, group: UUID, member_id: UUID) -> HttpResponse:
    """Copy a sheet for a member."""
    me = coordinator(request, group)
    worker = Membership.objects.filter(group=me.group, pk=member_id, left__isnull=True).exclude(pk=me.pk).first()
    if worker is None:
        raise Http404
    held = [role for role in roles.agreed_by([worker]).values() if role.current]
    own = {code: str(text) for code, text in roles.kind_labels([group]).get(group, {}).items()}
    form = PaperForm(request.POST or None, me.group, own, held)
    if request.method == "POST" and form.is_valid():
        try:
            papers.write(by=me, member=worker.pk, entry=form.entry())
        except papers.Invalid as invalid:
            form.refuse({name: labels.ERRORS.get(code, code) for name, code in invalid.errors.items()})
        except people.Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("It waits for their yes."))
            return redirect("work:papers", group)
    context = {"form": form, "group": me.group, "name": members.name(worker)}
    return render(request, "work/paper_write.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_POST
def withdraw(request: SignedIn, group: UUID, paper: UUID) -> HttpResponse:
    """Take back what still waits."""
    try:
        papers.withdraw(by=coordinator(request, group), paper=paper)
        messages.success(request, _("It is gone."))
    except people.Refused as refused:
        messages.info(request, str(refused))
    return redirect("work:papers", group)


@signed_in
@require_http_methods(["GET", "POST"])
def answer(request: SignedIn, paper: UUID) -> HttpResponse:
    """For the worker: exactly what would be written, shared and owed; yes or no."""
    found = queries.paper(request.user, paper)
    if found is None:
        messages.info(request, _("This was answered already."))
        return redirect("home:home")
    if request.method == "POST" and request.POST.get("answer") in {"yes", "no"}:
        return _answered(request, found)
    title, version = queries.terms_of(found)
    context = {
        "group": found.row.group,
        "paper": found.row,
        "until": found.until,
        "by": found.name,
        "role": title,
        "told": members.consented(found.row.membership, queries.TOLD),
        "raw": found.entry,
        "sum": present.sum_of(found.entry, version, None),
        "entry": _words(found.entry, roles.kind_labels([found.row.group_id]).get(found.row.group_id, {})),
    }
    return render(request, "work/paper.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def change(request: SignedIn, paper: UUID) -> HttpResponse:
    """For the worker: the form of an entry with what was copied in it; saving it is the yes.

    Whoever asks for JSON is told what the form says, and nothing is saved: the phone wants to know what would be shared.
    """
    found = queries.paper(request.user, paper)
    if found is None:
        messages.info(request, _("This was answered already."))
        return redirect("home:home")
    fresh = {**found.entry, "id": str(uuid4()), "revision": 0}
    form = EntryForm(request.POST or None, queries.choices(request.user), entry=fresh)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"entry": form.entry() if form.is_bound and form.is_valid() else None})
    if request.method == "POST" and form.is_valid():
        group = form.told_group()
        if group == str(found.row.group_id):
            people.consent(membership=found.row.membership, code=queries.TOLD)
        try:
            made = papers.say_yes(account=request.user, paper=paper, entry=form.entry())
        except papers.Invalid as invalid:
            form.refuse({name: labels.ERRORS.get(code, code) for name, code in invalid.errors.items()})
        except people.Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("work:entry", made)
    context = {"form": form, "action": reverse("work:paper_change", args=[paper]), "paper": found.row}
    return render(request, "work/paper_change.html", context, status=422 if form.is_bound else 200)


def _answered(request: SignedIn, found: queries.Waiting) -> HttpResponse:
    try:
        if request.POST["answer"] == "no":
            papers.say_no(account=request.user, paper=found.row.pk)
            messages.success(request, _("It is gone. Nothing was written down."))
            return redirect("home:home")
        made = papers.say_yes(account=request.user, paper=found.row.pk)
    except papers.Invalid as invalid:
        for code in invalid.errors.values():
            messages.error(request, labels.ERRORS.get(code, code))
        return redirect("work:paper", found.row.pk)
    except people.Refused as refused:
        messages.info(request, str(refused))
        return redirect("home:home")
    people.consent(membership=found.row.membership, code=queries.TOLD)
    messages.success(request, _("It is in your record, and your group can see it."))
    return redirect("work:entry", made)


def _words(entry: dict[str, Any], own: dict[str, str]) -> dict[str, Any]:
    return {"heading": present.heading(entry, own), "when": present.when(entry), "facts": present.facts(entry)}
