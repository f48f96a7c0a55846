"""Everything of one's own, to take along: JSON for programs, tables for spreadsheets, all in one zip."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from alongside.home import acts, experience
from alongside.kit import closed, keys, money
from alongside.kit.cells import harmless
from alongside.kit.models import AuditRow
from alongside.outbox import queries as outbox
from alongside.outbox.models import Letter
from alongside.pay import queries as ledger
from alongside.pay.models import Claim, Line, Payment
from alongside.people import queries as people
from alongside.people.models import Account, Membership
from alongside.roles import queries as roles
from alongside.roles.models import Holding
from alongside.watch import queries as watch
from alongside.work import queries as work
from alongside.work import rules
from alongside.work.models import Share

RECORD = (
    *("day", "part", "kinds", "minutes", "extra", "expenses", "origin", "people", "supplies", "barriers"),
    *("weight", "note", "shared", "month", "group"),
)
_PAY = ("group", "what", "day", "amount", "currency", "claim", "payment")


def everything(account: Account) -> bytes:
    """A zip of all that is kept about the person and that the person may read; nothing of anybody else's."""
    key = keys.get(account.pk)
    entries = work.record(account)
    memberships = people.memberships(account, ended=True)
    money_of = [_pay(m) for m in memberships]
    sealed = people.vault(account)
    files: dict[str, Any] = {
        "account.json": _account(account),
        "groups.json": [_group(m) for m in memberships],
        "record.json": {"entries": record_list(entries)},
        "shared.json": [_shared(s) for s in Share.objects.filter(entry__account=account).order_by("day", "pk")],
        "roles.json": [_holding(h) for m in memberships for h in _holdings(m)],
        "pay.json": money_of,
        "letters.json": [
            {"day": row.day.isoformat(), **_json(key, row.place, row.filling), "code": row.code, "read": row.read}
            for row in Letter.objects.filter(owner=account.pk).order_by("day", "number", "pk")
        ],
        "channels.json": outbox.taken_along(account.pk),
        "history.json": [
            {"number": r.seq, "day": r.day.isoformat(), "what": str(acts.words(r.act)), "code": r.act}
            for r in AuditRow.objects.filter(chain=account.pk).order_by("seq")
        ],
        "watch.json": watch.taken_along(account),
        "statements.json": [
            {"made": made.isoformat(), "until": one.until.isoformat()} for one, made in experience.own(account)
        ],
        "record.csv": record_table(entries, memberships),
        "pay.csv": _table(_PAY, (line for found in money_of for line in _pay_lines(found))),
    }
    if sealed is not None:  # as its own devices sealed it: any age program opens it, given what opens it
        files["private.age"] = sealed.sealed
    files |= {
        f"receipts/{entry['id']}-{n}-{photo.code}.jpg": work.receipt(account, photo.id) or b""
        for entry in entries
        if entry.get("expenses")
        for n, photo in enumerate(work.receipts(account, UUID(entry["id"])), start=1)
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            text = content if isinstance(content, str | bytes) else json.dumps(content, ensure_ascii=False, indent=1)
            packed.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)  # ZipInfo: no time of day in it
    return out.getvalue()


def record_list(entries: Iterable[rules.Entry]) -> list[rules.Entry]:
    """The person's entries as they are: one that has folded has a month and no day."""
    return [{k: v for k, v in e.items() if k != "day" or not e.get("folded")} for e in entries]


def record_table(entries: Iterable[rules.Entry], memberships: Iterable[Membership]) -> str:
    """The person's entries as a table that any spreadsheet opens; their groups by name, those that are gone by their ids."""
    groups = {str(m.group_id): m.group.name for m in memberships}
    named = ({**entry, "group": groups.get(str(entry.get("group")), entry.get("group"))} for entry in entries)
    return _table(RECORD, ([_in_cell(entry, name) for name in RECORD] for entry in named))


def _table(names: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(names)
    writer.writerows(rows)
    return "\ufeff" + out.getvalue()


def _in_cell(entry: rules.Entry, name: str) -> str:
    value = None if name == "day" and entry.get("folded") else entry.get(name)
    if name == "expenses":
        text = " ".join(f"{e['code']}:{money.plain(e['amount'], e['currency'])}{e['currency']}" for e in value or [])
    elif isinstance(value, dict):
        text = " ".join(f"{k}:{v}" for k, v in value.items())
    elif isinstance(value, list):
        text = " ".join(value)
    elif isinstance(value, bool):
        text = "yes" if value else "no"
    else:
        text = "" if value is None else str(value)
    return harmless(text)


def _account(account: Account) -> dict[str, Any]:
    tokens = [{"day": t.day.isoformat(), "by_operator": t.by_operator} for t in people.tokens(account)]
    return {"handle": account.handle, "language": account.language, "keys_for_other_apps": tokens}


def _group(membership: Membership) -> dict[str, Any]:
    told = membership.consents.order_by("day", "pk")
    return {
        "group": membership.group.name,
        "my_name_there": people.name(membership),
        "coordinates": membership.coordinates,
        "stewards": membership.stewards,
        "left": membership.left.isoformat() if membership.left else None,
        "told_and_said_yes": [{"code": c.code, "day": c.day.isoformat()} for c in told],
    }


def _shared(share: Share) -> dict[str, Any]:
    return {
        "entry": str(share.entry_id),
        "group": share.group.name,
        "day": share.day.isoformat(),
        "claim": str(share.claim) if share.claim else None,
        "taken_back": share.withdrawn,
        "copy": _json(keys.get(share.group_id), share.place, share.copy),
        "thanks": share.thanks.count(),
    }


def _holdings(membership: Membership) -> Iterable[Holding]:
    return Holding.objects.select_related("role__group").filter(membership=membership).order_by("pk")


def _holding(holding: Holding) -> dict[str, Any]:
    key = keys.get(holding.role.group_id)
    return {
        "group": holding.role.group.name,
        "role": roles.title(holding.role, key),
        "my_wish_for_its_title": _text(key, holding.place, holding.wish),
        "ended": holding.ended,
        "agreed": [
            {
                "version": a.version.number,
                "day": a.day.isoformat(),
                "until": a.until.isoformat() if a.until else None,
                "terms": roles.terms(a.version, key).as_json(),
            }
            for a in holding.agreements.select_related("version__role").order_by("day", "pk")
        ],
        "asked_for": [
            {
                "day": c.day.isoformat(),
                "text": roles.change_text(c),
                "answer": _text(key, c.answer_place, c.answer),
                "answered": c.answered.isoformat() if c.answered else None,
            }
            for c in holding.changes.order_by("day", "pk")
        ],
    }


def _pay(membership: Membership) -> dict[str, Any]:
    own = ledger.payee_of(membership)
    payee = own.payee if own else None
    return {
        "group": membership.group.name,
        "number": str(payee) if payee else None,
        "paid_by": own.method if own else None,
        "claims": _claims(membership, payee) if payee else [],
        "payments": [_payment(p) for p in Payment.objects.filter(payee=payee).order_by("day", "pk")] if payee else [],
    }


def _claims(membership: Membership, payee: UUID) -> list[dict[str, Any]]:
    said = ledger.reasons(ledger.claims(membership))
    talks = ledger.threads(membership.group_id, said)
    lines: dict[UUID, list[Line]] = {}
    for line in Line.objects.filter(payee=payee).order_by("pk"):
        lines.setdefault(line.claim_id, []).append(line)
    return [
        {
            "claim": str(claim.pk),
            "day": claim.day.isoformat(),
            "currency": claim.currency,
            "dispute": claim.dispute,
            "reason": said.get(claim.pk, ""),
            "written": [_written(one) for one in talks.get(claim.pk, ())],
            "lines": [_line(one, claim.currency) for one in lines.get(claim.pk, [])],
        }
        for claim in Claim.objects.filter(payee=payee).order_by("day", "pk")
    ]


def _written(said: ledger.Spoken) -> dict[str, Any]:
    return {
        "by_group": said.by_group,
        "day": said.day.isoformat(),
        "text": said.text,
        "sum": said.sum,
        "put_right": [vars(one) for one in said.changes],
    }


def _line(line: Line, currency: str) -> dict[str, Any]:
    return {
        "day": line.day.isoformat(),
        "for": line.part,
        "amount": money.plain(line.amount, currency),
        "payment": str(line.payment_id) if line.payment_id else None,
    }


def _payment(payment: Payment) -> dict[str, Any]:
    return {
        "payment": str(payment.pk),
        "day": payment.day.isoformat(),
        "amount": money.plain(payment.amount, payment.currency),
        "currency": payment.currency,
        "method": payment.method,
        "received": payment.received.isoformat() if payment.received else None,
        "missing": payment.missing.isoformat() if payment.missing else None,
        "taken_back": payment.reversed.isoformat() if payment.reversed else None,
    }


def _pay_lines(found: dict[str, Any]) -> Iterable[list[str]]:
    for claim in found["claims"]:
        for line in claim["lines"]:
            yield [
                harmless(found["group"]), line["for"], line["day"], line["amount"], claim["currency"], claim["claim"],
                line["payment"] or "",
            ]  # fmt: skip


def _text(key: bytes | None, place: str, blob: bytes | memoryview) -> str:
    try:
        return closed.read_with(key, place, blob)
    except closed.Gone:
        return ""


def _json(key: bytes | None, place: str, blob: bytes | memoryview) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_text(key, place, blob) or "{}")
    return found
