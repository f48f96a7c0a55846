"""The API of roles: a phone fetches all open calls for work, and matches them by itself."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema

from alongside.people.api import PROBLEMS, caller
from alongside.roles import calls, rules

router = Router(tags=["calls"])


class CallSchema(Schema):
    """A call for work, in the language in use."""

    id: UUID
    group: str = Field(description="Name of the group")
    role: str = Field(description="Title of the role that it is under; empty for none")
    title: str = Field(description="Kinds of work, in words")
    lines: list[str] = Field(description="When, how long, what it pays, in words")
    text: str = Field(description="What the coordinator wrote")
    experience: list[str] = Field(
        description=f"Codes of the experience that it seeks; one of them is enough: {', '.join(rules.EXPERIENCE)}"
    )
    experience_words: list[str]
    why: str = Field(description="Why that experience is sought")
    to_all: bool = Field(description="Whether it shows to every member by now; else only where the phone matches it")
    said_yes: bool = Field(description="Whether this person said yes to it")


class CallsSchema(Schema):
    """All open calls."""

    calls: list[CallSchema]


@router.get("", response={200: CallsSchema, **PROBLEMS}, summary="All open calls of the person's groups")
def open_calls(request: HttpRequest) -> dict[str, list[calls.Shown]]:
    """All of them, whatever the person lived: no parameter tells anything. The phone decides which it shows."""
    return {"calls": calls.for_phone(caller(request))}
