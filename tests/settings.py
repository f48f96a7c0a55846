"""The installation's settings, with what makes tests quick; nothing that a test proves depends on these."""

from tests.served import *  # noqa: F403
from tests.served import DATABASES, STORAGES

STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
ACCOUNT_RATE_LIMITS = False
REQUIRE_SECOND_STEP = False  # what needs it on says so
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"  # as Django has it
for _one in DATABASES.values():
    if _one["ENGINE"] == "alongside.kit.sqlite":  # pytest-django knows Django's own backend as one that is in memory
        _one["TEST"] = {"NAME": ":memory:"}
