"""What tests of roles share: whole terms, and a role that was proposed."""

from dataclasses import replace

from alongside.outbox import queries as outbox
from alongside.people.models import Membership
from alongside.roles import actions, queries
from alongside.roles.models import Holding, Role, Version
from alongside.roles.rules import Rate, Terms

RATE = Rate(start="2026-01-01", amount=2500, unit="hour", currency="CAD", minimum=60, rounding=15)
TERMS = Terms(
    purpose="Walk the streets and hand out what people need",
    scope_in=("outreach", "supplies"),
    scope_out=("cleaning",),
    we_expect="Two walks a week",
    you_expect="Pay each Friday",
    rate=RATE,
)


def other(**fields: object) -> Terms:
    """The terms with other fields."""
    return replace(TERMS, **fields)


def drafted(by: Membership, title: str = "Street guide", terms: Terms = TERMS) -> tuple[Role, Version]:
    role = actions.draft(by=by, title=title, terms=terms)
    version = queries.draft(role)
    assert version is not None
    return role, version


def proposed(by: Membership, *holders: Membership, terms: Terms = TERMS) -> tuple[Role, Version, list[Holding]]:
    role, version = drafted(by, terms=terms)
    held = [actions.ask(by=by, role=role, membership=m) for m in holders]
    actions.propose(by=by, version=version)
    newest = queries.newest(role)
    assert newest is not None
    return role, newest, held


def again(by: Membership, role: Role, terms: Terms) -> Version:
    """A further version, proposed."""
    version = actions.new_draft(by=by, role=role)
    actions.save_draft(by=by, version=version, title=queries.title(Role.objects.get(pk=role.pk)), terms=terms)
    actions.propose(by=by, version=version)
    newest = queries.newest(role)
    assert newest is not None
    return newest


def letters(member: Membership) -> list[str]:
    """The texts of a member's letters that are about roles."""
    return [letter.text for letter in outbox.letters(member.account_id) if letter.path.startswith("/roles/")]


def codes(member: Membership) -> list[str]:
    """The codes of a member's letters about roles, in no order."""
    from alongside.outbox.models import Letter

    rows = Letter.objects.filter(owner=member.account_id, code__startswith="roles.")
    return sorted(rows.values_list("code", flat=True))
