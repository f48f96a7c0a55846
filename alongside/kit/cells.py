"""Cells of tables that people open in a spreadsheet."""

_FORMULA = frozenset("=+-@＝＋－＠")


def harmless(text: str) -> str:
    """``text`` as a cell that no spreadsheet takes for a formula."""
    start = text.lstrip()[:1]
    return f"'{text}" if start in _FORMULA or text[:1] in {"\t", "\r", "\n"} else text
