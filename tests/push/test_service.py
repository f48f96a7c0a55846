"""That the push service refuses what is wrong: what it opens in other tests was right."""

import base64
import urllib.error
import urllib.request

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.push.service import push_service


def test_it_takes_no_letter_that_is_not_signed_or_cannot_be_opened() -> None:
    point = (
        ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    )
    key = base64.urlsafe_b64encode(point).rstrip(b"=").decode()
    with push_service() as service:
        phone = service.subscribe(key)
        for headers in ({}, {"Authorization": f"vapid t=a.b.c,k={key}"}):
            request = urllib.request.Request(
                phone.endpoint, data=b"not encrypted", method="POST",
                headers={"Content-Type": "application/octet-stream", "Content-Encoding": "aes128gcm", "TTL": "60"} | headers,
            )  # fmt: skip
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(request, timeout=15)
            assert refused.value.code == 400
            refused.value.close()
        assert service.opened(phone) == []
