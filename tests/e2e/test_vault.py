"""The private vault: made at joining, opened on a second phone by the code on paper or by a passkey; nobody else reads it."""

import base64
import hashlib
from typing import Any

import pyrage
import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from playwright.sync_api import Page, expect

from tests.e2e.journeys import LOCALES, PASSPHRASE, Person, Phone, not_now, sign_up, someone, unfold
from tests.server import Server

NEW = "nine calm otters drift"
CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def with_code(person: Person, *, shot: str = "") -> tuple[str, str]:
    """Make an account and a code on paper; give both parts of the code."""
    person.open("/people/make-account/")
    person.fill(handle=person.handle, passphrase=PASSPHRASE)
    person.send()
    person.send("")
    expect(person.page.locator("#half")).not_to_be_empty()
    person.see(shot=shot)
    return tuple((person.page.locator(f"#{part}").text_content() or "").strip() for part in ("code", "half"))  # type: ignore[return-value]


def fetched(page: Page) -> dict[str, Any]:
    """What the server keeps of this person's vault."""
    found: dict[str, Any] = page.evaluate("fetch('/api/v1/vault').then((r) => r.json())")
    return found


def identity(half: str) -> pyrage.x25519.Identity:
    """The age identity of a code's second part, made without a line of ours that runs in a browser."""
    secret = half.replace(" ", "")[:26].encode()
    return as_identity(HKDF(SHA256(), 32, None, b"alongside vault paper 1").derive(secret))


def as_identity(secret: bytes) -> pyrage.x25519.Identity:
    """32 bytes as age writes them: Bech32."""
    bits = "".join(f"{byte:08b}" for byte in secret)
    words = [int(bits[at : at + 5].ljust(5, "0"), 2) for at in range(0, len(bits), 5)]
    label = "age-secret-key-"
    spread = [ord(c) >> 5 for c in label] + [0] + [ord(c) & 31 for c in label]
    check = 1
    for value in [*spread, *words, 0, 0, 0, 0, 0, 0]:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for at, part in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= part if top >> at & 1 else 0
    words += [(check ^ 1) >> 5 * (5 - at) & 31 for at in range(6)]
    return pyrage.x25519.Identity.from_str((label + "1" + "".join(CHARSET[w] for w in words)).upper())


@pytest.mark.parametrize("locale", LOCALES)
def test_made_at_joining_and_opened_by_the_paper_alone(server: Server, phone: Phone, locale: str) -> None:
    wren = someone(server, phone, locale)
    code, half = with_code(wren, shot=f"code-both-{locale}")
    kept = fetched(wren.page)
    sealed = base64.b64decode(kept["sealed"])
    assert kept["revision"] == 1
    text = pyrage.decrypt(sealed, [identity(half)])
    assert len(text) == 16 * 1024
    assert hashlib.sha256(half.encode()).digest() not in sealed
    for other in ("", code):
        with pytest.raises(Exception, match=r"(?i)no matching|identit|decrypt"):
            pyrage.decrypt(sealed, [identity(other.ljust(26, "0"))])


@pytest.mark.parametrize("locale", LOCALES)
def test_private_on_a_second_phone_by_the_code(server: Server, phone: Phone, locale: str) -> None:
    wren = someone(server, phone, locale)
    _code, half = with_code(wren.quietly())
    opened(wren, "/private/", shot=f"private-new-{locale}")
    page = wren.page
    page.locator("#note-text").fill("the blue door")
    saved(page, "note")
    unfold(page)
    page.locator("[name=experience][value=grief]").check()
    saved(page, "experience")
    page.locator("[name=weight][value='2']").check()
    saved(page, "weight")
    wren.see(shot=f"private-{locale}")
    assert "the blue door" in pyrage.decrypt(sealed(page), [identity(half)]).decode()

    other = someone(server, phone, locale, wren.handle, color_scheme="dark")
    other.open("/people/sign-in/")
    other.fill(login=wren.handle, password=PASSPHRASE)
    other.send()
    other.see("/private/")
    expect(other.page.locator("#open-paper")).to_be_visible()
    other.see(shot=f"private-shut-{locale}")
    other.page.locator("#half").fill(half[:-1] + ("0" if half[-1] != "0" else "1"))
    other.page.locator("#open-paper button").tap()
    expect(other.page.locator("#vault-says")).not_to_be_empty()
    other.page.locator("#half").fill(half.lower())
    other.page.locator("#open-paper button").tap()
    expect(other.page.locator("#notes")).to_contain_text("the blue door")
    expect(other.page.locator("[name=experience][value=grief]")).to_be_checked()
    unfold(other.page)
    other.see(shot=f"private-second-{locale}")

    # Both write at once: nothing is lost, whoever was first.
    both = [(wren.page, "from the first"), (other.page, "from the second")]
    for one, text in both:
        one.locator("#note-text").fill(text)
    for one, _text in both:
        one.locator("#note button").tap()
    for one, _text in both:
        expect(one.locator("#note-text")).to_have_value("")
    text = pyrage.decrypt(sealed(page), [identity(half)]).decode()
    assert all(note in text for note in ("the blue door", "from the first", "from the second"))


def opened(person: Person, path: str = "/private/", *, shot: str = "") -> Page:
    """Open the private page and wait until it shows what is in it."""
    person.open(path)
    expect(person.page.locator("#note")).to_be_visible()
    return person.see(shot=shot)


def saved(page: Page, form: str) -> None:
    """Press the button of a part and wait until the vault is sealed."""
    page.evaluate("document.getElementById('vault-says').textContent = ''")
    page.locator(f"#{form} button").tap()
    expect(page.locator("#vault-says:not(.soft)")).not_to_be_empty()


def sealed(page: Page) -> bytes:
    return base64.b64decode(fetched(page)["sealed"])
