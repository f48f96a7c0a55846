import datetime as dt
import email
import email.policy
import ipaddress
import logging
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from alongside.outbox import gateways
from alongside.outbox.gateways import Gateway, Outcome
from alongside.outbox.sockets import Session
from tests.sink import Sink

KEY = "11111111-2222-4333-8444-555555555555"
TO, TEXT = "+15550123456", "Please look now: http://localhost/é?a=b&c"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as one:
        yield one


@pytest.fixture
def session() -> Iterator[Session]:
    one = Session()
    yield one
    one.close()


def sent(url: str, session: Session, to: str = TO) -> Outcome:
    return gateways.guarded(lambda: Gateway(url).send(session, to, "A message", TEXT, KEY))


@pytest.mark.parametrize(
    "rest",
    [
        "/", "", "/a/b%20c/ü?method=put", "/x?:from=us&:message=text&:version=&+X-Token=s%20cret&-page=1&-q=a%20b",
        "/?:to=nobody&+Content-Type=application/problem%2Bjson", "/?+User-Agent=own&cto=2&rto=3&:type=kind",
    ],
)  # fmt: skip
@pytest.mark.parametrize("who", ["", "me@", "me:pass%20word@", "me:@"])
def test_the_lean_request_is_the_one_that_apprise_makes(sink: Sink, session: Session, rest: str, who: str) -> None:
    url = f"json://{who}127.0.0.1:{sink.port}{rest}"
    assert sent(url, session) == gateways.SENT
    assert gateways._through_apprise(url, TO, "A message", TEXT, KEY) == gateways.SENT
    lean, through = sink.got
    assert (lean.method, lean.path, lean.said) == (through.method, through.path, through.said)
    for one in (lean, through):
        for name in ("accept-encoding", "content-length"):  # what each can unpack; how each spaces its JSON
            one.headers.pop(name)
    assert lean.headers == through.headers
    assert lean.said["to"] == TO
    assert lean.key == KEY


def test_a_connection_is_kept_and_made_anew_when_the_server_closed_it(sink: Sink, session: Session) -> None:
    for _ in range(5):
        assert sent(sink.url, session) == gateways.SENT
    assert sink.connections == 1
    sink.more = "Connection: close\r\n"
    for _ in range(3):
        assert sent(sink.url, session) == gateways.SENT
    assert sink.connections == 3
    assert len(sink.got) == 8


@pytest.mark.parametrize(
    ("status", "more", "outcome"),
    [
        (200, "", Outcome("sent")), (500, "", Outcome("failed")), (401, "", Outcome("failed")),
        (422, "", Outcome("refused")), (429, "Retry-After: 7\r\n", Outcome("failed", 7.0)),
        (503, "Retry-After: Fri, 27 Nov 2026 06:45:49 GMT\r\n", Outcome("failed")), (410, "", Outcome("failed")),
        (302, "Location: http://127.0.0.1:1/\r\n", Outcome("failed")),
    ],
)  # fmt: skip
def test_what_a_gateway_says(sink: Sink, session: Session, status: int, more: str, outcome: Outcome) -> None:
    sink.answer, sink.more = lambda asked: (status, 0.0), more
    assert sent(sink.url, session) == outcome


def test_a_redirect_is_followed_as_apprise_does(sink: Sink, session: Session) -> None:
    sink.more = f"Location: http://127.0.0.1:{sink.port}/new\r\n"
    sink.answer = lambda asked: (204 if asked.path == "/new" else 307, 0.0)
    assert sent(sink.url, session) == gateways.SENT
    assert [asked.path for asked in sink.got] == ["/", "/", "/new"]
    assert sink.got[-1].said["to"] == TO


def test_nothing_is_waited_for_without_end(sink: Sink, session: Session) -> None:
    sink.answer = lambda asked: (204, 30.0)
    assert sent(f"{sink.url}?rto=0.2&cto=0.2", session) == Outcome("hung")
    assert sent("json://127.0.0.1:1/", session) == Outcome("failed")


@pytest.mark.parametrize(
    "said", [b"", b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 banana\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Le", b"x" * 70000]
)
def test_what_is_no_answer_is_a_failure(session: Session, said: bytes) -> None:
    import socket
    import threading

    with socket.create_server(("127.0.0.1", 0)) as server:

        def speak() -> None:
            one, _from = server.accept()
            with one:
                one.recv(65536)
                one.sendall(said)

        thread = threading.Thread(target=speak)
        thread.start()
        assert sent(f"json://127.0.0.1:{server.getsockname()[1]}/", session) == Outcome("failed")
        thread.join()


def test_form_says_in_its_body_to_whom_and_carries_the_key(sink: Sink, session: Session) -> None:
    assert sent(f"form://127.0.0.1:{sink.port}/", session) == gateways.SENT
    [asked] = sink.got
    assert b"to=%2B15550123456" in asked.body
    assert asked.key == KEY


def test_a_place_in_the_url_is_filled_and_quoted(sink: Sink, session: Session) -> None:
    assert sent(f"json://127.0.0.1:{sink.port}/to/{{to}}/", session, "a+b'c@example.org") == gateways.SENT
    assert sink.got[0].path.replace("%40", "@").replace("%27", "'").replace("%2B", "+") == "/to/a+b'c@example.org/"
    assert "to" not in sink.got[0].said


def test_tls_is_checked_unless_the_operator_says_otherwise(session: Session, tmp_path: Path) -> None:
    with Sink(tls=_own_certificate(tmp_path)) as sink:
        assert sent(f"jsons://127.0.0.1:{sink.port}/", session) == Outcome("failed")
        assert sink.got == []
        assert sent(f"jsons://127.0.0.1:{sink.port}/?verify=no", session) == gateways.SENT


class Mails:
    """A mail server's hand that keeps what comes."""

    def __init__(self) -> None:
        self.got: list[tuple[list[str], email.message.EmailMessage]] = []

    async def handle_DATA(self, server: Any, talk: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        del server, talk
        found = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.got.append((list(envelope.rcpt_tos), found))
        return "250 taken"


@pytest.fixture
def mails() -> Iterator[tuple[Mails, int]]:
    from tests.server import free_port

    hand = Mails()
    server = Controller(hand, hostname="127.0.0.1", port=free_port(), ready_timeout=60)
    server.start()
    yield hand, server.port
    server.stop()


def test_mail_goes_by_smtp(mails: tuple[Mails, int], session: Session) -> None:
    hand, port = mails
    url = f"mailto://127.0.0.1:{port}/?from=alongside@example.org&to={{to}}&mode=insecure"
    assert gateways.fault(url) is None
    assert sent(url, session, "ann+x@example.org") == gateways.SENT
    [(to, mail)] = hand.got
    assert to == ["ann+x@example.org"]
    assert mail["Subject"] == "A message"
    assert mail.get_content().strip() == TEXT
    assert mail["Idempotency-Key"] == KEY
    assert sent(
        "mailto://127.0.0.1:1/?from=a@example.org&to={to}&mode=insecure", session, "ann@example.org"
    ) == Outcome("failed")


def test_apprise_says_nothing_in_a_log_about_whom_it_wrote_to(
    sink: Sink, session: Session, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    sink.answer = lambda asked: (500, 0.0)
    with caplog.at_level(logging.DEBUG, "alongside"):
        assert sent(f"form://127.0.0.1:{sink.port}/{{to}}", session).what == "failed"
    out, err = capfd.readouterr()
    assert "5550123456" not in out + err + caplog.text


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("json://127.0.0.1:9099/", False), ("jsons://example.org/{to}", False), ("form://example.org", False),
        ("mailtos://me:secret@example.org?to={to}", False), ("twilio://SID:TOKEN@15550100/{to}", False),
        ("mailtos://me:secret@example.org", True), ("twilio://SID:TOKEN@15550100", True), ("http", True), ("", True),
        ("json://{to}/", True), ("json://{to}@example.org/", True), ("json://example.org:{to}", True),
        ("json://example.org/{to}/{to}", True), ("https//x", True),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_operators_url_is_said(url: str, wrong: bool) -> None:
    said = gateways.fault(url)
    assert bool(said) == wrong
    assert "secret" not in (said or "")


def _own_certificate(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = (
        made.serial_number(1).not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
    )
    also = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    path = folder / "own.pem"
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(pem + made.add_extension(also, critical=False).sign(key, SHA256()).public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
