"""What tests of the private vault need: a code on paper, the private page, and what the server keeps, as pyrage opens it."""

import base64
import contextlib
import json
import sqlite3
from typing import Any

import psycopg
import pyrage
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from playwright.sync_api import CDPSession, Page, expect

from tests.e2e.journeys import PASSPHRASE, Person
from tests.e2e.test_passkeys import KEY
from tests.server import Server

_CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_OF_JOBS = {"kit_job", "kit_beat"}
"""Tables that change by the clock alone, whatever people do."""


def with_code(person: Person, *, shot: str = "") -> tuple[str, str]:
    """Make an account and a code on paper; give both parts of the code."""
    person.open("/people/make-account/")
    person.fill(handle=person.handle, passphrase=PASSPHRASE)
    person.send()
    half = make_code(person, shot=shot)
    return text(person.page, "#code"), half


def make_code(person: Person, *, shot: str = "") -> str:
    """Press the button of the page that offers a code; give its second part."""
    person.send("")
    expect(person.page.locator("#half")).not_to_be_empty()
    person.see(shot=shot)
    return text(person.page, "#half")


def fetched(page: Page) -> dict[str, Any]:
    """What the server keeps of this person's vault."""
    found: dict[str, Any] = page.evaluate("fetch('/api/v1/vault').then((r) => r.json())")
    return found


def identity(half: str) -> pyrage.x25519.Identity:
    """The age identity of a code's second part, made without a line of ours that runs in a browser."""
    return as_identity(secret(half))


def secret(half: str) -> bytes:
    return HKDF(SHA256(), 32, None, b"alongside vault paper 1").derive(half.replace(" ", "")[:26].encode())


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
    return pyrage.x25519.Identity.from_str((label + "1" + "".join(_CHARSET[w] for w in words)).upper())


def text(page: Page, what: str) -> str:
    return (page.locator(what).text_content() or "").strip()


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


def document(page: Page, half: str) -> dict[str, Any]:
    """What is in the vault, opened with the second part of a code on paper and by another hand than ours."""
    padded = pyrage.decrypt(sealed(page), [identity(half)])
    length = int.from_bytes(padded[:4], "big")
    assert not padded[4 + length :].strip(b"\0")
    found: dict[str, Any] = json.loads(padded[4 : 4 + length])
    return found


def sign_in_again(person: Person, passphrase: str = PASSPHRASE) -> Person:
    """Sign in with the passphrase on this phone."""
    person.open("/people/sign-in/")
    person.fill(login=person.handle, password=passphrase)
    person.page.locator("main form:not([data-passkey]) button").tap()
    expect(person.page.locator("body[data-signed-in]")).to_be_attached()
    return person


def open_by_code(person: Person, half: str) -> Page:
    """Open the vault on this phone with the second part of the code."""
    person.open("/private/")
    person.page.locator("#half").fill(half)
    person.page.locator("#open-paper button").tap()
    expect(person.page.locator("#note")).to_be_visible()
    return person.page


def vault_module(page: Page) -> str:
    """The address of people/vault.js as the private page loads it."""
    return _imported(page, "script", "people/vault")


def store_module(page: Page) -> str:
    """The address of people/store.js as the vault loads it."""
    return _imported(page, vault_module(page), "/store")


def _imported(page: Page, base: str, name: str) -> str:
    found: str = page.evaluate(
        """async ([base, name]) => {
      if (base === 'script') base = document.querySelector('script[src*="home/private."]').src;
      const text = await (await fetch(base)).text();
      return new URL(new RegExp(`from *["']([^"']*${name}[^"']*)["']`).exec(text)[1], base).href;
    }""",
        [base, name],
    )
    return found


def with_prf(page: Page, session: CDPSession | None = None, **options: Any) -> tuple[CDPSession, str]:
    """Give the phone a lock that opens by itself, and whose passkeys give a secret of their own (prf).

    With the ``session`` of one that it has: one more.
    """
    if session is None:
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
    wanted = KEY | {"hasPrf": True, "ctap2Version": "ctap2_1"} | options
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": wanted})
    return session, str(made["authenticatorId"])


def answers(session: CDPSession, lock: str, yes: bool) -> None:
    """Whether somebody touches this lock when it is asked."""
    session.send("WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": lock, "enabled": yes})


def credential(session: CDPSession, lock: str) -> str:
    """What the phone calls the passkey in this lock, as the vault writes it."""
    (found,) = session.send("WebAuthn.getCredentials", {"authenticatorId": lock})["credentials"]
    return base64.urlsafe_b64encode(base64.b64decode(found["credentialId"])).decode().rstrip("=")


def forget(page: Page, *, cookies: bool = True) -> None:
    """All that this browser keeps is gone, but for the passkeys of the phone."""
    page.evaluate(
        """async () => {
      localStorage.clear();
      sessionStorage.clear();
      for (const one of await indexedDB.databases()) indexedDB.deleteDatabase(one.name);
    }"""
    )
    if cookies:
        page.context.clear_cookies()


Rows = dict[str, dict[tuple[str, ...], dict[str, Any]]]


def state(server: Server) -> Rows:
    """Every row of both databases: table to primary key to columns."""
    found: Rows = {}
    for name in ("DATABASE_URL", "KEYS_URL"):
        if server.databases:
            with psycopg.connect(server.databases[name]) as connection:
                _tables(found, name, connection, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        else:
            file = server.data / ("alongside.sqlite3" if name == "DATABASE_URL" else "keys.sqlite3")
            with contextlib.closing(sqlite3.connect(file)) as lite:
                _tables(found, name, lite, "SELECT name FROM sqlite_master WHERE type = 'table'")
    return found


def _tables(found: Rows, name: str, connection: Any, which: str) -> None:
    for (table,) in connection.execute(which).fetchall():
        if table in _OF_JOBS:
            continue
        rows = connection.execute(f'SELECT * FROM "{table}"')  # table names of our own databases
        names = [column[0] for column in rows.description]
        for row in rows.fetchall():
            one = dict(zip(names, row, strict=True))
            key = next((n for n in ("id", "account_id", "chain", "owner", "session_key", "name") if n in one), names[0])
            found.setdefault(f"{name} {table}", {})[str(one[key]),] = one


def difference(before: Rows, after: Rows) -> tuple[list[tuple[str, ...]], list[bytes]]:
    """What changed between two states, told by where, by how much and how long it is; and the bytes that are new."""
    told, fresh = [], []
    for table in sorted(before.keys() | after.keys()):
        old, new = before.get(table, {}), after.get(table, {})
        for key in sorted(old.keys() | new.keys()):
            was, now = old.get(key, {}), new.get(key, {})
            for column in sorted(was.keys() | now.keys()):
                a, b = was.get(column), now.get(column)
                if a == b:
                    continue
                told.append(
                    (
                        table,
                        *key,
                        column,
                        _size(a),
                        _size(b),
                        str(b - a) if isinstance(a, int) and isinstance(b, int) else "",
                    )
                )
                if isinstance(b, bytes | memoryview):
                    fresh.append(bytes(b))
    return told, fresh


def _size(value: Any) -> str:
    return (
        f"{type(value).__name__} {len(value)}" if isinstance(value, str | bytes | memoryview) else type(value).__name__
    )
