"""Work that is taken back, settled or moved while somebody is at it: true words, and nothing typed lost."""

import datetime as dt
import re
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from alongside.pay import actions as pay
from alongside.pay import disputes
from alongside.pay.models import Claim
from alongside.pay.rules import Way
from alongside.people.models import Membership
from alongside.work import actions
from alongside.work.claim_forms import CorrectionForm
from alongside.work.models import Share
from alongside.work.tests.test_sharing import agreed, entry, stored
from tests.world import World

pytestmark = [pytest.mark.django_db(databases=["default", "keys"]), pytest.mark.usefixtures("march")]
OWED = "CA$25.00 stays owed to you."
PART = "Some of it was paid."


@pytest.fixture
def sent(here: World) -> dict[str, Any]:
    """An hour of Wren's work that is shared and owed."""
    made = entry(agreed(here.worker, here.coordinator), shared=True)
    stored(here.worker.account, made)
    return made


def browser(who: Membership) -> Client:
    made = Client()
    made.force_login(who.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return made


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def asked(here: World, offer: int | None = None) -> UUID:
    claim = Claim.objects.get().pk
    disputes.dispute(by=here.coordinator, claim=claim, reason="Was it an hour?", offer=offer)
    return claim


# What is said of pay when work goes


def test_of_what_was_kept_and_not_paid_nothing_is_said_to_be_paid(here: World, sent: dict[str, Any]) -> None:
    stored(here.worker.account, {**sent, "revision": 2, "shared": False})
    actions.keep_or_drop(account=here.worker.account, share=Share.objects.get().pk, keep=True)
    said = text(browser(here.worker).post(f"/work/{sent['id']}/delete/", follow=True))
    assert OWED in said
    assert PART not in said


@pytest.mark.parametrize("paid", [0, 1000])
def test_of_what_is_in_question_nothing_is_said_to_be_owed(here: World, sent: dict[str, Any], paid: int) -> None:
    if paid:
        payee = Claim.objects.get().payee
        ways = [Way("cash", paid)]
        pay.pay(by=here.coordinator, payee=payee, currency="CAD", expected=2500, key=uuid4(), ways=ways)
    asked(here)
    stored(here.worker.account, {**sent, "revision": 2, "shared": False})
    if not paid:
        actions.keep_or_drop(account=here.worker.account, share=Share.objects.get().pk, keep=True)
    said = text(browser(here.worker).post(f"/work/{sent['id']}/delete/", follow=True))
    assert "The entry is gone." in said
    assert "owed to you." not in said


def test_a_sum_put_right_is_asked_for_as_its_currency_is_written() -> None:
    form = CorrectionForm({"expense_food": "12.50"}, values={"expense_food": 1200}, currency="JPY")
    assert form.errors["expense_food"] == ["We could not read this sum. Write it like 12."]


# What is put right, and what was settled or taken back meanwhile


def test_what_was_put_right_too_late_is_said_to_be_and_shown(here: World, sent: dict[str, Any]) -> None:
    claim = asked(here)
    phone, where = browser(here.worker), f"/work/claims/{claim}/correct/"
    disputes.withdraw(by=here.second, claim=claim)
    page = phone.post(where, {"minutes": "40", "text": "It was <less>"})
    assert page.status_code == 200
    assert "This is settled already." in text(page)
    assert "This was not sent: It was <less> How many minutes are right? 40" in text(page)
    assert '<p class="kept">It was &lt;less&gt;\n' in page.content.decode()
    assert "This is settled already." in text(phone.get(where, follow=True))
    assert phone.post(where).status_code == 302, "nothing was typed"


def test_what_was_put_right_of_work_that_went_is_shown_and_a_sum_can_be_said(here: World, sent: dict[str, Any]) -> None:
    claim = asked(here)
    stored(here.worker.account, {**sent, "revision": 2, "shared": False})
    page = browser(here.coordinator).post(f"/work/claims/{claim}/correct/", {"minutes": "40", "text": "Forty?"})
    assert "There is nothing to put right here. You can say a sum." in text(page)
    assert "This was not sent: Forty?" in text(page)
    assert "<textarea" in page.content.decode()


def test_work_is_put_right_only_while_it_is_there(here: World, sent: dict[str, Any]) -> None:
    claim = asked(here)
    link, also = f"/work/claims/{claim}/correct/", "You can also change your entry."
    mine, theirs = browser(here.worker), browser(here.coordinator)
    for there in (True, False):
        page = mine.get(f"/pay/claims/{claim}/")
        assert (link in page.content.decode(), also in text(page)) == (there, there)
        assert "There is no offer yet. You can write back, or say which sum is right." in text(page)
        assert (also in text(mine.get("/pay/"))) == there
        assert (link in theirs.get(f"/pay/claims/{claim}/").content.decode()) == there
        if there:
            stored(here.worker.account, {"id": sent["id"], "revision": 2, "deleted": True})


def test_a_day_that_was_put_right_is_that_of_the_claim_and_its_papers(here: World, sent: dict[str, Any]) -> None:
    claim = Claim.objects.get().pk
    pay.pay(by=here.coordinator, payee=Claim.objects.get().payee, currency="CAD", expected=2500, key=uuid4())
    stored(here.worker.account, {**sent, "revision": 2, "day": "2026-03-05"})
    assert Claim.objects.get(pk=claim).day == dt.date(2026, 3, 5)
    for page in ("/pay/", f"/pay/claims/{claim}/", f"/pay/groups/{here.group.pk}/statements/2026-03/"):
        said = text(browser(here.worker).get(page))
        assert "March 5, 2026" in said, page
        assert "March 2, 2026" not in said, page
    payroll = browser(here.coordinator).get(f"/pay/groups/{here.group.pk}/payroll/2026-03.csv").content.decode()
    assert "2026-03-05" in payroll
    assert "2026-03-02" not in payroll
