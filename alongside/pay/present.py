"""Files and papers of pay: rows as CSV, statements and receipts as PDF.

A PDF is set by typst from ``papers/paper.typ``. What people wrote reaches it as data and never as typst source; its
fonts come with the package, so that the same words give the same bytes on every machine and nothing is fetched.
"""

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alongside.kit import money
from alongside.kit.cells import harmless
from alongside.pay import reports, words
from alongside.pay.models import Payment
from alongside.pay.queries import ClaimState

COLUMNS = ("name", "number", "written", "day", "what", "owed", "paid", "currency", "method", "payment", "word")
"""The columns of the payroll file; ``docs/operate.md`` says what each holds."""
_PAPER = Path(__file__).parent / "papers" / "paper.typ"
STILL = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
"""The instant that each PDF says it was made: when somebody printed it is nobody's business."""


def payroll_csv(rows: Iterable[reports.Row]) -> str:
    """The payroll file, with a mark at its start by which spreadsheets know UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        amount = money.plain(row.amount, row.currency)
        sums = ("", amount) if row.paid else (amount, "")
        who = (harmless(row.name), row.payee, row.written, row.day, row.what)
        writer.writerow((*who, *sums, row.currency, row.method, row.payment or "", row.word))
    return "\ufeff" + out.getvalue()


def what(row: reports.Row) -> str:
    """What a row of a statement is for, in words."""
    if row.what == reports.BACK:
        return _("Payment taken back")
    text = str(_("Paid ahead") if row.what == reports.AHEAD else words.PARTS.get(row.what, row.what))
    return f"{text} ({words.METHODS[row.method]})" if row.method in words.METHODS else text


def statement_pdf(*, group: str, name: str, month: dt.date, accounts: Sequence[reports.Account]) -> bytes:
    """A member's month as a PDF, in the language in use."""
    tables = [_table(account) for account in accounts]
    notes = [] if accounts else [_("Nothing was owed or paid in this month.")]
    return _pdf(_("Pay statement"), [*_who(group, name), (_("Month"), date_format(month, "F Y"))], tables, notes)


def receipt_pdf(*, group: str, name: str, payment: Payment, settled: Sequence[tuple[ClaimState, int]]) -> bytes:
    """One payment as a PDF, in the language in use."""
    facts = [
        *_who(group, name),
        (_("Day"), date_format(payment.day)),
        (_("Sum"), money.show(payment.amount, payment.currency)),
        (_("How"), str(words.METHODS.get(payment.method, payment.method))),
        (_("What became of it"), came(payment)),
        (_("Number"), str(payment.pk)),
    ]
    rows = [[_claimed(claim), money.show(part, payment.currency)] for claim, part in settled]
    tables = [{"head": [_("What for"), _("Sum")], "rows": rows, "foot": []}] if rows else []
    return _pdf(_("Pay receipt"), facts, tables, [])


def came(payment: Payment) -> str:
    """What became of a payment, in words."""
    if payment.reversed:
        return _("Taken back")
    if payment.received:
        return _("It came on %(day)s.") % {"day": date_format(payment.received)}
    return _("It has not come yet") if payment.missing else _("No word yet")


def _who(group: str, name: str) -> list[tuple[str, str]]:
    return [(_("Paid by"), group), (_("Paid to"), name)]


def _claimed(claim: ClaimState) -> str:
    text = _("Paid ahead on %(day)s") if claim.advance else _("Work on %(day)s")
    return text % {"day": date_format(claim.day)}


def _table(account: reports.Account) -> dict[str, Any]:
    def show(amount: int) -> str:
        return money.show(amount, account.currency)

    rows = [
        [
            date_format(row.written),
            what(row),
            "" if row.paid else date_format(row.day),
            *(["", show(row.amount)] if row.paid else [show(row.amount), ""]),
        ]
        for row in account.rows
    ]
    return {
        "head": [_("Day"), _("What for"), _("Day of work"), _("Owed"), _("Paid")],
        "rows": [["", _("Owed before"), "", show(account.before), ""], *rows],
        "foot": ["", _("Owed after"), "", show(account.after), ""],
    }


def _pdf(title: str, facts: Sequence[tuple[str, str]], tables: Sequence[dict[str, Any]], notes: Sequence[str]) -> bytes:
    language = (get_language() or "en")[:2]
    data = {"title": title, "lang": language, "facts": facts, "tables": tables, "notes": notes}
    import typst

    made = typst.compile(
        str(_PAPER),
        root=str(_PAPER.parent),
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        ignore_system_fonts=True,
        timestamp=STILL,
    )
    if not isinstance(made, bytes):
        raise TypeError("a PDF is one file")
    return made
