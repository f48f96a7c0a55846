#!/bin/sh
# Make the folder .venv with the system's Python, or say in one sentence what is missing. One that works stays.
set -eu
.venv/bin/python -m pip --version >/dev/null 2>&1 && exit 0
python=${PYTHON:-python3}
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Alongside needs Python 3.11 or newer; '$python' is not. Set PYTHON to one, for instance: make run PYTHON=python3.12" >&2
    exit 1
fi
make_it() { "$python" -m venv --clear .venv >/dev/null 2>&1 && .venv/bin/python -m pip --version >/dev/null 2>&1; }
if ! make_it; then
    rm -rf .venv
    tools/need.sh python3-venv
    make_it || { echo "'$python -m venv .venv' failed, although python3-venv is installed." >&2; exit 1; }
fi
