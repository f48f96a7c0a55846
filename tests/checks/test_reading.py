"""Every sentence can be read after six years of school. `reading.py` says how that is counted."""

import pytest

from tests.checks.reading import grade, sentences, syllables
from tests.checks.source import filled, said

HARDEST = 6.0


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_sentence_is_easy(language: str) -> None:
    hard = [
        (value, " ".join(words), text)
        for text in said()[language]
        for words in sentences(filled(text))
        if (value := round(grade(words, language), 1)) > HARDEST
    ]
    told = "\n".join(f"{value:5.1f}  {words}" for value, words, _text in sorted(hard, reverse=True))
    assert not hard, f"{len(hard)} sentences are harder than grade {HARDEST:g}:\n{told}"


@pytest.mark.parametrize(
    ("word", "language", "count"),
    [
        ("overdose", "en", 3), ("work", "en", 1), ("people", "en", 2), ("walk-in", "en", 2), ("zorple", "en", 1),
        ("travail", "fr", 2), ("personne", "fr", 2), ("quelque", "fr", 1), ("l'équipe", "fr", 2),
        ("aujourd'hui", "fr", 3),
    ],
)  # fmt: skip
def test_syllables_are_counted(word: str, language: str, count: int) -> None:
    assert syllables(word, language) == count


def test_known_sentences_have_their_grade() -> None:
    """The first is worked out by hand: 6 words, 6 syllables."""
    (easy,) = sentences("We keep what you wrote here.")
    assert grade(easy, "en") == pytest.approx(0.39 * 6 + 11.8 * 1 - 15.59)
    (hard,) = sentences("Participation necessitates authentication of organisational affiliation.")
    assert grade(hard, "en") > 20
    (hard,) = sentences("La participation nécessite une authentification organisationnelle préalable.")
    assert grade(hard, "fr") > HARDEST
