"""Pages of a group's months: what is shown of the work, for all its members; whether one's own work counts."""

import datetime as dt
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alongside.people import queries as people
from alongside.people.access import SignedIn, member, signed_in
from alongside.people.models import Group
from alongside.roles import queries as roles
from alongside.work import months as actions
from alongside.work import months_present, months_queries
from alongside.work import months_rules as rules


@signed_in
@require_safe
def months(request: SignedIn, group: UUID) -> HttpResponse:
    """What the group is shown of its months, the newest first."""
    me = member(request, group)
    small = _small(me.group)
    found = [] if small else months_queries.months(me.group, before=_before(request), most=rules.SHOWN_AT_ONCE + 1)
    kinds = roles.labels(me.group_id)
    rows = [
        {"month": one, "work": months_present.work(one, kinds), "responses": months_present.responses(one)}
        for one in found[: rules.SHOWN_AT_ONCE]
    ]
    context = {"group": me.group, "small": small, "rows": rows, "counts": people.consented(me, rules.COUNTED)}
    context["older"] = found[rules.SHOWN_AT_ONCE - 1].month if len(found) > rules.SHOWN_AT_ONCE else None
    return render(request, "work/months.html", context)


@signed_in
@require_safe
def as_csv(request: SignedIn, group: UUID) -> HttpResponse:
    """The same as a table, all months of it."""
    me = member(request, group)
    found = [] if _small(me.group) else months_queries.months(me.group)
    table = months_present.table(found, roles.labels(me.group_id))
    response = HttpResponse(table, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="months.csv"'
    return response


@signed_in
@require_POST
def count(request: SignedIn, group: UUID) -> HttpResponse:
    """Say whether one's own shared work counts."""
    me, yes = member(request, group), request.POST.get("count") == "yes"
    actions.count(membership=me, yes=yes)
    messages.success(request, _("Your work counts from now on.") if yes else _("Your work does not count from now on."))
    return redirect("work:months", group)


def _small(group: Group) -> bool:
    return people.size(group) < rules.GROUP_LEAST


def _before(request: HttpRequest) -> dt.date | None:
    try:
        return dt.date.fromisoformat(f"{request.GET.get('before', '')}-01")
    except ValueError:
        return None
