"""Where a page leads to next."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def next_page(request: HttpRequest, fallback: str) -> str:
    """Where to go on to: the page asked for when it is a path of ours, else ``fallback``."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if ours else fallback


def redirect_with_next(view: str, after: str) -> HttpResponse:
    """To ``view``, which leads on to the path ``after``."""
    return HttpResponseRedirect(f"{reverse(view)}?{urlencode({'next': after})}")
