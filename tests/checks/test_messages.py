"""Every message is translated, keeps what it fills in, and the compiled file is what the translations compile to."""

from pathlib import Path

import polib
import pytest

from tools import messages


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_the_translation_is_complete(language: str) -> None:
    wrong = sorted(messages.faults(language))
    assert not wrong, f"{len(wrong)} faults:\n" + "\n".join(wrong)


def test_messages_of_code_and_templates_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py").write_text(
        "from django.utils.translation import gettext as _, ngettext_lazy as n_, pgettext\n"
        "_('one'); n_('%d day', '%d days', 3); pgettext('month', 'May'); other('no')\n"
    )
    (tmp_path / "b.html").write_text(
        "{% translate 'two' %}{% blocktranslate trimmed %}\n three {{ x }}\n{% endblocktranslate %}"
        "{% blocktranslate count n=k %}a{% plural %}b{% endblocktranslate %}"
        "<p title='{{ x|default:_(\"four\") }}'>no</p>"
    )
    monkeypatch.setattr(messages, "SOURCE", tmp_path)
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    assert set(messages.gather()) == {
        ("", "one", ""), ("", "%d day", "%d days"), ("month", "May", ""), ("", "two", ""), ("", "three %(x)s", ""),
        ("", "a", "b"), ("", "four", ""),
    }  # fmt: skip


def test_faults_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py").write_text(
        "from django.utils.translation import gettext as _\n_('new'); _('kept {name}'); _('open'); _('unsure')\n"
        "_('the end'); _('sure')\n"
    )
    (tmp_path / "inbound.py").write_text("from django.utils.translation import gettext as _\n_('an end')\n")
    monkeypatch.setattr(messages, "SOURCE", tmp_path)
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    path = messages.po_path("fr")
    path.parent.mkdir(parents=True)
    po = polib.POFile()
    po.append(polib.POEntry(msgid="kept {name}", msgstr="gardé"))
    po.append(polib.POEntry(msgid="open"))
    po.append(polib.POEntry(msgid="unsure", msgstr="peut-être", flags=["fuzzy"]))
    po.append(polib.POEntry(msgid="gone", msgstr="parti"))
    po.append(polib.POEntry(msgid="the end", msgstr="l'arrivée"))
    po.append(polib.POEntry(msgid="an end", msgstr="d'accord ?", occurrences=[("a/inbound.py", "")]))
    po.append(polib.POEntry(msgid="sure", msgstr="est-ce sûr?"))
    po.save(str(path))
    told = "\n".join(messages.faults("fr"))
    for wanted in (
        "not in the file, run `make messages`: 'new'",
        "'gone'",
        "fuzzy: 'unsure'",
        "fills []",
        ".mo is not",
        'it is printed, at "l\'a"',
        "it is printed, at '?': 'est-ce sûr?'",
    ):
        assert wanted in told
    assert "d'accord" not in told
    merged = messages.merge("fr")
    kept = {e.msgid: e for e in merged}
    assert kept["kept {name}"].msgstr == "gardé"
    assert kept["gone"].obsolete
    assert kept["new"].msgstr == ""
