"""Pages of work: recording without scripts, one's own entry, and what was shared with a group."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alongside.kit import money
from alongside.people import actions as people
from alongside.people.access import SignedIn, coordinator, member, signed_in
from alongside.people.models import Account
from alongside.roles import queries as roles
from alongside.work import actions, beside, labels, present, queries, rules, stock_queries
from alongside.work.forms import EXPENSE_WORDS, EntryForm
from alongside.work.words import of_scripts


@signed_in
@require_http_methods(["GET", "POST"])
def new(request: SignedIn) -> HttpResponse:
    """Record a piece of work. Works without scripts."""
    form = EntryForm(request.POST or None, queries.choices(request.user))
    if request.method == "POST" and form.is_valid() and _store(request, form):
        return redirect("home:home")
    context = {
        "form": form,
        "action": reverse("work:new"),
        "changing": False,
        "done": reverse("home:home"),
        **of_scripts(request.user),
    }
    return render(request, "work/form.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_safe
def tally(request: SignedIn) -> HttpResponse:
    """Count people and things through a shift; ``work/tally.js`` does it on the phone, and fills this form."""
    context = {
        "form": EntryForm(None, queries.choices(request.user)),
        "action": reverse("work:new"),
        "done": reverse("home:home"),
        **of_scripts(request.user),
    }
    return render(request, "work/tally.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def edit(request: SignedIn, entry: UUID) -> HttpResponse:
    """Change an entry."""
    stored = _own(request.user, entry)
    if stored.get("folded"):
        messages.info(request, labels.ERRORS["folded"])
        return redirect("work:entry", entry)
    form = EntryForm(request.POST or None, queries.choices(request.user, also=stored.get("group")), entry=stored)
    if request.method == "POST" and form.is_valid() and _store(request, form):
        return redirect("work:entry", entry)
    done = reverse("work:entry", args=[entry])
    action = reverse("work:edit", args=[entry])
    context = {"form": form, "action": action, "changing": True, "done": done, **of_scripts(request.user)}
    return render(request, "work/form.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_http_methods(["GET", "POST"])
def delete(request: SignedIn, entry: UUID) -> HttpResponse:
    """Delete an entry, after a look at what that means."""
    stored = _own(request.user, entry)
    if request.method == "POST":
        gone = {"id": stored["id"], "revision": stored["revision"] + 1, "deleted": True}
        if not _taken(request, actions.sync(account=request.user, entries=[gone])[0]):
            return redirect("work:entry", entry)
        messages.success(request, _("The entry is gone."))
        return _after_taking_back(request, entry, reverse("home:record"))
    shared = queries.shared_states(request.user, [entry]).get(entry)
    own = _own_kinds(queries.choices(request.user)["groups"])
    return render(request, "work/delete.html", {"entry": _words(stored, own), "shared": shared})


@signed_in
@require_safe
def entry(request: SignedIn, entry: UUID) -> HttpResponse:
    """One's own entry: all of it, who it was shared with, what is owed for it."""
    stored = _own(request.user, entry)
    shared = queries.shared_states(request.user, [entry]).get(entry)
    groups = queries.choices(request.user)["groups"]
    context: dict[str, Any] = {"entry": _words(stored, _own_kinds(groups)), "shared": shared, "raw": stored}
    if shared is not None and not shared.share.withdrawn:
        context["sum"] = present.sum_of(stored, shared.share.version, shared.state)
    context["photos"] = beside.own(request.user, entry)
    context["spent"] = [(c, EXPENSE_WORDS[c]) for c in dict.fromkeys(e["code"] for e in stored.get("expenses") or ())]
    context["group"] = next((g for g in groups if g["id"] == stored.get("group")), None)
    return render(request, "work/entry.html", context)


@signed_in
@require_POST
def share(request: SignedIn, entry: UUID) -> HttpResponse:
    """Share an entry with its group, or take it back."""
    stored = _own(request.user, entry)
    wanted = request.POST.get("shared") == "yes"
    if stored.get("folded"):
        return _share_folded(request, entry, wanted)
    if wanted and stored.get("group"):
        me = member(request, UUID(stored["group"]))
        people.consent(membership=me, code=queries.TOLD)
    changed = {**stored, "revision": stored["revision"] + 1, "shared": wanted}
    if _taken(request, actions.sync(account=request.user, entries=[changed])[0]):
        messages.success(request, _("Your group can see this now.") if wanted else _("Your group no longer sees this."))
    return _after_taking_back(request, entry, reverse("work:entry", args=[entry]))


@signed_in
@require_http_methods(["GET", "POST"])
def keep_or_drop(request: SignedIn, share: UUID) -> HttpResponse:
    """After taking work back, ask whether to still be paid for it."""
    row = queries.question(request.user, share)
    if request.method == "POST":
        try:
            keep = request.POST.get("claim") != "drop"  # giving up pay takes a clear word
            actions.keep_or_drop(account=request.user, share=share, keep=keep)
            messages.success(request, _("It stays owed to you.") if keep else _("It is no longer owed."))
        except people.Refused as refused:
            messages.error(request, str(refused))
        return redirect("home:home")
    if row is None:
        messages.info(request, _("This was answered already."))
        return redirect("home:home")
    state = queries.shared_states(request.user, [row.entry_id])[row.entry_id].state
    return render(request, "work/keep_or_drop.html", {"share": row, "state": state})


@signed_in
@require_POST
def told(request: SignedIn, group: UUID) -> HttpResponse:
    """Keep that this member was told how long pay lines are kept."""
    people.consent(membership=member(request, group), code=queries.TOLD)
    return HttpResponse(status=204)


@signed_in
@require_safe
def inbox(request: SignedIn, group: UUID) -> HttpResponse:
    """What was shared with the group, newest day first."""
    me = coordinator(request, group)
    found = queries.inbox(me, before=_place(request))
    own = roles.kind_labels([group]).get(group, {})
    rows = [{"row": item, "entry": _words(item.copy, own)} for item in found[: queries.PAGE]]
    last = found[queries.PAGE - 1].share if len(found) > queries.PAGE else None
    context = {
        "group": me.group,
        "rows": rows,
        "next": f"{last.day.isoformat()}.{last.pk}" if last else "",
        "to_answer": roles.to_answer(me.group),
    }
    return render(request, "work/_inbox.html" if request.htmx else "work/inbox.html", context)


@signed_in
@require_safe
def shared(request: SignedIn, group: UUID, share: UUID) -> HttpResponse:
    """One shared piece of work: the copy, what is owed and by which rules, thanks, dispute."""
    me = coordinator(request, group)
    item = queries.shared(me, share)
    if item is None:
        raise Http404
    own = roles.kind_labels([group]).get(group, {})
    context = {
        "group": me.group,
        "item": item,
        "entry": _words(item.copy, own),
        "sum": present.sum_of(item.copy, item.share.version, item.state),
        "drawn": bool(item.copy.get("supplies")) and bool(stock_queries.taken_by(item.share)),
        "photos": beside.shared(item.share),
    }
    return render(request, "work/shared.html", context)


@signed_in
@require_POST
def thank(request: SignedIn, group: UUID, share: UUID) -> HttpResponse:
    """Say thanks; the button of a page part is answered with a page part."""
    me = coordinator(request, group)
    try:
        actions.thank(by=me, share=share)
    except people.Refused as refused:
        messages.error(request, str(refused))
        return redirect("work:shared", group, share)
    if request.htmx:
        item = queries.shared(me, share)
        context = {"group": me.group, "share": item.share if item else None, "thanked": True, "wide": False}
        return render(request, "work/_thanks.html", context)
    messages.success(request, _("Your thanks is on its way."))
    return redirect("work:shared", group, share)


def _share_folded(request: SignedIn, entry: UUID, wanted: bool) -> HttpResponse:
    """Take back what has folded; it is not shared anew from here, where most of it is gone."""
    try:
        if wanted:
            raise people.Refused(labels.ERRORS["folded"])
        actions.take_back(account=request.user, entry=entry)
        messages.success(request, _("Your group no longer sees this."))
    except people.Refused as refused:
        messages.error(request, str(refused))
    return redirect("work:entry", entry)


def _own(account: Account, pk: UUID) -> rules.Entry:
    found = queries.entry(account, pk)
    if found is None:
        raise Http404
    return found


def _own_kinds(groups: list[dict[str, Any]]) -> dict[str, str]:
    """The words for the kinds that the person's groups added."""
    return {kind["code"]: kind["label"] for group in groups for kind in group["kinds"]}


def _words(entry: rules.Entry, own: dict[str, str] | None = None) -> dict[str, Any]:
    return {
        "id": entry.get("id"),
        "heading": present.heading(entry, own),
        "when": present.when(entry),
        "facts": present.facts(entry),
    }


def _store(request: SignedIn, form: EntryForm) -> bool:
    """Store a valid form; put what is wrong beside its fields when it is refused."""
    group = form.told_group()
    if group is not None:
        people.consent(membership=member(request, UUID(group)), code=queries.TOLD)
    answer = actions.sync(account=request.user, entries=[form.entry()])[0]
    if answer.status in {"stored", "unchanged"}:
        messages.success(request, _("Saved."))
        return True
    if answer.status == "conflict":
        form.add_error(None, _("This was changed on another phone or page. Please load it again to see how it is now."))
    form.refuse({name: labels.ERRORS.get(code, code) for name, code in answer.errors.items()})
    return False


def _taken(request: SignedIn, answer: actions.Answer) -> bool:
    """Whether it was stored; what stood against that is said on the next page."""
    if answer.status == "conflict":
        messages.error(request, _("This was changed on another phone or page. This is how it is now."))
    for code in answer.errors.values():
        messages.error(request, labels.ERRORS.get(code, code))
    return answer.status in {"stored", "unchanged"}


def _after_taking_back(request: SignedIn, entry: UUID, fallback: str) -> HttpResponse:
    """Ask whether its pay is to stay owed; of what stays, say how much is still to come, unless it is in question."""
    asked = next((row for row in queries.open_questions(request.user) if row.entry_id == entry), None)
    if asked is not None:
        return redirect("work:keep_or_drop", asked.pk)
    one = queries.shared_states(request.user, [entry]).get(entry)
    state = one.state if one is not None and one.share.withdrawn else None
    if state is not None and state.balance > 0 and state.state != "disputed":
        some = _("Some of it was paid. %(sum)s is still owed to you.")
        text = some if state.paid > 0 else _("%(sum)s stays owed to you.")
        messages.info(request, text % {"sum": money.show(state.balance, state.currency)})
    return redirect(fallback)


def _place(request: HttpRequest) -> tuple[dt.date, UUID] | None:
    day, _dot, pk = request.GET.get("after", "").partition(".")
    try:
        return dt.date.fromisoformat(day), UUID(pk)
    except ValueError:
        return None
