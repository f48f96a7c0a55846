"""Pictures that people send: drawn anew, small, with nothing in them but what can be seen.

Nothing of the file is kept as it came: where and when it was taken, by which phone, a small picture of the whole, words
and whatever stands behind its end are in parts of a file that are not drawn.
"""

import io
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image  # loaded when a picture comes: few processes ever see one

LARGEST_FILE = 10 * 1024 * 1024
"""Bytes of a file that is looked at."""
LARGEST_PICTURE = 50_000_000
"""How many points a picture may have: a phone's camera has as many, and no small file unfolds to more."""
LONGEST_SIDE = 1600
MOST_BYTES = 200_000
"""What a drawn picture is brought under, as far as it can be."""
_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITIES = (80, 65, 50, 35)


class BadPicture(ValueError):
    """Raised for what is not taken; its text is a code: ``too_large`` or ``not_a_picture``."""


def redraw(data: bytes) -> bytes:
    """A JPEG of the picture in ``data`` (JPEG, PNG or WebP). Raises :class:`BadPicture`."""
    if len(data) > LARGEST_FILE:
        raise BadPicture("too_large")
    drawn = _drawn(data)
    drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    for quality in _QUALITIES:
        out = io.BytesIO()
        drawn.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= MOST_BYTES:
            break
    return out.getvalue()


def _drawn(data: bytes) -> "Image.Image":
    """The picture on a fresh white sheet, upright. The sheet takes the points alone."""
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as found:
                if found.width * found.height > LARGEST_PICTURE:
                    raise BadPicture("too_large")
                found.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is not unfolded whole
                upright = ImageOps.exif_transpose(found).convert("RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise BadPicture("too_large") from bomb
    except (
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        MemoryError,
    ) as exc:  # what Pillow raises for files that are none
        if isinstance(exc, BadPicture):
            raise
        raise BadPicture("not_a_picture") from exc
    sheet = Image.new("RGB", upright.size, "white")
    sheet.paste(upright, mask=upright.getchannel("A"))
    return sheet
