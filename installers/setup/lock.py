"""Compiles `requirements.lock` from `pyproject.toml`: names, versions and hashes for every platform.

uv does it, since pip cannot resolve for other platforms than its own; it is put into a temporary folder
and is needed by nobody else. No index address goes into the file: where packages come from is each
machine's own setting.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OLDEST_PYTHON = "3.11"


def main() -> int:
    """Write the lock file anew; versions that still fit stay as they are."""
    with tempfile.TemporaryDirectory(prefix="callboard-lock-") as folder:
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, "uv"], check=True
        )
        uv = [sys.executable, "-m", "uv", "pip", "compile", "--quiet"]
        resolve = ["--universal", "--python-version", OLDEST_PYTHON, "--all-extras", "--generate-hashes"]
        write = ["--no-emit-index-url", "--no-annotate", "--no-header", "--output-file", "requirements.lock"]
        return subprocess.run(
            [*uv, *resolve, *write, "pyproject.toml"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": folder},
            check=False,
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
