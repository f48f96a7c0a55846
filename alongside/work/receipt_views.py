"""Photos of receipts: sending one, looking at one, taking one away. A photo is never kept by a browser."""

from collections.abc import Callable
from typing import Any, TypeVar, cast
from uuid import UUID, uuid4

from csp.constants import NONE
from csp.decorators import csp
from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alongside.pay import access
from alongside.people.access import SignedIn, coordinator, signed_in
from alongside.work import labels, queries, receipts

_View = TypeVar("_View", bound=Callable[..., HttpResponse])


def _alone(view: _View) -> _View:
    """A picture by itself may do nothing, whatever a browser takes it for."""
    return cast("_View", csp({"default-src": [NONE], "frame-ancestors": [NONE], "sandbox": True})(view))


@signed_in
@require_POST
def add(request: SignedIn, entry: UUID) -> HttpResponse:
    """Take a photo for an expense: from the plain form, or from a phone that kept it until there was a connection."""
    by_script = request.headers.get("Accept") == "application/json"
    if queries.entry(request.user, entry) is None:
        if by_script:
            return _said(404, status="gone")
        raise Http404
    photo = request.FILES.get("photo")
    try:
        made = receipts.add(
            account=request.user,
            entry=entry,
            receipt=_id(request.POST.get("id", "")),
            code=request.POST.get("code", ""),
            data=photo.read() if photo is not None else b"",
        )
    except receipts.NotTaken as no:
        text = str(labels.ERRORS[str(no)])
        if by_script:
            return _said(200, status="refused", detail=text)
        messages.error(request, text)
        return redirect("work:entry", entry)
    if by_script:
        return _said(200, status="stored" if made else "unchanged")
    messages.success(request, _("The photo is kept with this entry."))
    return redirect("work:entry", entry)


@signed_in
@require_safe
@_alone
def own(request: SignedIn, receipt: UUID) -> HttpResponse:
    """A photo of one's own."""
    return _picture(queries.receipt(request.user, receipt))


@signed_in
@require_POST
def remove(request: SignedIn, entry: UUID, receipt: UUID) -> HttpResponse:
    """Take a photo away."""
    receipts.remove(account=request.user, receipt=receipt)
    messages.success(request, _("The photo is gone."))
    return redirect("work:entry", entry)


@signed_in
@require_safe
@_alone
def shared(request: SignedIn, group: UUID, share: UUID, copy: UUID) -> HttpResponse:
    """A photo that belongs to shared work, for the group's coordinators."""
    return _picture(queries.receipt_copy(coordinator(request, group), share, copy))


@signed_in
@require_safe
def work_of(request: SignedIn, claim: UUID) -> HttpResponse:
    """From a claim to the work that it is for, with its receipts: the worker's own entry, or the group's copy."""
    _me, _page, mine = access.claim(request, claim)
    share = queries.share_of(claim)
    if share is None:
        messages.info(request, _("This work is not shared any more. The sum stands by itself."))
        return redirect("pay:claim", claim)
    return redirect("work:entry", share.entry_id) if mine else redirect("work:shared", share.group_id, share.pk)


def _picture(found: bytes | None) -> HttpResponse:
    if found is None:
        raise Http404
    response = HttpResponse(found, content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = 'inline; filename="receipt.jpg"'
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store"
    return response


def _id(text: str) -> UUID:
    """The id that the phone made; the plain form has none."""
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


def _said(code: int, **body: Any) -> JsonResponse:
    return JsonResponse(body, status=code)
