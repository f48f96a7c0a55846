import json
from pathlib import Path

import pytest
from django.core import signing
from django.test import Client

from alongside.home import demo
from alongside.people import queries as people
from alongside.people.models import Account
from alongside.work import queries as work
from tests.world import account

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


@pytest.fixture
def _served(settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]


def path_of(person: dict[str, str]) -> str:
    return "/" + person["sign_in"].split("/", 3)[3]


def written(folder: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads((folder / demo.FILE).read_text())["people"]
    return found


def test_the_file_is_its_owners_alone_and_says_what_a_client_needs(tmp_path: Path) -> None:
    shown = demo.ensure(tmp_path)
    file = tmp_path / demo.FILE
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(p.name for p in tmp_path.iterdir()) == [demo.FILE]
    found = written(tmp_path)
    assert [person["part"] for person in found] == ["worker", "worker", "coordinator", "steward"]
    assert [len(person["groups"]) for person in found] == [2, 0, 1, 1]  # type: ignore[arg-type]
    for person in found:
        assert set(person) == {"handle", "part", "token", "sign_in", "groups"}
        mine = people.by_token(str(person["token"]))
        assert mine is not None
        assert mine.handle == person["handle"]
        assert {str(m.group_id) for m in people.memberships(mine)} == {g["id"] for g in person["groups"]}  # type: ignore[attr-defined]
    assert [person["sign_in"] for person in shown] == [person["sign_in"] for person in found]


def test_a_file_that_others_could_read_is_not_written_over_in_the_open(tmp_path: Path) -> None:
    (tmp_path / demo.FILE).write_text("{}")
    (tmp_path / demo.FILE).chmod(0o644)
    demo.ensure(tmp_path)
    assert (tmp_path / demo.FILE).stat().st_mode & 0o777 == 0o600


def test_a_second_start_keeps_people_entries_and_tokens(tmp_path: Path) -> None:
    demo.ensure(tmp_path)
    before = written(tmp_path)
    wren = Account.objects.get(handle="demo-wren")
    entries = work.record(wren)
    demo.ensure(tmp_path)
    assert written(tmp_path) == before
    assert work.record(wren) == entries
    (tmp_path / demo.FILE).unlink()
    demo.ensure(tmp_path)
    assert [p["handle"] for p in written(tmp_path)] == [p["handle"] for p in before]
    assert people.by_token(str(written(tmp_path)[0]["token"])) == wren


def test_the_demo_never_comes_beside_real_people(tmp_path: Path) -> None:
    account("real")
    with pytest.raises(demo.Mixed, match="real people"):
        demo.ensure(tmp_path)
    assert not (tmp_path / demo.FILE).exists()
    assert not Account.objects.filter(demo=True).exists()


def test_a_folder_with_the_demo_is_never_served_for_real(tmp_path: Path) -> None:
    assert demo.refuse() == []
    demo.ensure(tmp_path)
    with pytest.raises(demo.Mixed, match="--demo"):
        demo.refuse()


@pytest.mark.usefixtures("_served")
def test_a_link_signs_in_and_only_ours_does(tmp_path: Path, client: Client) -> None:
    person = demo.ensure(tmp_path)[0]
    path = path_of(person)
    assert client.get(path).status_code == 302
    assert client.get("/record/").status_code == 200
    real = account("real")
    forged = signing.Signer(salt="alongside.home.demo").sign(real.handle)
    for wrong in (path[:-2] + "x/", f"/demo/in/{forged}/", "/demo/in/demo-wren/", "/demo/in/x:y/"):
        assert Client().get(wrong).status_code == 404


def test_no_link_works_when_the_demo_is_not_served(tmp_path: Path, client: Client) -> None:
    path = path_of(demo.ensure(tmp_path)[0])
    assert client.get(path).status_code == 404
    assert client.get("/record/").status_code == 302
