"""The API of watch: start, OK, more time, help, end; and what who was called says, without signing in."""

from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Body, Field, Router, Schema
from pydantic import ValidationError

from alongside.people.api import PROBLEMS, Problem, caller
from alongside.watch import actions, rules
from alongside.watch.models import CheckIn

_S = TypeVar("_S", bound=Schema)
router = Router(tags=["watch"])
ANSWERS = {404: Problem, **PROBLEMS}
_STATES = ", ".join(
    (rules.WATCHING, rules.ASKED, rules.CALLING, rules.COMING, rules.THERE, rules.ENDED)
)  # fmt: skip


class Step(Schema):
    """Who is called together, and how long after the step before."""

    watchers: list[UUID] = Field(min_length=1, max_length=rules.WATCHERS)
    wait: int = Field(ge=0, le=rules.LONGEST_WAIT, default=180)


class Shut(Schema):
    """What is shown to who is called, and to nobody before; all of it may be left out."""

    name: str = Field(default="", max_length=rules.SHUT["name"])
    where: str = Field(default="", max_length=rules.SHUT["where"])
    know: str = Field(default="", max_length=rules.SHUT["know"])
    want: str = Field(default="", max_length=rules.SHUT["want"])
    contact: str = Field(default="", max_length=rules.SHUT["contact"])


class StartIn(Schema):
    """A check-in to start. Lengths are in seconds."""

    id: UUID | None = Field(default=None, description="Made by the phone: the same one again starts nothing twice")
    first: int = Field(ge=0, le=rules.LONGEST, description="Until the first check")
    every: int | None = Field(
        default=None, ge=0, le=rules.LONGEST, description="Between checks; null for one check alone"
    )
    grace: int = Field(
        default=rules.GRACE, ge=0, le=rules.LONGEST, description="From a check without an answer to the first call"
    )
    arrive: int = Field(default=rules.ARRIVE, ge=0, le=rules.LONGEST, description="How long who is on the way has")
    steps: list[Step] = Field(min_length=1, max_length=rules.STEPS)
    shut: Shut | None = None
    shut_from: int = Field(default=1, ge=1, le=rules.STEPS, description="The step from which on shut is opened")
    stewards: UUID | None = Field(default=None, description="The group whose stewards are told when nobody answers")


class CheckInOut(Schema):
    """A check-in as it is on disk."""

    id: UUID
    due: str = Field(description="When the next check is, in UTC")
    state: str = Field(description=f"How it stands: {_STATES}")


class MoreIn(Schema):
    """How much more time, in seconds."""

    seconds: int = Field(default=600, ge=0, le=rules.LONGEST)


class EndedIn(Schema):
    """How it ended."""

    outcome: str = Field(default="ok", max_length=10, description=f"How it ended: {', '.join(rules.OUTCOMES)}")


class SaidOut(Schema):
    """How the check-in stands, and how the own call does: ``ended`` when it was over before."""

    state: str = Field(description=f"How the check-in stands: {_STATES}")
    mine: str = Field(description="How the own call does: called, coming, there, cannot, ended")


def _may_be_empty(schema: type[Schema]) -> dict[str, Any]:
    """What the description says of a body that may be left out: one tap sends none."""
    return {"requestBody": {"required": False, "content": {"application/json": {"schema": schema.model_json_schema()}}}}


def _given(request: HttpRequest, schema: type[_S]) -> _S:
    """The body, or the defaults where there is none. Raises :class:`actions.Wrong`."""
    try:
        return schema.model_validate_json(request.body) if request.body else schema()
    except ValidationError as wrong:
        raise actions.Wrong([str(step) for error in wrong.errors() for step in error["loc"]]) from wrong


@router.post("", response={200: CheckInOut, **ANSWERS}, summary="Start a check-in")
def start(request: HttpRequest, payload: Body[StartIn]) -> HttpResponse:
    """Start. The answer means that it is on disk and that the engine will act on it."""
    try:
        row = actions.start(
            person=caller(request), first=payload.first, every=payload.every, grace=payload.grace,
            arrive=payload.arrive, steps=[(step.wait, step.watchers) for step in payload.steps],
            shut=payload.shut.dict() if payload.shut else None, shut_from=payload.shut_from,
            stewards=payload.stewards, check_in=payload.id,
        )  # fmt: skip
    except actions.Wrong as wrong:
        return _wrong(wrong)
    return _shown(row)


@router.post("/{uuid:check_in}/ok", response={200: CheckInOut, **ANSWERS}, summary="I am OK")
def ok(request: HttpRequest, check_in: UUID) -> HttpResponse:
    """The next check is set, or it ends safe when there was one check alone."""
    return _own(lambda: actions.ok(person=caller(request), check_in=check_in))


@router.post(
    "/{uuid:check_in}/extend", response={200: CheckInOut, **ANSWERS}, summary="I need more time",
    openapi_extra=_may_be_empty(MoreIn),
)  # fmt: skip
def extend(request: HttpRequest, check_in: UUID) -> HttpResponse:
    """The check is so much later, or so long from now when its time has come."""
    try:
        seconds = _given(request, MoreIn).seconds
    except actions.Wrong as wrong:
        return _wrong(wrong)
    return _own(lambda: actions.extend(person=caller(request), check_in=check_in, seconds=seconds))


@router.post("/{uuid:check_in}/help", response={200: CheckInOut, **ANSWERS}, summary="I need help now")
def help_now(request: HttpRequest, check_in: UUID) -> HttpResponse:
    """The first step is called at once."""
    return _own(lambda: actions.help_now(person=caller(request), check_in=check_in))


@router.post("/{uuid:check_in}/end", response={200: CheckInOut, **ANSWERS}, summary="It ends, safe")
def end(request: HttpRequest, check_in: UUID) -> HttpResponse:
    """It ends; who was called is told."""
    return _own(lambda: actions.end(person=caller(request), check_in=check_in))


@router.post("/calls/{token}/coming", auth=None, response={200: SaidOut, **ANSWERS}, summary="I am on my way")
def coming(request: HttpRequest, token: str) -> HttpResponse:
    """The chain waits for who is on the way, for a while."""
    return _called(lambda: actions.coming(token=token))


@router.post("/calls/{token}/there", auth=None, response={200: SaidOut, **ANSWERS}, summary="I am there")
def there(request: HttpRequest, token: str) -> HttpResponse:
    """The chain stands still."""
    return _called(lambda: actions.there(token=token))


@router.post(
    "/calls/{token}/ended", auth=None, response={200: SaidOut, **ANSWERS}, summary="It is over",
    openapi_extra=_may_be_empty(EndedIn),
)  # fmt: skip
def ended(request: HttpRequest, token: str) -> HttpResponse:
    """It ends; the person and everybody who was called is told."""
    try:
        outcome = _given(request, EndedIn).outcome
    except actions.Wrong as wrong:
        return _wrong(wrong)
    return _called(lambda: actions.they_are_ok(token=token, outcome=outcome))


@router.post("/calls/{token}/cannot", auth=None, response={200: SaidOut, **ANSWERS}, summary="I cannot come")
def cannot(request: HttpRequest, token: str) -> HttpResponse:
    """The chain goes on at once where nobody else is left in its step."""
    return _called(lambda: actions.cannot(token=token))


def _own(act: Any) -> HttpResponse:
    try:
        return _shown(act())
    except actions.Unknown:
        return _not_there()
    except actions.Wrong as wrong:
        return _wrong(wrong)


def _called(act: Any) -> HttpResponse:
    try:
        said = act()
    except actions.Unknown:
        return _not_there()
    except actions.Wrong as wrong:
        return _wrong(wrong)
    return JsonResponse({"state": said.state, "mine": said.mine})


def _shown(row: CheckIn) -> HttpResponse:
    return JsonResponse({"id": str(row.pk), "due": row.due_at.isoformat(), "state": row.state})


def _not_there() -> HttpResponse:
    return JsonResponse({"detail": _("This is not there, or not any more."), "where": []}, status=404)


def _wrong(wrong: actions.Wrong) -> HttpResponse:
    where = [f"body.{name}" for name in wrong.where]
    return JsonResponse({"detail": _("This request cannot be read."), "where": where}, status=422)
