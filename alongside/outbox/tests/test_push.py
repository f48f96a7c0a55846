import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

from alongside.kit import keys
from alongside.outbox import addresses, push
from alongside.outbox.tests import parts

NOW = dt.datetime(2026, 3, 9, 12, 30, tzinfo=dt.UTC)


def kept(browser: parts.Browser) -> addresses.Browser:
    return addresses.browser(browser.address)


def test_only_the_browser_opens_what_is_said() -> None:
    browser, key = parts.Browser(), uuid4()
    said = push.body(kept(browser), "C’est l’heure.", "http://localhost/x", key)
    assert b"localhost" not in said
    assert browser.opened(said) == {
        "text": "C’est l’heure.",
        "link": "http://localhost/x",
        "key": str(key),
        "loud": False,
    }
    assert push.body(kept(browser), "Now", "", key) != push.body(kept(browser), "Now", "", key)
    with pytest.raises(Exception, match="Decryption error"):
        parts.Browser(auth=browser.auth).opened(said)


def test_headers_say_urgent_for_how_long_and_once(settings: Any) -> None:
    settings.ORIGIN = "https://alongside.example"
    browser, key = kept(parts.Browser("https://web.push.apple.com/QX")), uuid4()
    found = push.headers(browser, key, 600.7, b"k" * 32, NOW)
    assert (found["TTL"], found["Urgency"], found["Topic"], found["Idempotency-Key"]) == (
        "600",
        "high",
        key.hex,
        str(key),
    )
    assert len(found["Topic"]) <= 32
    assert Vapid02.verify(found["Authorization"])
    assert push.headers(browser, uuid4(), -3, b"k" * 32, NOW)["TTL"] == "0"


@pytest.mark.django_db(databases=["default", "keys"])
def test_the_key_is_made_once_and_is_the_one_that_signs() -> None:
    public = push.application_server_key()
    assert push.application_server_key() == public
    secret = keys.get(push.OWNER)
    assert secret is not None
    found = push.headers(kept(parts.Browser()), uuid4(), 60, secret, NOW)
    assert found["Authorization"].endswith(f"k={public}")


def test_a_point_that_is_on_no_curve_is_refused() -> None:
    with pytest.raises(addresses.NotOne):
        push.public_key(b"\x04" + b"\x01" * 64)
    assert isinstance(push.public_key(kept(parts.Browser()).p256dh), ec.EllipticCurvePublicKey)
