"""Files for browsers as the production server serves them: each one that another names is there under its new name."""

import re
from pathlib import Path
from typing import Any

from django.core.management import call_command

from alongside.kit.modules import imported

ROOT = Path(__file__).resolve().parent.parent / "alongside"


def test_every_import_of_a_module_leads_to_a_named_file(tmp_path: Path, settings: Any) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "alongside.kit.storage.Storage"}}
    call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=["django_htmx", "ninja", "redoc*"])
    named = [
        (file, target)
        for file in [*tmp_path.glob("*/*.js"), *tmp_path.glob("kit/vendor/*/*.js")]
        for target in re.findall(r"""(?:from|import)\s*\(?\s*['"](\.[^'"\n]+)""", file.read_text())
    ]
    assert len(named) >= 40
    for file, target in named:
        assert re.search(r"\.[0-9a-f]{12}\.js$", target), f"{file.name} imports {target}: end the line with a semicolon"
        assert (file.parent / target).exists()


def test_what_a_module_imports_is_named_by_the_page_that_runs_it() -> None:
    """The tag ``modules`` does it; a script that is written out in a page imports nothing."""
    written_out = [
        (page.name, name)
        for page in ROOT.glob("*/templates/*/*.html")
        for name in re.findall(r"""<script type="module" src="{% static '([^']+)' %}""", page.read_text())
    ]
    assert ("base.html", "kit/page.js") in written_out
    assert [(page, name) for page, name in written_out if imported(name)] == []


def test_what_a_module_imports_and_they_in_turn_but_not_what_it_loads_later() -> None:
    assert set(imported("watch/watching.js")) == {
        "kit/page.js", "watch/kept.js", "watch/numbers.js", "watch/sound.js", "people/store.js", "people/alone.js",
    }  # fmt: skip
    assert imported("kit/page.js") == ()
    assert "people/vault.js" not in imported("people/opening.js"), "asked for by import() once it is wanted"
