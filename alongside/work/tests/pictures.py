"""Pictures for tests: with everything in them that a phone's camera puts there."""

import io
import os

from PIL import Image, PngImagePlugin

GPS = "49.2827 N 123.1207 W canary"


def photo(size: tuple[int, int] = (1200, 900), *, turned: bool = False, noise: bool = False, words: str = GPS) -> bytes:
    """A JPEG with a place, a maker, a comment, an own small picture's marks and a tail, all of them ``words``."""
    picture = Image.frombytes("RGB", size, os.urandom(size[0] * size[1] * 3)) if noise else _sheet(size)
    exif = Image.Exif()
    exif[0x010F] = words  # maker
    exif[0x9286] = words  # user comment
    if turned:
        exif[0x0112] = 6  # to be turned by a quarter
    exif.get_ifd(0x8825).update({1: "N", 2: (49.0, 16.0, 57.0), 3: "W", 4: (123.0, 7.0, 14.0), 29: words})
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=words.encode(), quality=90)
    return out.getvalue() + words.encode()


def png(size: tuple[int, int] = (300, 200)) -> bytes:
    """A PNG, half of which can be seen through, with words beside the picture."""
    picture = Image.new("RGBA", size, (200, 30, 30, 128))
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", GPS)
    out = io.BytesIO()
    picture.save(out, "PNG", pnginfo=info)
    return out.getvalue()


def size_of(data: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(data), formats=["JPEG"]) as found:
        return found.size


def _sheet(size: tuple[int, int]) -> Image.Image:
    sheet = Image.new("RGB", size, "white")
    sheet.paste((30, 30, 30), (size[0] // 10, size[1] // 10, size[0] // 2, size[1] // 5))
    return sheet
