"""What the processes of test_at_once.py do."""

from uuid import uuid4

from alongside.kit import audit, clock
from alongside.kit.models import AuditHead
from alongside.people import actions as people
from alongside.people import queries
from alongside.people.models import Group
from alongside.roles import actions as roles
from alongside.roles.tests.parts import proposed
from alongside.work import actions
from alongside.work.models import Share
from tests.world import account, world


def prepare(count: str) -> None:
    """Two groups, and people who hold a role in both; print the handles."""
    handles = [f"worker-{n}" for n in range(int(count))]
    accounts = [account(handle) for handle in handles]
    for prefix in ("one-", "two-"):
        w = world(prefix)
        members = [
            people.join(account=a, secret=people.invite(by=w.coordinator), name=a.handle.title()) for a in accounts
        ]
        _role, version, holdings = proposed(w.coordinator, *members)
        for holding in holdings:
            roles.agree(holding=holding, version=version)
    print(*handles)


def share(handle: str, times: str, backwards: str) -> None:
    """Share work with both groups in one call, again and again, in this order or the other; print what became of it."""
    me = queries.by_handle(handle)
    assert me is not None
    held = [(m.group_id, m.holdings.get().role_id) for m in queries.memberships(me)]
    for _ in range(int(times)):
        entries = [
            {"id": str(uuid4()), "revision": 1, "day": clock.today().isoformat(), "kinds": ["forms"], "minutes": 60,
             "group": str(group), "role": str(role), "shared": True}
            for group, role in (reversed(held) if backwards == "yes" else held)
        ]  # fmt: skip
        print(*[answer.status for answer in actions.sync(account=me, entries=entries)])


def check() -> None:
    """Print how many shares each group has, and whether every chain holds."""
    print(*[Share.objects.filter(group=group).count() for group in Group.objects.all()])
    print(all(audit.verify(head.chain) is None for head in AuditHead.objects.all()))
