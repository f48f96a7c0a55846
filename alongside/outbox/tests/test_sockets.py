"""Where a sender connects: never where a person says. The addresses of people themselves are in test_addresses.py."""

import datetime as dt
import socket
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.kit import clock
from alongside.outbox import addresses, gateways
from alongside.outbox.parcels import Parcel
from alongside.outbox.sockets import NotPublic, Session, is_public
from alongside.outbox.tests import parts
from tests.sink import Sink

PRIVATE = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:10.0.0.1",
    "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1", "2001:db8::1",
)  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_a_private_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2607:f8b0::1", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_one_of_ipv4_is_no_more_public_within_one_of_ipv6(address: Any) -> None:
    for written in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert is_public(written) <= is_public(str(address))


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as one:
        yield one


def pushed(browser: parts.Browser, allowed: tuple[str, ...] = ()) -> gateways.Outcome:
    """What becomes of a letter to this browser."""
    now = clock.now()
    address = addresses.normal("push", browser.address, allowed)
    good = now + dt.timedelta(hours=1)
    parcel = Parcel(uuid4(), "push", address, "watch.call", "fr", {"link": "http://x/"}, good, now, b"k" * 32)
    session = Session()
    try:
        return parcel.hand_over(session)
    finally:
        session.close()


@pytest.mark.parametrize("private", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:127.0.0.1"]])
def test_a_push_service_whose_name_leads_inside_is_not_connected_to(
    sink: Sink, monkeypatch: pytest.MonkeyPatch, private: list[str]
) -> None:
    """Whoever answers for the name: no byte goes to an address of a private network, nor to any when one of them is."""
    tried = []
    found = [
        (socket.AF_INET6 if ":" in a else socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, sink.port)) for a in private
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    monkeypatch.setattr(socket.socket, "connect", lambda self, address: tried.append(address))
    assert pushed(parts.Browser("https://fcm.googleapis.com/x")).what == "failed"
    with pytest.raises(NotPublic):
        Session().ask("POST", "https://fcm.googleapis.com/x", b"", {}, guarded=True)
    assert (tried, sink.got) == ([], [])


def test_a_service_that_the_operator_names_may_be_inside(sink: Sink, settings: Any) -> None:
    phone, named = parts.Browser(f"http://127.0.0.1:{sink.port}/push"), f"127.0.0.1:{sink.port}"
    settings.PUSH_HOSTS = []
    with pytest.raises(addresses.NotOne):
        pushed(phone)
    with pytest.raises(addresses.NotOne):  # one that was named when it was added, and is no more
        pushed(phone, (named,))
    settings.PUSH_HOSTS = [named]
    assert pushed(phone, (named,)) == gateways.SENT
    assert len(sink.got) == 1


@pytest.mark.parametrize("place", ["method", "path", "name", "value"])
def test_no_header_is_broken_in_two(sink: Sink, place: str) -> None:
    bad = {name: "x\r\nEvil: 1" if name == place else "x" for name in ("method", "path", "name", "value")}
    with pytest.raises(ValueError, match="line break"):
        Session()._exchange(None, _request(bad, sink), 1.0)  # type: ignore[arg-type]
    assert sink.got == []


def _request(bad: dict[str, str], sink: Sink) -> bytes:
    from urllib.parse import SplitResult

    from alongside.outbox.sockets import _request as made

    parts_ = SplitResult("http", f"127.0.0.1:{sink.port}", "/" + bad["path"], "", "")
    return made(bad["method"], parts_, b"", {bad["name"]: bad["value"]})


@given(st.text(max_size=60), st.sampled_from(["sms", "mail"]))
def test_whatever_is_typed_never_changes_where_a_gateway_is(typed: str, kind: str) -> None:
    from urllib.parse import quote, urlsplit

    try:
        kept = addresses.normal(kind, typed)
    except addresses.NotOne:
        return
    url = "mailto://user:secret@mail.example.org:25/?from=a@example.org&to={to}"
    filled = urlsplit(url.replace("{to}", quote(kept, safe="")))
    plain = urlsplit(url)
    assert (filled.scheme, filled.netloc, filled.path) == (plain.scheme, plain.netloc, plain.path)
    assert filled.query.count("&") == plain.query.count("&")
