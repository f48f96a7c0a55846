import re
from html import unescape
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from alongside.pay import actions, disputes, queries
from alongside.pay.models import Line, Payment
from alongside.pay.tests.helpers import claim, letters, lines, pay, state
from alongside.people import actions as people
from alongside.people.models import Membership
from tests.world import World, account, world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


@pytest.fixture
def w() -> World:
    return world()


def client(who: Membership) -> Client:
    made = Client()
    made.force_login(who.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return made


def text(page: str) -> str:
    return re.sub(
        r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.split("<main", 1)[1].split("</main>", maxsplit=1)[0]))
    )


def get(who: Membership, name: str, *args: object, status: int = 200) -> str:
    answer = client(who).get(reverse(f"pay:{name}", args=args))
    assert answer.status_code == status, answer
    return answer.content.decode()


def post(who: Membership, name: str, *args: object, status: int = 302, **data: str) -> str:
    """Post, follow, and give the page that says how it went."""
    browser = client(who)
    answer = browser.post(reverse(f"pay:{name}", args=args), data)
    assert answer.status_code == status, answer
    return (browser.get(answer["Location"], follow=True) if status == 302 else answer).content.decode()


def hidden(page: str) -> dict[str, str]:
    form = page.split("<main", 1)[1]
    return dict(re.findall(r'type="hidden" name="(key|expected|method)" value="([^"]*)"', form))


def payee(who: Membership) -> UUID:
    return actions.payee(membership=who).payee


def disputed(w: World, offer: int | None = 3000) -> UUID:
    id_ = claim(w.worker)
    disputes.dispute(by=w.coordinator, claim=id_, reason="Was it <one> hour?", offer=offer)
    return id_


def test_who_pays_is_told_of_another_of_the_same_name(w: World) -> None:
    claim(w.worker)
    told, address = "More than one person here goes by this name.", [w.group.pk, payee(w.worker), "CAD"]
    pages = (("group", [w.group.pk]), ("pay", address), ("ahead-whom", [w.group.pk]))
    assert not any(told in get(w.coordinator, name, *args) for name, args in pages)
    people.join(account=account("jay"), secret=people.invite(by=w.coordinator), name="Wren")
    assert [get(w.coordinator, name, *args).count(told) for name, args in pages] == [1, 1, 2]
    people.leave(membership=w.worker, settled=False)  # who is owed, and left, is still mixed up easily
    assert [get(w.coordinator, name, *args).count(told) for name, args in pages] == [1, 1, 0]


# Who may open what


def test_who_may_read_which_page(w: World) -> None:
    id_ = claim(w.worker)
    stranger = world("b").coordinator
    pages = {
        reverse("pay:claim", args=[id_]): (200, 200, 200, 403, 403, 404),
        reverse("pay:group", args=[w.group.pk]): (403, 200, 200, 403, 403, 404),
        reverse("pay:dispute", args=[id_]): (403, 200, 200, 403, 403, 404),
        reverse("pay:pay", args=[w.group.pk, payee(w.worker), "CAD"]): (403, 200, 200, 403, 403, 404),
        reverse("pay:mine"): (200,) * 6,
    }
    who = (w.worker, w.coordinator, w.second, w.other, w.steward, stranger)
    for url, expected in pages.items():
        assert tuple(client(m).get(url).status_code for m in who) == expected, url
        assert Client().get(url).status_code == 302


def test_who_may_write_what(w: World) -> None:
    open_ = claim(w.worker)
    pay(w.coordinator, w.worker, 5000)
    (payment,) = Payment.objects.all()
    id_ = disputed(w)
    claim(w.worker, 700)
    stranger = world("b").coordinator
    before = (Line.objects.count(), Payment.objects.count())
    none = {
        "received": [payment.pk],
        "missing": [payment.pk],
        "accept": [id_],
        "decline": [id_],
        "offer": [id_],
        "withdraw": [id_],
        "dispute": [id_],
        "pay": [w.group.pk, payee(w.worker), "CAD"],
        "method": [w.group.pk],
    }
    refused = {
        w.steward: {"method": 302, "received": 404, "missing": 404},
        w.other: {"method": 302, "received": 404, "missing": 404},
        stranger: dict.fromkeys(none, 404),
        w.coordinator: {"accept": 403, "decline": 403, "received": 404, "missing": 404},
        w.worker: {"offer": 403, "withdraw": 403, "dispute": 403, "pay": 403},
    }
    for member, special in refused.items():
        for name, args in none.items():
            if member in (w.coordinator, w.worker) and name not in special:
                continue
            answer = client(member).post(reverse(f"pay:{name}", args=args), {"method": "gold", "offer": "40"})
            assert answer.status_code == special.get(name, 403), (name, member)
    for name, args in none.items():
        assert Client().post(reverse(f"pay:{name}", args=args)).status_code == 302
    assert (Line.objects.count(), Payment.objects.count()) == before
    assert state(id_).state == "disputed"
    assert state(id_).offer == 3000
    assert state(open_).state == "paid"
    payment.refresh_from_db()
    assert (payment.received, payment.missing) == (None, None)


def test_what_is_written_takes_a_post(w: World) -> None:
    id_ = disputed(w)
    for name in ("accept", "decline", "offer", "withdraw"):
        get(w.worker, name, id_, status=405)


def test_what_is_not_there_is_404(w: World) -> None:
    claim(w.worker)
    for name, args in {
        "claim": [uuid4()],
        "dispute": [uuid4()],
        "pay": [w.group.pk, uuid4(), "CAD"],
        "group": [uuid4()],
    }.items():
        get(w.coordinator, name, *args, status=404)
    get(w.coordinator, "pay", w.group.pk, payee(w.worker), "EUR", status=404)


# The worker's page


def test_the_worker_sees_what_is_owed_in_each_group_and_no_group_sees_another(w: World) -> None:
    elsewhere = world("b")
    there = people.join(account=w.worker.account, secret=people.invite(by=elsewhere.coordinator), name="Robin")
    claim(w.worker, 1234)
    claim(there, 777)
    page = text(get(w.worker, "mine"))
    assert "CA$12.34" in page
    assert "CA$7.77" in page
    ours = get(w.coordinator, "group", w.group.pk)
    assert "CA$12.34" in ours
    assert "Wren" in ours
    for secret in ("7.77", "Robin", "bUnion", str(elsewhere.group.pk), str(payee(there)), str(w.worker.account_id)):
        assert secret not in ours
    theirs = get(elsewhere.coordinator, "group", elsewhere.group.pk)
    assert "Robin" in theirs
    assert "Wren" not in theirs
    get(elsewhere.coordinator, "claim", queries.claims(w.worker)[0].id, status=404)


def test_somebody_in_no_group_reads_what_to_do_next() -> None:
    loner = account("loner")
    browser = Client()
    browser.force_login(loner, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "ask somebody there for a link" in text(browser.get(reverse("pay:mine")).content.decode())


def test_the_worker_reads_what_is_kept_and_how_long(w: World) -> None:
    page = text(get(w.worker, "mine"))
    assert "kept for 7 years" in page
    assert "It holds no words" in page
    assert "Nothing is owed to you here right now." in page


def test_cash_is_first_and_a_choice_is_kept(w: World) -> None:
    page = get(w.worker, "mine")
    assert re.findall(r'name="method" value="(\w+)"', page)[0] == "cash"
    page = text(post(w.worker, "method", w.group.pk, method="transfer"))
    assert "How I want to be paid: Bank transfer" in page
    assert "ways in the list" in text(post(w.worker, "method", w.group.pk, method="gold"))
    assert actions.payee(membership=w.worker).method == "transfer"


def test_did_it_come_yes(w: World) -> None:
    claim(w.worker)
    payment = pay(w.coordinator, w.worker, 5000)
    page = text(get(w.worker, "mine"))
    assert "Did it come? CA$50.00 · Cash" in page
    assert "No word yet" in text(get(w.coordinator, "group", w.group.pk))
    page = text(post(w.worker, "received", payment.pk))
    assert "Did it come?" not in page
    assert "It came" in text(get(w.coordinator, "group", w.group.pk))


def test_did_it_come_not_yet_then_it_came(w: World) -> None:
    claim(w.worker)
    payment = pay(w.coordinator, w.worker, 5000)
    page = text(post(w.worker, "missing", payment.pk))
    assert "Your group knows" in page
    assert letters(w.coordinator) == ["pay.missing"]
    assert "They say it has not come" in text(get(w.second, "group", w.group.pk))
    post(w.worker, "received", payment.pk)
    payment.refresh_from_db()
    assert payment.received
    page = text(post(w.worker, "missing", payment.pk))
    assert "You said that this came." in page


def test_yes_and_not_yet_are_the_same_size(w: World) -> None:
    claim(w.worker)
    pay(w.coordinator, w.worker, 5000)
    disputed(w)
    for part in get(w.worker, "mine").split('class="pair"')[1:]:
        buttons = re.findall(r"<button([^>]*)>", part)[:2]
        assert buttons == [' class="second"'] * 2


def test_yes_to_an_offer(w: World) -> None:
    id_ = disputed(w)
    page = get(w.worker, "mine")
    assert "Was it &lt;one&gt; hour?" in page
    assert "Their offer: CA$30.00" in text(page)
    assert "The offer has changed" in text(post(w.worker, "accept", id_, offer="1"))
    page = text(post(w.worker, "accept", id_, offer="3000"))
    assert "CA$30.00" in page
    assert lines(id_)[-1] == ("agreed", -2000)


def test_keep_talking_then_another_offer(w: World) -> None:
    id_ = disputed(w)
    page = text(post(w.worker, "decline", id_))
    assert "There is no offer yet." in page
    page = text(post(w.second, "offer", id_, offer="40,50"))
    assert "Your offer: CA$40.50" in page
    assert "Their offer: CA$40.50" in text(get(w.worker, "claim", id_))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("much", "could not read"),
        ("-1", "less than nothing"),
        ("1.234", "could not read"),
        ("50", "owed now"),
        ("9" * 19, "could not read"),
    ],
)
def test_an_offer_that_is_wrong_is_said_and_nothing_typed_is_lost(w: World, typed: str, said: str) -> None:
    id_ = disputed(w)
    page = post(w.coordinator, "offer", id_, status=200, offer=typed)
    assert said in text(page)
    assert f'value="{typed}"' in page
    assert state(id_).offer == 3000


# The coordinator's pages


def test_paying_from_the_list_to_the_receipt(w: World) -> None:
    actions.choose_method(membership=w.worker, method="voucher")
    claim(w.worker, 1000)
    claim(w.worker, 250)
    listed = get(w.coordinator, "group", w.group.pk)
    assert "Wren CA$12.50 Wants: Voucher. New today." in text(listed)
    seen = get(w.coordinator, "pay", w.group.pk, payee(w.worker), "CAD")
    assert "Pay Wren CA$12.50" in text(seen)
    assert "CA$10.00" in text(seen)
    form = hidden(seen)
    assert form["expected"] == "1250"
    for _ in range(2):  # a second tap
        page = text(post(w.coordinator, "pay", w.group.pk, payee(w.worker), "CAD", **form))
        assert "Paid: CA$12.50." in page
        assert "Nothing is owed right now." in page
    (payment,) = Payment.objects.all()
    assert (payment.pk, payment.amount, payment.method) == (UUID(form["key"]), 1250, "voucher")
    page = text(post(w.second, "pay", w.group.pk, payee(w.worker), "CAD", **{**form, "key": str(uuid4())}))
    assert "This was paid already." in page
    assert Payment.objects.count() == 1


def test_a_sum_that_changed_since_is_shown_anew(w: World) -> None:
    claim(w.worker, 1000)
    form = hidden(get(w.coordinator, "pay", w.group.pk, payee(w.worker), "CAD"))
    claim(w.worker, 500)
    page = text(post(w.coordinator, "pay", w.group.pk, payee(w.worker), "CAD", **form))
    assert "The sum has changed" in page
    assert "CA$15.00" in page
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"key": "x"}, {"key": ""}, {"expected": "abc"}, {"expected": ""}, {"expected": "٣"}, {"expected": "9" * 40}],
)
def test_a_broken_form_pays_nothing(w: World, wrong: dict[str, str]) -> None:
    claim(w.worker, 1000)
    args = (w.group.pk, payee(w.worker), "CAD")
    page = post(w.coordinator, "pay", *args, **{**hidden(get(w.coordinator, "pay", *args)), **wrong})
    assert "Nothing was paid" in text(page)
    assert not Payment.objects.exists()


def test_nobody_pays_their_own(w: World) -> None:
    claim(w.coordinator)
    args = (w.group.pk, payee(w.coordinator), "CAD")
    assert "This is yours." in text(get(w.coordinator, "group", w.group.pk))
    get(w.coordinator, "pay", *args, status=403)
    post(w.coordinator, "pay", *args, status=403, key=str(uuid4()), expected="5000")
    assert not Payment.objects.exists()
    assert "This is yours." not in text(get(w.second, "group", w.group.pk))
    get(w.second, "pay", *args)


def test_paid_ahead_is_said_in_plain_words_on_both_sides(w: World) -> None:
    id_ = claim(w.worker)
    pay(w.coordinator, w.worker, 5000)
    actions.correct(claim=id_, parts=[])
    assert "Paid ahead CA$50.00" in text(get(w.worker, "mine"))
    assert "Paid ahead: CA$50.00. It is taken off the next pay." in text(get(w.coordinator, "group", w.group.pk))
    assert "-" not in re.sub(r"Alongside.*", "", text(get(w.worker, "mine")).split("Paid ahead")[1][:20])
    page = client(w.coordinator).get(reverse("pay:pay", args=[w.group.pk, payee(w.worker), "CAD"]), follow=True)
    assert "Nothing is open here now." in text(page.content.decode())
    claim(w.worker, 8000)
    seen = get(w.coordinator, "pay", w.group.pk, payee(w.worker), "CAD")
    assert hidden(seen)["expected"] == "3000"
    assert "Paid ahead, taken off" in text(seen)


def test_disputing_from_the_claim(w: World) -> None:
    id_ = claim(w.worker)
    assert "Something does not look right" in text(get(w.coordinator, "claim", id_))
    assert "Something does not look right" not in text(get(w.worker, "claim", id_))
    page = text(post(w.coordinator, "dispute", id_, reason="Two people, one hour", offer="25.00"))
    assert "Not agreed yet" in page
    assert "Two people, one hour" in page
    assert state(id_).offer == 2500
    group = text(get(w.second, "group", w.group.pk))
    assert "Our offer: CA$25.00" in group
    assert "Look and pay" in group, "what is not in question is paid as always"
    page = text(post(w.second, "withdraw", id_))
    assert "Taken back." in page
    assert "Two people" not in page
    again = client(w.coordinator).get(reverse("pay:dispute", args=[id_]), follow=True)
    assert "This claim stands." in text(again.content.decode())


@pytest.mark.parametrize(
    ("reason", "offer", "said"),
    [
        ("", "10", "This field is required"),
        ("Why", "much", "could not read"),
        ("Why", "50", "what is owed now"),
        ("x" * 2001, "10", "This is too long. Please write less."),
        ("a\0b", "10", "Null characters"),
    ],
)
def test_a_dispute_that_is_wrong_is_said_and_nothing_typed_is_lost(
    w: World, reason: str, offer: str, said: str
) -> None:
    id_ = claim(w.worker)
    page = post(w.coordinator, "dispute", id_, status=200, reason=reason, offer=offer)
    assert said in text(page)
    assert f'value="{offer}"' in page
    assert reason.replace("\0", "") in page.replace("\0", "")
    assert state(id_).state == "open"


def test_a_claim_shows_its_lines(w: World) -> None:
    id_ = claim(w.worker)
    actions.correct(claim=id_, parts=[])
    page = text(get(w.worker, "claim", id_))
    assert "Work CA$50.00" in page
    assert "Change -CA$50.00" in page
    assert "Still to be paid CA$0.00" in page
    empty = claim(w.worker, 0)
    assert "Nothing is owed for it." in text(get(w.coordinator, "claim", empty))


def test_somebody_who_left_can_still_be_paid(w: World) -> None:
    id_ = claim(w.worker)
    who = payee(w.worker)
    w.worker.account.delete()
    page = text(get(w.coordinator, "group", w.group.pk))
    assert "Someone who left" in page
    assert str(who) in page
    seen = get(w.coordinator, "pay", w.group.pk, who, "CAD")
    post(w.coordinator, "pay", w.group.pk, who, "CAD", **hidden(seen))
    assert state(id_).state == "paid"
    get(w.coordinator, "claim", id_)


@pytest.mark.parametrize("name", ["mine", "group"])
def test_a_page_asks_no_more_of_the_database_for_more_people(
    w: World, name: str, django_assert_max_num_queries: object
) -> None:
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    def count() -> int:
        who, args = (w.worker, []) if name == "mine" else (w.coordinator, [w.group.pk])
        browser = client(who)
        with CaptureQueriesContext(connections["default"]) as caught:
            assert browser.get(reverse(f"pay:{name}", args=args)).status_code == 200
        return len(caught)

    for member in (w.worker, w.other):
        claim(member)
        pay(w.coordinator, member, 5000)
        claim(member)
    before = count()
    for n in range(3):
        for member in (w.worker, w.second, w.steward, w.other):
            claim(member, 100 + n)
    assert count() == before
