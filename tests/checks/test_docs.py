"""What is not written down fails: each stored field, each setting, each command and option."""

import argparse
import importlib
import re

import pytest
from django.apps import apps
from django.db import models

from alongside.kit.fields import ClosedField
from tests.checks.source import ROOT, modules, short

DATA = ROOT / "docs" / "data.md"
OPERATE = ROOT / "docs" / "operate.md"
COLUMNS = ["Field", "What it is and why", "Who can read it", "Deleted", "In a court"]
OTHERS = {"django_migrations"}
"""Tables that no model names."""


def tables() -> dict[str, dict[str, list[str]]]:
    """``docs/data.md`` as ``{"room.Model": {"field": cells}}``: one table under one heading a model."""
    found: dict[str, dict[str, list[str]]] = {}
    model = ""
    for line in DATA.read_text().splitlines():
        heading = re.match(r"#+ `([\w.]+)`", line)
        if line.startswith("#"):
            model = heading.group(1) if heading else ""
            if model:
                found[model] = {}
        elif model and line.startswith("| `"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            found[model][cells[0].strip("`")] = cells
    return found


def every_model() -> list[type[models.Model]]:
    """Every model that has a table, of the project and of the parts that it is built on."""
    return [m for m in apps.get_models(include_auto_created=True) if not m._meta.proxy and m._meta.managed]


@pytest.mark.parametrize("model", every_model(), ids=lambda m: m._meta.label)
def test_every_stored_field_is_named(model: type[models.Model]) -> None:
    rows = tables().get(model._meta.label)
    assert rows is not None, f"docs/data.md has no table for {model._meta.label}"
    fields = {field.name for field in model._meta.local_concrete_fields}
    assert fields - rows.keys() == set(), "not in docs/data.md"
    assert rows.keys() - fields == set(), "in docs/data.md, but not stored"
    for cells in rows.values():
        assert len(cells) == len(COLUMNS), cells
        assert all(cells), f"an empty cell: {cells}"


@pytest.mark.parametrize("model", every_model(), ids=lambda m: m._meta.label)
def test_closed_text_is_said_to_be_closed_and_by_whose_key(model: type[models.Model]) -> None:
    for field in model._meta.local_concrete_fields:
        said = " ".join(tables().get(model._meta.label, {}).get(field.name, []))
        if isinstance(field, ClosedField):
            assert f"Closed by the {field.owner}'s key" in said, f"{field}: whose key?"
        else:
            assert "Closed by" not in said, f"{field} is not closed text"


@pytest.mark.parametrize("model", every_model(), ids=lambda m: m._meta.label)
def test_every_value_that_a_field_can_have_is_named(model: type[models.Model]) -> None:
    for field in model._meta.local_concrete_fields:
        said = tables()[model._meta.label][field.name][1]
        words = set(re.findall(r"\w+", said.lower().replace("-", "")))  # call-out names callout
        values = {str(value) for value, _label in field.flatchoices}
        assert values - words == set(), f"{field}: not in docs/data.md"


def test_no_table_of_the_page_is_gone() -> None:
    assert tables().keys() - {m._meta.label for m in every_model()} - OTHERS == set()
    assert tables().keys() >= OTHERS


def test_tables_have_their_columns() -> None:
    headers = [line for line in DATA.read_text().splitlines() if line.startswith("| Field")]
    assert len(headers) == len(tables())
    assert {tuple(c.strip() for c in h.strip("|").split("|")) for h in headers} == {tuple(COLUMNS)}


def settings() -> set[str]:
    """Names of environment settings that the code reads."""
    found: set[str] = set()
    for path in modules():
        found |= set(
            re.findall(
                r"""(?:_env|_number|_database|environ\.get|getenv|environ)[(\[]\s*["']([A-Z][A-Z_]+)["']""",
                path.read_text(),
            )
        )
    return found - {"DJANGO_SETTINGS_MODULE"}


def test_every_setting_is_named() -> None:
    text = OPERATE.read_text()
    assert len(settings()) > 5
    assert [name for name in sorted(settings()) if f"`{name}`" not in text and f"`{name}=" not in text] == []


def test_every_command_and_option_is_named() -> None:
    text = OPERATE.read_text()
    cli = importlib.import_module("alongside.config.cli")
    missing = [words for words in commands(cli.parser()) if words not in text]
    assert not missing, f"not in docs/operate.md: {missing}"


def commands(parser: argparse.ArgumentParser, before: str = "alongside") -> list[str]:
    """Every command in full (``alongside token create``), and every option by its longest name."""
    found: list[str] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                found += [f"{before} {name}", *commands(inner, f"{before} {name}")]
        elif action.option_strings and "--help" not in action.option_strings:
            found.append(max(action.option_strings, key=len))
    return found


def test_links_between_documents_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = []
    for page in pages:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
            if "://" not in target and not target.startswith("mailto:") and not (page.parent / target).exists():
                broken.append(f"{short(page)}: {target}")
    assert not broken, "\n".join(broken)
