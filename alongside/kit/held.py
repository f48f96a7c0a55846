"""Forms that could not be taken: what somebody typed goes back to them, on a page from which it can be sent again.

The server keeps nothing of it. Browsers load a page of ours anew on the way back to it, since none may be kept, and an empty
form would be all that is left. What is secret (a passphrase, a code) is never sent back: who typed it types it again.
"""

import re
from dataclasses import dataclass

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, RawPostDataException, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.middleware.csrf import get_token
from django.utils.http import escape_leading_slashes

CSRF_FIELD = "csrfmiddlewaretoken"
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
_SECRET = re.compile(r"(^|_)(passphrase|password|code|secret)\d*(_|$)")
"""Names of fields that hold what only its owner may read."""
_UNREADABLE = (UnreadablePostError, RawPostDataException, MultiPartParserError, SuspiciousOperation)
"""A body that broke off, that somebody read otherwise, that is no form, or that is too much."""


@dataclass(frozen=True)
class Held:
    """A form to send again: ``where`` is its address, ``fields`` pairs of name and value in the order they came in.

    ``files`` says that files were in it, which have to be chosen again; ``token`` is a fresh one against forged forms.
    """

    where: str
    fields: tuple[tuple[str, str], ...]
    files: bool
    token: str


def form_of(request: HttpRequest) -> Held | None:
    """The form that ``request`` brought, to be sent again; ``None`` where nobody sees a page, or no form of ours was sent.

    A form that came from another site, as the browser says, is not offered again: there would be a token of ours in it.
    """
    if request.method != "POST" or request.content_type not in FORMS or not _is_seen(request):
        return None
    try:
        if not _is_ours(request):
            return None
        pairs = [(name, str(value)) for name, values in request.POST.lists() if name != CSRF_FIELD for value in values]
        files = bool(request.FILES)
    except _UNREADABLE:
        return None
    if any(_SECRET.search(name) for name, _value in pairs):
        return None
    where = escape_leading_slashes(request.get_full_path())  # two would name another server
    return Held(where, tuple(pairs), files, get_token(request))


def _is_seen(request: HttpRequest) -> bool:
    """A person looks at the answer: scripts that ask by themselves do not say that they take a page."""
    return "text/html" in request.headers.get("Accept", "") and "HX-Request" not in request.headers


def _is_ours(request: HttpRequest) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
