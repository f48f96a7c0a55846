"""What each command does."""

import argparse
import gc
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from alongside.config import backups, children, serving

_TABLES = 7_217_340_518
"""The number of the lock under which tables are changed: any, as long as it is always the same."""
_DATABASES = {"default": "DATABASE_URL", "keys": "KEYS_URL"}
"""The databases, and the settings that say where they are."""


class Refusal(Exception):
    """Raised when a command cannot be carried out; its text says why in plain words."""


def run(args: argparse.Namespace, data: Path) -> int:
    """Carry out the command in ``args``; ``data`` is the data folder. Returns the exit code."""
    name = f"{args.command}_{args.act}" if getattr(args, "act", None) else args.command
    if name != "serve":
        set_up()
    command = {
        "serve": serve,
        "jobs": jobs,
        "check": check,
        "backup": backup,
        "restore": restore,
        "migrate-data": migrate_data,
        "audit_verify": audit_verify,
        "signing-key_renew": signing_key_renew,
        "token_create": token_create,
        "group_create": group_create,
        "watch_load": watch_load,
        "watch_drill": watch_drill,
    }[name]
    with _said_plainly():
        return command(args, data)


def set_up() -> None:
    """Load Django. Raises :class:`Refusal` for settings that cannot be."""
    gc.disable()  # what is loaded now stays for good; who is forked later shares it, as long as nobody looks through it
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as wrong:
        raise Refusal(str(wrong)) from wrong
    gc.freeze()
    gc.enable()
    from alongside.outbox import checks

    if faults := checks.faults():
        raise Refusal("; ".join(faults))


@contextmanager
def _said_plainly() -> Iterator[None]:
    """Raise :class:`Refusal` where a database cannot be opened, or cannot do what is asked of it (its disk is full, say).

    What is wrong with a statement of ours is none: it stays as it is.
    """
    try:
        yield
    except Exception as wrong:
        from django.db import Error, OperationalError

        if not isinstance(wrong, Error):
            raise
        for name, setting in _DATABASES.items():
            if why := _cannot_be_opened(name):
                raise Refusal(f"the database {_of(name, setting)} cannot be opened: {why}") from wrong
        if isinstance(wrong, OperationalError):
            raise Refusal(f"the database could not do this: {_one_line(wrong)}") from wrong
        raise


def _cannot_be_opened(name: str) -> str | None:
    """Why, in the words of the database; ``None`` when it can be."""
    from django.db import Error, connections

    try:
        connections[name].close()
        connections[name].ensure_connection()
    except Error as wrong:
        secret = str(connections[name].settings_dict.get("PASSWORD") or "")
        return _one_line(wrong).replace(secret, "***") if secret else _one_line(wrong)
    return None


def _of(name: str, setting: str) -> str:
    """Where a database is, as its operator knows it: by its setting, which may hold a password and is not repeated."""
    from django.db import connections

    return f"of {setting}" if os.environ.get(setting) else f"in {connections[name].settings_dict['NAME']}"


def _one_line(wrong: Exception) -> str:
    """What it says, without the hints that are set in below it."""
    return " ".join(line.strip() for line in str(wrong).splitlines() if not line.startswith("\t"))


def prepare() -> None:
    """Bring both databases to this version; quick when they are there already.

    Of several processes that begin at once, one does it, and the others find it done.
    """
    from django.core.management import call_command
    from django.db import connections

    for name in _DATABASES:
        if not _is_behind(name):
            continue
        with _one_at_a_time(connections[name]):
            if _is_behind(name):
                call_command("migrate", database=name, verbosity=0, interactive=False)


def _is_behind(name: str) -> bool:
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections[name])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextmanager
def _one_at_a_time(connection: Any) -> Iterator[None]:
    """Hold the lock of whoever changes tables. PostgreSQL asks for one; SQLite has one writer at a time."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_TABLES])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_TABLES])


def serve(args: argparse.Namespace, data: Path) -> int:
    """Serve until stopped: server processes and job processes, watched over by this one."""

    def ready(stop: threading.Event) -> Callable[[], children.Children]:
        made = children.apart(lambda: _alone(partial(_make_ready, args.demo, data)), stop)
        if "refused" in made:
            raise Refusal(made["refused"])

        def begin() -> children.Children:
            _say_hello(made["people"], args.port)
            return _job_processes(stop)

        return begin

    try:
        return serving.serve(args, data, set_up, ready)
    except serving.PortTaken as taken:
        raise Refusal(f"{taken}; choose another port with --port") from taken


def _make_ready(demo: bool, data: Path) -> dict[str, Any]:
    """Tables, the demo, files for browsers. Returns ``people`` of the demo, or why it is ``refused``."""
    try:
        with _said_plainly():
            prepare()
            people = _demo_people(demo, data)
    except Refusal as wrong:
        return {"refused": str(wrong)}
    _static_files(data)
    return {"people": people}


def _demo_people(wanted: bool, data: Path) -> list[dict[str, str]]:
    from alongside.home import demo

    try:
        return demo.ensure(data) if wanted else demo.refuse()
    except demo.Mixed as mixed:
        raise Refusal(str(mixed)) from mixed


def _static_files(data: Path) -> None:
    """Collect and compress the files for browsers, when this version's are not there yet."""
    from django.core.management import call_command

    stamp = data / "static" / ".version"
    wanted = serving.static_fingerprint()
    if not stamp.exists() or stamp.read_text() != wanted:
        call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=["django_htmx", "redoc*"])
        stamp.write_text(wanted)


def _say_hello(people: list[dict[str, str]], port: int) -> None:
    print(f"Alongside serves on http://localhost:{port}", flush=True)
    if people:
        print("This is a demo with made-up people. Open one of these to sign in:", flush=True)
    for person in people:
        print(f"  {person['about']}: {person['sign_in']}", flush=True)


def jobs(args: argparse.Namespace, data: Path) -> int:
    """Run due jobs until stopped: those of some rooms in this process, or all of them in processes forked from it."""
    del data
    from alongside.kit import jobs as runner

    only = [room for room in args.only.split(",") if room]
    known = {item.room for item in runner.registered()} | {item.room for item in runner.loops()}
    if unknown := set(only) - known:
        raise Refusal(f"no jobs in {', '.join(sorted(unknown))}; there are some in {', '.join(sorted(known))}")
    stop = serving.until_told_to_stop()
    if only:
        _prepare_in_time(stop)
        runner.run_forever(only, stop)
        return 0
    children.apart(lambda: _alone(partial(_prepare_in_time, stop)), stop)
    _job_processes(stop).until_told()
    return 0


def _job_processes(stop: threading.Event) -> children.Children:
    """All jobs: each room with a loop of its own has a process, all other rooms share one.

    Python runs one thread of a process at a time, so loops in one process wait for each other.
    """
    from alongside.kit import jobs as runner

    own = sorted({item.room for item in runner.loops()})
    others = sorted({item.room for item in runner.registered()} - set(own))
    members = {f"jobs: {room}": partial(_run_jobs, [room], stop) for room in own}
    return children.Children(members | {"jobs: others": partial(_run_jobs, others, stop)}, stop)


def _run_jobs(rooms: list[str], stop: threading.Event) -> None:
    from alongside.kit import jobs as runner

    _alone(partial(runner.run_forever, rooms, stop))


def _alone(work: Callable[[], Any]) -> Any:
    """Do it in a forked process, which ends without the usual tidying up: connections are closed here."""
    from django.db import connections

    try:
        return work()
    finally:
        connections.close_all()


def _prepare_in_time(stop: threading.Event) -> None:
    """:func:`prepare`, as soon as the database lets it: jobs that gave up on a full disk would be missed when it has room."""
    from django.db import Error, OperationalError, close_old_connections

    while not stop.is_set():
        try:
            return prepare()
        except Error as wrong:
            if not (isinstance(wrong, OperationalError) or any(map(_cannot_be_opened, _DATABASES))):
                raise
            said = f"the database does not answer, trying again: {_one_line(wrong)}"
            print(f"alongside: {said}", file=sys.stderr, flush=True)
            close_old_connections()
            stop.wait(1)
    return None


def check(args: argparse.Namespace, data: Path) -> int:
    """Say whether settings, databases, jobs and the outbox are well."""
    del args
    from django.core.checks import run_checks

    from alongside.home import health

    prepare()
    print(f"data folder: {data}")
    wrong = [str(message) for message in run_checks(include_deployment_checks=False)]
    wrong += [f"{name}: {text}" for name, text in health.report().items() if text]
    for line in wrong:
        print(line)
    print("not well" if wrong else "well")
    return 1 if wrong else 0


def backup(args: argparse.Namespace, data: Path) -> int:
    """Write a backup of the first database, or a copy of the data keys, or both into two files."""
    _some_file(args)
    prepare()
    try:
        if args.file:
            _say_tables("backed up", backups.write(args.file))
        if args.keys:
            print(f"copied {backups.write_keys(args.keys, data)} data keys")
            print(f"alongside: {backups.LOUD.format(path=args.keys)}", file=sys.stderr)
    except backups.Unfit as wrong:
        raise Refusal(str(wrong)) from wrong
    return 0


def restore(args: argparse.Namespace, data: Path) -> int:
    """Read a backup into an empty database; who deleted their account since is deleted again."""
    from alongside.home import flows

    _some_file(args)
    prepare()
    forgotten: list[int] = []
    try:
        if args.keys:
            print(f"took up {backups.read_keys(args.keys, data)} data keys")
        if args.file:
            again = (flows.finish_deletions, flows.erase_again)
            _say_tables("restored", backups.read(args.file, lambda: forgotten.extend(one() for one in again)))
            print(f"deleted again, because their keys were deleted since: {forgotten[0]}")
            print(f"entries deleted again, because their people deleted them since: {forgotten[1]}")
            print(f"accounts and groups without a key, whose text cannot be read: {flows.without_key()}")
    except backups.Unfit as wrong:
        raise Refusal(str(wrong)) from wrong
    return 0


def migrate_data(args: argparse.Namespace, data: Path) -> int:
    """Copy the first database into another, empty one. Data keys stay where ``KEYS_URL`` says."""
    from alongside.kit import jobs as runner

    prepare()
    if runner.alive():
        raise Refusal("it is being served. Stop it first: what is written while this copies would be lost")
    try:
        print(backups.move(args.to, data), end="")
    except backups.Unfit as wrong:
        raise Refusal(str(wrong)) from wrong
    print("Counts and hashes are the same on both sides. Set DATABASE_URL to the new one, then start.")
    return 0


def audit_verify(args: argparse.Namespace, data: Path) -> int:
    """Check every audit chain; exit code 1 when one does not hold."""
    del args, data
    from alongside.kit import chains

    prepare()
    report = chains.verify()
    for chain, place in sorted(report.broken.items()):
        print(f"chain {chain} does not hold at row {place}")
    print(f"{report.rows} rows in {report.chains} chains: {'NOT ALL HOLD' if report.broken else 'all hold'}")
    return 1 if report.broken else 0


def _some_file(args: argparse.Namespace) -> None:
    if not (args.file or args.keys):
        raise Refusal("say which file: FILE for the backup, or --keys FILE for the data keys")
    if args.file and args.keys and args.file.resolve().parent == args.keys.resolve().parent:
        raise Refusal("keep the data keys away from the backup: name another folder for --keys")


def _say_tables(what: str, tables: backups.Tables) -> None:
    for name, (rows, digest) in sorted(tables.items()):
        if rows:
            print(f"  {name}: {rows} rows, {digest[:16]}")
    print(f"{what}: {sum(rows for rows, _digest in tables.values())} rows in {len(tables)} tables")


def signing_key_renew(args: argparse.Namespace, data: Path) -> int:
    """Make a new key that signs statements from now on."""
    from alongside.kit import signing

    del data
    prepare()
    print(signing.renew(forget=args.forget))
    return 0


def token_create(args: argparse.Namespace, data: Path) -> int:
    """Make an API token for an account and print it, once. The person gets a letter."""
    del data
    from alongside.people import actions, queries

    prepare()
    account = queries.by_handle(args.handle)
    if account is None:
        raise Refusal(f"there is no account {args.handle}")
    print(actions.make_token(account=account, by_operator=True))
    print("The person was told of this token.", file=sys.stderr)
    return 0


def group_create(args: argparse.Namespace, data: Path) -> int:
    """Make a group whose steward is an account that is there already, and print its id."""
    del data
    from alongside.kit.money import is_currency
    from alongside.people import actions, queries

    prepare()
    account = queries.by_handle(args.steward)
    if account is None:
        raise Refusal(f"there is no account {args.steward}")
    if not is_currency(args.currency):
        raise Refusal(f"{args.currency} is not a currency; use three letters like CAD")
    if not 0 <= args.tax_years <= 30:
        raise Refusal("tax years must be from 0 to 30")
    made = actions.make_group(
        by=account, name=args.name, own_name=args.own_name, currency=args.currency, tax_years=args.tax_years
    )
    print(made.group_id)
    return 0


def watch_load(args: argparse.Namespace, data: Path) -> int:
    """Fill an installation that has no real people with check-ins that fall due at one instant; print JSON."""
    import json

    from alongside.watch import load

    del data
    if args.check_ins < 1 or args.due_in < 0:
        raise Refusal("--check-ins must be 1 or more, and --due-in 0 or more")
    prepare()
    try:
        due, ids = load.fill(args.check_ins, due_in=args.due_in)
    except load.RealPeople as real:
        raise Refusal(
            "this installation has real people. Invented check-ins belong in an empty one: --data DIR"
        ) from real
    print(json.dumps({"due": due.isoformat(), "ids": [str(one) for one in ids]}))
    return 0


def watch_drill(args: argparse.Namespace, data: Path) -> int:
    """Rehearse one escalation with the running engine, senders and gateways; exit code 1 when it did not go well."""
    from alongside.outbox import addresses, queries
    from alongside.watch import drill

    del data
    kind, address = ("sms", args.sms) if args.sms else ("mail", args.mail)
    if not (0 <= args.answer_within <= drill.LONGEST and 0 <= args.due_in <= 3600):
        raise Refusal(f"--answer-within must be from 0 to {drill.LONGEST}, and --due-in from 0 to 3600")
    prepare()
    if kind not in queries.offered():
        raise Refusal(f"no gateway is set for this: see ALONGSIDE_{kind.upper()}_URL in docs/operate.md")
    try:
        report = drill.rehearse(
            kind=kind, address=address, due_in=args.due_in, sent_within=args.sent_within, answer_within=args.answer_within,
            say=lambda line: print(line, flush=True),
        )  # fmt: skip
    except drill.NotRunning as none:
        raise Refusal("no engine is running. Start alongside serve, or alongside jobs --only watch,outbox") from none
    except addresses.NotOne as wrong:
        raise Refusal("this is no number or address that can be used") from wrong
    well = report.well(answer=bool(args.answer_within))
    print("It went well." if well else "It did NOT go well.")
    return 0 if well else 1
