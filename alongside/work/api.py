"""The API of work: a phone sends entries and fetches what changed."""

from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Body, Field, Query, Router, Schema
from pydantic import ConfigDict, SkipValidation

from alongside.kit import clock
from alongside.people.api import PROBLEMS, Problem, caller
from alongside.roles import kinds
from alongside.roles.rules import EXPENSES, EXTRAS, PARTS
from alongside.work import actions, labels, queries, response_rules, responses, rules, sharing

router = Router(tags=["work"])

_EXAMPLE_ID = "7f0f3a52-5c7e-4c55-9a7e-2f6f7d1f4a10"
_EXAMPLE: dict[str, Any] = {
    "id": _EXAMPLE_ID,
    "revision": 1,
    "day": "2026-03-09",
    "part": "night",
    "minutes": 45,
    "extra": {"travel": 20},
    "expenses": [{"code": "travel", "amount": 350, "currency": "CAD"}],
    "kinds": ["outreach", "supplies"],
    "origin": "called",
    "group": None,
    "role": None,
    "weight": 1,
    "people": 4,
    "supplies": {"naloxone": 2},
    "barriers": ["wait"],
    "note": "Cold night, busy.",
    "share_note": False,
    "shared": False,
    "deleted": False,
}
_ELSEWHERE: dict[str, Any] = {**_EXAMPLE, "revision": 2, "minutes": 60}
_FOLDED: dict[str, Any] = {
    "id": "0b8f6f0e-6a3c-4a52-8f3b-0c9a7d2e5b11", "revision": 1, "folded": True, "kinds": ["forms"], "minutes": 30,
    "month": "2025-11", "day": "2025-11-01", "deleted": False,
}  # fmt: skip
_GONE: dict[str, Any] = {"id": "c1d9a7be-2f44-4d0a-9a53-5e8b6f3a7c22", "revision": 3, "deleted": True}
_STORED: dict[str, Any] = {"id": _EXAMPLE_ID, "status": "stored", "revision": 1}
_CONFLICT: dict[str, Any] = {"id": _EXAMPLE_ID, "status": "conflict", "revision": 2, "theirs": _ELSEWHERE}
_REJECTED: dict[str, Any] = {
    "id": _EXAMPLE_ID, "status": "rejected", "revision": None,
    "errors": {"kinds": "One of these kinds of work is not known here."},
}  # fmt: skip


def _one_of(codes: Iterable[object]) -> str:
    """The codes in words of the description."""
    *most, last = map(str, codes)
    return f"{', '.join(most)} or {last}"


class Expense(Schema):
    """Money that was spent for the work."""

    code: str = Field(description=_one_of(EXPENSES))
    amount: int = Field(description="Minor units (cents) of the currency, 1 or more", ge=1, le=rules.AMOUNT_MOST)
    currency: str = Field(description="ISO 4217: three capital letters, such as CAD", min_length=3, max_length=3)


class EntrySchema(Schema):
    """One piece of work. Only id, revision, day and kinds are needed; an unknown field rejects the entry."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: UUID = Field(description="Made on the phone, for good")
    revision: int = Field(description="1 when new; the stored revision plus 1 when changed", ge=1)
    day: str = Field(description="ISO day on which it began")
    kinds: list[str] = Field(
        description=f"One to {rules.KINDS_MOST} kinds of work: {_one_of(kinds.LABELS)}. A group may add kinds of its own, whose "
        "codes begin with g-"
    )
    part: str | None = Field(None, description=f"Part of the day: {_one_of(PARTS)}")
    minutes: int | None = Field(None, description="How long it took", ge=0, le=rules.MINUTES_MOST)
    extra: dict[str, int] = Field(
        default_factory=dict,
        description=f"Minutes beside the work, 0 to {rules.MINUTES_MOST} each, by what they were for: {_one_of(EXTRAS)}",
    )
    expenses: list[Expense] = Field(default_factory=list, description=f"Up to {rules.EXPENSES_MOST}")
    origin: str | None = Field(None, description=f"How it came about: {_one_of(rules.ORIGINS)}")
    group: UUID | None = Field(None, description="A group of the person's own")
    role: UUID | None = Field(None, description="A role that the person holds in that group")
    weight: int | None = Field(
        None,
        description="How heavy it was: 0 (fine), 1 (some), 2 (heavy) or 3 (very heavy); no group is shown it with a name",
        ge=0,
        le=max(rules.WEIGHTS),
    )
    people: int | None = Field(None, description="How many people", ge=0, le=rules.PEOPLE_MOST)
    supplies: dict[str, int] = Field(
        default_factory=dict,
        description=f"How many were handed out, 0 to {rules.SUPPLIES_MOST} each, by what: {_one_of(rules.SUPPLIES)}",
    )
    barriers: list[str] = Field(default_factory=list, description=f"What was in the way: {_one_of(rules.BARRIERS)}")
    note: str | None = Field(None, description=f"Up to {rules.NOTE_MOST} code points")
    share_note: bool = Field(False, description="Give the group the note too, with the copy")
    shared: bool = Field(False, description="Give the group a copy")
    deleted: bool = Field(False, description="Nothing of the entry is kept but its id, for 400 days")


class Folded(Schema):
    """What is left of an entry more than 90 days after it: of the rest the person's own vault knows."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_FOLDED]})

    id: UUID
    revision: int = Field(description="As it was: send a change with 1 more, all of it, and it is whole again", ge=1)
    folded: bool
    kinds: list[str]
    minutes: int | None = None
    month: str = Field(description="Year and month, such as 2026-03")
    day: str = Field(description="The first day of that month, for programs that know no folding")
    deleted: bool


class SyncIn(Schema):
    """What a phone sends. Each entry is checked alone, so that a bad one never holds up the rest."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"entries": [_EXAMPLE]}]})

    entries: list[SkipValidation[EntrySchema]] = Field(description="Up to 500 entries")


class Gone(Schema):
    """What is left of a deleted entry, for 400 days."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_GONE]})

    id: UUID
    revision: int = Field(ge=1)
    deleted: bool


class AnswerSchema(Schema):
    """What became of one entry."""

    model_config = ConfigDict(json_schema_extra={"examples": [_STORED, _CONFLICT, _REJECTED]})

    id: str | None = Field(None, description="As it was sent; null when that was no text")
    status: str = Field(description="stored, unchanged, conflict or rejected")
    revision: int | None = Field(None, description="The stored revision; null when nothing is stored under this id")
    theirs: EntrySchema | Folded | Gone | None = Field(
        None, description="On a conflict: what is stored. Send that revision plus 1 to settle"
    )
    errors: dict[str, str] = Field(
        default_factory=dict, description="When it was rejected: what is wrong, by field, in words for the person"
    )


class SyncOut(Schema):
    """What became of each entry, in the order in which they were sent."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"entries": [_STORED, _CONFLICT, _REJECTED]}]})

    entries: list[AnswerSchema]


class ChangesOut(Schema):
    """Entries in the order of the calls that stored them, deletions too; those of one call are in no order."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"entries": [_FOLDED, _EXAMPLE, _GONE], "next": None, "cursor": f"41.{_GONE['id']}"}]
        }
    )

    entries: list[EntrySchema | Folded | Gone]
    next: str | None = Field(description="Where to go on, when there are more")
    cursor: str = Field(description="Send as since, later, to get what changed after this answer")


@router.post("/entries/sync", response={200: SyncOut, 413: Problem, **PROBLEMS})
def sync(request: HttpRequest, payload: Body[SyncIn]) -> HttpResponse:
    """Send entries that are new or changed.

    Sending the same entry again changes nothing and answers `unchanged`. When somebody changed the entry elsewhere
    the answer is `conflict` with `theirs`: send what should stand, with the revision of `theirs` plus 1.
    """
    if len(payload.entries) > rules.BATCH_MOST:
        return JsonResponse({"detail": _("Send up to 500 entries at once.")}, status=413)
    answers = actions.sync(account=caller(request), entries=payload.entries)
    return JsonResponse({"entries": [_answer(answer) for answer in answers]})


@router.get("/entries", response={200: ChangesOut, **PROBLEMS})
def entries(
    request: HttpRequest, since: Annotated[str, Query(description="A cursor of an earlier answer")] = ""
) -> HttpResponse:
    """Fetch the own entries that were stored after `since`; all of them without it. Up to 500 an answer.

    They come in the order of the calls that stored them; those of one call are in no order.
    """
    try:
        found = queries.changes(caller(request), since)
    except queries.BadCursor:
        return JsonResponse({"detail": _("This place in the list is not known.")}, status=400)
    more = f"{reverse('api:entries')}?since={found.cursor}" if found.more else None
    return JsonResponse({"entries": found.entries, "next": more, "cursor": found.cursor})


class OwedSchema(Schema):
    """What is owed for one shared entry, whether or not it was paid."""

    entry: UUID
    day: str
    amount: int = Field(description="Minor units (cents) of the currency")
    currency: str


class OwedOut(Schema):
    """What a year's shared work is owed, entry by entry, across all groups. The sum is the person's own to make."""

    owed: list[OwedSchema]


class WouldOut(Schema):
    """What an entry would be owed; no currency where no agreed rate pays for it."""

    amount: int
    currency: str | None


@router.get("/owed", response={200: OwedOut, **PROBLEMS})
def owed(
    request: HttpRequest,
    year: Annotated[int, Query(description="The year in which the work was done", ge=2000, lt=2200)],
) -> HttpResponse:
    """Fetch what the own shared work of a year is owed."""
    return JsonResponse({"owed": queries.owed_in(caller(request), year)})


@router.post("/owed/would", response={200: WouldOut, **PROBLEMS})
def would_owe(request: HttpRequest, payload: Body[SkipValidation[EntrySchema]]) -> HttpResponse:
    """Ask what an entry would be owed if it were shared as it stands. Nothing of it is kept."""
    known = queries.known_kinds(caller(request), [payload])
    entry, wrong = rules.checked(payload, today=clock.today(), kinds=known)
    amount, currency = (0, None) if wrong or entry["deleted"] else sharing.would_owe(caller(request), entry)
    return JsonResponse({"amount": amount, "currency": currency})


def _said(name: str, about: str) -> str:
    return about + _one_of(response_rules.FIELDS[name])


class ResponseSchema(Schema):
    """An overdose response. Nothing of who, where or which day; only the id is needed."""

    id: UUID = Field(description="Made on the phone, for good")
    month: str | None = Field(None, description="Year and month, such as 2026-03; the present one without it")
    group: UUID | None = Field(None, description="The group that may count it, once a month is over")
    done: list[str] = Field(default_factory=list, description=f"What was done: {_one_of(response_rules.DONE)}")
    doses: str | None = Field(None, description=_said("doses", "Doses of naloxone: "))
    form: str | None = Field(None, description=_said("form", "How it was given: "))
    before: str | None = Field(None, description=_said("before", "Breathing before: "))
    after: str | None = Field(None, description=_said("after", "Breathing after: "))
    ambulance: str | None = Field(None, description=_said("ambulance", "An ambulance was: "))
    end: str | None = Field(None, description=_said("end", "How it ended: "))


class ResponsesIn(Schema):
    """Overdose responses. Every answer in one may also be `unknown`, or left out."""

    responses: list[SkipValidation[ResponseSchema]] = Field(description="Up to 100")


class ResponseAnswer(Schema):
    """What became of one response."""

    id: str | None = Field(None, description="As it was sent; null when it could not be read")
    status: str = Field(description="stored, unchanged or rejected")
    errors: dict[str, str] = Field(default_factory=dict, description="What is wrong, by field")


class ResponsesOut(Schema):
    """What became of each response, in the order in which they were sent."""

    responses: list[ResponseAnswer]


@router.post("/responses", response={200: ResponsesOut, 413: Problem, **PROBLEMS})
def store_responses(request: HttpRequest, payload: Body[ResponsesIn]) -> HttpResponse:
    """Send overdose responses. They are kept under no name, and fold to a group's monthly counts."""
    if len(payload.responses) > response_rules.BATCH_MOST:
        return JsonResponse({"detail": _("Send up to 100 at once.")}, status=413)
    answers = responses.store(account=caller(request), responses=payload.responses)
    return JsonResponse({"responses": [_response_answer(answer) for answer in answers]})


def _response_answer(answer: responses.Answer) -> dict[str, Any]:
    errors = {name: str(labels.ERRORS.get(code, code)) for name, code in answer.errors.items()}
    return {"id": answer.id, "status": answer.status, "errors": errors}


def _answer(answer: actions.Answer) -> dict[str, Any]:
    body: dict[str, Any] = {"id": answer.id, "status": answer.status, "revision": answer.revision}
    if answer.theirs is not None:
        body["theirs"] = answer.theirs
    if answer.errors:
        body["errors"] = {name: str(labels.ERRORS.get(code, code)) for name, code in answer.errors.items()}
    return body
