"""A layer around requests that a phone makes for whoever its store belongs to."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from alongside.people.models import Account
from alongside.people.queries import phone_name

HEADER = "X-Alongside-Phone"


def same_person(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer 403 where the scripts of a page act for one person, and the cookies are another's by now.

    A page stays open while somebody signs out and somebody else signs in, in another tab. What it then sends would be
    stored as the other's: work, a photo, a whole vault. Its scripts say for whom they act (``whose`` in
    ``people/store.js``), by the name that the person's own phones know; forms and other programs say nothing.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        meant = request.headers.get(HEADER)
        if meant is not None and isinstance(request.user, Account) and meant != phone_name(request.user):
            return JsonResponse({"detail": _("Somebody else is signed in here now.")}, status=403)
        return get_response(request)

    return answer
