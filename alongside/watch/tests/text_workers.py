"""What the processes of test_inbound.py do."""

from uuid import uuid4

from django.conf import settings

from alongside.kit import clock
from alongside.kit.models import Beat
from alongside.outbox import inbound
from alongside.outbox.tests import parts as outbox
from alongside.watch import queries
from alongside.watch.models import CheckIn
from alongside.watch.tests import parts
from tests.world import account

NUMBER = "+15550123456"


def prepare() -> None:
    """Somebody with a number and one watcher who can be reached."""
    settings.SMS_URL = "json://127.0.0.1:9099/"
    person = account("wren")
    outbox.working(person.pk, address=NUMBER)
    outbox.working(parts.watcher(person).owner, address="+15550999999")


def start_twice() -> None:
    """The same message in each process, then one of its own; print the answers."""
    settings.SMS_URL = "json://127.0.0.1:9099/"
    Beat.objects.update_or_create(name=queries.BEAT, defaults={"at": clock.database_now()})
    for key in ("the same", uuid4().hex):
        print(inbound.take(number=NUMBER, text="START", key=key))


def count() -> None:
    """Print how many check-ins run."""
    print(CheckIn.objects.filter(next_at__isnull=False).count())
