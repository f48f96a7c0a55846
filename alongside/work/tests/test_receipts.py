"""Photos of receipts: kept closed and stripped, seen with the work that they belong to, gone with it."""

import datetime as dt
import io
import re
import zipfile
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from alongside.kit import clock
from alongside.pay import actions as pay
from alongside.people import actions as people
from alongside.roles import actions as roles
from alongside.roles.tests.parts import RATE, other, proposed
from alongside.work import actions, jobs, receipts
from alongside.work.models import Receipt, ReceiptCopy, Share
from alongside.work.receipts import NotTaken
from alongside.work.tests.pictures import GPS, photo, png, size_of
from tests.world import World, account, world

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def w() -> World:
    made = world()
    rate = replace(RATE, expenses=("travel",))
    role, version, (held,) = proposed(made.coordinator, made.worker, terms=other(rate=rate))
    roles.agree(holding=held, version=version)
    made.role = role  # type: ignore[attr-defined]
    return made


def entry(w: World, **fields: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "revision": 1,
        "day": clock.today().isoformat(),
        "kinds": ["outreach"],
        "minutes": 60,
        "group": str(w.group.pk),
        "role": str(w.role.pk),  # type: ignore[attr-defined]
        "expenses": [{"code": "travel", "amount": 350, "currency": "CAD"}],
        **fields,
    }


def stored(w: World, sent: dict[str, Any]) -> UUID:
    (answer,) = actions.sync(account=w.worker.account, entries=[sent])
    assert answer.status == "stored", answer.errors
    return UUID(sent["id"])


def add(w: World, where: UUID, data: bytes = b"", code: str = "travel", id_: UUID | None = None) -> UUID:
    id_ = id_ or uuid4()
    receipts.add(account=w.worker.account, entry=where, receipt=id_, code=code, data=data or photo())
    return id_


def browser(who: Any) -> Client:
    made = Client()
    made.force_login(getattr(who, "account", who), backend=BACKEND)
    return made


def bytes_of(client: Client, path: str, status: int = 200) -> bytes:
    answer = client.get(path)
    assert answer.status_code == status
    return bytes(answer.content)


def copy_path(w: World) -> str:
    copy = ReceiptCopy.objects.get()
    return f"/work/groups/{w.group.pk}/shared/{copy.share_id}/receipts/{copy.pk}.jpg"


def test_nothing_of_the_place_is_left_in_the_database_or_in_what_is_served(w: World) -> None:
    id_ = add(w, stored(w, entry(w, shared=True)), photo(turned=True))
    kept = bytes(Receipt.objects.get().content) + bytes(ReceiptCopy.objects.get().content)
    for part in (GPS.encode(), b"\xff\xd8\xff", b"Exif", b"travel"):
        assert part not in kept, "it is closed"
    for client, path in ((browser(w.worker), f"/work/receipts/{id_}.jpg"), (browser(w.coordinator), copy_path(w))):
        picture = bytes_of(client, path)
        assert picture.startswith(b"\xff\xd8\xff")
        for part in (GPS.encode(), b"Exif", b"canary"):
            assert part not in picture
        assert size_of(picture) == (900, 1200), "upright, as the phone meant it"


def test_a_photo_is_served_as_a_photo_alone_and_kept_by_no_browser(w: World) -> None:
    add(w, stored(w, entry(w, shared=True)), png())
    answer = browser(w.coordinator).get(copy_path(w))
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "script-src" not in answer["Content-Security-Policy"]


def test_who_sees_it(w: World) -> None:
    id_ = add(w, stored(w, entry(w, shared=True)))
    copy, elsewhere = copy_path(w), world("far-")
    bytes_of(browser(w.second), copy)
    for who, status in ((w.worker, 403), (w.other, 403), (w.steward, 403), (elsewhere.coordinator, 404)):
        bytes_of(browser(who), copy, status)
    for who in (w.coordinator, w.other, account("nobody")):
        bytes_of(browser(who), f"/work/receipts/{id_}.jpg", 404)
    share = Share.objects.get()
    page = browser(w.coordinator).get(f"/work/groups/{w.group.pk}/shared/{share.pk}/").content.decode()
    assert f'src="{copy}"' in page
    for one, place in ((w.coordinator, copy), (w.worker, f"/work/receipts/{id_}.jpg")):
        claim = browser(one).get(f"/pay/claims/{share.claim}/").content.decode()
        assert re.findall(r'<img src="([^"]+)"', claim) == [place], "beside its sum as well, each their own"
        assert "/receipts/" not in claim.replace(place, ""), "nothing is taken away from there"
    assert browser(w.coordinator).get(f"/work/claims/{share.claim}/")["Location"].endswith(f"/shared/{share.pk}/")
    assert browser(w.worker).get(f"/work/claims/{share.claim}/")["Location"] == f"/work/{share.entry_id}/"


def test_a_group_has_it_only_while_it_has_the_work(w: World) -> None:
    sent = entry(w)
    where = stored(w, sent)
    add(w, where)
    assert not ReceiptCopy.objects.exists()
    stored(w, {**sent, "revision": 2, "shared": True})
    assert ReceiptCopy.objects.count() == 1
    stored(w, {**sent, "revision": 3, "shared": True, "minutes": 90})
    assert ReceiptCopy.objects.count() == 1, "one copy, however often the work is changed"
    stored(w, {**sent, "revision": 4, "shared": False})
    assert (ReceiptCopy.objects.count(), Receipt.objects.count()) == (0, 1)
    stored(w, {**sent, "revision": 5, "shared": True})
    assert ReceiptCopy.objects.count() == 1


def test_it_goes_with_the_expense_and_with_the_entry(w: World) -> None:
    sent = entry(w, shared=True)
    where = stored(w, sent)
    add(w, where)
    stored(w, {**sent, "revision": 2, "expenses": []})
    assert not Receipt.objects.exists()
    assert not ReceiptCopy.objects.exists()
    stored(w, {**sent, "revision": 3})
    add(w, where)
    stored(w, {"id": sent["id"], "revision": 4, "deleted": True})
    assert not Receipt.objects.exists()
    assert not ReceiptCopy.objects.exists()


def test_work_that_moves_to_another_group_takes_it_along(w: World) -> None:
    elsewhere = world("far-")
    people.join(account=w.worker.account, secret=people.invite(by=elsewhere.coordinator), name="Robin")
    sent = entry(w, shared=True)
    add(w, stored(w, sent))
    stored(w, {**sent, "revision": 2, "group": str(elsewhere.group.pk), "role": None})
    assert [copy.share.group_id for copy in ReceiptCopy.objects.all()] == [elsewhere.group.pk]


def test_sent_many_times_it_is_there_once(w: World) -> None:
    where, id_ = stored(w, entry(w, shared=True)), uuid4()
    for _ in range(3):
        add(w, where, id_=id_)
    assert (Receipt.objects.count(), ReceiptCopy.objects.count()) == (1, 1)


def refused(w: World, where: UUID, **how: Any) -> str:
    with pytest.raises(NotTaken) as no:
        add(w, where, **how)
    return str(no.value)


def test_what_is_not_taken_and_why(w: World) -> None:
    where = stored(w, entry(w))
    assert refused(w, where, data=b"only words") == "not_a_picture"
    assert refused(w, where, data=b"%PDF-1.4") == "not_a_picture"
    assert refused(w, where, data=b"\xff" * 10_500_000) == "too_large"
    assert refused(w, where, code="phone") == "no_expense"
    assert refused(w, where, code="gold") == "no_expense"
    assert refused(w, uuid4()) == "no_entry"
    id_ = add(w, where)
    assert refused(w, stored(w, entry(w)), id_=id_) == "taken"
    for _ in range(9):
        add(w, where, png())
    assert refused(w, where, data=png()) == "too_many_receipts"
    theirs = w.other.account
    with pytest.raises(NotTaken, match="no_entry"):
        receipts.add(account=theirs, entry=where, receipt=uuid4(), code="travel", data=png())


def test_the_plain_form_and_the_phone_get_plain_answers(w: World) -> None:
    where, client = stored(w, entry(w)), browser(w.worker)

    def send(data: bytes, name: str = "a.jpg", **how: Any) -> Any:
        body = {"code": "travel", "photo": SimpleUploadedFile(name, data), **how.pop("fields", {})}
        return client.post(f"/work/{where}/receipts/", body, **how)

    def said() -> str:
        return client.get(f"/work/{where}/").content.decode()

    send(b"only words", "a.jpg")
    assert "not a photo that we can read" in said()
    assert send(b"\xff\xd8" * 11_000_000).status_code == 413
    send(photo())
    assert "The photo is kept with this entry." in said()
    assert client.post(f"/work/{where}/receipts/", {"code": "travel"}).status_code == 302
    as_phone = {"headers": {"Accept": "application/json"}}
    id_ = str(uuid4())
    assert send(png(), fields={"id": id_}, **as_phone).json() == {"status": "stored"}
    assert send(png(), fields={"id": id_}, **as_phone).json() == {"status": "unchanged"}
    assert send(b"words", fields={"id": str(uuid4())}, **as_phone).json()["status"] == "refused"
    gone = client.post(f"/work/{uuid4()}/receipts/", {}, **as_phone)
    assert (gone.status_code, gone.json()) == (404, {"status": "gone"})
    assert client.post(f"/work/{where}/receipts/{id_}/delete/").status_code == 302
    assert not Receipt.objects.filter(pk=id_).exists()


def test_nobody_takes_away_what_is_not_theirs(w: World) -> None:
    where = stored(w, entry(w, shared=True))
    id_ = add(w, where)
    browser(w.coordinator).post(f"/work/{where}/receipts/{id_}/delete/")
    assert Receipt.objects.exists()


def test_a_groups_copy_goes_when_the_work_is_long_paid(w: World) -> None:
    with time_machine.travel(dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC), tick=False) as clock_:
        stored(w, entry(w, shared=True))
        paid = stored(w, entry(w, shared=True))
        add(w, paid, png())
        payee = pay.payee(membership=w.worker).payee
        pay.pay(by=w.coordinator, payee=payee, currency="CAD", expected=5700, key=uuid4())
        later = stored(w, entry(w, shared=True))
        add(w, later, png())
        clock_.shift(dt.timedelta(days=90))
        jobs.old_receipts()
        assert ReceiptCopy.objects.count() == 2
        clock_.shift(dt.timedelta(days=1))
        jobs.old_receipts()
        assert [copy.share.entry_id for copy in ReceiptCopy.objects.all()] == [later], "what is owed keeps its proof"
        assert Receipt.objects.filter(entry=paid).exists(), "the worker's own stays the worker's"


def test_one_takes_them_along(w: World) -> None:
    where = stored(w, entry(w))
    add(w, where)
    found = zipfile.ZipFile(io.BytesIO(bytes_of(browser(w.worker), "/account/alongside.zip")))
    (name,) = [n for n in found.namelist() if n.startswith("receipts/")]
    assert name == f"receipts/{where}-1-travel.jpg"
    assert size_of(found.read(name)) == (1200, 900)
