"""Amounts: read as people write them in English and French, shown so that they read back the same."""

import re
from collections.abc import Iterator

import pytest
from babel.numbers import list_currencies
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from alongside.kit import money

CURRENCIES = sorted(list_currencies())
amounts = st.integers(-money.LARGEST, money.LARGEST)


@pytest.fixture(params=["en", "fr"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    with translation.override(request.param):
        yield request.param


@given(amounts, st.sampled_from(CURRENCIES))
def test_what_is_written_plainly_is_read_the_same(amount: int, currency: str) -> None:
    for language in ("en", "fr"):
        with translation.override(language):
            assert money.read(money.plain(amount, currency), currency) == amount


@given(st.integers(0, money.LARGEST), st.sampled_from(CURRENCIES))
@example(0, "XCG")
def test_what_is_shown_is_read_the_same_in_its_language(amount: int, currency: str) -> None:
    """Grouped by thousands as each language does it, without the currency's sign."""
    for language in ("en", "fr"):
        with translation.override(language):
            shown = re.search(r"\d(?:.*\d)?", money.show(amount, currency))  # a sign may hold a point: Cg. is one
            assert shown is not None
            assert money.read(shown[0], currency) == amount


@pytest.mark.parametrize(
    ("currency", "digits"),
    [
        ("CAD", 2), ("JPY", 0), ("KWD", 3), ("XOF", 0), ("EUR", 2), ("CLF", 4), ("UYW", 4), ("IQD", 3), ("CLP", 0),
        ("HUF", 2), ("COP", 2), ("IDR", 2), ("PKR", 2), ("RSD", 2), ("LBP", 2), ("ALL", 2), ("TWD", 2), ("MGA", 2),
    ],
)  # fmt: skip
def test_minor_units_are_those_of_the_standard(currency: str, digits: int) -> None:
    """Not those of the locale data, by which some have fewer and some programs more."""
    assert money.digits(currency) == digits
    assert money.plain(10**digits, currency) == ("1." + "0" * digits).rstrip(".")
    assert money.read("1", currency) == 10**digits


def test_only_currencies_that_are_known_have_digits_of_their_own() -> None:
    assert set(money.EXPONENTS) <= set(CURRENCIES)
    assert 2 not in money.EXPONENTS.values()


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.50", "CAD", 1250), ("12,50", "CAD", 1250), ("12.5", "CAD", 1250), ("12", "CAD", 1200), ("0", "CAD", 0),
        (" 1 200 ", "CAD", 120000), ("1\u202f200,50", "CAD", 120050), ("1\u00a0200.50", "CAD", 120050),
        ("-3.25", "CAD", -325), ("1200", "JPY", 1200), ("1.234", "KWD", 1234), ("1,234", "KWD", 1234), (".5", "CAD", 50),
        (",5", "CAD", 50), ("5.", "CAD", 500), ("007", "CAD", 700),
    ],
)  # fmt: skip
def test_what_people_type_is_read_in_both_languages(language: str, text: str, currency: str, minor: int) -> None:
    assert money.read(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "currency", "language", "minor"),
    [
        ("1,200", "CAD", "en", 120000), ("1,200.50", "CAD", "en", 120050), ("1,200", "JPY", "en", 1200),
        ("1 200,50", "CAD", "fr", 120050), ("1,200,300", "CAD", "en", 120030000),
    ],
)  # fmt: skip
def test_thousands_are_read_as_the_language_groups_them(text: str, currency: str, language: str, minor: int) -> None:
    with translation.override(language):
        assert money.read(text, currency) == minor


@pytest.mark.parametrize(
    "text",
    [
        "", " ", ".", ",", "-", "-.", "abc", "12a", "12.345", "1.2.3", "12,34,5", "--3", "+-3", "1e3", "1e99", "nan", "NaN", "inf",
        "-Infinity", "٣", "१२", "½", "²", "12€", "$12", "0x10", "1_000", "999999999999999", "\x00", "1\n2",
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused(language: str, text: str) -> None:
    with pytest.raises(money.BadAmount):
        money.read(text, "CAD")


@pytest.mark.parametrize(
    ("text", "currency", "language"),
    [
        ("1.000", "CAD", "en"),
        ("1,000", "CAD", "fr"),
        ("1,200.000", "CAD", "en"),
        ("1.000", "JPY", "en"),
        ("1,000", "JPY", "fr"),
    ],
)
def test_what_may_be_a_thousand_is_not_taken_for_one(text: str, currency: str, language: str) -> None:
    with translation.override(language), pytest.raises(money.BadAmount):
        money.read(text, currency)


def test_a_fraction_of_the_smallest_coin_is_refused(language: str) -> None:
    with pytest.raises(money.BadAmount):
        money.read("1.5", "JPY")


@given(st.text(max_size=30), st.sampled_from(CURRENCIES))
def test_any_text_is_an_amount_or_is_refused(text: str, currency: str) -> None:
    for language in ("en", "fr"):
        with translation.override(language):
            try:
                found = money.read(text, currency)
            except money.BadAmount:
                continue
            assert abs(found) <= money.LARGEST


@pytest.mark.parametrize(("language", "shown"), [("en", "CA$1,234.50"), ("fr", "1\u202f234,50\u00a0$CA")])
def test_an_amount_is_shown_as_the_language_writes_it(language: str, shown: str) -> None:
    with translation.override(language):
        assert money.show(123450, "CAD") == shown


@pytest.mark.parametrize(
    ("code", "known"), [("CAD", True), ("XOF", True), ("cad", False), ("XXXX", False), ("", False), ("QQQ", False)]
)
def test_currencies_are_known_by_their_codes(code: str, known: bool) -> None:
    assert money.is_currency(code) is known
