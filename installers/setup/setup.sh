#!/bin/sh
# Finds a Python that can run Callboard and hands over to bootstrap.py, which does the work.
# Plain sh, so that it runs on a machine that has nothing else.
set -eu

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
venv_python="$here/../../.venv/bin/python"

is_new_enough() {
    "$1" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

# PYTHON is for the person who has several and wants a certain one. Our own environment comes last: it
# could not make itself anew.
for candidate in "${PYTHON:-python3}" python3 python3.13 python3.12 python3.11 python3.14 "$venv_python"; do
    if is_new_enough "$candidate"; then
        exec "$candidate" -I -S "$here/bootstrap.py" "$@"
    fi
done

found=$(python3 -c 'import platform; print("Python " + platform.python_version())' 2>/dev/null || echo "no python3")
echo "Callboard needs Python 3.11 or newer; this machine has $found. Install one (Debian, Ubuntu: apt-get install python3) and run this again." >&2
exit 1
