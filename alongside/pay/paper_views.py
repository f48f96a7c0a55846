"""Files and papers of pay: the payroll of a month, a member's statement, a receipt."""

import datetime as dt
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alongside.kit import clock
from alongside.pay import access, present, queries, reports, rules
from alongside.people import queries as people
from alongside.people.access import SignedIn, coordinator, member, once_member, signed_in

MONTHS = 12
"""For how many months back there are links; any month has an address."""


@signed_in
@require_safe
def payroll(request: SignedIn, group: UUID) -> HttpResponse:
    """The months of a group, each as a file for whoever does the books."""
    me = coordinator(request, group)
    return render(request, "pay/payroll.html", {"group": me.group, "months": _months()})


@signed_in
@require_safe
def payroll_csv(request: SignedIn, group: UUID, month: str) -> HttpResponse:
    """Every ledger line of a month, one a row."""
    me = coordinator(request, group)
    found = _month(month)
    text = present.payroll_csv(reports.payroll(me.group, found))
    return _file(text.encode(), "text/csv; charset=utf-8", f"payroll-{found:%Y-%m}.csv")


@signed_in
@require_safe
def statement(request: SignedIn, group: UUID, month: str) -> HttpResponse:
    """The member's own month in a group: what was owed, what came to it, what was paid."""
    me, found = once_member(request, group), _month(month)
    accounts = [
        {"account": account, "rows": [(row, present.what(row)) for row in account.rows]}
        for account in reports.statement(me, found)
    ]
    context = {"group": me.group, "month": found, "accounts": accounts, "months": _months()}
    return render(request, "pay/statement.html", context)


@signed_in
@require_safe
def statement_pdf(request: SignedIn, group: UUID, month: str) -> HttpResponse:
    """The same on paper."""
    me, found = once_member(request, group), _month(month)
    accounts = reports.statement(me, found)
    made = present.statement_pdf(group=me.group.name, name=people.name(me), month=found, accounts=accounts)
    return _file(made, "application/pdf", f"statement-{found:%Y-%m}.pdf")


@signed_in
@require_safe
def receipt_pdf(request: SignedIn, payment: UUID) -> HttpResponse:
    """One payment on paper, for its two sides."""
    me, row, _own = access.payment(request, payment)
    owner = queries.owner(row.payee)
    name = people.name(owner) if owner else str(row.payee)
    made = present.receipt_pdf(group=me.group.name, name=name, payment=row, settled=queries.settled(row.pk))
    return _file(made, "application/pdf", f"receipt-{row.day}.pdf")


@signed_in
@require_safe
def wait(request: SignedIn, group: UUID) -> HttpResponse:
    """How long the organisation takes from work to pay, for everybody in the group."""
    me = member(request, group)
    return render(request, "pay/wait.html", {"group": me.group, "wait": reports.wait(me.group, clock.today())})


def _month(text: str) -> dt.date:
    found = rules.month(text)
    if found is None:
        raise Http404
    return found


def _months() -> list[dt.date]:
    """The first days of this month and those before it, newest first."""
    found = [clock.today().replace(day=1)]
    while len(found) < MONTHS:
        found.append((found[-1] - dt.timedelta(days=1)).replace(day=1))
    return found


def _file(body: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
