"""``alongside watch load`` and ``alongside watch drill``, with engine and senders in a process of their own and a gateway."""

import contextlib
import json
import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.databases import WHERE
from tests.forks import ROOT, Forked
from tests.processes import installation
from tests.server import Server
from tests.sink import Sink

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(WHERE != "sqlite", reason="engine and senders on either database have tests of their own"),
]
NUMBER = "+15550100"


@contextlib.contextmanager
def running(server: Server) -> Iterator[None]:
    """``alongside jobs --only watch,outbox``, once its engine has beaten."""
    words = ["-m", "alongside.config.cli", "jobs", "--only", "watch,outbox", "--data", str(server.data)]
    jobs = Forked(words, env=server.env, cwd=ROOT)
    try:
        end = time.monotonic() + 60
        while server.python(BEATEN) != "True":
            assert jobs.poll() is None, jobs.communicate()
            assert time.monotonic() < end, "the engine never beat"
        yield
    finally:
        os.kill(jobs.pid, signal.SIGTERM)
        jobs.communicate(timeout=60)


BEATEN = "from alongside.watch import queries\nprint(queries.beat()[1])"
LEFT = """
from alongside.kit.models import AuditRow, DataKey
from alongside.outbox.models import Channel, Dispatch
from alongside.people.models import Account
from alongside.watch.models import Call, CheckIn, Watcher
print([m.objects.count() for m in (Account, AuditRow, Call, Channel, CheckIn, Dispatch, Watcher)])
"""
COMING = """
from alongside.watch import actions
print(actions.coming(token={token!r}).mine)
"""


def test_invented_check_ins_are_all_called_for() -> None:
    with Sink() as sink, installation() as server:
        server.extra["ALONGSIDE_SMS_URL"] = sink.url
        answer = json.loads(server.run("watch", "load", "--check-ins", "30", "--due-in", "1"))
        assert len(set(answer["ids"])) == 30
        with running(server):
            end = time.monotonic() + 60
            while len(sink.counted()) < 30 and time.monotonic() < end:
                time.sleep(0.1)
        assert sorted(sink.counted().values()) == [1] * 30
        assert len(set(sink.to())) == 30


def test_nothing_is_invented_beside_real_people() -> None:
    with installation() as server:
        server.python(
            "from alongside.people import actions\nactions.make_account(handle='robin', passphrase='a long enough phrase')"
        )
        refused = server.asked("watch", "load", "--check-ins", "1", "--due-in", "1")
        assert (refused.returncode, "real people" in refused.stderr) == (1, True)
        assert server.asked("watch", "load", "--check-ins", "0", "--due-in", "1").returncode == 1


def answer(server: Server, sink: Sink) -> None:
    """Wait for a call, open its link, and say that one comes."""
    end = time.monotonic() + 90
    while time.monotonic() < end:
        for asked in list(sink.got):
            if token := re.search(r"/watch/c/([^/]+)/", asked.said["message"]):
                server.python(COMING.format(token=token[1]))
                return
        time.sleep(0.1)


def test_a_rehearsal_from_end_to_end_leaves_nothing() -> None:
    with Sink() as sink, installation() as server:
        server.extra["ALONGSIDE_SMS_URL"] = sink.url
        refused = server.asked("watch", "drill", "--sms", NUMBER)
        assert (refused.returncode, "no engine is running" in refused.stderr) == (1, True)
        no_mail = server.asked("watch", "drill", "--mail", "a@example.org")
        assert (no_mail.returncode, "ALONGSIDE_MAIL_URL" in no_mail.stderr) == (1, True)
        somebody = threading.Thread(target=answer, args=(server, sink))
        with running(server):
            assert server.asked("watch", "drill", "--sms", "what", "--due-in", "1").returncode == 1
            somebody.start()
            done = server.asked("watch", "drill", "--sms", NUMBER, "--due-in", "1", "--answer-within", "120")
            somebody.join(120)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.splitlines()[-1] == "It went well."
        said: list[dict[str, Any]] = [one.said for one in sink.got]
        assert [one["to"] for one in said] == [NUMBER, NUMBER], "called, and told that it is over"
        assert server.python(LEFT) == "[0, 0, 0, 0, 0, 0, 0]"


def test_a_rehearsal_whose_gateway_refuses_did_not_go_well() -> None:
    with Sink(lambda asked: (500, 0.0)) as sink, installation() as server:
        server.extra["ALONGSIDE_SMS_URL"] = sink.url
        with running(server):
            done = server.asked(
                "watch", "drill", "--sms", NUMBER, "--due-in", "1", "--sent-within", "5", "--answer-within", "0"
            )
        assert done.returncode == 1
        assert "No provider took the call." in done.stdout
        assert server.python(LEFT) == "[0, 0, 0, 0, 0, 0, 0]"
