"""What settings make of a proxy before the server."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

COUNT = "from alongside.config import settings; print(settings.ALLAUTH_TRUSTED_PROXY_COUNT)"


@pytest.mark.parametrize(("behind", "proxies"), [("1", "1"), ("", "0")])
def test_sign_in_limits_count_the_visitor_and_not_the_proxy(tmp_path: Path, behind: str, proxies: str) -> None:
    env = {**os.environ, "ALONGSIDE_DATA": str(tmp_path), "ALONGSIDE_BEHIND_PROXY": behind}
    done = subprocess.run([sys.executable, "-c", COUNT], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == proxies
