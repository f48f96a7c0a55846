import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from alongside.kit import keys, signing

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def test_one_key_signs_and_its_public_half_checks_it_elsewhere() -> None:
    number, signature = signing.sign(b"words")
    assert signing.sign(b"words") == (number, signature), "the key is made once"
    assert signing.verify(number, signature, b"words")
    load_pem_public_key(signing.public()[number].encode()).verify(signature, b"words")  # type: ignore[call-arg, union-attr]


@pytest.mark.parametrize(("number", "data"), [(1, b"Words"), (2, b"words"), (0, b"words"), (999, b"words")])
def test_nothing_else_checks_out(number: int, data: bytes) -> None:
    signature = signing.sign(b"words")[1]
    assert not signing.verify(number, signature, data)
    assert not signing.verify(1, signature[:-1] + bytes([signature[-1] ^ 1]), b"words")
    assert not signing.verify(1, b"", b"words")


def test_an_older_key_checks_what_it_signed_until_it_is_forgotten() -> None:
    old, signature = signing.sign(b"words")
    assert signing.renew(forget=False) == 2
    assert signing.sign(b"words")[0] == 2
    assert signing.verify(old, signature, b"words")
    assert signing.renew(forget=True) == 3
    assert not signing.verify(old, signature, b"words")
    assert list(signing.public()) == [3]
    keys.delete(signing.owner(3))
    assert signing.sign(b"words")[0] == 4, "a number is never used again"
