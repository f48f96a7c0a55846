import datetime as dt

import pytest
import time_machine

from alongside.kit import audit, clock, keys
from alongside.kit.models import AuditRow
from alongside.outbox import queries as outbox
from alongside.people import actions, jobs, leaving, queries, rules
from alongside.people.actions import Refused
from alongside.people.models import Account, Invitation, Membership, Token
from alongside.people.rules import TAX_TERM
from tests.world import World, account, join, world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def letters(who: Account) -> list[str]:
    return [letter.text for letter in outbox.letters(who.pk)]


def test_joining_takes_both_sides_once() -> None:
    w = world()
    secret = actions.invite(by=w.coordinator)
    newcomer = account("newcomer")
    membership = actions.join(account=newcomer, secret=secret, name="Nia")
    assert queries.name(membership) == "Nia"
    assert (membership.coordinates, membership.stewards) == (False, False)
    with pytest.raises(Refused):
        actions.join(account=account("another"), secret=secret, name="Ana")
    assert audit.verify(w.group.pk) is None


@pytest.mark.parametrize("again", ["wren", "WREN", " Wren "])
def test_a_handle_is_one_persons(again: str) -> None:
    first = account("wren")
    with pytest.raises(Refused, match="taken"):
        actions.make_account(handle=again, passphrase="a long enough phrase")
    assert queries.by_handle(again) == first
    assert keys.get(first.pk) is not None


@pytest.mark.parametrize("handle", ["ab", "a b c", "", "é" * 5, "a" * 31])
def test_a_handle_that_cannot_be_one_is_refused(handle: str) -> None:
    with pytest.raises(Refused, match="3 to 30"):
        actions.make_account(handle=handle, passphrase="a long enough phrase")


def test_an_account_without_a_passphrase_has_none_that_works() -> None:
    made = actions.make_account(handle="wren", passphrase=None)
    assert not made.has_usable_password()
    assert not made.check_password("")


def test_an_invitation_is_good_until_its_last_day_and_then_goes() -> None:
    w = world()
    start = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
    with time_machine.travel(start, tick=False) as travel:
        secret = actions.invite(by=w.coordinator)
        used = actions.invite(by=w.coordinator)
        actions.join(account=account("newcomer"), secret=used, name="Nia")
        travel.shift(dt.timedelta(days=rules.INVITATION_DAYS))
        assert queries.invitation(secret) is not None
        assert len(queries.open_invitations(w.group)) == 1
        travel.shift(dt.timedelta(days=1))
        assert queries.invitation(secret) is None
        assert queries.open_invitations(w.group) == []
        with pytest.raises(Refused, match="too old"):
            actions.join(account=account("late"), secret=secret, name="Lee")
        jobs.invitations()
        assert not Invitation.objects.exists()


def test_a_link_that_was_not_used_stays_good_after_a_refusal() -> None:
    w = world()
    secret = actions.invite(by=w.coordinator)
    with pytest.raises(Refused, match="already"):
        actions.join(account=w.worker.account, secret=secret, name="Twice")
    with pytest.raises(Refused, match="1 to 40"):
        actions.join(account=account("newcomer"), secret=secret, name="\u200b")
    assert queries.invitation(secret) is not None
    assert queries.membership(account("nobody"), w.group.pk) is None


def test_a_withdrawn_link_is_no_good_and_another_groups_cannot_be_withdrawn() -> None:
    w, far = world(), world("far-")
    secret = actions.invite(by=w.coordinator)
    row = queries.open_invitations(w.group)[0]
    actions.withdraw_invitation(by=far.coordinator, invitation=row.pk)
    assert queries.invitation(secret) is not None
    with pytest.raises(Refused):
        actions.withdraw_invitation(by=w.worker, invitation=row.pk)
    assert actions.withdraw_invitation(by=w.steward, invitation=row.pk)
    assert queries.invitation(secret) is None
    assert not actions.withdraw_invitation(by=w.steward, invitation=row.pk)


@pytest.mark.parametrize(
    ("who", "part", "may"),
    [
        ("worker", {}, False), ("coordinator", {}, True), ("steward", {}, True),
        ("coordinator", {"coordinates": True}, False), ("coordinator", {"stewards": True}, False),
        ("steward", {"coordinates": True}, True), ("steward", {"stewards": True}, True),
    ],
)  # fmt: skip
def test_who_may_invite_for_which_part(who: str, part: dict[str, bool], may: bool) -> None:
    w = world()
    if not may:
        with pytest.raises(Refused):
            actions.invite(by=getattr(w, who), **part)
        return
    made = actions.join(account=account("newcomer"), secret=actions.invite(by=getattr(w, who), **part), name="Nia")
    assert (made.coordinates, made.stewards) == (part.get("coordinates", False), part.get("stewards", False))


def test_coordinators_hear_of_a_newcomer_by_the_name_there_alone() -> None:
    w = world()
    before = len(letters(w.coordinator.account))
    join(w.group, w.steward, "secret-handle", "Nia")
    told = letters(w.coordinator.account)[:]
    assert len(told) == before + 1
    assert any("Nia joined Union" in text for text in told)
    assert not any("secret-handle" in text for text in told)
    assert not any("Nia" in text for text in letters(w.worker.account))


def test_the_last_steward_stays() -> None:
    w = world()
    with pytest.raises(Refused, match="needs a steward"):
        actions.set_part(by=w.steward, member=w.steward.pk, coordinates=True, stewards=False)
    actions.set_part(by=w.steward, member=w.worker.pk, coordinates=False, stewards=True)
    actions.set_part(by=w.steward, member=w.steward.pk, coordinates=False, stewards=False)
    assert [m.pk for m in Membership.objects.filter(group=w.group, stewards=True)] == [w.worker.pk]
    assert any("Your part in Union changed" in text for text in letters(w.worker.account))


def test_a_part_that_is_not_named_stays_as_it_is() -> None:
    w = world()
    for change, parts in (
        ({"coordinates": True}, (True, False)),
        ({"stewards": True}, (True, True)),
        ({"coordinates": False}, (False, True)),
        ({}, (False, True)),
        ({"stewards": False}, (False, False)),
    ):
        actions.set_part(by=w.steward, member=w.worker.pk, **change)
        found = Membership.objects.get(pk=w.worker.pk)
        assert (found.coordinates, found.stewards) == parts


def test_who_is_given_the_part_that_they_have_is_told_nothing() -> None:
    w = world()
    for times in (1, 1, 1):
        actions.set_part(by=w.steward, member=w.worker.pk, coordinates=True)
        assert len(letters(w.worker.account)) == times
        assert AuditRow.objects.filter(act="group.part").count() == times


@pytest.mark.parametrize("who", ["worker", "coordinator"])
def test_only_a_steward_changes_parts_and_the_group(who: str) -> None:
    w = world()
    by = getattr(w, who)
    with pytest.raises(Refused):
        actions.set_part(by=by, member=w.other.pk, coordinates=True, stewards=False)
    with pytest.raises(Refused):
        actions.change_group(by=by, name="Mine", currency="EUR", tax_years=1)


def test_a_steward_changes_nobody_in_another_group() -> None:
    w, far = world(), world("far-")
    with pytest.raises(Refused, match="not in the group"):
        actions.set_part(by=w.steward, member=far.worker.pk, coordinates=True, stewards=True)
    assert not Membership.objects.get(pk=far.worker.pk).coordinates


def test_one_person_goes_by_a_name_of_its_own_in_each_group() -> None:
    w, far = world(), world("far-")
    there = actions.join(account=w.worker.account, secret=actions.invite(by=far.coordinator), name="Jay")
    assert (queries.name(w.worker), queries.name(there)) == ("Wren", "Jay")
    actions.rename(membership=there, name=" Jo  ")
    assert (queries.name(w.worker), queries.name(there)) == ("Wren", "Jo")
    assert "Jo" not in [m.name for m in queries.members(w.group)]
    with pytest.raises(Refused):
        actions.rename(membership=there, name="\u202e")
    assert b"Jo" not in bytes(Membership.objects.get(pk=there.pk).name)


def test_what_two_groups_keep_of_one_person_has_nothing_in_common() -> None:
    """Rows of two groups' chains about the same person share no actor and no id but the account's own."""
    w, far = world(), world("far-")
    actions.join(account=w.worker.account, secret=actions.invite(by=far.coordinator), name="Jay")
    here, there = (AuditRow.objects.filter(chain=group.pk) for group in (w.group, far.group))
    assert not set(here.values_list("actor", flat=True)) & set(there.values_list("actor", flat=True))
    whole = " ".join(f"{row.actor} {row.detail}" for row in AuditRow.objects.exclude(chain=w.worker.account_id))
    assert str(w.worker.account_id) not in whole
    assert w.worker.account.handle not in whole


def test_a_name_is_gone_with_its_groups_key() -> None:
    w = world()
    keys.delete(w.group.pk)
    assert queries.name(w.worker) == ""
    assert {m.name for m in queries.members(w.group)} == {""}


def test_a_token_opens_one_account_until_it_is_removed() -> None:
    wren, ash = account("wren"), account("ash")
    secret = actions.make_token(account=wren)
    assert queries.by_token(secret) == wren
    assert not Token.objects.filter(digest=secret).exists()
    actions.remove_token(account=ash, token=queries.tokens(wren)[0].pk)
    assert queries.by_token(secret) == wren
    actions.remove_token(account=wren, token=queries.tokens(wren)[0].pk)
    assert queries.by_token(secret) is None
    assert letters(wren) == []


def test_a_token_by_the_operator_is_told_to_its_person() -> None:
    wren = account("wren")
    actions.make_token(account=wren, by_operator=True)
    assert len(letters(wren)) == 1
    assert "If you did not ask for it" in letters(wren)[0]
    assert AuditRow.objects.filter(chain=wren.pk, act="people.token").get().actor == "operator"


def test_the_token_of_an_account_that_is_off_opens_nothing() -> None:
    wren = account("wren")
    secret = actions.make_token(account=wren)
    Account.objects.filter(pk=wren.pk).update(is_active=False)
    assert queries.by_token(secret) is None


def test_consent_is_kept_once() -> None:
    w = world()
    for _ in range(2):
        actions.consent(membership=w.worker, code=TAX_TERM)
    assert queries.consented(w.worker, TAX_TERM)
    assert not queries.consented(w.other, TAX_TERM)
    assert queries.consents(w.worker.account, TAX_TERM) == {w.worker.pk}
    assert w.worker.consents.get().day == clock.today()


def test_a_longer_tax_term_is_told_anew_and_a_shorter_one_is_not() -> None:
    w = world()
    actions.consent(membership=w.worker, code=TAX_TERM)
    years = w.group.tax_years

    def change(to: int) -> None:
        actions.change_group(by=w.steward, name=w.group.name, currency="CAD", tax_years=to)

    change(years - 1)
    assert queries.consented(w.worker, TAX_TERM)
    change(years)
    assert not queries.consented(w.worker, TAX_TERM)


def links(w: World) -> dict[str, str]:
    """One link for each part, by a steward."""
    return {
        "member": actions.invite(by=w.steward),
        "coordinator": actions.invite(by=w.steward, coordinates=True),
        "steward": actions.invite(by=w.steward, stewards=True),
    }


def good(made: dict[str, str]) -> list[str]:
    return [part for part, secret in made.items() if queries.invitation(secret) is not None]


@pytest.mark.parametrize("leaves", [True, False])
def test_what_only_a_steward_may_invite_for_ends_with_a_steward(leaves: bool) -> None:
    w, far = world(), world("far-")
    actions.set_part(by=w.steward, member=w.second.pk, coordinates=True, stewards=True)
    made, theirs = links(w), links(far)
    if leaves:
        actions.leave(membership=w.second, settled=False)
    else:
        actions.set_part(by=w.steward, member=w.second.pk, coordinates=True, stewards=False)
    assert good(made) == ["member"]
    assert good(theirs) == ["member", "coordinator", "steward"]
    for part in ("coordinator", "steward"):
        with pytest.raises(Refused, match="used or is too old"):
            actions.join(account=account(f"new-{part}"), secret=made[part], name="Sol")
    assert good(links(w)) == ["member", "coordinator", "steward"], "stewards who stay make new ones"


def test_links_stay_while_no_steward_goes() -> None:
    w = world()
    made = links(w)
    actions.set_part(by=w.steward, member=w.second.pk, coordinates=False, stewards=False)
    actions.set_part(by=w.steward, member=w.worker.pk, coordinates=True, stewards=True)
    actions.set_part(by=w.steward, member=w.worker.pk, coordinates=False, stewards=True)
    for who in (w.coordinator, w.other):
        if who is w.coordinator:
            actions.set_part(by=w.steward, member=w.second.pk, coordinates=True, stewards=False)
        actions.leave(membership=who, settled=False)
    assert good(made) == ["member", "coordinator", "steward"]


def test_they_end_with_the_account_of_a_steward_too() -> None:
    w = world()
    actions.set_part(by=w.steward, member=w.second.pk, coordinates=True, stewards=True)
    made = links(w)
    leaving.remove(account=w.second.account, key=None)
    assert good(made) == ["member"]
