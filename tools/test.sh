#!/bin/sh
# Every test on one database: tools/test.sh sqlite|postgresql WORKERS [more for pytest].
#
# Browsers, servers and killed processes share the cores here, so a test can run out of its patience beside others and hold
# when it is alone. A few that failed are therefore asked once more, one after the other, and the run says which they were.
# One that fails then has failed; so has a run in which many did.
set -u
ALONGSIDE_TEST_DATABASE=$1 workers=$2
export ALONGSIDE_TEST_DATABASE
shift 2
python=.venv/bin/python
failed=.pytest_cache/v/cache/lastfailed
few=5

"$python" -m pytest -n "$workers" --cache-clear --ignore=tests/checks "$@"
code=$?
[ $code -eq 1 ] || exit $code # 0 is well; anything but 1 is no failed test
[ "$(grep -c '": true' $failed)" -le $few ] || exit $code
echo "These failed beside others. Once more, each alone:"
grep '": true' $failed
"$python" -m pytest -n 0 --last-failed --last-failed-no-failures none --ignore=tests/checks "$@"
