"""Pages about one's whole account: what was done with it, taking everything along, deleting it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alongside.home import acts, export, flows
from alongside.home.forms import DeleteForm
from alongside.kit import audit, clock
from alongside.kit.middleware import answer
from alongside.kit.models import AuditRow
from alongside.pay import queries as ledger
from alongside.people import queries as people
from alongside.people.access import SignedIn, signed_in, steward
from alongside.people.actions import Refused
from alongside.people.auth import ask_for_passkey, gave_passkey
from alongside.people.models import Account, Membership


@dataclass
class Owed:
    """What one group still owes the person: sums by currency, and the claims that they are made of."""

    membership: Membership
    name: str
    payee: UUID
    claims: list[ledger.ClaimState]
    sums: dict[str, int] = field(default_factory=dict)


@signed_in
@require_safe
def take(request: SignedIn) -> HttpResponse:
    """Everything of one's own in one file."""
    response = HttpResponse(export.everything(request.user), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="alongside.zip"'
    return response


@signed_in
@require_safe
def owed(request: SignedIn) -> HttpResponse:
    """What is still owed, as a page to print and keep; it leads back to where it was opened from."""
    context = {"owed": _owed(request.user), "today": clock.today(), "leaving": "leaving" in request.GET}
    return render(request, "home/owed.html", context)


@signed_in
@require_safe
def delete(request: SignedIn) -> HttpResponse:
    """What deleting the account means, and what to take along before."""
    account = request.user
    last = [m.group for m in people.alone_in(account) if ledger.owes_others(m)]
    context = {"owed": _owed(account), "blocked": people.only_steward_of(account), "last": last}
    return render(request, "home/delete.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def sure(request: SignedIn) -> HttpResponse:
    """The second step: one's passphrase or passkey, and then all of it goes. So many tries a minute, and no more."""
    account = request.user
    if people.only_steward_of(account):
        return redirect("home:delete")
    if request.method == "POST" and not ratelimit.consume(request, action="change_password", user=account):
        return answer(request, 429, _("That was a lot at once. Please wait a minute and try again."))
    passkey = not account.has_usable_password() and bool(people.credentials(account))
    gave = passkey and gave_passkey(request, account, request.POST.get("answer", ""))
    form = DeleteForm(account, request.POST if request.method == "POST" else None, passkey=passkey, gave=gave)
    if request.method != "POST" or not form.is_valid():
        options = ask_for_passkey(request, account) if passkey else None
        return render(request, "home/sure.html", {"form": form, "options": options})
    try:
        flows.delete_account(account=account)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("home:delete")
    logout(request)
    response = render(request, "home/deleted.html")
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@signed_in
@require_safe
def history(request: SignedIn) -> HttpResponse:
    """What was done with one's own account."""
    return _history(request, request.user.pk, {})


@signed_in
@require_safe
def group_history(request: SignedIn, group: UUID) -> HttpResponse:
    """What was done in a group, for its stewards: acts and days, and who by a number that leads to nobody."""
    me = steward(request, group)
    return _history(request, group, {"group": me.group, "me": audit.pseudonym(me.account_id, group)})


def _history(request: HttpRequest, chain: UUID, context: dict[str, object]) -> HttpResponse:
    before = request.GET.get("before", "")
    rows = audit.page(chain, before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None)
    shown: Sequence[tuple[AuditRow, object]] = [(row, acts.words(row.act)) for row in rows[: audit.PAGE]]
    more = shown[-1][0].seq if len(rows) > audit.PAGE else None
    return render(request, "home/history.html", {"rows": shown, "more": more, **context})


def _owed(account: Account) -> list[Owed]:
    found = []
    for membership in people.memberships(account, ended=True):  # what is owed stays owed to who left
        own = ledger.payee_of(membership)
        claims = [c for c in ledger.claims(membership) if c.balance and c.state in {"open", "disputed"}]
        if own is None or not claims:
            continue
        one = Owed(membership, people.name(membership), own.payee, claims)
        for claim in claims:
            one.sums[claim.currency] = one.sums.get(claim.currency, 0) + claim.balance
        found.append(one)
    return found
