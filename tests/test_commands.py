"""The command line, as an operator uses it: real processes, a real folder, either database."""

import json
import os
import signal
import stat
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from alongside.config import serving
from alongside.kit import clock
from tests.databases import WHERE
from tests.processes import called
from tests.server import Server, port_is_free

pytestmark = pytest.mark.server
once = pytest.mark.skipif(WHERE != "sqlite", reason="does not depend on the database")


def server_of(one: Server) -> int:
    """The process that holds the port and starts workers."""
    assert one.process is not None
    [found] = called(one.process.pid, "server")
    return found


def workers_of(server: int) -> list[int]:
    """The processes that answer."""
    return called(server, "server: worker")


@pytest.fixture
def nothing(tmp_path: Path) -> Iterator[Server]:
    """A folder and databases of this test's own with nothing in them."""
    one = Server(tmp_path, demo=False)
    yield one
    one.remove()


@pytest.fixture
def installation(nothing: Server) -> Server:
    """An installation whose tables are made; nothing is started and nobody is in it."""
    return nothing.with_tables()


def run(one: Server, *words: str) -> "subprocess.CompletedProcess[str]":
    return one.asked(*words)


def django(one: Server, code: str) -> str:
    return one.python(code)


def test_an_operator_makes_what_is_missing_and_is_told_plainly(nothing: Server) -> None:
    installation = nothing
    nobody = run(installation, "token", "create", "nobody-here")
    assert nobody.returncode == 1
    assert "there is no account nobody-here" in nobody.stderr
    assert "Traceback" not in nobody.stderr
    assert not [*installation.data.glob("*-wal")], "what a command wrote is in the file itself"
    django(
        installation,
        "from alongside.people import actions\nactions.make_account(handle='robin', passphrase='a long enough phrase')",
    )
    made = run(installation, "group", "create", "--name", "Night Crew", "--steward", "ROBIN", "--currency", "EUR")
    assert made.returncode == 0, made.stderr
    UUID(made.stdout.strip())
    called = django(
        installation,
        "from alongside.people import queries as p\nprint([p.name(m) for m in p.memberships(p.by_handle('robin'))])",
    )
    assert called == "['Steward']", "a group is never shown a handle"
    wrong = run(installation, "group", "create", "--name", "X", "--steward", "robin", "--currency", "XYZ")
    assert wrong.returncode == 1
    assert "not a currency" in wrong.stderr
    token = run(installation, "token", "create", "robin")
    assert token.returncode == 0, token.stderr
    letters = django(
        installation,
        "from alongside.people import queries as p; from alongside.outbox import queries as o\n"
        "print([l.text for l in o.letters(p.by_handle('robin').pk)])",
    )
    assert "made a key" in letters
    assert stat.S_IMODE((installation.data / "secret").stat().st_mode) == 0o600
    assert not (installation.data / "demo.json").exists()


@pytest.mark.skipif(WHERE == "sqlite", reason="the files of one machine; a server is there for several")
def test_several_that_begin_at_once_on_nothing_make_the_tables_once(nothing: Server) -> None:
    assert nothing.databases  # there, and empty
    with ThreadPoolExecutor(3) as pool:
        ended = list(pool.map(lambda _n: nothing.asked("audit", "verify"), range(3)))
    assert [one.returncode for one in ended] == [0, 0, 0], [one.stderr for one in ended]


def test_an_audit_row_that_was_changed_is_named(installation: Server) -> None:
    chain = django(
        installation,
        "from alongside.people import actions\n"
        "print(actions.make_account(handle='robin', passphrase='a long enough phrase').pk)",
    )
    assert "1 rows in 1 chains: all hold" in installation.run("audit", "verify")
    django(installation, "from alongside.kit.models import AuditRow\nAuditRow.objects.update(act='people.other')")
    told = run(installation, "audit", "verify")
    assert told.returncode == 1
    assert f"chain {chain} does not hold at row 1" in told.stdout


@once
def test_words_that_no_command_takes_are_refused(installation: Server) -> None:
    assert run(installation, "serve", "--port", "many").returncode == 2
    only = run(installation, "jobs", "--only", "people,nowhere")
    assert only.returncode == 1
    assert "no jobs in nowhere" in only.stderr


@once
def test_check_says_what_is_not_well(installation: Server) -> None:
    answer = run(installation, "check")
    assert answer.returncode == 1
    assert "no job process is alive" in answer.stdout


NOBODY = "postgresql://alongside:hush-hush@127.0.0.1:1/x"
"""Nothing listens there."""
CANNOT_BE = [
    ("DATABASE_URL", NOBODY, "the database of DATABASE_URL cannot be opened: "),
    ("--data", __file__, f"the data folder {__file__} cannot be used"),
    ("KEYS_URL", NOBODY, "the database of KEYS_URL cannot be opened: "),
    ("DATABASE_URL", f"{NOBODY}?hush=1", "the database of DATABASE_URL cannot be opened: "),
    ("DATABASE_URL", "nonsense", "DATABASE_URL names no database: "),
    ("DATABASE_URL", "postgresql://alongside:hush-hush@host:port/x", "DATABASE_URL names no database: "),
    ("KEYS_URL", "mysql://alongside:hush-hush@host/x", "KEYS_URL names no database: "),
    ("DATABASE_URL", f"sqlite:///{__file__}", "the database of DATABASE_URL cannot be opened: "),
    ("ALONGSIDE_TIME_ZONE", "Nowhere", "ALONGSIDE_TIME_ZONE: Nowhere is not known here"),
    ("ALONGSIDE_ORIGIN", "http://[::1", "ALONGSIDE_ORIGIN: give "),
    ("ALONGSIDE_FIGURES_LEAST", "some", "ALONGSIDE_FIGURES_LEAST: give a number from 5 to 100"),
    ("ALONGSIDE_WATCH_MIN_SECONDS", "9" * 5000, "ALONGSIDE_WATCH_MIN_SECONDS: give a number of seconds from 5 to 60"),
]
"""Settings with which no command can do anything, and what is said of each."""


@once
@pytest.mark.parametrize(
    ("words", "setting", "value", "said"),
    [("check", *case) for case in CANNOT_BE]
    + [("serve --demo --port 0", *case) for case in CANNOT_BE[:2]]
    + [("jobs --only watch", *case) for case in CANNOT_BE[1:2]],
    ids=lambda text: text[:40],
)
def test_what_cannot_be_is_said_in_one_line(nothing: Server, words: str, setting: str, value: str, said: str) -> None:
    if setting == "--data":
        nothing.data = Path(value)
    else:
        nothing.extra = {setting: value}
    told = run(nothing, *words.split())
    assert told.returncode == 1
    assert told.stderr.startswith(f"alongside: {said}")
    assert told.stderr.count("\n") == 1, "one line, and no traceback"
    assert "hush-hush" not in told.stdout + told.stderr, "a password is no text to print"


@once
def test_http_on_a_network_needs_the_loud_word(installation: Server) -> None:
    installation.extra = {"ALONGSIDE_ORIGIN": "http://alongside.example.org"}
    refused = run(installation, "check")
    assert refused.returncode == 1
    assert "without https" in refused.stderr
    installation.extra["ALONGSIDE_INSECURE"] = "i-know-others-can-read-this"
    assert "without https" not in run(installation, "check").stderr


def test_a_demo_keeps_what_was_written_and_is_never_served_as_real(tmp_path: Path) -> None:
    one = Server(tmp_path, anew=True)
    try:
        one.start()
        path = one.data / "demo.json"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        first = json.loads(path.read_text())
        assert [p["part"] for p in first["people"]] == ["worker", "worker", "coordinator", "steward"]
        assert [len(p["groups"]) for p in first["people"]] == [2, 0, 1, 1]
        one.restart()
        assert json.loads(path.read_text()) == first
        request = urllib.request.Request(
            f"{one.url}/api/v1/work/entries", headers={"Authorization": f"Bearer {first['people'][0]['token']}"}
        )
        with urllib.request.urlopen(request) as answer:
            assert len(json.load(answer)["entries"]) == 4
        taken = run(one, "serve", "--demo", "--port", str(one.port))
        assert taken.returncode == 1
        assert "choose another port" in taken.stderr
        one.stop()
        real = run(one, "serve", "--port", str(one.port))
        assert real.returncode == 1
        assert "holds the demo" in real.stderr
    finally:
        one.remove()


def test_a_folder_of_real_people_never_becomes_a_demo(installation: Server) -> None:
    django(
        installation,
        "from alongside.people import actions\nactions.make_account(handle='robin', passphrase='a long enough phrase')",
    )
    refused = run(installation, "serve", "--demo", "--port", str(installation.port))
    assert refused.returncode == 1
    assert "real people" in refused.stderr
    assert not (installation.data / "demo.json").exists()


def test_a_second_start_keeps_what_was_written_and_leads_in_by_the_same_links(tmp_path: Path) -> None:
    """And it makes nothing anew that is there: what takes long is done at the first start."""
    one = Server(tmp_path, anew=True)
    made = ("static/.version", "static/staticfiles.json", "secret")
    try:
        first = one.start().people[0]
        sent = {
            "id": str(uuid4()),
            "revision": 1,
            "day": clock.today().isoformat(),
            "kinds": ["outreach"],
            "note": "Mine",
        }
        assert asked(one, first, "entries/sync", {"entries": [sent]})["entries"][0]["status"] == "stored"
        before = asked(one, first, "entries")["entries"]
        files = {name: (one.data / name).stat().st_mtime_ns for name in made}
        one.restart()
        assert one.people[0] == first
        assert said_last(one).count(first["sign_in"]) == 1, "it says the same links again"
        with urllib.request.build_opener(urllib.request.HTTPCookieProcessor()).open(first["sign_in"]) as page:
            assert "data-signed-in" in page.read().decode()
        after = asked(one, first, "entries")["entries"]
        assert after == before
        assert sent["note"] in [entry["note"] for entry in after]
        assert {name: (one.data / name).stat().st_mtime_ns for name in made} == files
    finally:
        one.remove()


def asked(one: Server, person: dict[str, Any], path: str, body: object = None) -> Any:
    """What the API of work answers to this person."""
    headers = {"Authorization": f"Bearer {person['token']}", "Content-Type": "application/json"}
    sent = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{one.url}/api/v1/work/{path}", sent, headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def said_last(one: Server) -> str:
    """What the server has said since it was started last."""
    return one.output().rpartition("Alongside serves on")[2]


@once
def test_a_worker_that_dies_is_replaced_by_a_server_that_holds_no_database(installation: Server) -> None:
    installation.start()
    server = server_of(installation)
    assert not [file for file in Path(f"/proc/{server}/fd").iterdir() if ".sqlite3" in str(file.readlink())]
    [dead] = workers_of(server)
    os.kill(dead, signal.SIGKILL)
    end = time.monotonic() + 30
    while workers_of(server) in ([], [dead]) and time.monotonic() < end:
        time.sleep(0.1)
    [fresh] = workers_of(server)
    assert fresh != dead
    installation.wait()


@once
def test_no_worker_outlives_a_server_that_died_at_once(installation: Server) -> None:
    installation.start()
    os.kill(server_of(installation), signal.SIGKILL)
    end = time.monotonic() + 30
    while not port_is_free(installation.port) and time.monotonic() < end:
        time.sleep(0.1)
    assert port_is_free(installation.port)


@pytest.mark.parametrize(
    ("url", "threads"),
    [("", 1), ("sqlite:////srv/a.sqlite3", 1), ("postgresql://db/alongside", 2), ("postgres://db/a", 2)],
)
def test_a_worker_answers_two_at_once_where_the_database_is_a_server(
    monkeypatch: pytest.MonkeyPatch, url: str, threads: int
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    assert serving._threads() == threads
