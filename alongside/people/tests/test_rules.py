import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.people import rules


@given(st.text())
def test_a_handle_is_one_once_and_for_all(text: str) -> None:
    found = rules.handle(text)
    if found is not None:
        assert rules.handle(found) == found
        assert rules.handle(f"  {found.upper()} ") == found
        assert set(found) <= set(string.ascii_lowercase + string.digits + "._-")
        assert 3 <= len(found) <= 30


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        ("Wren", "wren"), (" wren ", "wren"), ("w.r-e_n9", "w.r-e_n9"), ("ｗｒｅｎ", "wren"), ("a" * 30, "a" * 30),
        ("9lives", "9lives"), ("ab", None), ("a" * 31, None), (".wren", None), ("-wren", None), ("wr en", None),
        ("wrén", None), ("wren\n", "wren"), ("wr\nen", None), ("", None), ("wren\x00", None), ("w/r/e", None),
    ],
)  # fmt: skip
def test_handles(text: str, handle: str | None) -> None:
    assert rules.handle(text) == handle


@given(st.text())
def test_a_name_is_visible_and_is_itself(text: str) -> None:
    found = rules.name(text)
    if found is not None:
        assert rules.name(found) == found
        assert 1 <= len(found) <= rules.NAME_MOST
        assert found == found.strip()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Wren", "Wren"), ("  Wren  of the\nRiver ", "Wren of the River"), ("ᐊᓇᓇ", "ᐊᓇᓇ"), ("مها", "مها"), ("🦊", "🦊"),
        ("W\x00ren", "Wren"), ("a" * 40, "a" * 40), ("a" * 41, None), ("", None), (" \t\n", None), ("\u200b", None),
        ("\u202e", None), ("\u2060\ufeff", None), ("\x07", None), ("\u202eWren\u202c", "Wren"),
        ("\u2066W\u2067r\u2068e\u2069n \u202a\u202b\u202d", "Wren"), ("\u200fمها\u200e", "\u200fمها\u200e"),
    ],
)  # fmt: skip
def test_names(text: str, name: str | None) -> None:
    assert rules.name(text) == name


def test_secrets_differ_and_only_their_digest_tells_them_apart() -> None:
    secrets = {rules.fresh_secret() for _ in range(50)}
    assert len({rules.digest(s) for s in secrets}) == 50
    assert all(len(s) >= 43 and rules.digest(s) != s for s in secrets)
    assert rules.digest("\ud800")  # an address may hold anything


@given(st.data(), st.text(rules.CODE_LETTERS, min_size=rules.CODE_LENGTH, max_size=rules.CODE_LENGTH))
def test_a_code_is_read_however_it_was_written(data: st.DataObject, code: str) -> None:
    looks = {"0": "0oO", "1": "1iIlL", "V": "vVuU"}
    written = [data.draw(st.sampled_from(looks.get(c, c + c.lower()))) for c in code]
    gaps = [data.draw(st.sampled_from(["", " ", "-", ". "])) for _letter in code]
    assert rules.code("".join(a + b for a, b in zip(written, gaps, strict=True))) == code
    assert rules.code(rules.grouped(code)) == code


@given(st.text(max_size=40))
def test_what_is_no_code_is_none(text: str) -> None:
    found = rules.code(text)
    assert found is None or (len(found) == rules.CODE_LENGTH and set(found) <= set(rules.CODE_LETTERS))


def test_codes_differ() -> None:
    codes = {rules.fresh_code() for _time in range(200)}
    assert len(codes) == 200
    assert all(rules.code(code) == code for code in codes)


@pytest.mark.parametrize(
    ("now", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_codes_are_those_of_the_standard(now: float, code: str) -> None:
    """The examples of RFC 6238, their last six digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    used = rules.step_code(secret, code, now, ())
    assert used is not None
    assert rules.step_code(secret, code, now, used) is None
    assert rules.step_code(secret, code, now + 300, ()) is None


@given(st.integers(0, 2**33), st.integers(-4, 4), st.integers(-4, 4))
def test_no_code_works_twice_however_the_clocks_go(now: int, first: int, second: int) -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    now += 1000
    one, two = (rules._codes(secret).generate(now + 30 * shift).decode() for shift in (first, second))
    used = rules.step_code(secret, one, now, ())
    assert (used is not None) == (abs(first) <= 1 or one in {rules._codes(secret).generate(now + 30 * s).decode() for s in (-1, 0, 1)})  # fmt: skip
    if used is not None and second <= first:
        assert rules.step_code(secret, two, now, used) is None or two != one


@given(st.text(max_size=12))
def test_what_is_no_code_of_an_app_is_refused(text: str) -> None:
    assert rules.step_code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "x" + text, 59, ()) is None
