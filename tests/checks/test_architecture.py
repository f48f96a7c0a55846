"""What import-linter cannot see: tables, what views call, how actions are called, what a room is made of."""

import ast
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from tests.checks.source import PACKAGE, ROOMS, ROOT, imports, modules, short, tree

WRITES = {
    "save", "create", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create",
    "acreate", "asave", "adelete", "raw", "execute",
}  # fmt: skip
"""Calls that change rows. ``update`` changes rows only on a queryset and is looked at apart."""
OUTSIDE_THE_ORDER = {"__init__", "apps"}
"""Modules that stand in no order: Django's own way in."""
_READ_FIRST = (
    "reads before the one writer's turn on SQLite, and writes in one transaction, at a second try if need be (ADR 0024)"
)
NOT_ATOMIC = {
    "work.sync": "tries twice, each time in one transaction, when two people made the same id at once",
    **{f"watch.{name}": _READ_FIRST for name in ("ok", "extend", "help_now", "end")},
}
"""Actions that are not one transaction, each with the reason."""
LONGEST_FILE = 500


def own_models() -> list[type[models.Model]]:
    """Every model of every room."""
    return [m for m in apps.get_models(include_auto_created=True) if m.__module__.startswith("alongside.")]


@pytest.mark.parametrize("model", own_models(), ids=lambda m: m._meta.label)
def test_foreign_keys_point_down_or_stay(model: type[models.Model]) -> None:
    here = ROOMS.index(model._meta.app_label)
    for field in model._meta.get_fields():
        if field.is_relation and field.concrete:
            target = field.related_model._meta.app_label
            assert target in ROOMS, f"{field} points out of the project, to {target}"
            assert ROOMS.index(target) <= here, f"{field} points up, to {target}"


def test_the_list_of_rooms_is_the_list_of_layers() -> None:
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    layers = [sorted(room.removeprefix("alongside.") for room in layer.split(" | ")) for layer in contract["layers"]]
    assert [room for layer in reversed(layers) for room in layer] == list(ROOMS)
    assert {p.parent.name for p in PACKAGE.glob("*/apps.py")} == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_it_owns(room: str) -> None:
    said = ast.get_docstring(tree(PACKAGE / room / "__init__.py")) or ""
    assert said.startswith(f"{room}: "), "the first line names the room"
    assert "import" in said or room == "config", "and the text says what it may import"
    assert (PACKAGE / room / "tests").is_dir() or room == "config"


@pytest.mark.parametrize("room", [room for room in ROOMS if room not in {"kit", "home", "config"}])
def test_every_module_of_a_room_has_its_place(room: str) -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    inside = next(c for c in contracts if "containers" in c)
    assert f"alongside.{room}" in inside["containers"]
    ordered = {name.strip("() ") for layer in inside["layers"] for name in layer.split(":")}
    here = {p.relative_to(PACKAGE / room).parts[0].removesuffix(".py") for p in modules(room)}
    stray = here - ordered - OUTSIDE_THE_ORDER - {"templatetags", "management"}
    assert not stray, f"in no place of the order inside a room: {sorted(stray)}"


@pytest.mark.parametrize("path", modules(), ids=short)
def test_no_signals_and_no_admin(path: Path) -> None:
    forbidden = ("django.dispatch", "django.contrib.admin", "django.db.models.signals", "django.core.signals")
    assert not [name for name in imports(tree(path)) if name.startswith(forbidden)]


@pytest.mark.parametrize("path", [p for p in modules() if p.name == "rules.py"], ids=short)
def test_rules_ask_no_clock_and_no_framework(path: Path) -> None:
    code = tree(path)
    assert not [n for n in imports(code) if n.startswith(("django", "allauth", "ninja", "alongside.kit.clock"))]
    asked = [n.attr for n in ast.walk(code) if isinstance(n, ast.Attribute) and n.attr in {"now", "today", "utcnow"}]
    assert not asked, "the time is an argument"


@pytest.mark.parametrize("path", [p for p in modules() if p.stem in {"views", "api"} or "views" in p.parts], ids=short)
def test_views_write_nothing(path: Path) -> None:
    wrong = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            chain = ast.unparse(node.func.value)
            on_rows = ".objects" in chain or "filter(" in chain or "exclude(" in chain
            if (node.func.attr in WRITES and "actions" not in chain) or (node.func.attr == "update" and on_rows):
                wrong.append(f"line {node.lineno}: {ast.unparse(node.func)}")
    assert not wrong, "a view calls an action to write: " + "; ".join(wrong)


@pytest.mark.parametrize("path", [p for p in modules() if p.stem == "actions" or "actions" in p.parts], ids=short)
def test_actions_are_keyword_only_and_atomic(path: Path) -> None:
    wrong = []
    for node in tree(path).body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        if node.args.args or node.args.posonlyargs or node.args.vararg:
            wrong.append(f"{node.name} takes arguments without their names")
        atomic = any("atomic" in ast.unparse(d) for d in node.decorator_list)
        if not atomic and f"{path.parent.name}.{node.name}" not in NOT_ATOMIC:
            wrong.append(f"{node.name} is not atomic")
    assert not wrong, "; ".join(wrong)


@pytest.mark.parametrize("path", modules(), ids=short)
def test_files_stay_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) < LONGEST_FILE
