import logging
import sys

from alongside.kit.logs import NoRequest


def _record(message: str, *args: object, exc: bool = False) -> logging.LogRecord:
    info = None
    if exc:
        try:
            raise ValueError(chr(114) + "obin")  # so that the line of code does not hold the word
        except ValueError:
            info = sys.exc_info()
    return logging.LogRecord("django.request", logging.ERROR, __file__, 1, message, args, info)


def test_the_secret_of_a_link_is_not_logged() -> None:
    record = _record("Internal Server Error: %s", "/people/join/abc-secret/")
    assert NoRequest().filter(record)
    assert record.getMessage() == "Internal Server Error: /people/join/.../"
    record = _record("Internal Server Error: %s", "/letters/ways/0b0e3c1e-0000-4000-8000-1234567890ab/secret/")
    assert NoRequest().filter(record)
    assert record.getMessage() == "Internal Server Error: /letters/ways/0b0e3c1e-0000-4000-8000-1234567890ab/.../"


def test_a_fault_keeps_its_kind_and_place_and_not_its_words() -> None:
    record = _record("broken", exc=True)
    record.__dict__["request"] = object()
    NoRequest().filter(record)
    text = logging.Formatter().format(record)
    assert "ValueError" in text
    assert "test_logs.py" in text
    assert "robin" not in text
    assert not hasattr(record, "request")
