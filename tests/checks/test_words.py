"""Words that stigmatise, blame, rank or sell (design, section 9), held against all that the project itself says.

Never against what people write: only messages, their translations and the templates are looked at.
"""

import re
from pathlib import Path

import pytest

from tests.checks.source import bare_words, filled, said, short, templates

FORBIDDEN = {
    "en": {
        # stigma: says what somebody is taken for
        "addict", "addicts", "addicted", "addiction", "junkie", "junkies", "junky", "druggie", "crackhead", "tweaker",
        "user", "users", "abuse", "abuser", "abusers", "abusing", "misuse", "clean", "dirty", "non-compliant",
        "noncompliant", "non-compliance", "drug-seeking", "alcoholic", "alcoholics", "habit", "relapse", "relapsed",
        "prostitute", "prostitutes", "offender", "offenders", "convict", "felon", "inmate", "the homeless", "vagrant",
        "victim", "victims", "sufferer", "suffering from", "substitution", "hard to reach", "vulnerable",
        # blame: makes a person answerable for what is structural, or for what software could not read
        "fault", "blame", "guilty", "failed to", "you failed", "failure", "lazy", "irresponsible", "invalid",
        "illegal", "forbidden", "prohibited", "penalty", "violation",
        # ranks and drives people (design, section 2)
        "streak", "streaks", "leaderboard", "ranking", "ranked", "score", "scores", "performance", "productivity",
        "productive", "top worker", "best worker", "target", "targets",
        # sells a batch
        "strong", "stronger", "strongest", "pure", "purer", "purity", "potent",
    },
    "fr": {
        "toxicomane", "toxicomanes", "toxicomanie", "toxico", "toxicos", "drogué", "drogués", "droguée", "droguées",
        "junkie", "junkies", "camé", "camés", "accro", "accros", "dépendant", "dépendante", "dépendants",
        "alcoolique", "alcooliques", "usager", "usagers", "utilisateur", "utilisateurs", "utilisatrice",
        "utilisatrices", "abus", "abuser", "abuse", "sale", "sales", "seringue propre", "seringues propres", "clean",
        "non compliant", "non observant", "récidive", "rechute", "rechuter", "prostituée", "prostituées",
        "délinquant", "délinquants", "détenu", "détenus", "sans-abri", "clochard", "victime", "victimes",
        "vulnérable", "vulnérables",
        "faute", "coupable", "échoué", "échec", "paresseux", "irresponsable", "invalide", "illégal", "interdit",
        "pénalité", "infraction",
        "classement", "palmarès", "score", "scores", "performance", "productivité", "productif", "cible", "cibles",
        "fort", "forte", "forts", "fortes", "puissant", "puissante", "pur", "pure", "purs", "pures", "pureté",
    },
}  # fmt: skip
ALLOWED = {
    "clean-up": "picking up used supplies from the street is one kind of work",
}
"""Phrases that hold a forbidden word and are right, each with the reason."""
PUNCTUATION = {"!": "an exclamation mark", "—": "an em dash", " – ": "a dash between words", " -- ": "a dash"}


def forbidden(text: str, language: str) -> list[str]:
    """The forbidden words in ``text``, in lower case."""
    plain = text.casefold()
    for phrase in ALLOWED:
        plain = plain.replace(phrase, " ")
    words = "|".join(re.escape(w) for w in sorted(FORBIDDEN[language], key=len, reverse=True))
    return re.findall(rf"(?<!\w)(?:{words})(?!\w)", plain)


@pytest.mark.parametrize("language", FORBIDDEN)
def test_no_message_holds_a_forbidden_word(language: str) -> None:
    found = [(text, words) for text in said()[language] if (words := forbidden(filled(text), language))]
    assert not found, "\n".join(f"{', '.join(words)}: {text}" for text, words in found)


@pytest.mark.parametrize("language", FORBIDDEN)
def test_messages_do_not_shout(language: str) -> None:
    found = [
        f"{name}: {text}" for text in said()[language] for mark, name in PUNCTUATION.items() if mark in filled(text)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("path", templates(), ids=short)
def test_a_template_says_nothing_outside_its_messages(path: Path) -> None:
    """Or it would say it in one language only, and past these lists."""
    assert not bare_words(path)


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("A junkie, you USER", "en", ["junkie", "user"]),
        ("usernames and cleaning, strongly", "en", []),
        ("Returns and clean-up", "en", []),
        ("A clean syringe", "en", ["clean"]),
        ("Une seringue propre", "fr", ["seringue propre"]),
        ("Votre propre nom", "fr", []),
    ],
)
def test_the_lists_find_whole_words(text: str, language: str, found: list[str]) -> None:
    assert forbidden(text, language) == found


def test_titles_name_no_group_and_no_person() -> None:
    """A title stands in the history and among the open apps, after a quick exit too."""
    titles = {path: re.findall(r"{% block title %}(.*?){% endblock %}", path.read_text(), re.S) for path in templates()}
    assert sum(map(len, titles.values())) > 20
    told = {
        str(path): t for path, found in titles.items() for t in found if re.search(r"{{ (?!number)|with (?!number=)", t)
    }
    assert not told
