"""The API of people: the private vault, as the person's own devices send and fetch it."""

import base64
import binascii
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Body, Field, Router, Schema

from alongside.people import actions, queries, rules
from alongside.people.models import Account

router = Router(tags=["people"])


class VaultIn(Schema):
    """What a device sealed, and what it is built on."""

    base: int = Field(description="The revision that this replaces; 0 when there is none yet", ge=0, lt=2**31)
    revision: int = Field(description="The new revision: higher than base", ge=1, lt=2**31)
    sealed: str = Field(
        description="Base64 of an age file for ten X25519 recipients; its text is padded to 16 KiB, or to twice that, "
        "and so on up to 4 MiB"
    )


class VaultOut(Schema):
    """What a device sealed, as base64, and which revision that is. Where there is none: 0 and an empty text.

    The answer to what was kept does not repeat it.
    """

    revision: int
    sealed: str


class Problem(Schema):
    """Why a call was not carried out."""

    detail: str
    where: list[str] = Field(default_factory=list, description="With 422: the places that are not as described")


PROBLEMS = dict.fromkeys((400, 401, 403, 422, 503), Problem)
"""What any call may be answered with: not to be read, not signed in, a session without its CSRF token, another shape
than described, a database that does not answer."""


@router.get("/vault", response={200: VaultOut, **PROBLEMS})
def vault(request: HttpRequest) -> HttpResponse:
    """Fetch the own vault. Only the person's own devices can open it."""
    return JsonResponse(_shown(queries.vault(caller(request))))


@router.put("/vault", response={200: VaultOut, 409: VaultOut, 413: Problem, **PROBLEMS})
def keep(request: HttpRequest, payload: Body[VaultIn]) -> HttpResponse:
    """Keep a vault that was sealed anew.

    When another device was first, nothing is kept and the answer is 409 with what that one sealed: open it, change it, and
    send it on that base.
    """
    try:
        sealed = base64.b64decode(payload.sealed, validate=True)
    except (binascii.Error, ValueError):
        sealed = b""
    if len(sealed) > rules.VAULT_MOST:
        return JsonResponse({"detail": _("Your private notes are full. Please delete some of them.")}, status=413)
    if not rules.is_sealed(sealed):
        return JsonResponse({"detail": _("This request cannot be read."), "where": ["body.sealed"]}, status=422)
    if payload.revision <= payload.base:
        return JsonResponse({"detail": _("This request cannot be read."), "where": ["body.revision"]}, status=422)
    me = caller(request)
    if actions.keep_vault(account=me, base=payload.base, revision=payload.revision, sealed=sealed):
        return JsonResponse({"revision": payload.revision, "sealed": ""})
    return JsonResponse(_shown(queries.vault(me)), status=409)


def _shown(found: queries.Sealed | None) -> dict[str, Any]:
    if found is None:
        return {"revision": 0, "sealed": ""}
    return {"revision": found.revision, "sealed": base64.b64encode(found.sealed).decode()}


def caller(request: HttpRequest) -> Account:
    """Whoever asks, of any call of the API."""
    account = request.user
    if not isinstance(account, Account):
        raise TypeError("the API's auth lets nobody else in")
    return account
