"""What leaves as a text message is written so that it fits one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.outbox import parcels, rules
from alongside.outbox.tests.parts import GSM

LINK = "https://alongside.example.org/watch/c/" + "x" * 43 + "/"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_letter_that_leaves_fits_one_text_message(language: str) -> None:
    short = {kind.code: parcels.words(kind.code, language)[0] for kind in rules._kinds.values() if kind.short}
    assert len(short) > 8
    for code, words in short.items():
        text = rules.plain(rules.fill(words, {"link": LINK, "code": "123456"}))
        assert len(text) <= 160, (code, text)
        assert set(text) <= GSM, (code, set(text) - GSM)


@given(st.text())
def test_only_signs_change(text: str) -> None:
    said = rules.plain(text)
    assert said == rules.plain(said)
    assert [c for c in text if c.isalnum()] == [c for c in said if c.isalnum()]
    assert text.isascii() <= (said == text)
