"""What logs may hold: what broke and where in the code; no address, no body, no link, no value."""

import logging
import re
import traceback

_SECRET = re.compile(r"(/people/join/|/demo/in/|/letters/ways/[^/\s]+/|/watch/[cw]/)[^/\s]+")


class NoRequest(logging.Filter):
    """Takes off every record, before anything formats it, what could lead to a person.

    The request goes (address, headers, body); the secrets of links are blanked; of an exception its kind and the
    lines of code stay, and not its words, which may hold what somebody typed.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Always let the record through, without these."""
        record.__dict__.pop("request", None)
        if isinstance(record.args, tuple):
            record.args = tuple(_SECRET.sub(r"\1...", a) if isinstance(a, str) else a for a in record.args)
        if record.exc_info and record.exc_info[0] is not None:
            kind, _, trace = record.exc_info
            record.exc_text = "".join(traceback.format_tb(trace)) + kind.__qualname__
            record.exc_info = None
        return True
