"""Sync over real HTTP, against the production server with two processes."""

import functools
import threading
from typing import Any
from uuid import uuid4

from tests.faults.client import Client, at_once, entry, mixed, shared_with
from tests.faults.conftest import holds, report
from tests.server import Server


def test_the_same_again_is_unchanged(ash: Client) -> None:
    mine = entry(minutes=45, note="cold night")
    assert ash.one(mine) == {"id": mine["id"], "status": "stored", "revision": 1}
    before = ash.cursor()
    for _ in range(3):
        assert ash.one(mine) == {"id": mine["id"], "status": "unchanged", "revision": 1}
    assert ash.changes(before)[0] == []
    said_otherwise = {**mine, "id": mine["id"].upper(), "extra": {}, "expenses": [], "weight": None, "shared": False}
    assert ash.one(said_otherwise)["status"] == "unchanged"


def test_two_phones_and_the_person_is_asked(ash: Client) -> None:
    mine = entry(minutes=45)
    ash.one(mine)
    first, second = {**mine, "revision": 2, "minutes": 60}, {**mine, "revision": 2, "minutes": 75}
    assert ash.one(first)["status"] == "stored"
    answer = ash.one(second)
    assert (answer["status"], answer["revision"]) == ("conflict", 2)
    assert answer["theirs"] == ash.stored()[mine["id"]]
    assert answer["theirs"]["minutes"] == 60
    settled = {**answer["theirs"], "revision": answer["theirs"]["revision"] + 1, "minutes": 75}
    assert ash.one(settled)["status"] == "stored"
    assert ash.one(first)["status"] == "conflict"
    assert ash.stored()[mine["id"]]["minutes"] == 75


def test_the_first_revision_on_two_phones_is_a_conflict_too(ash: Client) -> None:
    mine = entry(minutes=45)
    ash.one(mine)
    assert ash.one({**mine, "minutes": 46})["status"] == "conflict"
    assert ash.stored()[mine["id"]]["minutes"] == 45


def test_a_gap_in_revisions_is_a_conflict_and_a_start_in_the_middle_is_refused(ash: Client) -> None:
    mine = entry()
    ash.one(mine)
    assert ash.one({**mine, "revision": 3})["status"] == "conflict"
    early = ash.one(entry(revision=2))
    assert (early["status"], list(early["errors"])) == ("rejected", ["revision"])
    assert ash.stored()[mine["id"]]["revision"] == 1


def test_somebody_elses_id_teaches_nothing_and_changes_nothing(ash: Client, wren: Client, faulty: Server) -> None:
    """The answer is the same whatever the other person's entry holds, was, or is shared with."""
    person = faulty.person("demo-wren")
    plain, changed, gone, given = entry(note="mine"), entry(), entry(), shared_with(person)
    wren.sync(plain, changed, gone, given)
    wren.sync({**changed, "revision": 2, "minutes": 5}, {**gone, "revision": 2, "deleted": True})
    before, chains = wren.stored(), report(faulty)
    for revision in (1, 2, 3, 900):
        for deleted in (False, True):
            answers = ash.sync(
                *[entry(id=e["id"], revision=revision, deleted=deleted) for e in (plain, changed, gone, given)]
            )
            assert {a.pop("id") for a in answers} == {plain["id"], changed["id"], gone["id"], given["id"]}
            assert answers == [answers[0]] * 4
            assert answers[0]["status"] == "rejected"
            assert list(answers[0]["errors"]) == ["id"]
            assert answers[0]["revision"] is None
    assert wren.stored() == before
    assert report(faulty) == chains
    assert not {plain["id"], gone["id"]} & ash.stored().keys()


def test_thirty_entries_each_posted_six_times_at_once_are_thirty_rows(wren: Client, faulty: Server) -> None:
    person = faulty.person("demo-wren")
    mine = [shared_with(person, n % 2, note=f"{n}") if n % 3 else entry(minutes=n) for n in range(30)]
    before, cursor = report(faulty), wren.cursor()
    posts = mixed([e for e in mine for _ in range(6)], seed=1)
    statuses: dict[str, list[str]] = {e["id"]: [] for e in mine}
    for answer in at_once(functools.partial(wren.one, e) for e in posts):
        statuses[answer["id"]].append(answer["status"])
    assert {id_: sorted(found) for id_, found in statuses.items()} == {
        e["id"]: ["stored", *["unchanged"] * 5] for e in mine
    }
    found, _cursor = wren.changes(cursor)
    assert sorted(e["id"] for e in found) == sorted(e["id"] for e in mine)
    after = holds(faulty)
    assert after["entries"] - before["entries"] == 30
    assert after["claims"] - before["claims"] == after["shares"] - before["shares"] == 20


def test_overlapping_batches_in_mixed_orders_are_thirty_rows(wren: Client, faulty: Server) -> None:
    person = faulty.person("demo-wren")
    mine = [shared_with(person, n % 2) if n % 3 else entry(minutes=n) for n in range(30)]
    before, batches = report(faulty), []
    for seed in range(6):
        order = mixed(mine, seed)
        batches += [order[start : start + 9] for start in range(0, 30, 6)]
    answers = [
        a for reply in at_once(functools.partial(wren.sync, *batch) for batch in mixed(batches, 7)) for a in reply
    ]
    assert {a["status"] for a in answers} == {"stored", "unchanged"}
    assert sorted(a["id"] for a in answers if a["status"] == "stored") == sorted(e["id"] for e in mine)
    after = holds(faulty)
    assert after["entries"] - before["entries"] == 30
    assert after["claims"] - before["claims"] == 20


def test_many_edits_of_one_entry_at_once_are_stored_one_by_one(wren: Client, faulty: Server) -> None:
    """Of phones that all send revision 2, one is stored; the others are shown that one."""
    mine = shared_with(faulty.person("demo-wren"))
    wren.one(mine)
    answers = at_once(functools.partial(wren.one, {**mine, "revision": 2, "minutes": n}) for n in range(1, 11))
    assert sorted(a["status"] for a in answers) == ["conflict"] * 9 + ["stored"]
    kept = wren.stored()[mine["id"]]
    assert all(a["theirs"] == kept for a in answers if a["status"] == "conflict")
    holds(faulty)


def test_one_id_made_by_two_people_at_once_is_one_persons(ash: Client, wren: Client, faulty: Server) -> None:
    for _ in range(8):
        mine = entry()
        answers = at_once([functools.partial(who.one, mine) for who in (ash, wren) for _ in range(2)], threads=4)
        statuses = [a["status"] for a in answers]
        assert sorted(statuses) == ["rejected", "rejected", "stored", "unchanged"], answers
        assert {statuses[0], statuses[1]} in ({"rejected"}, {"stored", "unchanged"})
    holds(faulty)


def test_one_bad_among_good_is_rejected_alone(ash: Client) -> None:
    good, bad, more = entry(), entry(minutes=-5), entry()
    answers = ash.sync(good, bad, more, {"id": "no", "kinds": 3}, "nothing")
    assert [a["status"] for a in answers] == ["stored", "rejected", "stored", "rejected", "rejected"]
    assert answers[1] == {
        "id": bad["id"],
        "status": "rejected",
        "revision": None,
        "errors": {"minutes": "Minutes must be a whole number from 0 to 1440."},
    }
    kept = ash.stored()
    assert {good["id"], more["id"]} <= kept.keys()
    assert bad["id"] not in kept
    assert ash.one({**bad, "minutes": 5})["status"] == "stored"


def test_a_deleted_entry_leaves_its_id_alone_and_can_come_back(ash: Client) -> None:
    mine = entry(note="to forget", minutes=30)
    ash.one(mine)
    gone = {"id": mine["id"], "revision": 2, "deleted": True}
    assert ash.one(gone)["status"] == "stored"
    assert ash.one(gone)["status"] == "unchanged"
    assert ash.stored()[mine["id"]] == gone
    late = ash.one({**mine, "revision": 2, "minutes": 40})
    assert (late["status"], late["theirs"]) == ("conflict", gone)
    assert ash.one({**mine, "revision": 3})["status"] == "stored"
    assert ash.stored()[mine["id"]]["note"] == "to forget"


def test_an_entry_may_be_made_and_changed_in_one_call(ash: Client) -> None:
    mine = entry(minutes=1)
    answers = ash.sync(mine, {**mine, "revision": 2, "minutes": 2}, {**mine, "revision": 3, "deleted": True}, mine)
    assert [a["status"] for a in answers] == ["stored", "stored", "stored", "conflict"]
    assert ash.stored()[mine["id"]] == {"id": mine["id"], "revision": 3, "deleted": True}


def test_nobody_shares_with_a_group_or_role_that_is_not_theirs(ash: Client, wren: Client, faulty: Server) -> None:
    """The answer about a group that exists is the answer about one that does not."""
    person = faulty.person("demo-wren")
    real, made_up = shared_with(person), entry(group=str(uuid4()), role=str(uuid4()), shared=True, minutes=50)
    answers = ash.sync(real, made_up)
    assert [a["errors"] for a in answers] == [{"group": "You are not in this group."}] * 2
    crossed = shared_with(person, 0) | {"role": person["groups"][1]["roles"][0]}
    assert wren.one(crossed)["errors"] == {"role": "You do not hold this role in this group."}
    assert not {real["id"], made_up["id"]} & ash.stored().keys()


def test_paging_skips_nothing_while_writes_go_on(ash: Client) -> None:
    """A reader that follows next and cursor sees every change, deletions too, however the writers interleave."""
    start, done = ash.cursor(), threading.Event()
    written: list[list[dict[str, Any]]] = [[], []]

    def write(which: int) -> None:
        for _ in range(6):
            batch = [entry(minutes=which) for _ in range(120)]
            ash.sync(*batch)
            gone = [{"id": e["id"], "revision": 2, "deleted": True} for e in batch[::4]]
            ash.sync(*gone)
            written[which] += [*batch, *gone]

    seen: dict[str, dict[str, Any]] = {}

    def read() -> None:
        place, last = start, False
        while not last:
            last = done.is_set()
            found, place = ash.changes(place)
            seen.update({e["id"]: e for e in found})

    def write_both() -> None:
        at_once([functools.partial(write, 0), functools.partial(write, 1)])
        done.set()

    at_once([read, write_both])
    newest = {e["id"]: e for rows in written for e in rows}
    assert {id_: (e["revision"], e["deleted"]) for id_, e in seen.items()} == {
        id_: (e["revision"], e.get("deleted", False)) for id_, e in newest.items()
    }
    first = ash.page(start)
    assert len(first["entries"]) == 500
    assert first["next"] == f"/api/v1/work/entries?since={first['cursor']}"
    assert sorted(e["id"] for e in ash.changes(start)[0]) == sorted(newest)
