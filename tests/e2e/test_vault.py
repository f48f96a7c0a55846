"""The private vault: made at joining, opened on a second phone by the code on paper or by a passkey; nobody else reads it."""

import base64
import hashlib
import itertools

import pyrage
import pytest
from playwright.sync_api import expect

from alongside.people import rules
from tests.e2e.journeys import LOCALES, PASSPHRASE, Person, Phone, not_now, someone, unfold
from tests.e2e.phone import forgive
from tests.e2e.recording import until
from tests.e2e.test_passkeys import confirm
from tests.e2e.vault import (
    answers,
    credential,
    difference,
    document,
    fetched,
    forget,
    identity,
    opened,
    saved,
    sealed,
    secret,
    sign_in_again,
    state,
    store_module,
    text,
    vault_module,
    with_code,
    with_prf,
)  # fmt: skip
from tests.server import Server

NEW = "nine calm otters drift"
WITHOUT_X25519 = """() => {
  const { importKey } = SubtleCrypto.prototype;
  SubtleCrypto.prototype.importKey = function (form, key, how, ...rest) {
    if (how.name === 'X25519') return Promise.reject(new DOMException('no such thing', 'NotSupportedError'));
    return importKey.call(this, form, key, how, ...rest);
  };
}"""


@pytest.mark.parametrize("locale", LOCALES)
def test_made_at_joining_and_opened_by_the_paper_alone(server: Server, phone: Phone, locale: str) -> None:
    wren = someone(server, phone, locale)
    code, half = with_code(wren, shot=f"code-both-{locale}")
    kept = fetched(wren.page)
    sealed = base64.b64decode(kept["sealed"])
    assert kept["revision"] == 1
    plain = pyrage.decrypt(sealed, [identity(half)])
    assert len(plain) == 16 * 1024
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
    sign_in_again(other)
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
    for one, typed in both:
        one.locator("#note-text").fill(typed)
    for one, _typed in both:
        one.locator("#note button").tap()
    for one, _typed in both:
        expect(one.locator("#note-text")).to_have_value("")
    plain = pyrage.decrypt(sealed(page), [identity(half)]).decode()
    assert all(note in plain for note in ("the blue door", "from the first", "from the second"))


@pytest.mark.parametrize("locale", LOCALES)
def test_what_changed_in_it_does_not_show_on_the_server(server: Server, phone: Phone, locale: str) -> None:
    wren = someone(server, phone, locale).quietly()
    _code, half = with_code(wren)
    page = opened(wren)
    unfold(page)
    states = [state(server)]
    page.locator("[name=experience][value=prison]").check()
    saved(page, "experience")
    states.append(state(server))
    saved(page, "experience")  # nothing at all
    states.append(state(server))
    page.locator("[name=weight][value='3']").check()
    saved(page, "weight")
    states.append(state(server))
    page.locator("#note-text").fill("x" * 400)
    saved(page, "note")
    states.append(state(server))
    found = [difference(*pair) for pair in itertools.pairwise(states)]
    told = [one for one, _fresh in found]
    assert {(table, column) for table, _key, column, *_rest in told[0]} == {
        ("DATABASE_URL people_vault", "revision"),
        ("DATABASE_URL people_vault", "sealed"),
    }
    assert told[0] == told[1] == told[2] == told[3], "the same rows, the same lengths, whatever it was"
    fresh = [one for _told, ones in found for one in ones]
    assert len(fresh) == len(set(fresh)) == 4
    assert document(page, half)["experience"] == ["prison"]


@pytest.mark.parametrize("locale", LOCALES)
def test_who_lost_a_phone_comes_back_in_with_both_parts(server: Server, phone: Phone, locale: str) -> None:
    wren = someone(server, phone, locale).quietly()
    code, half = with_code(wren)
    page = opened(wren)
    page.locator("#note-text").fill("kept through it")
    saved(page, "note")

    other = someone(server, phone, locale, wren.handle)
    sent: list[str] = []
    other.page.on("request", lambda request: sent.append(request.post_data or ""))
    other.open("/people/forgot/")
    other.fill(handle=wren.handle, code=f"{code} {half}", passphrase="short")
    other.send(shot=f"forgot-both-{locale}")
    expect(other.page.locator("main .errors li")).to_have_count(1)
    other.fill(passphrase=NEW, code=f"{code} {half[:-1]}{'0' if half[-1] != '0' else '1'}")
    other.page.locator("form[data-recover] button").tap()
    expect(other.page.locator("[data-slip]")).to_be_visible()
    other.see(shot=f"forgot-slip-{locale}")
    other.fill(code=f"{code} {half}")
    other.send()
    other.send("", shot=f"code-after-{locale}")
    expect(other.page.locator("#half")).not_to_be_empty()
    fresh = text(other.page, "#half")
    opened(other)
    expect(other.page.locator("#notes")).to_contain_text("kept through it")
    letters = half.replace(" ", "")
    assert not any(letters[:8] in body or half[:9] in body or half[:9].replace(" ", "+") in body for body in sent)
    assert document(other.page, fresh)["notes"][0]["text"] == "kept through it"
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed(other.page), [identity(half)])

    # The phone that was lost opens nothing of it any more, even where somebody signs in on it.
    sign_in_again(wren, NEW)
    wren.open("/private/")
    expect(wren.page.locator("#open-paper")).to_be_visible()
    assert "kept through it" not in wren.page.content()


@pytest.mark.parametrize("locale", LOCALES)
def test_opened_on_a_second_phone_by_a_passkey(server: Server, phone: Phone, locale: str) -> None:
    wren = someone(server, phone, locale).quietly()
    wren.open("/people/make-account/")
    wren.fill(handle=wren.handle, passphrase=PASSPHRASE)
    wren.send()
    not_now(wren)
    wren.see("/private/", shot=f"private-none-{locale}")
    with_prf(wren.page)
    wren.open("/people/account/passkeys/add/")
    confirm(wren)
    wren.press("form[data-passkey] button")
    expect(wren.page.locator("[data-vault=passkey]")).to_be_visible()
    wren.clean = True
    wren.see(shot=f"account-vault-{locale}")
    page = opened(wren)
    page.locator("#note-text").fill("under the lock")
    saved(page, "note")

    # Another browser that has the same passkey, as phones share them: nothing else of this one is left.
    forget(page)
    wren.open("/people/sign-in/?next=/private/")
    wren.press("form[data-passkey] button")
    expect(page.locator("#notes")).to_contain_text("under the lock")
    forget(page, cookies=False)
    wren.open("/private/")
    page.locator("#open-passkey").tap()
    expect(page.locator("#notes")).to_contain_text("under the lock")


def add_passkey(person: Person) -> None:
    person.open("/people/account/passkeys/add/")
    confirm(person)
    person.press("form[data-passkey] button")
    expect(person.page.locator("[data-vault=passkey]")).to_be_visible()


@pytest.mark.parametrize("locale", LOCALES)
def test_every_passkey_opens_it_until_it_is_removed(server: Server, phone: Phone, locale: str) -> None:
    wren = someone(server, phone, locale).quietly()
    _code, half = with_code(wren)
    page = opened(wren)
    page.locator("#note-text").fill("under two locks")
    saved(page, "note")
    session, first = with_prf(page)
    kept = [sealed(page)]
    add_passkey(wren)
    kept.append(sealed(page))
    answers(session, first, yes=False)
    _session, second = with_prf(page, session, transport="usb")
    add_passkey(wren)
    kept.append(sealed(page))
    ids = [credential(session, lock) for lock in (first, second)]
    assert [one["id"] for one in document(page, half)["keys"]["passkeys"]] == ids
    # None, one or two: what the server keeps has the same shape and length, and no line of it comes again.
    assert {len(one) for one in kept} == {len(kept[0])}
    heads = [one.split(b"\n--- ")[0].split(b"\n")[1:] for one in kept]
    assert {len(head) for head in heads} == {2 * rules.VAULT_SLOTS}
    assert len({line for head in heads for line in head}) == 3 * 2 * rules.VAULT_SLOTS

    for lock, other in ((first, second), (second, first)):
        answers(session, lock, yes=True)
        answers(session, other, yes=False)
        forget(page)
        wren.open("/people/sign-in/?next=/private/")
        wren.press("form[data-passkey] button")
        expect(page.locator("#notes")).to_contain_text("under two locks")

    # One is removed: it opens nothing that is sealed from then on. The other still does.
    wren.open("/people/account/")
    wren.press(page.locator('a[href*="/passkeys/"][href$="/remove/"]').first)
    confirm(wren)
    until(lambda: len(document(page, half)["keys"]["passkeys"]), 1)
    (left,) = document(page, half)["keys"]["passkeys"]
    there = page.evaluate("JSON.parse(document.getElementById('passkeys-there').textContent)")
    assert [left["id"]] == there
    assert left["id"] in ids


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_not_whole_is_not_taken(server: Server, phone: Phone, locale: str) -> None:
    wren = someone(server, phone, locale).quietly()
    _code, half = with_code(wren)
    first = fetched(wren.page)
    page = opened(wren)
    page.locator("#note-text").fill("the newer one")
    saved(page, "note")
    newer = fetched(page)
    data = base64.b64decode(newer["sealed"])

    ask = """async ([address, revision, sealed, identity]) => {
      const vault = await import(address);
      const there = { revision, sealed };
      const unhex = Uint8Array.from(identity.match(/../g), (pair) => parseInt(pair, 16));
      return vault.opened(unhex, there).then((found) => found.notes.length, (error) => error.constructor.name);
    }"""
    address = vault_module(page)
    right, wrong = secret(half), secret("0" * 26)
    cut, turned = data[:-20], data[:-1] + bytes([data[-1] ^ 1])

    def tried(revision: int, what: bytes, identity: bytes = right) -> object:
        return page.evaluate(ask, [address, revision, base64.b64encode(what).decode(), identity.hex()])

    assert tried(newer["revision"], data) == 1
    assert tried(newer["revision"], data, wrong) == "Shut"
    assert tried(newer["revision"], cut) == "Shut"
    assert tried(newer["revision"], turned) == "Shut"
    assert tried(newer["revision"], base64.b64decode(first["sealed"])) == "Shut", "an older one under a newer number"

    # An older browser, whose WebCrypto has no X25519, opens it too, and seals.
    page.evaluate(WITHOUT_X25519)
    assert tried(newer["revision"], data) == 1
    page.locator("#note-text").fill("the newest one")
    saved(page, "note")
    assert len(document(page, half)["notes"]) == 2

    # A server that was restored from a backup has an older one: what this phone knows goes back over it.
    older = {"status": 409, "json": first}
    page.route(
        "**/api/v1/vault", lambda route: route.fulfill(**older) if route.request.method == "PUT" else None, times=1
    )
    page.locator("#note-text").fill("and one more")
    saved(page, "note")
    assert [note["text"] for note in document(page, half)["notes"]] == [
        "the newer one",
        "the newest one",
        "and one more",
    ]
    forgive(page, "409")


def test_a_locked_phone_and_a_quick_exit_open_nothing(server: Server, phone: Phone) -> None:
    wren = someone(server, phone).quietly()
    with_code(wren)
    page = opened(wren)
    page.locator("#note-text").fill("nobody else")
    saved(page, "note")
    store, ask = (
        store_module(page),
        """async ([address, owner, work]) => {
      const { Store } = await import(address);
      const store = await Store.open(owner);
      if (work === 'lock') { await store.setCode('2468'); await store.lock() }
      return JSON.stringify([store.locked, await store.getPrivate('vault')]);
    }""",
    )
    owner = page.evaluate(
        "localStorage.getItem('alongside-owner') || fetch('/phone.json').then((r) => r.json()).then((b) => b.owner)"
    )
    assert "nobody else" in page.evaluate(ask, [store, owner, "look"])
    assert page.evaluate(ask, [store, owner, "lock"]) == "[true,null]"
    wren.open("/private/")
    expect(page.locator("#unlock")).to_be_visible()
    wren.clean = True
    wren.see(shot="private-locked-en")
    assert "nobody else" not in page.content()
    page.locator("#phone-code").fill("1111")
    page.locator("#unlock button").tap()
    expect(page.locator("#vault-says")).not_to_be_empty()
    page.locator("#phone-code").fill("2468")
    page.locator("#unlock button").tap()
    expect(page.locator("#notes")).to_contain_text("nobody else")

    can = "async (address) => (await import(address)).ready()"
    address = vault_module(page)
    assert page.evaluate(can, address)
    page.evaluate("localStorage.setItem('alongside-exit', '1'); document.dispatchEvent(new Event('alongside:leave'))")
    assert not page.evaluate(can, address), "while a quick exit is under way nothing opens, signed in or not"


_LEAVE_A_SECRET = """async (id) => {
  const base = document.querySelector('script[src*="people/passkey."]').src;
  const text = await (await fetch(base)).text();
  const { put } = await import(new URL(/from *["']([^"']*pocket[^"']*)["']/.exec(text)[1], base).href);
  await put('passkey', new Uint8Array(32).fill(7), id);
}"""


def test_a_passkey_of_somebody_else_does_not_open_it(server: Server, phone: Phone) -> None:
    """Its secret was left in this tab by an attempt to sign in that the server did not take."""
    anna = someone(server, phone).quietly()
    _code, half = with_code(anna)
    page = opened(anna)
    for again in (False, True):
        anna.open("/people/account/")
        page.locator("form[data-sign-out] button").first.tap()
        page.wait_for_url(f"{server.url}/")
        anna.open("/people/sign-in/")
        page.evaluate(_LEAVE_A_SECRET, "somebody-else")
        if again:
            page.reload()
            until(lambda: page.evaluate("sessionStorage.getItem('alongside-pocket')"), None)
        anna.fill(login=anna.handle, password=PASSPHRASE)
        page.locator("main form:not([data-passkey]) button").tap()
        expect(page.locator("body[data-signed-in]")).to_be_attached()
        opened(anna)
        assert not document(page, half)["keys"].get("passkeys")
