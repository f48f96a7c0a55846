"""The command line: ``alongside serve``, ``jobs``, ``check``, ``backup``, ``restore``, and the others below."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from alongside import __version__


def parser() -> argparse.ArgumentParser:
    """Every command and option; ``docs/operate.md`` names them, and a test holds the two together."""
    top = argparse.ArgumentParser(prog="alongside", description="Software for peer-led harm reduction.")
    top.add_argument("--version", action="version", version=f"alongside {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    everywhere = argparse.ArgumentParser(add_help=False)
    everywhere.add_argument("--data", type=Path, default=None, help="the data folder (default: var); made when missing")

    for add in (_running, _copies, _proofs, _people, _watch):
        add(commands, everywhere)
    return top


def _running(commands: Any, everywhere: argparse.ArgumentParser) -> None:
    serve = commands.add_parser("serve", parents=[everywhere], help="serve the pages and the API, with job processes")
    serve.add_argument("--demo", action="store_true", help="fill a new data folder with a demo community")
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1)")
    serve.add_argument("--port", type=int, default=8000, help="the port to listen on (default: 8000)")
    serve.add_argument("--workers", type=int, default=2, help="how many server processes (default: 2)")

    jobs = commands.add_parser("jobs", parents=[everywhere], help="run due jobs alone, without serving")
    jobs.add_argument("--only", default="", help="rooms whose jobs to run, with commas between (default: all)")

    commands.add_parser("check", parents=[everywhere], help="say whether the installation is well")


def _proofs(commands: Any, everywhere: argparse.ArgumentParser) -> None:
    audit = commands.add_parser("audit", help="audit chains").add_subparsers(dest="act", required=True, metavar="ACT")
    audit.add_parser("verify", parents=[everywhere], help="check that no audit row was changed, moved or taken away")

    key = commands.add_parser("signing-key", help="the key that signs").add_subparsers(
        dest="act", required=True, metavar="ACT"
    )
    renew = key.add_parser(
        "renew", parents=[everywhere], help="make a new key; papers of the older ones still check out"
    )
    renew.add_argument("--forget", action="store_true", help="forget the older keys: their papers check out no more")


def _people(commands: Any, everywhere: argparse.ArgumentParser) -> None:
    token = commands.add_parser("token", help="API tokens").add_subparsers(dest="act", required=True, metavar="ACT")
    create = token.add_parser("create", parents=[everywhere], help="make an API token and print it once")
    create.add_argument("handle", help="the account's handle; the person gets a letter about it")

    group = commands.add_parser("group", help="groups").add_subparsers(dest="act", required=True, metavar="ACT")
    make = group.add_parser("create", parents=[everywhere], help="make a group for an account that is there already")
    make.add_argument("--name", required=True, help="what the group is called")
    make.add_argument("--steward", required=True, help="the handle of its first steward")
    make.add_argument("--own-name", default="Steward", help="what the group calls that person (default: Steward)")
    make.add_argument("--currency", required=True, help="the money it pays in, as three letters (ISO 4217)")
    make.add_argument("--tax-years", type=int, default=7, help="years that pay lines are kept (default: 7)")


def _watch(commands: Any, everywhere: argparse.ArgumentParser) -> None:
    watch = commands.add_parser("watch", help="the watch: rehearsals").add_subparsers(
        dest="act", required=True, metavar="ACT"
    )
    load = watch.add_parser("load", parents=[everywhere], help="fill an empty installation with invented check-ins")
    load.add_argument("--check-ins", type=int, required=True, metavar="N", help="how many")
    load.add_argument("--due-in", type=int, required=True, metavar="SECONDS", help="when all of them fall due")

    drill = watch.add_parser("drill", parents=[everywhere], help="rehearse one escalation with the real gateways")
    way = drill.add_mutually_exclusive_group(required=True)
    way.add_argument("--sms", metavar="NUMBER", help="your own phone number, with + and the country code")
    way.add_argument("--mail", metavar="ADDRESS", help="your own e-mail address")
    drill.add_argument("--due-in", type=int, default=10, metavar="SECONDS", help="until the deadline (default: 10)")
    drill.add_argument(
        "--sent-within", type=int, default=30, metavar="SECONDS", help="how long the provider has (default: 30)"
    )
    drill.add_argument(
        "--answer-within", type=int, default=180, metavar="SECONDS",
        help="how long to wait for your answer by the link; 0: do not wait (default: 180)",
    )  # fmt: skip


def _copies(commands: Any, everywhere: argparse.ArgumentParser) -> None:
    backup = commands.add_parser("backup", parents=[everywhere], help="write a backup while others go on working")
    backup.add_argument("file", type=Path, nargs="?", help="the new file to write; it holds no data keys")
    backup.add_argument("--keys", type=Path, help="write a copy of the data keys to this file; keep it apart")

    restore = commands.add_parser("restore", parents=[everywhere], help="read a backup into an empty database")
    restore.add_argument("file", type=Path, nargs="?", help="the backup to read")
    restore.add_argument("--keys", type=Path, help="take up the data keys in this file first")

    move = commands.add_parser("migrate-data", parents=[everywhere], help="copy everything to another database")
    move.add_argument("--to", required=True, metavar="DATABASE_URL", help="the empty database to fill")


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0 well, 1 refused in plain words, 2 wrong words."""
    args = parser().parse_args(argv)
    os.umask(0o077)  # databases, secret and demo file are their owner's alone
    data = Path(args.data or os.environ.get("ALONGSIDE_DATA") or "var").resolve()
    os.environ["ALONGSIDE_DATA"] = str(data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alongside.config.settings")
    if args.command == "serve":
        _serve_environment(args)
    from alongside.config import commands

    try:
        return commands.run(args, data)
    except commands.Refusal as refusal:
        print(f"alongside: {refusal}", file=sys.stderr)
        return 1
    finally:
        _close_databases()


def _close_databases() -> None:
    """A database of SQLite that was closed is one whole file; else what was written last lies beside it."""
    if "django.db" in sys.modules and sys.modules["django.conf"].settings.configured:
        from django.db import connections

        connections.close_all()


def _serve_environment(args: argparse.Namespace) -> None:
    """What the processes that ``serve`` starts must know before Django reads its settings."""
    os.environ.setdefault("ALONGSIDE_ORIGIN", f"http://localhost:{args.port}")
    if args.demo:
        os.environ["ALONGSIDE_DEMO"] = "1"
    else:
        os.environ.pop("ALONGSIDE_DEMO", None)


if __name__ == "__main__":
    sys.exit(main())
