import contextlib
import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from alongside.kit.pictures import LARGEST_FILE, LONGEST_SIDE, MOST_BYTES, BadPicture, redraw
from tests.databases import examples


def jpeg(**how: object) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((600, 400), 80).save(out, "JPEG", **how)  # type: ignore[arg-type]
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=["JPEG"])


def test_nothing_is_left_in_the_file_but_the_picture() -> None:
    exif = Image.Exif()
    exif[0x010F] = "canary maker"
    exif.get_ifd(0x8825)[29] = "canary place"
    data = jpeg(exif=exif, comment=b"canary comment", icc_profile=b"canary profile") + b"canary tail"
    assert data.count(b"canary") == 5
    drawn = redraw(data)
    assert b"canary" not in drawn
    found = opened(drawn)
    assert not found.getexif()
    assert found.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_it_stands_upright_as_the_camera_meant_it() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert opened(redraw(jpeg(exif=exif))).size == (400, 600)


def test_what_can_be_seen_through_lies_on_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    red, green, blue = opened(redraw(out.getvalue())).getpixel((25, 25))  # type: ignore[misc]
    assert min(red, green, blue) > 250


def test_a_large_photo_becomes_small() -> None:
    out = io.BytesIO()
    Image.effect_noise((4000, 3000), 60).save(out, "JPEG", quality=60)
    drawn = redraw(out.getvalue())
    assert max(opened(drawn).size) == LONGEST_SIDE
    assert len(drawn) < 3 * MOST_BYTES, "noise is the worst there is; a receipt comes far below"


@pytest.mark.parametrize(
    "data", [b"", b"only words", b"%PDF-1.7 and so on", b"\xff\xd8\xff\xe0 hello", b"GIF89a" + b"\x01" * 60]
)
def test_what_is_no_picture_is_not_taken(data: bytes) -> None:
    with pytest.raises(BadPicture, match="not_a_picture"):
        redraw(data)


def test_a_cut_off_photo_is_not_taken() -> None:
    with pytest.raises(BadPicture, match="not_a_picture"):
        redraw(jpeg()[:2000])


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says that it is this large."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\x00" * 100)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(9000, 9000), (12_000, 12_000), (60_000, 60_000)])
def test_a_small_file_that_unfolds_to_a_huge_picture_is_not_unfolded(size: tuple[int, int]) -> None:
    with pytest.raises(BadPicture, match="too_large"):
        redraw(bomb(*size))


def test_a_file_that_is_too_large_is_not_even_looked_at() -> None:
    with pytest.raises(BadPicture, match="too_large"):
        redraw(b"\xff" * (LARGEST_FILE + 1))


@settings(max_examples=examples(100), deadline=None)
@given(where=st.integers(0, 3000), what=st.binary(min_size=1, max_size=40))
def test_a_broken_file_is_a_picture_or_is_not_taken(where: int, what: bytes) -> None:
    data = bytearray(_WHOLE)
    data[where : where + len(what)] = what
    with contextlib.suppress(BadPicture):
        opened(redraw(bytes(data))).load()


_WHOLE = jpeg(quality=30)
