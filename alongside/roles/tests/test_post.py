import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.roles import rules, words
from alongside.roles.rules import Post, Rate
from alongside.roles.tests.parts import RATE, TERMS, other

sums = st.integers(1, 10**8)


@given(amount=sums, hours=st.integers(1, rules.WEEK_HOURS_MOST))
def test_pay_for_longer_comes_to_the_same_by_the_hour(amount: int, hours: int) -> None:
    year = Post("2026-01-01", amount * hours * 52, "year", "CAD", hours)
    week = Post("2026-01-01", amount * hours, "week", "CAD", hours)
    assert year.hourly == week.hourly == amount
    month = Post("2026-01-01", amount, "month", "CAD", hours).hourly
    assert month is not None
    assert abs(month * 52 * hours - amount * 12) * 2 <= 52 * hours, "never off by more than half a cent"


@given(post=sums, role=sums)
def test_the_gap_is_what_the_role_is_paid_less(post: int, role: int) -> None:
    gap = rules.pay_gap(Rate("2026-01-01", role, "hour", "CAD"), Post("2026-01-01", post, "hour", "CAD"))
    assert gap == post - role


@pytest.mark.parametrize(
    ("rate", "post"),
    [
        (None, Post("2026-01-01", 3100, "hour", "CAD")),
        (RATE, None),
        (RATE, Post("2026-01-01", 3100, "hour", "EUR")),
        (RATE, Post("2026-01-01", 6000000, "year", "CAD")),
        (Rate("2026-01-01", 9000, "shift", "CAD"), Post("2026-01-01", 3100, "hour", "CAD")),
    ],
)
def test_no_gap_where_the_two_are_counted_in_different_ways(rate: Rate | None, post: Post | None) -> None:
    assert rules.pay_gap(rate, post) is None


def test_terms_with_a_post_are_kept_whole_and_older_terms_have_none() -> None:
    terms = other(compares_to="Outreach worker", post=Post("2026-02-01", 3100, "hour", "CAD"))
    assert rules.terms_from_json(terms.as_json()) == terms
    older = TERMS.as_json()
    del older["post"]
    assert rules.terms_from_json(older) == TERMS
    assert rules.changed(TERMS, terms) == ["compares_to", "post"]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"amount": 0}, {"post_amount": "low"}),
        ({"hours": 81}, {"post_hours": "high"}),
        ({"unit": "shift"}, {"post_unit": "unknown"}),
        ({"currency": "dollars"}, {"post_currency": "unknown"}),
        ({"start": ""}, {"post_start": "day"}),
    ],
)
def test_what_is_wrong_with_a_post(fields: dict[str, object], wrong: dict[str, str]) -> None:
    given_ = {"start": "2026-02-01", "amount": 3100, "unit": "hour", "currency": "CAD"} | fields
    assert rules.problems(other(compares_to="Nurse", post=Post(**given_)), "Guide", False) == wrong


def test_a_post_without_a_title_is_asked_for_it() -> None:
    found = rules.problems(other(post=Post("2026-02-01", 3100, "hour", "CAD")), "Guide", False)
    assert found == {"compares_to": "needed"}


@pytest.mark.parametrize(
    ("post", "said"),
    [
        (
            Post("2026-02-01", 3100, "hour", "CAD"),
            [
                "On Feb. 1, 2026 the staff job was paid CA$31.00 for each hour.",
                "This role is paid: CA$25.00 for each hour.",
                "We pay this role CA$6.00 less for each hour.",
            ],
        ),
        (
            Post("2026-02-01", 5200000, "year", "CAD", 40),
            [
                "On Feb. 1, 2026 the staff job was paid CA$52,000.00 for each year.",
                "With 40 hours a week, that is CA$25.00 for each hour.",
                "This role is paid: CA$25.00 for each hour.",
                "We pay both the same.",
            ],
        ),
    ],
)
def test_the_two_sums_stand_beside_each_other_in_words(post: Post, said: list[str]) -> None:
    assert [line.replace("CA$", "$") for line in words.post(post, RATE)] == [line.replace("CA$", "$") for line in said]
    (section,) = [s for s in words.sections(other(compares_to="Nurse", post=post), {}) if s.code == "post"]
    assert list(section.items) == words.post(post, RATE)


def test_more_and_not_to_be_compared_are_said_too() -> None:
    assert "more for each hour" in words.post(Post("2026-02-01", 2000, "hour", "CAD"), RATE)[-1]
    assert "no gap" in words.post(Post("2026-02-01", 4000000, "year", "CAD"), RATE)[-1]
