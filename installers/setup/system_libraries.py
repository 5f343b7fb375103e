"""The system libraries that Qt's wheels expect from a Linux desktop, and how to get the missing ones."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

# What is loaded -> the Debian and Ubuntu package that has it. Every Qt program needs these, the offscreen
# ones of the test suite too.
NEEDED = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libX11.so.6": "libx11-6",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libbrotlidec.so.1": "libbrotli1",
}
# And these only windows on an X11 screen.
NEEDED_BY_WINDOWS = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
}

# A package server that does not answer must not hold the set-up for minutes.
APT_OPTIONS = ["-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=20", "-o", "DPkg::Lock::Timeout=120"]


def missing_libraries(wanted: dict[str, str]) -> dict[str, str]:
    """Those of `wanted` that cannot be loaded here, with their packages; always empty outside Linux."""
    if sys.platform != "linux":
        return {}
    return {library: package for library, package in wanted.items() if not _loads(library)}


def has_apt() -> bool:
    """Whether packages have the names above here."""
    return sys.platform == "linux" and shutil.which("apt-get") is not None


def install_command(packages: list[str]) -> str:
    """The one command a person runs when we may not."""
    prefix = "" if os.geteuid() == 0 else "sudo "
    return f"{prefix}apt-get update && {prefix}apt-get install -y {' '.join(packages)}"


def try_to_install(packages: list[str], log_path: Path) -> bool:
    """Install with apt if we are root or sudo asks for no password; False if not permitted or it failed."""
    prefix = _root_prefix()
    if prefix is None:
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = [*prefix, "apt-get", *APT_OPTIONS, "install", "-y", "--no-install-recommends", *packages]
    update = [*prefix, "apt-get", *APT_OPTIONS, "update"]
    with log_path.open("ab") as log:
        # The package lists of a fresh machine are empty or old: install, and on failure refresh and retry.
        for command in (install, update, install):
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, check=False
            )
            if command is install and done.returncode == 0:
                return True
    return False


def _root_prefix() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    allowed = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    # sudo drops the environment, and with it DEBIAN_FRONTEND.
    return ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive"] if allowed else None


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
