"""Sets a checkout up: `.venv` with everything from `requirements.lock`, and Qt's system libraries.

    make setup                                  Linux, macOS
    py -3.12 installers\\setup\\bootstrap.py      Windows

A second run finds its stamp and does nothing. What is installed is what the lock file says, by hash. With
no permission to install system packages it prints the one command that does, and ends with exit code 1.

Standard library only: it runs before anything is installed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(Path(__file__).resolve().parent))

import system_libraries  # noqa: E402 - found through the line above; -I leaves the script's folder out

VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
STAMP = VENV / "callboard-setup.stamp"
LOCK_FILE = ROOT / "requirements.lock"
# What decides the contents of the environment; another content means setting up again.
INPUTS = (LOCK_FILE, ROOT / "pyproject.toml", Path(__file__), Path(system_libraries.__file__))
OLDEST_PYTHON = (3, 11)


class SetupError(Exception):
    """The set-up cannot go on; the text says what to do."""


def main() -> int:
    """Set up if anything changed. 0: ready; 1: a person has to do something, and was told what."""
    if sys.version_info < OLDEST_PYTHON:
        print(f"Callboard needs Python 3.11 or newer; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 1
    try:
        if _is_done():
            return 0
        with _alone():
            # Whoever had the lock may have done it all meanwhile.
            if not _is_done():
                _set_up()
    except SetupError as error:
        print(f"\nSet-up stopped: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nSet-up stopped; run it again to go on.", file=sys.stderr)
        return 130
    return 0


def _set_up() -> None:
    started = time.monotonic()
    log = Path(tempfile.mkdtemp(prefix="callboard-setup-")) / "setup.log"
    complete = _install_system_packages(log)
    _make_venv(log)
    _say("Installing the locked packages (the first time this takes a minute or two)")
    _pip(log, "install", "--require-hashes", "--requirement", str(LOCK_FILE))
    _say("Installing Callboard itself, editable")
    # Everything that building needs is in the lock file: nothing unhashed is fetched.
    _pip(log, "install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    if complete:
        STAMP.write_text(_inputs_digest())
    shutil.rmtree(log.parent, ignore_errors=True)
    _say(f"Ready after {time.monotonic() - started:.0f} s")


def _is_done() -> bool:
    return VENV_PYTHON.exists() and STAMP.exists() and STAMP.read_text() == _inputs_digest()


def _inputs_digest() -> str:
    digest = hashlib.sha256(str(ROOT).encode())  # a moved checkout has an environment that points elsewhere
    for path in INPUTS:
        if not path.exists():
            raise SetupError(f"{path} is missing; is this a complete checkout?")
        digest.update(path.read_bytes())
    return digest.hexdigest()


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Hold others off, so that `make demo` beside `make test` does not install into the same folder."""
    if sys.platform == "win32":
        yield
        return
    import fcntl  # exists on POSIX alone

    with (ROOT / "pyproject.toml").open() as anchor:
        try:
            fcntl.flock(anchor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("Waiting for another set-up to finish")
            fcntl.flock(anchor, fcntl.LOCK_EX)
        yield


def _install_system_packages(log: Path) -> bool:
    """Install what is missing, if we may. False: what only windows on a screen need is still missing."""
    missing = _missing_packages()
    if not missing:
        return True
    if system_libraries.has_apt():
        _say("System packages are missing: " + " ".join(missing))
        if system_libraries.try_to_install(missing, log) and not _missing_packages():
            return True
    still_missing = _missing_packages()
    advice = _advice(still_missing)
    if system_libraries.missing_libraries(system_libraries.NEEDED) or not _can_make_venv():
        raise SetupError(advice)
    # The tests and everything else without a screen can do without: no reason to stop here.
    _say("The apps' windows will not open on X11 yet: " + advice)
    return False


def _missing_packages() -> list[str]:
    wanted = system_libraries.NEEDED | system_libraries.NEEDED_BY_WINDOWS
    missing = list(system_libraries.missing_libraries(wanted).values())
    if not _can_make_venv() and sys.platform == "linux":
        missing.insert(0, f"python{sys.version_info[0]}.{sys.version_info[1]}-venv")
    return missing


def _advice(missing: list[str]) -> str:
    if system_libraries.has_apt():
        command = system_libraries.install_command(missing)
        return (
            f"system packages could not be installed from here. Run this, then try again:\n\n    {command}\n"
        )
    return "install these with your system's package manager (the names are Debian's): " + " ".join(missing)


def _can_make_venv() -> bool:
    return _venv_works() or _runs(sys.executable, "import ensurepip, venv")


def _venv_works() -> bool:
    check = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    return VENV_PYTHON.exists() and _was_made_here() and _runs(str(VENV_PYTHON), check)


def _was_made_here() -> bool:
    """False after the checkout was moved: scripts inside name the interpreter by its old path."""
    pip = VENV_PYTHON.with_name("pip")
    return sys.platform == "win32" or (pip.exists() and str(VENV) in pip.read_text()[:1000])


def _runs(python: str, code: str) -> bool:
    try:
        return subprocess.run([python, "-c", code], capture_output=True, check=False).returncode == 0
    except OSError:
        return False  # a link to an interpreter that is gone


def _make_venv(log: Path) -> None:
    STAMP.unlink(missing_ok=True)
    if _venv_works():
        return
    if Path(sys.executable).parent == VENV_PYTHON.parent:
        raise SetupError(f"{VENV} is damaged: remove it and run this again.")
    _say(f"Creating {VENV.name} with Python {sys.version.split()[0]}")
    shutil.rmtree(VENV, ignore_errors=True)
    _run(log, [sys.executable, "-m", "venv", str(VENV)])


def _pip(log: Path, *arguments: str) -> None:
    options = ["--quiet", "--disable-pip-version-check", "--no-input"]
    _run(log, [str(VENV_PYTHON), "-m", "pip", *options, *arguments])


def _run(log: Path, command: list[str]) -> None:
    environment = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")
    }
    with log.open("ab") as output:
        code = subprocess.run(
            command, stdout=output, stderr=output, cwd=ROOT, env=environment, check=False
        ).returncode
    if code != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        raise SetupError(f"{' '.join(command[:4])} … failed. The end of {log}:\n\n{tail}\n")


def _say(text: str) -> None:
    print(f"» {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
