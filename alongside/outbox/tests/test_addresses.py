import base64
import json
import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.outbox import addresses


def subscription(endpoint: str = "https://fcm.googleapis.com/fcm/send/abc", **other: Any) -> str:
    found = {"endpoint": endpoint, "p256dh": coded(b"\x04" + os.urandom(64)), "auth": coded(os.urandom(16))}
    return json.dumps(found | other)


def coded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("sms", " +1 (555) 012-3456 ", "+15550123456"),
        ("sms", "0033 6 12 34 56 78", "+33612345678"),
        ("sms", "+33.6.12.34.56.78", "+33612345678"),
        ("mail", " Ann.B+x@Example.ORG ", "Ann.B+x@example.org"),
        ("mail", "o'brien@mail.example.co", "o'brien@mail.example.co"),
    ],
)
def test_an_address_has_one_form(kind: str, typed: str, kept: str) -> None:
    assert addresses.normal(kind, typed) == kept
    assert addresses.normal(kind, kept) == kept


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("sms", "612345678"), ("sms", "+0123456789"), ("sms", "+1555"), ("sms", "+1555012345678901"), ("sms", "+1555012٣456"),
        ("sms", "+15550123456\n+15550123457"), ("sms", "+15550123456?x=1"), ("sms", ""), ("sms", "json://10.0.0.1/"),
        ("mail", "ann"), ("mail", "ann@localhost"), ("mail", "ann@ex ample.org"), ("mail", "ann@example.org\r\nBcc: b@c.org"),
        ("mail", "ann@example.org,b@c.org"), ("mail", "ann@example.org?smtp=10.0.0.1"), ("mail", "a/b@example.org"),
        ("mail", "ann@10.0.0.1"), ("mail", "ann%40x@example.org"), ("mail", "a..b@example.org"), ("mail", "änn@example.org"),
        ("mail", "ann@-x.org"), ("mail", "<ann@example.org>"), ("mail", "-"), ("mail", "a" * 65 + "@example.org"),
        ("push", "{}"), ("push", "[]"), ("push", "1"), ("push", "no"), ("push", "[" * 1900), ("letter", "x"),
        ("push", subscription(auth="AAAA")), ("push", subscription(p256dh="AAAA")), ("push", subscription(auth=7)),
        ("push", subscription(p256dh=coded(b"\x05" + bytes(64)))), ("push", subscription(auth="!" * 22)),
        ("push", subscription("https://fcm.googleapis.com/" + "x" * 1000)),
    ],
)  # fmt: skip
def test_what_cannot_be_an_address_is_none(kind: str, typed: str) -> None:
    with pytest.raises(addresses.NotOne):
        addresses.normal(kind, typed)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x", "https://fcm.googleapis.com:8443/x", "https://user@fcm.googleapis.com/x",
        "https://fcm.googleapis.com@10.0.0.1/x", "https://10.0.0.1/x", "https://[::1]/x", "https://localhost/x",
        "https://fcm.googleapis.com.evil.example/x", "https://evilpush.apple.com.example/x", "https://xpush.apple.com/x",
        "https://fcm.googleapis.com\\@10.0.0.1/x", "https://fcm.googleapis.com/x\r\nHost: y", "https://fcm.googleapis.com/x#y",
        "https://169.254.169.254/latest", "file:///etc/passwd", "gopher://fcm.googleapis.com/x", "https:///x", "//x/y", "",
        "https://fcm.googleapis.com", "https://fcm.googleapis.com:99999/x", "https://fcm.googleapis.com/ x", "https://ⓕcm.googleapis.com/x",
        "https://*.push.apple.com/x", "http://127.0.0.1:9100/x",
    ],
)  # fmt: skip
def test_a_browser_is_reached_at_known_push_services_alone(endpoint: str) -> None:
    with pytest.raises(addresses.NotOne):
        addresses.normal("push", subscription(endpoint))


@pytest.mark.parametrize(
    ("endpoint", "lane"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc:def", "fcm.googleapis.com"),
        ("https://updates.push.services.mozilla.com/wpush/v2/x", "*.push.services.mozilla.com"),
        ("https://web.push.apple.com/QX", "*.push.apple.com"),
        ("https://wns2-par02p.notify.windows.com/w/?token=x", "*.notify.windows.com"),
        ("http://127.0.0.1:9100/x", "127.0.0.1:9100"),
        ("https://push.example.org/x", "push.example.org"),
    ],
)
def test_each_push_service_is_a_lane(endpoint: str, lane: str) -> None:
    assert addresses.lane_of(endpoint, ["127.0.0.1:9100", "push.example.org"]) == lane


def test_a_browser_says_it_in_either_shape_and_its_endpoint_makes_it_the_same() -> None:
    flat = json.loads(subscription())
    nested = {
        "endpoint": flat["endpoint"],
        "expirationTime": None,
        "keys": {"p256dh": flat["p256dh"], "auth": flat["auth"]},
    }
    kept = addresses.normal("push", json.dumps(flat))
    assert addresses.normal("push", json.dumps(nested)) == kept
    assert addresses.same("push", kept) == addresses.same("push", subscription())
    assert addresses.same("mail", "Ann@example.org") == addresses.same("mail", "ann@example.org")


@given(st.text(), st.sampled_from(addresses.KINDS))
def test_whatever_is_typed_is_an_address_or_none(typed: str, kind: str) -> None:
    try:
        kept = addresses.normal(kind, typed)
    except addresses.NotOne:
        return
    assert kept.isascii()
    assert addresses.normal(kind, kept) == kept


def test_a_hint_shows_little() -> None:
    assert addresses.hint("sms", "+15550124217") == "…42 17"
    assert addresses.hint("mail", "ann@example.org") == "a…@example.org"
    assert addresses.hint("push", subscription()) == ""
