"""What the production server runs."""

import gc
import os
import sys
import threading
import time

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alongside.config.settings")

_LOOK = 1.0
"""Seconds between two looks at whether the server is still there."""


def _end_with_the_server(server: int) -> None:
    """A worker whose server died at once, with nobody to end it, would go on holding the port for good."""
    while os.getppid() == server:
        time.sleep(_LOOK)
    os._exit(1)


if "granian" in sys.modules:  # our own server's worker: others may have let go of their parent on purpose
    threading.Thread(target=_end_with_the_server, args=(os.getppid(),), name="server watch", daemon=True).start()

# What is loaded now stays for good: looking through it for garbage again and again costs a tenth of the start.
gc.disable()
application = get_wsgi_application()
_loaded = get_resolver().url_patterns  # now, and not while the first person waits
gc.freeze()
gc.enable()
