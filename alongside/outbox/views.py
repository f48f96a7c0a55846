"""Pages of the outbox: a person's own letters."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from alongside.outbox import actions, queries


def owner_of(request: HttpRequest) -> UUID:
    """Whoever is signed in, as an owner."""
    owner = request.user.pk
    if not isinstance(owner, UUID):
        raise TypeError("login_required lets nobody else in")
    return owner


@login_required
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """The person's letters, unread first."""
    return render(request, "outbox/letters.html", {"letters": queries.letters(owner_of(request))})


@login_required
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark the letters that were on the page as read."""
    ids = [UUID(text) for text in request.POST.getlist("letter") if _is_id(text)]
    actions.mark_read(owner=owner_of(request), ids=ids)
    return redirect("outbox:letters")


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
