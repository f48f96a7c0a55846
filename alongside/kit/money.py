"""Amounts of money: whole numbers of minor units (cents) of an ISO 4217 currency, never floats."""

import re
from decimal import Decimal, InvalidOperation
from functools import cache

from babel import Locale
from babel.core import UnknownLocaleError
from babel.numbers import NumberFormatError, format_currency, list_currencies, parse_decimal
from django.utils.translation import get_language

LARGEST = 10**11
"""The largest amount that any field takes, in minor units; far above any pay, far below a 64-bit column."""

_NOT_TWO = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
EXPONENTS = {code: n for n, codes in _NOT_TWO.items() for code in codes.split()}
"""ISO 4217's digits after the decimal mark, where they are not two. The one table of the project: the locale data of
Unicode and of browsers say how people round in a shop (no cents for IDR or RSD), and differ among themselves."""

_TYPED = re.compile(r"-?[0-9.,]*[0-9][0-9.,]*")


class BadAmount(ValueError):
    """Raised when what somebody typed cannot be read as an amount."""


def is_currency(code: str) -> bool:
    """Whether ``code`` is an ISO 4217 code known to the Unicode locale data."""
    return len(code) == 3 and code.isupper() and code in _known()


@cache
def _known() -> frozenset[str]:
    """All codes, read by the first who asks: what a phone sends holds one for each expense."""
    return frozenset(list_currencies())


def digits(currency: str) -> int:
    """How many decimal digits the currency's minor unit has by ISO 4217 (2 for CAD, 0 for JPY)."""
    return EXPONENTS.get(currency, 2)


def _locale() -> Locale:
    try:
        return Locale.parse((get_language() or "en").replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def show(amount: int, currency: str) -> str:
    """The amount (minor units) as a person reads it in the language in use, for instance ``CA$12.50``."""
    locale, places = _locale(), digits(currency)
    written = locale.currency_formats["standard"].pattern.replace(".00", "." + "0" * places if places else "")
    value = Decimal(amount).scaleb(-places)
    return format_currency(value, currency, format=written, locale=locale, currency_digits=False)


def plain(amount: int, currency: str) -> str:
    """The amount (minor units) as a bare decimal with a point, for files and form fields, for instance ``12.50``."""
    return f"{Decimal(amount).scaleb(-digits(currency)):.{digits(currency)}f}"


def read(text: str, currency: str) -> int:
    """Minor units of what somebody typed (``12.50``, ``12,50``, ``1 200``).

    A comma and a point are both taken as the decimal mark when at most the currency's digits follow the last of
    them; otherwise the text is read by the rules of the language in use, where more digits after its decimal mark are not
    guessed at: ``1.000`` may be a thousand where a point stands between thousands. Raises :class:`BadAmount`.
    """
    cleaned = text.strip().replace("\u202f", "").replace("\u00a0", "").replace(" ", "")
    if not _TYPED.fullmatch(cleaned):
        raise BadAmount(text)
    places = digits(currency)
    value = _typed_decimal(cleaned, places)
    if value is None:
        value = _grouped(cleaned, places)
    minor = value.scaleb(places)
    if not minor.is_finite() or minor != minor.to_integral_value() or abs(minor) > LARGEST:
        raise BadAmount(text)
    return int(minor)


def _grouped(text: str, places: int) -> Decimal:
    try:
        value = parse_decimal(text, locale=_locale(), strict=True)
    except (NumberFormatError, InvalidOperation) as exc:
        raise BadAmount(text) from exc
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or -exponent > places:
        raise BadAmount(text)
    return value


def _typed_decimal(text: str, places: int) -> Decimal | None:
    whole, mark, part = text.replace(",", ".").rpartition(".")
    if not mark:
        whole, part = text, ""
    sign, unsigned = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    if not (unsigned + part).isdigit() or (unsigned and not unsigned.isdigit()) or len(part) > places:
        return None
    return Decimal(f"{sign}{unsigned or '0'}.{part or '0'}")
