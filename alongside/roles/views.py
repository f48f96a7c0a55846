"""Pages of roles. Somebody outside the group, or a role's two sides where only they may look, learns nothing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alongside.people import queries as people
from alongside.people.access import SignedIn, coordinator, member, once_member, signed_in
from alongside.people.actions import Refused
from alongside.people.models import Membership
from alongside.roles import actions, present, queries, rules, threads, words
from alongside.roles.asking_forms import AnswerForm, AskForm, AskingForm, KindForm, TitleForm
from alongside.roles.forms import DraftForm, as_initial, filled, stamp
from alongside.roles.models import Change, Holding, Role, Version


@signed_in
@require_safe
def group(request: SignedIn, group: UUID) -> HttpResponse:
    """The roles of a group."""
    me = member(request, group)
    return render(request, "roles/group.html", {"me": me, "group": me.group, "roles": queries.listed(me)})


@signed_in
@require_http_methods(["GET", "POST"])
def write(request: SignedIn, group: UUID) -> HttpResponse:
    """Write a role: its first draft."""
    me = coordinator(request, group)
    form = DraftForm(request.POST or None, group=me.group)
    if request.method == "POST" and form.is_valid():
        made = actions.draft(by=me, title=form.cleaned_data["title"], terms=form.terms())
        messages.success(request, _("The draft is saved. It is for coordinators and for those you ask."))
        return redirect("roles:role", made.pk)
    return _draft_page(request, me, form, None)


@signed_in
@require_http_methods(["GET", "POST"])
def draft(request: SignedIn, role: UUID) -> HttpResponse:
    """Go on with a draft; ``?check`` shows what is missing before it can be proposed."""
    found, me = _role(request, role, coordinates=True)
    version = queries.draft(found)
    if version is None:
        raise Http404
    title = queries.title(found)
    if request.method == "POST":
        form = DraftForm(request.POST, group=me.group, version=version)
        if form.is_valid():
            return _save(request, me, version, form)
        return _draft_page(request, me, form, version)
    typed = filled(queries.terms(version), title)
    typed["seen"] = stamp(version)
    if "check" in request.GET:
        form = DraftForm(typed, group=me.group, version=version)
        form.is_valid()
        form.say_problems({n: c for n, c in queries.problems(version).items() if n not in form.errors})
    else:
        form = DraftForm(initial=as_initial(typed), group=me.group, version=version)
    return _draft_page(request, me, form, version)


@signed_in
@require_POST
def new_draft(request: SignedIn, role: UUID) -> HttpResponse:
    """Start a new version from the newest one."""
    found, me = _role(request, role, coordinates=True)
    try:
        actions.new_draft(by=me, role=found)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("roles:role", role)
    return redirect("roles:draft", role)


@signed_in
@require_POST
def propose(request: SignedIn, role: UUID) -> HttpResponse:
    """Put the draft to the role's holders, or show what is missing."""
    found, me = _role(request, role, coordinates=True)
    version = queries.draft(found)
    if version is None:
        messages.error(request, _("There is no draft now. Somebody may have sent it out."))
        return redirect("roles:role", role)
    return _propose(request, me, version)


@signed_in
@require_safe
def role(request: SignedIn, role: UUID) -> HttpResponse:
    """One role: what it says, what it asks of the reader, and how it came about."""
    found, me = _role(request, role)
    return _role_page(request, found, me, TitleForm())


@signed_in
@require_safe
def version(request: SignedIn, role: UUID, number: int) -> HttpResponse:
    """One version of a role, and what it changed."""
    found, me = _role(request, role)
    page = _page(found, me)
    shown = next((v for v in page.versions if v.number == number), None)
    if shown is None:
        raise Http404
    return render(request, "roles/version.html", {"page": page, "version": shown, **_terms(page, shown)})


@signed_in
@require_safe
def compare(request: SignedIn, role: UUID) -> HttpResponse:
    """Any two versions side by side (``?before`` and ``?now`` number them; the last two unless said)."""
    found, me = _role(request, role)
    page = _page(found, me)
    by_number = {str(v.number): v for v in page.versions}
    now = by_number.get(request.GET.get("now", ""), page.versions[0])
    older = next((v for v in page.versions if v.number < now.number), page.versions[-1])
    before = by_number.get(request.GET.get("before", ""), older)
    if before.number > now.number:
        before, now = now, before
    context = {
        "page": page,
        "old": before.number,
        "new": now.number,
        "sides": [("before", _("Before"), before.number), ("now", _("Now"), now.number)],
        "differences": words.differences(before.terms, now.terms, page.labels),
    }
    return render(request, "roles/compare.html", context)


@signed_in
@require_safe
def agreed(request: SignedIn, role: UUID) -> HttpResponse:
    """What the reader agreed to in a role, on pages to print; also for who holds it no longer or left the group."""
    found = queries.get(role)
    if found is None:
        raise Http404
    me = once_member(request, found.group_id)
    papers = present.papers(found, me)
    if not papers:
        raise Http404
    context = {"role": found, "title": queries.title(found), "name": people.name(me), "papers": papers}
    return render(request, "roles/agreed.html", context)


@signed_in
@require_POST
def wish(request: SignedIn, role: UUID) -> HttpResponse:
    """Say which title one would choose."""
    found, me = _role(request, role)
    mine = _mine(request, found)
    form = TitleForm(request.POST)
    if form.is_valid():
        try:
            actions.wish(holding=mine, title=form.cleaned_data["title"])
        except Refused as refused:
            form.add_error("title", str(refused))
        else:
            chosen = Role.objects.get(pk=role).chosen
            messages.success(request, _("The title is chosen.") if chosen else _("Your choice is kept."))
            return redirect("roles:role", role)
    return _role_page(request, found, me, form)


@signed_in
@require_POST
def agree(request: SignedIn, role: UUID) -> HttpResponse:
    """Say yes to the version that was shown."""
    found, _me = _role(request, role)
    mine = _mine(request, found)
    try:
        actions.agree(holding=mine, version=_version(found, request.POST.get("version", "")))
        messages.success(request, _("You agreed. The group knows."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("roles:role", role)


@signed_in
@require_http_methods(["GET", "POST"])
def change(request: SignedIn, role: UUID) -> HttpResponse:
    """Ask for a change or ask a question, about the newest version or the one that ``?version`` numbers."""
    found, me = _role(request, role)
    return _asking(request, found, me, None)


@signed_in
@require_http_methods(["GET", "POST"])
def again(request: SignedIn, role: UUID, change: UUID) -> HttpResponse:
    """Ask again: the group's answer did not settle it."""
    found, me = _role(request, role)
    row = queries.change(found, change)
    if row is None or row.holding.membership_id != me.pk:
        raise Http404
    return _asking(request, found, me, row)


@signed_in
@require_POST
def settle(request: SignedIn, role: UUID, change: UUID) -> HttpResponse:
    """Say that what one asked is settled."""
    found, me = _role(request, role)
    row = queries.change(found, change)
    if row is None or row.holding.membership_id != me.pk:
        raise Http404
    try:
        actions.resolve(holding=_mine(request, found), change=row)
        messages.success(request, _("It is settled. The group knows."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(f"{reverse('roles:role', args=[role])}#asked")


@signed_in
@require_http_methods(["GET", "POST"])
def answer(request: SignedIn, role: UUID, change: UUID) -> HttpResponse:
    """Answer a request for a change."""
    found, me = _role(request, role, coordinates=True)
    row, page = queries.change(found, change), _page(found, me)
    if row is None:
        raise Http404
    newer = [v for v in page.versions if v.proposed and v.number > row.version.number]
    form = AnswerForm(request.POST or None, versions=newer)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["version"]
        try:
            actions.answer(
                by=me,
                change=row,
                text=form.cleaned_data["text"],
                version=_version(found, chosen) if chosen else None,
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Your answer is on its way."))
            return redirect("roles:role", role)
    asked = next(r for r in page.requests if r.id == row.pk)
    return render(request, "roles/answer.html", {"page": page, "asked": asked, "form": form})


@signed_in
@require_http_methods(["GET", "POST"])
def ask(request: SignedIn, role: UUID) -> HttpResponse:
    """Ask a member to hold the role."""
    found, me = _role(request, role, coordinates=True)
    members = [(str(m.id), m.name) for m in queries.to_ask(found)]
    form = AskForm(request.POST or None, members=members)
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask(by=me, role=found, membership=queries.one_to_ask(found, UUID(form.cleaned_data["member"])))
        except Refused as refused:
            form.add_error("member", str(refused))
        else:
            messages.success(request, _("We asked them. They can say yes, no, or ask for a change."))
            return redirect("roles:role", role)
    context = {"page": _page(found, me), "form": form, "members": members}
    return render(request, "roles/ask.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def leave(request: SignedIn, role: UUID) -> HttpResponse:
    """Say no to a role, or hold it no longer."""
    found, me = _role(request, role)
    mine = _mine(request, found)
    if request.method == "POST":
        try:
            actions.leave(holding=mine)
            messages.success(request, _("You do not hold this role. The group knows."))
        except Refused as refused:
            messages.error(request, str(refused))
        return redirect("roles:group", found.group_id)
    return render(request, "roles/leave.html", {"page": _page(found, me)})


@signed_in
@require_POST
def widen(request: SignedIn, role: UUID) -> HttpResponse:
    """Name more kinds of work in the role: a new version, put to its holders."""
    found, me = _role(request, role, coordinates=True)
    try:
        actions.widen(by=me, role=found, kinds=request.POST.getlist("kinds"))
        messages.success(request, _("The new version is out. Each holder is asked to agree."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("roles:role", role)


@signed_in
@require_POST
def name_it(request: SignedIn, role: UUID) -> HttpResponse:
    """Ask that the role name kinds of work that are done under it."""
    found, _me = _role(request, role)
    try:
        actions.ask_to_name(holding=_mine(request, found), kinds=request.POST.getlist("kinds"))
        messages.success(request, _("The group has it and must answer."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("roles:role", role)


@signed_in
@require_http_methods(["GET", "POST"])
def kinds(request: SignedIn, group: UUID) -> HttpResponse:
    """Kinds of work that the group added, and a way to add one."""
    me = coordinator(request, group) if request.method == "POST" else member(request, group)
    form = KindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_kind(by=me, label=form.cleaned_data["label"])
        except Refused as refused:
            form.add_error("label", str(refused))
        else:
            messages.success(request, _("Added."))
            return redirect("roles:kinds", group)
    context = {"me": me, "group": me.group, "own": queries.group_kinds(group), "form": form}
    return render(request, "roles/kinds.html", context)


def _role(request: HttpRequest, role: UUID, *, coordinates: bool = False) -> tuple[Role, Membership]:
    """The role and the reader's membership in its group. ``Http404`` to strangers."""
    found = queries.get(role)
    if found is None:
        raise Http404
    me = member(request, found.group_id)
    if coordinates and not me.coordinates:
        raise PermissionDenied
    return found, me


def _mine(request: SignedIn, role: Role) -> Holding:
    """The reader's own holding of the role; forbidden to those who do not hold it."""
    mine = queries.holding(request.user, role)
    if mine is None:
        raise PermissionDenied
    return mine


def _page(role: Role, me: Membership) -> queries.Page:
    page = queries.page(role, me)
    if page is None:
        raise Http404
    return page


def _version(role: Role, text: str) -> Version:
    """The version that a form named. Raises ``Refused`` for what is none of the role's."""
    try:
        found = queries.version(role, UUID(text))
    except ValueError:
        found = None
    if found is None:
        raise Refused(_("There is a newer version now. Please read that one first."))
    return found


def _asking(request: SignedIn, role: Role, me: Membership, before: Change | None) -> HttpResponse:
    """The form for asking, about a version or again after the answer to ``before``; what was asked is sent."""
    mine, page = _mine(request, role), _page(role, me)
    form = AskingForm(request.POST or None, again=before is not None)
    wanted = request.GET.get("version", "")
    about = next((v for v in page.versions if str(v.number) == wanted), page.newest or page.versions[0])
    if request.method == "POST" and form.is_valid():
        try:
            actions.request_change(
                holding=mine,
                version=_version(role, str(about.id)),
                text=form.cleaned_data["text"],
                asks=form.cleaned_data.get("asks", "change"),
                follows=before,
            )
        except Refused as refused:
            form.add_error("text", str(refused))
        else:
            messages.success(request, _("The group has it and must answer."))
            return redirect(f"{reverse('roles:role', args=[role.pk])}#asked")
    asked = next((r for r in page.requests if before and r.id == before.pk), None)
    return render(request, "roles/change.html", {"page": page, "form": form, "about": about, "asked": asked})


def _terms(page: queries.Page, shown: queries.Shown | None, *, since: int | None = None) -> dict[str, Any]:
    """The sections of a version, and what it changed: since the version ``since``, else since the one before."""
    if shown is None:
        return {"sections": [], "differences": [], "before": None, "new": None}
    last = since if since is not None and since < shown.number else shown.number - 1
    before = next((v for v in page.versions if v.number <= last), None)
    differs = words.differences(before.terms, shown.terms, page.labels) if before else []
    return {
        "sections": words.sections(shown.terms, page.labels),
        "differences": differs,
        "before": before,
        "new": shown.number,
    }


def _role_page(request: HttpRequest, role: Role, me: Membership, form: TitleForm) -> HttpResponse:
    page = _page(role, me)
    shown = page.newest or page.draft
    ideas = list(dict.fromkeys([page.title, *(h.wish for h in page.holders if h.wish)]))
    waiting = queries.draft(role) if page.coordinates and page.draft else None
    context = {
        "page": page,
        "me": me,
        "shown": shown,
        "ideas": ideas,
        "title_form": form,
        "threads": threads.threads(page.requests),
        "open_requests": [r for r in page.requests if r.state == "asked"],
        "draft_problems": len(queries.problems(waiting)) if waiting else 0,
        **_terms(page, shown, since=page.my_agreed if page.to_agree else None),
    }
    return render(request, "roles/role.html", context)


def _draft_page(request: HttpRequest, me: Membership, form: DraftForm, version: Version | None) -> HttpResponse:
    title = form["title"].value() if "title" in form.fields else ""
    context = {
        "form": form,
        "group": me.group,
        "version": version,
        "title": queries.title(version.role) if version else "",
        "bare": rules.is_bare(str(title or "")),
        "holders": people.names(me.group, [h.membership_id for h in queries.holdings(version.role)]) if version else {},
    }
    return render(request, "roles/draft.html", context)


def _save(request: HttpRequest, me: Membership, version: Version, form: DraftForm) -> HttpResponse:
    title = form.cleaned_data.get("title") or queries.title(version.role)
    try:
        actions.save_draft(by=me, version=version, title=title, terms=form.terms())
    except Refused as refused:
        form.add_error(None, str(refused))
        return _draft_page(request, me, form, version)
    if request.POST.get("then") == "propose":
        saved = queries.version(version.role, version.pk)
        return _propose(request, me, saved or version)
    messages.success(request, _("The draft is saved. It is for coordinators and for those you ask."))
    return redirect("roles:role", version.role_id)


def _propose(request: HttpRequest, me: Membership, version: Version) -> HttpResponse:
    """Propose, or go to the draft with what is missing beside each field: it is saved, so nothing is lost."""
    if queries.problems(version):
        messages.warning(request, _("It is saved. A few things are still needed before you can send it out."))
        return redirect(reverse("roles:draft", args=[version.role_id]) + "?check=1")
    try:
        actions.propose(by=me, version=version)
        messages.success(request, _("It is out. Each holder is asked to agree."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("roles:role", version.role_id)
