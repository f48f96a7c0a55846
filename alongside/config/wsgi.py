"""What the production server runs."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alongside.config.settings")

# What is loaded now stays for good: looking through it for garbage again and again costs a tenth of the start.
gc.disable()
application = get_wsgi_application()
_loaded = get_resolver().url_patterns  # now, and not while the first person waits
gc.freeze()
gc.enable()
