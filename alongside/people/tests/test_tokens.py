"""Whose a token is, in one statement."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alongside.kit import lean
from alongside.people.models import Account, Token

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def test_a_foreign_key_is_followed_in_one_statement() -> None:
    one, two = (Account.objects.create(handle=f"h{n}", demo=bool(n)) for n in range(2))
    for owner, digest in ((one, "a" * 64), (two, "b" * 64)):
        Token.objects.create(account=owner, digest=digest, day=dt.date(2026, 3, 9))
    names = ("id", "handle", "demo")
    with CaptureQueriesContext(connection) as seen:
        found = lean.select_through(Account, names, (Token, "account"), digest="b" * 64)
    assert found == [(two.pk, "h1", True)]
    assert len(seen) == 1
    assert lean.select_through(Account, names, (Token, "account"), digest="c" * 64) == []
