"""Pages of the statement of experience: choosing, looking, making, taking back; and the public page that checks one."""

from uuid import UUID

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alongside.home import experience
from alongside.home import experience_present as present
from alongside.home import experience_rules as rules
from alongside.home.experience_forms import CheckForm, ExperienceForm
from alongside.kit import signing
from alongside.kit.middleware import answer
from alongside.people.access import SignedIn, signed_in
from alongside.people.actions import Refused


@signed_in
@require_http_methods(["GET", "POST"])
def statement(request: SignedIn) -> HttpResponse:
    """Choose what goes in, look at it, and make the paper. The name is in the form and on the paper, and nowhere else."""
    material = experience.material(request.user)
    form = ExperienceForm(request.POST if request.method == "POST" else None, material)
    shown = None
    if form.is_bound and form.is_valid():
        said = rules.said(material.entries, form.wanted())
        if "make" in request.POST:
            try:
                made = experience.make(account=request.user, said=said, name=form.cleaned_data["name"])
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                return _file(present.pdf(made, form.cleaned_data["name"]))
        shown = {"facts": present.facts(said), "sections": present.sections(said), "notes": present.notes(said)}
    context = {"form": form, "shown": shown, "own": experience.own(request.user), "some": bool(material.kinds)}
    return render(request, "home/experience.html", context)


@signed_in
@require_POST
def take_back(request: SignedIn, statement: UUID) -> HttpResponse:
    """From now on the paper does not check out."""
    experience.take_back(account=request.user, statement=statement)
    messages.success(request, _("Taken back. That paper does not check out any more."))
    return redirect("home:statement")


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Whether a paper is genuine, for anybody: by its square, which says what stood on it, or by its code alone."""
    form = CheckForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not ratelimit.consume(request, action="check"):
        return answer(request, 429, _("That was a lot at once. Please wait a minute and try again."))
    context: dict[str, object] = {"form": form}
    if form.is_bound and form.is_valid() and (form.cleaned_data["paper"] or form.cleaned_data["code"]):
        context |= _found(form)
    return render(request, "home/check.html", context)


@require_safe
def key(request: HttpRequest) -> HttpResponse:
    """The public halves of the keys that sign, by their numbers, so that anybody can check a square by themselves."""
    del request
    text = "".join(f"{number}\n{pem}" for number, pem in signing.public().items())
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _found(form: CheckForm) -> dict[str, object]:
    paper, code, name = (form.cleaned_data[one] for one in ("paper", "code", "name"))
    if not paper:
        return {"checked": True, "until": experience.known(code)}
    said = experience.checked(paper)
    if said is None:
        return {"checked": True, "until": None}
    named = rules.is_name(said, name) if name.strip() else None
    shown = {"facts": present.facts(said), "sections": present.sections(said)}
    return {"checked": True, "until": experience.known(said.code), "shown": shown, "named": named, "name": name}


def _file(body: bytes) -> HttpResponse:
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="experience.pdf"'
    return response
