"""Static files: named by their content, compressed once, ES module imports rewritten to those names."""

from typing import Any

import brotli
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

LARGE = 200_000
"""Bytes from which on the last few per cent are not worth the seconds that a first start takes longer."""


class Quick(Compressor):  # type: ignore[misc]  # whitenoise has no types
    """As whitenoise's; large files, which are the API's own page alone, are compressed with less care."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        """``data`` compressed: with all care when it goes to phones."""
        compressed: bytes = brotli.compress(data, quality=11 if len(data) < LARGE else 5)
        return compressed


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """As whitenoise's, with ES modules."""

    support_js_module_import_aggregation = True
    max_post_process_passes = 12  # one for each step in a chain of imports; the longest has seven

    def create_compressor(self, **kwargs: Any) -> Compressor:
        """What compresses the files."""
        return Quick(**kwargs)
