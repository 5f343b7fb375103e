"""The three apps as processes: where their windows stand, and what they are started with."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from clients.demo.city_hall import ADMIN, HUMAN, HUMAN_COUNTER, CityHall
from clients.demo.processes import DemoError, Processes, Started

Area = tuple[int, int, int, int]
"""x, y, width and height in logical pixels."""

HEADLESS_AREAS: dict[str, Area] = {
    "admin": (0, 0, 1440, 900),
    "display": (0, 0, 1920, 1080),
    "staff": (0, 0, 1366, 768),
}

WINDOW_WITHIN_S = 10.0
POLL_S = 0.05

_TITLE_BAR = 36
_AT_LEAST = (1180, 720)
_STAFF_WIDE = (900, 1280)  # from its list in a drawer to all its columns side by side
_DISPLAY_AT_LEAST = 240  # high

_SCALING = ("QT_SCALE_FACTOR", "QT_SCREEN_SCALE_FACTORS", "QT_FONT_DPI", "QT_QPA_PLATFORMTHEME")


def no_screen_because(environment: Mapping[str, str]) -> str | None:
    """Why no window could be opened here; None where one may be tried."""
    platform = environment.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if platform in {"offscreen", "minimal"}:
        return f"QT_QPA_PLATFORM is {platform}"
    if platform or sys.platform in {"win32", "darwin"}:
        return None
    if environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"):
        return None
    return "neither DISPLAY nor WAYLAND_DISPLAY is set"


async def find_screens(processes: Processes) -> list[Area]:
    """The areas of this machine's screens, the primary one first; empty where Qt can open none."""
    found = processes.folder / "screens.json"
    try:
        await processes.run("screens", "clients.demo.screens", output=found)
        areas = json.loads(found.read_text(encoding="utf-8"))
    except (DemoError, ValueError):
        return []
    return [(x, y, width, height) for x, y, width, height in areas]


def side_by_side(screens: list[Area]) -> dict[str, Area]:
    """Where the windows stand, in the order in which they are opened: the last is on top.

    A wide screen has the display above, staff and admin side by side below it. On a usual one staff has
    the start and the display the rest of the width, and the admin console looks out from under both:
    windows overlap rather than shrink below what can be read. A second screen is the display's, a third
    the admin console's.
    """
    areas = _on_wide(screens[0]) if screens[0][2] >= 2 * _AT_LEAST[0] else _on_usual(screens[0])
    if len(screens) > 1:
        areas["display"] = _inside(screens[1])
    if len(screens) > 2:
        areas["admin"] = _inside(screens[2])
    return areas


def _on_wide(screen: Area) -> dict[str, Area]:
    x, y, width, height = screen
    high = max(_DISPLAY_AT_LEAST, min(round(height * 0.38), height - _AT_LEAST[1] - 2 * _TITLE_BAR))
    below = min(height - _TITLE_BAR, max(_AT_LEAST[1], height - high - 2 * _TITLE_BAR))
    half, top = width // 2, y + height - below
    return {
        "admin": (x + width - half, top, half, below),
        "display": (x + (width - _wide(high)) // 2, y + _TITLE_BAR, _wide(high), high),
        "staff": (x, top, half, below),
    }


def _on_usual(screen: Area) -> dict[str, Area]:
    x, y, width, height = screen
    staff_width = max(_STAFF_WIDE[0], min(_STAFF_WIDE[1], width - _wide(_DISPLAY_AT_LEAST)))
    high = max(_DISPLAY_AT_LEAST, (width - staff_width) * 9 // 16)
    admin_width = min(width, _AT_LEAST[0])
    admin_high = min(height - _TITLE_BAR, _AT_LEAST[1])
    return {
        "admin": (x + width - admin_width, y + height - admin_high, admin_width, admin_high),
        "display": (x + width - _wide(high), y + _TITLE_BAR, _wide(high), high),
        "staff": _inside((x, y, staff_width, height)),
    }


def _wide(high: int) -> int:
    return high * 16 // 9


def _inside(screen: Area) -> Area:
    x, y, width, height = screen
    return (x, y + _TITLE_BAR, width, height - _TITLE_BAR)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What the apps are started with.

    Args:
        areas: of the windows, by app, in the order in which they are opened: the last is on top.
        is_headless: without a screen.
    """

    server: str
    areas: Mapping[str, Area]
    is_headless: bool


def demo_socket(processes: Processes, name: str) -> Path:
    """The socket by which an app is reached."""
    return processes.folder / f"{name}.sock"


def device_key_file(processes: Processes) -> Path:
    """Where the display's key is kept."""
    return processes.folder / "display.key"


async def open_apps(processes: Processes, hall: CityHall, stage: Stage) -> dict[str, Started]:
    """Start the three apps, signed in; on a screen one after the other, so that the last is on top.

    Raises:
        DemoError: one could not be started.
    """
    own = {
        "admin": ["--sign-in-file", _sign_in_file(processes, hall, ADMIN)],
        "display": ["--device-key-file", str(device_key_file(processes)), "--windowed"],
        "staff": ["--sign-in-file", _sign_in_file(processes, hall, HUMAN), "--counter", HUMAN_COUNTER],
    }
    apps: dict[str, Started] = {}
    for name in stage.areas:
        apps[name] = processes.start(
            name,
            f"clients.{name}_desktop",
            [*_shared_arguments(processes, stage, name), *own[name]],
            environment=_environment(processes, stage),
        )
        if not stage.is_headless:
            await _until_it_has_a_window(apps[name], demo_socket(processes, name))
    return apps


async def _until_it_has_a_window(app: Started, socket: Path) -> None:
    if sys.platform == "win32":
        return  # a demo socket is no file there
    for _ in range(round(WINDOW_WITHIN_S / POLL_S)):
        if app.ended.done() or os.path.exists(socket):  # noqa: ASYNC240, PTH110 - a look, no wait
            return
        await asyncio.sleep(POLL_S)
    # A window that is late is no reason to end: it then opens above the others.


def _shared_arguments(processes: Processes, stage: Stage, name: str) -> list[str]:
    arguments = ["--server", stage.server, "--profile", processes.folder.name[-32:]]
    arguments += ["--geometry", ",".join(map(str, stage.areas[name]))]
    arguments += ["--demo-socket", str(demo_socket(processes, name))]
    if stage.is_headless:
        arguments += ["--language", "en"]
        if name != "display":
            arguments += ["--theme", "light"]
    return arguments


def _environment(processes: Processes, stage: Stage) -> dict[str, str | None]:
    """The apps keep what they remember in the throw-away folder, and nothing in the person's keyring."""
    home, temporary = processes.folder / "home", processes.folder / "tmp"
    temporary.mkdir(exist_ok=True)
    environment: dict[str, str | None] = {
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_DATA_HOME": str(home / "data"),
        "TMPDIR": str(temporary),
    }
    if stage.is_headless:
        environment["QT_QPA_PLATFORM"] = "offscreen"
        environment |= dict.fromkeys(_SCALING)
    return environment


def _sign_in_file(processes: Processes, hall: CityHall, username: str) -> str:
    path = processes.folder / f"{username}.json"
    path.touch(mode=0o600)
    path.write_text(
        json.dumps({"username": username, "password": hall.passwords[username]}), encoding="utf-8"
    )
    return str(path)
