"""Closed text opens for its owner's key, in its place, as it was written; otherwise it is gone."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.kit import canonical, closed, keys

KEY, OTHER = bytes(range(32)), bytes(32)
texts = st.text(min_size=1).filter(lambda t: t != "")
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
owned = pytest.mark.django_db(databases=["default", "keys"])


@given(st.text(st.characters(), max_size=300))
def test_what_was_closed_is_read_again(text: str) -> None:
    blob = closed.close_with(KEY, "room.Model.field:1", text)
    assert closed.read_with(KEY, "room.Model.field:1", blob) == text
    assert closed.read_with(KEY, "room.Model.field:1", memoryview(blob)) == text


@given(texts)
def test_lone_surrogates_and_nul_survive(text: str) -> None:
    odd = f"{text}\ud800\x00"
    assert closed.read_with(KEY, "p", closed.close_with(KEY, "p", odd)) == odd


@given(texts, st.data())
def test_any_changed_byte_is_noticed(text: str, data: st.DataObject) -> None:
    blob = bytearray(closed.close_with(KEY, "p", text))
    at = data.draw(st.integers(0, len(blob) - 1))
    blob[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(closed.Gone):
        closed.read_with(KEY, "p", bytes(blob))


@given(texts, st.data())
def test_any_missing_end_is_noticed(text: str, data: st.DataObject) -> None:
    blob = closed.close_with(KEY, "p", text)
    with pytest.raises(closed.Gone):
        closed.read_with(KEY, "p", blob[: data.draw(st.integers(1, len(blob) - 1))])


@given(texts, st.text(), st.text())
def test_it_opens_in_its_place_alone(text: str, place: str, other: str) -> None:
    place, other = place.replace("\ud800", ""), f"{place}{other}x"
    blob = closed.close_with(KEY, place, text)
    with pytest.raises(closed.Gone):
        closed.read_with(KEY, other, blob)


@given(texts)
def test_it_opens_with_its_key_alone(text: str) -> None:
    blob = closed.close_with(KEY, "p", text)
    for key in (OTHER, None):
        with pytest.raises(closed.Gone):
            closed.read_with(key, "p", blob)


@given(texts)
def test_the_text_is_not_in_it_and_no_two_are_alike(text: str) -> None:
    long = text * 8
    first, second = (closed.close_with(KEY, "p", long) for _ in range(2))
    assert first != second
    assert long.encode("utf-8", "surrogatepass") not in first


def test_the_empty_text_needs_no_key() -> None:
    assert closed.close_with(None, "p", "") == b""
    assert closed.read_with(None, "p", b"") == ""
    with pytest.raises(closed.Gone):
        closed.close_with(None, "p", "text")


@owned
def test_a_deleted_key_deletes_the_text() -> None:
    owner = uuid4()
    blob = closed.close(owner, "p", "who was there")
    assert closed.read(owner, "p", blob) == "who was there"
    keys.delete(owner)
    with pytest.raises(closed.Gone):
        closed.read(owner, "p", blob)
    with pytest.raises(keys.KeyEnded):
        closed.close(owner, "p", "more")


@owned
def test_another_owner_reads_nothing() -> None:
    owner, other = uuid4(), uuid4()
    blob = closed.close(owner, "p", "mine")
    for reader in (other, uuid4()):
        keys.get_or_make(other)
        with pytest.raises(closed.Gone):
            closed.read(reader, "p", blob)


@owned
@pytest.mark.parametrize("value", [None, 0, [], {}, {"a": [1, "é", None]}, "text"])
def test_values_are_read_as_they_were(value: object) -> None:
    owner = uuid4()
    assert closed.read_json(owner, "p", closed.close_json(owner, "p", value)) == value
    assert closed.read_json(owner, "p", b"") is None


@given(anything)
def test_equal_values_have_equal_texts(value: object) -> None:
    turned = dict(reversed(list(value.items()))) if isinstance(value, dict) else value
    assert canonical.dumps(value) == canonical.dumps(turned)
