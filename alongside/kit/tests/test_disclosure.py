"""An attacker who has only what is shown, and knows how we choose, does not come closer than the threshold."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence

import highspy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.kit.bounds import Bounds, Sum
from alongside.kit.disclosure import Cell, Table, protect, sensitive
from tests.databases import examples

BIG = 10_000


def cell(*each: int) -> Cell:
    """A cell to which people gave so much each."""
    return Cell(sum(each), len(each), max(each, default=0))


def of_many(count: int) -> Cell:
    return Cell(count, min(count, 10), -(-count // 10))


def row(*parts: Cell) -> Table:
    """One row with its total, of different people in every cell."""
    cells = {f"p{number}": part for number, part in enumerate(parts)}
    total = Cell(sum(p.count for p in parts), sum(p.people for p in parts), max(p.most for p in parts))
    return Table({**cells, "all": total}, (("all", tuple(cells)),))


def grid(values: Sequence[Sequence[Cell]], *, margins: bool, nested: bool) -> Table:
    """Months by kinds; with ``nested`` the first two kinds have a total of their own inside that of the row."""
    cells = {f"{m},{k}": c for m, line in enumerate(values) for k, c in enumerate(line)}
    sums: list[Sum] = []
    width = len(values[0])

    def add(name: str, parts: tuple[str, ...]) -> None:
        inside = [cells[part] for part in parts]
        cells[name] = Cell(sum(c.count for c in inside), max(c.people for c in inside), max(c.most for c in inside))
        sums.append((name, parts))

    months = [str(m) for m in range(len(values))]
    if margins:
        for k in range(width):
            add(f"all,{k}", tuple(f"{m},{k}" for m in months))
        months.append("all")
    for m in months:
        rest = tuple(f"{m},{k}" for k in range(width))
        if nested and width > 1:
            add(f"{m},some", rest[:2])
            rest = (f"{m},some", *rest[2:])
        add(f"{m},all", rest)
    return Table(cells, sums)


def farthest_apart(shown: Mapping[str, int | None], sums: Sequence[Sum], target: str) -> int:
    """The attack: two whole tables, each in line with all that is shown, as unlike in one cell as can be."""
    lp = highspy.Highs()
    lp.setOptionValue("output_flag", False)
    tables = []
    for _ in range(2):
        table = {}
        for name, value in shown.items():
            table[name] = lp.addIntegral(lb=1, ub=BIG) if value is None else value
        for total, parts in sums:
            unknown = [table[name] for name in (total, *parts) if shown[name] is None]
            if unknown:
                lp.addConstr(sum(table[part] for part in parts) - table[total] == 0)
        tables.append(table)
    lp.maximize(tables[0][target] - tables[1][target])
    assert lp.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return round(lp.getObjectiveValue())


def holds(table: Table, threshold: int) -> None:
    shown = protect(table, threshold)
    for name, value in shown.items():
        actual = table.cells[name]
        if value is None:
            assert actual.count > 0  # nought is never hidden: the attacker may count on it
            assert farthest_apart(shown, table.sums, name) >= threshold
        else:
            assert value == actual.count
            assert not sensitive(actual, threshold)


gifts = st.lists(st.one_of(st.integers(1, 3), st.integers(1, 40)), max_size=6)


@settings(max_examples=examples(60), deadline=None)
@given(data=st.data(), margins=st.booleans(), nested=st.booleans(), threshold=st.sampled_from((5, 10)))
def test_no_attacker_bounds_a_hidden_cell_closer_than_the_threshold(data, margins, nested, threshold):
    kinds = data.draw(st.integers(1, 4))
    line = st.lists(gifts.map(lambda each: cell(*each)), min_size=kinds, max_size=kinds)
    holds(grid(data.draw(st.lists(line, min_size=1, max_size=4)), margins=margins, nested=nested), threshold)


@settings(max_examples=examples(60), deadline=None)
@given(parts=st.lists(gifts, min_size=1, max_size=5), threshold=st.sampled_from((5, 10)))
def test_what_a_line_hides_together_is_no_single_persons(parts, threshold):
    table = row(*(cell(*each) for each in parts))
    shown = protect(table, threshold)
    inside = [table.cells[name] for name in table.cells if name != "all" and shown[name] is None]
    whole = sum(c.count for c in inside) == table.cells["all"].count  # then it is the total itself that is known
    if inside and shown["all"] is not None and not whole:
        assert sum(c.count for c in inside) >= threshold
        assert max(c.people for c in inside) >= 3
        assert 10 * sum(c.most for c in inside) <= 7 * sum(c.count for c in inside)


@settings(max_examples=examples(40), deadline=None)
@given(parts=st.lists(st.integers(0, 30), min_size=2, max_size=5))
def test_no_cell_of_a_row_is_hidden_that_could_be_shown(parts):
    """Each one that was added is needed: shown again alone, somebody comes closer or learns of too few."""
    table = row(*(of_many(count) for count in parts))
    shown = protect(table)
    for name, value in shown.items():
        if value is None and not sensitive(table.cells[name]):
            tried = {**shown, name: table.cells[name].count}
            hidden = [n for n, v in tried.items() if v is None]
            together = sum(table.cells[n].count for n in hidden if n != "all")
            told = tried["all"] is not None and together < table.cells["all"].count
            close = any(farthest_apart(tried, table.sums, n) < 5 for n in hidden)
            assert close or (told and (together < 5 or not _wide(table, hidden)))


def _wide(table: Table, hidden: Sequence[str]) -> bool:
    inside = [table.cells[name] for name in hidden if name != "all"]
    return max(c.people for c in inside) >= 3 and 10 * sum(c.most for c in inside) <= 7 * sum(c.count for c in inside)


def test_parts_that_are_all_hidden_leave_their_total_shown():
    """What they come to together is the total, and that is of enough people."""
    parts = {"a": cell(3, 1), "b": cell(4), "c": cell(2, 2)}
    table = Table({**parts, "all": Cell(12, 4, 6)}, (("all", ("a", "b", "c")),))
    assert protect(table) == {"a": None, "b": None, "c": None, "all": 12}


def test_a_count_that_is_at_most_another_is_not_bounded_by_it():
    """Of six pieces of work, three had a barrier: six shown says that it is 1 to 6; five would say 1 to 5."""
    barrier, sums = Cell(3, 2, 2), (("all", ("barrier", "rest")),)
    six = Table({"all": of_many(6), "barrier": barrier}, sums, {"rest": 3})
    assert protect(six) == {"all": 6, "barrier": None}
    five = Table({"all": of_many(5), "barrier": barrier}, sums, {"rest": 2})
    assert protect(five) == {"all": None, "barrier": None}


def test_an_end_that_is_no_whole_number_is_taken_inside():
    """Three times a count is 4 to 17, so it is 2 to 5, and not 1.33 to 5.67."""
    sums = (
        ("y", ("x", "same", "again")),
        ("x", ("same",)),
        ("x", ("again",)),
        ("y", ("w", "three")),
        ("all", ("y", "z")),
    )
    bounds = Bounds(["x", "y", "w", "z", "all", "three", "same", "again"], sums, 100, latent={"same", "again"})
    shown = {"all": 18, "three": 3}
    assert "x" in bounds.too_close(shown, width=4)
    assert "x" not in bounds.too_close(shown, width=3)


def test_what_is_large_enough_is_shown_whole():
    table = row(of_many(5), of_many(0), of_many(60))
    assert protect(table) == {"p0": 5, "p1": 0, "p2": 60, "all": 65}


def test_one_small_cell_takes_the_smallest_other_with_it_and_no_more():
    assert protect(row(of_many(2), of_many(9), of_many(20))) == {"p0": None, "p1": None, "p2": 20, "all": 31}


def test_beside_noughts_alone_a_small_cell_takes_its_total_with_it():
    assert protect(row(of_many(2), of_many(0), of_many(0))) == {"p0": None, "p1": 0, "p2": 0, "all": None}


def test_two_small_cells_whose_total_is_small_too_hide_all_three():
    assert set(protect(row(of_many(1), of_many(1))).values()) == {None}


def test_two_small_cells_are_not_enough_when_their_total_bounds_them():
    """Of 3 and 3 under a 6 that is shown, each is between 1 and 5."""
    shown = protect(row(of_many(3), of_many(3), of_many(40)))
    assert list(shown.values()).count(None) == 3


@pytest.mark.parametrize("each", [(20,), (10, 10), (15, 3, 2)])
def test_a_large_count_of_too_few_people_or_mostly_of_one_is_hidden(each):
    assert protect(row(cell(*each), of_many(50), of_many(60)))["p0"] is None


def test_seventy_percent_of_one_person_is_shown_and_a_little_more_is_not():
    assert not sensitive(Cell(10, 3, 7))
    assert sensitive(Cell(100, 3, 71))


def test_a_large_cell_of_one_person_is_not_hidden_behind_another_of_two():
    """Otherwise their total would say, of two or three people, what they did together."""
    table = row(cell(20), cell(10, 10), of_many(50), of_many(90))
    assert protect(table) == {"p0": None, "p1": None, "p2": None, "p3": 90, "all": 180}


def test_what_was_hidden_on_the_way_and_is_not_needed_in_the_end_is_shown_again():
    """The 5 alone leaves one person most of what is hidden; with the 60 hidden, it need not be."""
    table = row(cell(20), of_many(5), of_many(60), of_many(70))
    assert protect(table) == {"p0": None, "p1": 5, "p2": None, "p3": 70, "all": 155}


def test_a_table_without_totals_hides_only_what_is_small():
    table = Table({"a": of_many(2), "b": of_many(30)})
    assert protect(table) == {"a": None, "b": 30}


def test_nothing_at_all_is_nothing():
    assert protect(Table({})) == {}
    assert protect(row(cell(), cell())) == {"p0": 0, "p1": 0, "all": 0}


def test_the_same_table_is_always_shown_the_same_way():
    table = grid([[of_many(n) for n in line] for line in ((2, 9, 9), (7, 9, 9), (9, 1, 30))], margins=True, nested=True)
    assert protect(table) == protect(Table(dict(reversed(table.cells.items())), tuple(reversed(table.sums))))


@pytest.mark.parametrize(
    ("cells", "sums"),
    [
        ({"a": of_many(2), "all": of_many(3)}, (("all", ("a",)),)),
        ({"a": of_many(2)}, (("a", ("a",)),)),
        ({"a": of_many(2), "all": of_many(4)}, (("all", ("a", "a")),)),
        ({"a": Cell(-1, 1, 1)}, ()),
        ({"b": of_many(2)}, ()),
    ],
)
def test_a_table_that_does_not_add_up_is_refused(cells, sums):
    with pytest.raises(ValueError, match=r"nought|twice|not the sum|on none"):
        Table(cells, sums, {"b": 2})


def test_pages_load_no_solver():
    code = "import json, sys, alongside.kit.disclosure; print(json.dumps([m for m in sys.modules if m in ('highspy', 'numpy')]))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(out.stdout) == []
