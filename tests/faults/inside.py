"""What tests look up inside of an installation, in a process of its own: ``tests.processes`` calls these by name."""

import json

from django.db.models import Count, Sum

from alongside.kit import audit, keys
from alongside.kit.models import AuditHead
from alongside.pay import rules as pay_rules
from alongside.pay.models import Claim, Line
from alongside.people.models import Account
from alongside.roles import queries as roles
from alongside.work import queries, sharing
from alongside.work.models import Entry, Share


def report() -> None:
    """Print what is there, and what does not hold together, as one line of JSON."""
    print(
        json.dumps(
            {
                "entries": Entry.objects.count(),
                "shares": Share.objects.count(),
                "claims": Claim.objects.count(),
                "lines": Line.objects.count(),
                "broken_chains": [str(h.chain) for h in AuditHead.objects.all() if audit.verify(h.chain) is not None],
                "chains": AuditHead.objects.count(),
                "claims_of_two": Share.objects.exclude(claim=None).values("claim").alias(n=Count("pk")).filter(n__gt=1).count(),
                "claims_of_none": Claim.objects.exclude(pk__in=Share.objects.exclude(claim=None).values("claim")).count(),
                "wrong_sums": _wrong_sums(),
                "wrong_copies": _wrong_copies(),
            }
        )
    )  # fmt: skip


def _wrong_sums() -> list[str]:
    """Shares that stand whose lines do not add up to what the agreed rate says."""
    wrong = []
    for share in Share.objects.filter(withdrawn=False).select_related("entry", "version"):
        entry = queries.content_of(share.entry, keys.get(share.entry.account_id))
        terms = roles.terms(share.version) if share.version else None
        due = pay_rules.total(pay_rules.owed(terms.rate, sharing.measure(entry))) if terms and terms.rate else 0
        lines = Line.objects.filter(claim=share.claim).aggregate(sum=Sum("amount"))["sum"] or 0
        if lines != due:
            wrong.append(str(share.pk))
    return wrong


def _wrong_copies() -> list[str]:
    """Entries that say that they are shared and are not, or the other way round, or at another revision."""
    said = {}
    for account in Account.objects.all():
        for entry in queries.changes(account, "", limit=10**6).entries:
            if entry.get("shared"):
                said[entry["id"]] = entry["revision"]
    there = {str(s.entry_id): s.revision for s in Share.objects.filter(withdrawn=False)}
    return [pk for pk in said.keys() | there.keys() if said.get(pk) != there.get(pk)]
