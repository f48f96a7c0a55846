"""The installation's settings, with what makes tests quick; nothing that a test proves depends on these."""

from alongside.config.settings import *  # noqa: F403
from alongside.config.settings import STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
ACCOUNT_RATE_LIMITS = False
REQUIRE_SECOND_STEP = False  # what needs it on says so
