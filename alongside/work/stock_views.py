"""Pages of stock: what a group has, for its members; what changes it, for its coordinators."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alongside.people import queries as people
from alongside.people.access import SignedIn, coordinator, member, signed_in
from alongside.people.actions import Refused
from alongside.people.models import Membership
from alongside.work import queries, stock, stock_present, stock_queries, stock_rules
from alongside.work.models import Supply
from alongside.work.months_rules import GROUP_LEAST
from alongside.work.stock_forms import (
    CountForm,
    FromForm,
    InForm,
    LostForm,
    MoveForm,
    OwnForm,
    PlaceForm,
    SupplyForm,
    WhereForm,
    spot_value,
)

ACTS = ("in", "count", "lost", "move", "stop")


@signed_in
@require_safe
def levels(request: SignedIn, group: UUID) -> HttpResponse:
    """What the group has of each thing that it keeps count of, and how long it lasts."""
    me = member(request, group)
    rows = [_shown(level) for level in stock_queries.levels(me.group)]
    rows.sort(key=lambda row: row["label"].casefold())
    context = {"group": me.group, "me": me, "rows": rows, "places": stock_queries.places(me.group)}
    context["counts"] = _sees_counts(me)
    return render(request, "work/stock.html", context)


@signed_in
@require_safe
def supply(request: SignedIn, group: UUID, supply: UUID) -> HttpResponse:
    """One thing: where it is, what to hand out first; for coordinators what was written, and what to write."""
    me = member(request, group)
    row = _supply(me, supply)
    (level,) = stock_queries.levels(me.group, [row])
    context = {"group": me.group, "me": me, "row": _shown(level), "counts": _sees_counts(me)}
    if me.coordinates:
        context["lines"] = [stock_present.line(one) for one in stock_queries.lines(me.group, row)]
        context["places"] = len(stock_queries.places(me.group))
    return render(request, "work/stock_supply.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def write(request: SignedIn, group: UUID, supply: UUID, act: str) -> HttpResponse:
    """For coordinators: what came in, what is gone, what was moved, a count; or no longer count it."""
    me = coordinator(request, group)
    row = _supply(me, supply)
    if act not in ACTS:
        raise Http404
    form = _form(act, request.POST if request.method == "POST" else None, me, row)
    if request.method == "POST" and form.is_valid() and _written(act, me, row, form):
        messages.success(request, _("It is written down."))
        return redirect("work:stock", group) if act == "stop" else redirect("work:stock_supply", group, supply)
    label = stock_present.label(row, stock_queries.own_names(me.group).get(row.pk, ""))
    context = {"group": me.group, "supply": row, "label": label, "act": act, "form": form}
    return render(request, "work/stock_write.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_http_methods(["GET", "POST"])
def supplies(request: SignedIn, group: UUID) -> HttpResponse:
    """For coordinators: begin to keep count of a thing, or change what one of it is."""
    me = coordinator(request, group)
    own = "own-name" in request.POST
    form = SupplyForm(request.POST if request.POST and not own else None, use_required_attribute=False)
    own_form = OwnForm(request.POST if own else None, use_required_attribute=False, prefix="own")
    for one, act in ((form, stock.keep), (own_form, stock.keep_own)):
        if one.is_bound and one.is_valid() and _tried(one, act, by=me, **one.cleaned_data):
            messages.success(request, _("It is on the list."))
            return redirect("work:stock", group)
    context = {"group": me.group, "form": form, "own": own_form}
    return render(request, "work/stock_supplies.html", context, status=422 if request.method == "POST" else 200)


@signed_in
@require_http_methods(["GET", "POST"])
def places(request: SignedIn, group: UUID) -> HttpResponse:
    """For coordinators: where supplies are kept, and from where hand-outs are taken."""
    me = coordinator(request, group)
    form = PlaceForm(request.POST if "name" in request.POST else None, use_required_attribute=False)
    if request.method == "POST" and not form.is_bound:
        return _change_place(request, me)
    if request.method == "POST" and form.is_valid() and _tried(form, stock.add_place, by=me, **form.cleaned_data):
        messages.success(request, _("It is on the list."))
        return redirect("work:stock", group)
    context = {"group": me.group, "form": form, "places": stock_queries.places(me.group, closed_too=True)}
    return render(request, "work/stock_places.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_http_methods(["GET", "POST"])
def drawn(request: SignedIn, group: UUID, share: UUID) -> HttpResponse:
    """For coordinators: from where a shared piece of work took its things; say that it was elsewhere."""
    me = coordinator(request, group)
    item = queries.shared(me, share)
    found = stock_queries.taken_by(item.share) if item is not None else []
    if not found:
        raise Http404
    asked, rows = request.POST.get("supply"), []
    for row, parts in found:
        form = WhereForm(request.POST if asked == str(row.pk) else None, _spots(me, row))
        if form.is_bound and form.is_valid():
            place, lot = form.spot()
            if _tried(form, stock.redraw, by=me, share=share, supply=row.pk, place=place, lot=lot):
                messages.success(request, _("It is written down."))
                return redirect("work:shared", group, share)
        shown = [(stock_present.spot(there), n) for there, n in parts]
        rows.append({"id": row.pk, "label": stock_present.label(row), "parts": shown, "form": form})
    context = {"group": me.group, "share": share, "rows": rows}
    return render(request, "work/stock_drawn.html", context, status=422 if request.method == "POST" else 200)


def _shown(level: stock_queries.Level) -> dict[str, Any]:
    return {
        "level": level,
        "id": level.supply.pk,
        "label": stock_present.label(level.supply, level.name),
        "lasting": stock_present.lasting(level),
        "spots": [(stock_present.spot(one), one) for one in level.spots],
        "first": stock_present.spot(level.first) if level.first else "",
    }


def _sees_counts(me: Membership) -> bool:
    """Whether the member sees how much there is.

    In a group of few, two looks would say what somebody handed out between them; who keeps the stock has to see it.
    """
    return me.coordinates or people.size(me.group) >= GROUP_LEAST


def _supply(me: Membership, pk: UUID) -> Supply:
    found = stock_queries.supply(me.group, pk)
    if found is None:
        raise Http404
    return found


def _places(me: Membership) -> list[tuple[str, str]]:
    return [(str(row.pk), name) for row, name in stock_queries.places(me.group)]


def _spots(me: Membership, row: Supply, *, every: bool = True) -> list[tuple[str, str]]:
    """Where the supply may be, as choices: each lot at each place; without ``every`` only where it is said to be."""
    found = stock_queries.spots(me.group, row)
    return [(spot_value(one.at, one.lot), stock_present.spot(one)) for one in found if every or one.there]


def _form(act: str, data: Any, me: Membership, row: Supply) -> Any:
    if act == "in":
        return InForm(data, _places(me), by_lot=row.by_lot)
    if act == "lost":
        return LostForm(data, _spots(me, row, every=False), own=stock_rules.is_own(row.code))
    if act == "move":
        return MoveForm(data, _spots(me, row, every=False), _places(me))
    if act == "stop":
        return forms.Form(data)
    found = [
        one for one in stock_queries.spots(me.group, row) if one.there or one.lot is None or one.state != "expired"
    ]
    hint = _("We have it as %(n)s.")
    return CountForm(data, [(spot_value(s.at, s.lot), stock_present.spot(s), hint % {"n": s.there}) for s in found])


def _written(act: str, me: Membership, row: Supply, form: Any) -> bool:
    """Write a valid form; what stands against it is put above the form."""
    given = form.cleaned_data
    if act == "count":
        return _tried(form, stock.count, by=me, supply=row.pk, counted=form.counted())
    if act == "stop":
        return _tried(form, stock.stop, by=me, supply=row.pk)
    once = {"by": me, "supply": row.pk, "amount": given["amount"], "key": given["key"]}
    if act == "in":
        lot = {name: given[name] for name in ("number", "expires") if name in given}
        return _tried(form, stock.take_in, place=UUID(given["place"]), **once, **lot)
    return _from(act, form, once)


def _from(act: str, form: FromForm, once: dict[str, Any]) -> bool:
    place, lot = form.spot()
    if act == "move":
        return _tried(form, stock.move, place=place, lot=lot, to=UUID(form.cleaned_data["to"]), **once)
    if form.cleaned_data["why"] == "out":
        return _tried(form, stock.hand_out, place=place, lot=lot, **once)
    return _tried(form, stock.lose, place=place, lot=lot, expired=form.cleaned_data["why"] == "expired", **once)


def _tried(form: forms.Form, act: Callable[..., object], **given: Any) -> bool:
    try:
        act(**given)
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    return True


def _change_place(request: SignedIn, me: Membership) -> HttpResponse:
    """What else the page of the places asks for: take hand-outs off at one, call one something else, close one, open one."""
    acts: dict[str, Callable[[UUID], object]] = {
        "first": lambda pk: stock.take_from(by=me, place=pk),
        "close": lambda pk: stock.close_place(by=me, place=pk),
        "open": lambda pk: stock.close_place(by=me, place=pk, closed=False),
        "rename": lambda pk: stock.rename_place(by=me, place=pk, name=request.POST.get("called", "")),
    }
    asked = next((name for name in acts if name in request.POST), "")
    try:
        acts[asked](UUID(request.POST[asked]))
        messages.success(request, _("It is written down."))
    except Refused as refused:
        messages.error(request, str(refused))
    except (KeyError, ValueError):
        messages.error(request, _("Please choose one of the places in the list."))
    return redirect("work:stock_places", me.group_id)
