"""A pytest plugin, loaded before Django: a data folder of its own, and PostgreSQL from the wheel when asked for.

``ALONGSIDE_TEST_DATABASE=postgresql`` runs the tests on PostgreSQL; otherwise they run on SQLite.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

WHERE = os.environ.setdefault("ALONGSIDE_TEST_DATABASE", "sqlite")

if "ALONGSIDE_TEST_HOME" not in os.environ:  # workers inherit what the first process made
    os.environ["ALONGSIDE_TEST_HOME"] = tempfile.mkdtemp(prefix="alongside-tests-")
    atexit.register(shutil.rmtree, os.environ["ALONGSIDE_TEST_HOME"], ignore_errors=True)
    data = Path(os.environ["ALONGSIDE_TEST_HOME"]) / "data"
    (data / "static").mkdir(parents=True)  # whitenoise warns when it is missing
    os.environ["ALONGSIDE_DATA"] = str(data)
    for name in ("DATABASE_URL", "KEYS_URL", "ALONGSIDE_ORIGIN", "ALONGSIDE_DEMO", "ALONGSIDE_SECRET_KEY"):
        os.environ.pop(name, None)
    if WHERE == "postgresql":
        from tests.postgres import start

        os.environ["ALONGSIDE_TEST_POSTGRES"] = start(Path(os.environ["ALONGSIDE_TEST_HOME"]) / "postgres")
        os.environ["DATABASE_URL"] = os.environ["ALONGSIDE_TEST_POSTGRES"].replace("/postgres?", "/alongside?")
        os.environ["KEYS_URL"] = os.environ["ALONGSIDE_TEST_POSTGRES"].replace("/postgres?", "/alongside_keys?")
