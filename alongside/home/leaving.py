"""The page for leaving a group, which touches several rooms."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alongside.home import flows
from alongside.people.access import SignedIn, member, signed_in
from alongside.people.actions import Refused


@signed_in
@require_http_methods(["GET", "POST"])
def leave_group(request: SignedIn, group: UUID) -> HttpResponse:
    """Say what leaving does; leave."""
    me = member(request, group)
    if request.method == "POST":
        try:
            flows.leave_group(membership=me)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("people:group", group)
        messages.success(request, _("You left the group. Your record is still all yours."))
        return redirect("people:groups")
    return render(request, "home/leave_group.html", {"group": me.group})
