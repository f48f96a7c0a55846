#!/bin/sh
# Install Debian packages when this machine lets us, and say in one sentence what to do when it does not.
# Usage: tools/need.sh PACKAGE...
set -eu
if [ "$(id -u)" = 0 ]; then
    as=""
elif command -v sudo >/dev/null 2>&1 && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
    as="sudo"
else
    echo "This needs the Debian package $*. Please have it installed (apt-get install $*), then try again." >&2
    exit 1
fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "This needs $*, and there is no apt-get here. Please install it by your system's own means, then try again." >&2
    exit 1
fi
echo "Installing $* with apt-get."
export DEBIAN_FRONTEND=noninteractive
$as apt-get update -qq </dev/null || echo "apt-get update did not finish; trying with the lists that are there." >&2
$as apt-get install -y -qq --no-install-recommends "$@" </dev/null >/dev/null
