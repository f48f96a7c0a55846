"""What is shown of a group's month: somebody who knows how it is made, and what pieces of work are, learns of nobody."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any

import highspy
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alongside.kit.disclosure import Cell
from alongside.work import months_rules as months
from alongside.work import response_rules, rules
from tests.databases import examples

KINDS = ("outreach", "forms", "court", "meals", "frontline")
BARRIERS = ("police", "wait", "closed")
BIG = 400
Work = list[tuple[str, dict[str, Any]]]
Ends = tuple[int, int]


def piece(*kinds: str, weight: int | None = None, barriers: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"kinds": list(kinds), "weight": weight, "barriers": list(barriers)}


PIECE = st.builds(
    lambda kinds, weight, barriers: piece(*kinds, weight=weight, barriers=tuple(barriers)),
    # The first kinds are what everybody does and the last are rare: a month with both is the hard one.
    st.lists(st.sampled_from(KINDS[:2] * 4 + KINDS), min_size=1, max_size=4, unique=True),
    st.sampled_from((None, 0, 0, 0, 1, 1, 2, 3)),
    st.lists(st.sampled_from(BARRIERS), max_size=3, unique=True),
)
WORK = st.lists(st.tuples(st.sampled_from("abbccdddeef"), PIECE), max_size=30)


def shown_of(work: Work, threshold: int = 5) -> months.Shown:
    return months.of_work(tallied(work).table(), threshold)


def tallied(work: Work) -> months.Tally:
    tally = months.Tally()
    for who, one in work:
        tally.add(who, one["kinds"], one)
    return tally


def names(one: dict[str, Any]) -> list[str]:
    """What a piece of work is counted as."""
    weight = "unsaid" if one["weight"] is None else one["weight"]
    kinds, barriers = [f"kind.{k}" for k in one["kinds"]], [f"barrier.{b}" for b in one["barriers"]]
    return ["all", f"weight.{weight}", *kinds, *barriers]


def truth(work: Work) -> dict[str, Cell]:
    """The counts, counted another way."""
    found: dict[str, Counter[str]] = {}
    for who, one in work:
        for name in names(one):
            found.setdefault(name, Counter())[who] += 1
    return {name: Cell(sum(n.values()), len(n), max(n.values())) for name, n in found.items()}


EVERY = (
    *("all", "weight.0", "weight.1", "weight.2", "weight.3", "weight.unsaid"),
    *(f"kind.{code}" for code in KINDS),
    *(f"barrier.{code}" for code in BARRIERS),
)


class Attacker:
    """Knows how pieces of work are made, and of which cells it is only unknown whether they are ``least`` or more."""

    def __init__(self, shown: months.Shown, cells: Iterable[str], least: int) -> None:
        self.lp = highspy.Highs()
        self.lp.setOptionValue("output_flag", False)
        # A number is a bound as well: then a constraint of nothing but numbers is still one.
        ends = {name: (shown[name], shown[name]) if name in shown else (least, BIG) for name in cells}
        self.of = {name: self.lp.addIntegral(lb=low, ub=high) for name, (low, high) in ends.items()}
        pieces = self.of["all"]
        kinds = self._part("kind")
        self.lp.addConstr(sum(self._part("weight")) - pieces == 0)
        self.lp.addConstr(sum(kinds) - pieces >= 0)
        self.lp.addConstr(sum(kinds) - 4 * pieces <= 0)
        for one in (*kinds, *self._part("barrier")):
            self.lp.addConstr(one - pieces <= 0)

    def _part(self, part: str) -> list[Any]:
        return [one for name, one in self.of.items() if name.startswith(f"{part}.")]

    def ends(self, name: str) -> tuple[dict[str, int], dict[str, int]]:
        """Two months in line with what is shown, as far apart in one cell as can be."""
        return self._end(name, self.lp.minimize), self._end(name, self.lp.maximize)

    def _end(self, name: str, towards: Any) -> dict[str, int]:
        towards(self.of[name])
        assert self.lp.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return {one: round(self.lp.variableValue(column)) for one, column in self.of.items()}


def made_real(counts: dict[str, int]) -> Work:
    """Pieces of work that come to these counts: so a month that the attacker thinks of could have been."""
    pieces = [piece() for _ in range(counts["all"])]
    weights = [name for name, n in counts.items() if name.startswith("weight.") for _ in range(n)]
    place = 0
    for name, n in counts.items():
        part, _dot, code = name.partition(".")
        for _ in range(n if part == "kind" else 0):
            pieces[place % len(pieces)]["kinds"].append(code)
            place += 1
        for one in pieces[: n if part == "barrier" else 0]:
            one["barriers"].append(code)
    for one, name in zip(pieces, weights, strict=True):
        code = name.partition(".")[2]
        one["weight"] = None if code == "unsaid" else int(code)
    return [(str(n), one) for n, one in enumerate(pieces)]


@settings(max_examples=examples(60), deadline=None)
@given(WORK, st.sampled_from((5, 10)))
@example([(who, piece("outreach", weight=0)) for who in "aabbcc"], 5)
@example([(who, piece(kind)) for who, kind in zip("aabbccd", ("outreach",) * 6 + ("court",), strict=True)], 5)
def test_no_attacker_bounds_what_is_hidden_closer_than_the_threshold(work: Work, threshold: int) -> None:
    shown, cells = shown_of(work, threshold), truth(work)
    for name, cell in cells.items():
        if name in shown:
            assert shown[name] == cell.count >= threshold
            assert cell.people >= 3
            assert 10 * cell.most <= 7 * cell.count
            continue
        # Which cells are nought is more than a page says. Only where every piece is alike would it be too much.
        alike = not name.startswith("kind.") and cell.count == len(work)
        least, known = (0, EVERY) if alike and "all" in shown and name != "all" else (1, cells)
        low, high = Attacker(shown, known, least).ends(name)
        assert high[name] - low[name] >= threshold
        for end in (low, high):
            real = made_real(end)
            assert all(1 <= len(one["kinds"]) == len(set(one["kinds"])) <= 4 for _who, one in real)
            assert Counter(n for _who, one in real for n in names(one)) == Counter(end)


@given(WORK)
def test_nothing_is_shown_that_is_not_there_and_no_nought(work: Work) -> None:
    shown, cells = shown_of(work), truth(work)
    assert shown.keys() <= cells.keys()
    assert all(shown.values())


@given(WORK, st.randoms())
def test_the_order_in_which_work_came_says_nothing(work: Work, chance: Any) -> None:
    other = list(work)
    chance.shuffle(other)
    assert shown_of(work) == shown_of(other)


def test_a_month_of_enough_people_is_shown() -> None:
    work = [
        (who, piece("outreach", weight=n % 2, barriers=("wait",) if n % 4 < 2 else ()))
        for n, who in enumerate("abcde" * 4)
    ]
    wanted = {"all": 20, "kind.outreach": 20, "weight.0": 10, "weight.1": 10, "barrier.wait": 10}
    assert shown_of(work) == wanted


def test_who_said_nothing_is_a_part_of_its_own() -> None:
    work = [(who, piece("outreach", weight=0 if n % 2 else None)) for n, who in enumerate("abcde" * 4)]
    assert shown_of(work)["weight.unsaid"] == 10


def test_what_every_piece_was_like_is_not_shown() -> None:
    """Somebody who knows that a person worked would else know how heavy it was for them."""
    work = [(who, piece("outreach", weight=3, barriers=("police",))) for who in "abcde" * 4]
    assert shown_of(work) == {"all": 20, "kind.outreach": 20}


@pytest.mark.parametrize("whose", ["a" * 20, "ab" * 10, "a" * 8 + "bcd"])
def test_a_month_that_is_mostly_one_persons_shows_nothing(whose: str) -> None:
    assert shown_of([(who, piece("outreach", weight=0)) for who in whose]) == {}


def test_a_month_without_work_shows_nothing() -> None:
    assert shown_of([]) == {}


@given(st.dates(dt.date(2020, 1, 1), dt.date(2040, 1, 1)))
def test_a_month_is_counted_late_enough_and_before_its_work_folds(today: dt.date) -> None:
    newest = months.last_due(today)
    over = response_rules.first_of(newest, -1)
    assert (today - over).days >= months.DAYS > response_rules.DAYS
    assert (today - response_rules.first_of(newest, -2)).days < months.DAYS
    if months.in_time(newest, today):
        assert not rules.folds(newest, newest, today)
    if (today - over).days < months.DAYS + 19:
        assert months.in_time(newest, today), "the job has 19 days at least"


# Overdose responses.

ANSWERS = st.lists(
    st.tuples(
        st.sampled_from("abbccdddeef"),
        st.fixed_dictionaries(
            {"done": st.sampled_from(([], ["naloxone"], ["naloxone", "breathing"], ["unknown"]))},
            optional={
                n: st.none() | st.sampled_from((*response_rules.FIELDS[n], "unknown")) for n in ("ambulance", "end")
            },
        ),
    ),
    max_size=40,
)


@settings(max_examples=examples(60), deadline=None)
@given(ANSWERS, st.sampled_from((5, 10)))
def test_no_attacker_bounds_an_answer_closer_than_the_threshold(answers: list[Any], threshold: int) -> None:
    shown = months.of_responses(response_rules.counted(answers), threshold)
    actual: dict[str, Counter[str]] = {}
    for who, one in answers:
        names = ["all", f"ambulance.{one.get('ambulance') or 'unknown'}", f"end.{one.get('end') or 'unknown'}"]
        for name in names + ["done.naloxone"] * ("naloxone" in one["done"]):
            actual.setdefault(name, Counter())[who] += 1
    for name, whose in actual.items():
        if name in shown:
            assert shown[name] == sum(whose.values()) >= threshold
            assert len(whose) >= 3
            assert 10 * max(whose.values()) <= 7 * sum(whose.values())
        else:
            low, high = _ends_of_answers(shown, set(actual), name)
            assert high - low >= threshold
    assert shown.keys() <= actual.keys()


def _ends_of_answers(shown: months.Shown, names: set[str], target: str) -> Ends:
    lp = highspy.Highs()
    lp.setOptionValue("output_flag", False)
    of = {name: lp.addIntegral(lb=shown.get(name, 1), ub=shown.get(name, BIG)) for name in names}
    for part in ("ambulance", "end"):
        lp.addConstr(sum(one for name, one in of.items() if name.startswith(f"{part}.")) - of["all"] == 0)
    if "done.naloxone" in of:
        lp.addConstr(of["done.naloxone"] - of["all"] <= 0)
    found = []
    for towards in (lp.minimize, lp.maximize):
        towards(of[target])
        assert lp.getModelStatus() == highspy.HighsModelStatus.kOptimal
        found.append(round(lp.variableValue(of[target])))
    return found[0], found[1]


def test_answers_of_enough_people_are_shown() -> None:
    said = {"ambulance": "called", "end": "stayed", "done": ["naloxone"]}
    answers = [(who, said if n % 2 else {"done": []}) for n, who in enumerate("abcde" * 4)]
    shown = months.of_responses(response_rules.counted(answers), 5)
    assert shown == {"all": 20, "done.naloxone": 10, "ambulance.called": 10, "ambulance.unknown": 10,
                     "end.stayed": 10, "end.unknown": 10}  # fmt: skip


def test_no_answers_show_nothing() -> None:
    assert months.of_responses({}, 5) == {}
    assert months.of_responses({"all": [3, 2, 2]}, 5) == {}
